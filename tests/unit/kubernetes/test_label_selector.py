"""Label selectors as text."""

import pytest

from transformer.kubernetes.label_selector import selects

LABELS = {"app": "web", "x": "2", "empty": ""}


@pytest.mark.parametrize(
    "selector",
    [
        *("", "app=web", "app==web", "app", " app = web , x!=3", "!gone", "gone!=web"),
        *("app in (api, web)", "app notin (api)", "gone notin (web)", "x>1", "x<3"),
        *("empty=", "empty in ()", "empty in (,a)", "app,!gone,x in (2)"),
    ],
)
def test_a_selector_selects(selector: str) -> None:
    assert selects(selector, LABELS)


@pytest.mark.parametrize(
    "selector",
    [
        *("app=api", "app!=web", "!app", "gone", "gone=web", "app in (api)", "app notin (web)"),
        *("x>2", "x<2", "app>1", "x>a", "gone>1", "app=web,gone", "app="),
    ],
)
def test_it_does_not_select_others(selector: str) -> None:
    assert not selects(selector, LABELS)


@pytest.mark.parametrize(
    "selector",
    [
        "app=web,",
        ",",
        "app web",
        "app in web",
        "app in (web",
        "=web",
        "app=web)",
        "!",
        "app in",
        "(",
    ],
)
def test_what_is_no_selector_selects_nothing(selector: str) -> None:
    assert not selects(selector, LABELS)
    assert not selects(selector, {})

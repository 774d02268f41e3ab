"""Pages that are written for GitHub read the same in the site."""

from pathlib import Path

import pytest

from tools.site.markdown import BrokenLinkError, adapted
from tools.site.pages import ROOT, navigation, pages

PLACES = pages()


def text_of(text: str, source: str = "docs/editing.md", repository: str = "") -> str:
    return adapted(text, source, PLACES, ROOT, repository)


def test_links_between_pages_lead_to_where_the_pages_are_in_the_site() -> None:
    links = {
        ("docs/editing.md", "yaml.md#numbers"): "yaml.md#numbers",
        ("docs/editing.md", "../README.md#install"): "overview.md#install",
        ("docs/editing.md", "../integrations/helm/README.md"): "integrations/helm/README.md",
        ("docs/rules/README.md", "HN402.md"): "HN402.md",
        ("README.md", "docs/rules/README.md"): "rules/README.md",
        ("integrations/helm/README.md", "../../docs/editing.md#a"): "../../editing.md#a",
        ("SECURITY.md", "https://example.com/a.md"): "https://example.com/a.md",
        ("SECURITY.md", "#reports"): "#reports",
    }
    for (source, target), expected in links.items():
        assert text_of(f"a [b\nc]({target}) d", source) == f"a [b\nc]({expected}) d"


def test_a_link_to_a_file_that_is_no_page_leads_to_the_repository_or_is_its_name() -> None:
    link = "see [the demo](../testdata/demo)"
    assert text_of(link) == "see the demo (`testdata/demo`)"
    assert text_of("see [`testdata/demo`](../testdata/demo)") == "see `testdata/demo`"
    address = "https://git.example.com/tool"
    assert text_of(link, repository=address) == f"see [the demo]({address}/blob/HEAD/testdata/demo)"


@pytest.mark.parametrize("target", ["nowhere.md", "../../outside.md", "README.md/x"])
def test_a_link_to_nothing_is_an_error(target: str) -> None:
    with pytest.raises(BrokenLinkError, match=r"docs/editing.md: a link to .*, which is no file"):
        text_of(f"[a]({target})")


def test_code_is_left_alone() -> None:
    code = "```yaml\n- a: [b](nowhere.md)\n  <!-- test -->\n```\n"
    assert text_of(code) == code
    assert text_of(f"~~~~\n{code}~~~~\n- [x](yaml.md)\n") == f"~~~~\n{code}~~~~\n- [x](yaml.md)\n"


def test_what_belongs_to_an_item_of_a_list_is_indented_by_four() -> None:
    text = "- a\n  b\n\n  ```sh\n  c\n    d\n  ```\n\n1. e\n\n   f\n\ng\n  h\n"
    expected = "- a\n    b\n\n    ```sh\n    c\n      d\n    ```\n\n1. e\n\n    f\n\ng\n  h\n"
    assert text_of(text) == expected


def test_notes_for_tests_do_not_show() -> None:
    assert text_of("<!-- test: 1 -->\n```sh\na\n```\n") == "```sh\na\n```\n"


def listed(items: object) -> list[str]:
    if isinstance(items, dict):
        return [page for item in items.values() for page in listed(item)]
    return (
        [page for item in items for page in listed(item)]
        if isinstance(items, list)
        else [str(items)]
    )


def test_each_page_is_once_in_the_navigation() -> None:
    found = listed(navigation(PLACES))
    assert sorted(found) == sorted({*PLACES.values(), "index.md"}), "list it in docs/README.md"
    assert all((ROOT / Path(name)).is_file() for name in PLACES)

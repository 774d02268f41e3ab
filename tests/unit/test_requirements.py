"""Which modules the tests must have depends on the platform and the Python."""

import pytest

from tests import requirements
from tests.requirements import is_wanted_here, require_module

X86 = {"sys_platform": "linux", "platform_machine": "x86_64", "python_version": "3.12"}


@pytest.mark.parametrize(
    ("other", "is_wanted"),
    [
        ({}, True),
        ({"python_version": "3.11"}, True),
        ({"python_version": "3.14"}, False),
        ({"platform_machine": "aarch64"}, False),
        ({"sys_platform": "darwin"}, False),
    ],
)
def test_atheris_is_wanted_where_it_has_a_wheel(other: dict[str, str], is_wanted: bool) -> None:
    assert is_wanted_here("atheris", **{**X86, **other}) == is_wanted


def test_what_has_no_marker_is_wanted_everywhere() -> None:
    assert is_wanted_here("kubernetes_validate", sys_platform="win32")


@pytest.mark.parametrize(
    ("is_wanted", "outcome"), [(True, pytest.fail.Exception), (False, pytest.skip.Exception)]
)
def test_a_module_is_missed_only_where_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, is_wanted: bool, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("HOSTNET_REQUIRE_TOOLS", "1")
    monkeypatch.setattr(requirements, "is_wanted_here", lambda _: is_wanted)
    with pytest.raises(outcome, match="no_such_module"):
        require_module("no_such_module")

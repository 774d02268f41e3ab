"""What the fuzzer once found holds now; it needs no fuzzer."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fuzz.findings import Findings, signature
from tests.fuzz.properties import PROPERTIES
from tests.fuzz.seeds import REGRESSIONS, seeds
from tests.fuzz.shrink import shrink

FOUND = sorted(path.relative_to(REGRESSIONS).as_posix() for path in REGRESSIONS.glob("*/*"))


def test_each_property_has_seeds_and_no_regression_is_without_one() -> None:
    assert all(next(seeds(name), None) for name in PROPERTIES)
    assert {Path(name).parent.name for name in FOUND} <= set(PROPERTIES)
    assert FOUND


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once_no_longer_breaks_the_property(name: str) -> None:
    PROPERTIES[Path(name).parent.name]((REGRESSIONS / name).read_bytes())


def test_a_property_that_breaks_says_where() -> None:
    def first(data: bytes) -> None:
        assert b"x" not in data

    def second(data: bytes) -> None:
        assert b"x" not in data

    assert _signature(first) == _signature(first)
    assert _signature(first) != _signature(second)


def _signature(holds: Callable[[bytes], None]) -> str:
    with pytest.raises(AssertionError) as raised:
        holds(b"x")
    return signature(raised.value)


def test_an_input_is_shrunk_to_what_breaks_the_property() -> None:
    def holds(data: bytes) -> None:
        assert not (b"x" in data and b"y" in data)

    assert shrink(b"a: 1\nb: x\nc: 2\nd: y\n", holds) == b"xy"


def test_what_breaks_nothing_is_not_shrunk() -> None:
    with pytest.raises(SystemExit, match="breaks nothing"):
        shrink(b"a", lambda data: None)


def test_of_inputs_that_break_a_property_alike_the_shortest_is_kept_until_it_is_mended(
    tmp_path: Path,
) -> None:
    def holds(data: bytes) -> None:
        assert len(data) < 3

    found = Findings(tmp_path)
    for data in (b"abcd", b"abc", b"abcde"):
        with pytest.raises(AssertionError) as raised:
            holds(data)
        found.note(data, raised.value)
    (told,) = tmp_path.glob("*.txt")
    assert "in holds" in told.read_text(encoding="utf-8")
    assert told.with_suffix("").read_bytes() == b"abc"
    found.forget_mended(holds)
    assert len(list(tmp_path.iterdir())) == 2
    found.forget_mended(lambda data: None)
    assert not list(tmp_path.iterdir())

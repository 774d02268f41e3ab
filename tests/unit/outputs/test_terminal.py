"""Colours and progress."""

import io

import pytest

from transformer.outputs.terminal import Progress, paint_for
from transformer.report.formatting import unpainted


class Terminal(io.StringIO):
    """A terminal, of which `TERM` says what it can do."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("color", "terminal", "environment", "is_painted"),
    [
        ("auto", True, {"TERM": "xterm"}, True),
        ("auto", True, {"TERM": "dumb"}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        ("auto", False, {"TERM": "xterm"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"TERM": "xterm"}, False),
    ],
)
def test_colour_is_for_terminals_unless_something_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    terminal: bool,
    environment: dict[str, str],
    is_painted: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    paint = paint_for(Terminal() if terminal else io.StringIO(), color)
    assert (paint is not unpainted) == is_painted
    assert paint("text", "nothing known") == "text"


def test_nothing_is_drawn_in_the_first_moments() -> None:
    err, clock = io.StringIO(), Clock()
    progress = Progress(err, clock)
    clock.now += 1.4
    progress.advance(1)
    progress.clear()
    assert err.getvalue() == ""


def test_the_share_of_what_is_expected_is_drawn_on_one_line() -> None:
    err, clock = io.StringIO(), Clock()
    progress = Progress(err, clock)
    progress.expect(200)
    clock.now += 2
    progress.advance(50)
    assert err.getvalue() == f"\rtransforming [{'#' * 8}{'-' * 22}]  25%\x1b[K"
    progress.advance(50)
    assert err.getvalue().count("\r") == 1
    clock.now += 0.2
    progress.advance(1000)
    assert err.getvalue().endswith(f"\rtransforming [{'#' * 30}] 100%\x1b[K")


def test_without_an_expectation_the_bytes_done_are_told() -> None:
    err, clock = io.StringIO(), Clock()
    progress = Progress(err, clock)
    clock.now += 2
    progress.advance(12_345_678)
    assert err.getvalue() == "\rtransforming: 12.3 MB\x1b[K"


def test_the_line_is_taken_away_once() -> None:
    err, clock = io.StringIO(), Clock()
    progress = Progress(err, clock)
    clock.now += 2
    progress.advance(1)
    drawn = err.getvalue()
    progress.clear()
    progress.clear()
    assert err.getvalue() == f"{drawn}\r\x1b[K"


def test_without_a_terminal_nothing_happens() -> None:
    clock = Clock()
    progress = Progress(None, clock)
    clock.now += 2
    progress.advance(1)
    progress.clear()

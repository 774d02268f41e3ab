"""Output for terminals only: colours, and a progress line."""

import os
from collections.abc import Callable
from time import monotonic
from typing import TextIO

from transformer.report.formatting import Paint, unpainted

_DELAY = 1.5
_PAUSE = 0.1
_BAR = 30
_ERASE = "\x1b[K"
_CODES = {"error": "1;31", "warning": "33", "info": "34", "change": "32", "place": "1"}


def paint_for(err: TextIO | None, color: str) -> Paint:
    """Return the function that colours text for `err`; `color` is `auto`, `always` or `never`."""
    is_wanted = color == "always" or (
        color == "auto" and is_capable(err) and not os.environ.get("NO_COLOR")
    )
    return _paint if is_wanted else unpainted


def _paint(text: str, what: str) -> str:
    code = _CODES.get(what)
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def is_capable(stream: TextIO | None) -> bool:
    """Whether `stream` is a terminal that supports escape sequences."""
    return stream is not None and stream.isatty() and os.environ.get("TERM", "dumb") != "dumb"


class Progress:
    """Shows bytes done, out of those expected, on one line of `err` (None: nowhere); `work` names
    the activity. `shown`: how a number is shown if it is not one of bytes.

    Nothing is drawn for the first 1.5 seconds. `clear` removes the line before anything else is
    written to `err`; the next `advance` draws it again.
    """

    def __init__(
        self,
        err: TextIO | None = None,
        clock: Callable[[], float] = monotonic,
        work: str = "transforming",
        shown: Callable[[int], str] = lambda done: f"{done / 1_000_000:.1f} MB",
    ) -> None:
        self._err = err
        self._shown = shown
        self._work = work
        self._clock = clock
        self._due = clock() + _DELAY
        self._done = self._expected = 0
        self._is_drawn = False

    def expect(self, size: int) -> None:
        """Add to the bytes expected; if there are none, only the bytes done are shown."""
        self._expected += size

    def advance(self, size: int) -> None:
        """Add to the bytes done."""
        self._done += size
        if self._err is None or (now := self._clock()) < self._due:
            return
        self._due = now + _PAUSE
        self._is_drawn = True
        self._write(f"\r{self._line()}{_ERASE}")

    def clear(self) -> None:
        """Remove the line, if there is one."""
        if self._is_drawn:
            self._is_drawn = False
            self._write(f"\r{_ERASE}")

    def _line(self) -> str:
        if not self._expected:
            return f"{self._work}: {self._shown(self._done)}"
        share = min(self._done / self._expected, 1)
        filled = round(share * _BAR)
        return f"{self._work} [{'#' * filled}{'-' * (_BAR - filled)}] {share:4.0%}"

    def _write(self, text: str) -> None:
        if self._err is None:
            return
        try:
            self._err.write(text)
            self._err.flush()
        except OSError:
            self._err = None

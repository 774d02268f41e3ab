"""Signals that terminate this process: it cleans up, and exits with the status of a shell.

SIGINT is Python's KeyboardInterrupt, and exits with 130; SIGTERM and SIGHUP exit with 143 and 129.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


class Terminated(BaseException):
    """A signal terminates this process; `status` is the exit status."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


def listen() -> None:
    """Let signals that terminate this process raise `Terminated`; ignored ones stay ignored."""
    for number in _numbers():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def leave_to_parent() -> None:
    """In a forked process: leave interrupts to the parent; the others terminate it immediately."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _numbers():
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Block the signals that terminate this process until the yielded function is called."""
    if not hasattr(signal, "pthread_sigmask"):
        yield lambda: None
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_numbers()})
        yield lambda: _set_mask(before)
    finally:
        _set_mask(before)


@contextmanager
def deferred() -> Iterator[None]:
    """Let the first signal that terminates this process wait until the block has been left.

    Unlike a mask, this holds whatever thread gets the signal. A second one terminates immediately.
    """
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, *_numbers())}
    before = {number: old for number, old in handlers.items() if callable(old)}
    came: list[int] = []

    def note(number: int, _: FrameType | None) -> None:
        came.append(number)
        for other, old in before.items():
            signal.signal(other, old)

    for number in before:
        signal.signal(number, note)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)
    for first in came:
        signal.raise_signal(first)


def _set_mask(mask: set[signal.Signals] | set[int]) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _numbers() -> Iterator[signal.Signals]:
    for name in _NAMES:
        if hasattr(signal, name):
            yield signal.Signals[name]


def _end(number: int, _: FrameType | None) -> None:
    for other in _numbers():
        signal.signal(other, signal.SIG_DFL)  # a second signal terminates immediately
    raise Terminated(number)

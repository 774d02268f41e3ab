"""Signals that ask this process to end: it cleans up, and exits as a shell reports them.

SIGINT is Python's KeyboardInterrupt, and ends with 130; SIGTERM and SIGHUP end with 143 and 129.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")


class Terminated(BaseException):
    """A signal asks us to end; `status` is what to exit with."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.status = 128 + number


def listen() -> None:
    """Let signals that ask this process to end raise `Terminated`; what is ignored stays so."""
    for number in _numbers():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def leave_to_parent() -> None:
    """In a process that was forked: an interrupt is the parent's, and the others end it at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _numbers():
        if signal.getsignal(number) is _end:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def held_back() -> Iterator[Callable[[], None]]:
    """Keep back the signals that ask this process to end, until the yielded function is called."""
    if not hasattr(signal, "pthread_sigmask"):
        yield lambda: None
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, *_numbers()})
        yield lambda: _set_mask(before)
    finally:
        _set_mask(before)


def _set_mask(mask: set[signal.Signals] | set[int]) -> None:
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _numbers() -> Iterator[signal.Signals]:
    for name in _NAMES:
        if hasattr(signal, name):
            yield signal.Signals[name]


def _end(number: int, _: FrameType | None) -> None:
    for other in _numbers():
        signal.signal(other, signal.SIG_DFL)  # who asks again gets what he wants at once
    raise Terminated(number)

"""Waiting for what programs do by themselves."""

import time
from collections.abc import Callable
from typing import Any


def until(is_so: Callable[[], bool], otherwise: str | Callable[[], str]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it is not for 30 s; the message is `otherwise`.
    """
    end = time.monotonic() + 30
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(0.05)


def until_quiet(look: Callable[[], Any], seconds: float = 5) -> Any:
    """Return what there is to see as soon as it stays the same for some seconds."""
    seen, since = look(), time.monotonic()
    while time.monotonic() - since < seconds:
        time.sleep(0.2)
        now = look()
        if now != seen:
            seen, since = now, time.monotonic()
    return seen

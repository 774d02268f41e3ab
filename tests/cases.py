"""Many small cases in one test, which names each case that fails.

To run a test costs pytest and its workers a millisecond or two: too much for each of a thousand
cases that are checked in less.
"""

import functools
from collections.abc import Callable, Collection
from inspect import Signature
from typing import Any, TypeVar

import pytest

Case = TypeVar("Case")

SHOWN = 5
"""How many of the failures are shown in full."""


def check_each(
    cases: Collection[Case], check: Callable[[Case], None], name: Callable[[Case], str] = str
) -> None:
    """Check all of `cases`, and fail with the name of each that fails, and the first tracebacks."""
    assert cases, "there are no cases"
    failures: dict[str, BaseException] = {}
    for case in cases:
        try:
            check(case)
        except (Exception, pytest.fail.Exception) as error:
            error.add_note(f"The case is {name(case)}.")
            failures[name(case)] = error
    if failures:
        failed = f"{len(failures)} of {len(cases)} cases fail: {', '.join(failures)}"
        raise BaseExceptionGroup(failed, [*failures.values()][:SHOWN])


def for_each(
    cases: Collection[Case], name: Callable[[Case], str] = str
) -> Callable[[Callable[[Case], None]], Callable[[], None]]:
    """Make a test, of one parameter, one test of all `cases`."""

    def decorate(check: Callable[[Case], None]) -> Callable[[], None]:
        @functools.wraps(check)
        def test() -> None:
            check_each(cases, check, name)

        made: Any = test
        made.__signature__ = Signature()  # pytest is not to look for fixtures
        return test

    return decorate

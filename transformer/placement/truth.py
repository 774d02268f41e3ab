"""Three-valued logic: a manifest decides some questions, and others only the cluster."""

from enum import Enum


class Truth(Enum):
    """A truth value of Kleene's three-valued logic."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    def __and__(self, other: "Truth") -> "Truth":
        return self if self.value <= other.value else other

    def __or__(self, other: "Truth") -> "Truth":
        return self if self.value >= other.value else other

    def __invert__(self) -> "Truth":
        return Truth(2 - self.value)


def truth(is_true: bool) -> Truth:
    """Return `TRUE` or `FALSE`."""
    return Truth.TRUE if is_true else Truth.FALSE

"""Colons in flow text that kubectl reads and libyaml refuses: `[2001:db8::, x]`, `{x:, y: 1}`.

To kubectl's parser a colon before a comma or a bracket is a character like any other, so libyaml is
given a stand-in for each one that it refuses, and scalars get their colon back.
"""

from typing import NamedTuple

_REFUSED = "found unexpected ':'"

_STAND_INS = tuple(map(chr, range(0xE000, 0xF900)))
"""Characters without a meaning, in YAML and otherwise."""

_MOST_READ = 4_000_000
"""So many characters are read again for colons: each one that is refused takes another reading."""


class Reading(NamedTuple):
    """What libyaml is given to read: `text`, in which `stand_in` is there for `colons` colons."""

    text: str
    stand_in: str = ""
    colons: int = 0

    def past(self, problem: str, index: int) -> "Reading | None":
        """Return a reading that gets past the colon at `index` that is the problem; None: it is
        another problem, kubectl has it too, or there are too many.
        """
        if problem != _REFUSED or self.text[index + 1] == "?":
            return None
        if self.colons >= _MOST_READ // (len(self.text) + 1):
            return None
        stand_in = self.stand_in or next((one for one in _STAND_INS if one not in self.text), "")
        text = f"{self.text[:index]}{stand_in}{self.text[index + 1 :]}"
        return Reading(text, stand_in, self.colons + 1) if stand_in else None

    def original(self, value: str) -> str:
        """Return a scalar's value with its colons."""
        return value.replace(self.stand_in, ":")

    def hint(self, problem: str, around: str) -> str:
        """Return what to do about an error; `around` are the characters before and at its place."""
        if problem == _REFUSED:
            return "quote the text that this colon is part of"
        if self.colons and around in (":{", ":["):
            return "put a blank after the colon, or quote the text that it is part of"
        return ""

"""Colons in flow text that kubectl reads and libyaml refuses: `[2001:db8::, x]`, `{x:, y: 1}`.

To kubectl's parser a colon before a comma or a bracket is an ordinary character. Therefore libyaml
gets a stand-in for each colon that it refuses, and the colon is put back into the scalars.
"""

from typing import NamedTuple

_REFUSED = "found unexpected ':'"

_STAND_INS = range(0xE000, 0xF900)
"""The code points for private use: neither YAML nor Unicode gives them a meaning."""

_MOST_READ = 4_000_000
"""The most characters to read for colons in total, because each refused one needs a new reading."""


class Reading(NamedTuple):
    """The input of libyaml: `text`, in which `stand_in` replaces `colons` colons."""

    text: str
    stand_in: str = ""
    colons: int = 0

    def past(self, problem: str, index: int) -> "Reading | None":
        """Return a reading without the colon at `index` that is the problem.

        Return None if the problem is another one, if kubectl refuses the colon too, or if there
        are too many of them.
        """
        if problem != _REFUSED or self.text[index + 1] == "?":
            return None
        if self.colons >= _MOST_READ // (len(self.text) + 1):
            return None
        stand_in = self.stand_in or next(
            (one for one in map(chr, _STAND_INS) if one not in self.text), ""
        )
        text = f"{self.text[:index]}{stand_in}{self.text[index + 1 :]}"
        return Reading(text, stand_in, self.colons + 1) if stand_in else None

    def original(self, value: str) -> str:
        """Return the value of a scalar with its original colons."""
        return value.replace(self.stand_in, ":")

    def hint(self, problem: str, around: str) -> str:
        """Return what to do about a problem; `around` are the characters before and at it."""
        if problem == _REFUSED:
            return "quote the text that this colon is part of"
        if self.colons and around in (":{", ":["):
            return "put a blank after the colon, or quote the text that it is part of"
        return ""

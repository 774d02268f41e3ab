"""Characters that only look like a blank, or like nothing: what they do to a key, nobody sees."""

from typing import Any

from transformer.kubernetes.objects import keys_in

STRANGE = (
    "\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
)
"""No-break spaces, spaces of other widths, and characters that do not show at all."""


def misspelt(value: Any, *meant: str) -> tuple[str, str, str] | None:
    """Return the pointer of a key in `value`, at any depth, that is one of `meant` but for a
    strange blank around it, with that key and the name of the blank, or None.
    """
    for key, at in keys_in(value):
        bare = key.strip(f"{STRANGE} ")
        if bare != key and bare in meant and (name := strange_blank(key)):
            return at, bare, name
    return None


def strange_blank(text: str) -> str | None:
    """Return what people call the first strange blank in `text`, or None.

    It is such as `no-break space (U+00A0)`.
    """
    import unicodedata  # rarely needed

    for character in text:
        if character in STRANGE:
            name = unicodedata.name(character, "invisible character").lower()
            return f"{name} (U+{ord(character):04X})"
    return None

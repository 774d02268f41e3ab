"""Characters that look like a blank, or like nothing, and that nobody sees in a key."""

from typing import Any

from transformer import pointer
from transformer.kubernetes.objects import keys_in, mappings_in

STRANGE = (
    "\u00a0\u00ad\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u200b\u200c\u200d\u200e\u200f\u202f\u205f\u2060\u3000\ufeff"
)
"""No-break spaces, spaces of other widths, and characters that are invisible."""


def may_have(value: Any, key: str) -> bool:
    """Whether a mapping in `value` may have `key`, rightly spelt or not."""
    keys = keys_in(value)
    return key in keys or not all(map(str.isascii, keys))


def misspelt(value: Any, *meant: str) -> tuple[str, str, str] | None:
    """Return pointer, intended key and name of the blank for the first misspelt key, or None.

    Such a key, at any depth of `value`, is one of `meant` with a strange blank around it.
    """
    for at, mapping in mappings_in(value):
        for key in mapping:
            if key.isascii():
                continue
            bare = key.strip(f"{STRANGE} ")
            if bare != key and bare in meant and (name := strange_blank(key)):
                return pointer.join(at, key), bare, name
    return None


def strange_blank(text: str) -> str | None:
    """Return the name of the first strange blank in `text`, such as `no-break space (U+00A0)`.

    Return None if there is none.
    """
    import unicodedata  # rarely needed

    for character in text:
        if character in STRANGE:
            name = unicodedata.name(character, "invisible character").lower()
            return f"{name} (U+{ord(character):04X})"
    return None

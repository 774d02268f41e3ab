"""Keys and strings of KYAML, the style that `kubectl -o kyaml` prints.

A key has quotes only where another reader could take it for something else than text. A string
always has them. A string with line breaks is spread over lines, a line of text each, with YAML's
escaped line breaks: what a line begins with is behind a blank or, if it is a blank itself, behind a
backslash.

Source: `sigs.k8s.io/yaml/kyaml` 1.6.0 (`renderString`, `needsQuotes`), the library behind kubectl
1.37. It writes `\\` before whatever `unicode.IsSpace` holds at the start of a line, also before the
escapes of a carriage return or a no-break space, which then mean something else; here these are
behind a blank.
"""

import math
from datetime import date

from transformer.regexes import regex
from transformer.yamltree.scalars import WORDS

_INTERIOR = "-./"
_WORDS = {word.lower() for word in WORDS} | {"t", "f"}
_NO_NUMBERS = ("inf", "-inf", "infinity", "-infinity", "nan")
_DATE = regex(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})\Z")
_FLOAT = regex(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]-?[0-9]+)?\Z")
_HEXADECIMAL_FLOAT = regex(
    r"-?0[xX](?=\.?[0-9a-fA-F])[0-9a-fA-F]*(?:\.[0-9a-fA-F]*)?[pP]-?[0-9]+\Z"
)
_BASED_INTEGER = regex(r"-?0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)\Z")

_SIMPLE = regex(r"[ !#-\[\]-~]*\Z")
_ESCAPES = {
    '"': '\\"',
    "\\": "\\\\",
    "\n": "\\n",
    "\t": "\\t",
    "\0": "\\0",
    "\a": "\\a",
    "\b": "\\b",
    "\v": "\\v",
    "\f": "\\f",
    "\r": "\\r",
    "\x1b": "\\e",
    "\x85": "\\N",
    "\xa0": "\\_",
    "\u2028": "\\L",
    "\u2029": "\\P",
}


def key(text: str) -> str:
    """Return a key of a mapping."""
    return text if is_unquoted(text) else string(text)


def is_unquoted(text: str) -> bool:
    """Whether a key has no quotes: letters, digits, `_`, and `-./` between; and it is but text."""
    return (
        bool(text)
        and all(one.isalnum() or one == "_" or one in _INTERIOR for one in text)
        and text[0] not in _INTERIOR
        and text[-1] not in _INTERIOR
        and not _is_ambiguous(text)
    )


def _is_ambiguous(text: str) -> bool:
    """Whether a reader of YAML could take `text` for a boolean, a null, a number or a date."""
    if text.lower() in _WORDS:
        return True
    if found := _DATE.match(text):
        return _is_date(*map(int, found.groups()))
    digits = text.replace("_", "")
    if digits.lower() in _NO_NUMBERS:
        return True
    if _BASED_INTEGER.match(digits):
        return int(digits, 0) < 1 << 64
    if _FLOAT.match(digits):
        return math.isfinite(float(digits))
    return _HEXADECIMAL_FLOAT.match(digits) is not None


def _is_date(year: int, month: int, day: int) -> bool:
    """Whether there is such a day, in any year from 0: leap years come again after 400 years."""
    try:
        return bool(date(year % 400 + 400, month, day))
    except ValueError:
        return False


def string(text: str) -> str:
    """Return a string on one line, in double quotes."""
    if _SIMPLE.match(text):
        return f'"{text}"'
    return f'"{"".join(map(_escaped, text))}"'


def string_lines(text: str, step: str) -> list[str]:
    """Return the lines of a string; those below the first are indented by `step`."""
    if "\n" not in text:
        return [f'"{_line(text)}"']
    *lines, last = text.split("\n")
    found = ['"\\', *(f"{step}{_behind_margin(line)}\\n\\" for line in lines)]
    if last:
        found.append(f"{step}{_behind_margin(last)}\\")
    return [*found, f'{step}"']


def _line(text: str) -> str:
    """Return what is within the quotes; tabs stay."""
    return "\t".join(string(part)[1:-1] for part in text.split("\t"))


def _behind_margin(line: str) -> str:
    return ("\\" if line[:1] in ("\t", " ") and line else " ") + _line(line)


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"

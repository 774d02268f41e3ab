"""The values of scalars, as kubectl decodes them.

kubectl reads YAML with `sigs.k8s.io/yaml`, which reads scalars as its own variant of YAML 1.1: `y`
and `Off` are booleans, `tRue` is a string, `017`, `0o17` and `0xf` are integers, and times and
dates are strings. These rules were measured (`testdata/scalars/kubectl.json`). The library converts
everything to JSON and reads that again, so an integer beyond 64 bits becomes a float.

There are two differences. kubectl refuses `.inf` and `.nan` as values, since JSON has no such
numbers; here they are floats. It checks that a `!!timestamp` is a date; here it is the text.
"""

import base64
import binascii
import math
import re
import struct
from typing import TypeAlias

from transformer.errors import InputError
from transformer.regexes import regex

Value: TypeAlias = str | int | float | bool | None

WORDS: dict[str, bool | float | None] = {
    **{form: True for word in ("y", "yes", "on", "true") for form in (word, word.upper())},
    **{form: False for word in ("n", "no", "off", "false") for form in (word, word.upper())},
    **{word: True for word in ("Yes", "On", "True")},
    **{word: False for word in ("No", "Off", "False")},
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{word: -math.inf for word in ("-.inf", "-.Inf", "-.INF")},
    **{word: math.nan for word in (".nan", ".NaN", ".NAN")},
}

_NUMBER_STARTS = frozenset("+-.0123456789")
_NUMBER_ENDS = frozenset("._0123456789abcdefABCDEF")

# Applied to a text without its underscores; `_BASES` has the base of each group.
_NUMBER = regex(
    r"""[-+]?+ (?: (0 | [1-9][0-9]*+) | (0[oO]?[0-7]++) | (0[xX][0-9a-fA-F]++) | (0[bB][01]++) )
        | [-+]?+ (?: [0-9]++ (?: \.[0-9]*+ )? | \.[0-9]++ ) (?: [eE][-+]?[0-9]++ )?""",
    re.VERBOSE,
)
_BASES = (0, 10, 8, 16, 2)

# A number that begins with a point follows Go's own rule: underscores are allowed between digits.
_POINT_NUMBER = regex(r"\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?")

_MIN_INT64 = -(2**63)
_MAX_INT64 = 2**63 - 1
_MAX_UINT64 = 2**64 - 1

_CORE = "tag:yaml.org,2002:"
_TYPES: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "null": (type(None),),
}


def resolve(text: str, style: str, tag: str | None) -> Value:
    """Return the value of a scalar; `text`, `style` and `tag` are those of `syntax.Scalar`.

    Raises:
        InputError: the text does not fit the tag (the error has no offset).
    """
    if tag is None:
        if style:
            return text
        if text in WORDS:
            return WORDS[text]
        if text[0] not in _NUMBER_STARTS or text[-1] not in _NUMBER_ENDS:
            return text
        value: Value = _number(text)
    else:
        value = _tagged(text, tag)
    if type(value) is int and value > _MAX_INT64:
        return float(value)
    return value


def resolve_key(text: str, style: str, tag: str | None) -> str:
    """Return the JSON string that a scalar becomes as the key of a mapping.

    A float is written as kubectl writes it, in single precision: `0.30000000000000004` is `0.3`.

    Raises:
        InputError: kubectl refuses the key (the error has no offset).
    """
    if tag is None and (style or (text not in WORDS and text[0] not in _NUMBER_STARTS)):
        return text
    value = _plain(text) if tag is None else _tagged(text, tag)
    if isinstance(value, str):
        return value
    if value is None:
        raise InputError("the key of a mapping is null", hint="quote it if it is meant as text")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _float_key(value)
    if value > _MAX_INT64:
        raise InputError(
            f"the integer {text} is too large for the key of a mapping",
            hint="quote it if it is meant as text",
        )
    return str(value)


def _tagged(text: str, tag: str) -> Value:
    name = tag.removeprefix(_CORE) if tag.startswith(_CORE) else tag.removeprefix("!!")
    if name == tag:
        return text
    if name == "binary":
        return _binary(text)
    types = _TYPES.get(name)
    if types is None:
        return text
    value = _plain(text)
    if type(value) not in types or (name == "float" and type(value) is int and value > _MAX_INT64):
        raise InputError(f"`{text}` cannot be read as !!{name}")
    return float(value) if name == "float" and value is not None else value


def _plain(text: str) -> Value:
    """Return the value before the conversion to JSON: an integer may be as large as 2**64 - 1."""
    if text in WORDS:
        return WORDS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


def _number(text: str) -> str | int | float:
    """Return the number that `text` represents, or `text` itself if it is no number."""
    if len(text) < 19 and (text[0] != "0" or text == "0") and text.isdecimal() and text.isascii():
        return int(text)
    if text[0] == ".":
        if _POINT_NUMBER.fullmatch(text) is None:
            return text
        return _finite_float(text)
    plain = text.replace("_", "")
    found = _NUMBER.fullmatch(plain)
    if found is None:
        return text
    base = _BASES[found.lastindex or 0]
    if base and (base != 10 or len(plain) <= 20):  # Python refuses very long decimals
        value = int(plain, base)
        if _MIN_INT64 <= value <= (_MAX_INT64 if plain[0] == "+" else _MAX_UINT64):
            return value
    # A number too large for an integer is a float if it can be read as a decimal, as 0777...7 can.
    if base in (2, 16) or "o" in plain or "O" in plain:
        return text
    return _finite_float(plain, text)


def _finite_float(digits: str, text: str = "") -> str | float:
    """Return the float, or the text if it is beyond the range of a float."""
    value = float(digits)
    return value if math.isfinite(value) else text or digits


def _float_key(value: float) -> str:
    """Return the shortest text that reads back as the same single-precision number.

    Exponents below -4 and from 6 are written in scientific notation.
    """
    try:
        single: float = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        single = math.copysign(math.inf, value)
    if not math.isfinite(single):
        return ".nan" if math.isnan(single) else ".inf" if single > 0 else "-.inf"
    shortest = next(
        written
        for written in (f"{single:.{digits}e}" for digits in range(9))
        if struct.pack("f", float(written)) == struct.pack("f", single)
    )
    if not -4 <= int(shortest.partition("e")[2]) < 6:
        return shortest
    from decimal import Decimal  # slow to import, rarely needed

    return format(Decimal(shortest), "f")


def _binary(text: str) -> str:
    """Return what base64 text encodes; each byte that is not UTF-8 becomes U+FFFD, as in Go."""
    packed = text.replace("\r", "").replace("\n", "")
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise InputError("the content of a !!binary scalar is not valid base64") from None
    return re.sub("[\udc80-\udcff]", "\ufffd", content.decode("utf-8", "surrogateescape"))

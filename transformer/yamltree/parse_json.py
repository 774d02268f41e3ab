"""JSON text to a syntax tree with positions: strict JSON, for documents that begin with `{`.

kubectl reads such a document with Go's JSON decoder, and this parser refuses what that refuses:
control characters in strings (DEL is allowed), leading zeros, `NaN`, trailing commas, numbers
beyond the range of a float. Two things are stricter: duplicate keys, and the depth of
`syntax.MAX_DEPTH`. A byte order mark and white space may precede the object; white space, comments
and a `...` line, which belong to the stream and not to the object, may follow it.

One match of a regular expression reads a key, its colon and, if possible, the string that follows.
Strings with escapes go to the C scanner of the standard library (`scanstring` of `json.decoder`),
which joins surrogate pairs; half a pair becomes U+FFFD, as in Go.
"""

import json.decoder
import math
import re
from collections.abc import Callable
from typing import NoReturn

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.syntax import (
    MAX_DEPTH,
    PLAIN,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
    refuse_duplicate,
)

# (text, offset behind the opening quote, strict) -> (content, offset behind the closing quote)
_scan_string: Callable[[str, int, bool], tuple[str, int]] = vars(json.decoder)["scanstring"]

_SPACE = r"[ \t\n\r]*+"
_SIMPLE = r'"([^"\\\x00-\x1f]*+)"'
_BLANK = regex(_SPACE)
TRAILER = regex(r"(?>(?:[ \t\r\n]++|#[^\r\n]*+|\.\.\.(?=[ \t\r\n]|\Z))*)\Z")
_STRING = regex(_SIMPLE)
_ENTRY = regex(f"{_SPACE}{_SIMPLE}{_SPACE}:{_SPACE}(?:{_SIMPLE})?")
_COLON = regex(f"{_SPACE}:{_SPACE}")
_NUMBER_OR_WORD = regex(
    r"(?:-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?([eE][-+]?[0-9]++)?|true|false|null)(?![\w.+-])"
)
_RUN = regex(r"[\w.+-]{1,40}|.", re.DOTALL)

HALF_PAIR = regex("[\ud800-\udfff]")

_MANY_DIGITS = 300
"""A number shorter than this, and without an exponent, is in a float's range."""


class JsonSyntaxError(InputError):
    """The text is not JSON. It may be YAML in flow style, which kubectl tries next."""


def parse_json(text: str, start: int = 0) -> Tree:
    """Return the tree of the one JSON object in `text`, from offset `start`.

    Each node is in flow style; strings have the style `"`, numbers and words are plain.

    Raises:
        JsonSyntaxError: it is not JSON.
        InputError: it is JSON beyond the limits; with rule HN902, it has a duplicate key.
    """
    start = _skip_blank(text, start + 1 if text.startswith("\ufeff", start) else start)
    if text.startswith("[", start):
        raise InputError(
            "a JSON array is no Kubernetes object, and kubectl refuses it",
            offset=start,
            hint="wrap it in an object of `kind: List`, as its `items`",
        )
    if not text.startswith("{", start):
        _fail(text, start, "`{`")
    root, end = _mapping(text, start, 1)
    if TRAILER.match(text, end) is None:
        _fail(text, _skip_blank(text, end), "nothing more after the JSON object")
    return Tree(text, root, is_json=True)


def parse_json_array(text: str) -> Tree:
    """Return the tree of the one JSON array in `text`, as `parse_json` does for an object.

    Raises:
        JsonSyntaxError: it is not JSON.
        InputError: it is JSON beyond the limits; with rule HN902, it has a duplicate key.
    """
    start = _skip_blank(text, int(text.startswith("\ufeff")))
    if not text.startswith("[", start):
        _fail(text, start, "`[`")
    root, end = _sequence(text, start, 1)
    if _skip_blank(text, end) < len(text):
        _fail(text, _skip_blank(text, end), "nothing more after the JSON array")
    return Tree(text, root, is_json=True)


def _value(text: str, start: int, depth: int) -> tuple[Node, int]:
    """Return the value that begins at `start`, and its end; `depth` is that of its parent."""
    mark = text[start : start + 1]
    if mark == '"':
        return _string(text, start)
    if mark == "{" or mark == "[":
        if depth == MAX_DEPTH:
            message = f"objects and arrays are nested more than {MAX_DEPTH} deep"
            raise InputError(message, offset=start)
        return (_mapping if mark == "{" else _sequence)(text, start, depth + 1)
    found = _NUMBER_OR_WORD.match(text, start)
    if found is None:
        _fail(text, start, "a JSON value")
    word, end = found[0], found.end()
    if (found[1] or len(word) > _MANY_DIGITS) and not math.isfinite(float(word)):
        raise InputError("this number is beyond the range of a float", offset=start)
    return Scalar(start, end, word, PLAIN, None, None, start), end


def _mapping(text: str, start: int, depth: int) -> tuple[Mapping, int]:
    """Return the object whose brace is at `start`, and its end."""
    entries: list[tuple[Scalar, Node]] = []
    names: list[str] = []
    at = start + 1
    value: Node
    while True:
        found = _ENTRY.match(text, at)
        if found is None:
            at = _skip_blank(text, at)
            if not entries and text.startswith("}", at):
                break
            key, at = _key(text, at)
            value, at = _value(text, at, depth)
        else:
            name, content = found.groups()
            at = found.start(1) - 1
            key = Scalar(at, at + len(name) + 2, name, '"', None, None, at)
            at = found.end()
            if content is None:
                value, at = _value(text, at, depth)
            else:
                value_start = at - len(content) - 2
                value = Scalar(value_start, at, content, '"', None, None, value_start)
        entries.append((key, value))
        names.append(key.text)
        mark = text[at : at + 1]
        if mark != "," and mark != "}":
            at = _skip_blank(text, at)
            mark = text[at : at + 1]
        if mark == "}":
            break
        if mark != ",":
            _fail(text, at, "`,` or `}`")
        at += 1
    if len(set(names)) < len(entries):
        refuse_duplicate(names, [key for key, _ in entries])
    return Mapping(start, at + 1, tuple(entries), True, None, None, start, tuple(names)), at + 1


def _sequence(text: str, start: int, depth: int) -> tuple[Sequence, int]:
    """Return the array whose bracket is at `start`, and its end."""
    items: list[Node] = []
    at = _skip_blank(text, start + 1)
    while items or not text.startswith("]", at):
        item, at = _value(text, at, depth)
        items.append(item)
        at = _skip_blank(text, at)
        mark = text[at : at + 1]
        if mark == "]":
            break
        if mark != ",":
            _fail(text, at, "`,` or `]`")
        at = _skip_blank(text, at + 1)
    return Sequence(start, at + 1, tuple(items), True, None, None, start), at + 1


def _key(text: str, start: int) -> tuple[Scalar, int]:
    """Return a key that `_ENTRY` did not match, and the start of its value."""
    if not text.startswith('"', start):
        _fail(text, start, "a key in double quotes")
    key, end = _string(text, start)
    colon = _COLON.match(text, end)
    if colon is None:
        _fail(text, _skip_blank(text, end), "`:` after the key")
    return key, colon.end()


def _string(text: str, start: int) -> tuple[Scalar, int]:
    """Return the string whose opening quote is at `start`, and its end."""
    found = _STRING.match(text, start)
    if found is not None:
        end = found.end()
        return Scalar(start, end, found[1], '"', None, None, start), end
    try:
        content, end = _scan_string(text, start + 1, True)
    except json.decoder.JSONDecodeError as error:
        at = error.pos
        if at == start:
            message = "this JSON string has no closing quote"
        elif text[at] < " ":
            message = f"the control character U+{ord(text[at]):04X} in a JSON string is not escaped"
        else:
            at = text.rindex("\\", start, at + 1)
            message = "this is no escape sequence of JSON"
        raise JsonSyntaxError(message, offset=at) from None
    return Scalar(start, end, HALF_PAIR.sub("\ufffd", content), '"', None, None, start), end


def _skip_blank(text: str, start: int) -> int:
    found = _BLANK.match(text, start)
    return found.end() if found else start


def _fail(text: str, at: int, expected: str) -> NoReturn:
    found = _RUN.match(text, at)
    if found is None:
        what = "the end of the text"
    else:
        what = f"`{found[0]}`" if found[0].isprintable() else f"U+{ord(found[0][0]):04X}"
    raise JsonSyntaxError(f"expected {expected}, found {what}", offset=at)

"""Everyday YAML to the tree that `parse_yaml` makes of it, without libyaml.

Most manifests are block mappings and sequences of keys and values that are plain or simply quoted,
each on one line, with literal blocks and short flow collections in between. Here a regular
expression has to match each line wholly; what it finds is remembered, since lines are alike from
one document to the next. Everything else is left to libyaml, which reads or refuses it:

- anchors, aliases, tags, merge keys, `?`, directives, `...`, a second `---`: there the meaning of a
  line depends on more than its indentation;
- escapes, folded text, scalars on several lines: rare, and with many rules of their own;
- duplicate keys, keys that kubectl refuses, deep nesting, very long texts: `compose` explains or
  counts them;
- tabs but in comments and literal blocks, byte order marks, lines that end otherwise than with LF
  or CR LF, and what libyaml refuses as characters;
- what is valid, but by rules that are easily got wrong: a blank before a colon, colons in flow
  text, flow collections in each other, literal blocks with an indentation indicator, without
  content, or with lines of fewer blanks than their indentation.

What this module reads libyaml reads too, with an equal tree: a property test and a fuzzer
(`tests/property/test_everyday_property.py`) compare the two.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple, TypeAlias

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.scalars import resolve_key
from transformer.yamltree.syntax import (
    MAX_NODES,
    PLAIN,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
    block_scalar_end,
)

_LONGEST_KEY = _LONGEST_FLOW = 1000
"""In characters: libyaml expects the colon of a key within 1,024."""

_DEEPEST = 100
"""Half of the depth that is allowed; a line may add a few collections, each within the others."""

_REMEMBERED, _LONGEST_REMEMBERED = 1024, 100
"""How many lines are remembered, and of how many characters: about a megabyte in total."""

_new = tuple.__new__
"""What a named tuple's constructor calls, without its overhead."""

_FOREIGN = regex("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""What ends lines besides LF, is refused by libyaml, or is a byte order mark."""

_QUOTED = r"""(?:"[^"\\\t]*+"|'(?>(?:[^'\t]|'')*)')"""
_FIRST = r"""[^\ \t\-?:,\[\]{}\#&*!|>'"%@`]"""
_PLAIN = rf"(?:{_FIRST}|-(?=[^\ \t]))(?>(?:[^\ \t:]++|:(?=[^\ ])|\ ++(?=[^\ \t:\#]))*)"
_WORD = r"[^\ \t:\#?,\[\]{}]"
_ITEM = rf"(?:{_QUOTED}|(?:{_FIRST}|-(?={_WORD}))(?>(?:{_WORD}++|\ ++(?={_WORD}))*))\ *+"
"""A scalar in a flow collection."""

_PAIR = rf"{_ITEM}(?<!\ ):\ ++{_ITEM}"
_FLOW = regex(
    rf"\[\ *+(?:{_ITEM}(?:,\ *+{_ITEM})*)?\]|{{\ *+(?:{_PAIR}(?:,\ *+{_PAIR})*)?}}", re.VERBOSE
)

_LINE = regex(
    rf"""
    (\ *+)                                                  # indentation
    ((?:-(?:\ ++|\Z)){{0,4}})                               # dashes
    (?:((?!-|\.\.\.){_PLAIN}|{_QUOTED}):(?=\ |\Z)\ *+)?     # a key
    (?:({_PLAIN}|{_QUOTED})|(\|[-+]?)|(\[.*\]|{{.*}}))?     # a value
    \ *+(?:(?:(?<=\ )|(?<!.))\#.*)?                         # a comment
    """,
    re.VERBOSE,
)
_SCALAR = regex(_ITEM, re.VERBOSE)
_MARKER = regex(r"---(?: *| +#.*)")

_CONTENT = regex(
    r"(?>(?:\r?\n){0,100})( ++)[^\t\r\n][^\r\n]*+(?:\r?\n|\Z)"
    r"(?>(?:\1[^\r\n]*+\r?\n|\1[^\r\n]++\Z|\r?\n){0,10000})(?!\1|\r?\n| +\r?(?:\n|\Z))"
)
"""The lines of a literal block, with its indentation; so many that they take little memory here."""


_Open: TypeAlias = tuple[int, bool, int, list[Scalar], list[str], list[Node]]
"""A block collection that may go on: its column, whether it is a mapping, its start, the keys of a
mapping, their names as JSON has them, and its values.
"""


class _Line(NamedTuple):
    """What one line says, with offsets from its beginning.

    `column` is that of the first dash or of the key; if there is neither, it is `_NOTHING` or
    `_START`. The value of a line that begins a literal block is a scalar without its text.
    """

    column: int
    dashes: tuple[int, ...] = ()
    key: Scalar | None = None
    name: str = ""
    value: Node | None = None


_NOTHING, _START = -2, -3
"""Columns of a blank line or comment, and of a `---`."""


def _read(line: str) -> _Line | None:
    """Return what a line without its LF says, or None for a line that is left to libyaml."""
    line = line.removesuffix("\r")
    if not line.isprintable() and _FOREIGN.search(line):
        return None
    if line.startswith("---"):
        return _Line(_START) if _MARKER.fullmatch(line) else None
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    indentation, dashes, key, scalar, literal, flow = found.groups()
    value: Node | None = None
    if scalar is not None:
        value = _scalar(scalar, found.start(4))
    elif literal is not None:
        value = Scalar(found.start(5), found.end(5), "", "|")
    elif flow is not None:
        value = _flow(flow, found.start(6))
        if value is None:
            return None
    column = len(indentation)
    columns = tuple([at for at in range(column, found.end(2)) if line[at] == "-"]) if dashes else ()
    if key is not None:
        at_key = _scalar(key, found.start(3))
        names = _names((at_key,))
        if names is None or len(key) > _LONGEST_KEY:
            return None
        return _new(_Line, (column, columns, at_key, names[0], value))
    if columns:
        return _new(_Line, (column, columns, None, "", value))
    return None if value is not None else _Line(_NOTHING)


_remembered = lru_cache(_REMEMBERED)(_read)


def _scalar(source: str, start: int) -> Scalar:
    text, style = source, source[0]
    if style == "'" or style == '"':
        text = source[1:-1] if style == '"' else source[1:-1].replace("''", "'")
    else:
        style = PLAIN
    return _new(Scalar, (start, start + len(source), text, style, None, None, start))


def _names(keys: tuple[Scalar, ...]) -> tuple[str, ...] | None:
    """Return keys as JSON has them, or None if libyaml's path is to refuse or to merge them."""
    try:
        names = tuple([resolve_key(text, style, None) for _, _, text, style, _, _, _ in keys])
    except InputError:
        return None
    return names if len(set(names)) == len(names) and "<<" not in names else None


def _flow(source: str, start: int) -> Node | None:
    """Return a flow collection, or None if it is left to libyaml."""
    if len(source) > _LONGEST_FLOW or _FLOW.fullmatch(source) is None:
        return None
    end = start + len(source)
    found = _SCALAR.finditer(source, 1, len(source) - 1)
    items = tuple([_scalar(one.group().rstrip(" "), start + one.start()) for one in found])
    if source[0] == "[":
        return Sequence(start, end, items, True, None, None, start)
    names = _names(items[::2])
    if names is None:
        return None
    entries = tuple(zip(items[::2], items[1::2], strict=True))
    return Mapping(start, end, entries, True, None, None, start, names)


def parse_everyday(text: str) -> Tree | None:
    """Return the tree of the YAML document in `text`, or None if it is left to libyaml."""
    if len(text) > MAX_NODES or text[-1:] == "\r":  # each character may be a node: none is counted
        return None
    # The innermost collection, at first a sequence with the root as its item, and those around it.
    inmost, is_mapping, first = -1, False, 0
    keys: list[Scalar] = []
    names: list[str] = []
    values: list[Node] = []
    outer: list[_Open] = []
    pending = 0  # where the value of the last key or dash would be, if it has none so far, or -1
    has_start = False
    end = -1
    lines = iter(text.split("\n"))
    for line in lines:
        at = end + 1
        end = at + len(line)
        found = _remembered(line) if end - at <= _LONGEST_REMEMBERED else _read(line)
        if found is None:
            return None
        column, dashes, key, name, value = found
        if column < 0:
            if column == _START:
                if outer or has_start:
                    return None
                has_start = True
            continue
        if pending >= 0 and (column > inmost or (column == inmost and is_mapping and dashes)):
            outer.append((inmost, is_mapping, first, keys, names, values))
            if len(outer) > _DEEPEST:
                return None
            inmost, is_mapping, first = column, not dashes, at + column
            keys, names, values = [], [], []
        else:
            if pending >= 0:
                values.append(Scalar(pending, pending, "", outer=pending))
            if column != inmost or is_mapping == bool(dashes):
                here = (inmost, is_mapping, first, keys, names, values)
                left = _closed_down_to(column, here, outer, is_key=not dashes)
                if left is None:
                    return None
                inmost, is_mapping, first, keys, names, values = left
                if column != inmost or is_mapping == bool(dashes):
                    return None
        if dashes:
            for column in dashes[1:]:
                outer.append((inmost, is_mapping, first, keys, names, values))
                inmost, first, values = column, at + column, []
            pending = at + dashes[-1] + 1
            if key is not None:
                outer.append((inmost, is_mapping, first, keys, names, values))
                inmost, is_mapping, first = key[0], True, at + key[0]
                keys, names, values = [], [], []
        if key is not None:
            start, stop, content, style, _, _, _ = key
            start += at
            stop += at
            keys.append(_new(Scalar, (start, stop, content, style, None, None, start)))
            names.append(name)
            pending = stop + 1
        if value is not None:
            pending = -1
            if type(value) is not Scalar:
                value = _moved(value, at)
            elif value[3] != "|":
                start, stop, content, style, _, _, _ = value
                start += at
                value = _new(Scalar, (start, at + stop, content, style, None, None, start))
            else:
                block = _CONTENT.match(text, end + 1)
                if block is None or len(block[1]) <= inmost:
                    return None
                value = _literal(text, at + value[0], end, block)
                if value is None:
                    return None
                while end + 1 < block.end():
                    end += 1 + len(next(lines))
            values.append(value)
    if pending >= 0:
        values.append(Scalar(pending, pending, "", outer=pending))
    here = (inmost, is_mapping, first, keys, names, values)
    left = _closed_down_to(-1, here, outer) if outer else None
    return None if left is None else Tree(text, left[-1][0])


def _closed_down_to(
    column: int, here: _Open, outer: list[_Open], *, is_key: bool = False
) -> _Open | None:
    """Close what a line at `column` ends, and return what is open then.

    A key also ends the unindented sequence of the key above it. Return None if a key is in a
    mapping twice.
    """
    while column < here[0] or (column == here[0] and is_key and not here[1]):
        _, is_mapping, start, keys, names, values = here
        if not is_mapping:
            properties = (start, values[-1].end, tuple(values), False, None, None, start)
            node: Node = _new(Sequence, properties)
        elif len(set(names)) != len(names):
            return None
        else:
            entries = tuple(zip(keys, values, strict=True))
            end = values[-1].end
            node = _new(Mapping, (start, end, entries, False, None, None, start, tuple(names)))
        here = outer.pop()
        here[-1].append(node)
    return here


def _literal(text: str, start: int, header_end: int, block: re.Match[str]) -> Scalar | None:
    """Return the literal block whose header begins at `start`, with its lines in `block`.

    Return None if it is left to libyaml.
    """
    content = f"\n{block.group()}".replace("\r\n", "\n").replace(f"\n{block[1]}", "\n")[1:]
    if _FOREIGN.search(content):
        return None
    header = text[start:header_end]
    if not header.startswith("|+"):
        kept = content.rstrip("\n")
        has_end = len(kept) < len(content) and not header.startswith("|-")
        content = f"{kept}\n" if has_end else kept
    end = block_scalar_end(text, start, block.end())
    return Scalar(start, end, content, "|", None, None, start)


def _moved(flow: Node, by: int) -> Node:
    """Return a flow collection `by` characters later."""
    start, end = flow.start + by, flow.end + by
    if type(flow) is Sequence:
        items = _all_moved(flow.items, by)
        return _new(Sequence, (start, end, items, True, None, None, start))
    assert type(flow) is Mapping
    keys, values = zip(*flow.entries, strict=True) if flow.entries else ((), ())
    entries = tuple(zip(_all_moved(keys, by), _all_moved(values, by), strict=True))
    return _new(Mapping, (start, end, entries, True, None, None, start, flow.keys))


def _all_moved(scalars: Iterable[Any], by: int) -> tuple[Node, ...]:
    return tuple(
        [
            _new(Scalar, (start + by, end + by, text, style, None, None, start + by))
            for start, end, text, style, _, _, _ in scalars
        ]
    )

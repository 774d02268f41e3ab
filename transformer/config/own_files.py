"""The files of the tool's own kinds: read them, and report line and column of what is wrong there.

They are YAML or JSON and are read as manifests are, so `off` is false as for kubectl. Tags that
create anything else than plain values are refused.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from transformer.errors import InputError, SettingsError, reason_of
from transformer.kubernetes.schema.explain import Problem
from transformer.position import position_at
from transformer.regexes import regex
from transformer.text.framing import raw_documents
from transformer.text.raw_document import Opening
from transformer.yamltree.construct import construct
from transformer.yamltree.locate import Places
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import Alias, Mapping, Node, Scalar, Sequence, Tree

_TAGS = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAGS + name
    for name in ("map", "seq", "str", "bool", "int", "float", "null", "timestamp", "value", "merge")
) | {"!"}

_PATTERN = regex(r"(?<![^\s\[,])[*!][^\s,\[]*+\Z")
"""A word that is an alias or a tag in YAML, and is perhaps intended as a pattern."""

_REACH = 100
"""Characters before the place of an error in which such a word begins."""


class OwnFile(NamedTuple):
    """The plain `value` in a file in which no problem was found."""

    value: Any
    text: str
    places: Places

    def line_of(self, pointer: str) -> int:
        """Return the line (1-based) of what `pointer` points to."""
        return position_at(self.text, self.places.offset_of(pointer)).line


def content(
    path: Path, what: str, max_size: int, *, folder_hint: str = "", missing_hint: str = ""
) -> bytes:
    """Return the bytes of the file `path`; `what` is what it contains (`configuration`).

    Raises:
        SettingsError: it cannot be read, or is larger than `max_size` bytes.
    """
    try:
        with path.open("rb") as file:
            data = file.read(max_size + 1)
    except FileNotFoundError:
        message = f"the {what} file does not exist"
        raise SettingsError(message, file=str(path), hint=missing_hint) from None
    except IsADirectoryError:
        message = f"this is a folder, expected a {what} file"
        raise SettingsError(message, file=str(path), hint=folder_hint) from None
    except OSError as error:
        message = f"the {what} file cannot be read: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None
    if len(data) > max_size:
        message = f"the {what} file is larger than {max_size} bytes"
        raise SettingsError(message, file=str(path), hint="check that it is the intended file")
    return data


def checked(
    data: bytes,
    name: str,
    what: str,
    check: Callable[[Any], list[Problem]],
    empty_hint: str,
    *,
    read: Callable[[str], Tree] = parse,
) -> OwnFile:
    """Return what is in `data`, the bytes of a file with the name `name`.

    `what` is what it contains; `check` returns the problems of its plain value; `empty_hint` says
    what to write into an empty file; `read` parses its text.

    Raises:
        SettingsError: `data` is not UTF-8, not YAML, empty, more than one document, or has
            problems. Of several, the first in the text is reported, and the number of the others.
    """
    text = _decode(data, name)
    try:
        root = read(text).root
        value = construct(root)
    except InputError as error:
        raise _unreadable(error, text, name) from None
    for node in _tagged(root):
        tag = (node.tag or "").replace(_TAGS, "!!")
        message = f"the tag {tag} is not allowed in a {what}"
        hint = f'write the plain value without a tag, or a pattern in quotes: "{tag}"'
        raise _at(text, name, node.outer, message, hint)
    if value is None:
        raise _at(text, name, 0, f"the {what} is empty", empty_hint)
    places = Places(root)
    if problems := check(value):
        raise _first(problems, places, text, name)
    return OwnFile(value, text, places)


def _decode(data: bytes, name: str) -> str:
    """Return the text of the one document in `data`."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"not UTF-8: byte 0x{data[error.start]:02x} is not valid here"
        raise _at(before, name, len(before), message, "save the file as UTF-8") from None
    for document in raw_documents([data]):
        if document.opening not in (Opening.START, Opening.GLUED):  # glued: a repeated key
            message = "more than one YAML document"
            hint = "keep one document, and remove the --- before the other"
            raise SettingsError(message, file=name, line=document.line, column=1, hint=hint)
    return text


def _tagged(node: Node | None) -> Iterator[Scalar | Mapping | Sequence]:
    """Yield the nodes with a tag that is not one of a plain value, in the order of the text."""
    if node is None or isinstance(node, Alias):
        return
    if node.tag is not None and node.tag not in _PLAIN_TAGS:
        yield node
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from _tagged(entry[0])
            yield from _tagged(entry[1])
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _tagged(item)


def _unreadable(error: InputError, text: str, name: str) -> SettingsError:
    """Return the error that `text`, of a file with the name `name`, cannot be read."""
    offset = error.offset or 0
    if error.other is not None:
        line = position_at(text, error.other).line
        return _at(text, name, offset, f"{error.message}, first in line {line}", "keep one of them")
    prefix = "not readable as YAML: "
    message = prefix + error.message.removeprefix(prefix)
    character = text[offset : offset + 1]
    if not character.isprintable() and character not in "\r\n":
        message += f" (U+{ord(character):04X})"
    pattern = _PATTERN.search(text, max(offset - _REACH, 0), offset + 1)
    if pattern is not None:
        hint = 'a pattern that begins with * or ! needs quotes: "*.yaml"'
        return _at(text, name, pattern.start(), message, hint)
    return _at(text, name, offset, message, error.hint)


def _first(problems: list[Problem], places: Places, text: str, name: str) -> SettingsError:
    def offset(problem: Problem) -> int:
        return places.offset_of(problem.pointer, at_key=problem.at_key)

    first = min(problems, key=offset)
    others = len(problems) - 1
    more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
    return _at(text, name, offset(first), first.message + more, first.hint)


def _at(text: str, name: str, offset: int, message: str, hint: str = "") -> SettingsError:
    line, column = position_at(text, offset)
    return SettingsError(message, file=name, line=line, column=column, hint=hint)

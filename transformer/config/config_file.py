"""`.hostnet-transform.yaml`: read it, and report line and column of what is wrong in it.

It is YAML or JSON and is read as manifests are, so `off` is false as for kubectl. Tags that create
anything else than plain values are refused.
"""

from collections.abc import Iterator
from pathlib import Path

from transformer.config.check import check
from transformer.config.resolve import NAME
from transformer.errors import InputError, SettingsError, reason_of
from transformer.kubernetes.schema.explain import Problem
from transformer.pipeline.settings import Settings, from_plain
from transformer.position import position_at
from transformer.regexes import regex
from transformer.rules.registry import rule_ids
from transformer.text.framing import raw_documents
from transformer.text.raw_document import Opening
from transformer.yamltree.construct import construct
from transformer.yamltree.locate import Places
from transformer.yamltree.parse import parse as parse_tree
from transformer.yamltree.syntax import Alias, Mapping, Node, Scalar, Sequence

_TAGS = "tag:yaml.org,2002:"
_PLAIN_TAGS = frozenset(
    _TAGS + name
    for name in ("map", "seq", "str", "bool", "int", "float", "null", "timestamp", "value", "merge")
) | {"!"}
_MAX_SIZE = 1024 * 1024

_PATTERN = regex(r"(?<![^\s\[,])[*!][^\s,\[]*+\Z")
"""A word that is an alias or a tag in YAML, and is perhaps intended as a pattern."""

_REACH = 100
"""Characters before the place of an error in which such a word begins."""


def load(path: Path) -> Settings:
    """Return the settings in the file `path`.

    Raises:
        SettingsError: the file cannot be read, or is invalid (see `parse`).
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        raise SettingsError("the configuration file does not exist", file=str(path)) from None
    except IsADirectoryError:
        message = "this is a folder, expected a configuration file"
        hint = f"name the file in it, such as {path / NAME}"
        raise SettingsError(message, file=str(path), hint=hint) from None
    except OSError as error:
        message = f"the configuration file cannot be read: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None
    if len(data) > _MAX_SIZE:
        message = f"the configuration file is larger than {_MAX_SIZE} bytes"
        raise SettingsError(message, file=str(path), hint="check that it is the intended file")
    return parse(data, str(path))


def parse(data: bytes, name: str) -> Settings:
    """Return the settings in `data`, the bytes of a file with the name `name`.

    Paths in the result are as written.

    Raises:
        SettingsError: `data` is not UTF-8, not YAML, empty, more than one document, or does not
            match the schema. Of several problems, the first in the text is reported, and the number
            of the others.
    """
    text = _decode(data, name)
    try:
        root = parse_tree(text).root
        config = construct(root)
    except InputError as error:
        raise _unreadable(error, text, name) from None
    for node in _tagged(root):
        tag = (node.tag or "").replace(_TAGS, "!!")
        message = f"the tag {tag} is not allowed in a configuration"
        hint = f'write the plain value without a tag, or a pattern in quotes: "{tag}"'
        raise _at(text, name, node.outer, message, hint)
    if config is None:
        hint = "it needs at least apiVersion: transform.hostnet.io/v1alpha1 and a kind"
        raise _at(text, name, 0, "the configuration is empty", hint)
    places = Places(root)
    if problems := check(config, rule_ids()):
        raise _first(problems, places, text, name)
    settings = from_plain(config)
    suppressions = tuple(
        entry._replace(line=position_at(text, places.offset_of(f"/spec/ignore/{index}")).line)
        for index, entry in enumerate(settings.suppressions)
    )
    clusters = tuple(
        entry._replace(line=position_at(text, places.offset_of(f"/spec/clusters/{index}")).line)
        for index, entry in enumerate(settings.clusters)
    )
    return settings._replace(suppressions=suppressions, clusters=clusters, name=name)


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

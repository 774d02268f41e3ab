"""`.hostnet-transform.yaml`: find it, read it, and name line and column of what is wrong in it.

YAML, or JSON as the part of YAML that it is. The text is composed to nodes, which know their
places, and never constructed: a tag can make nothing here. Plain scalars are those of YAML 1.1,
as for kubectl: `off` is false.
"""

import json
import re
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from transformer.config import package_data
from transformer.errors import SettingsError
from transformer.kubernetes.schema.explain import Problem
from transformer.pipeline.settings import Settings, check, from_plain
from transformer.pointer import join
from transformer.position import position_at

NAME = ".hostnet-transform.yaml"
SCHEMA = "schemas/config.schema.json"

_TAGS = "tag:yaml.org,2002:"
_TRUE = frozenset({"y", "yes", "on", "true"})
_FALSE = frozenset({"n", "no", "off", "false"})
_OCTAL = re.compile(r"^([-+]?)0(?=[0-9])")
_MAX_SIZE = 1024 * 1024
_MAX_DEPTH = 100
_MAX_VALUES = 100_000


class _Place(NamedTuple):
    """Offsets of a value and of the key before it (in a list: of the value again)."""

    value: int
    key: int


def find(start: Path) -> Path | None:
    """Return the nearest configuration file from the folder `start` upwards.

    Whatever has the name counts, a broken link too: `load` then says what is wrong with it.
    """
    folder = start.resolve()
    for candidate in (above / NAME for above in (folder, *folder.parents)):
        try:
            candidate.lstat()
        except OSError:
            continue
        return candidate
    return None


def load(path: Path, known_rules: Collection[str] = ()) -> Settings:
    """Return the settings in the file `path`.

    Raises:
        SettingsError: the file cannot be read, or is wrong as `parse` says.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_SIZE + 1)
    except FileNotFoundError:
        raise SettingsError("the configuration file does not exist", file=str(path)) from None
    except IsADirectoryError:
        raise SettingsError(
            "this is a folder, expected a configuration file",
            file=str(path),
            hint=f"name the file in it, such as {path / NAME}",
        ) from None
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        message = f"the configuration file cannot be read: {reason}"
        raise SettingsError(message, file=str(path)) from None
    if len(data) > _MAX_SIZE:
        message = f"the configuration file is larger than {_MAX_SIZE} bytes"
        raise SettingsError(message, file=str(path), hint="is it the file that is meant?")
    return parse(data, str(path), known_rules)


def parse(data: bytes, name: str, known_rules: Collection[str] = ()) -> Settings:
    """Return the settings in `data`, the bytes of a file called `name`.

    `known_rules` as for `settings.check`. Paths in the result are as written.

    Raises:
        SettingsError: `data` is no UTF-8, no YAML, empty, more than one document, or does not
            fit the schema. The first problem in the order of the text is told, and the number
            of the others.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"not UTF-8: byte 0x{data[error.start]:02x} cannot stand here"
        raise _at(before, name, len(before), message, "save the file as UTF-8") from None
    reader = _Reader(text, name)
    config = reader.construct(_compose(text, name), "", 0)
    problems = check(config, json.loads(package_data.read(SCHEMA)), known_rules)
    if problems:
        raise _first(problems, reader)
    settings = from_plain(config)
    suppressions = tuple(
        replace(entry, line=reader.line(f"/spec/ignore/{index}"))
        for index, entry in enumerate(settings.suppressions)
    )
    return replace(settings, suppressions=suppressions, name=name)


def _first(problems: list[Problem], reader: "_Reader") -> SettingsError:
    def offset(problem: Problem) -> int:
        place = reader.places[problem.pointer]
        return place.key if problem.at_key else place.value

    first = min(problems, key=offset)
    others = len(problems) - 1
    more = f" (and {others} more problem{'s' if others > 1 else ''})" if others else ""
    return _at(reader.text, reader.name, offset(first), first.message + more, first.hint)


def _at(text: str, name: str, offset: int, message: str, hint: str = "") -> SettingsError:
    line, column = position_at(text, offset)
    return SettingsError(message, file=name, line=line, column=column, hint=hint)


def _compose(text: str, name: str) -> Any:
    """Return the root node (of ruamel.yaml) of the one document in `text`."""
    from ruamel.yaml import YAML  # slow to import; only needed with a configuration
    from ruamel.yaml.composer import ComposerError
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    yaml = YAML(typ="safe", pure=True)  # "rt" stumbles over some comments
    yaml.version = (1, 1)
    yaml.composer.warn_double_anchors = False
    try:
        root = yaml.compose(text)
    except ReaderError as error:
        message = f"not valid YAML: the character U+{error.character:04X} cannot stand here"
        raise _at(text, name, error.position, message) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = len(text) if mark is None else mark.index
        if isinstance(error, ComposerError) and "single document" in (error.context or ""):
            hint = "keep one document, and remove the --- before the other"
            raise _at(text, name, offset, "more than one YAML document", hint) from None
        hint = 'put a glob in quotes: "*.yaml"' if text[offset : offset + 1] == "*" else ""
        raise _at(
            text, name, offset, f"not valid YAML: {error.problem or error.context}", hint
        ) from None
    except RecursionError:
        raise _at(text, name, 0, "nested too deeply to read") from None
    except Exception as error:  # it ends in errors of any kind: KeyError for `%YAML 2.1`
        message = f"not readable as YAML: {type(error).__name__} {error}"
        raise _at(text, name, 0, message, "write it plainly: no directives, no tags") from None
    if root is None or (root.id == "scalar" and root.tag == f"{_TAGS}null"):
        hint = "it needs at least apiVersion: transform.hostnet.io/v1alpha1 and a kind"
        raise _at(text, name, 0, "the configuration is empty", hint)
    return root


class _Reader:
    """Turns nodes into plain values, and notes where the value of each JSON pointer stands."""

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.places: dict[str, _Place] = {}
        self._read = 0

    def construct(self, node: Any, pointer: str, depth: int, key: Any = None) -> Any:
        """Return the plain value of `node`, which stands at `pointer` after the node `key`."""
        start = node.start_mark.index
        named = start if key is None else key.start_mark.index
        # The mark of an absent value stands at the next token, often lines below.
        is_absent = node.end_mark.index == start
        self.places[pointer] = _Place(named if is_absent else start, named)
        self._count(node, depth)
        kind = node.tag.removeprefix(_TAGS)
        if node.id == "mapping" and kind == "map":
            return self._mapping(node, pointer, depth)
        if node.id == "sequence" and kind == "seq":
            return [
                self.construct(item, join(pointer, index), depth + 1)
                for index, item in enumerate(node.value)
            ]
        if node.id == "scalar" and kind in _SCALAR_KINDS:
            return _scalar(kind, _whole(node.value))
        tag = node.tag.replace(_TAGS, "!!")
        hint = "write the plain value without a tag"
        raise self._wrong(node, f"the tag {tag} is not allowed in a configuration", hint)

    def line(self, pointer: str) -> int:
        """Return the line (1-based) of the value at a pointer."""
        return position_at(self.text, self.places[pointer].value).line

    def _mapping(self, node: Any, pointer: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        own: dict[str, Any] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise self._wrong(key, "a key must be a plain word, found a list or a mapping")
            if key.tag == f"{_TAGS}merge":
                result.update(self._merged(value, pointer, depth))
                continue
            name = _whole(key.value)
            if name in own:
                line = position_at(self.text, own[name].start_mark.index).line
                hint = "keep one of them"
                raise self._wrong(
                    key, f'the key "{name}" is there twice, first in line {line}', hint
                )
            own[name] = key
            result[name] = self.construct(value, join(pointer, name), depth + 1, key)
        return result

    def _merged(self, node: Any, pointer: str, depth: int) -> dict[str, Any]:
        """Return the entries that a `<<` with the value `node` brings in; the first one wins."""
        providers = node.value if node.id == "sequence" else [node]
        result: dict[str, Any] = {}
        for provider in reversed(providers):
            if provider.id != "mapping":
                raise self._wrong(node, "the value of << must be a mapping or a list of mappings")
            self._count(provider, depth)
            result.update(self._mapping(provider, pointer, depth + 1))
        return result

    def _count(self, node: Any, depth: int) -> None:
        """Refuse what is nested without end, or expands to much more than its text."""
        self._read += 1
        if depth > _MAX_DEPTH or self._read > _MAX_VALUES:
            message = "too many nested or repeated values"
            raise self._wrong(node, message, "look for an alias that stands within its own anchor")

    def _wrong(self, node: Any, message: str, hint: str = "") -> SettingsError:
        return _at(self.text, self.name, node.start_mark.index, message, hint)


def _whole(text: str) -> str:
    """Return `text` with the surrogate pairs of JSON escapes joined; half a pair becomes U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_SCALAR_KINDS = frozenset({"str", "bool", "int", "float", "null", "timestamp", "value", "merge"})


def _scalar(kind: str, text: str) -> str | bool | int | float | None:
    """Return what a scalar means; one that is not what its tag says stays a string."""
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    digits = text.replace("_", "")
    try:
        if kind == "int":
            return int(_OCTAL.sub(r"\g<1>0o", digits), 0)
        if kind == "float":
            return float(digits)
    except ValueError:
        pass
    return text

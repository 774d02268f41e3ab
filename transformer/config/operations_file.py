"""A file with a JSON patch (RFC 6902): a list of operations, as JSON or YAML."""

from pathlib import Path
from typing import Any

from transformer.config.own_files import checked, content
from transformer.errors import SettingsError
from transformer.kubernetes.schema.explain import Problem
from transformer.patch.json_patch import PatchOperation, flaws, operations_from
from transformer.yamltree.parse import parse
from transformer.yamltree.parse_json import JsonSyntaxError, parse_json_array
from transformer.yamltree.syntax import Tree

_WHAT = "JSON patch"
_MAX_SIZE = 64 * 1024 * 1024
_HINT = "write a list of operations, or [] for none"


def load(path: Path) -> tuple[PatchOperation, ...]:
    """Return the operations in the file `path`.

    Raises:
        SettingsError: the file cannot be read, or has no JSON patch.
    """
    hint = "name the file with the operations"
    if str(path) == "-":
        raise SettingsError("operations are not read from standard input", hint=hint)
    data = content(path, _WHAT, _MAX_SIZE, folder_hint=hint, missing_hint=hint)
    return operations_from(checked(data, str(path), _WHAT, _problems, _HINT, read=_parsed).value)


def _problems(value: Any) -> list[Problem]:
    return [Problem(found.pointer, found.message, found.hint) for found in flaws(value)]


def _parsed(text: str) -> Tree:
    """Return the tree of a text: as JSON if it begins with `[`, with YAML as the fallback."""
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        try:
            return parse_json_array(text)
        except JsonSyntaxError:
            pass
    return parse(text)

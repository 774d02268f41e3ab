"""The alternative to a splice that fails: re-serialize the document (`--allow-reformat`)."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from transformer.errors import InputError, InternalError, PatchError
from transformer.patch import verify
from transformer.regexes import regex
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import Tree

_MARKER = regex(r"^---(?=\s|\Z)", re.MULTILINE)

_ERRORS = (
    YAMLError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""Errors of ruamel.yaml, such as an IndexError for `!!!int` and a ValueError for `-0e3`."""


def rewrite(tree: Tree, operations: Sequence[verify.Patch], expected: Any) -> str:
    """Return the document as text that means `expected`, comments kept where that is possible.

    Raises:
        InternalError: ruamel.yaml cannot write it, or what was written would mean something else.
    """
    for text in _attempts(tree, operations, expected):
        try:
            if verify.same(construct(parse(text, is_check=True).root), expected):
                return text
        except InputError:
            continue
    raise InternalError("the document cannot be re-serialized with the same meaning")


def _attempts(tree: Tree, operations: Sequence[verify.Patch], expected: Any) -> Iterator[str]:
    if not tree.is_json:  # which has no comments to keep
        with suppress(*_ERRORS, InternalError, PatchError):
            value = _yaml().load(tree.text.removeprefix("\ufeff"))
            yield _written(tree, verify.patched(value, operations))
    yield _written(tree, expected)


def _written(tree: Tree, value: Any) -> str:
    """Return `value` as text that replaces that of the tree.

    JSON stays JSON, and a `---` line, a byte order mark and the kind of line ends are kept.
    """
    text = tree.text
    start = tree.root.start if tree.root is not None else 0
    newline = "\r\n" if "\r\n" in text else "\n"
    if tree.is_json:
        written = json.dumps(value, ensure_ascii=False, indent=2)
        return text[:start] + written.replace("\n", newline) + newline
    yaml = _yaml()
    yaml.explicit_start = _MARKER.search(text, 0, start) is not None
    out = StringIO()
    try:
        yaml.dump(value, out)
    except _ERRORS as error:
        raise InternalError(f"the document cannot be re-serialized: {error}") from None
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    return mark + out.getvalue().replace("\n", newline)


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 1 << 30
    return yaml

"""Re-serialization of a document, for `--allow-reformat`: a round trip through ruamel.yaml."""

import json
import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from transformer.errors import InternalError
from transformer.yamltree.syntax import Tree

_MARKER = re.compile(r"^---(?=\s|\Z)", re.MULTILINE)

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


def round_trip(tree: Tree) -> Any:
    """Return the document as ruamel.yaml's value (dicts and lists that keep comments).

    Raises:
        InternalError: ruamel.yaml cannot read the document.
    """
    try:
        return _yaml().load(tree.text.removeprefix("\ufeff"))
    except _ERRORS as error:
        raise InternalError(f"ruamel.yaml cannot read this document: {error}") from None


def write(tree: Tree, value: Any) -> str:
    """Return `value` as text that replaces that of the tree.

    JSON stays JSON, and a `---` line, a byte order mark and the kind of line ends are kept.

    Raises:
        InternalError: ruamel.yaml cannot write it.
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

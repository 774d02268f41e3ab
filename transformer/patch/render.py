"""Plain values to text: block YAML, flow YAML, JSON, in the style that the caller has seen.

Strings are written plain where they are safe words, else in double quotes. What needs real
escaping (line breaks, quotes, control characters) is left to ruamel.yaml.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from transformer.yamltree.nodes import PLAIN
from transformer.yamltree.scalars import resolve

_WORD = re.compile(r"[A-Za-z/_][A-Za-z0-9_./-]*\Z")
_SPECIAL = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
_SIMPLE = re.compile(r"[ !#-\[\]-~]*\Z")


@dataclass(frozen=True, slots=True)
class BlockStyle:
    """How a document lays out its blocks, in columns.

    `step`: a mapping under a key; `dash`: a sequence's dash under its key; `gap`: from the dash to
    its item; `flow_keys`: keys whose lists the neighbours write in brackets.
    """

    step: int = 2
    dash: int = 0
    gap: int = 2
    flow_keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class FlowStyle:
    """How a document writes on one line: what stands between, after a key, and inside braces.

    `quote` is put around every string of flow YAML, if it is not empty.
    """

    comma: str = ", "
    colon: str = ": "
    pad: str = ""
    quote: str = ""
    is_json: bool = False


def scalar(value: Any, quote: str = "") -> str:
    """Return a scalar or an empty collection as YAML; `quote` (`'` or `"`) where it has a choice.

    Non-strings are spelled as JSON, which YAML reads alike.
    """
    if not isinstance(value, str):
        return _SPECIAL.get(str(value)) or json.dumps(value)
    if quote == "'" and "'" not in value and _SIMPLE.match(value):
        return f"'{value}'"
    if not quote and _WORD.match(value) and isinstance(resolve(value, PLAIN, None), str):
        return value
    if _SIMPLE.match(value):
        return f'"{value}"'
    return _escaped(value)


def _escaped(value: str) -> str:
    from io import StringIO

    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_style = '"'
    yaml.width = 1 << 30
    yaml.allow_unicode = True
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue().removesuffix("...\n").rstrip("\n")


def flow(value: Any, style: FlowStyle) -> str:
    """Return any value on one line, as flow YAML or as JSON."""
    if isinstance(value, dict) and value:
        entries = style.comma.join(
            f"{flow(key, style)}{style.colon}{flow(item, style)}" for key, item in value.items()
        )
        return f"{{{style.pad}{entries}{style.pad}}}"
    if isinstance(value, list) and value:
        return f"[{style.comma.join(flow(item, style) for item in value)}]"
    if style.is_json:
        return json.dumps(value, ensure_ascii=False)
    return scalar(value, style.quote)


def json_lines(value: Any, step: str, colon: str) -> list[str]:
    """Return `value` as pretty-printed JSON, a line an element, the first without indentation."""
    return json.dumps(value, ensure_ascii=False, indent=step, separators=(",", colon)).split("\n")


def entry_lines(key: str, value: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of `key: value` in a block mapping whose keys stand at `column`."""
    head = f"{' ' * column}{scalar(key)}:"
    if isinstance(value, dict) and value:
        return [head, *mapping_lines(value, column + style.step, style)]
    if isinstance(value, list) and value:
        if key in style.flow_keys:
            return [f"{head} {flow(value, FlowStyle())}"]
        return [head, *sequence_lines(value, column + style.dash, style)]
    return [f"{head} {scalar(value)}"]


def block_lines(value: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of a mapping or sequence (not empty), its keys or dashes at `column`."""
    if isinstance(value, dict):
        return mapping_lines(value, column, style)
    return sequence_lines(value, column, style)


def mapping_lines(value: dict[str, Any], column: int, style: BlockStyle) -> list[str]:
    """Return the lines of a block mapping whose keys stand at `column`."""
    return [line for key, item in value.items() for line in entry_lines(key, item, column, style)]


def sequence_lines(value: list[Any], column: int, style: BlockStyle) -> list[str]:
    """Return the lines of a block sequence whose dashes stand at `column`."""
    return [line for item in value for line in item_lines(item, column, style)]


def item_lines(item: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of one item of a block sequence whose dashes stand at `column`."""
    dash = f"{' ' * column}-{' ' * (style.gap - 1)}"
    if isinstance(item, dict) and item:
        lines = mapping_lines(item, column + style.gap, style)
    elif isinstance(item, list) and item:
        lines = sequence_lines(item, column + style.gap, style)
    else:
        return [dash + scalar(item)]
    return [dash + lines[0].lstrip(" "), *lines[1:]]

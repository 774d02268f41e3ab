"""Plain values to text: block YAML, flow YAML, JSON, in the style that the caller has seen.

Strings are written plain where they are safe words, else in double quotes. What needs real
escaping (line breaks, quotes, control characters) is left to ruamel.yaml.
"""

import json
from collections.abc import Iterable
from itertools import chain
from typing import Any, Literal, NamedTuple

from transformer.patch import kyaml
from transformer.regexes import regex
from transformer.yamltree.scalars import resolve
from transformer.yamltree.syntax import PLAIN

_WORD = regex(r"[A-Za-z/_][A-Za-z0-9_./-]*\Z")
_UNQUOTED = regex(r"[A-Za-z/_](?:[!-9;-~]|:(?=[!-~])| (?=[!\"$-~]))*\Z")
_REFERENCE = regex(
    r"(?:[0-9]++(?>(?:\.[0-9]++){2,})(?:[-+_.][A-Za-z0-9+_.-]*+)?"
    r"|[A-Za-z][A-Za-z0-9_./@+-]*+(?>(?::[A-Za-z0-9_./@+-]++)*)"
    r"|(?>(?:[0-9]++(?:\.[0-9]++)?(?:[KMGTPE]i|ms|us|ns|[hmsnukMGTP%]))+))\Z"
)
_NO_YAML = regex("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""What JSON allows in a string, and YAML not as it is, or not everywhere."""

_SPECIAL = {"inf": ".inf", "-inf": "-.inf", "nan": ".nan"}
_SIMPLE = regex(r"[ !#-\[\]-~]*\Z")


class FlowStyle(NamedTuple):
    """The style of flow text and JSON: what is between elements, after a key, inside brackets.

    `key_quote` and `quote` are put around each key and each other string of flow YAML, if they are
    not empty.

    With a `step` of indentation collections are spread, an element a line, but for those that are
    no deeper than `inline` levels; `trailing`: with a comma after the last element too.

    `is_kyaml`: keys and strings are written as `kubectl -o kyaml` writes them. `is_cuddled`: so are
    lists of collections, whose brackets share lines (`[{`, `}, {`, `}]`). `is_sorted`: the keys of
    mappings are in the order of the alphabet.
    """

    comma: str = ", "
    colon: str = ": "
    pad: str = ""
    list_pad: str = ""
    key_quote: str = ""
    quote: str = ""
    is_json: bool = False
    step: str = ""
    inline: int = 0
    trailing: bool = False
    is_kyaml: bool = False
    is_cuddled: bool = False
    is_sorted: bool = False


_PLAIN_FLOW = FlowStyle()


class Text(NamedTuple):
    """Text to be written in place of a value in a block, as it is but for its indentation.

    The lines of a block collection begin at the column of its keys or dashes. Of a `scalar`, and of
    a flow collection, the first line follows the key or dash, and the others begin at the column of
    the content. `above` are comment lines above the entry, `within` those between a key and its
    block, `below` those below all; `behind` is what follows the key or the value on its line.
    """

    lines: tuple[str, ...]
    kind: Literal["scalar", "mapping", "sequence"] = "scalar"
    above: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    behind: str = ""
    below: tuple[str, ...] = ()


class BlockStyle(NamedTuple):
    """How a document lays out its blocks, in columns.

    `step`: a mapping under a key; `dash`: a sequence's dash under its key; `gap`: from the dash to
    its item; `flow_keys`: keys whose lists the neighbours write in brackets, styled as `flow`.
    """

    step: int = 2
    dash: int = 0
    gap: int = 2
    flow_keys: frozenset[str] = frozenset()
    flow: FlowStyle = _PLAIN_FLOW


def scalar(value: Any, quote: str = "", *, is_plain: bool = False) -> str:
    """Return a scalar or an empty collection as YAML; `quote` (`'` or `"`) where it has a choice.

    Non-strings are spelled as JSON, which YAML reads alike. `is_plain`: it follows a plain string,
    so that it has no quotes wherever it needs none in a block; else only a word has none.
    """
    if not isinstance(value, str):
        return _SPECIAL.get(str(value)) or json.dumps(value)
    if quote == "'" and "'" not in value and _SIMPLE.match(value):
        return f"'{value}'"
    patterns = (_WORD, _UNQUOTED, _REFERENCE) if is_plain else (_WORD,)
    is_unquoted = not quote and any(pattern.match(value) for pattern in patterns)
    if is_unquoted and isinstance(resolve(value, PLAIN, None), str):
        return value
    if _SIMPLE.match(value):
        return f'"{value}"'
    return _escaped(value)


def is_reference(value: Any) -> bool:
    """Whether it looks like a version (`1.19.0-rc.1`), the name of an image with its tag, or a
    quantity (`256Mi`, `1h30m`, `25%`).

    All are strings for everyone who reads YAML, in a block and in flow text.
    """
    return isinstance(value, str) and _REFERENCE.match(value) is not None


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
    if isinstance(value, dict | list) and value:
        opening, closing = _brackets(value)
        pad = style.pad if isinstance(value, dict) else style.list_pad
        return f"{opening}{pad}{flow_elements(value, style)}{pad}{closing}"
    if style.is_json:
        text = json.dumps(value, ensure_ascii=False)
        return _NO_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    if style.is_kyaml and isinstance(value, str):
        return kyaml.string(value)
    return scalar(value, style.quote)


def flow_elements(value: Any, style: FlowStyle) -> str:
    """Return the elements of a collection on one line, without the brackets around them."""
    return style.comma.join(head + flow(item, style) for head, item in _elements(value, style))


def flow_lines(value: Any, style: FlowStyle) -> list[str]:
    """Return any value as `flow` does, but spread over lines where the style has it so."""
    if style.is_kyaml and isinstance(value, str):
        return kyaml.string_lines(value, style.step)
    if not style.step or _height(value) <= style.inline:
        return [flow(value, style)]
    opening, closing = _brackets(value)
    found = element_lines(value, style)
    if style.is_cuddled and _is_list_of_collections(value):
        return _cuddled(found)
    for lines in found[: None if style.trailing else -1]:
        lines[-1] += ","
    return [opening, *(style.step + line for lines in found for line in lines), closing]


def _is_list_of_collections(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict | list) for item in value)


def _cuddled(items: list[list[str]]) -> list[str]:
    """Return the lines of a list, each of its items in the line where the one above ends."""
    found = ["[" + items[0][0], *items[0][1:]]
    for first, *rest in items[1:]:
        found[-1] += f", {first}"
        found += rest
    found[-1] += "]"
    return found


def element_lines(value: Any, style: FlowStyle) -> list[list[str]]:
    """Return the lines of each element of a collection, without the commas between them."""
    found = []
    for head, item in _elements(value, style):
        first, *rest = flow_lines(item, style)
        found.append([head + first, *rest])
    return found


def _elements(value: Any, style: FlowStyle) -> list[tuple[str, Any]]:
    """Return what is before each element (a mapping's key and colon), and the element."""
    if not isinstance(value, dict):
        return [("", item) for item in value]
    entries = sorted(value.items()) if style.is_sorted else value.items()
    if style.is_kyaml:
        return [(kyaml.key(key) + style.colon, item) for key, item in entries]
    keys = style._replace(quote=style.key_quote)
    return [(flow(key, keys) + style.colon, item) for key, item in entries]


def _brackets(value: Any) -> tuple[str, str]:
    return ("{", "}") if isinstance(value, dict) else ("[", "]")


def _height(value: Any) -> int:
    """Return how many collections that are not empty contain each other."""
    if not (isinstance(value, dict | list) and value):
        return 0
    return 1 + max(map(_height, value.values() if isinstance(value, dict) else value))


def entry_lines(key: str, value: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of `key: value` in a block mapping whose keys are at `column`."""
    head = f"{' ' * column}{scalar(key)}:"
    if isinstance(value, Text):
        return _entry_text(head, value, column, style)
    if isinstance(value, dict) and value:
        return [head, *block_lines(value, column + style.step, style)]
    if isinstance(value, list) and value:
        if key in style.flow_keys:
            return [f"{head} {flow(value, style.flow)}"]
        return [head, *block_lines(value, column + style.dash, style)]
    return [f"{head} {scalar(value)}"]


def block_lines(value: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of a mapping or sequence, its keys or dashes at `column`."""
    if isinstance(value, dict):
        lines = (entry_lines(key, item, column, style) for key, item in value.items())
    else:
        lines = (item_lines(item, column, style) for item in value)
    return list(chain.from_iterable(lines))


def item_lines(item: Any, column: int, style: BlockStyle) -> list[str]:
    """Return the lines of one item of a block sequence whose dashes are at `column`."""
    dash = f"{' ' * column}-{' ' * (style.gap - 1)}"
    if isinstance(item, Text):
        first, *rest = item.lines
        below = indented(item.below, column + (1 if rest else style.gap))  # or it would be content
        rest = indented(rest, column + style.gap)
        above = indented((*item.above, *item.within), column)
        return [*above, dash + first + item.behind, *rest, *below]
    if not (isinstance(item, dict | list) and item):
        return [dash + scalar(item)]
    first, *rest = block_lines(item, column + style.gap, style)
    return [dash + first.lstrip(" "), *rest]


def _entry_text(head: str, text: Text, column: int, style: BlockStyle) -> list[str]:
    above = indented(text.above, column)
    if text.kind == "scalar":
        first, *rest = text.lines
        below = indented(text.below, column + (1 if rest else style.step))  # or it would be content
        rest = indented(rest, column + style.step)
        return [*above, f"{head} {first}{text.behind}", *rest, *below]
    at = column + (style.step if text.kind == "mapping" else style.dash)
    lines = indented((*text.within, *text.lines), at)
    return [*above, head + text.behind, *lines, *indented(text.below, column + style.step)]


def indented(lines: Iterable[str], column: int) -> list[str]:
    """Return lines moved to the right, blank ones excepted."""
    return [" " * column + line if line else line for line in lines]

"""The text of one document to its tree, as kubectl would read it: JSON first where it looks so."""

import re

from transformer.errors import InputError
from transformer.yamltree.parse_json import JsonSyntaxError, parse_json
from transformer.yamltree.parse_yaml import parse_yaml, too_many
from transformer.yamltree.syntax import MAX_NODES, Tree

JSON_START = re.compile(
    r"\ufeff?(?>(?:[ \t]*+(?:#[^\r\n]*+)?[\r\n])*)(?:---[ \t]*(?:[ \t]#[^\r\n]*+)?[\r\n])?"
    r"(?=\ufeff?[ \t\r\n]*+\{)"
)
"""What may stand before a JSON object: a byte order mark, comments, a marker line.

Lines are never given back: from each of them on, all others would be looked through again.
"""

_QUOTED = re.compile(r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)(?:"|\Z|\\\Z)', re.DOTALL)
"""A text in quotes, or what begins as one and never ends."""


def parse(text: str) -> Tree:
    """Return the tree of `text`: JSON where it begins with `{`, flow YAML as the fallback.

    Raises:
        InputError: it is neither; the error is the one of the reading that got further.
    """
    start = JSON_START.match(text)
    if start is None:
        return parse_yaml(text)
    if _commas(text) > MAX_NODES // 2:
        raise too_many(start.end())
    try:
        return parse_json(text, start.end())
    except JsonSyntaxError as json_error:
        try:
            return parse_yaml(text)
        except InputError as yaml_error:
            if (json_error.offset or 0) > (yaml_error.offset or 0):
                raise json_error from None
            raise


def _commas(text: str) -> int:
    """Return how many commas are outside of quotes, or fewer where it cannot be too many."""
    if len(text) <= MAX_NODES or text.count(",") <= MAX_NODES // 2:
        return 0
    return _QUOTED.sub("", text).count(",")

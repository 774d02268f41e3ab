"""One document to its tree or value, as kubectl reads it: as JSON if it begins with `{`."""

import re
from typing import Any

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.construct import construct
from transformer.yamltree.parse_everyday import parse_everyday
from transformer.yamltree.parse_json import JsonSyntaxError, parse_json
from transformer.yamltree.syntax import MAX_NODES, Tree, too_many

JSON_START = regex(
    r"\ufeff?(?>(?:[ \t]*+(?:#[^\r\n]*+)?[\r\n])*)(?:---[ \t]*(?:[ \t]#[^\r\n]*+)?[\r\n])?"
    r"(?=\ufeff?[ \t\r\n]*+\{)"
)
"""What can precede a JSON object: a byte order mark, comments, a `---` line.

The group of lines is atomic, because backtracking would match all later lines again for each line.
"""

_QUOTED = regex(r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)(?:"|\Z|\\\Z)', re.DOTALL)
"""A quoted string, also one without a closing quote."""


_YAML_BREAK = regex("[\x85\u2028\u2029]")
"""Line breaks of YAML 1.1 that are plain characters in JSON."""


def json_start(text: str) -> int | None:
    """Return where a text begins that is read as JSON, or None for YAML.

    kubectl reads YAML where a comment or a `---` precedes the `{`. That means the same, except for
    line breaks in a string that only YAML folds.
    """
    found = JSON_START.match(text)
    if found is None or (text[: found.end()].strip() and _YAML_BREAK.search(text, found.end())):
        return None
    return found.end()


def load(data: bytes) -> Any:
    """Return the plain value of a document.

    Raises:
        InputError: it cannot be read.
    """
    return construct(parse(decode(data)).root)


def decode(data: bytes) -> str:
    """Return the text of a document.

    Raises:
        InputError: it is not UTF-8; `offset` is the length of the text above.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError(
            "not UTF-8",
            offset=len(data[: error.start].decode()),
            hint="Kubernetes manifests are UTF-8: convert the file",
        ) from None


def parse(text: str, *, is_check: bool = False) -> Tree:
    """Return the tree of `text`: as JSON if it begins with `{`, with flow YAML as the fallback.

    `is_check`: YAML is read by libyaml in any case, so that text that was edited because of what
    the everyday reader read is not checked by it too.

    Raises:
        InputError: it is neither; the error is that of the parser that got further.
    """
    start = json_start(text)
    if start is None:
        everyday = None if is_check else parse_everyday(text)
        return _parse_yaml(text) if everyday is None else everyday
    if _commas(text) > MAX_NODES // 2:
        raise too_many(start)
    try:
        return parse_json(text, start)
    except JsonSyntaxError as json_error:
        try:
            return _parse_yaml(text)
        except InputError as yaml_error:
            if (json_error.offset or 0) > (yaml_error.offset or 0):
                raise json_error from None
            raise


def _parse_yaml(text: str) -> Tree:
    from transformer.yamltree.parse_yaml import parse_yaml  # slow to import: it loads libyaml

    return parse_yaml(text)


def _commas(text: str) -> int:
    """Return how many commas are outside of quotes, or 0 if they cannot be too many."""
    if len(text) <= MAX_NODES or text.count(",") <= MAX_NODES // 2:
        return 0
    return _QUOTED.sub("", text).count(",")

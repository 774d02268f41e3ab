"""Text directly to its plain value, for simple documents, YAML or JSON.

The self-check reads edited text with it, because it needs no positions. Documents with anchors,
tags, merge keys, duplicate keys, great depth or a second document are parsed to a tree instead,
which reads or refuses them.
"""

import json
from contextlib import suppress
from typing import Any

from yaml._yaml import CParser
from yaml.error import YAMLError
from yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import JSON_START, parse
from transformer.yamltree.parse_json import HALF_PAIR, TRAILER
from transformer.yamltree.scalars import resolve, resolve_key
from transformer.yamltree.syntax import MAX_DEPTH

_SURROGATE = regex(r"\\u[dD][89a-fA-F]")
_ENDS = frozenset((MappingEndEvent, SequenceEndEvent))
_MARKS = frozenset((StreamStartEvent, DocumentStartEvent, DocumentEndEvent))


def fast_load(text: str) -> Any:
    """Return the plain value of the one document in `text`.

    Raises:
        InputError: as `parse.parse`.
    """
    json_start = JSON_START.match(text)
    with suppress(_NotSimple, YAMLError, InputError, json.JSONDecodeError):
        if json_start is not None:
            return _load_json(text, json_start.end())
        if "\ufeff" not in text:
            return _load_yaml(text)
    return construct(parse(text).root)


class _NotSimple(Exception):
    """The document needs `parse` and `construct`."""


def _load_json(text: str, start: int) -> Any:
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique, parse_int=_number, parse_float=_number, parse_constant=_refuse
    )
    value, end = decoder.raw_decode(text, start)
    if TRAILER.match(text, end) is None:
        raise _NotSimple
    if _SURROGATE.search(text) and HALF_PAIR.search(json.dumps(value, ensure_ascii=False)):
        raise _NotSimple  # the tree has U+FFFD for half a pair
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotSimple
    return found


def _number(text: str) -> Any:
    value = resolve(text, "", None)
    if isinstance(value, str):  # beyond the range of a float
        raise _NotSimple
    return value


def _refuse(_: str) -> Any:
    raise _NotSimple


def _load_yaml(text: str) -> Any:
    next_event = CParser(text).get_event
    stack: list[tuple[Any, str | None]] = []
    root: list[Any] = []
    here: Any = root  # the innermost open collection
    key: str | None = None  # the key whose value comes next
    value: Any
    while True:
        event: Any = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            value, style = event.value, event.style
            if event.tag is not None or event.anchor is not None:
                raise _NotSimple
            if key is None and type(here) is dict:
                key = value if style else resolve_key(value, "", None)
                if key in here or key == "<<":
                    raise _NotSimple
                continue
            if not style:
                value = resolve(value, "", None)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            is_key = key is None and type(here) is dict
            is_deep = len(stack) >= MAX_DEPTH
            if is_key or is_deep or event.tag is not None or event.anchor is not None:
                raise _NotSimple
            stack.append((here, key))
            here, key = ({} if kind is MappingStartEvent else []), None
            continue
        elif kind in _ENDS:
            value = here
            here, key = stack.pop()
        elif kind in _MARKS:
            continue
        elif kind is StreamEndEvent and len(root) == 1:
            return root[0]
        else:
            raise _NotSimple  # an alias, no document, or a second one
        if key is None:
            here.append(value)
        else:
            here[key] = value
            key = None

"""Text directly to its plain value, for simple documents, YAML or JSON.

The self-check reads edited text with it, because it needs no positions. Documents with anchors,
tags, merge keys, duplicate keys, great depth or a second document are parsed to a tree instead,
which reads or refuses them. All YAML is read by libyaml here, not by the everyday reader: a text
that was edited as that understands it would seem right to it.
"""

import json
from contextlib import suppress
from typing import Any

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import json_start, parse
from transformer.yamltree.parse_json import HALF_PAIR, TRAILER
from transformer.yamltree.scalars import resolve

_SURROGATE = regex(r"\\u[dD][89a-fA-F]")


def fast_load(text: str) -> Any:
    """Return the plain value of the one document in `text`.

    Raises:
        InputError: as `parse.parse`.
    """
    start = json_start(text)
    if start is not None:
        with suppress(_NotSimple, InputError, json.JSONDecodeError):
            return _load_json(text, start)
    elif "\ufeff" not in text:
        from transformer.yamltree.fast_load_yaml import NotSimple, load_yaml  # loads libyaml

        with suppress(NotSimple, InputError):
            return load_yaml(text)
    return construct(parse(text, is_check=True).root)


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

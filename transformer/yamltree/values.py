"""YAML text straight to its plain value, for documents of the everyday kind.

What the self-check reads the edited text back with: it needs no positions, and half its time went
into making them. Anything out of the ordinary (anchors, tags, merge keys, duplicate keys, depth,
a second document) is left to the tree, which knows how to read or refuse it.
"""

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
from transformer.yamltree.nodes import MAX_DEPTH
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import JSON_START, read
from transformer.yamltree.scalars import resolve, resolve_key

_ENDS = frozenset((MappingEndEvent, SequenceEndEvent))
_MARKS = frozenset((StreamStartEvent, DocumentStartEvent, DocumentEndEvent))


def read_value(text: str) -> Any:
    """Return the plain value of the one document in `text`.

    Raises:
        InputError: as `read.read`.
    """
    if "\ufeff" not in text and not JSON_START.match(text):
        try:
            return _everyday(text)
        except (_OutOfTheOrdinary, YAMLError, InputError):
            pass
    return to_plain(read(text).root)


class _OutOfTheOrdinary(Exception):
    """Something that this reader leaves to the other one."""


def _everyday(text: str) -> Any:
    next_event = CParser(text).get_event
    stack: list[tuple[Any, str | None, bool]] = []
    root: list[Any] = []
    here: Any = root  # the innermost open collection
    key: str | None = None  # the key whose value comes next
    in_mapping = False
    value: Any
    while True:
        event: Any = next_event()
        kind = type(event)
        if kind is ScalarEvent:
            value, style = event.value, event.style
            if event.tag is not None or event.anchor is not None:
                raise _OutOfTheOrdinary
            if in_mapping and key is None:
                key = value if style else resolve_key(value, "", None)
                if key in here or key == "<<":
                    raise _OutOfTheOrdinary
                continue
            if not style:
                value = resolve(value, "", None)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            is_key = in_mapping and key is None
            is_deep = len(stack) >= MAX_DEPTH
            if is_key or is_deep or event.tag is not None or event.anchor is not None:
                raise _OutOfTheOrdinary
            stack.append((here, key, in_mapping))
            in_mapping = kind is MappingStartEvent
            here, key = ({} if in_mapping else []), None
            continue
        elif kind in _ENDS:
            value = here
            here, key, in_mapping = stack.pop()
        elif kind in _MARKS:
            continue
        elif kind is StreamEndEvent and len(root) == 1:
            return root[0]
        else:
            raise _OutOfTheOrdinary  # an alias, no document, or a second one
        if in_mapping:
            here[key] = value
            key = None
        else:
            here.append(value)

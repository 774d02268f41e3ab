"""YAML text directly to its plain value, for simple documents (`fast_load`)."""

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

from transformer.yamltree.scalars import resolve, resolve_key
from transformer.yamltree.syntax import MAX_DEPTH

_ENDS = frozenset((MappingEndEvent, SequenceEndEvent))
_MARKS = frozenset((StreamStartEvent, DocumentStartEvent, DocumentEndEvent))


class NotSimple(Exception):
    """The document is not simple enough for this module."""


def load_yaml(text: str) -> Any:
    """Return the plain value of the one document in `text`.

    Raises:
        NotSimple: `parse` and `construct` are to read or refuse it.
        InputError: kubectl refuses a key or a value.
    """
    try:
        return _value(text)
    except YAMLError:
        raise NotSimple from None


def _value(text: str) -> Any:
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
                raise NotSimple
            if key is None and type(here) is dict:
                key = value if style else resolve_key(value, "", None)
                if key in here or key == "<<":
                    raise NotSimple
                continue
            if not style:
                value = resolve(value, "", None)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            is_key = key is None and type(here) is dict
            is_deep = len(stack) >= MAX_DEPTH
            if is_key or is_deep or event.tag is not None or event.anchor is not None:
                raise NotSimple
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
            raise NotSimple  # an alias, no document, or a second one
        if key is None:
            here.append(value)
        else:
            here[key] = value
            key = None

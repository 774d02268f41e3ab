"""The events of libyaml to a syntax tree with positions.

The tree is made from events because composed nodes put the anchor's node where an alias was. The
places of events have peculiarities that this module hides: the event of an anchored or tagged node
begins at the anchor or tag; that of a block scalar ends after its trailing blank lines, and that of
a block collection at the next token; an absent value of `? key` is at the next token; the start
event of an unindented sequence ends after its first dash.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from transformer.errors import InputError
from transformer.regexes import regex
from transformer.yamltree.scalars import WORDS, resolve_key
from transformer.yamltree.syntax import (
    COLON,
    MAX_DEPTH,
    MAX_EXPANDED,
    MERGE_KEY,
    PLAIN,
    TEXT_OF_NODE,
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
    block_scalar_end,
    refuse_duplicate,
)

_PROPERTIES = regex(r"(?:(?:&[^\s,\[\]{}]+|!(?:<[^>]*>|[^\s,\[\]{}]*))(?:\s|(?<=\s)#[^\r\n]*)*)+")
_BREAK = regex(r"[\r\n]")
_ON_THE_LINE = frozenset((None, "", "'", '"'))
"""Styles of scalars whose event ends where their text ends."""

_STRING = "tag:yaml.org,2002:str"
_MERGE_TAGS = ("!", "tag:yaml.org,2002:merge")
"""With these tags, `<<` is a merge key even in quotes, as kubectl reads it."""


def compose(text: str, shift: int, next_event: Callable[[], Any]) -> Tree:
    """Return the tree of `text` from the events of the part of it that begins at `shift`.

    `next_event` returns None after the last event.

    Raises:
        InputError: as `parse_yaml`, unless the text is no YAML at all.
    """
    return _Composer(text, shift).run(next_event)


class _Open(NamedTuple):
    """A collection whose end event is still to come; `children` grows until then."""

    start: int
    children: list[Node]
    is_flow: bool
    tag: str | None
    anchor: str | None
    outer: int


class _Composer:
    """The state of one run: open collections, anchors, and how much the aliases expand to."""

    def __init__(self, text: str, shift: int) -> None:
        self.text = text
        self.shift = shift
        self.anchors: dict[str, Node | _Open] = {}
        self.expanded = 0
        self.has_absent = False
        self.has_merges = False
        self.extents: dict[int, tuple[int, int]] = {}

    def run(self, next_event: Callable[[], Any]) -> Tree:
        shift = self.shift
        new = tuple.__new__  # what a named tuple's constructor calls, without its overhead
        stack: list[_Open] = []
        roots: list[Node] = []
        has_begun = False
        node: Node
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is ScalarEvent:
                if event.anchor is None and event.tag is None and event.style in _ON_THE_LINE:
                    start, end = event.start_mark.index + shift, event.end_mark.index + shift
                    if start == end:
                        self.has_absent = True
                    style = event.style or PLAIN
                    node = new(Scalar, (start, end, event.value, style, None, None, start))
                else:
                    node = self._scalar(event)
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                stack.append(self._open(event, len(stack)))
                continue
            elif kind is MappingEndEvent:
                node = self._mapping(stack.pop(), event.end_mark.index + shift)
            elif kind is SequenceEndEvent:
                node = self._sequence(stack.pop(), event.end_mark.index + shift)
            elif kind is AliasEvent:
                node = self._alias(event, len(stack))
            elif kind is DocumentStartEvent and has_begun:
                raise InputError(
                    "a second document begins here without a --- line of its own",
                    offset=event.start_mark.index + shift,
                )
            else:
                has_begun = has_begun or kind is DocumentStartEvent
                continue
            (stack[-1].children if stack else roots).append(node)
        root = None if not roots or _is_absent(roots[0]) else roots[0]
        return Tree(self.text, root, False, bool(self.expanded) or self.has_merges)

    def _open(self, event: Any, depth: int) -> _Open:
        outer: int = event.start_mark.index + self.shift
        if depth >= MAX_DEPTH:
            raise InputError(f"nested more than {MAX_DEPTH} levels deep", offset=outer)
        start: int = event.end_mark.index + self.shift
        is_mapping = type(event) is MappingStartEvent
        if event.flow_style:
            # A single pair in a sequence, `[a: b]`, is a mapping without braces.
            if self.text[start - 1] == ("{" if is_mapping else "["):
                start -= 1
        elif not is_mapping and self.text[start : start + 1] != "-":
            start -= 1
        opened = _Open(start, [], event.flow_style, event.tag, event.anchor, outer)
        if opened.anchor is not None:
            self.anchors[opened.anchor] = opened
        return opened

    def _scalar(self, event: Any) -> Scalar:
        text = self.text
        outer = start = event.start_mark.index + self.shift
        end = event.end_mark.index + self.shift
        if (event.anchor is not None or event.tag is not None) and (
            found := _PROPERTIES.match(text, outer, end)
        ):
            start = found.end()
            if start == end:
                start = end = outer + len(text[outer:end].rstrip())
        style = event.style or PLAIN
        if style in ("|", ">"):
            end = block_scalar_end(text, start, end)
        tag = event.tag
        if tag is None and event.implicit == (False, True) and style == PLAIN:
            tag = _STRING
        node = Scalar(start, end, event.value, style, tag, event.anchor, outer)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _mapping(self, opened: _Open, end: int) -> Node:
        children = opened.children
        own, values = children[::2], children[1::2]
        keys = tuple(
            [
                key[2]
                if type(key) is Scalar
                and key[4] is None
                and key[2].isidentifier()
                and key[2] not in WORDS
                else self._key(key)
                for key in own
            ]
        )
        if len(set(keys)) != len(keys):
            refuse_duplicate(keys, own)
        for index in range(len(own)) if self.has_absent else ():
            key, value = own[index], values[index]
            if _is_absent(value):
                colon = COLON.match(self.text, key.end, value.start)
                at = colon.end() if colon else key.end
                if colon is None or _BREAK.search(self.text, at, value.start):
                    values[index] = Scalar(at, at, "", outer=at)
        if not opened.is_flow or self.text[opened.start] != "{":
            end = values[-1].end
        entries = tuple(zip(own, values, strict=True))
        properties = (opened.is_flow, opened.tag, opened.anchor, opened.outer)
        return self._close(opened, Mapping(opened.start, end, entries, *properties, keys))

    def _sequence(self, opened: _Open, end: int) -> Node:
        if not opened.is_flow and opened.children:
            end = opened.children[-1].end
        items = tuple(opened.children)
        properties = (opened.is_flow, opened.tag, opened.anchor, opened.outer)
        return self._close(opened, Sequence(opened.start, end, items, *properties))

    def _close(self, opened: _Open, node: Node) -> Node:
        """Return `node`. Later aliases refer to it, unless its anchor was set again within it."""
        if opened.anchor is not None and self.anchors[opened.anchor] is opened:
            self.anchors[opened.anchor] = node
        return node

    def _alias(self, event: Any, depth: int) -> Alias:
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        name = event.anchor
        if name not in self.anchors:
            raise InputError(f"alias *{name} has no anchor above it", offset=start)
        target = self.anchors[name]
        if isinstance(target, _Open):
            raise InputError(f"anchor &{name} contains itself", offset=start)
        size, height = self._extent(target)
        if depth + height > MAX_DEPTH:
            raise InputError(f"aliases nest more than {MAX_DEPTH} levels deep here", offset=start)
        self.expanded += size
        if self.expanded > MAX_EXPANDED:
            raise InputError(
                f"the aliases of this document expand to more than {MAX_EXPANDED} nodes (long text"
                f" counts as one for each {TEXT_OF_NODE} characters)",
                offset=start,
                hint="split the document",
            )
        return Alias(start, end, name, target, start)

    def _extent(self, node: Node) -> tuple[int, int]:
        """Return how many nodes `node` expands to, and how many levels deep they are."""
        if isinstance(node, Scalar):
            return 1 + len(node.text) // TEXT_OF_NODE, 0
        if isinstance(node, Alias):
            return self._extent(node.target)
        known = self.extents.get(id(node))
        if known is None:
            inner = node.items if isinstance(node, Sequence) else [it for _, it in node.entries]
            extents = [self._extent(item) for item in inner]
            size = 1 + sum(size for size, _ in extents)
            height = 1 + max((height for _, height in extents), default=0)
            known = self.extents[id(node)] = size, height
        return known

    def _key(self, node: Node) -> str:
        scalar = node.target if type(node) is Alias else node
        if type(scalar) is not Scalar:
            raise InputError(
                "a mapping or sequence is used as a key, which Kubernetes does not allow",
                offset=node.start,
            )
        text, style = scalar.text, scalar.style
        is_plain = style == PLAIN and scalar.tag is None
        if text == "<<" and (is_plain or scalar.tag in _MERGE_TAGS):
            self.has_merges = True
            return MERGE_KEY
        try:
            return resolve_key(text, style, scalar.tag)
        except InputError as error:
            raise replace(error, offset=node.start) from None


def _is_absent(node: Node) -> bool:
    return (
        type(node) is Scalar
        and node.outer == node.end
        and node.style == PLAIN
        and node.anchor is None
        and node.tag is None
    )

"""YAML text to a syntax tree with positions, from the events of libyaml.

PyYAML's binding carries libyaml 0.2.5, a relative of the parser
in kubectl; ruamel.yaml's own C parsers carry 0.1.7, which refuses `{image: nginx:1.2}`. The tree
is made from events, because composed nodes put the anchor's node where an alias stood.

What is hidden here: libyaml does not count a byte order mark, and takes none below a `---`; the
event of an anchored or tagged node begins at the anchor or tag; a block scalar's event ends after
its trailing blank lines, and a block collection's at the next token; an absent value of `? key`
stands at the next token; an unindented sequence's event ends after its first dash.
"""

import re
from collections.abc import Callable
from typing import Any, NoReturn

from yaml._yaml import CParser
from yaml.error import MarkedYAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from yaml.reader import ReaderError

from transformer.errors import InputError, duplicate_key
from transformer.yamltree import flow_colons
from transformer.yamltree.scalars import WORDS, resolve_key
from transformer.yamltree.syntax import (
    MAX_DEPTH,
    MAX_EXPANDED,
    MAX_NODES,
    MERGE_KEY,
    PLAIN,
    TEXT_OF_NODE,
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    Tree,
)

_LINES = r"(?>(?:[ \t]*+(?:#[^\r\n]*+)?[\r\n])*)"
_MARKS = re.compile(
    rf"(?>(?:{_LINES}\ufeff)*)"
    rf"(?:{_LINES}---[ \t]*(?:[ \t]#[^\r\n]*+)?[\r\n](?>(?:{_LINES}[ \t]*+\ufeff)+))?"
)
"""Byte order marks above content, and what stands above them: glued files may each have one."""

_PROPERTIES = re.compile(
    r"(?:(?:&[^\s,\[\]{}]+|!(?:<[^>]*>|[^\s,\[\]{}]*))(?:\s|(?<=\s)#[^\r\n]*)*)+"
)
COLON = re.compile(r"(?>(?:\s++|(?<=\s)#[^\r\n]*+)*):")
"""From the end of a key to its colon, comments between them minded."""

_BREAK = re.compile(r"[\r\n]")
_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*")

_STRING = "tag:yaml.org,2002:str"


def parse_yaml(text: str) -> Tree:
    """Return the tree of the one YAML document in `text`.

    Raises:
        InputError: the text is no YAML, holds a second document, a duplicate or non-scalar key,
            an alias without an anchor, or more nesting or alias expansion than we follow.
    """
    found = _MARKS.match(text)
    shift = found.end() if found else 0
    reading = flow_colons.Reading(text[shift:] if shift else text)
    while True:
        try:
            return _Composer(text, shift).run(_events(reading))
        except MarkedYAMLError as error:
            mark = error.problem_mark
            again = mark and reading.past(error.problem or "", mark.index)
            if not again:
                raise _syntax_error(text, error, shift, reading) from None
            reading = again
        except ReaderError as error:
            before = reading.text.encode()[: error.position].decode(errors="ignore")
            raise InputError(
                f"not readable as YAML: {error.reason}", offset=shift + len(before)
            ) from None


def _events(reading: flow_colons.Reading) -> Callable[[], Any]:
    """Return what gives the next event of libyaml, with the text's own colons in scalars."""
    next_event: Callable[[], Any] = CParser(reading.text).get_event
    if not reading.colons:
        return next_event

    def restored() -> Any:
        event = next_event()
        if type(event) is ScalarEvent:
            event.value = reading.original(event.value)
        return event

    return restored


def _syntax_error(
    text: str, error: MarkedYAMLError, shift: int, reading: flow_colons.Reading
) -> InputError:
    """Say where it is wrong: where what never ends begins, if that is the problem."""
    mark = error.problem_mark or error.context_mark
    is_open = mark is not None and not text[mark.index + shift :].strip()
    if is_open and error.context_mark is not None:
        mark = error.context_mark
    offset = None if mark is None else min(mark.index + shift, len(text))
    problem = error.problem or "not readable as YAML"
    message = f"{error.context}: {problem}" if error.context else problem
    hint = ""
    if "expected <document start>" in problem:
        hint = "files seem to run together here: put a --- line between them"
    else:
        hint = reading.hint(problem, text[max((offset or 0) - 1, 0) : (offset or 0) + 1])
    return InputError(message, offset=offset, hint=hint, is_open=is_open)


class _Open:
    """A collection whose end has not come yet."""

    __slots__ = ("anchor", "children", "is_flow", "is_mapping", "outer", "start", "tag")

    def __init__(self, event: Any, shift: int, text: str) -> None:
        self.children: list[Node] = []
        self.is_mapping = type(event) is MappingStartEvent
        self.is_flow: bool = event.flow_style
        self.tag: str | None = event.tag
        self.anchor: str | None = event.anchor
        self.outer: int = event.start_mark.index + shift
        start: int = event.end_mark.index + shift
        if self.is_flow:
            # A single pair in a sequence, `[a: b]`, is a mapping without braces.
            if text[start - 1] == ("{" if self.is_mapping else "["):
                start -= 1
        elif not self.is_mapping and text[start : start + 1] != "-":
            start -= 1
        self.start = start


class _Composer:
    def __init__(self, text: str, shift: int) -> None:
        self.text = text
        self.shift = shift
        self.anchors: dict[str, Node | _Open] = {}
        self.expanded = 0
        self.has_absent = False
        self.has_merges = False
        self.sizes: dict[int, int] = {}

    def run(self, next_event: Callable[[], Any]) -> Tree:
        text, shift, anchors = self.text, self.shift, self.anchors
        if len(text) > MAX_NODES and text.count(",") + text.count("\n") > MAX_NODES // 2:
            next_event = _counted(next_event, shift)
        new = tuple.__new__  # what a named tuple's own constructor calls, without its frame
        stack: list[_Open] = []
        root: Node | None = None
        documents = 0
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
                if len(stack) >= MAX_DEPTH:
                    raise InputError(
                        f"nested more than {MAX_DEPTH} levels deep",
                        offset=event.start_mark.index + shift,
                    )
                opened = _Open(event, shift, text)
                if event.anchor is not None:
                    anchors[event.anchor] = opened
                stack.append(opened)
                continue
            elif kind is MappingEndEvent:
                node = self._mapping(stack.pop(), event.end_mark.index + shift)
            elif kind is SequenceEndEvent:
                node = self._sequence(stack.pop(), event.end_mark.index + shift)
            elif kind is AliasEvent:
                node = self._alias(event)
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    raise InputError(
                        "a second document begins here without a --- line of its own",
                        offset=event.start_mark.index + shift,
                    )
                continue
            else:
                if kind is DocumentEndEvent and root is not None and _is_absent(root):
                    root = None
                continue
            if stack:
                stack[-1].children.append(node)
            else:
                root = node
        return Tree(text, root, False, bool(self.expanded) or self.has_merges)

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
            end = _block_scalar_end(text, start, end)
        tag = event.tag
        if tag is None and event.implicit == (False, True) and style == PLAIN:
            tag = _STRING
        node = Scalar(start, end, event.value, style, tag, event.anchor, outer)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _mapping(self, opened: _Open, end: int) -> Mapping:
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
            self._refuse_duplicate(keys, own)
        for index in range(len(own)) if self.has_absent else ():
            key, value = own[index], values[index]
            if _is_absent(value):
                colon = COLON.match(self.text, key.end, value.start)
                at = colon.end() if colon else key.end
                if colon is None or _BREAK.search(self.text, at, value.start):
                    values[index] = Scalar(at, at, "", outer=at)
        if not opened.is_flow or self.text[opened.start] != "{":
            end = values[-1].end
        node = Mapping(
            opened.start,
            end,
            tuple(zip(own, values, strict=True)),
            opened.is_flow,
            opened.tag,
            opened.anchor,
            opened.outer,
            keys,
        )
        self._close(opened, node)
        return node

    def _sequence(self, opened: _Open, end: int) -> Sequence:
        if not opened.is_flow and opened.children:
            end = opened.children[-1].end
        node = Sequence(
            opened.start,
            end,
            tuple(opened.children),
            opened.is_flow,
            opened.tag,
            opened.anchor,
            opened.outer,
        )
        self._close(opened, node)
        return node

    def _close(self, opened: _Open, node: Node) -> None:
        """Let aliases from here on mean `node`, unless its anchor came again within it."""
        if opened.anchor is not None and self.anchors[opened.anchor] is opened:
            self.anchors[opened.anchor] = node

    def _alias(self, event: Any) -> Alias:
        start, end = event.start_mark.index + self.shift, event.end_mark.index + self.shift
        name = event.anchor
        if name not in self.anchors:
            raise InputError(f"alias *{name} has no anchor above it", offset=start)
        target = self.anchors[name]
        if isinstance(target, _Open):
            raise InputError(f"anchor &{name} contains itself", offset=start)
        self.expanded += self._size(target)
        if self.expanded > MAX_EXPANDED:
            raise InputError(
                f"the aliases of this document expand to more than {MAX_EXPANDED} nodes (long text"
                f" counts as one for each {TEXT_OF_NODE} characters)",
                offset=start,
                hint="take the document apart",
            )
        return Alias(start, end, name, target)

    def _size(self, node: Node) -> int:
        if type(node) is Scalar:
            return 1 + len(node.text) // TEXT_OF_NODE
        known = self.sizes.get(id(node))
        if known is None:
            if isinstance(node, Alias):
                known = self._size(node.target)
            elif isinstance(node, Mapping):
                known = 1 + sum(self._size(value) for _, value in node.entries)
            elif isinstance(node, Sequence):
                known = 1 + sum(self._size(item) for item in node.items)
            else:
                known = 1
            self.sizes[id(node)] = known
        return known

    def _key(self, node: Node) -> str:
        scalar = node.target if type(node) is Alias else node
        if type(scalar) is not Scalar:
            raise InputError(
                "a mapping or sequence is used as a key, which Kubernetes does not allow",
                offset=node.start,
            )
        text, style = scalar.text, scalar.style
        if style == PLAIN and text == "<<" and scalar.tag in (None, _MERGE_TAG):
            self.has_merges = True
            return MERGE_KEY
        try:
            return resolve_key(text, style, scalar.tag)
        except InputError as error:
            raise InputError(error.message, offset=node.start, hint=error.hint) from None

    def _refuse_duplicate(self, keys: tuple[str, ...], nodes: list[Node]) -> NoReturn:
        seen: dict[str, Node] = {}
        for key, node in zip(keys, nodes, strict=True):
            if key in seen:
                shown = "<<" if key == MERGE_KEY else key
                raise duplicate_key(shown, node.start, seen[key].start)
            seen[key] = node
        raise AssertionError("called without a duplicate")


_ON_THE_LINE = frozenset((None, "", "'", '"'))
_MERGE_TAG = "tag:yaml.org,2002:merge"


def _counted(next_event: Callable[[], Any], shift: int) -> Callable[[], Any]:
    """Return the same, for a text that may hold more values than anybody needs."""
    count = 0

    def counted() -> Any:
        nonlocal count
        count += 1
        event = next_event()
        if count > MAX_NODES:
            raise too_many(event.start_mark.index + shift)
        return event

    return counted


def too_many(offset: int) -> InputError:
    """Return the error that a document holds too many values."""
    return InputError(
        f"the document holds more than {MAX_NODES} keys and values",
        offset=offset,
        hint="take it apart: separate its manifests with ---, and make several Lists of one",
    )


def _is_absent(node: Node) -> bool:
    return (
        type(node) is Scalar
        and node.outer == node.end
        and node.style == PLAIN
        and node.anchor is None
        and node.tag is None
    )


def _block_scalar_end(text: str, start: int, end: int) -> int:
    """Where a block scalar's content ends: blank lines after it count only if they are content."""
    header = _BLOCK_HEADER.match(text, start)
    header_end = header.end() if header else start
    trimmed = end
    while trimmed > header_end and text[trimmed - 1] in "\r\n":
        trimmed -= 1
    keeps = header is not None and "+" in header.group()
    if keeps or text[trimmed - 1 : trimmed] in (" ", "\t"):
        return end
    return max(trimmed, header_end)

"""Operations into text: only what they say changes, and the result is checked before it is used.

tree + operations -> placements (what shares text with what) -> edits (how it looks) -> new text
-> read back and compared with jsonpatch's result.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.operations import Operation
from transformer.patch import (
    aliases,
    block_layout,
    block_removal,
    flow_layout,
    flow_removal,
    placement,
    verify,
)
from transformer.patch.edits import Edit, apply
from transformer.patch.placement import Add, ExpandMerge, Insert, Placement, Remove, SetValue
from transformer.patch.render import Text
from transformer.patch.text_values import set_text
from transformer.regexes import regex
from transformer.yamltree.fast_load import fast_load
from transformer.yamltree.syntax import Chain, Collection, Node, Scalar, Tree, scalars

_HIDDEN = regex("[\x85\u2028\u2029]|(?<=[\r\n\ufeff])\ufeff")


def splice(tree: Tree, operations: Sequence[Operation], expected: Any) -> str:
    """Return the tree's text with `operations` spliced in; see `spliced`."""
    return spliced(tree, operations, expected)[0]


def spliced(tree: Tree, operations: Sequence[Operation], expected: Any) -> tuple[str, list[Edit]]:
    """Return the tree's text with `operations` spliced in, and the edits that make it.

    `operations` are relative to the document's root, no two on one place (see `operation.fold`);
    `expected` is the value that they make of the tree's value (`verify.patched`).

    Raises:
        PatchError: an operation cannot be written into this text.
        InternalError: the new text would mean something else; a bug of ours.
    """
    if tree.has_aliases:
        placements = aliases.place(tree, expected)
    else:
        placements = placement.place(tree, operations)
    return written(tree, placements, expected)


def written(tree: Tree, placements: Sequence[Placement], expected: Any) -> tuple[str, list[Edit]]:
    """Return the tree's text with `placements` made, and the edits that make it; see `spliced`."""
    edits = _off_colons(tree, [edit for placed in placements for edit in _edits(tree, placed)])
    text = apply(tree.text, edits)
    try:
        verify.check(_read_back(text), expected)
    except InternalError:
        refuse_hidden(tree.text)
        raise
    return text, edits


def _edits(tree: Tree, placement: Placement) -> Iterator[Edit]:
    """Yield the edits that make `placement`: text in the style of its neighbours."""
    match placement:
        case Add(collection, chain, added):
            inside = tree.text[collection.start + 1 : collection.end - 1]
            if not collection.is_flow:
                yield block_layout.add(tree, collection, chain, added)
            elif not inside.strip() and chain and not chain[-1].is_flow:
                yield from block_layout.fill(tree, collection, chain, added)
            else:
                yield from flow_layout.add(tree, collection, chain, added)
        case ExpandMerge(mapping, chain, index, entries):
            yield block_layout.expand_merge(tree, mapping, chain, index, entries)
        case SetValue(node, chain, value):
            yield from _set_value(tree, node, chain, value)
        case Insert(sequence, chain, index, value) if sequence.is_flow:
            yield flow_layout.insert(tree, sequence, chain, index, value)
        case Insert(sequence, chain, index, value):
            yield block_layout.insert(tree, sequence, chain, index, value)
        case Remove(collection, _, index, end) if collection.is_flow:
            yield from flow_removal.remove(tree, collection, index, end)
        case Remove(collection, chain, index, end):
            yield block_removal.remove(tree, collection, chain, index, end)


def _set_value(tree: Tree, node: Node, chain: Chain, value: Any) -> Iterator[Edit]:
    is_filled = isinstance(value, dict | list) and bool(value)
    if isinstance(node, Scalar):  # the line breaks that end a block scalar stay
        content = tree.text[node.start : node.end].rstrip("\r\n")
        node = node._replace(end=node.start + len(content))
    if isinstance(value, Text):
        yield from set_text(tree, node, chain, value)
    elif isinstance(node, Collection) and not node.is_flow and not is_filled:
        yield from block_removal.collapse(tree, node, chain, value)
    elif not chain:
        yield block_removal.set_root(tree, node, value)
    elif chain[-1].is_flow:
        for edit in block_layout.set_value(tree, node, chain, value):
            yield from flow_layout.off_tabs(tree, edit)
    else:
        yield from block_layout.set_value(tree, node, chain, value)


def _off_colons(tree: Tree, edits: Sequence[Edit]) -> list[Edit]:
    """Keep each added comma off the colon of a key that has no value: `{a:,` has the key `a:`."""
    filled = {edit.start for edit in edits if not edit.replacement.startswith(",")}
    commas = {edit.start for edit in edits if edit.replacement.startswith(",")}
    bare = {at for at in commas - filled if tree.text[at - 1] == ":"}
    if bare:
        bare -= {one.end for one in scalars(tree.root) if one.start < one.end}
    return [
        edit._replace(replacement=f" {edit.replacement}")
        if edit.start in bare and edit.replacement.startswith(",")
        else edit
        for edit in edits
    ]


def _read_back(text: str) -> Any:
    try:
        return fast_load(text)
    except InputError as error:
        raise InternalError(f"the edited text would not be readable: {error.message}") from None


def refuse_hidden(text: str) -> None:
    """Refuse characters that lines and columns do not show.

    At some YAML 1.1, and so the parser, ends a line, while we do not; a byte order mark in the
    midst of a text has a column, but nothing is there.

    Raises:
        PatchError: there is one.
    """
    if found := _HIDDEN.search(text):
        raise PatchError(
            f"the character U+{ord(found.group()):04X} does not show, but moves what follows it",
            offset=found.start(),
            hint="take it away, put a newline in its place, or escape it in double quotes",
        )

"""The way out where an edit cannot be spliced: write the document anew (`--allow-reformat`)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.patch import verify
from transformer.patch.operation import Operation
from transformer.yamltree import reformat
from transformer.yamltree.nodes import Tree
from transformer.yamltree.plain import to_plain
from transformer.yamltree.read import read


def rewrite(tree: Tree, operations: Sequence[Operation], expected: Any) -> str:
    """Return the document as text that means `expected`, comments kept where that is possible.

    Raises:
        InternalError: what was written would mean something else.
    """
    for text in _attempts(tree, operations, expected):
        try:
            if verify.same(to_plain(read(text).root), expected):
                return text
        except InputError:
            continue
    raise InternalError("the document cannot be written anew with the same meaning")


def _attempts(tree: Tree, operations: Sequence[Operation], expected: Any) -> Iterator[str]:
    with suppress(InternalError, PatchError):  # it keeps comments, of which JSON has none
        if not tree.is_json:
            yield reformat.write(tree, verify.patched(reformat.round_trip(tree), operations))
    yield reformat.write(tree, expected)

"""The alternative to a splice that fails: re-serialize the document (`--allow-reformat`)."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from transformer.errors import InputError, InternalError, PatchError
from transformer.operations import Operation
from transformer.patch import verify
from transformer.yamltree import roundtrip
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import Tree


def rewrite(tree: Tree, operations: Sequence[Operation], expected: Any) -> str:
    """Return the document as text that means `expected`, comments kept where that is possible.

    Raises:
        InternalError: what was written would mean something else.
    """
    for text in _attempts(tree, operations, expected):
        try:
            if verify.same(construct(parse(text).root), expected):
                return text
        except InputError:
            continue
    raise InternalError("the document cannot be re-serialized with the same meaning")


def _attempts(tree: Tree, operations: Sequence[Operation], expected: Any) -> Iterator[str]:
    with suppress(InternalError, PatchError):  # it keeps comments, of which JSON has none
        if not tree.is_json:
            yield roundtrip.write(tree, verify.patched(roundtrip.round_trip(tree), operations))
    yield roundtrip.write(tree, expected)

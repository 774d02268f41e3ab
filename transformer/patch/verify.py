"""The self-check: the spliced text must mean what jsonpatch makes of the old value.

The one importer of jsonpatch, which is the reference for what the operations mean.
"""

import json
import marshal
from collections.abc import Iterable
from typing import Any, Protocol

from transformer.errors import InternalError, PatchError

_BY_VALUE = 2
"""The last version of marshal's format in which equal values always look alike."""


class Patch(Protocol):
    """An operation of any kind."""

    def as_dict(self) -> dict[str, Any]:
        """Return it in the form of RFC 6902."""


def patched(value: Any, operations: Iterable[Patch]) -> Any:
    """Return `value` after `operations` (RFC 6902). `value` itself is changed: pass a fresh one.

    Raises:
        PatchError: an operation does not fit the value.
    """
    import jsonpatch  # slow to import, and most runs edit nothing

    try:
        return jsonpatch.apply_patch(
            value, [operation.as_dict() for operation in operations], in_place=True
        )
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException) as error:
        raise PatchError(f"the operation does not fit: {error}") from None


def same(one: Any, other: Any) -> bool:
    """Whether two plain values are equal, telling `1` from `true` and from `1.0`.

    Serialised alike is equal, and quickly found; keys in another order need the longer look.
    """
    return (
        one is other
        or marshal.dumps(one, _BY_VALUE) == marshal.dumps(other, _BY_VALUE)
        or json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    )


def check(found: Any, expected: Any) -> None:
    """Compare the value read back from the new text with the expected one.

    Raises:
        InternalError: they differ.
    """
    if not same(found, expected):
        raise InternalError(
            "the edited text would not mean what the operations say",
            hint="--allow-reformat re-serializes this document; please report the manifest",
        )

"""Operations that set labels or annotations of an object, or of a pod template."""

from collections.abc import Mapping
from typing import Any

from transformer import pointer
from transformer.kubernetes.objects import Described
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet, wrong_type
from transformer.operations import Operation


def set_entries(
    of: Described, field: str, wanted: Mapping[str, Any], *, below: str = ""
) -> list[Operation]:
    """Return the operations that set `wanted` in metadata's `field` (labels or annotations).

    `below` is the pointer of a pod template within its object.

    Raises:
        PatchError: the metadata or the field is not a mapping, or a value to replace is a
            placeholder.
    """
    at, current = f"{below}/metadata", of.value.get("metadata")
    if not wanted:
        return []
    if current is None:
        return [Operation("add", at, {field: dict(wanted)})]
    if not isinstance(current, dict):
        raise wrong_type(at, current, "a mapping")
    at, current = f"{at}/{field}", current.get(field)
    if current is None:
        return [Operation("add", at, dict(wanted))]
    if not isinstance(current, dict):
        raise wrong_type(at, current, "a mapping")
    operations = []
    for key, value in wanted.items():
        if current.get(key) != value:
            if is_placeholder(current.get(key)):
                raise unknown_yet(pointer.join(at, key), current[key])
            path = pointer.join(at, key)
            operations.append(Operation("replace" if key in current else "add", path, value))
    return operations

"""The plain value (dict, list, str, int, float, bool, None) that a syntax tree represents.

Merge keys are applied as kubectl applies them (measured with kubectl 1.37): in the order of the
entries, so that a `<<` overrides the entries above it and is overridden by those below it. Of
several mappings in one `<<`, the first wins.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from transformer.errors import InputError
from transformer.yamltree.scalars import resolve
from transformer.yamltree.syntax import MERGE_KEY, Alias, Mapping, Node, Scalar, Sequence


def construct(node: Node | None) -> Any:
    """Return a new plain value, in which no collection is shared even if the text has aliases.

    Raises:
        InputError: a scalar does not fit its tag, or the value of a `<<` is neither a mapping nor
            a sequence of mappings.
    """
    if type(node) is Scalar:
        try:
            return resolve(node.text, node.style, node.tag)
        except InputError as error:
            raise replace(error, offset=node.start) from None
    if type(node) is Mapping:
        result: dict[str, Any] = {}
        for key, (_, value) in zip(node.keys, node.entries, strict=True):
            if key == MERGE_KEY:
                for provider in reversed(list(merged(value))):
                    result.update(construct(provider))
            else:
                result[key] = construct(value)
        return result
    if type(node) is Sequence:
        return [construct(item) for item in node.items]
    if type(node) is Alias:
        return construct(node.target)
    return None


def merged(value: Node) -> Iterator[Mapping]:
    """Yield the mappings that a merge key with `value` merges, the strongest first.

    Raises:
        InputError: `value` is neither a mapping nor a sequence of mappings.
    """
    target = value.target if isinstance(value, Alias) else value
    for item in target.items if isinstance(target, Sequence) else (target,):
        provider = item.target if isinstance(item, Alias) else item
        if not isinstance(provider, Mapping):
            message = "the value of << must be a mapping or a sequence of mappings"
            raise InputError(message, offset=value.start)
        yield provider


def deciding(mapping: Mapping) -> dict[str, tuple[Node, Node]]:
    """Return the entry (key and value) that decides each key of `mapping`, merge keys applied.

    Raises:
        InputError: as `merged`.
    """
    entries: dict[str, tuple[Node, Node]] = {}
    for name, entry in zip(mapping.keys, mapping.entries, strict=True):
        if name == MERGE_KEY:
            for provider in reversed(list(merged(entry[1]))):
                entries.update(deciding(provider))
        else:
            entries[name] = entry
    return entries

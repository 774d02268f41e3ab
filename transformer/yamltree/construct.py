"""The plain value (dict, list, str, int, float, bool, None) that a syntax tree represents.

Merge keys are applied as kubectl applies them (measured with kubectl 1.37): in the order of the
entries, so that a `<<` overrides the entries above it and is overridden by those below it. Of
several mappings in one `<<`, the first wins.
"""

from collections.abc import Iterator
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
        if node.tag is None:
            return resolve(node.text, node.style, None)
        return _tagged(node)
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


def _tagged(node: Scalar) -> Any:
    try:
        return resolve(node.text, node.style, node.tag)
    except InputError as error:
        raise InputError(error.message, offset=node.start, hint=error.hint) from None


def merged(value: Node) -> Iterator[Mapping]:
    """Yield the mappings that a merge key with `value` merges, the strongest first.

    Raises:
        InputError: `value` is neither a mapping nor a sequence of mappings.
    """
    target = value.target if isinstance(value, Alias) else value
    if isinstance(target, Mapping):
        yield target
        return
    if isinstance(target, Sequence):
        for item in target.items:
            provider = item.target if isinstance(item, Alias) else item
            if not isinstance(provider, Mapping):
                break
            yield provider
        else:
            return
    raise InputError(
        "the value of << must be a mapping or a sequence of mappings", offset=value.start
    )


def entry(mapping: Mapping, key: str) -> tuple[Mapping, Node] | None:
    """Return the mapping that decides `key`, and the value there; or None if no mapping has it.

    The mapping is `mapping` itself if it has the key, else the one that the key is merged from.
    """
    for index in range(len(mapping.keys) - 1, -1, -1):
        own = mapping.keys[index]
        value = mapping.entries[index][1]
        if own == key:
            return mapping, value
        if own == MERGE_KEY:
            for provider in merged(value):
                if (found := entry(provider, key)) is not None:
                    return found
    return None

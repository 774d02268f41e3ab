"""Which value of a source is the one at a pointer of the object that was built from it."""

from typing import Any

from transformer import pointer as pointers
from transformer.kubernetes.objects import mapping_at

MISSING: Any = object()
"""What is at a pointer where there is nothing; it equals nothing."""


def value_at(value: Any, at: str) -> Any:
    """Return what is at a pointer, or `MISSING`."""
    for token in pointers.split(at):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            return MISSING
    return value


def corresponding(source: Any, built: Any, at: str) -> str | None:
    """Return the pointer in `source` of what is at `at` in `built`, or None if it is not there.

    Items of lists correspond by their name, or by their index in lists of one length. Scalars must
    be equal, other than names and namespaces, which kustomize changes.
    """
    tokens, found = pointers.split(at), []
    for token in tokens:
        if isinstance(source, dict) and isinstance(built, dict) and token in source:
            if token not in built:
                return None
            source, built = source[token], built[token]
            found.append(token)
        elif isinstance(source, list) and isinstance(built, list) and token.isdecimal():
            index = _index_of(source, built, int(token))
            if index is None:
                return None
            source, built = source[index], built[int(token)]
            found.append(str(index))
        else:
            return None
    is_name = tokens[-2:] in (["metadata", "name"], ["metadata", "namespace"])
    is_collection = isinstance(source, dict | list) and type(source) is type(built)
    if not (is_collection or is_name or source == built):
        return None
    return pointers.join("", *found) if found else ""


def _index_of(source: list[Any], built: list[Any], index: int) -> int | None:
    if index >= len(built):
        return None
    name = mapping_at(built[index]).get("name")
    if name is not None:
        found = [at for at, item in enumerate(source) if mapping_at(item).get("name") == name]
        return found[0] if len(found) == 1 else None
    equal = [at for at, item in enumerate(source) if item == built[index]]
    if len(equal) == 1:
        return equal[0]
    return index if len(source) == len(built) else None

"""The results of documents as plain JSON values and back, and what tells two values apart.

Only the classes listed here can come of plain values, so that reading them runs no code.
"""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

from transformer.findings import Finding, ObjectRef, Place, Related
from transformer.kubernetes.deployments import Deployed
from transformer.pipeline.coverage import Sighting
from transformer.pipeline.suppressions import SuppressedFinding, SuppressionRequest
from transformer.pipeline.validate_document import DocumentDiagnostics, RuleObservation
from transformer.rules.base import LocatedObservation

_SCALARS = (str, int, float, bool, type(None))
_COLLECTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "list": list,
    "tuple": tuple,
    "frozenset": frozenset,
    "dict": dict,
}
_CLASSES = {
    one.__name__: one
    for one in (
        Deployed,
        DocumentDiagnostics,
        Finding,
        LocatedObservation,
        ObjectRef,
        Place,
        Related,
        RuleObservation,
        Sighting,
        SuppressedFinding,
        SuppressionRequest,
    )
}


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it: each collection is a list that begins with what it is.

    Raises:
        TypeError: it has a part that cannot be written so.
    """
    kind = type(value)
    if kind in _SCALARS:
        return value
    name = kind.__name__
    if _CLASSES.get(name) is kind:
        return [name, *map(to_plain, _parts(value))]
    if kind is dict:
        return [name, *([to_plain(key), to_plain(item)] for key, item in value.items())]
    if name in _COLLECTIONS:
        return [name, *map(to_plain, value)]
    raise TypeError(f"a {name} cannot be written")


def from_plain(value: Any) -> Any:
    """Return the value that `to_plain` was given.

    Raises:
        TypeError: it is not what `to_plain` returns.
        KeyError: the same.
    """
    if type(value) is not list:
        return value
    name = value[0]
    if name in _CLASSES:
        return _CLASSES[name](*map(from_plain, islice(value, 1, None)))
    if name == "dict":
        return {from_plain(key): from_plain(item) for key, item in value[1:]}
    return _COLLECTIONS[name](list(map(from_plain, islice(value, 1, None))))


def digest(*values: Any) -> str:
    """Return a hash that differs if anything in the values differs.

    Raises:
        TypeError: something in them is neither plain nor of a class of this package.
    """
    return sha256(json.dumps(list(map(_shape, values))).encode()).hexdigest()


def _shape(value: Any) -> Any:
    kind = type(value)
    if kind in _SCALARS:
        return value
    if kind is tuple or kind is list:
        return [kind.__name__, *map(_shape, value)]
    if isinstance(value, Mapping):
        return ["mapping", *([_shape(key), _shape(item)] for key, item in value.items())]
    if isinstance(value, set | frozenset):
        return ["set", *sorted(json.dumps(_shape(item)) for item in value)]
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if kind.__module__.partition(".")[0] == __name__.partition(".")[0]:
        return [kind.__name__, *map(_shape, _parts(value))]
    if isinstance(value, list | tuple):
        return [kind.__name__, *map(_shape, value)]
    raise TypeError(f"a {kind.__name__} has no digest")


def _parts(value: Any) -> list[Any]:
    """Return what an object of this package consists of, in the order of its fields."""
    if isinstance(value, tuple):
        return list(value)
    slots = (name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()))
    return [*(getattr(value, name) for name in slots), *getattr(value, "__dict__", {}).values()]

"""Puts many questions of the oracle to the tool at once."""

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tests import builders
from tests.oracle.vectors import Vector
from transformer import validate


def stream(values: Iterable[Any]) -> bytes:
    """Return objects as a stream of JSON documents."""
    return builders.stream(*values).encode()


def clusters(asked: Iterable[Vector]) -> list[tuple[list[Any], list[Vector]]]:
    """Return the questions by the pools that their clusters hold."""
    found: dict[str, tuple[list[Any], list[Vector]]] = {}
    for vector in asked:
        found.setdefault(json.dumps(vector["pools"]), (vector["pools"], []))[1].append(vector)
    return list(found.values())


def rules_by_object(data: bytes, **states: Any) -> defaultdict[str, set[str]]:
    """Return the ids of the rules that find something, by the name of the object.

    `states` are further arguments of `validate`.
    """
    found = defaultdict(set)
    for finding in validate(data, **states):
        if finding.object is not None:
            found[finding.object.name].add(finding.rule)
    return found

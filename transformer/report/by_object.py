"""Changes grouped by the object that they change."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from transformer.findings import Change
from transformer.operations import Operation, fold


def by_object(changes: Iterable[Change]) -> Iterator[tuple[list[Change], list[Operation]]]:
    """Yield, for each changed object, its changes and the operations of all of them."""
    for _, group in groupby(changes, key=lambda made: made.item):
        of_one = list(group)
        operations = [
            Operation(step["op"], step["path"], step["value"])
            for made in of_one
            for step in made.operations
        ]
        yield of_one, fold(operations)

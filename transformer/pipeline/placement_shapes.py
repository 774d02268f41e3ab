"""Records of workload copies and their verdicts, small enough for very many of them.

What is alike in many workloads is the *shape* of a record, as bytes; the rest are its name and the
places in its file.
"""

import marshal
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from transformer.findings import Place, Severity
from transformer.placements import PoolSteps, Word


class PlacedWorkload(NamedTuple):
    """A record of one workload copy in the world `world`.

    `shape` is a `Shape` as bytes. `places` has the number of the document in the file, and then for
    each pointer of the shape the line and the column.
    """

    world: str
    file: str
    name: str
    shape: bytes
    places: tuple[int, ...]


class PoolPlace(NamedTuple):
    """Where the NodePool `name` of the world `world` is."""

    world: str
    name: str
    at: Place


class Explained(NamedTuple):
    """An `Explanation` of the copy for the pool `copy` of the object at `at`.

    `asks`: what the pods ask for, each as a name, a text and a place. `left_out`: why the object
    has no verdict, if so.
    """

    world: str
    at: Place
    template: str
    copy: str
    asks: tuple[tuple[str, str, Place], ...] = ()
    pools: tuple[PoolSteps, ...] = ()
    left_out: str = ""


class Shape(NamedTuple):
    """What many workloads have in common; pointers are given by their number in `pointers`.

    `after` are the verdicts after the edits of `transform`; there are none if it edits nothing.
    """

    kind: str
    api_version: str
    namespace: str
    copy: str
    template: str
    item: str
    component: str
    is_part: bool
    patches: tuple[str, ...]
    pointers: tuple[str, ...]
    verdicts: tuple["PackedVerdict", ...]
    after: tuple["PackedVerdict", ...]
    edits: tuple["PackedEdit", ...]

    @property
    def packed(self) -> bytes:
        """The shape as bytes."""
        verdicts, after = (
            tuple((*one[:-1], tuple(map(tuple, one.reasons))) for one in every)
            for every in (self.verdicts, self.after)
        )
        fields: Any = (*self[:-3], verdicts, after, tuple(tuple(one) for one in self.edits))
        return marshal.dumps(fields)  # only of exact tuples


class PackedReason(NamedTuple):
    """A `Reason`, with its place as the number of a pointer."""

    rule: str
    severity: Severity
    message: str
    hint: str
    at: int
    is_suppressed: bool = False


class PackedVerdict(NamedTuple):
    """A `PoolVerdict` on the columns of a mask, and on pools with names (see `PoolAnswer`).

    `at` is the number of a pointer, or -1. `may_break`: what breaks pods on host-network nodes
    breaks them there, now or later.
    """

    columns: int
    names: tuple[str, ...]
    word: Word
    filter: str
    at: int
    undecided: tuple[str, ...]
    fitting: int
    nodes: int
    later: Word | Literal[""]
    may_break: bool
    reasons: tuple[PackedReason, ...]

    @property
    def outcome(self) -> tuple[Any, ...]:
        """What an edit changes, if it changes anything that matters."""
        return (self.word, self.later, *(one.rule for one in self.reasons))


class PackedEdit(NamedTuple):
    """An `Edit` of the verdict on some pools."""

    columns: int
    names: tuple[str, ...]
    rule: str
    message: str
    word: Word
    is_enabled: bool


@lru_cache(maxsize=4096)
def shape_of(packed: bytes) -> Shape:
    """Return a shape from our own bytes."""
    fields: list[Any] = list(marshal.loads(packed))
    verdicts, after, edits = fields[-3:]
    return Shape._make(
        (
            *fields[:-3],
            tuple(map(_packed_verdict, verdicts)),
            tuple(map(_packed_verdict, after)),
            tuple(PackedEdit(*one) for one in edits),
        )
    )


def _packed_verdict(fields: Sequence[Any]) -> PackedVerdict:
    return PackedVerdict._make((*fields[:-1], tuple(PackedReason(*one) for one in fields[-1])))

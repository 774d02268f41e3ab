"""The records of a whole run on where workloads can land: kept small, and made readable again.

Shapes are kept once. What breaks pods because of other objects is added when all input has been
read, and counts for the pools where its rule says so.
"""

import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from transformer.findings import Finding, ObjectRef, Place, Violation, finding_at
from transformer.pipeline.placement_edits import AFTER, NOW, after_rule
from transformer.pipeline.placement_shapes import (
    Explained,
    PackedEdit,
    PackedReason,
    PackedVerdict,
    PlacedWorkload,
    PoolPlace,
    Shape,
    shape_of,
)
from transformer.placement.by_pool import Columns
from transformer.placements import (
    OR_ON_HOST,
    OTHER_HOSTS,
    SUPPRESSED,
    Asked,
    Edit,
    Explanation,
    PoolVerdict,
    Reason,
    Spot,
    Workload,
    differing,
)

_CopyKey: TypeAlias = tuple[str, int, str, str, str]
"""File, document, item, template and pool of a copy."""


class _Later(NamedTuple):
    """What breaks a copy in some pools and states of the input: what a rule found, and why."""

    states: int
    pools: frozenset[str]
    found: Finding
    cause: str
    is_suppressed: bool


class Sources(NamedTuple):
    """Where what was built comes from: `lead` returns a finding at the place where it comes from,
    and `folders` are those of the kustomizations, by the file that is built.
    """

    lead: Callable[[Finding], Finding] = lambda found: found
    folders: Mapping[str, str] = {}

    def spot(self, place: Place) -> Spot:
        """Return a place, or where that comes from if it is in what was built."""
        at: Place | Finding = place
        if place.file in self.folders:
            at = self.lead(finding_at(place, "", "info", _NOTHING))
        return Spot(place.pointer, at.file, at.line, at.column)


_NOTHING = Violation("", "")
NOT_BUILT = Sources()


class PlacementRecords:
    """The records of a run, by world."""

    def __init__(self) -> None:
        self._shapes: dict[bytes, int] = {}
        self._files: dict[str, int] = {}
        self._records: dict[str, list[bytes]] = {}
        self._later: dict[str, dict[_CopyKey, list[_Later]]] = {}
        self._extra: dict[str, dict[str, None]] = {}
        self._pools: dict[tuple[str, str], list[PoolPlace]] = {}
        self.explained: list[Explained] = []

    def add(self, placed: Iterable[PlacedWorkload], pools: Iterable[PoolPlace]) -> None:
        """Add the records of one document."""
        for one in placed:
            if one.shape not in self._shapes:
                self._shapes[one.shape] = len(self._shapes)
                names = (name for found in shape_of(one.shape).verdicts for name in found.names)
                self._extra.setdefault(one.world, {}).update(dict.fromkeys(names))
            record = (
                self._shapes[one.shape],
                self._files.setdefault(one.file, len(self._files)),
                one.name,
                one.places,
            )
            self._records.setdefault(one.world, []).append(marshal.dumps(record))
        for pool in pools:
            self._pools.setdefault((pool.world, pool.name), []).append(pool)

    def add_break(
        self, world: str, violation: Violation, reason: object, states: int, *, is_suppressed: bool
    ) -> None:
        """Add what a rule found after all input had been read; no reason if the rule is off.

        `states`: those of the input in which it holds (see `placement_edits.py`).
        """
        if not isinstance(found := reason, Finding):
            return
        cause = (violation.cause or violation.message) + SUPPRESSED * is_suppressed
        for one in violation.affected:
            key = (one.file, one.document, one.item, one.template, one.copy)
            of_copy = self._later.setdefault(world, {}).setdefault(key, [])
            of_copy.append(_Later(states, frozenset(one.pools), found, cause, is_suppressed))

    @property
    def worlds(self) -> Iterable[str]:
        """The worlds that have workloads."""
        return self._records.keys()

    def names(self) -> frozenset[tuple[str | None, str]]:
        """Return the `Kind/namespace/name` of each workload in its world, and in any (None)."""
        shapes, found = list(self._shapes), set[tuple[str | None, str]]()
        for world, records in self._records.items():
            for number, _, name, _ in map(marshal.loads, records):
                whole = "/".join(filter(None, _name(shape_of(shapes[number]), name)))
                found.update(((world, whole), (None, whole)))
        return frozenset(found)

    def pool_place(self, world: str, pool: str) -> PoolPlace | None:
        """Return where a pool is, or None if it comes from elsewhere."""
        return next(iter(self._pools.get((world, pool), ())), None)

    def also_at(self, world: str, pool: str, sources: Sources) -> tuple[str, ...]:
        """Return the places of the further definitions of a pool, as `file:line`."""
        spots = (sources.spot(one.at) for one in self._pools.get((world, pool), ())[1:])
        return tuple(f"{at.file}:{at.line}" for at in spots)

    def missing_pools(self, world: str) -> tuple[str, ...]:
        """Return the names of pools that workloads select, and that are not in the input;
        `OTHER_HOSTS` and `OTHER_POOLS` if these matter to one.
        """
        return tuple(self._extra.get(world, ()))

    def explanations(self, sources: Sources = NOT_BUILT) -> Iterator[Explanation]:
        """Yield what decides where the copies of the workload that is explained can land."""
        for one in self.explained:
            ref = one.at.object
            assert ref is not None
            build, at = sources.folders.get(one.at.file, ""), str(sources.spot(one.at))
            key = (build, at, ref.kind, ref.namespace, ref.name, one.template, one.copy)
            asks = (Asked(name, text, sources.spot(place)) for name, text, place in one.asks)
            yield Explanation(one.world, key, tuple(asks), one.pools, one.left_out)

    def workloads(
        self, world: str, columns: Columns, sources: Sources = NOT_BUILT, also: Iterable[str] = ()
    ) -> "Workloads":
        """Return the workloads of a world, with verdicts `also` on pools not in the input."""
        names = (*columns.names, "", *dict.fromkeys((*self.missing_pools(world), *also)))
        return Workloads(
            self._records.get(world, []),
            list(self._shapes),
            list(self._files),
            self._later.get(world, {}),
            _Names(names, len(columns.names)),
            sources,
        )


class _Names:
    """The names of all pools, in order; those after number `no_pool` are not in the input."""

    def __init__(self, every: tuple[str, ...], no_pool: int) -> None:
        self.every, self.no_pool = every, no_pool
        self.order = {name: number for number, name in enumerate(every)}
        self._known: dict[tuple[int, tuple[str, ...], frozenset[str]], tuple[str, ...]] = {}

    def of(self, columns: int, names: tuple[str, ...], named: frozenset[str]) -> tuple[str, ...]:
        """Return the pools of a verdict; `named` are those that any verdict of the copy names."""
        key = (columns, names, named)
        if key not in self._known:
            self._known[key] = tuple(self._of(columns, names, named))
        return self._known[key]

    def _of(self, columns: int, names: tuple[str, ...], named: frozenset[str]) -> Iterator[str]:
        for number, name in enumerate(self.every[: self.no_pool + 1]):
            if columns >> number & 1:
                yield name
        for name in self.every[self.no_pool + 1 :]:
            column = self.no_pool + (2 if name == OTHER_HOSTS else 1)
            if name in names or (columns >> column & 1 and name not in named):
                yield name

    def columns_of(self, pools: Iterable[str]) -> int:
        """Return the mask of pools that are in the input."""
        numbers = (self.order[name] for name in pools if name in self.order)
        return sum(1 << number for number in numbers if number <= self.no_pool)


class Workloads:
    """The workloads of one world, in the order of the input; they can be iterated several times."""

    def __init__(
        self,
        records: Sequence[bytes],
        shapes: Sequence[bytes],
        files: Sequence[str],
        later: Mapping[_CopyKey, Sequence[_Later]],
        names: _Names,
        sources: Sources,
    ) -> None:
        self._records, self._shapes, self._files = records, shapes, files
        self._later, self._names, self._sources = later, names, sources

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Workload]:
        return map(self.__getitem__, range(len(self._records)))

    def __getitem__(self, number: int) -> Workload:
        shape_number, file_number, name, (document, *pairs) = marshal.loads(self._records[number])
        shape, file = shape_of(self._shapes[shape_number]), self._files[file_number]
        places = zip(shape.pointers, pairs[::2], pairs[1::2], strict=True)
        group, _, version = shape.api_version.rpartition("/")
        ref = ObjectRef(group, version, shape.kind, shape.namespace, name)
        spots = [
            self._sources.spot(Place(file, line, column, document, shape.item, ref, at))
            for at, line, column in places
        ]
        build = self._sources.folders.get(file, "")
        key = (file, document, shape.item, shape.template, shape.copy)
        later = [(one.states, one.pools, self._reason(one)) for one in self._later.get(key, ())]
        read = _Reader(self._names, spots, later)
        verdicts = read.verdicts(shape.verdicts, shape.edits, NOW)
        after: Iterable[PoolVerdict] = ()
        if shape.after or any((states & NOW == 0) != (states & AFTER == 0) for states, *_ in later):
            edited = read.verdicts(shape.after or shape.verdicts, (), AFTER)
            after = differing(edited, verdicts)
        return Workload(
            shape.kind,
            shape.api_version,
            shape.namespace,
            name,
            shape.copy,
            shape.template,
            spots[0],
            shape.component,
            verdicts,
            shape.patches,
            tuple(after),
            build=build,
            is_part=shape.is_part,
            is_built_often=bool(build) and _name(shape, name) in self._built_often,
        )

    @cached_property
    def _built_often(self) -> frozenset[tuple[str, str, str]]:
        """The kinds, namespaces and names that several builds have."""
        if len(self._sources.folders) < 2:
            return frozenset()
        builds: dict[tuple[str, str, str], set[str]] = {}
        for record in self._records:
            shape, file, name, _ = marshal.loads(record)
            build = self._sources.folders.get(self._files[file], "")
            builds.setdefault(_name(shape_of(self._shapes[shape]), name), set()).add(build)
        return frozenset(name for name, where in builds.items() if len(where) > 1)

    def _reason(self, one: _Later) -> Reason:
        found = self._sources.lead(one.found._replace(message=one.cause))
        at = Spot(one.found.pointer, found.file, found.line, found.column)
        return Reason(found.rule, found.severity, found.message, found.hint, at, one.is_suppressed)


def _name(shape: Shape, name: str) -> tuple[str, str, str]:
    return shape.kind, shape.namespace, name


class _Part(NamedTuple):
    """A part of the pools of a packed verdict, and what concerns only these."""

    columns: int
    names: tuple[str, ...]
    edit: PackedEdit | None = None
    more: tuple[Reason, ...] = ()
    is_settled: bool = True
    """Whether nothing of other objects breaks pods after the edit."""


class _Reader(NamedTuple):
    """Makes the verdicts on one copy."""

    names: _Names
    spots: Sequence[Spot]
    later: Sequence[tuple[int, frozenset[str], Reason]]

    @property
    def uses_services(self) -> bool:
        """Whether the pods would break on the network of the host as well (HN409)."""
        return any(reason.rule == "HN409" for _, _, reason in self.later)

    def verdicts(
        self, packed: Sequence[PackedVerdict], edits: Sequence[PackedEdit], state: int
    ) -> tuple[PoolVerdict, ...]:
        """Return the verdicts in a state, equal ones once, in the order of their first pools."""
        named = frozenset(name for one in packed for name in one.names)
        found: dict[PoolVerdict, list[str]] = {}
        for one in packed:
            for part in self._parts(one, edits, state):
                if pools := self.names.of(part.columns, part.names, named):
                    found.setdefault(self._verdict(one, part), []).extend(pools)
        order = self.names.order
        made = [
            one._replace(pools=tuple(sorted(pools, key=order.__getitem__)))
            for one, pools in found.items()
        ]
        return tuple(sorted(made, key=lambda one: order[one.pools[0]]))

    def _parts(
        self, one: PackedVerdict, edits: Sequence[PackedEdit], state: int
    ) -> Iterator[_Part]:
        """Yield the parts of the pools of a verdict that have the same edit and later reasons."""
        rest = _Part(one.columns, one.names)
        parts = []
        for edit in edits:
            names = tuple(name for name in rest.names if name in edit.names)
            parts.append(_Part(rest.columns & edit.columns, names, edit))
            left = tuple(name for name in rest.names if name not in edit.names)
            rest = _Part(rest.columns & ~edit.columns, left)
        for part in (*parts, rest):
            if one.may_break and self.later:
                yield from self._broken_later(part, state)
            else:
                yield part

    def _broken_later(self, part: _Part, state: int) -> Iterator[_Part]:
        found: dict[tuple[tuple[Reason, ...], bool], int] = {}
        edited = AFTER
        if part.edit is not None and not part.edit.is_enabled:
            edited = after_rule(part.edit.rule)

        def in_pool(pool: str | None) -> tuple[tuple[Reason, ...], bool]:
            there = [(states, reason) for states, pools, reason in self.later if pool in pools]
            more = tuple(reason for states, reason in there if states & state)
            return more, not any(states & edited for states, _ in there)

        for number in range(part.columns.bit_length()):
            if part.columns >> number & 1:
                pool = self.names.every[number] if number <= self.names.no_pool else None
                key = in_pool(pool)
                found[key] = found.get(key, 0) | 1 << number
        for key, columns in found.items():
            yield _Part(columns, (), part.edit, *key)
        if part.names:  # rules call the pools of OTHER_HOSTS `ANY_POOL`
            key = in_pool("" if OTHER_HOSTS in part.names else None)
            yield _Part(0, part.names, part.edit, *key)

    def _verdict(self, one: PackedVerdict, part: _Part) -> PoolVerdict:
        """Return the verdict in a part of the pools."""
        reasons = tuple(self._reason(reason) for reason in one.reasons)
        if self.uses_services:
            reasons = tuple(
                each._replace(hint=each.hint.partition(OR_ON_HOST)[0]) for each in reasons
            )
        reasons = tuple(
            sorted(dict.fromkeys((*reasons, *part.more)), key=lambda each: (each.rank, each.rule))
        )
        word, later = one.word, one.later
        if part.more:
            word, later = (word, "breaks") if later else ("breaks", later)
        edit = None if part.edit is None else Edit(*part.edit[2:])
        if edit is not None and edit.word == "runs" and not part.is_settled:
            edit = edit._replace(word="breaks")
        return PoolVerdict(
            (),
            word,
            one.filter,
            self.spots[one.at] if one.at >= 0 else None,
            one.undecided,
            one.fitting,
            one.nodes,
            reasons,
            edit,
            later,
        )

    def _reason(self, one: PackedReason) -> Reason:
        return Reason(*one[:4], self.spots[one.at], one.is_suppressed)

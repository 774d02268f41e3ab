"""Claims of one host port: find those that collide without comparing every pair.

One port can have very many claims, each in a pool, at a site or on an address of its own, so the
earlier claims are looked up by these. Each claim has one label that distinguishes it best: the one
for which all claims together demand the most values.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import NamedTuple, TypeAlias

from transformer.kubernetes.ports import is_any_address, overlap
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.placement.selection_overlap import Demands, are_apart, only_values

_ALL, _ANY = "\0all", "\0any"
"""No value or address is spelled like these: they mean all of them, and claims of any address."""

_Slot: TypeAlias = tuple[str, str, str, str, str]
"""Group, pool, address, label and value."""


class Claim(NamedTuple):
    """Which object claims the port, on which address of which nodes.

    `owner` is the object (two claims of one owner at different places are copies), `pod` the place
    of the object and its pod template. `pools` are those that the pods run on, `single`
    those of them that have one node only, and pods for sure. `is_on_each_node`: of all its pools.
    """

    owner: tuple[str, ...]
    pod: tuple[object, ...]
    ip: str
    pools: tuple[str, ...]
    single: tuple[str, ...]
    is_on_each_node: bool
    wanted: Demands

    def certain_groups(self) -> Iterator[str]:
        """Yield the claim's groups: two claims of one group always meet, unless they are apart."""
        yield f"pod {self.pod}"
        if self.is_on_each_node:
            yield "daemon sets"
        yield from (f"pool {pool}" for pool in self.single)


@dataclass(slots=True)
class _Earlier:
    """The earlier claims, by everything that they can be looked up by."""

    counts: dict[str, int]
    slots: dict[_Slot, list[int]] = field(default_factory=dict)
    labels: set[str] = field(default_factory=set)

    def add(self, index: int, claim: Claim) -> None:
        label, values = self._best_label(claim)
        self.labels.add(label)
        addresses = (_ALL, _ANY if is_any_address(claim.ip) else claim.ip)
        groups = ("", *claim.certain_groups())
        for slot in product(groups, claim.pools, addresses, (label,), {*values, _ALL}):
            self.slots.setdefault(slot, []).append(index)

    def like(self, claim: Claim, *groups: str) -> Iterator[list[int]]:
        """Yield lists of the claims of groups that may collide with `claim`, in their order."""
        own, values = self._best_label(claim)
        addresses = (_ALL,) if is_any_address(claim.ip) else (_ANY, claim.ip)
        for label in self.labels:
            wanted = values if label == own else (_ALL,)
            for group, pool, address, value in product(groups, claim.pools, addresses, wanted):
                yield self.slots.get((group, pool, address, label, value), [])

    def _best_label(self, claim: Claim) -> tuple[str, tuple[str, ...]]:
        """Return the label that distinguishes a claim best, and its values."""
        keys = {key for alternative in claim.wanted for key, *_ in alternative}
        for key in sorted(keys & self.counts.keys(), key=lambda key: (-self.counts[key], key)):
            if values := only_values(claim.wanted, key):
                return key, values
        return "", (_ALL,)


def collisions(claims: Sequence[Claim]) -> Iterator[tuple[int, int, bool]]:
    """Yield the index of each claim that collides with an earlier one, the index of that one, and
    whether they always meet: it is the first that always does, or else the first of all.
    """
    earlier = _Earlier(_label_counts(claims))
    owners: dict[tuple[object, ...], tuple[object, ...]] = {}
    for index, claim in enumerate(claims):
        if owners.setdefault(claim.owner, claim.pod[:-1]) != claim.pod[:-1]:
            continue  # a copy: HN107
        always = earlier.like(claim, *claim.certain_groups())
        if (found := _first(always, claims, claim)) is not None:
            yield index, found, True
        elif (found := _first(earlier.like(claim, ""), claims, claim)) is not None:
            yield index, found, False
        earlier.add(index, claim)


def _label_counts(claims: Iterable[Claim]) -> dict[str, int]:
    """Return how many values of each label the claims demand."""
    values: dict[str, set[str]] = {}
    for claim in claims:
        for key, operator, words in (demand for term in claim.wanted for demand in term):
            if operator == "In" and key != POOL_LABEL:
                values.setdefault(key, set()).update(words)
    return {key: len(words) for key, words in values.items()}


def _first(earlier: Iterable[Iterable[int]], claims: Sequence[Claim], claim: Claim) -> int | None:
    """Return the index of the first one that collides with `claim`, from lists in their order."""
    found = (
        next((index for index in indexes if _collide(claims[index], claim)), None)
        for indexes in earlier
    )
    return min((index for index in found if index is not None), default=None)


def _collide(one: Claim, other: Claim) -> bool:
    return overlap(one.ip, other.ip) and not are_apart(one.wanted, other.wanted)

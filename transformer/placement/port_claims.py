"""Claims of one host port: find those that collide without comparing every pair.

One port can have very many claims, each in a pool, at a site or on an address of its own, so the
earlier claims are looked up by these. Each claim has one label that distinguishes it best: the one
for which all claims together demand the most values.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

    def certain_groups(self, pool: str) -> Iterator[str]:
        """Yield the claim's groups in a pool: two claims of one group always meet there, unless
        they are apart.
        """
        if self.is_on_each_node:
            yield "daemon sets"
        if pool in self.single:
            yield "single"


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
        for pool in claim.pools:
            groups = ("", *claim.certain_groups(pool))
            for slot in product(groups, (pool,), addresses, (label,), {*values, _ALL}):
                self.slots.setdefault(slot, []).append(index)

    def like(self, claim: Claim, *, always: bool) -> Iterator[tuple[str, list[int]]]:
        """Yield pools, with claims that may collide with `claim` there, in order; `always`: those
        that it always meets there.
        """
        own, values = self._best_label(claim)
        addresses = (_ALL,) if is_any_address(claim.ip) else (_ANY, claim.ip)
        for label in self.labels:
            wanted = values if label == own else (_ALL,)
            for pool in claim.pools:
                groups = claim.certain_groups(pool) if always else ("",)
                for group, address, value in product(groups, addresses, wanted):
                    yield pool, self.slots.get((group, pool, address, label, value), [])

    def _best_label(self, claim: Claim) -> tuple[str, tuple[str, ...]]:
        """Return the label that distinguishes a claim best, and its values."""
        keys = {key for alternative in claim.wanted for key, *_ in alternative}
        for key in sorted(keys & self.counts.keys(), key=lambda key: (-self.counts[key], key)):
            if values := only_values(claim.wanted, key):
                return key, values
        return "", (_ALL,)


class Collision(NamedTuple):
    """A claim that collides with an `earlier` one, in `pools`; both are given by their index.

    `is_certain`: they always meet.
    """

    claim: int
    earlier: int
    is_certain: bool
    pools: tuple[str, ...]


def collisions(claims: Sequence[Claim]) -> Iterator[tuple[Collision, ...]]:
    """Yield the collisions of each claim that collides with earlier ones, each pool once.

    It is with the first claim that it always meets there, or else with the first of all. Such a
    collision of any pool is in front.
    """
    earlier = _Earlier(_label_counts(claims))
    owners: dict[tuple[object, ...], tuple[object, ...]] = {}
    for index, claim in enumerate(claims):
        if owners.setdefault(claim.owner, claim.pod[:-1]) != claim.pod[:-1]:
            continue  # a copy: HN107
        certain = _first(earlier.like(claim, always=True), claims, claim)
        others = {}
        if len(certain) < len(claim.pools):
            others = _first(earlier.like(claim, always=False), claims, claim)
        if found := {pool: (True, one) for pool, one in others.items()} | {
            pool: (False, one) for pool, one in certain.items()
        }:
            yield tuple(_by_other(index, found))
        earlier.add(index, claim)


def _by_other(index: int, found: Mapping[str, tuple[bool, int]]) -> Iterator[Collision]:
    """Yield the collisions of a claim; `found` has for each pool whether the collision with another
    claim is uncertain, and that claim.
    """
    for is_uncertain, other in sorted(set(found.values())):
        pools = tuple(pool for pool, one in found.items() if one == (is_uncertain, other))
        yield Collision(index, other, not is_uncertain, pools)


def _label_counts(claims: Iterable[Claim]) -> dict[str, int]:
    """Return how many values of each label the claims demand."""
    values: dict[str, set[str]] = {}
    for claim in claims:
        for key, operator, words in (demand for term in claim.wanted for demand in term):
            if operator == "In" and key != POOL_LABEL:
                values.setdefault(key, set()).update(words)
    return {key: len(words) for key, words in values.items()}


def _first(
    earlier: Iterable[tuple[str, Iterable[int]]], claims: Sequence[Claim], claim: Claim
) -> dict[str, int]:
    """Return for each pool the index of the first claim that collides with `claim` there, from
    lists in their order.
    """
    found: dict[str, int] = {}
    for pool, indexes in earlier:
        one = next((index for index in indexes if _collide(claims[index], claim)), None)
        if one is not None:
            found[pool] = min(one, found.get(pool, one))
    return found


def _collide(one: Claim, other: Claim) -> bool:
    is_same_pod = one.pod == other.pod
    return not is_same_pod and overlap(one.ip, other.ip) and not are_apart(one.wanted, other.wanted)

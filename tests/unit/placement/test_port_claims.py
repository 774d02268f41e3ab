"""Claims of one port: what collides, against comparing each with each, and quickly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer.kubernetes.ports import overlap
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.placement.port_claims import Claim, collisions
from transformer.placement.selection_overlap import Demand, Demands, are_apart

IN_HZ: Demand = (POOL_LABEL, "In", ("hz",))


def claim(
    number: int, *demands: Demand, ip: str = "", is_on_each_node: bool = False, owner: str = ""
) -> Claim:
    owned_by = (owner or f"web-{number}",)
    pod = ("in.yaml", number, "", "/spec/template")
    return Claim(owned_by, pod, ip, ("hz",), (), is_on_each_node, ((IN_HZ, *demands),))


_demands = st.tuples(
    st.sampled_from(("site", "arch", "os")),
    st.sampled_from(("In", "NotIn", "Exists", "DoesNotExist")),
    st.lists(st.sampled_from(("a", "b", "c")), min_size=1, max_size=2, unique=True).map(tuple),
)
_terms: st.SearchStrategy[Demands] = st.lists(
    st.lists(_demands, max_size=2).map(tuple), min_size=1, max_size=2
).map(tuple)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    return [
        Claim(
            (f"owner-{draw(st.integers(0, 3)) if draw(st.booleans()) else number + 10}",),
            ("in.yaml", number, "", draw(st.sampled_from(("", "/spec/template")))),
            draw(st.sampled_from(("", "0.0.0.0", "10.0.0.1", "10.0.0.2"))),
            (pools := tuple(draw(st.lists(st.sampled_from("pqr"), min_size=1, unique=True)))),
            tuple(draw(st.lists(st.sampled_from(pools), unique=True))),
            draw(st.booleans()),
            draw(_terms),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


def is_certain(one: Claim, other: Claim, pools: str) -> bool:
    if one.pod == other.pod or (one.is_on_each_node and other.is_on_each_node):
        return True
    return bool({*one.single} & {*other.single} & {*pools})


def compared_each_with_each(found: list[Claim], pools: str = "pqr") -> list[tuple[int, int, bool]]:
    result = []
    kept: list[tuple[int, Claim]] = []
    places: dict[tuple[str, ...], tuple[object, ...]] = {}
    for index, later in enumerate(found):
        if places.setdefault(later.owner, later.pod[:-1]) != later.pod[:-1]:
            continue
        meeting = [
            (not is_certain(one, later, pools), before)
            for before, one in kept
            if {*one.pools} & {*later.pools} & {*pools}
            and overlap(one.ip, later.ip)
            and not are_apart(one.wanted, later.wanted)
        ]
        if meeting:
            is_doubtful, before = min(meeting)
            result.append((index, before, not is_doubtful))
        kept.append((index, later))
    return result


@given(claims())
def test_those_are_found_that_a_comparison_of_each_with_each_finds(found: list[Claim]) -> None:
    first = [(one.claim, one.earlier, one.is_certain) for one, *_ in collisions(found)]
    assert first == compared_each_with_each(found)


@given(claims())
def test_each_pool_has_the_collision_that_a_comparison_of_each_with_each_finds(
    found: list[Claim],
) -> None:
    by_pool = {
        (one.claim, pool): (one.earlier, one.is_certain)
        for every in collisions(found)
        for one in every
        for pool in one.pools
    }
    wanted = {
        (later, pool): (earlier, is_certain)
        for pool in "pqr"
        for later, earlier, is_certain in compared_each_with_each(found, pool)
    }
    assert by_pool == wanted


MANY = 4000
HOST, SITE, ZONE = "kubernetes.io/hostname", "example.com/site", "example.com/zone"


@pytest.mark.parametrize(
    ("many", "number"),
    [
        ([claim(n, (HOST, "In", (f"node-{n}",))) for n in range(MANY)], 0),
        ([claim(n, (SITE, "In", (f"s-{n}",))) for n in range(MANY)], 0),
        (
            [claim(n, ((SITE, ZONE)[n < MANY // 2], "In", (f"s-{n}",))) for n in range(MANY)],
            MANY // 2,
        ),
        ([claim(n, ip=f"10.0.{n // 256}.{n % 256}") for n in range(MANY)], 0),
        ([claim(n, owner="one") for n in range(MANY)], 0),
        ([claim(n) for n in range(MANY)], MANY - 1),
        ([claim(n, is_on_each_node=n % 2 == 0) for n in range(MANY)], MANY - 1),
    ],
    ids=["nodes", "sites", "sites and zones", "addresses", "copies", "all", "every other"],
)
def test_thousands_are_looked_up(many: list[Claim], number: int) -> None:
    """Each with each would be eight million comparisons, and take minutes."""
    assert len(list(collisions(many))) == number


def test_a_product_of_pools_and_groups_yields_each_claim_once() -> None:
    twice = [claim(0, is_on_each_node=True), claim(1, is_on_each_node=True)]
    both = [
        Claim(one.owner, one.pod, one.ip, ("hz", "nb"), ("hz", "nb"), True, one.wanted)
        for one in twice
    ]
    assert list(collisions(both)) == [((1, 0, True, ("hz", "nb")),)]

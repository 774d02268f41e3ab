"""Where pods can be scheduled, against the plain reference in `scheduling_reference`.

What the model says of a pool must be right for all nodes that the pool may have. Where no unknown
label is asked for twice it has to be exact; where one is (`a in x, a not in x`) it may also say
that something is possible, though it is not.
"""

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.builders import HOST_NETWORK, POOL
from tests.property.scheduling_reference import (
    CORDON,
    NODE_NAMES,
    OS,
    POOL_NAMES,
    REQUIRED,
    Answer,
    NodeManifest,
    Pods,
    World,
    answers,
    asked_for,
    asks_twice,
    deciding,
    fits,
    kept_off,
    kinds,
    kinds_in_no_pool,
    missing,
    on_host_network,
    pinned,
)
from transformer.kubernetes.pools import Pool
from transformer.placement.node_groups import HOST_NAME_LABEL
from transformer.placement.scheduling import PoolSchedule, Schedule, scheduled
from transformer.placement.truth import Truth

EXAMPLES = 300


# --- what is drawn --------------------------------------------------------------------------------


def requirement(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


GUARD = requirement(HOST_NETWORK, "NotIn", "true")
OF_POOLS = [
    *(requirement(POOL, "In", name) for name in (*POOL_NAMES, "")),
    requirement(POOL, "In", "p", "q"),
    requirement(POOL, "NotIn", "p"),
    requirement(POOL, "NotIn", "p", "q", "r"),
    requirement(POOL, "Exists"),
    requirement(POOL, "DoesNotExist"),
]
OF_HOST_NETWORK = [
    requirement(HOST_NETWORK, "In", "true"),
    requirement(HOST_NETWORK, "In", "false"),
    GUARD,
    GUARD,
    requirement(HOST_NETWORK, "NotIn", "false"),
    {"key": HOST_NETWORK, "operator": "Exists"},
    requirement(HOST_NETWORK, "DoesNotExist"),
    requirement(HOST_NETWORK, "Gt", "0"),
]
OF_OTHERS = [
    requirement(OS, "In", "linux"),
    requirement(OS, "NotIn", "linux", "plan9"),
    requirement(OS, "Exists"),
    requirement("zone", "In", "a", "b"),
    requirement("zone", "In", "a"),
    requirement("zone", "NotIn", "b"),
    requirement("zone", "DoesNotExist"),
    requirement("size", "Gt", "3"),
    requirement("size", "Lt", "3"),
    requirement(HOST_NAME_LABEL, "In", "n1"),
    requirement(HOST_NAME_LABEL, "NotIn", "n1", "n2"),
]
INVALID = [
    requirement("zone", "In"),
    {"key": OS, "operator": "NotIn"},
    requirement("zone", "Exists", "a"),
    requirement("size", "Like", "1"),
]
FIELDS = [
    requirement("metadata.name", operator, name)
    for operator in ("In", "In", "NotIn")
    for name in ("n1", "n2", "n4")
]
TAINTS = (
    {"key": "net", "value": "host", "effect": "NoSchedule"},
    {"key": "net", "value": "other", "effect": "NoSchedule"},
    {"key": "net", "effect": "NoExecute"},
    {"key": "gpu", "effect": "PreferNoSchedule"},
)
TOLERATIONS = (
    {"operator": "Exists"},
    {"key": "net", "operator": "Exists"},
    {"key": "net", "value": "host"},
    {"key": "net", "operator": "Exists", "effect": "NoExecute"},
    {"key": "net", "value": "other", "effect": "NoSchedule"},
    {**CORDON, "operator": "Exists"},
)

_expressions = st.lists(
    st.sampled_from(OF_POOLS)
    | st.sampled_from(OF_HOST_NETWORK)
    | st.sampled_from(OF_OTHERS)
    | st.sampled_from([*OF_OTHERS, *INVALID]),
    max_size=3,
)
_terms = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "matchExpressions": st.none() | _expressions,
        "matchFields": st.none() | st.lists(st.sampled_from(FIELDS), max_size=1),
    },
)
_affinities = st.lists(_terms, max_size=3).map(
    lambda found: {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": found}}}
)
_selectors = st.none() | st.fixed_dictionaries(
    {},
    optional={
        POOL: st.sampled_from(POOL_NAMES),
        HOST_NETWORK: st.sampled_from(("true", "true", "false")),
        "zone": st.sampled_from(("a", "b")),
        OS: st.sampled_from(("linux", "linux", "plan9")),
        HOST_NAME_LABEL: st.sampled_from(("n1", "n4")),
    },
)
_more: dict[str, st.SearchStrategy[Any]] = {
    "affinity": _affinities,
    "tolerations": st.lists(st.sampled_from(TOLERATIONS), max_size=2),
}
_by_label = st.sampled_from(
    [
        {POOL: "p"},
        {POOL: "q"},
        {HOST_NETWORK: "true"},
        {HOST_NETWORK: "true", "zone": "a"},
        {HOST_NETWORK: "true", OS: "plan9"},
        {HOST_NETWORK: "false"},
        {"zone": "a"},
    ]
)
SPECS = st.one_of(
    st.fixed_dictionaries({}, optional={"nodeSelector": _selectors, **_more}),
    st.fixed_dictionaries({"nodeSelector": _by_label}, optional=_more),
    st.fixed_dictionaries({"nodeSelector": _by_label, "tolerations": _more["tolerations"]}),
    st.fixed_dictionaries({"nodeName": st.sampled_from(("n1", "n4"))}, optional=_more),
)
_pods = st.builds(Pods, SPECS, st.sampled_from((False, False, True)), st.booleans())
_own_taints = st.lists(
    st.sampled_from(TAINTS), max_size=2, unique_by=lambda one: (one["key"], one["effect"])
).map(tuple)


def labels_with(**values: tuple[str, ...]) -> st.SearchStrategy[dict[str, str]]:
    keys = {"os": OS, "host_name": HOST_NAME_LABEL, "host_network": HOST_NETWORK}
    return st.fixed_dictionaries(
        {}, optional={keys.get(key, key): st.sampled_from(values[key]) for key in values}
    )


def pools_called(names: st.SearchStrategy[str]) -> st.SearchStrategy[Pool]:
    return st.builds(
        lambda *values, **named: Pool(*values, **named),  # no other field gets a value
        names,
        st.sampled_from((True, True, False)),
        labels=labels_with(zone=("a", "b"), os=("plan9",)) | st.just({}),
        taints=_own_taints | st.just(()),
        node_count=st.none() | st.integers(0, 2),
    )


_pools = st.lists(pools_called(st.sampled_from(POOL_NAMES)), max_size=3) | st.tuples(
    *(pools_called(st.just(name)) for name in POOL_NAMES[:2])
).map(list)
_nodes = st.lists(
    st.builds(
        NodeManifest,
        st.sampled_from(NODE_NAMES[:3]),
        st.sampled_from(("", *POOL_NAMES)),
        labels_with(
            zone=("a", "b", "other"),
            size=("1", "7"),
            os=("linux", "plan9"),
            host_name=("n1", "other"),
            host_network=("true", "false"),
        ),
        _own_taints,
        st.booleans(),
    ),
    max_size=3,
    unique_by=lambda node: node.name,
)


def with_its_name(node: NodeManifest) -> NodeManifest:
    """Return a node with its name as its host name, as the kubelet sets it."""
    return node._replace(labels={**node.labels, HOST_NAME_LABEL: node.name})


_worlds = st.builds(
    World,
    _pools,
    st.just([]) | _nodes | _nodes.map(lambda nodes: [with_its_name(one) for one in nodes]),
    st.sampled_from((False, False, True)),
)


def schedule_of(world: World, pods: Pods) -> Schedule:
    """Return what the model says."""
    return scheduled(pods.template, *world.indexes(), is_daemon_set=pods.is_daemon_set)


# --- what must hold -------------------------------------------------------------------------------


@settings(max_examples=EXAMPLES)
@given(_worlds, _pods)
def test_what_is_said_of_a_pool_is_right_for_all_nodes_that_it_may_have(
    world: World, pods: Pods
) -> None:
    expected: dict[str, list[Answer]] = {}
    for one in answers(world, pods):
        expected.setdefault(one.name, []).append(one)
    found: dict[str, list[PoolSchedule]] = {}
    for said in schedule_of(world, pods).pools:
        event(said.answer)
        found.setdefault(said.pool, []).append(said)
    for name, those in found.items():
        true = expected.pop(name)
        if asks_twice(pods):
            assert all(any(is_allowed(said, one) for one in true) for said in those)
        else:
            assert [
                (one.is_host_network, one.answer, one.later, one.is_certain) for one in those
            ] == [(one.is_host_network, one.answer, one.later, one.is_certain) for one in true]
    # The others are excluded by their names.
    assert {one.answer for of_name in expected.values() for one in of_name} <= {"cannot"}


def is_allowed(said: PoolSchedule, one: Answer) -> bool:
    return said.is_host_network == one.is_host_network and said.answer in ALLOWED[one.answer]


ALLOWED = {
    "can": ("can", "unknown"),
    "unknown": ("unknown",),
    "kept off": ("kept off", "unknown"),
    "cannot": ("cannot", "kept off", "unknown"),
}
"""What may be said in place of what is true: that something is possible, though it is not."""


@settings(max_examples=EXAMPLES)
@given(_worlds, _pods)
def test_pods_are_pinned_where_no_other_node_that_there_may_be_takes_them(
    world: World, pods: Pods
) -> None:
    found, expected = schedule_of(world, pods), pinned(world, pods)
    event(f"pinned {found.pinned.name}, in truth {expected.name}")
    event(f"{len(found.kept_off)} keep the pods off, {len(found.deciding)} decide")
    if not asks_twice(pods):
        assert found.pinned is expected
        assert set(found.on_host_network) == on_host_network(world, pods)
        assert set(found.deciding) == deciding(world, pods)
        assert {one.pool for one in found.kept_off} == kept_off(world, pods)
    elif found.pinned is Truth.TRUE:
        assert not any(one.may_fit and not one.is_host_network for one in answers(world, pods))
    elif found.pinned is Truth.FALSE and found.on_host_network:
        assert expected is Truth.FALSE
    if found.kept_off:
        assert not any(one.may_fit for one in answers(world, pods))
    lacking = missing(world, pods)
    assert lacking.intersection(asked_for(pods)) <= set(found.missing) <= lacking


@settings(max_examples=EXAMPLES)
@given(_worlds, _pods)
def test_the_nodes_of_the_input_are_counted_pool_by_pool(world: World, pods: Pods) -> None:
    for said in schedule_of(world, pods).pools:
        if said.pool:
            members = sum(node.pool == said.pool for node in world.nodes)
            definitions = world.definitions(said.pool)
            if len({pool.host_network for pool in definitions}) < len(definitions):
                continue  # it is not said which one it is
            (pool,) = (one for one in definitions if one.host_network == said.is_host_network)
            found = [*kinds(world, pods, pool)]
        else:
            found = [*kinds_in_no_pool(world, pods, said.is_host_network)]
            members = sum(
                (not node.pool)
                and (node.labels.get(HOST_NETWORK) == "true") is said.is_host_network
                for node in world.nodes
            )
        fitting = sum(all(fits(pods, node) for node in kind) for kind in found[:members])
        event(f"{fitting} of {members}")
        assert said.nodes == members
        assert said.fitting == fitting or (asks_twice(pods) and said.fitting < fitting)
        everywhere = bool(found) and all(fits(pods, node) for kind in found for node in kind)
        assert said.everywhere == everywhere or (asks_twice(pods) and everywhere)

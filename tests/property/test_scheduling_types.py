"""Whatever the types in a manifest are, there is an answer to where pods can be scheduled.

The API server refuses most of these; but the rule that says so is another one.
"""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import HOST_NETWORK, POOL
from tests.property.scheduling_reference import NODE_NAMES, OS, POOL_NAMES, REQUIRED
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.placement.node_groups import HOST_NAME_LABEL, KnownNodes
from transformer.placement.scheduling import scheduled
from transformer.placement.truth import Truth

_plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(("", "true", "1" * 5000, "é", "a", "n1", "${SOME}")),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(("key", "operator", "values", "effect", "", POOL)), inner, max_size=3
        )
    ),
    max_leaves=4,
)
_loose_keys = st.sampled_from((POOL, HOST_NETWORK, HOST_NAME_LABEL, OS, "${KEY}")) | _plain
_loose_requirements = st.fixed_dictionaries(
    {
        "key": _loose_keys,
        "operator": st.sampled_from(("In", "NotIn", "Exists", "Gt", "Lt", "${OPERATOR}")) | _plain,
    },
    optional={"values": st.lists(st.sampled_from(("1", "p", "9" * 63)) | _plain) | _plain},
)
_loose_terms = st.fixed_dictionaries(
    {},
    optional={
        "matchExpressions": st.lists(_loose_requirements | _plain, max_size=2) | _plain,
        "matchFields": st.lists(_loose_requirements | _plain, max_size=2) | _plain,
    },
)
_loose_affinities = st.one_of(
    st.lists(_loose_terms | _plain, max_size=2).map(
        lambda terms: {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}
    ),
    _plain.map(lambda value: {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": value}}}),
    _plain.map(lambda value: {"nodeAffinity": {REQUIRED: value}}),
    _plain.map(lambda value: {"nodeAffinity": value}),
    _plain,
)
_loose_taints = st.fixed_dictionaries(
    {}, optional={key: _plain for key in ("key", "operator", "value", "effect")}
)
_loose_specs = st.fixed_dictionaries(
    {},
    optional={
        "nodeSelector": st.dictionaries(st.sampled_from((POOL, HOST_NETWORK, "")), _plain) | _plain,
        "affinity": _loose_affinities,
        "nodeName": _plain,
        "tolerations": st.lists(_loose_taints | _plain, max_size=2) | _plain,
        "hostNetwork": _plain,
    },
)
_loose_labels = st.dictionaries(st.sampled_from((POOL, HOST_NETWORK, HOST_NAME_LABEL, OS)), _plain)
_loose_pools = st.builds(
    lambda *values, **named: Pool(*values, **named),  # no other field gets a value
    st.sampled_from(POOL_NAMES),
    st.booleans(),
    labels=_loose_labels,
    taints=st.lists(_loose_taints, max_size=1).map(tuple),
)
_loose_nodes = st.fixed_dictionaries(
    {
        "apiVersion": st.just("v1"),
        "kind": st.just("Node"),
        "metadata": st.fixed_dictionaries(
            {"name": st.sampled_from(NODE_NAMES) | _plain, "labels": _loose_labels | _plain}
        ),
    },
    optional={
        "spec": _plain
        | st.fixed_dictionaries(
            {"taints": st.lists(_loose_taints | _plain, max_size=2) | _plain},
            optional={"unschedulable": _plain},
        )
    },
)


@settings(max_examples=300)
@given(
    st.fixed_dictionaries({"spec": _loose_specs | _plain}, optional={"metadata": _plain}),
    st.lists(_loose_pools, max_size=2),
    st.lists(_loose_nodes, max_size=2),
    st.booleans(),
)
def test_whatever_the_types_are_there_is_an_answer(
    value: Any, pools: list[Pool], nodes: list[Any], is_daemon_set: bool
) -> None:
    known = KnownNodes()
    for node in nodes:
        known.add(next(manifests(node)))
    index = PoolIndex(pools, complete=True)
    found = scheduled(PodTemplate(value, ""), index, known, is_daemon_set=is_daemon_set)
    assert found.pinned is not Truth.TRUE or found.on_host_network

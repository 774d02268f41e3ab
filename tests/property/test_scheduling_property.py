"""The affinity evaluator against a plain reference: nodes written out one by one, two values.

The reference knows no third value. What the evaluator calls unknown it writes out: every node there
may be, over small sets of label values, and every sort that a pool outside the input may be of.
Where no unknown label is asked for twice, the evaluator has to give the very same answer; where one
is (`a in x, a not in x`), it may say unknown, but nothing that the nodes contradict.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, NamedTuple

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from transformer.kubernetes import node_match
from transformer.kubernetes.node_match import NodeLabels, Truth, match
from transformer.kubernetes.pod_template import PodTemplate, PoolSelection
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.kubernetes.scheduling import placement

POOL = "apps.openyurt.io/nodepool"
LABEL = "nodepool.openyurt.io/hostnetwork"

FREE: dict[str, tuple[str | None, ...]] = {
    "os": (None, "linux", "plan9", "other"),
    "size": (None, "1", "7", "big"),
    "zone": (None, "a", "b", "other"),
}
"""Labels that a pool may or may not determine, and the values that nodes may have (None: none).

For each requirement drawn below there is a value that meets it and one that does not.
"""

NODE_NAMES = ("node-1", "node-2")
POOL_NAMES = ("p", "q", "r")
TIERS: tuple[str | None, ...] = (None, "edge", "other")


# --- the reference --------------------------------------------------------------------------------


def fits(spec: Mapping[str, Any], labels: Mapping[str, str], node_name: str) -> bool:
    """Whether the scheduler would put a pod with this spec on this node."""
    selector = spec.get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in selector.items()):
        return False
    required = spec.get("affinity", {}).get("nodeAffinity", {}).get(REQUIRED)
    if required is None:
        return True
    return any(term_fits(term, labels, node_name) for term in required["nodeSelectorTerms"] or ())


REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"


def term_fits(term: Any, labels: Mapping[str, str], node_name: str) -> bool:
    term = term or {}
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    if not expressions and not fields:
        return False
    return all(requirement_fits(one, labels) for one in expressions) and all(
        one["key"] == "metadata.name" and requirement_fits(one, {"metadata.name": node_name})
        for one in fields
    )


def requirement_fits(requirement: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, operator = requirement["key"], requirement["operator"]
    values = requirement.get("values") or []
    own = labels.get(key)
    if operator == "In":
        return own is not None and own in values
    if operator == "NotIn":
        return bool(values) and (own is None or own not in values)
    if operator == "Exists":
        return not values and own is not None
    if operator == "DoesNotExist":
        return not values and own is None
    if operator == "Gt":
        return own is not None and own.isdecimal() and int(own) > int(values[0])
    if operator == "Lt":
        return own is not None and own.isdecimal() and int(own) < int(values[0])
    return False


class Nodes(NamedTuple):
    """Nodes of one pool, or of none: labels they have, and those of which nothing is known."""

    labels: dict[str, str]
    unknown: tuple[str, ...]

    def each(self) -> Iterator[tuple[dict[str, str], str]]:
        """Yield every node there may be: its labels and its name."""
        for values in product(*(FREE[key] for key in self.unknown)):
            drawn = zip(self.unknown, values, strict=True)
            labels = {**self.labels, **{key: value for key, value in drawn if value is not None}}
            for name in NODE_NAMES:
                yield labels, name


def nodes_of(pool: str | None, is_host_network: bool, labels: Mapping[str, str]) -> Nodes:
    known = dict(labels)
    if pool is not None:
        known[POOL] = pool
    if is_host_network:
        known[LABEL] = "true"
    return Nodes(known, tuple(key for key in FREE if key not in known))


def selected(template: PodTemplate, name: str, own: Mapping[str, str]) -> bool:
    """Whether the object selects the pool of this name and with these labels of its own."""
    if template.selection is None or name in template.selection.names:
        return True
    return any(
        selector is not None
        and all(own.get(key) == value for key, value in selector.get("matchLabels", {}).items())
        and all(requirement_fits(one, own) for one in selector.get("matchExpressions", ()))
        for selector in template.selection.selectors
    )


def outcomes(template: PodTemplate, nodes: Nodes, owns: Iterable[bool] = (True,)) -> set[bool]:
    """Return what the scheduler may say of `nodes`; `owns`: whether their pool may be selected."""
    return {
        is_selected and fits(template.spec, labels, name)
        for is_selected in owns
        for labels, name in nodes.each()
    }


def may_select(template: PodTemplate, name: str) -> set[bool]:
    """Return whether the object selects a pool with whatever labels of its own."""
    return {selected(template, name, {"tier": tier} if tier else {}) for tier in TIERS}


def verdict(template: PodTemplate, pools: list[Pool], others: Mapping[str, bool]) -> Truth | None:
    """Return whether `template` is pinned where there are `pools`, and `others` of which no more is
    known than whether they are host-network; None: no node fits.
    """
    on_host_network: set[bool] = set()
    elsewhere: list[set[bool]] = []
    for pool in pools:
        owns = {selected(template, pool.name, pool.own_labels)}
        nodes = nodes_of(pool.name, pool.host_network, pool.labels)
        found = outcomes(template, nodes, owns)
        on_host_network |= found if pool.host_network else set()
        elsewhere += [] if pool.host_network else [found]
    for name, is_host_network in others.items():
        found = outcomes(template, nodes_of(name, is_host_network, {}), may_select(template, name))
        on_host_network |= found if is_host_network else set()
        elsewhere += [] if is_host_network else [found]
    if template.selection is None:
        elsewhere.append(outcomes(template, nodes_of(None, False, {})))
    if True not in on_host_network:
        # Does the label itself pin, whatever the pool is called?
        owns = may_select(template, "unheard-of")
        both = [
            outcomes(template, nodes_of("unheard-of", sort, {}), owns) for sort in (True, False)
        ]
        on_host_network |= both[0] if True not in both[1] else set()
    if True not in on_host_network:
        return Truth.FALSE if any(True in found for found in elsewhere) else None
    if {True} in elsewhere:
        return Truth.FALSE
    return Truth.UNKNOWN if any(True in found for found in elsewhere) else Truth.TRUE


def pinned(template: PodTemplate, pools: list[Pool]) -> Truth | None:
    """Return the verdict that holds whatever the unknown and the contradictory pools are.

    What a pool would have to be for no node to fit at all is left out; None: none ever fits.
    """
    sorts: dict[str, set[bool]] = {}
    for pool in pools:
        sorts.setdefault(pool.name, set()).add(pool.host_network)
    known = {pool.name: pool for pool in reversed(pools)}
    open_names = [name for name in asked_for(template) if name and name not in known]
    open_names += [name for name, found in sorts.items() if len(found) > 1]
    certain = [pool for pool in known.values() if len(sorts[pool.name]) == 1]
    verdicts = set()
    for drawn in product((True, False), repeat=len(open_names)):
        cluster = dict(zip(open_names, drawn, strict=True))
        there = [
            Pool(name, cluster[name], labels=known[name].labels, own_labels=known[name].own_labels)
            for name in cluster
            if name in known
        ]
        rest = {name: sort for name, sort in cluster.items() if name not in known}
        verdicts.add(verdict(template, [*certain, *there], rest))
    verdicts.discard(None)
    return Truth.UNKNOWN if len(verdicts) > 1 else next(iter(verdicts), None)


def requirements(template: PodTemplate) -> list[dict[str, Any]]:
    """Return all requirements on labels and fields, those of the nodeSelector too."""
    selector = template.spec.get("nodeSelector") or {}
    found = [{"key": key, "operator": "In", "values": [selector[key]]} for key in selector]
    required = template.spec.get("affinity", {}).get("nodeAffinity", {}).get(REQUIRED) or {}
    for term in required.get("nodeSelectorTerms") or ():
        for name in ("matchExpressions", "matchFields"):
            found += (term or {}).get(name) or []
    return found


def asked_for(template: PodTemplate) -> list[str]:
    """Return the names of the pools that are asked for, each once."""
    names = sorted(template.selection.names) if template.selection else []
    for requirement in requirements(template):
        if requirement["key"] == POOL and requirement["operator"] == "In":
            names += requirement["values"] or []
    return list(dict.fromkeys(names))


def asks_twice(template: PodTemplate, known: Iterable[str] = (POOL, LABEL)) -> bool:
    """Whether a label that is not known is asked for more than once."""
    keys = Counter(one["key"] for one in requirements(template) if one["key"] not in known)
    return any(count > 1 for count in keys.values())


# --- what is drawn --------------------------------------------------------------------------------


def requirement(key: str, operator: str, *values: str) -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


OF_POOLS = [
    *(requirement(POOL, "In", name) for name in (*POOL_NAMES, "")),
    requirement(POOL, "In", "p", "q"),
    requirement(POOL, "NotIn", "p"),
    requirement(POOL, "NotIn", "p", "q", "r"),
    requirement(POOL, "Exists"),
    requirement(POOL, "DoesNotExist"),
]
OF_HOST_NETWORK = [
    requirement(LABEL, "In", "true"),
    requirement(LABEL, "In", "false"),
    requirement(LABEL, "NotIn", "true"),
    requirement(LABEL, "NotIn", "false"),
    {"key": LABEL, "operator": "Exists"},
    requirement(LABEL, "DoesNotExist"),
    requirement(LABEL, "Gt", "0"),
]
OF_OTHERS = [
    requirement("os", "In", "linux"),
    requirement("os", "NotIn", "linux", "plan9"),
    requirement("os", "Exists"),
    requirement("zone", "In", "a", "b"),
    requirement("zone", "NotIn", "b"),
    requirement("zone", "DoesNotExist"),
    requirement("size", "Gt", "3"),
    requirement("size", "Lt", "3"),
]
INVALID = [
    requirement("os", "In"),
    {"key": "os", "operator": "NotIn"},
    requirement("os", "Exists", "linux"),
    requirement("os", "Like", "linux"),
]
EXPRESSIONS = [*OF_POOLS, *OF_HOST_NETWORK, *OF_OTHERS]
FIELDS = [
    requirement("metadata.name", "In", "node-1"),
    requirement("metadata.name", "NotIn", "node-1"),
]

_expressions = st.lists(
    st.sampled_from(OF_POOLS)
    | st.sampled_from(OF_HOST_NETWORK)
    | st.sampled_from(OF_OTHERS)
    | st.sampled_from([*OF_OTHERS, *INVALID]),
    max_size=3,
)
_no_fields: st.SearchStrategy[Any] = st.none() | st.just([])
_terms = st.none() | st.fixed_dictionaries(
    {}, optional={"matchExpressions": st.none() | _expressions, "matchFields": _no_fields}
)
_terms_with_fields = _terms | st.fixed_dictionaries(
    {"matchFields": st.lists(st.sampled_from(FIELDS), min_size=1, max_size=1)},
    optional={"matchExpressions": _expressions},
)
_selectors = st.none() | st.fixed_dictionaries(
    {},
    optional={
        POOL: st.sampled_from(POOL_NAMES),
        LABEL: st.sampled_from(("true", "true", "false")),
        "zone": st.sampled_from(("a", "b")),
        "os": st.just("linux"),
    },
)
_pool_selectors = st.sampled_from(
    [
        None,
        {},
        {"matchLabels": {"tier": "edge"}},
        {"matchExpressions": [requirement("tier", "NotIn", "edge")]},
        {"matchExpressions": [requirement("tier", "Exists")]},
        {"matchExpressions": [requirement("tier", "In")]},
    ]
)
_selections = st.builds(
    PoolSelection,
    st.frozensets(st.sampled_from(POOL_NAMES), max_size=2),
    st.lists(_pool_selectors, max_size=1).map(tuple),
)


def templates(
    *, selections: st.SearchStrategy[PoolSelection | None], terms: st.SearchStrategy[Any]
) -> st.SearchStrategy[PodTemplate]:
    affinities = st.lists(terms, max_size=3).map(
        lambda found: {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": found}}}
    )
    specs = st.fixed_dictionaries({}, optional={"nodeSelector": _selectors, "affinity": affinities})
    return st.builds(
        lambda spec, selection: PodTemplate({"spec": spec}, "", selection=selection),
        specs,
        selections,
    )


_pools = st.lists(
    st.builds(
        lambda name, host_network, zone, tier: Pool(
            name,
            host_network,
            labels={} if zone is None else {"zone": zone},
            own_labels={} if tier is None else {"tier": tier},
        ),
        st.sampled_from(POOL_NAMES),
        st.sampled_from((True, True, False)),
        st.sampled_from((None, "a", "b")),
        st.sampled_from(TIERS),
    ),
    max_size=3,
)
_values: dict[str, tuple[str | None, ...]] = {
    POOL: (None, "", *POOL_NAMES, "other"),
    LABEL: (None, "true", "false", "1"),
    **FREE,
}
_labels = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in _values.items()}
)


# --- what must hold -------------------------------------------------------------------------------


@given(templates(selections=st.none(), terms=_terms_with_fields), _labels)
def test_what_is_decided_of_a_node_holds_whatever_its_other_labels_are(
    template: PodTemplate, drawn: dict[str, str | None]
) -> None:
    known = {key: value for key, value in drawn.items() if value is not None}
    absent = [key for key, value in drawn.items() if value is None]
    open_keys = [key for key in _values if key not in drawn]
    found: set[bool] = set()
    for values in product(*(_values[key] for key in open_keys)):
        pairs = zip(open_keys, values, strict=True)
        labels = {**known, **{key: value for key, value in pairs if value is not None}}
        found |= {fits(template.spec, labels, name) for name in NODE_NAMES}
    answer = match(template, NodeLabels(known, absent))
    event(answer.name)
    assert answer is Truth.UNKNOWN or found == {answer is Truth.TRUE}
    if not asks_twice(template, drawn):
        assert answer is not Truth.UNKNOWN or found == {True, False}


@given(templates(selections=st.none(), terms=_terms), _labels)
def test_where_all_labels_are_known_the_answer_is_that_of_the_reference(
    template: PodTemplate, drawn: dict[str, str | None]
) -> None:
    known = {key: value for key, value in drawn.items() if value is not None}
    absent = [key for key in _values if key not in known]
    is_fitting = fits(template.spec, known, NODE_NAMES[0])
    event(str(is_fitting))
    assert match(template, NodeLabels(known, absent)) is Truth(2 * is_fitting)
    assert match(template, NodeLabels(known, is_complete=True)) is Truth(2 * is_fitting)


@settings(max_examples=300)
@given(templates(selections=st.none() | _selections, terms=_terms_with_fields), _pools)
def test_pinned_is_what_the_nodes_there_may_be_say(
    template: PodTemplate, pools: list[Pool]
) -> None:
    found = placement(template, PoolIndex(pools, complete=True))
    expected = pinned(template, pools)
    event(f"pinned {found.pinned.name}, in truth {expected.name if expected else 'nowhere'}")
    if not asks_twice(template):
        assert found.pinned is (expected or Truth.FALSE)
    elif found.pinned is Truth.TRUE:
        assert expected in (Truth.TRUE, None)
    elif found.pinned is Truth.FALSE and found.pools:
        assert expected in (Truth.FALSE, None)


@given(templates(selections=st.none() | _selections, terms=_terms_with_fields), _pools)
def test_the_pools_are_those_that_have_a_fitting_node(
    template: PodTemplate, pools: list[Pool]
) -> None:
    assume(not asks_twice(template))
    names = {pool.name: pool.host_network for pool in reversed(pools)}
    assume(all(names[pool.name] == pool.host_network for pool in pools))
    assume(template.selection is not None or requirements(template))
    found = placement(template, PoolIndex(pools, complete=True))
    first = {pool.name: pool for pool in reversed(pools)}
    expected = {
        name
        for name, pool in first.items()
        if pool.host_network
        and selected(template, name, pool.own_labels)
        and True in outcomes(template, nodes_of(name, True, pool.labels))
    }
    assert {name for name in found.pools if name in names} == expected
    assert set(found.missing) == {name for name in asked_for(template) if name} - names.keys()


@given(templates(selections=st.none(), terms=_terms_with_fields), _pools)
def test_past_a_guard_is_as_if_it_said_nothing(template: PodTemplate, pools: list[Pool]) -> None:
    index = PoolIndex(pools, complete=True)
    open_template, is_guarded = without_guards(template)
    found = placement(template, index, past_guard=True)
    event(f"{found.pinned.name}{', guarded' if is_guarded else ''}")
    assert node_match.is_guarded(template) is is_guarded
    assert found.pinned is placement(open_template, index).pinned
    assert not (is_guarded and placement(template, index).pools)


def without_guards(template: PodTemplate) -> tuple[PodTemplate, bool]:
    """Return `template` with what every host-network node meets in place of each guard, and
    whether a guard was in each of its terms or in its nodeSelector.
    """
    spec = dict(template.spec)
    pairs = spec.get("nodeSelector") or {}
    in_selector = pairs.get(LABEL, "true") != "true"
    spec["nodeSelector"] = {key: pairs[key] for key in pairs if key != LABEL or not in_selector}
    if "affinity" not in spec:
        return PodTemplate({"spec": spec}, ""), in_selector
    terms = []
    in_terms = []
    for term in spec["affinity"]["nodeAffinity"][REQUIRED]["nodeSelectorTerms"]:
        expressions = (term or {}).get("matchExpressions") or []
        guards = [one for one in expressions if is_guard(one)]
        others = [one for one in expressions if not is_guard(one)]
        in_terms.append(bool(guards))
        terms.append({**(term or {}), "matchExpressions": [*others, *[EMPTY] * len(guards)]})
    spec["affinity"] = {"nodeAffinity": {REQUIRED: {"nodeSelectorTerms": terms}}}
    return PodTemplate({"spec": spec}, ""), in_selector or (bool(terms) and all(in_terms))


EMPTY = requirement(LABEL, "NotIn", "of-no-node")


def is_guard(one: Mapping[str, Any]) -> bool:
    return one["key"] == LABEL and not requirement_fits(one, {LABEL: "true"})


_plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(("", "true", "1" * 5000, "é", "a")),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(("key", "operator", "values", "", POOL)), inner, max_size=3
        )
    ),
    max_leaves=4,
)
_loose_requirements = st.fixed_dictionaries(
    {
        "key": st.sampled_from((POOL, LABEL, "os")) | _plain,
        "operator": st.sampled_from(("In", "NotIn", "Exists", "Gt", "Lt")) | _plain,
    },
    optional={"values": st.lists(st.sampled_from(("1", "p", "9" * 63)) | _plain) | _plain},
)
_loose_terms = st.fixed_dictionaries(
    {},
    optional={
        "matchExpressions": st.lists(_loose_requirements | _plain, max_size=2) | _plain,
        "matchFields": st.lists(_loose_requirements | _plain, max_size=2) | _plain,
        "matchLabels": st.dictionaries(st.sampled_from((POOL, "os")), _plain) | _plain,
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
_loose_specs = st.fixed_dictionaries(
    {},
    optional={
        "nodeSelector": st.dictionaries(st.sampled_from((POOL, LABEL, "")), _plain) | _plain,
        "affinity": _loose_affinities,
        "nodeName": _plain,
    },
)
_loose_pools = st.builds(
    Pool,
    st.sampled_from(POOL_NAMES),
    st.booleans(),
    labels=st.dictionaries(st.sampled_from((POOL, LABEL, "os")), _plain),
    own_labels=st.dictionaries(st.sampled_from((POOL, "os")), _plain),
)
_loose_selections = st.builds(
    PoolSelection,
    st.frozensets(st.sampled_from(POOL_NAMES), max_size=1),
    st.lists(_loose_terms | _plain, max_size=1).map(tuple),
)


@settings(max_examples=300)
@given(
    _loose_specs | _plain,
    st.lists(_loose_pools, max_size=2),
    st.none() | _loose_selections,
    st.data(),
)
def test_whatever_the_types_are_there_is_an_answer(
    spec: Any, pools: list[Pool], selection: PoolSelection | None, data: st.DataObject
) -> None:
    template = PodTemplate({"spec": spec}, "", selection=selection)
    past_guard = data.draw(st.booleans())
    found = placement(template, PoolIndex(pools, complete=True), past_guard=past_guard)
    assert found.pinned is not Truth.TRUE or found.pools

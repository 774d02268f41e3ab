"""A plain reference of where pods can be scheduled: nodes written out one by one, two values.

It knows no third value. What the model calls unknown is written out: every node that a pool may
have, over small sets of names and of label values, and both sorts that a pool may be of that is
missing. Of several definitions of a pool, each may be the one that holds.

What is known of nodes is what `transformer/placement/node_groups.py` says: their system is Linux
unless a Node or the pool says otherwise, nodes in no pool lack what pools set, and other nodes than
those in the input have other names.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from itertools import product
from typing import Any, NamedTuple, TypeAlias

from tests import builders
from tests.builders import HOST_NETWORK, POOL
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import Pool, PoolIndex
from transformer.placement.node_groups import HOST_NAME_LABEL, KnownNodes
from transformer.placement.scheduling import ANY_POOL
from transformer.placement.truth import Truth

EXCLUDED = "apps.openyurt.io/exclude-host-network-pool"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
OS = "kubernetes.io/os"
CORDON = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
DAEMON_TOLERATIONS = [{**CORDON, "operator": "Exists"}]

POOL_NAMES = ("p", "q", "r")
NODE_NAMES = ("n1", "n2", "n3", "n4")
FREE: dict[str, tuple[str | None, ...]] = {
    "size": (None, "1", "7", "big"),
    "zone": (None, "a", "b", "other"),
    HOST_NAME_LABEL: (None, *NODE_NAMES, "other"),
}
"""Labels that nothing may determine, and the values that nodes may have (None: none).

For each requirement drawn below there is a value that meets it and one that does not.
"""


# --- the reference: one node ----------------------------------------------------------------------


class Node(NamedTuple):
    """A node of which everything is known."""

    name: str
    labels: Mapping[str, str | None]
    taints: tuple[Mapping[str, str], ...] = ()
    is_cordoned: bool = False


class Pods(NamedTuple):
    """The pods of a workload."""

    spec: Mapping[str, Any]
    is_annotated: bool = False
    is_daemon_set: bool = False

    @property
    def template(self) -> PodTemplate:
        annotations = {EXCLUDED: "true"} if self.is_annotated else {}
        return PodTemplate({"metadata": {"annotations": annotations}, "spec": self.spec}, "")


def fits(pods: Pods, node: Node) -> bool:
    """Whether the pods can run on a node."""
    if name := pods.spec.get("nodeName"):
        return node.name == name and tolerated(pods, node.taints, ["NoExecute"])
    return (
        selects(pods.spec, node)
        and not (pods.is_annotated and node.labels.get(HOST_NETWORK) == "true")
        and tolerated(pods, node.taints, ["NoSchedule", "NoExecute"])
        and (not node.is_cordoned or tolerated(pods, (CORDON,), ["NoSchedule"]))
    )


def would_fit(pods: Pods, node: Node) -> bool:
    """Whether they could without guards, taints and cordons."""
    if name := pods.spec.get("nodeName"):
        return bool(node.name == name)
    return selects(pods.spec, node, past_guard=True)


def tolerated(pods: Pods, taints: tuple[Mapping[str, str], ...], effects: list[str]) -> bool:
    tolerations = list(pods.spec.get("tolerations") or ())
    tolerations += DAEMON_TOLERATIONS if pods.is_daemon_set else []
    return all(
        any(tolerates(one, taint) for one in tolerations)
        for taint in taints
        if taint["effect"] in effects
    )


def tolerates(toleration: Mapping[str, str], taint: Mapping[str, str]) -> bool:
    return (
        toleration.get("key", taint["key"]) == taint["key"]
        and toleration.get("effect", taint["effect"]) == taint["effect"]
        and (
            toleration.get("operator") == "Exists"
            or toleration.get("value", "") == taint.get("value", "")
        )
    )


def selects(spec: Mapping[str, Any], node: Node, *, past_guard: bool = False) -> bool:
    """Whether nodeSelector and required node affinity match a node."""
    selector = [is_in(key, value) for key, value in (spec.get("nodeSelector") or {}).items()]
    if not all(meets(one, node, past_guard) for one in selector):
        return False
    terms = terms_of(spec)
    return terms is None or any(term_selects(term or {}, node, past_guard) for term in terms)


def terms_of(spec: Mapping[str, Any]) -> list[Any] | None:
    required = spec.get("affinity", {}).get("nodeAffinity", {}).get(REQUIRED)
    return None if required is None else required["nodeSelectorTerms"] or []


def term_selects(term: Any, node: Node, past_guard: bool) -> bool:
    expressions, fields = term.get("matchExpressions") or [], term.get("matchFields") or []
    return (
        bool(expressions or fields)
        and all(map(is_valid, expressions))
        and all(meets(one, node, past_guard) for one in expressions)
        and all(meets(one, Node("", {"metadata.name": node.name}), False) for one in fields)
    )


def is_valid(requirement: Mapping[str, Any]) -> bool:
    operator, values = requirement["operator"], requirement.get("values") or []
    if operator in ("Exists", "DoesNotExist"):
        return not values
    return operator in ("In", "NotIn", "Gt", "Lt") and bool(values)


def meets(requirement: Mapping[str, Any], node: Node, past_guard: bool) -> bool:
    operator: str = requirement["operator"]
    values: list[str] = requirement.get("values") or []
    own = node.labels.get(requirement["key"])  # None if it is absent
    if past_guard and is_guard(requirement):
        return True
    if operator in ("In", "NotIn"):
        return (own in values) == (operator == "In")
    if operator in ("Exists", "DoesNotExist"):
        return (own is not None) == (operator == "Exists")
    if own is None or not own.isdecimal():
        return False
    return int(own) > int(values[0]) if operator == "Gt" else int(own) < int(values[0])


def is_guard(requirement: Mapping[str, Any]) -> bool:
    """Whether a requirement is about the hostnetwork label, and no host-network node meets it."""
    on_host = Node("", {HOST_NETWORK: "true"})
    return requirement["key"] == HOST_NETWORK and not meets(requirement, on_host, False)


def is_in(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "operator": "In", "values": [value]}


# --- the reference: all nodes there may be --------------------------------------------------------


class NodeManifest(NamedTuple):
    """A Node in the input; its pool is an empty name if it is in none."""

    name: str
    pool: str
    labels: Mapping[str, str]
    taints: tuple[Mapping[str, str], ...] = ()
    is_cordoned: bool = False

    @property
    def value(self) -> dict[str, Any]:
        """The manifest."""
        labels = {**self.labels, POOL: self.pool} if self.pool else dict(self.labels)
        spec = {"taints": list(self.taints), "unschedulable": self.is_cordoned}
        return builders.node(labels, self.name, spec=spec)


class World(NamedTuple):
    """The pools and the Nodes in the input; `is_complete`: they are said to be all Nodes."""

    pools: list[Pool]
    nodes: list[NodeManifest]
    is_complete: bool = False

    def indexes(self) -> tuple[PoolIndex, KnownNodes]:
        """Return what the model makes of it."""
        known = KnownNodes(self.is_complete)
        for node in self.nodes:
            known.add(next(manifests(node.value)))
        return PoolIndex(self.pools, complete=True), known

    def definitions(self, name: str) -> list[Pool]:
        """Return the different definitions of a pool; one of each sort, if there is none."""
        found: list[Pool] = []
        for pool in self.pools:
            is_new = pool.for_nodes not in [one.for_nodes for one in found]
            if pool.name == name and is_new:
                found.append(pool)
        return found or [Pool(name, True), Pool(name, False)]


Labels: TypeAlias = Set[tuple[str, str | None]]

Kind: TypeAlias = list[Node]
"""All nodes there may be of one kind; each node that there is is one of them."""


def kinds(world: World, pods: Pods, pool: Pool) -> Iterator[Kind]:
    """Yield the kinds of nodes of a pool: each of its Nodes, and those not in the input."""
    sets = {**pool.labels, POOL: pool.name}
    sets |= {HOST_NETWORK: "true"} if pool.host_network else {}
    members = [node for node in world.nodes if node.pool == pool.name]
    for node in members:
        own = {(taint["key"], taint["effect"]) for taint in node.taints}
        added = [one for one in pool.taints if (one["key"], one["effect"]) not in own]
        labels = {OS: "linux", **node.labels, **sets}
        yield every(pods, labels, [node.name], (*node.taints, *added), node.is_cordoned)
    if not (members and (world.is_complete or pool.node_count == len(members))):
        yield other_nodes(world, pods, {OS: "linux", **sets}, pool.taints)


def kinds_in_no_pool(world: World, pods: Pods, is_host_network: bool) -> Iterator[Kind]:
    """Yield the kinds of nodes in no pool, which lack what pools set on theirs.

    Those that have the label of host-network nodes are told apart.
    """
    lacking = {(key, value) for pool in world.pools for key, value in pool.labels.items()}
    for node in world.nodes:
        if not node.pool and (node.labels.get(HOST_NETWORK) == "true") is is_host_network:
            labels = {OS: "linux", **node.labels}
            yield every(pods, labels, [node.name], node.taints, node.is_cordoned, lacking)
    if not is_host_network and not (world.nodes and world.is_complete):
        yield other_nodes(world, pods, {OS: "linux"}, lacking=lacking)


def kinds_of_others(world: World, pods: Pods, is_host_network: bool) -> Iterator[Kind]:
    """Yield the kinds of nodes of pools that nothing in the input names."""
    named = {pool.name for pool in world.pools} | missing(world, pods)
    for name in {*POOL_NAMES, "unheard-of"} - named:
        labels = {OS: "linux", POOL: name}
        labels |= {HOST_NETWORK: "true"} if is_host_network else {}
        yield other_nodes(world, pods, labels)


def other_nodes(
    world: World,
    pods: Pods,
    known: Mapping[str, str],
    taints: tuple[Mapping[str, str], ...] = (),
    lacking: Labels = frozenset(),
) -> Kind:
    """Return all nodes that are not in the input: those of it have their names, and host names."""
    taken = {node.name for node in world.nodes}
    names = [name for name in (*NODE_NAMES, "other") if name not in taken]
    lacking = lacking | {(HOST_NAME_LABEL, name) for name in taken}
    return every(pods, known, names, taints, lacking=lacking)


def every(
    pods: Pods,
    known: Mapping[str, str],
    names: list[str],
    taints: tuple[Mapping[str, str], ...] = (),
    is_cordoned: bool = False,
    lacking: Labels = frozenset(),
) -> Kind:
    """Return all nodes that have the known labels; only labels that are asked for can matter."""
    asked = {one["key"] for one in requirements(pods)} & FREE.keys() - known.keys()
    choices = [
        [(key, value) for value in FREE[key] if (key, value) not in lacking]
        for key in sorted(asked)
    ]
    return [
        Node(name, {**known, **dict(drawn)}, taints, is_cordoned)
        for name in names
        for drawn in product(*choices)
    ]


def requirements(pods: Pods) -> list[dict[str, Any]]:
    """Return all requirements on labels and fields, those of the nodeSelector too."""
    found = [is_in(key, value) for key, value in (pods.spec.get("nodeSelector") or {}).items()]
    for term in terms_of(pods.spec) or ():
        for name in ("matchExpressions", "matchFields"):
            found += (term or {}).get(name) or []
    return found


def answer_of(pods: Pods, found: list[Kind]) -> str:
    if any(all(fits(pods, node) for node in kind) for kind in found):
        return "can"
    if any(fits(pods, node) for kind in found for node in kind):
        return "unknown"
    return "kept off" if any(would_fit(pods, n) for kind in found for n in kind) else "cannot"


# --- the reference: where pods can be scheduled ---------------------------------------------------


class Answer(NamedTuple):
    """What holds of the nodes of a pool by one definition, or of those in no pool (no name).

    `later` is the answer once nodes are no longer cordoned, if pods are kept off. `is_certain`: all
    definitions come to the same.
    """

    name: str
    is_host_network: bool
    answer: str
    later: str = ""
    is_certain: bool = True

    @property
    def may_fit(self) -> bool:
        return bool(self.later) or self.answer in ("can", "unknown")


def answers(world: World, pods: Pods) -> list[Answer]:
    """Return what holds of all pools that are in the input, or that pods or Nodes name."""
    names = [*(pool.name for pool in world.pools), *sorted(missing(world, pods))]
    found = []
    for name in dict.fromkeys(names):
        of_pool = [
            told(name, pool.host_network, pods, [*kinds(world, pods, pool)])
            for pool in world.definitions(name)
        ]
        is_certain = len(set(of_pool)) == 1
        found += of_pool[:1] if is_certain else [one._replace(is_certain=False) for one in of_pool]
    for sort in (True, False):
        in_no_pool = [*kinds_in_no_pool(world, pods, sort)]
        found += [told("", sort, pods, in_no_pool)] if in_no_pool or not sort else []
    return found


def told(name: str, is_host_network: bool, pods: Pods, found: list[Kind]) -> Answer:
    answer = answer_of(pods, found)
    uncordoned = [[node._replace(is_cordoned=False) for node in kind] for kind in found]
    later = answer_of(pods, uncordoned) if answer == "kept off" else answer
    return Answer(name, is_host_network, answer, "" if later == answer else later)


def asked_for(pods: Pods) -> list[str]:
    """Return the names of the pools that the pods name."""
    found = [one for one in requirements(pods) if (one["key"], one["operator"]) == (POOL, "In")]
    return [name for one in found for name in one.get("values") or () if name]


def missing(world: World, pods: Pods) -> set[str]:
    """Return the names of the pools that pods or Nodes name, and that are not in the input."""
    names = {*asked_for(pods), *(node.pool for node in world.nodes if node.pool)}
    return names - {pool.name for pool in world.pools}


def any_host_network_pool(world: World, pods: Pods) -> str:
    """Return what holds of host-network pools that nothing names, if of no standard one the same
    does: then the hostnetwork label is asked for.
    """
    if pods.spec.get("nodeName"):
        return "cannot"
    standard = answer_of(pods, [*kinds_of_others(world, pods, False)])
    on_host = answer_of(pods, [*kinds_of_others(world, pods, True)])
    return on_host if standard == "cannot" else "cannot"


def kept_off(world: World, pods: Pods) -> set[str]:
    """Return the host-network pools that are the only ones selected, if no pods can run there."""
    found = answers(world, pods)
    off = [one for one in found if one.answer == "kept off"]
    if any(one.may_fit for one in found) or not all(one.is_host_network for one in off):
        return set()
    if off and all(one.is_certain for one in off):
        return {one.name for one in off}
    return {ANY_POOL} if any_host_network_pool(world, pods) == "kept off" else set()


def on_host_network(world: World, pods: Pods) -> set[str]:
    """Return the host-network pools on whose nodes the pods may run."""
    if kept_off(world, pods):
        return set()
    names = {one.name for one in answers(world, pods) if one.is_host_network and one.may_fit}
    is_any = not names and any_host_network_pool(world, pods) in ("can", "unknown")
    return {ANY_POOL} if is_any else names


def pinned(world: World, pods: Pods) -> Truth:
    """Return whether the pods are pinned, whatever definitions hold of the pools.

    If the pools are such that the pods can run nowhere, these do not count.
    """
    found = answers(world, pods)
    certain = [one for one in found if one.is_certain]
    of_names: dict[str, list[Answer]] = {}
    for one in found:
        if not one.is_certain:
            of_names.setdefault(one.name, []).append(one)
    is_on_any = on_host_network(world, pods) == {ANY_POOL}
    outcomes = {pinned_if([*certain, *drawn], is_on_any) for drawn in product(*of_names.values())}
    outcomes.discard(None)
    return Truth.UNKNOWN if len(outcomes) > 1 else next(iter(outcomes), None) or Truth.FALSE


def pinned_if(there: list[Answer], is_on_any: bool) -> Truth | None:
    """Return whether pods are pinned if there are these pools; None: they can run nowhere."""
    elsewhere = [one.answer for one in there if not one.is_host_network and one.may_fit]
    if is_on_any or any(one.is_host_network and one.may_fit for one in there):
        if "can" in elsewhere:
            return Truth.FALSE
        return Truth.UNKNOWN if elsewhere else Truth.TRUE
    return Truth.FALSE if elsewhere else None


def deciding(world: World, pods: Pods) -> set[str]:
    """Return the open pools of whose sort it depends whether the pods are pinned: where they are
    all host-network, the pods are.
    """
    found = answers(world, pods)
    if any(one.may_fit and one.is_certain and not one.is_host_network for one in found):
        return set()
    return {one.name for one in found if one.may_fit and not one.is_certain}


def asks_twice(pods: Pods) -> bool:
    """Whether anything that may be unknown of a node is asked for more than once."""
    keys = Counter(one["key"] for one in requirements(pods))
    return any(keys[key] > 1 for key in (*FREE, "metadata.name"))

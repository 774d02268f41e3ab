"""Set hostNetwork for pods that run on host-network pools only (off by default).

On a host-network node there is no CNI, so pods for such nodes must set `hostNetwork: true`. This
rule sets it for pods that can run there and nowhere else. As in the scheduler, nodeSelector,
required node affinity and, for a YurtAppSet, the pools that it selects decide. Nothing is changed
if a selected pool is not in the input, if its `hostNetwork` is lost in the conversion (HN106), if a
guard or the exclude annotation keeps the pods off, or if a patch of a kustomization in the input
decides where they run (HN415).

On the host's network, ports are those of the node. So nothing is changed either, and a finding
gives the reason, if

- a container's hostPort differs from its containerPort;
- two ports of a pod would be the same port of the node;
- two pod templates of one object, for the same pool, would need the same port of a node;
- the namespace, if it is in the input, enforces a level of Pod Security that refuses such pods.

Before, where the NodePool `hangzhou` is host-network:

    kind: Deployment
    spec:
      template:
        spec:
          nodeSelector:
            apps.openyurt.io/nodepool: hangzhou
          containers: [...]

After:

          nodeSelector:
            apps.openyurt.io/nodepool: hangzhou
          containers: [...]
          hostNetwork: true

Source: OpenYurt, documentation of host-network NodePools, "Step 2: Deploy Workloads on Host Network
Nodes"; for the ports, Kubernetes API validation, `validatePodHostNetworkDeps`.
"""

from collections.abc import Iterable, Iterator

from transformer.findings import Violation
from transformer.kubernetes.placeholders import wrong_type
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.ports import Port, host_ports, overlap, ports
from transformer.operations import Operation
from transformer.placement.placed import Placed, pool_words, selection_at, selects
from transformer.placement.pod_security import PRIVILEGED, REFUSING
from transformer.placement.selection_overlap import are_apart, demands
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import editable


def plan(context: RuleContext) -> list[Operation]:
    return [_operation(template) for template, obstacles in _wanted(context) if not obstacles]


def unfixable(context: RuleContext) -> Iterator[Violation]:
    for template, obstacles in _wanted(context):
        if editable(context, [Operation("add", _place(template), True)], RULE.id):
            yield from obstacles


def reason(context: RuleContext) -> str:
    return f"pinned to {pool_words(pool for one in context.pinned for pool in one.pinned_to)}"


def _place(template: PodTemplate) -> str:
    return f"{template.pointer}/spec/hostNetwork"


def _operation(template: PodTemplate) -> Operation:
    present = template.spec.get("hostNetwork")
    if present is not None and not isinstance(present, bool):
        raise wrong_type(_place(template), present, "true or false")
    return Operation("replace" if "hostNetwork" in template.spec else "add", _place(template), True)


def _wanted(context: RuleContext) -> Iterator[tuple[PodTemplate, list[Violation]]]:
    """Yield each template that the rule applies to, and what prevents the edit."""
    is_any = context.cluster.nodes.is_complete  # pods may be pinned by what nodes there are
    candidates = [
        one for one in context.templates if (is_any or selects(one)) and not _is_on_host(one)
    ]
    pinned = [
        (template, copies)
        for template in context.templates
        if candidates and (copies := _pinned(context, template))
    ]
    for template, copies in pinned:
        pools = _pools_of(copies)
        is_done = template not in candidates or all(_is_on_host(one.template) for one in copies)
        if is_done or not all(_is_host_network(context, pool) for pool in pools):
            continue
        others = [
            other
            for other, its_copies in pinned
            if other is not template
            and not set(pools).isdisjoint(_pools_of(its_copies))
            and not are_apart(demands(template), demands(other))
        ]
        not_set = f"hostNetwork is not set for pods that run on {pool_words(pools)} only"
        obstacles = list(_obstacles(template, others, not_set))
        obstacles += _tweaked(copies, not_set)
        level = context.cluster.namespaces.get(context.manifest.ref.namespace)
        if level in REFUSING:
            obstacles.append(
                Violation(
                    selection_at(template),
                    f"{not_set}: namespace {context.manifest.ref.namespace} enforces the Pod"
                    f" Security level {level}, which refuses such pods",
                    hint=PRIVILEGED,
                )
            )
        yield template, obstacles


def _tweaked(copies: Iterable[Placed], not_set: str) -> Iterator[Violation]:
    """Yield where a tweak has the last word."""
    places = dict.fromkeys(
        one.copy.place(_place(one.template))
        for one in copies
        if one.copy.is_patched(_place(one.template)) and not _is_on_host(one.template)
    )
    for at in places:
        yield Violation(at, f"{not_set}: this patch decides", hint="correct the patch")


def _pinned(context: RuleContext, template: PodTemplate) -> list[Placed]:
    """Return the copies of a template that can run, if each can on host-network pools only."""
    at = template.pointer
    copies = [one for one in context.placed if one.template.pointer == at and one.can_run]
    return copies if all(one.pinned_to for one in copies) else []


def _pools_of(copies: Iterable[Placed]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(pool for one in copies for pool in one.pinned_to))


def _is_on_host(template: PodTemplate) -> bool:
    return template.spec.get("hostNetwork") is True


def _is_host_network(context: RuleContext, name: str) -> bool:
    """Whether the pool is host-network in the cluster too.

    If it is not in the input, the hostnetwork label in the selection decides.
    """
    pools = context.cluster.pools
    pool = pools.find(name)
    return pool.host_network if pool is not None else not pools.is_ambiguous(name)


def _obstacles(
    template: PodTemplate, others: Iterable[PodTemplate], not_set: str
) -> Iterator[Violation]:
    """Yield what would go wrong on the host's network, where `others` may be on the same nodes."""
    for port in ports(template, at_start=True):
        if port.host not in (0, port.container):
            yield Violation(
                f"{port.pointer}/hostPort",
                f"{not_set}: hostPort {port.host} differs from containerPort {port.container}",
                hint=f"make the container listen on {port.host}, or remove hostPort",
            )
    taken: dict[tuple[str, int], list[Port]] = {}
    for other in others:
        for port in host_ports(other, host_network=True):
            taken.setdefault((port.protocol, port.host), []).append(port)
    for port in host_ports(template, host_network=True):
        same = taken.setdefault((port.protocol, port.host), [])
        holder = next((one for one in same if overlap(one.ip, port.ip)), None)
        if holder is not None:
            yield Violation(
                port.pointer,
                f"{not_set}: port {port.host}/{port.protocol} of a node would be needed twice, also"
                f" at {holder.pointer}",
                hint="change one of the two ports",
            )
        same.append(port)


RULE = TransformRule(
    "host-network-pods",
    "set hostNetwork for pods that run on host-network pools only",
    frozenset({"templates"}),
    plan,
    reason,
    unfixable=unfixable,
    suppressed_with=("HN401",),
)

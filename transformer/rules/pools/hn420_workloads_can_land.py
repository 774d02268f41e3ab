"""HN420: workloads that need a pod network can land on a host-network pool.

Nothing keeps the pods of these workloads off the nodes of the pool: they do not select other nodes,
the pool has no taint that they do not tolerate, and they have neither the guard nor the annotation
`apps.openyurt.io/exclude-host-network-pool`. As soon as the scheduler puts one there, it hangs in
ContainerCreating, because there is no CNI for it. There is one finding for each pool, with the
workloads as related places, which `-v` and the JSON report list; if the manifest of the pool is not
in the input (`--pools`), it is at the first workload. DaemonSets are reported by HN411, workloads
that can run nowhere else by HN401, and network components by HN406. Workloads that a kustomization
patches are named only as related places if there are others.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec: {type: Edge, hostNetwork: true}
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        spec:
          containers: [{name: web, image: "web:1"}]

Fix: give the pool a taint in `spec.taints`, which keeps off everything that does not tolerate it,
and a toleration to the workloads and DaemonSets that belong there; or annotate the pod templates
with `apps.openyurt.io/exclude-host-network-pool: "true"` and run `hostnet-transform`; or set
`hostNetwork: true` in those that may run there.

Source: OpenYurt, documentation of host-network NodePools, "Step 3: Exclude CNI-Dependent Pods from
Host Network Nodes"; Kubernetes scheduler, filters NodeAffinity and TaintToleration.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from transformer.findings import MOST_RELATED, ObjectRef, Related, Violation
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.placement.placed import Placed
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
    patches_of,
)
from transformer.rules.components import is_surely_component
from transformer.rules.context import RuleContext
from transformer.wording import without_patches


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    if is_pool(manifest):
        if pool_of(manifest).is_meant_host_network:
            yield Observation("", _place_of_pool(context), manifest.ref.name)
        return
    for one, copies in context.broken_by("HN420").items():
        pools = tuple(
            there.pool for placed in copies for there in placed.lands_on if _has_pods(placed)
        )
        pools = tuple(filter(None, dict.fromkeys(pools)))
        if pools and not is_surely_component(context, copies[0].template):
            yield Observation("", one.pointer, pools)


def _place_of_pool(context: RuleContext) -> str:
    return "/spec/hostNetwork" if "hostNetwork" in context.manifest.spec else "/metadata/name"


def _has_pods(placed: Placed) -> bool:
    return placed.copy.workload.get("replicas") != 0


@dataclass(slots=True)
class _Landing:
    """What can land on one pool: the first places, and how many places and objects there are.

    The places of one object follow one another.
    """

    first: list[LocatedObservation] = field(default_factory=list)
    total: int = 0
    objects: int = 0
    last: ObjectRef | None = None

    def add(self, located: LocatedObservation) -> None:
        self.total += 1
        self.objects += located.object != self.last
        self.last = located.object
        if self.total <= MOST_RELATED:
            self.first.append(located)


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    pools: dict[str, list[LocatedObservation]] = {}
    landing: dict[str, _Landing] = {}
    patched: dict[str, _Landing] = {}
    for located in observations:
        if isinstance(located.value, str):
            pools.setdefault(located.value, []).append(located)
        elif located.suppressed_by is not None:
            yield located, Violation(located.place.pointer, "can land on host-network pools")
        else:
            for name in located.value:
                (patched if located.patches else landing).setdefault(name, _Landing()).add(located)
    for name in dict.fromkeys((*landing, *patched)):
        found = landing.get(name) or patched[name]
        other = patched.get(name, _Landing()) if name in landing else _Landing()
        # Without a manifest of the pool (`--pools`), it is reported at the first workload.
        for at in pools.get(name, found.first[:1]):
            yield at, _violation(at.place.pointer, name, found, other)


def _violation(at: str, pool: str, found: _Landing, other: _Landing) -> Violation:
    """Return the violation of what lands; `other` are workloads that patches may keep off."""
    others = f" and {found.objects - 1} more" if found.objects > 1 else ""
    pods = f"the pods of {found.first[0].object}{others}"
    return Violation(
        at,
        f"{pods} can be scheduled to NodePool/{pool}, where there is no CNI for them",
        hint="give the pool a taint that only the pods for it tolerate, or annotate the pod"
        ' templates with apps.openyurt.io/exclude-host-network-pool: "true" and run'
        " hostnet-transform on them",
        related=tuple(map(_related, (*found.first, *other.first))),
        related_total=found.total + other.total,
        patches=patches_of(found.first),
    )


def _related(located: LocatedObservation) -> Related:
    place = located.place
    without = f" ({without_patches(located.patches)})" if located.patches else ""
    message = f"can land there{without}"
    return Related(place.file, place.line, place.column, message, located.object)


RULE = ValidationRule(
    "HN420",
    "workloads can land on a host-network pool",
    "warning",
    needs=("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    alone=True,
    on=("pools", "workloads"),
)

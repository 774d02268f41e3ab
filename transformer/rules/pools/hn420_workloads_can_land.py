"""HN420: workloads that need a pod network can land on a host-network pool.

Nothing keeps the pods of these workloads off the nodes of the pool: they do not select other nodes,
the pool has no taint that they do not tolerate, and they have neither the guard nor the annotation
`apps.openyurt.io/exclude-host-network-pool`. As soon as the scheduler puts one there, it hangs in
ContainerCreating, because there is no CNI for it. There is one finding for each pool, with the
workloads as related places, which `-v` and the JSON report list; if the manifest of the pool is not
in the input (`--pools`), it is at the first workload. Where only some of the workloads are new to a
baseline, or in the files of a commit, it is at the first of these, and about these only. DaemonSets
are reported by HN411, workloads that can run nowhere else by HN401, and network components by
HN406. Workloads that a kustomization patches are named only as related places if there are others.

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

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from transformer.findings import Finding, Related, Violation
from transformer.kubernetes.pools import is_pool, pool_of
from transformer.placement.placed import Placed
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
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


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    pools: dict[str, list[LocatedObservation]] = {}
    firsts: dict[str, LocatedObservation] = {}
    surely = defaultdict[str, list[Related]](list)
    perhaps = defaultdict[str, list[Related]](list)
    """By pool: what lands there, and what patches may keep off."""

    patches = defaultdict[str, dict[str, None]](dict)
    for located in observations:
        if isinstance(located.value, str):
            pools.setdefault(located.value, []).append(located)
        elif located.suppressed_by is not None:
            yield located, Violation(located.place.pointer, "can land on host-network pools")
        else:
            related = _related(located)
            for name in located.value:
                (perhaps if located.patches else surely)[name].append(related)
                patches[name].update(dict.fromkeys(located.patches))
                firsts.setdefault(name, located)
                if firsts[name].patches and not located.patches:
                    firsts[name] = located
    for name, first in firsts.items():
        places = (*surely[name], *perhaps[name])
        without = () if surely[name] else tuple(patches[name])
        # Without a manifest of the pool (`--pools`), it is reported at the first workload.
        for at in pools.get(name, [first]):
            yield at, _violation(at.place.pointer, name, places, without)


def _violation(
    at: str, pool: str, places: tuple[Related, ...], patches: tuple[str, ...]
) -> Violation:
    return Violation(
        at,
        f"can be scheduled to NodePool/{pool}, where there is no CNI for them",
        hint="give the pool a taint that only the pods for it tolerate, or annotate the pod"
        ' templates with apps.openyurt.io/exclude-host-network-pool: "true" and run'
        " hostnet-transform on them",
        related=places,
        is_each=True,
        other=f"NodePool/{pool}",
        patches=patches,
    )


_LANDS = "can land there"
_PATCHED = f"{_LANDS} (without "


def _related(located: LocatedObservation) -> Related:
    place = located.place
    message = f"{_LANDS} ({without_patches(located.patches)})" if located.patches else _LANDS
    return Related(
        place.file,
        place.line,
        place.column,
        message,
        located.object,
        place.document,
        place.item,
        place.pointer,
        located.patches,
    )


def fold(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Yield the findings with the pods that they are about."""
    for found in findings:
        sure = [one for one in found.related if not one.message.startswith(_PATCHED)]
        objects = [name for name, _ in groupby(str(one.object) for one in sure or found.related)]
        others = f" and {len(objects) - 1} more" if len(objects) > 1 else ""
        yield found._replace(message=f"the pods of {objects[0]}{others} {found.message}")


RULE = ValidationRule(
    "HN420",
    "workloads can land on a host-network pool",
    "warning",
    needs=("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    fold=fold,
    alone=True,
    on=("pools", "workloads"),
)

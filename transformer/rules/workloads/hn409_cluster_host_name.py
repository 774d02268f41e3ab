"""HN409: pods for a host-network pool use names or addresses of Services.

On a host-network node there is no cluster DNS to look up the name of a Service, and no kube-proxy
to reach its address. The rule looks at pods that are pinned to such a pool, and at DaemonSets that
also run on one: at their environment variables, commands, arguments and the hosts of probes, and at
ConfigMaps in the input that they use. A name is that of a Service if it

- ends in `.svc` or `.svc.cluster.local`, wherever it is;
- is that of a Service in the input, as `name.namespace`, or as `name` in the pods' own namespace,
  and a host can stand there: in a URL, before a port, as the host of a probe, or as the value of a
  variable whose name ends in HOST, ADDR, ADDRESS, URL, SERVER or ENDPOINT.

Names that `hostAliases` resolve are left out. Reported is also the use of a Service in the input

- by the `clusterIP` in its manifest: there, as a whole text or after a `=`, or as the name server
  that the pods ask first (`dnsPolicy: None`);
- by the variables that the kubelet sets for it in its namespace, such as `$(DB_SERVICE_HOST)`, if
  the container does not set them itself.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      hostNetwork: true
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers:
      - name: collector
        image: collector:1
        args: [--to=http://gateway.metrics.svc:9090]

Fix: use an address that is reachable from outside the cluster, such as that of a load balancer or a
node. If only some pods of a DaemonSet run there, make two: one for each type of pool.

Source: OpenYurt, documentation of host-network NodePools, "Pod Network Limitations on Host Network
Nodes".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from transformer.findings import Affected, Violation
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.services import cluster_ips, has_cluster_ip, is_service
from transformer.placement.breaks import SERVICE_HINT, not_reached
from transformer.placement.placed import Placed, runs_there
from transformer.placement.service_names import (
    Text,
    certain_name,
    config_maps_of,
    possible_names,
    service_variable,
    texts_of,
    texts_of_config,
)
from transformer.rules.base import (
    Conclusion,
    LocatedObservation,
    Observation,
    ValidationRule,
    affected,
)
from transformer.rules.context import RuleContext

_SERVICE, _CONFIG, _PODS, _USES = "service", "config", "pods", "uses"


def check(context: RuleContext) -> Iterator[Violation]:
    for one, copies in context.broken_by("HN409", running=True).items():
        yield _violation(one.pointer, runs_there(copies), one.subject)


def _texts(there: Iterable[Placed]) -> Iterator[tuple[str, Text, list[Placed]]]:
    """Yield each text that pods get, with where it is, and the copies that get it."""
    found: dict[tuple[str, str], tuple[Text, list[Placed]]] = {}
    for placed in there:
        for text in texts_of(placed.template):
            key = (placed.copy.place(text.pointer), text.text)
            found.setdefault(key, (text, []))[1].append(placed)
    for (at, _), (text, copies) in found.items():
        yield at, text, copies


def collect(context: RuleContext) -> Iterator[Observation]:
    manifest = context.manifest
    namespace = manifest.ref.namespace
    if is_service(manifest):
        called = dict(_called(manifest))
        yield Observation("", "/metadata/name", (_SERVICE, namespace, tuple(called.items())))
    elif _is_config_map(manifest) and context.cluster.has_host_network_pools:
        yield from _of_config(manifest)
    for there in (context.on_host_network, context.perhaps_on_host_network):
        yield from _of_pods(there, namespace, is_reported=there is context.on_host_network)


def _called(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """Yield how pods call a Service (see `_key`), and how a message does: empty if in that way."""
    name, namespace = manifest.ref.name, manifest.ref.namespace
    yield name, ""
    for address in cluster_ips(manifest):
        yield address, f"{name}.{namespace} ({address})" if namespace else f"{name} ({address})"
    # On an edge node YurtHub makes the variables of this one lead to itself.
    if has_cluster_ip(manifest) and (namespace, name) != ("default", "kubernetes"):
        variable = service_variable(name)
        yield variable, f"{name} ({variable}_SERVICE_HOST)"


def _key(name: str, namespace: str) -> tuple[str, str]:
    """Return the namespace of a Service that pods in `namespace` call so, and how it is called
    there; an address belongs to none.
    """
    if name[:1].isdecimal():
        return "", name
    host, _, of_namespace = name.partition(".")
    return of_namespace or namespace, host


def _of_pods(
    there: Iterable[Placed], namespace: str, *, is_reported: bool
) -> Iterator[Observation]:
    for at, text, found in _texts(there):
        names = () if certain_name(text) else possible_names(text)
        if names:
            copies = tuple(map(_copy, found))
            runs = runs_there(found) if is_reported else ""
            yield Observation("", at, (_PODS, namespace, names, runs, copies))
    for placed in there:
        for name in config_maps_of(placed.template):
            at = placed.template.pointer
            yield Observation("", at, (_USES, namespace, name, _copy(placed), is_reported))


def _copy(placed: Placed) -> tuple[str, str, tuple[str, ...]]:
    """Return what names a copy among those of its object, and where its pods look up names."""
    return placed.template.pointer, placed.copy.pool, placed.looks_up_on


def _is_config_map(manifest: Manifest) -> bool:
    return (manifest.ref.group, manifest.ref.kind) == ("", "ConfigMap")


def _of_config(manifest: Manifest) -> Iterator[Observation]:
    for text in texts_of_config(manifest):
        certain, names = certain_name(text), possible_names(text)
        if certain or names:
            ref = manifest.ref
            yield Observation("", text.pointer, (_CONFIG, ref.namespace, ref.name, certain, names))


def finalize(observations: Iterable[LocatedObservation]) -> Iterator[Conclusion]:
    every = list(observations)
    services = {
        _key(called, one.value[1]): shown
        for one in every
        if one.value[0] == _SERVICE
        for called, shown in one.value[2]
    }
    users: dict[tuple[str, str], list[LocatedObservation]] = {}
    for one in every:
        if one.value[0] == _USES:
            users.setdefault(one.value[1:3], []).append(one)
    for located in every:
        kind, namespace, *rest = located.value
        if kind == _PODS:
            names, runs, copies = rest
            if name := _service(names, namespace, services):
                broken = tuple(affected(located, *copy) for copy in copies)
                yield located, _violation(located.place.pointer, runs, name, broken)
        elif kind == _CONFIG and (its_users := users.get((namespace, rest[0]))) is not None:
            certain, names = rest[1:]
            if name := certain or _service(names, namespace, services):
                user = next((one for one in its_users if one.value[4]), None)
                runs = f"pods of {user.object} use this on host-network pools" if user else ""
                patches = user.patches if user else its_users[0].patches
                broken = tuple(affected(one, *one.value[3]) for one in its_users)
                at = located.place.pointer
                yield located, _violation(at, runs, name, broken, patches)


def _service(names: Sequence[str], namespace: str, services: Mapping[tuple[str, str], str]) -> str:
    """Return the first of `names` that a pod in `namespace` finds as a Service, or nothing."""
    found = ((name, services.get(_key(name, namespace))) for name in names)
    return next((shown or name for name, shown in found if shown is not None), "")


def _violation(
    at: str,
    runs: str,
    name: str,
    broken: tuple[Affected, ...] = (),
    patches: tuple[str, ...] = (),
) -> Violation:
    """Return what is wrong at `at`; it is reported if the pods run (`runs`) on host-network pools,
    and not only may.
    """
    message = f"{runs}, where {name} cannot be resolved or reached"
    return Violation(
        at,
        message,
        SERVICE_HINT,
        patches=patches,
        affected=broken,
        cause=not_reached(name),
        is_reported=bool(runs),
    )


RULE = ValidationRule(
    "HN409",
    "a Service's name or address on a host-network pool",
    "warning",
    check,
    needs=("workloads", "pools"),
    collect=collect,
    finalize=finalize,
    as_built=True,
    places=True,
)

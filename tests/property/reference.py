"""The rules on plain values, as plainly as they can be written: the oracle.

Covers sections 3 (T1, T3 and T2 given a predicate), 4 and 5; no text, no positions, no findings.
Sources: OpenYurt `PodHandler.Default` and `NodeHandler.Default`. Functions return a new value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from fnmatch import fnmatchcase
from typing import Any

HOST_NETWORK = "nodepool.openyurt.io/hostnetwork"
POOL = "apps.openyurt.io/nodepool"
DESIRED_POOL = "apps.openyurt.io/desired-nodepool"
EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"
MIRROR = "kubernetes.io/config.mirror"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
REQUIREMENT = {"key": HOST_NETWORK, "operator": "NotIn", "values": ["true"]}

# (group, kinds) -> where the pod templates are. `*` is any key, index or part of a key; a comma
# separates keys. Matched in any version.
_BY_DEPLOYMENT = "deploymentTemplate,statefulSetTemplate/spec/template"
_TEMPLATES: list[tuple[tuple[str, ...], str, tuple[str, ...]]] = [
    (("",), "Pod", ("",)),
    (("",), "PodTemplate", ("template",)),
    (("",), "ReplicationController", ("spec/template",)),
    (("apps", "extensions"), "Deployment StatefulSet DaemonSet ReplicaSet", ("spec/template",)),
    (("batch",), "Job", ("spec/template",)),
    (("batch",), "CronJob", ("spec/jobTemplate/spec/template",)),
    (
        ("apps.openyurt.io",),
        "YurtAppSet",
        (
            f"spec/workload/workloadTemplate/{_BY_DEPLOYMENT}",
            f"spec/workloadTemplate/{_BY_DEPLOYMENT}",
        ),
    ),
    (("apps.openyurt.io",), "YurtAppDaemon", (f"spec/workloadTemplate/{_BY_DEPLOYMENT}",)),
    (("apps.kruise.io",), "CloneSet StatefulSet DaemonSet BroadcastJob", ("spec/template",)),
    (
        ("apps.kruise.io",),
        "AdvancedCronJob",
        ("spec/template/jobTemplate,broadcastJobTemplate/spec/template",),
    ),
    (
        ("apps.kruise.io",),
        "UnitedDeployment",
        (
            f"spec/template/{_BY_DEPLOYMENT}",
            "spec/template/advancedStatefulSetTemplate,cloneSetTemplate/spec/template",
        ),
    ),
    (("argoproj.io",), "Rollout", ("spec/template",)),
    (("batch.volcano.sh",), "Job", ("spec/tasks/*/template",)),
    (
        ("kubeflow.org",),
        "PyTorchJob TFJob MPIJob XGBoostJob",
        ("spec/*ReplicaSpecs/*/template",),
    ),
]
_POINTERS = {
    (group, kind): pointers
    for groups, kinds, pointers in _TEMPLATES
    for group in groups
    for kind in kinds.split()
}

Predicate = Callable[[dict[str, Any], dict[str, Any]], bool]


def require_in_every_term(template: dict[str, Any]) -> dict[str, Any]:
    """Apply the affinity algorithm of section 4 to a pod template (or Pod) that has a spec."""
    template = deepcopy(template)
    node_affinity = _child(_child(template["spec"], "affinity"), "nodeAffinity")
    required = _child(node_affinity, REQUIRED)
    terms = required["nodeSelectorTerms"] = required.get("nodeSelectorTerms") or [{}]
    for index, term in enumerate(terms):
        term = terms[index] = term or {}
        requirements = term["matchExpressions"] = term.get("matchExpressions") or []
        if REQUIREMENT not in requirements:
            requirements.append(deepcopy(REQUIREMENT))
    return template


def guard(value: Any, is_component: Predicate = lambda manifest, template: False) -> Any:
    """Apply T3, and T2 where `is_component(manifest, template)`, to a document's value."""
    sops = value.get("sops") if isinstance(value, dict) else None
    if isinstance(sops, dict) and sops.get("mac") and sops.get("mac_only_encrypted") is not True:
        return deepcopy(value)
    value = deepcopy(value)
    for manifest in manifests(value):
        if _is_owned(manifest):
            continue
        for template in templates(manifest):
            if not _has_containers(template):
                continue
            if asks_for_guard(template) or is_component(manifest, template):
                template["spec"] = require_in_every_term(template)["spec"]
    return value


def label(value: Any, pools: Mapping[str, bool]) -> Any:
    """Apply T1 to the Nodes of a document's value; `pools`: is the pool of that name host-network?

    A hostnetwork label with another value is replaced, as the webhook does on CREATE.
    """
    value = deepcopy(value)
    for manifest in manifests(value):
        if _group(manifest) == "" and manifest.get("kind") == "Node" and not _is_owned(manifest):
            labels = (manifest.get("metadata") or {}).get("labels") or {}
            pool = labels.get(POOL) or labels.get(DESIRED_POOL)
            if isinstance(pool, str) and pool in pools:
                labels[POOL] = pool
                if pools[pool]:
                    labels[HOST_NETWORK] = "true"
    return value


def host_network_pools(values: Iterable[Any]) -> dict[str, bool]:
    """Return name -> is it a host-network pool? (section 2) for the NodePools in `values`."""
    return {
        manifest["metadata"]["name"]: _is_host_network(manifest)
        for value in values
        for manifest in manifests(value)
        if _group(manifest) == "apps.openyurt.io" and manifest.get("kind") == "NodePool"
    }


def manifests(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the manifests in a document's value, Lists opened at any depth; not copied."""
    if not isinstance(value, dict):
        return
    if str(value.get("kind")).endswith("List") and isinstance(value.get("items"), list):
        for item in value["items"]:
            yield from manifests(item)
    else:
        yield value


def templates(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the pod templates of a manifest by the table of section 5; not copied."""
    for pointer in _POINTERS.get((_group(manifest), str(manifest.get("kind"))), ()):
        found: list[Any] = [manifest]
        for names in pointer.split("/") if pointer else ():
            found = [child for parent in found for child in _children(parent, names.split(","))]
        yield from (template for template in found if isinstance(template, dict))


def asks_for_guard(template: dict[str, Any]) -> bool:
    """Tell whether the pod template itself carries the annotation, exactly the string `true`."""
    annotations = (template.get("metadata") or {}).get("annotations") or {}
    return bool(annotations.get(EXCLUDE) == "true")


def _child(parent: dict[str, Any], key: str) -> dict[str, Any]:
    if parent.get(key) is None:
        parent[key] = {}
    child: dict[str, Any] = parent[key]
    return child


def _children(parent: Any, names: list[str]) -> list[Any]:
    if isinstance(parent, list):
        return parent if "*" in names else []
    if not isinstance(parent, dict):
        return []
    return [v for key, v in parent.items() if any(fnmatchcase(key, name) for name in names)]


def _group(manifest: dict[str, Any]) -> str:
    return str(manifest.get("apiVersion")).rpartition("/")[0]


def _has_containers(template: dict[str, Any]) -> bool:
    return bool((template.get("spec") or {}).get("containers"))


def _is_owned(manifest: dict[str, Any]) -> bool:
    """Tell whether a controller or a kubelet made the object: nobody applies it (section 3)."""
    metadata = manifest.get("metadata") or {}
    owners = metadata.get("ownerReferences") or []
    is_mirror = MIRROR in (metadata.get("annotations") or {})
    return is_mirror or any(owner.get("controller") is True for owner in owners)


def _is_host_network(pool: dict[str, Any]) -> bool:
    if pool["apiVersion"].endswith("/v1beta2"):
        return (pool.get("spec") or {}).get("hostNetwork") is True
    annotations = (pool.get("metadata") or {}).get("annotations") or {}
    return str(annotations.get(HOST_NETWORK, "")).lower() == "true"

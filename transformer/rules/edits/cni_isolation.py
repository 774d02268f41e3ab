"""Keep cluster-network components off host-network nodes.

Flannel, kube-proxy, CoreDNS and similar components serve pods on the pod network; on a node where
all pods use the host's network, they only use resources. No webhook guards them, so the pod
template of each one gets a node affinity requirement. A catalog (docs/cni-catalog.md) lists these
workloads, which are recognized by kind and name and at least one more sign. The configuration
extends the catalog, and the annotation `transform.hostnet.io/cni: "true"` or `"false"` on a
workload or its pod template decides for that workload.

Before:

    kind: DaemonSet
    metadata: {name: kube-proxy, namespace: kube-system}
    spec:
      template:
        spec:
          containers: [...]

After, in the pod template's spec:

    affinity:
      nodeAffinity:
        requiredDuringSchedulingIgnoredDuringExecution:
          nodeSelectorTerms:
          - matchExpressions:
            - key: nodepool.openyurt.io/hostnetwork
              operator: NotIn
              values:
              - "true"

Source: OpenYurt, documentation of host-network NodePools, "Prerequisites"; the edit is that of
`PodHandler.Default`, pkg/yurtmanager/webhook/pod/v1alpha1/pod_default.go.
"""

from typing import Any

from transformer import pointer
from transformer.errors import PatchError
from transformer.kubernetes.components import Component, Workload, recognise
from transformer.kubernetes.node_affinity import add_guards
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet, wrong_type
from transformer.kubernetes.pod_template import PodTemplate, containers
from transformer.kubernetes.well_known import CNI_ANNOTATION
from transformer.operations import Operation
from transformer.rules.base import RuleContext, TransformRule

_PREVIOUS_NAMES = "internal.config.kubernetes.io/previousNames"
_PREVIOUS_NAMESPACES = "internal.config.kubernetes.io/previousNamespaces"


def plan(context: RuleContext) -> list[Operation]:
    return list(add_guards(one for one in context.templates if is_component(context, one)))


def is_component(context: RuleContext, template: PodTemplate) -> bool:
    """Whether the pods of `template` belong to a component that needs the pod network.

    Raises:
        PatchError: the author's choice has a wrong value, or what decides is a placeholder.
    """
    choice = _choice(context, template)
    if choice:
        return choice == "true"
    component = _component(context, template)
    on_host: Any = template.spec.get("hostNetwork")
    if component is not None and component.guard == "pod-network" and is_placeholder(on_host):
        raise unknown_yet(f"{template.pointer}/spec/hostNetwork", on_host)
    return component is not None


def is_surely_component(context: RuleContext, template: PodTemplate) -> bool:
    """As `is_component`, but False if the annotation that decides has a wrong value."""
    try:
        return is_component(context, template)
    except PatchError:
        return False


def reason(context: RuleContext) -> str:
    names = []
    for template in context.templates:
        component = _component(context, template)
        if _choice(context, template) == "true":
            names.append(f"annotated {CNI_ANNOTATION}")
        elif component is not None:
            names.append(f"recognized as {component.id}")
    return ", ".join(dict.fromkeys(names))


def _choice(context: RuleContext, template: PodTemplate) -> str | None:
    """Return what the author decided: `true`, `false`, or None for nothing.

    Raises:
        PatchError: the annotation has another value.
    """
    places = {template.pointer: template.annotations, "": context.manifest.annotations}
    for base, annotations in places.items():
        value = annotations.get(CNI_ANNOTATION)
        if isinstance(value, str) and value in ("true", "false"):
            return value
        if value is not None:
            at = pointer.join(f"{base}/metadata/annotations", CNI_ANNOTATION)
            raise wrong_type(at, value, 'the string "true" or "false"')
    return None


def _component(context: RuleContext, template: PodTemplate) -> Component | None:
    return recognise(context.cluster.catalog, workload_of(context.manifest, template))


def workload_of(manifest: Manifest, template: PodTemplate) -> Workload:
    """Return what the catalog matches, including the names before a kustomize prefix or move."""
    annotations = manifest.annotations
    return Workload(
        kind=manifest.ref.kind,
        names=(manifest.ref.name, *_listed(annotations.get(_PREVIOUS_NAMES))),
        namespaces=(manifest.ref.namespace, *_listed(annotations.get(_PREVIOUS_NAMESPACES))),
        labels=frozenset(
            (key, value)
            for labels in (manifest.labels, template.labels)
            for key, value in labels.items()
            if isinstance(value, str)
        ),
        images=tuple(
            container["image"]
            for _, container in containers(template)
            if isinstance(container.get("image"), str)
        ),
        host_network=template.spec.get("hostNetwork") is True,
    )


def _listed(value: object) -> list[str]:
    return [name for name in value.split(",") if name] if isinstance(value, str) else []


RULE = TransformRule(
    "cni-isolation",
    "keep cluster-network components off host-network nodes",
    frozenset({"components", "annotated"}),
    plan,
    reason,
    suppressed_with="HN406",
)

"""Whether pods belong to a network component: by the catalog, or by what their author decided."""

from typing import Any

from transformer import pointer
from transformer.errors import PatchError
from transformer.kubernetes.components import Component, Workload, recognise
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.placeholders import is_placeholder, unknown_yet, wrong_type
from transformer.kubernetes.pod_template import PodTemplate, containers
from transformer.kubernetes.well_known import CNI_ANNOTATION
from transformer.rules.context import RuleContext

_PREVIOUS_NAMES = "internal.config.kubernetes.io/previousNames"
_PREVIOUS_NAMESPACES = "internal.config.kubernetes.io/previousNamespaces"


def is_component(context: RuleContext, template: PodTemplate) -> bool:
    """Whether the pods of `template` belong to a component that needs the pod network.

    Raises:
        PatchError: the author's choice has a wrong value, or what decides is a placeholder.
    """
    choice = choice_for(context, template)
    if choice:
        return choice == "true"
    component = component_of(context, template)
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


def choice_for(context: RuleContext, template: PodTemplate) -> str | None:
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


def component_of(context: RuleContext, template: PodTemplate) -> Component | None:
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

"""The copy of a YurtAppSet for a pool, with tweaks, as OpenYurt makes it.

First come replicas and images of all tweaks in order, then all their patches as one list, with the
name of the pool for `{{nodepool-name}}`. A patched object goes through the steps of `go_types`.

Source: OpenYurt, pkg/yurtmanager/controller/yurtappset/workloadmanager: `ApplyTemplate`,
`ApplyTweaksToDeployment`, `ApplyTweaksToStatefulSet`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from transformer import pointer
from transformer.findings import ObjectRef
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.placement.go_types import Reader, written
from transformer.placement.json_patch import OPERATIONS, Misfit, Node, NotKnown, apply, tree
from transformer.placement.yurt_app_set import CopyFailure, Tweak, YurtAppSet

POOL_NAME_LABEL = "apps.openyurt.io/pool-name"
_REVISION_LABEL = "apps.openyurt.io/controller-revision-hash"
_OWNER_LABEL = "apps.openyurt.io/ref-yurtappset"
_POOL_ANNOTATION = "apps.openyurt.io/ref-nodepool"
_NOT_KNOWN = ""
"""The value of labels that only the controller knows, such as a hash."""

ANY_POOL = "\0"
"""Stands for the name of a pool while it does not matter; no pool is called so."""

Object = dict[str, Any]


_NONE: Mapping[str, Any] = {}


class Tweaked(NamedTuple):
    """An object with tweaks, or why it is not made.

    `elsewhere`: where in the manifest values are written that are not in the template, by their
    pointer within the object. `is_certain`: no placeholder decides what is in it.
    """

    object: Object
    elsewhere: Mapping[str, str] = _NONE
    failure: CopyFailure | None = None
    is_certain: bool = True


def copy_for(source: YurtAppSet, ref: ObjectRef, pool: str) -> Object:
    """Return the workload that the controller makes for `pool`, before any tweak.

    It shares with the source all that is the same. `ref` is the YurtAppSet.
    """
    metadata, spec = mapping_at(source.owner, "metadata"), mapping_at(source.owner, "spec")
    template = source.template
    own = mapping_at(metadata, "labels")
    made = {POOL_NAME_LABEL: pool, _REVISION_LABEL: _NOT_KNOWN}
    of_set = own if source.kind == "StatefulSet" else {}
    pod_metadata = mapping_at(template.value, "metadata")
    pod_spec = template.spec
    selector = spec.get("selector") if spec.get("selector") is not None else {}
    if isinstance(selector, dict):
        labels = mapping_at(selector, "matchLabels")
        selector = {**selector, "matchLabels": {**labels, POOL_NAME_LABEL: pool}}
    node_selector = mapping_at(pod_spec, "nodeSelector")
    return {
        "metadata": {
            "namespace": ref.namespace or "default",
            "labels": {**own, **made, _OWNER_LABEL: ref.name},
            "annotations": {**mapping_at(metadata, "annotations"), _POOL_ANNOTATION: pool},
            "generateName": f"{ref.name}-{pool}-",
            "ownerReferences": [{"kind": "YurtAppSet", "name": ref.name, "uid": _NOT_KNOWN}],
        },
        "spec": {
            **spec,
            "selector": selector,
            "template": {
                **template.value,
                "metadata": {**pod_metadata, "labels": {**template.labels, **of_set, **made}},
                "spec": {**pod_spec, "nodeSelector": {**node_selector, POOL_LABEL: pool}},
            },
        },
    }


def for_pool(value: Object, pool: str) -> Object:
    """Return an object that was made for `ANY_POOL` as it is for a pool."""
    spec, template = value["spec"], value["spec"]["template"]
    named = {
        **template,
        "metadata": _named(template["metadata"], "labels", POOL_NAME_LABEL, pool),
        "spec": _named(template["spec"], "nodeSelector", POOL_LABEL, pool),
    }
    selector = _named(spec["selector"], "matchLabels", POOL_NAME_LABEL, pool)
    return {**value, "spec": {**spec, "selector": selector, "template": named}}


def _named(value: Any, field_name: str, key: str, pool: str) -> Any:
    if mapping_at(value, field_name).get(key) != ANY_POOL:
        return value
    return {**value, field_name: {**value[field_name], key: pool}}


def names_pool(tweak: Tweak) -> bool:
    """Whether the name of the pool is filled into a value of a patch."""
    values = (patch.get("value") for _, patch in tweak.patches)
    return any(_filled(value, "") != value for value in values)


def bare(source: YurtAppSet) -> Object:
    """Return the workload to which the webhook applies tweaks: the template, for no pool."""
    return {"spec": source.owner.get("spec") or {}}


def tweak(kind: str, value: Object, tweaks: Sequence[Tweak], *, base: str, pool: str) -> Tweaked:
    """Return the object of `kind`, at `base` of the manifest, with all of the tweaks."""
    value, elsewhere = with_basics(value, tweaks)
    patches = [patch for one in tweaks for patch in one.patches]
    if not patches:
        return Tweaked(value, elsewhere)
    old = written(kind, value)
    patcher = Patcher(old, base, elsewhere, pool)
    try:
        for patch in patches:
            patcher.apply(*patch)
        return patcher.outcome(kind)
    except Misfit as misfit:
        return Tweaked(value, elsewhere, CopyFailure(misfit.args[1], misfit.args[0]))


class Patcher:
    """The JSON of an object, to which patches are applied one after another."""

    def __init__(self, old: Object, base: str, elsewhere: Mapping[str, str], pool: str) -> None:
        self.old = old
        self.base = base
        self.elsewhere = elsewhere
        self.pool = pool
        self.is_certain = True
        self.document = tree(old, base)
        for at, origin in elsewhere.items():
            if (node := _node_at(self.document, at)) is not None:
                node.origin = origin

    def apply(self, at: str, patch: Mapping[str, Any]) -> bool:
        """Apply the patch at pointer `at` of the manifest; return whether placeholders allow it.

        Raises:
            Misfit: it fails; the second argument is where.
        """
        operation, path = patch.get("operation"), patch.get("path")
        if is_placeholder(operation) or is_placeholder(path):
            self.is_certain = False
            return False
        if operation not in OPERATIONS:
            raise Misfit("its operation is none of add, remove and replace", f"{at}/operation")
        value = tree(_filled(patch.get("value"), self.pool), f"{at}/value")
        try:
            apply(self.document, operation, path if isinstance(path, str) else "", value)
        except NotKnown:
            self.is_certain = False
            return False
        except Misfit as misfit:
            raise Misfit(misfit.args[0], f"{at}/path") from None
        return True

    def outcome(self, kind: str) -> Tweaked:
        """Return the object into which the patched JSON has been read.

        Raises:
            Misfit: a value has the wrong type; the second argument is where it is written.
        """
        reader = Reader(self.base, self.elsewhere, {})
        read = written(kind, reader.read_into(kind, self.document, self.old))
        if not mapping_at(read, "spec", "template"):  # a placeholder stands for it
            return Tweaked(self.old, self.elsewhere, is_certain=False)
        return Tweaked(read, reader.moved, is_certain=self.is_certain)


def with_basics(value: Object, tweaks: Sequence[Tweak]) -> tuple[Object, dict[str, str]]:
    """Return the object with replicas and images set, and where these are written."""
    elsewhere: dict[str, str] = {}
    for one in tweaks:
        if (replicas := one.replicas) is not None:
            value = {**value, "spec": {**value["spec"], "replicas": replicas}}
            elsewhere["/spec/replicas"] = f"{one.pointer}/replicas"
        for at, image in one.images:
            value = _with_image(value, f"{at}/targetImage", image, elsewhere)
    return value, elsewhere


def _with_image(
    value: Object, at: str, image: Mapping[str, Any], elsewhere: dict[str, str]
) -> Object:
    template = value["spec"]["template"]
    spec = dict(mapping_at(template, "spec"))
    for field_name in ("containers", "initContainers"):
        containers = spec.get(field_name)
        for index, container in enumerate(containers if isinstance(containers, list) else ()):
            if isinstance(container, dict) and container.get("name") == image.get("name"):
                changed = {**container, "image": image.get("targetImage")}
                spec[field_name] = [
                    *spec[field_name][:index],
                    changed,
                    *spec[field_name][index + 1 :],
                ]
                elsewhere[f"/spec/template/spec/{field_name}/{index}/image"] = at
    return {**value, "spec": {**value["spec"], "template": {**template, "spec": spec}}}


def _filled(value: Any, pool: str) -> Any:
    """Return the value of a patch with the name of the pool, in keys too."""
    if isinstance(value, str):
        return value.replace(_POOL_VARIABLE, pool)
    if isinstance(value, dict):
        return {_filled(key, pool): _filled(item, pool) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, pool) for item in value]
    return value


_POOL_VARIABLE = "{{nodepool-name}}"


def _node_at(document: Node, at: str) -> Node | None:
    found: Node | None = document
    for token in pointer.split(at):
        within = found.value if found is not None else None
        if isinstance(within, list):
            found = within[int(token)]
        else:
            found = within.get(token) if isinstance(within, dict) else None
    return found

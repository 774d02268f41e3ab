"""The workloads that run for a manifest: itself, or the copies that a controller makes for pools.

A copy without patches shares nearly everything with the manifest, because there may be very many.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from transformer import pointer as pointers
from transformer.findings import ObjectRef
from transformer.kubernetes.objects import Manifest, list_at, mapping_at, value_at
from transformer.kubernetes.pod_template import PodTemplate, PoolSelection
from transformer.kubernetes.pools import PoolIndex
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.placement.tweaks import (
    ANY_POOL,
    Tweaked,
    bare,
    copy_for,
    for_pool,
    names_pool,
    tweak,
)
from transformer.placement.yurt_app_set import (
    CopyFailure,
    Selector,
    Taken,
    YurtAppSet,
    is_yurt_app_set,
    yurt_app_set,
)

_TEMPLATE = "/spec/template"


_NONE: Mapping[str, Any] = {}


class WorkloadCopy(NamedTuple):
    """A workload as it runs.

    `template` is its pod template, which is at `template.pointer` of the manifest and selects no
    pools itself: that a copy is for one is in its nodeSelector. `kind` is that of the workload that
    owns the pods, such as Deployment, and `workload` its `spec`. `pool` is the NodePool that the
    copy is for (empty: any). With a `failure` the copy is not made, and what it would be is only
    what it is made from.

    `patched`: pointers within the manifest of what is not (only) written there, longest first, each
    with the pointer of the tweak, patch or item of a list where it is written. Not `is_certain`:
    whether a tweak takes the pool, or what a patch does, is not known, and it is left out.
    """

    template: PodTemplate
    kind: str
    workload: Mapping[str, Any]
    pool: str = ""
    patched: tuple[tuple[str, str], ...] = ()
    failure: CopyFailure | None = None
    is_certain: bool = True
    source: Mapping[str, Any] = _NONE
    """The value of the manifest."""

    def is_patched(self, pointer: str) -> bool:
        """Whether a tweak or patch decides what is at `pointer` of the copy."""
        return any(pointer == at or pointer.startswith(f"{at}/") for at, _ in self.patched)

    def place(self, pointer: str) -> str:
        """Return where in the manifest the user reads what is at `pointer` of the copy.

        That is where a tweak or patch has it, else `pointer` itself, or what is nearest above it.
        """
        for at, origin in self.patched:
            if pointer == at or pointer.startswith(f"{at}/"):
                return nearest(self.source, origin + pointer[len(at) :])
        return nearest(self.source, pointer)


def copies(
    manifest: Manifest, templates: Sequence[PodTemplate], pools: PoolIndex
) -> tuple[WorkloadCopy, ...]:
    """Return the workloads that run for a manifest with these pod templates.

    Raises:
        PoolsNeeded: they depend on pools that later input may contain.
    """
    if is_yurt_app_set(manifest):
        source = yurt_app_set(manifest, templates)
        return () if source is None else tuple(_of_set(manifest, source, pools))
    return tuple(copy for template in templates for copy in _plain(manifest, template, pools))


def _plain(manifest: Manifest, template: PodTemplate, pools: PoolIndex) -> Iterator[WorkloadCopy]:
    """Yield the workload of a pod template, or one for each pool that its kind selects."""
    kind, workload = _owner(manifest, template)
    if template.selection is None:
        is_certain = not _has_subsets(manifest)
        yield WorkloadCopy(template, kind, workload, is_certain=is_certain, source=manifest.value)
        return
    for pool in _selected_by(template.selection, pools):
        selector = {**mapping_at(template.spec, "nodeSelector"), POOL_LABEL: pool}
        value = {**template.value, "spec": {**template.spec, "nodeSelector": selector}}
        made = PodTemplate(value, template.pointer, template.is_static)
        yield WorkloadCopy(made, kind, workload, pool, source=manifest.value)


def _has_subsets(manifest: Manifest) -> bool:
    """Whether the pods of a UnitedDeployment are changed for its subsets, each in its own way."""
    subsets = list_at(mapping_at(manifest.spec, "topology"), "subsets")
    return manifest.ref.kind == "UnitedDeployment" and any(
        mapping_at(one).keys()
        & {"nodeSelectorTerm", "requiredNodeSelectorTerm", "patch", "tolerations"}
        for one in subsets
    )


def _selected_by(selection: PoolSelection, pools: PoolIndex) -> list[str]:
    names = tuple(sorted(selection.names))
    selectors = [Selector(names, labels, "") for labels in selection.selectors or (None,)]
    return list(dict.fromkeys(name for one in selectors for name in one.names_in(pools)))


def _owner(manifest: Manifest, template: PodTemplate) -> tuple[str, Mapping[str, Any]]:
    """Return the kind and the spec of the workload that owns the pods of a template.

    A manifest may hold it as a template itself: `jobTemplate`, `deploymentTemplate`.
    """
    kind = manifest.ref.kind
    if not template.pointer.endswith(_TEMPLATE):
        return kind, manifest.spec
    above = template.pointer.removesuffix("/template")
    field_name = above.split("/")[-2]
    if field_name.endswith("Template"):
        kind = field_name.removesuffix("Template").removeprefix("advanced")
        kind = kind[:1].upper() + kind[1:]
    workload = value_at(manifest.value, above)
    return kind, workload


def _of_set(manifest: Manifest, source: YurtAppSet, pools: PoolIndex) -> Iterator[WorkloadCopy]:
    failure = source.broken or next(refused(source), None)
    for pool, made in controlled(source, manifest.ref, pools):
        template, spec = source.template, made.object["spec"]
        yield WorkloadCopy(
            PodTemplate(spec["template"], template.pointer, template.is_static),
            source.kind,
            spec,
            pool,
            _patched(source.base, made.elsewhere),
            failure or made.failure,
            made.is_certain,
            manifest.value,
        )


def controlled(
    source: YurtAppSet, ref: ObjectRef, pools: PoolIndex
) -> Iterator[tuple[str, Tweaked]]:
    """Yield the pools of the YurtAppSet `ref`, each with what the controller makes for it.

    What gets the same tweaks is made once, with a name that no pool has; that is then replaced.
    """
    shared: dict[Any, Tweaked] = {}
    for pool in source.pools.names_in(pools):
        taken = source.taken(pool, pools)
        if any(names_pool(tweak) for tweak in taken.tweaks):
            yield pool, _made(source, ref, pool, taken)
            continue
        key = (taken.failure, taken.is_certain, *(tweak.pointer for tweak in taken.tweaks))
        if key not in shared:
            shared[key] = _made(source, ref, ANY_POOL, taken)
        made = shared[key]
        yield pool, made._replace(object=for_pool(made.object, pool))


def _made(source: YurtAppSet, ref: ObjectRef, pool: str, taken: Taken) -> Tweaked:
    value = copy_for(source, ref, pool)
    if taken.failure is not None:
        return Tweaked(value, failure=taken.failure)
    made = tweak(source.kind, value, taken.tweaks, base=source.base, pool=pool)
    return made if taken.is_certain else made._replace(is_certain=False)


def refused(source: YurtAppSet) -> Iterator[CopyFailure]:
    """Yield why the webhook refuses a YurtAppSet: it applies each tweak alone, to the template.

    So there is no pool yet: neither its name nor its nodeSelector and labels.

    Source: OpenYurt, `validateDeployment`, pkg/yurtmanager/webhook/yurtappset.
    """
    for one in source.tweaks:
        if any(one.patches):
            made = tweak(source.kind, bare(source), [one], base=source.base, pool="")
            if made.failure is not None:
                yield made.failure


def _patched(base: str, elsewhere: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    longest_first = sorted(elsewhere.items(), key=lambda item: -len(item[0]))
    return tuple((base + at, origin) for at, origin in longest_first)


def nearest(value: Any, pointer: str) -> str:
    """Return `pointer`, or the pointer of what is nearest above it, if that does not exist."""
    at = ""
    for token in pointers.split(pointer):
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list) and token.isdecimal() and int(token) < len(value):
            value = value[int(token)]
        else:
            break
        at = pointers.join(at, token)
    return at

"""What a YurtAppSet asks for: a workload, pools, and which tweaks each of the pools gets.

v1alpha1 is converted as OpenYurt does it: pools come from the node selector terms, only replicas
become a tweak, and a pool without `matchExpressions` makes the conversion panic.

Source: OpenYurt, pkg/yurtmanager/controller/yurtappset/workloadmanager (`getSelectedNodepools`,
`GetNodePoolTweaksFromYurtAppSet`, `isNodePoolRelated`); `ConvertTo`,
pkg/apis/apps/v1alpha1/yurtappset_conversion.go.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from transformer.kubernetes.objects import Manifest, mapping_at, value_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import GROUP, PoolIndex, PoolsNeeded
from transformer.kubernetes.well_known import POOL_LABEL
from transformer.placement.node_match import (
    NodeLabels,
    is_valid_selector,
    match_selector,
)
from transformer.placement.truth import Truth

_TEMPLATES = (("statefulSetTemplate", "StatefulSet"), ("deploymentTemplate", "Deployment"))
"""In the order in which the controller looks for them."""


class CopyFailure(NamedTuple):
    """Why a copy is not made: what fails, at `pointer` of the manifest, and the reason."""

    pointer: str
    reason: str
    hint: str = ""


class Selector(NamedTuple):
    """Pools by name, or by labels (a label selector as a plain value, at `pointer`).

    `is_open`: there are placeholders in it, so that it may select any pool.
    """

    names: tuple[str, ...]
    labels: Any
    pointer: str
    is_open: bool = False

    @property
    def is_valid(self) -> bool:
        return self.labels is None or self.is_open or is_valid_selector(self.labels)

    def takes(self, name: str, pools: PoolIndex) -> Truth:
        """Whether it selects the pool; its labels may be unknown."""
        if name in self.names:
            return Truth.TRUE
        return Truth.UNKNOWN if self.is_open else self._matches(name, pools)

    def _matches(self, name: str, pools: PoolIndex) -> Truth:
        (pool,) = pools.named([name]) or (None,)
        is_known = pool is not None and not pools.is_ambiguous(name)
        own = NodeLabels(pool.own_labels, is_complete=True) if pool and is_known else _UNKNOWN
        return match_selector(self.labels, own)

    def names_in(self, pools: PoolIndex) -> list[str]:
        """Return the names of the pools that it selects, or may select.

        Raises:
            PoolsNeeded: it depends on pools that later input may contain.
        """
        if not pools.complete:
            raise PoolsNeeded("all")
        named = (name for name in self.names if name and not is_placeholder(name))
        if self.is_open or not is_valid_selector(self.labels):
            return list(dict.fromkeys(named))
        found = (pool.name for pool in pools.all())
        taken = (name for name in found if self._matches(name, pools) is not Truth.FALSE)
        return list(dict.fromkeys((*named, *taken)))


_UNKNOWN = NodeLabels({})


class Tweak(NamedTuple):
    """What changes in the copies for some pools; the values are plain and are at `pointer`.

    `lost`: pointers of what the conversion to v1beta1 drops.
    """

    selector: Selector
    values: Mapping[str, Any]
    pointer: str
    lost: tuple[str, ...] = ()

    @property
    def replicas(self) -> int | None:
        value = self.values.get("replicas")
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return value if is_number else None

    @property
    def images(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield from _mappings(self.values.get("containerImages"), f"{self.pointer}/containerImages")

    @property
    def patches(self) -> Iterator[tuple[str, Mapping[str, Any]]]:
        yield from _mappings(self.values.get("patches"), f"{self.pointer}/patches")


class YurtAppSet(NamedTuple):
    """`owner` is the Deployment or StatefulSet in it: a mapping with `metadata` and `spec`.

    `template` is its pod template, `base` the pointer of the owner. `broken`: no copy is made.
    """

    kind: str
    owner: Mapping[str, Any]
    base: str
    template: PodTemplate
    pools: Selector
    tweaks: tuple[Tweak, ...] = ()
    broken: CopyFailure | None = None

    def taken(self, pool: str, pools: PoolIndex) -> "Taken":
        """Return the tweaks of a copy; without one that can be parsed, the controller panics."""
        tweaks: list[Tweak] = []
        is_certain = True
        for tweak in self.tweaks:
            if pool not in tweak.selector.names and not tweak.selector.is_valid:
                return Taken((), is_certain, _unreadable(tweak.selector.pointer))
            takes = tweak.selector.takes(pool, pools)
            is_certain &= takes is not Truth.UNKNOWN
            tweaks += [tweak] if takes is Truth.TRUE else []
        return Taken(tuple(tweaks), is_certain)


class Taken(NamedTuple):
    """The tweaks that take a pool. Not `is_certain`: there may be more of them."""

    tweaks: tuple[Tweak, ...]
    is_certain: bool
    failure: CopyFailure | None = None


def is_yurt_app_set(manifest: Manifest) -> bool:
    """Whether `manifest` is a YurtAppSet, of any version."""
    return manifest.ref.kind == "YurtAppSet" and manifest.ref.group == GROUP


def yurt_app_set(manifest: Manifest, templates: Sequence[PodTemplate]) -> YurtAppSet | None:
    """Return what a YurtAppSet asks for, or None if it has no pod template."""
    for field, kind in _TEMPLATES:
        for template in templates:
            if template.pointer.endswith(f"/{field}/spec/template"):
                base = template.pointer.removesuffix("/spec/template")
                owner = value_at(manifest.value, base)
                if template.pointer.startswith("/spec/workload/"):
                    return _of_v1beta1(manifest, template, kind, owner, base)
                return _of_v1alpha1(manifest, template, kind, owner, base)
    return None


def _of_v1beta1(
    manifest: Manifest, template: PodTemplate, kind: str, owner: Mapping[str, Any], base: str
) -> YurtAppSet:
    spec = manifest.spec
    pools = _selector(spec, _SELECTOR)
    broken = _broken(owner, base)
    if not pools.is_valid:
        broken = _unreadable(_SELECTOR)
    listed = mapping_at(spec, "workload").get("workloadTweaks")
    tweaks = tuple(
        Tweak(
            _selector(one, f"{at}/nodepoolSelector"),
            mapping_at(one, "tweaks"),
            f"{at}/tweaks",
        )
        for at, one in _mappings(listed, "/spec/workload/workloadTweaks")
    )
    return YurtAppSet(kind, owner, base, template, pools, tweaks, broken)


_SELECTOR = "/spec/nodepoolSelector"


def _of_v1alpha1(
    manifest: Manifest, template: PodTemplate, kind: str, owner: Mapping[str, Any], base: str
) -> YurtAppSet:
    names: list[str] = []
    tweaks: list[Tweak] = []
    broken = _broken(owner, base)
    pools = mapping_at(manifest.spec, "topology").get("pools")
    for at, pool in _mappings(pools, "/spec/topology/pools"):
        expressions = mapping_at(pool, "nodeSelectorTerm").get("matchExpressions")
        if _is_open(pool.get("nodeSelectorTerm")):
            continue
        if not (isinstance(expressions, list) and expressions):
            broken = broken or CopyFailure(
                at, "without matchExpressions, OpenYurt cannot convert it", _TERM
            )
            names.append(pool["name"] if isinstance(pool.get("name"), str) else "")
            continue
        first = mapping_at(expressions[0])
        is_by_name = len(expressions) == 1 and first.get("key") == POOL_LABEL
        if is_by_name or first.get("operator") == "In":  # whatever the key is
            values = _names(first.get("values"))
            names += values
            lost = tuple(f"{at}/{key}" for key in ("patch", "tolerations") if pool.get(key))
            tweaks.append(Tweak(Selector(values, None, at), _only_replicas(pool), at, lost))
    return YurtAppSet(
        kind, owner, base, template, Selector(tuple(names), None, ""), tuple(tweaks), broken
    )


_TERM = f"give it a nodeSelectorTerm with {POOL_LABEL} In [its name], or write v1beta1"


def _unreadable(at: str) -> CopyFailure:
    reason = "it is no label selector that Kubernetes can parse"
    return CopyFailure(at, reason, "correct its keys, operators and values")


def _only_replicas(pool: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"replicas": pool["replicas"]} if "replicas" in pool else {}


def _broken(owner: Mapping[str, Any], base: str) -> CopyFailure | None:
    """Return why the controller cannot use a template, if so: it panics without `matchLabels`."""
    selector = mapping_at(owner, "spec").get("selector")
    if isinstance(selector, dict) and selector.get("matchLabels") is None:
        reason = "it has no matchLabels, so the controller panics"
        return CopyFailure(f"{base}/spec/selector", reason, "select the pods by matchLabels")
    return None


def _selector(value: Mapping[str, Any], at: str) -> Selector:
    """Return which pools `pools` and `nodepoolSelector` of a mapping select (`at`: the latter)."""
    names, labels = value.get("pools"), value.get("nodepoolSelector")
    return Selector(_names(names), labels, at, _is_open([names, labels]))


def _is_open(value: Any) -> bool:
    """Whether there is a placeholder in a value."""
    if isinstance(value, dict):
        return any(map(_is_open, (*value, *value.values())))
    return any(map(_is_open, value)) if isinstance(value, list) else is_placeholder(value)


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else ()
    return tuple(name for name in listed if isinstance(name, str))


def _mappings(value: Any, at: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for index, one in enumerate(value if isinstance(value, list) else ()):
        if isinstance(one, dict):
            yield f"{at}/{index}", one

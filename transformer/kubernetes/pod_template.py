"""Where objects have pod templates: a table of kinds and pointers.

`podTemplates` in the configuration adds rows (docs/configuration.md).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from transformer import pointer
from transformer.findings import ObjectRef
from transformer.globs import matches_name
from transformer.kubernetes.objects import Described, Manifest, list_at
from transformer.regexes import regex


class PodTemplateRow(NamedTuple):
    """Objects of `group` and one of `kinds` have pod templates at `pointer`.

    The pointer begins at the root of the object; `*` is any key or index, a `*` inside a name is a
    glob on that key, `{a,b}` are alternatives. `versions` limits the row (empty: any version).
    `pool_names` and `pool_selector` are the pointers of names and of a label selector by which the
    kind itself selects NodePools. `is_static`: the pods bypass the scheduler.
    """

    group: str
    kinds: tuple[str, ...]
    pointer: str
    versions: tuple[str, ...] = ()
    pool_names: str = ""
    pool_selector: str = ""
    is_static: bool = False


class PoolSelection(NamedTuple):
    """The NodePools that an object selects: by name, and by label selectors (plain values).

    Source: OpenYurt YurtAppSet controller, `CreateNodeSelectorByNodepoolName`.
    """

    names: frozenset[str]
    selectors: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class PodTemplate(Described):
    """A pod template, at `pointer` of its object.

    `selection` is set if its kind selects NodePools itself: the controller creates one workload for
    each selected pool, whose pods get the name of the pool as a node selector.
    """

    pointer: str
    is_static: bool = False
    selection: PoolSelection | None = None


_YURT = "{deploymentTemplate,statefulSetTemplate}/spec/template"
_KRUISE = (
    "{deploymentTemplate,statefulSetTemplate,advancedStatefulSetTemplate,cloneSetTemplate}"
    "/spec/template"
)
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_KUBEFLOW = ("PyTorchJob", "TFJob", "MPIJob", "XGBoostJob")

ROWS: tuple[PodTemplateRow, ...] = (
    PodTemplateRow("", ("Pod",), ""),
    PodTemplateRow("", ("PodTemplate",), "/template"),
    PodTemplateRow("", ("ReplicationController",), "/spec/template"),
    PodTemplateRow("apps", _WORKLOADS, "/spec/template"),
    PodTemplateRow("extensions", _WORKLOADS, "/spec/template"),
    PodTemplateRow("batch", ("Job",), "/spec/template"),
    PodTemplateRow("batch", ("CronJob",), "/spec/jobTemplate/spec/template"),
    PodTemplateRow(
        "apps.openyurt.io",
        ("YurtAppSet",),
        f"/spec/workload/workloadTemplate/{_YURT}",
        pool_names="/spec/pools/*",
        pool_selector="/spec/nodepoolSelector",
    ),
    PodTemplateRow(
        "apps.openyurt.io",
        ("YurtAppSet",),
        f"/spec/workloadTemplate/{_YURT}",
        pool_names="/spec/topology/pools/*/name",
    ),
    PodTemplateRow(
        "apps.openyurt.io",
        ("YurtAppDaemon",),
        f"/spec/workloadTemplate/{_YURT}",
        pool_selector="/spec/nodepoolSelector",
    ),
    PodTemplateRow("apps.openyurt.io", ("YurtStaticSet",), "/spec/template", is_static=True),
    PodTemplateRow(
        "apps.kruise.io", ("CloneSet", "StatefulSet", "DaemonSet", "BroadcastJob"), "/spec/template"
    ),
    PodTemplateRow(
        "apps.kruise.io",
        ("AdvancedCronJob",),
        "/spec/template/{jobTemplate,broadcastJobTemplate}/spec/template",
    ),
    PodTemplateRow("apps.kruise.io", ("UnitedDeployment",), f"/spec/template/{_KRUISE}"),
    PodTemplateRow("argoproj.io", ("Rollout",), "/spec/template"),
    PodTemplateRow("batch.volcano.sh", ("Job",), "/spec/tasks/*/template"),
    PodTemplateRow("kubeflow.org", _KUBEFLOW, "/spec/*ReplicaSpecs/*/template"),
)


def table(rows: Iterable[PodTemplateRow]) -> dict[tuple[str, str], list[PodTemplateRow]]:
    """Return `rows` by group and kind."""
    result: dict[tuple[str, str], list[PodTemplateRow]] = {}
    for row in rows:
        for kind in row.kinds:
            result.setdefault((row.group, kind), []).append(row)
    return result


def row_from_plain(config: Mapping[str, Any]) -> PodTemplateRow:
    """Return the row that an entry of the configuration's `podTemplates` describes."""
    return PodTemplateRow(
        config.get("group", ""),
        tuple(config["kinds"]),
        config["pointer"],
        tuple(config.get("versions", ())),
        config.get("poolNames", ""),
        config.get("poolSelector", ""),
    )


def pod_templates(
    manifest: Manifest, rows: Mapping[tuple[str, str], list[PodTemplateRow]]
) -> tuple[PodTemplate, ...]:
    """Return the pod templates of `manifest`, in the order of the table and then of the object."""
    found = rows.get((manifest.ref.group, manifest.ref.kind))
    if found is None:
        return ()
    return tuple(
        PodTemplate(value, at, row.is_static, _selection(manifest.value, row))
        for row in found
        if not row.versions or manifest.ref.version in row.versions
        for at, value in resolve(manifest.value, row.pointer)
        if isinstance(value, dict)
    )


def fixed_pointers(
    ref: ObjectRef, rows: Mapping[tuple[str, str], list[PodTemplateRow]]
) -> list[str]:
    """Return the pointers at which objects of this kind can have pod templates.

    Pointers that depend on the object (with `*` or alternatives) are left out.
    """
    return [
        row.pointer
        for row in rows.get((ref.group, ref.kind), ())
        if not (row.versions and ref.version not in row.versions)
        and not any(wild in row.pointer for wild in "*{")
    ]


def containers(template: PodTemplate) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pointer (within the object) and value of each container, init containers first."""
    for field in ("initContainers", "containers"):
        for index, container in enumerate(list_at(template.spec, field)):
            if isinstance(container, dict):
                yield f"{template.pointer}/spec/{field}/{index}", container


def _selection(value: Any, row: PodTemplateRow) -> PoolSelection | None:
    if not (row.pool_names or row.pool_selector):
        return None
    names = resolve(value, row.pool_names) if row.pool_names else ()
    selectors = resolve(value, row.pool_selector) if row.pool_selector else ()
    return PoolSelection(
        frozenset(name for _, name in names if isinstance(name, str) and name),
        tuple(selector for _, selector in selectors),
    )


def resolve(value: Any, pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield pointer and value of each place in `value` that matches the pointer of a row."""
    yield from _resolve(value, pointer.split(pattern), "")


def _resolve(value: Any, tokens: list[str], at: str) -> Iterator[tuple[str, Any]]:
    if not tokens:
        yield at, value
        return
    token, rest = tokens[0], tokens[1:]
    if isinstance(value, dict):
        for key in _matching(token, value):
            yield from _resolve(value[key], rest, pointer.join(at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if token in ("*", str(index)):
                yield from _resolve(item, rest, pointer.join(at, index))


_ALTERNATIVES = regex(r"\{([^{}]*)\}\Z")


def _matching(token: str, value: dict[str, Any]) -> list[str]:
    if (braces := _ALTERNATIVES.match(token)) is not None:
        return [name for name in braces[1].split(",") if name in value]
    if "*" in token:
        return [key for key in value if matches_name(key, token)]
    return [token] if token in value else []

"""What objects of Flux and Argo CD deploy from a folder, and what they change there.

Both add what they change to the kustomization in the folder itself: it stays one layer. Without
one, Flux generates it from all manifests below, and Argo CD takes the manifests as they are.
"""

import json
import posixpath
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from transformer.findings import ObjectRef
from transformer.kubernetes.deployments import ARGO, FLUX, FLUX_OWN
from transformer.kubernetes.objects import Manifest, list_at, mapping_at, text_of

_ARGO_SET = ("argoproj.io", "ApplicationSet")

_CHART = "Chart.yaml"
_PLACEHOLDERS = frozenset("{$")
_ARGO_FIELDS = ("patches", "namePrefix", "nameSuffix", "namespace", "commonLabels", "components")

Way: TypeAlias = Literal["kustomization", "generated", "folder", "tree", "plain"]


class DeployedLayer(NamedTuple):
    """What an object deploys from the folder `path`, which is relative to the repository.

    `fields` are those of a kustomization that it sets. `namespace` is that of objects that have
    none after all else. `way`: it takes the `kustomization` of the folder; `generated`: without
    one, all manifests below; `plain`: without one, the manifests in the folder; `folder` and
    `tree`: always the manifests in the folder, or all below.
    """

    path: str
    ref: ObjectRef
    way: Way
    fields: Mapping[str, Any]
    namespace: str = ""


def deployed_layers(manifest: Manifest) -> Iterator[DeployedLayer]:
    """Yield what an object deploys from folders whose paths are known.

    The top folder of a repository is left out, unless its source is that which Flux was
    bootstrapped from: nothing else shows that it is that of this repository.
    """
    kind, spec = (manifest.ref.group, manifest.ref.kind), manifest.spec
    if kind == _ARGO_SET:
        kind, spec = ARGO, mapping_at(spec, "template", "spec")
    if kind == FLUX:
        found: list[DeployedLayer | None] = [_of_flux(manifest.ref, spec)]
    elif kind == ARGO:
        every = (mapping_at(spec, "source"), *list_at(spec, "sources"))
        namespace = text_of(mapping_at(spec, "destination").get("namespace"))
        found = [_of_argo(manifest.ref, one, namespace) for one in map(mapping_at, every)]
    else:
        return
    is_own = mapping_at(spec, "sourceRef").get("name") == FLUX_OWN
    for one in found:
        if one is not None and _is_known(one.path) and (one.path != "." or is_own):
            yield one


def _is_known(path: str) -> bool:
    return path != "" and not path.startswith("..") and _PLACEHOLDERS.isdisjoint(path)


def _path(value: Any) -> str:
    """Return a path relative to the top of the repository."""
    text = text_of(value)
    return "" if "\0" in text else posixpath.normpath(text.lstrip("/") or ".")


def _of_flux(ref: ObjectRef, spec: Mapping[str, Any]) -> DeployedLayer:
    merges = [_as_text(one) for one in list_at(spec, "patchesStrategicMerge")]
    steps = [
        {**one, "patch": _as_text(one.get("patch"))}
        for one in map(mapping_at, list_at(spec, "patchesJson6902"))
    ]
    fields = {
        name: spec.get(name) for name in ("patches", "namePrefix", "nameSuffix", "components")
    }
    fields |= {"patchesStrategicMerge": merges, "patchesJson6902": steps}
    fields |= {"namespace": spec.get("targetNamespace")}
    return DeployedLayer(_path(spec.get("path")), ref, "generated", fields)


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _of_argo(ref: ObjectRef, source: Mapping[str, Any], namespace: str) -> DeployedLayer | None:
    """Return what a source of an Application deploys; None for charts and plugins."""
    if any(source.get(key) is not None for key in ("chart", "helm", "plugin")):
        return None
    directory, options = source.get("directory"), mapping_at(source, "kustomize")
    way: Way = "kustomization" if source.get("kustomize") is not None else "plain"
    if directory is not None:
        if mapping_at(directory).get("include") or mapping_at(directory).get("exclude"):
            return None
        way = "tree" if mapping_at(directory).get("recurse") is True else "folder"
    fields = {name: options.get(name) for name in _ARGO_FIELDS}
    return DeployedLayer(_path(source.get("path")), ref, way, fields, namespace)


def entries(
    one: DeployedLayer, folder: str, files: Sequence[str], kustomized: Collection[str]
) -> tuple[str, ...]:
    """Return the files and folders that a deployment from `folder` takes: the folder itself if it
    takes its kustomization.

    `files` are those below the folder, `kustomized` the folders with a kustomization.
    """
    if one.way not in ("folder", "tree") and folder in kustomized:
        return (folder,)
    if one.way == "generated":
        return tuple(dict.fromkeys(_generated(folder, files, kustomized)))
    is_chart = f"{folder}/{_CHART}" in files
    if one.way == "kustomization" or (one.way == "plain" and is_chart):
        return ()
    return tuple(file for file in files if one.way == "tree" or posixpath.dirname(file) == folder)


def _generated(folder: str, files: Sequence[str], kustomized: Collection[str]) -> Iterator[str]:
    """Yield what Flux lists: a subfolder with a kustomization as such, and nothing below it."""
    for file in files:
        here, words = folder, file[len(folder) + 1 :].split("/")
        for word in words[:-1]:
            here = f"{here}/{word}"
            if here in kustomized:
                yield here
                break
        else:
            if file.endswith((".yaml", ".yml")):
                yield file

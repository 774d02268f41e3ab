"""Kinds that other objects are generated from: kustomizations, charts and templates.

They contain no pod templates, but the generated objects may, with the exclude annotation. A key,
text (such as a chart's values) or a patch can set it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from transformer import pointer
from transformer.errors import InputError
from transformer.findings import ObjectRef
from transformer.kubernetes.helm_files import CHART_FILE, HELMFILE
from transformer.kubernetes.objects import Manifest, places_of
from transformer.kubernetes.pod_template import resolve
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION, HOST_NETWORK_LABEL
from transformer.yamltree.fast_load import fast_load

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names of the file that kustomize reads in a folder."""

_GROUP = "kustomize.config.k8s.io"
_KEY = pointer.join("", EXCLUDE_ANNOTATION)
_WORD = EXCLUDE_ANNOTATION.rpartition("/")[2]
_PATCHES = ("{patches,patchesJson6902}/*/patch", "patchesStrategicMerge/*")


TEMPLATES = (("template.openshift.io", "Template"), ("", "Template"))
"""Group and kind of OpenShift templates, which contain manifests (OpenShift 3 has no group)."""


class Generator(NamedTuple):
    """What generates objects (`kustomization`, `chart` or either), and pointers of its patches."""

    generates: str
    patches: tuple[str, ...] = ()


def _below(*folders: str) -> tuple[str, ...]:
    return tuple(f"{folder}/{field}" for folder in folders for field in _PATCHES)


_KUSTOMIZATION = Generator("kustomization", _below(""))
_CHART = Generator("chart")
_SOURCES = ("/spec/source/kustomize", "/spec/sources/*/kustomize")

_GENERATORS = {
    (_GROUP, "Kustomization"): _KUSTOMIZATION,
    (_GROUP, "Component"): _KUSTOMIZATION,
    ("", "AnnotationsTransformer"): Generator("kustomization"),
    ("", "PatchTransformer"): Generator("kustomization", ("/patch",)),
    ("", "HelmChartInflationGenerator"): _CHART,
    ("kustomize.toolkit.fluxcd.io", "Kustomization"): Generator("kustomization", _below("/spec")),
    ("helm.toolkit.fluxcd.io", "HelmRelease"): Generator(
        "chart", _below("/spec/postRenderers/*/kustomize")
    ),
    ("helm.fluxcd.io", "HelmRelease"): _CHART,
    ("helm.cattle.io", "HelmChart"): _CHART,
    ("helm.cattle.io", "HelmChartConfig"): _CHART,
    ("helm.k0sproject.io", "Chart"): _CHART,
    ("helm.crossplane.io", "Release"): _CHART,
    ("addons.cluster.x-k8s.io", "HelmChartProxy"): _CHART,
    CHART_FILE: _CHART,
    HELMFILE: _CHART,
    ("argoproj.io", "Application"): Generator("chart or kustomization", _below(*_SOURCES)),
    ("argoproj.io", "ApplicationSet"): Generator(
        "chart or kustomization", _below(*(f"/spec/template{source}" for source in _SOURCES))
    ),
}


def generator_of(ref: ObjectRef) -> Generator | None:
    """Return the generator that an object of this kind is, or None."""
    return _GENERATORS.get((ref.group, ref.kind))


def as_kustomization(manifest: Manifest) -> Manifest | None:
    """Return `manifest` as kustomize reads it, with default kind and apiVersion, or None."""
    kind = manifest.ref.kind or "Kustomization"
    if not is_kustomization(manifest.ref.group, kind):
        return None
    version = manifest.ref.version or ("v1alpha1" if kind == "Component" else "v1beta1")
    ref = ObjectRef(_GROUP, version, kind, "", manifest.ref.name)
    return Manifest(manifest.value, manifest.base, ref)


def is_kustomization(group: str, kind: str) -> bool:
    """Whether kustomize takes an object for a kustomization; Flux has a kind of that name, too."""
    return kind in ("", "Kustomization", "Component") and group in ("", _GROUP)


def asking_patches(value: Any, generator: Generator) -> Iterator[str]:
    """Yield the pointers of the inline patches that set the annotation, but not the guard."""
    for pattern in generator.patches:
        for at, patch in resolve(value, pattern):
            if HOST_NETWORK_LABEL not in str(patch) and _asks(_read(patch)):
                yield at


def asking_places(value: Any, generator: Generator) -> Iterator[str]:
    """Yield the pointers of keys and texts outside of patches that set the annotation."""
    patches = tuple(f"{at}/" for pattern in generator.patches for at, _ in resolve(value, pattern))
    keys = [at for at, found in places_of(value, EXCLUDE_ANNOTATION) if found != "false"]
    texts = [at for at, text in _texts(value, "") if _WORD in text and _asks(_read(text))]
    yield from (at for at in (*keys, *texts) if not f"{at}/".startswith(patches))


def _texts(value: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, pointer.join(at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{at}/{index}")


def _read(content: Any) -> Any:
    """Return the plain value of YAML in a text, or the text if it is not YAML."""
    try:
        return fast_load(content) if isinstance(content, str) else content
    except InputError:
        return content


def _asks(content: Any) -> bool:
    """Whether a manifest, values, JSON patch operations or a text set the annotation."""
    if isinstance(content, str):
        name = content.replace("\\", "")  # Helm parameters escape dots
        return EXCLUDE_ANNOTATION in name or _KEY in name
    if isinstance(content, list):
        return any(map(_step_asks, content))
    return any(found not in ("false", None) for _, found in places_of(content, EXCLUDE_ANNOTATION))


def _step_asks(step: Any) -> bool:
    if not isinstance(step, dict) or step.get("op") not in ("add", "replace"):
        return False
    value = step.get("value")
    return value not in ("false", None) if str(step.get("path")).endswith(_KEY) else _asks(value)

"""What objects of Flux and Argo CD deploy: folders of a repository, or what has to be rendered.

Whether a folder is one of this repository cannot be known from the object: whoever asks looks
whether it is there.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from transformer.kubernetes.objects import Manifest, list_at, mapping_at, text_of

FLUX = ("kustomize.toolkit.fluxcd.io", "Kustomization")
ARGO = ("argoproj.io", "Application")

FLUX_OWN = "flux-system"
"""The name of the source for the repository that Flux was bootstrapped from."""

_TOP = "."
"""All of a repository: every repository has such a folder."""


class Deployed(NamedTuple):
    """A folder that an object deploys, empty if it is none of this repository; `why` it was not
    looked into if it is not there.

    `may_be_chart`: Argo CD renders the folder if it is a chart.
    """

    folder: str
    why: str
    may_be_chart: bool = False


def deployed_by(manifest: Manifest) -> Iterator[Deployed]:
    """Yield what an object deploys; nothing if that is not known."""
    kind = (manifest.ref.group, manifest.ref.kind)
    if kind == FLUX:
        yield _of_flux(manifest.spec)
    elif kind == ARGO:
        sources = [manifest.spec.get("source"), *list_at(manifest.spec, "sources")]
        yield from (_of_argo(one) for one in sources if isinstance(one, dict) and _deploys(one))


def _deploys(source: Mapping[str, Any]) -> bool:
    """Whether a source deploys anything: one with a `ref` may only hold values for others."""
    return "ref" not in source or bool(source.get("path") or source.get("chart"))


def _of_flux(spec: Mapping[str, Any]) -> Deployed:
    source = mapping_at(spec, "sourceRef")
    kind, name = text_of(source.get("kind")), text_of(source.get("name"))
    path = normal(text_of(spec.get("path")))
    is_own = name == FLUX_OWN
    of = "" if is_own else f" of the {kind} {name}"
    return Deployed("" if path == _TOP and not is_own else path, _missing(path, of))


def _of_argo(source: Mapping[str, Any]) -> Deployed:
    repository, path = text_of(source.get("repoURL")), text_of(source.get("path"))
    chart = text_of(source.get("chart"))
    if not chart and repository.startswith("oci://"):
        chart = repository
    elif not chart and "helm" in source:
        chart = path
    if chart:
        return Deployed("", f"the chart is not rendered: {chart}")
    if "plugin" in source:
        return Deployed("", "its plugin is not run")
    if source.get("kustomize"):
        return Deployed("", "its settings for kustomize are not applied")
    if mapping_at(source, "directory").get("jsonnet"):
        return Deployed("", "Jsonnet is not evaluated")
    folder = normal(path)
    why = _missing(folder, f" of {repository}")
    return Deployed("" if folder == _TOP else folder, why, may_be_chart=True)


def normal(path: str) -> str:
    """Return a path as it is here, of one that may begin or end with a slash, or be empty."""
    return posixpath.normpath(path.strip("/") or _TOP)


def _missing(path: str, of: str) -> str:
    return f"path {path}{of} is not in the input"

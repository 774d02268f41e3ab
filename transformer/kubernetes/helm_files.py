"""Files of Helm and helmfile that name charts. They have no kind: the name of the file says it."""

import posixpath
from typing import Any

from transformer.findings import ObjectRef
from transformer.kubernetes.objects import Manifest, list_at, text_of
from transformer.regexes import regex

CHART_FILE, HELMFILE = ("", "Chart"), ("", "helmfile")
"""Group and kind that stand for such files."""

_HELMFILES = regex(r"(?:.*/)?(?:helmfile\.d/[^/]+|helmfile[^/]*)\.ya?ml")


def as_helm_file(manifest: Manifest, path: str) -> Manifest | None:
    """Return a document of the file `path` with a kind, or None if it is no such file.

    These are a `Chart.yaml`, the `requirements.yaml` of Helm 2, and a helmfile with releases.
    """
    value, file = manifest.value, posixpath.basename(path)
    name = text_of(value.get("name"))
    is_chart = (file == "Chart.yaml" and bool(name)) or (
        file == "requirements.yaml" and _has(list_at(value, "dependencies"), "name")
    )
    if is_chart:
        return _with_kind(manifest, CHART_FILE, name)
    if _HELMFILES.fullmatch(path) and _has(list_at(value, "releases"), "chart"):
        return _with_kind(manifest, HELMFILE, "")
    return None


def _with_kind(manifest: Manifest, kind: tuple[str, str], name: str) -> Manifest:
    ref = ObjectRef(kind[0], manifest.ref.version, kind[1], "", name)
    return Manifest(manifest.value, manifest.base, ref)


def _has(entries: list[Any], key: str) -> bool:
    return any(isinstance(entry, dict) and text_of(entry.get(key)) for entry in entries)

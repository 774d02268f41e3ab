"""The layer above a kustomization: it makes kustomize note where objects come from."""

import json
import os
import shutil
from pathlib import Path

from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.tree import Tree

_LAYER = {
    "apiVersion": "kustomize.config.k8s.io/v1beta1",
    "kind": "Kustomization",
    "buildMetadata": ["originAnnotations"],
}


def add_layer(layer: Path, folder: str, one: Closure) -> Path:
    """Return a new folder with a kustomization above the user's own, which is left untouched.

    What lists our own plugins is built from a copy without them.
    """
    layer.mkdir()
    top = top_of(one)
    if one.own:
        shutil.copytree(top, layer / _COPY, symlinks=True, ignore=_LEFT_OUT)
        for file, value in one.own.items():
            copy = layer / _COPY / os.path.relpath(file, top)
            copy.write_text(json.dumps(value), encoding="utf-8")
        folder = str(layer / _COPY / os.path.relpath(folder, top))
    value = {**_LAYER, "resources": [os.path.relpath(folder, layer)]}
    (layer / "kustomization.yaml").write_text(json.dumps(value), encoding="utf-8")
    return layer


_COPY = "copy"
_LEFT_OUT = shutil.ignore_patterns(".git", "node_modules", ".venv")


def top_of(one: Closure) -> str:
    """Return the folder to copy; kustomize does not load a file above it."""
    files = one.files if one.is_free else ()
    return os.path.commonpath([*one.layers, *map(os.path.dirname, files)])


def moved_by(one: Closure, layer: Path, tree: Tree) -> dict[str, str]:
    """Return from where what is below each folder was copied."""
    moved = {tree.copy: tree.top} if tree.copy != tree.top else {}
    if one.own:
        moved = {str(layer / _COPY): tree.original(top_of(one)), **moved}
    return moved

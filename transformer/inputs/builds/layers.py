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
    if one.own:
        copy = layer / _COPY
        top = _top_of(one)
        shutil.copytree(top, _in(copy, top), symlinks=True, ignore=_left_out)
        for file in one.files:
            _add_copy(file, _in(copy, file))
        for file, value in one.own.items():
            _in(copy, file).write_text(json.dumps(value), encoding="utf-8")
        folder = str(_in(copy, folder))
    value = {**_LAYER, "resources": [os.path.relpath(folder, layer)]}
    (layer / "kustomization.yaml").write_text(json.dumps(value), encoding="utf-8")
    return layer


_COPY = "copy"
"""A folder with copies at their whole paths, so that relative paths lead from one to another."""

_NAMES_LEFT_OUT = (".git", "node_modules", ".venv")


def _in(copy: Path, path: str) -> Path:
    return copy / path.lstrip("/")


def _left_out(folder: str, names: list[str]) -> list[str]:
    """Return what is not copied of a folder: big folders, and what is no file, folder or link."""
    return [name for name in names if name in _NAMES_LEFT_OUT or not _is_copied(Path(folder, name))]


def _is_copied(path: Path) -> bool:
    return path.is_symlink() or path.is_dir() or path.is_file()


def _add_copy(file: str, to: Path) -> None:
    """Copy a file that is not below the folder that was copied."""
    if not to.exists() and Path(file).is_file():
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, to)


def _top_of(one: Closure) -> str:
    """Return the folder to copy, in which all kustomizations are."""
    return os.path.commonpath(list(one.layers))


def moved_by(one: Closure, layer: Path, tree: Tree) -> dict[str, str]:
    """Return from where what is below each folder was copied."""
    moved = {tree.copy: tree.top} if tree.copy != tree.top else {}
    if one.own:
        copy = layer / _COPY
        moved = {str(_in(copy, tree.copy)): tree.top, **moved, str(copy): ""}
    return moved

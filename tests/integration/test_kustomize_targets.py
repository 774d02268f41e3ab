"""Which objects a patch is for: what we say, and what the real kustomize does.

Each patch leaves a mark of its own on the objects that it changes. Trees of kustomizations are made
at random; those that kustomize refuses to build (a patch is for nothing, or for two objects) tell
nothing.
"""

import json
import os
import random
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.effort import tried
from tests.requirements import require_tool
from transformer.config.package_data import read
from transformer.inputs.deployed_layers import read_deployed_layers
from transformer.inputs.discovery import DiscoveryOptions, discover
from transformer.inputs.kustomizations import read_kustomizations
from transformer.inputs.patched_sources import read_patched_sources
from transformer.inputs.reading import documents_of, value_of
from transformer.inputs.real_paths import RealPaths
from transformer.kubernetes.objects import manifests
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.settings import Settings

TREES = tried(30)
KINDS = {"Deployment": "apps/v1", "DaemonSet": "apps/v1", "Service": "v1", "NodePool": "x.io/v1"}
NAMES = ("web", "web-api", "a.b", "agent")
NAMESPACES = ("", "", "default", "shop", "ops")
LABELS: tuple[dict[str, str], ...] = ({}, {"app": "web"}, {"app": "api", "tier": "front"})
NAME_PATTERNS = (
    "web",
    "web.*",
    "w?b|web-api",
    "(web|agent)",
    "(?i)WEB",
    "a[.]b",
    "a.b",
    "pre-web",
    ".*-web",
    "pre-.*",
    "[[:alpha:]]+",
    r"\w+",
    r"web\b.*",
    "^web$",
    "we",
    "x{0,2}.*-end",
    "(a|w).{1,3}",
)
SELECTORS = (
    "app=web",
    "app!=web",
    "app in (web,api),tier",
    "!tier",
    "app notin (web)",
    "new=yes",
    "tier==front",
    "app=",
)


@cache
def context() -> RunContext:
    return build(Settings(), json.loads(read("kubernetes/components.json")))


class Tree:
    """A tree of kustomizations in `folder`, made from the random numbers of `seed`."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.chance = random.Random(seed)
        self.patches = 0
        self.names: list[tuple[str, str, str]] = []

    def make(self) -> list[Path]:
        """Write the files, and return the folders of the outermost kustomizations."""
        chance = self.chance
        base = [self.object(f"base/{number}.yaml") for number in range(chance.randint(1, 4))]
        self.kustomization("base", base)
        components = []
        for name in ("one", "two")[: chance.randint(0, 2)]:
            own = [self.object(f"{name}/own.yaml")] if chance.random() < 0.5 else []
            inner = ["../one"] if name == "two" and chance.random() < 0.4 else []
            self.kustomization(name, own, inner, is_component=True)
            components.append(f"../{name}")
        middle = chance.choice((components, components[:1], []))
        self.kustomization("middle", ["../base"], components=middle)
        upper = [one for one in components if one not in middle]
        own = [self.object("north/own.yaml")] if chance.random() < 0.4 else []
        self.kustomization("north", [*own, "../middle"], components=upper)
        self.kustomization("south", ["../middle"])
        return [self.folder / name for name in ("north", "south")]

    def object(self, file: str) -> str:
        chance = self.chance
        kind, name = chance.choice(list(KINDS)), chance.choice(NAMES)
        namespace = chance.choice(NAMESPACES)
        self.names.append((kind, name, namespace))
        metadata = {"name": name, "labels": chance.choice(LABELS), "annotations": {"source": file}}
        if namespace:
            metadata["namespace"] = namespace
        self.write(file, {"apiVersion": KINDS[kind], "kind": kind, "metadata": metadata})
        return Path(file).name

    def kustomization(
        self,
        folder: str,
        resources: Sequence[str],
        components: Sequence[str] = (),
        *,
        is_component: bool = False,
    ) -> None:
        chance = self.chance
        kind = "Component" if is_component else "Kustomization"
        version = "v1alpha1" if is_component else "v1beta1"
        value: dict[str, Any] = {
            "apiVersion": f"kustomize.config.k8s.io/{version}",
            "kind": kind,
            "resources": list(resources),
            "components": list(components),
            "patches": [self.patch(folder) for _ in range(chance.choice((0, 1, 1, 2)))],
        }
        if chance.random() < 0.2:
            value["patchesStrategicMerge"] = [self.merge_file(folder)]
        if chance.random() < 0.2:
            value["patchesJson6902"] = [self.exact_patch(folder)]
        if chance.random() < 0.4:
            value["namespace"] = chance.choice(("shop", "ops", "default"))
        if chance.random() < 0.4:
            value["namePrefix"] = "pre-"
        if chance.random() < 0.3:
            value["nameSuffix"] = "-end"
        if chance.random() < 0.3:
            value["commonLabels"] = {"tier": "front"}
        if chance.random() < 0.2:
            value["labels"] = [{"pairs": {"new": "yes"}}]
        self.write(f"{folder}/kustomization.yaml", value)

    def patch(self, folder: str) -> Any:
        chance = self.chance
        if chance.random() < 0.25:
            return {"path": self.merge_file(folder)}
        target = {
            "kind": chance.choice(("", "", "Deployment", "D.*", "deployment")),
            "group": chance.choice(("", "", "", "apps", "a.*")),
            "version": chance.choice(("", "", "", "v1")),
            "name": chance.choice(("", *NAME_PATTERNS)),
            "namespace": chance.choice(("", "", "", "default", "shop", "o.*")),
            "labelSelector": chance.choice(("", "", *SELECTORS)),
            "annotationSelector": chance.choice(("", "", "", "", "source", "patch-1.yaml=x")),
        }
        target = {key: pattern for key, pattern in target.items() if pattern}
        if chance.random() < 0.5:
            return {"path": self.operations(folder), "target": target}
        return {"path": self.merge(folder, "Deployment", "any", ""), "target": target}

    def merge_file(self, folder: str) -> str:
        kind, name, namespace = self.chance.choice(self.names)
        prefix, suffix = self.chance.choice(
            (("", ""), ("pre-", ""), ("", "-end"), ("pre-", "-end"))
        )
        if self.chance.random() < 0.6:
            prefix = suffix = ""
        elif self.chance.random() < 0.5:
            namespace = self.chance.choice(NAMESPACES)
        return self.merge(folder, kind, f"{prefix}{name}{suffix}", namespace)

    def merge(self, folder: str, kind: str, name: str, namespace: str) -> str:
        file = self.patch_name()
        metadata: dict[str, Any] = {"name": name, "annotations": {file: "x"}}
        if namespace:
            metadata["namespace"] = namespace
        if self.chance.random() < 0.2:
            metadata["labels"] = {"app": self.chance.choice(("web", None))}
        self.write(
            f"{folder}/{file}", {"apiVersion": KINDS[kind], "kind": kind} | {"metadata": metadata}
        )
        return file

    def operations(self, folder: str) -> str:
        file = self.patch_name()
        steps: list[Any] = [{"op": "add", "path": f"/metadata/annotations/{file}", "value": "x"}]
        if self.chance.random() < 0.2:
            steps.append({"op": "add", "path": "/metadata/labels", "value": {"app": "web"}})
        self.write(f"{folder}/{file}", steps)
        return file

    def exact_patch(self, folder: str) -> Any:
        kind, name, namespace = self.chance.choice(self.names)
        group, _, version = KINDS[kind].rpartition("/")
        target = {"group": group, "version": version, "kind": kind}
        target |= {"name": self.chance.choice((name, f"pre-{name}")), "namespace": namespace}
        return {"path": self.operations(folder), "target": target}

    def patch_name(self) -> str:
        self.patches += 1
        return f"patch-{self.patches}.yaml"

    def write(self, file: str, value: Any) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1))


def built(kubectl: str, roots: Sequence[Path]) -> dict[str, set[str]] | None:
    """Return the marks of each source, by its name; None if there is nothing to compare."""
    found: dict[str, set[str]] = {}
    for root in roots:
        command = [kubectl, "kustomize", "-o", str(root / "out.yaml"), str(root)]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.returncode:
            return None
        from yaml import CSafeLoader, load_all

        for one in load_all((root / "out.yaml").read_text(), CSafeLoader):
            annotations = one["metadata"]["annotations"]
            marks = {key for key in annotations if key.startswith("patch-")}
            found.setdefault(annotations["source"], set()).update(marks)
        (root / "out.yaml").unlink()
    return found


def said(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of each source, with the patches that it gets by what we say."""
    sources = discover([str(folder)], DiscoveryOptions(folder))
    kustomizations = read_kustomizations(sources, context())
    deployed = read_deployed_layers(sources, [str(folder)], context(), RealPaths())
    found = read_patched_sources(kustomizations, sources, context(), (), deployed)
    for source in sources:
        listed_by = found.listed_by(os.path.realpath(source.path)) if found else ()
        for document in documents_of(source, context()) if listed_by else ():
            for manifest in manifests(value_of(document)):
                patches = found.of(listed_by, manifest).patches if found else ()
                yield source.relative, {Path(file.partition(", ")[0]).name for file in patches}


def to_flux(folder: Path) -> set[str]:
    """Move what a kustomization changes to a Kustomization of Flux; return its patch files."""
    file = folder / "kustomization.yaml"
    value = json.loads(file.read_text())
    spec: dict[str, Any] = {"path": f"./{folder.name}"}
    spec["targetNamespace"] = value.pop("namespace", "")
    for name in ("namePrefix", "nameSuffix", "components"):
        spec[name] = value.pop(name, None)
    entries = value.pop("patches")
    files = {folder / entry["path"] for entry in entries}
    spec["patches"] = [
        {"patch": (folder / entry["path"]).read_text(), "target": entry.get("target")}
        for entry in entries
    ]
    kind = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
    flux = {**kind, "metadata": {"name": "a"}, "spec": spec}
    (folder.parent / "ks.yaml").write_text(json.dumps(flux))
    file.write_text(json.dumps(value))
    for one in files:
        one.unlink()
    return {one.name for one in files}


@pytest.mark.slow
def test_patches_are_for_the_objects_that_kustomize_changes_also_where_flux_adds_them(
    tmp_path: Path,
) -> None:
    kubectl = require_tool("kubectl")
    compared = patched = patched_by_flux = 0
    for seed in range(TREES):
        folder = tmp_path / str(seed)
        roots = Tree(folder, seed).make()
        marks = built(kubectl, roots)
        if marks is None:
            continue
        compared += 1
        patched += any(marks.values())
        assert dict(said(folder)) == marks, f"seed {seed}"

        moved = to_flux(roots[0])
        wanted = {
            file: {"ks.yaml" if mark in moved else mark for mark in own}
            for file, own in marks.items()
        }
        patched_by_flux += any("ks.yaml" in own for own in wanted.values())
        assert dict(said(folder)) == wanted, f"seed {seed}, with Flux"
    assert compared > TREES / 5
    assert patched > TREES / 10
    assert patched_by_flux > TREES / 20


OBJECT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels: {app: web}
  annotations: {source: base/web.yaml}
"""
MARK = '[{"op": "add", "path": "/metadata/annotations/patch-1", "value": "x"}]'
MERGE = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: shop, %s}}"
MARKED = MERGE % "annotations: {patch-1: x}"


def _with_target(target: str) -> str:
    return f"patches:\n- target: {target}\n  patch: '{MARK}'\n"


@pytest.mark.parametrize(
    ("kustomization", "is_patched"),
    [
        (f"patches:\n- patch: '{MARKED}'\n", True),
        (f"patchesStrategicMerge:\n- '{MARKED}'\n", True),
        (f"patchesStrategicMerge:\n- |-\n  {MARKED}\n", True),
        (_with_target("{}"), True),
        (_with_target("{name: we}"), False),
        (_with_target("{name: web|api}"), True),
        (_with_target("{name: w, namespace: shop}"), False),
        (_with_target("{namespace: sh.p}"), True),
        (_with_target("{namespace: default}"), False),
        (_with_target("{group: apps, version: v1, kind: Deployment}"), True),
        (_with_target("{group: extensions}"), False),
        (_with_target("{labelSelector: app=web}"), True),
        (_with_target("{labelSelector: '!app'}"), False),
        (_with_target("{annotationSelector: source}"), True),
        ("commonLabels: {new: x}\n" + _with_target("{labelSelector: new=x}"), False),
        ("namePrefix: a-\n" + _with_target("{name: a-web}"), False),
        (
            f"namePrefix: a-\npatchesJson6902:\n- target: {{name: a-web}}\n  patch: '{MARK}'\n",
            True,
        ),
        (f"patchesJson6902:\n- target: {{name: w.*}}\n  patch: '{MARK}'\n", True),
        (
            "namePrefix: a-\ntransformers:\n- |-\n  apiVersion: builtin\n  kind: PatchTransformer\n"
            "  metadata: {name: p}\n  target: {name: a-web, namespace: shop}\n"
            f"  patch: '{MARK}'\n",
            True,
        ),
        (
            f"patches:\n- patch: '{MERGE % 'labels: {app: api}'}'\n- target:\n"
            f"    labelSelector: app=web\n  patch: '{MARK}'\n",
            False,
        ),
    ],
)
def test_each_kind_of_patch(kustomization: str, is_patched: bool, tmp_path: Path) -> None:
    kubectl = require_tool("kubectl")
    root = tmp_path / "base"
    root.mkdir()
    (root / "web.yaml").write_text(OBJECT)
    (root / "kustomization.yaml").write_text(f"resources: [web.yaml]\n{kustomization}")
    assert built(kubectl, [root]) == {"base/web.yaml": {"patch-1"} if is_patched else set()}
    said_to_be_patched = dict(said(tmp_path))["base/web.yaml"]
    if "labels: {app" not in kustomization:  # the patch before the one that is looked at
        assert bool(said_to_be_patched) is is_patched

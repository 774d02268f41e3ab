"""What kustomizations name: patches in files and inline, transformers, and what is not opened."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from transformer.config.package_data import read
from transformer.inputs.discovery import DiscoveryOptions, discover
from transformer.inputs.kustomizations import read_kustomizations
from transformer.inputs.patched_sources import read_patched_sources
from transformer.kubernetes.objects import manifests
from transformer.pipeline.context import build
from transformer.pipeline.settings import Settings
from transformer.rules.context import AS_IT_IS, PatchedSource

WEB = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}}
OWN = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
ALL_HANDLED = frozenset({"HN311", "HN406", "HN426"})


def web_of(
    folder: Path, kustomization: Mapping[str, Any], only: tuple[str, ...] = ()
) -> PatchedSource:
    """Return what becomes of `web.yaml`; `only`: the files of the run, if not all."""
    value = {"resources": ["web.yaml"], **kustomization}
    (folder / "web.yaml").write_text(json.dumps(WEB))
    (folder / "kustomization.yaml").write_text(json.dumps(value))
    context = build(Settings(), json.loads(read("kubernetes/components.json")))
    paths = [str(folder / name) for name in only] or [str(folder)]
    sources = discover(paths, DiscoveryOptions(folder))
    kustomizations = read_kustomizations(sources, context)
    patched = read_patched_sources(kustomizations, sources, context)
    if patched is None:
        return AS_IT_IS
    listed_by = patched.listed_by(os.path.realpath(folder / "web.yaml"))
    assert listed_by
    return patched.of(listed_by, next(manifests(WEB)))


STEPS = '[{"op": "add", "path": "/spec/x", "value": 1}]'
BUILTIN = {"apiVersion": "builtin", "kind": "PatchTransformer", "metadata": {"name": "p"}}


@pytest.mark.parametrize(
    "kustomization",
    [
        {"patches": [{"path": "p.yaml"}]},
        {"patches": [{"path": "./p.yaml", "target": {"name": "w.*"}}]},
        {"patches": [{"path": "p.yaml", "target": {}}]},
        {"patchesStrategicMerge": ["p.yaml"]},
        {"patchesJson6902": [{"path": "p.yaml", "target": {"name": "web"}}]},
        {"transformers": [json.dumps(BUILTIN | {"path": "p.yaml"})]},
    ],
)
def test_a_patch_in_a_file_is_called_by_its_name(
    kustomization: Mapping[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "p.yaml").write_text(json.dumps(WEB))
    found = web_of(tmp_path, kustomization)
    assert found == PatchedSource((str(tmp_path / "p.yaml"),))


@pytest.mark.parametrize(
    "kustomization",
    [
        {"patches": [{"patch": json.dumps(WEB)}]},
        {"patches": [{"patch": STEPS, "target": {"kind": "Deployment"}}]},
        {"patchesStrategicMerge": [json.dumps(WEB)]},
        {"patchesStrategicMerge": [json.dumps(WEB, indent=1)]},
        {"patchesJson6902": [{"patch": STEPS, "target": {"name": "web"}}]},
        {"transformers": [json.dumps(BUILTIN | {"patch": json.dumps(WEB)})]},
    ],
)
def test_a_patch_inside_a_kustomization_is_called_by_the_name_of_that(
    kustomization: Mapping[str, Any], tmp_path: Path
) -> None:
    found = web_of(tmp_path, kustomization)
    assert found == PatchedSource((str(tmp_path / "kustomization.yaml"),))


@pytest.mark.parametrize(
    "kustomization",
    [
        {"patches": [{"path": "gone.yaml"}, {"patch": "]"}, {"patch": STEPS}, {}, 5, "p.yaml"]},
        {"patches": {"path": "p.yaml"}},
        {"patchesStrategicMerge": ["gone.yaml", "a\n]", "\0", 5]},
        {"patches": [{"patch": json.dumps(WEB), "target": {"name": "we"}}]},
        {"transformers": ["gone.yaml", "a\nb", "\udc00", json.dumps({"kind": "Other"})]},
        {"transformers": [json.dumps(BUILTIN | {"apiVersion": "v1", "patch": json.dumps(WEB)})]},
    ],
)
def test_what_is_no_patch_for_it_does_nothing(
    kustomization: Mapping[str, Any], tmp_path: Path
) -> None:
    assert web_of(tmp_path, kustomization)._replace(deciding=()) == AS_IT_IS


def test_a_file_that_does_not_belong_to_the_run_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / "p.yaml").write_text(json.dumps(WEB))
    (tmp_path / "outside.yaml").write_text(json.dumps(WEB))
    os.mkfifo(folder / "pipe.yaml")
    only = ("web.yaml", "kustomization.yaml")
    paths = ["p.yaml", "../outside.yaml", "pipe.yaml", ".", "/dev/zero"]
    found = web_of(folder, {"patches": [{"path": path} for path in paths]}, only)
    assert found._replace(deciding=()) == AS_IT_IS
    with_target = {"path": "p.yaml", "target": {"name": "web"}}
    found = web_of(folder, {"patches": [with_target]}, only)
    file = str(folder / "p.yaml")
    assert found == PatchedSource((file,), deciding=(file,))


@pytest.mark.parametrize("entry", ["own.yaml", "own", json.dumps(OWN), json.dumps(OWN, indent=1)])
def test_our_own_transformer_is_found_inline_in_a_file_and_in_a_folder(
    entry: str, tmp_path: Path
) -> None:
    (tmp_path / "own.yaml").write_text(json.dumps(OWN))
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "one.yaml").write_text(json.dumps(OWN))
    (tmp_path / "own" / "kustomization.yaml").write_text('{"resources": ["one.yaml"]}')
    found = web_of(tmp_path, {"transformers": [entry]})
    assert found == PatchedSource((), ALL_HANDLED)
    assert web_of(tmp_path, {"validators": [entry]}) == AS_IT_IS


def test_a_rule_that_is_off_handles_nothing(tmp_path: Path) -> None:
    own = {**OWN, "spec": {"rules": {"cni-isolation": False, "pod-guard": True}}}
    found = web_of(tmp_path, {"transformers": [json.dumps(own)]})
    assert found.handled == ALL_HANDLED - {"HN406"}


def test_folders_of_transformers_in_a_circle_come_to_an_end(tmp_path: Path) -> None:
    found = web_of(tmp_path, {"resources": ["web.yaml", "."], "transformers": ["."]})
    assert found._replace(deciding=()) == AS_IT_IS


SELECTED = [{"select": {"name": "web"}, "fieldPaths": ["spec.template.spec.nodeName"]}]


@pytest.mark.parametrize(
    ("kustomization", "file"),
    [
        ({"patches": [{"path": "gone.yaml"}]}, "gone.yaml"),
        ({"patches": [{"path": "gone.yaml", "target": {"name": "web"}}]}, "gone.yaml"),
        ({"patches": [{"path": "gone.yaml", "target": {"name": "we"}}]}, ""),
        ({"patchesStrategicMerge": ["gone.yaml"]}, "gone.yaml"),
        ({"transformers": ["gone.yaml"]}, "kustomization.yaml"),
        ({"transformers": [json.dumps({"apiVersion": "v1", "kind": "Any"})]}, "kustomization.yaml"),
        ({"transformers": [json.dumps(OWN)]}, ""),
        ({"replacements": [{"targets": SELECTED}]}, "kustomization.yaml"),
        ({"replacements": [{"path": "gone.yaml"}]}, "kustomization.yaml"),
        ({"replacements": [{"targets": [{**SELECTED[0], "select": {"name": "we"}}]}]}, ""),
    ],
)
def test_what_is_not_known_may_decide_where_pods_run(
    kustomization: Mapping[str, Any], file: str, tmp_path: Path
) -> None:
    found = web_of(tmp_path, kustomization).deciding
    assert found == ((str(tmp_path / file),) if file else ())

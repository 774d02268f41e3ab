"""Folders as they stand in repositories: patches, several clusters, JSON beside YAML."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.cli_runs import invoke
from tests.manifests import CONFIG_MAP, LABEL, guarded, node, pool
from tests.requirements import require_tool


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, data: bytes | str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_a_patch_of_a_pool_is_no_other_pool() -> None:
    write("base/pool.yaml", pool("p"))
    write("base/node.yaml", node("n1", "p"))
    write("overlay/kustomization.yaml", "patches: [{path: pool-patch.yaml}]\n")
    write(
        "overlay/pool-patch.yaml",
        "apiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata: {name: p}\n"
        "spec: {labels: {region: eu}}\n",
    )
    run = invoke("-w", ".")
    assert "HN313" not in run.err
    assert Path("base/node.yaml").read_bytes() == node("n1", "p") + LABEL


def test_workload_rules_leave_patches_alone() -> None:
    write("kustomization.yaml", "patches: [{path: p.yaml}, {path: p.json}]\n")
    write(
        "p.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n"
        '    apps.openyurt.io/exclude-host-network-pool: "true"\n'
        "spec: {template: {spec: {nodeSelector: {a: b}}}}\n",
    )
    write("p.json", '[{"op": "remove", "path": "/spec/template/spec/containers/0/coredns"}]')
    assert invoke("--check", ".").status == 0
    assert invoke("--check", "kustomization.yaml", "p.yaml", "p.json").status == 0


def test_a_file_linked_into_two_clusters_belongs_to_both() -> None:
    write(".hostnet-transform.yaml", CONFIG + 'spec: {scopes: ["clusters/*"]}\n')
    shared = write("shared/pool.yaml", pool("p")).resolve()
    for cluster in ("prod", "staging"):
        write(f"clusters/{cluster}/node.yaml", node("n1", "p"))
        Path(f"clusters/{cluster}/pool.yaml").symlink_to(shared)
    assert invoke("-w", "clusters").status == 0
    for cluster in ("prod", "staging"):
        assert Path(f"clusters/{cluster}/node.yaml").read_bytes() == node("n1", "p") + LABEL


CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"


def test_a_live_pool_with_other_labels_says_the_same_of_host_network() -> None:
    live = pool("p") + b"  labels: {a: b}\n"
    write("live.yaml", live)
    write("pool.yaml", pool("p"))
    write("node.yaml", node("n1", "p"))
    run = invoke("--pools", "live.yaml", "node.yaml", "pool.yaml")
    assert LABEL in run.out
    assert "HN313" not in run.err


def test_a_pool_that_contradicts_one_above_is_told_when_it_comes() -> None:
    other = pool("p").replace(b"hostNetwork: true", b"hostNetwork: false")
    assert other != pool("p")
    run = invoke(stdin=b"---\n".join((pool("p"), node("n1", "p"), other)))
    assert "NodePool p conflicts with another one" in run.err


@pytest.mark.parametrize("names", [("a.json", "b.json"), ("c.yaml", "a.json", "b.json")])
def test_kubectl_reads_every_object_of_several_files(names: tuple[str, ...]) -> None:
    kubectl = require_tool("kubectl")
    write("a.json", config_map("a1") + config_map("a2"))
    write("b.json", config_map("b1") + "\n" + config_map("b2"))
    write("c.yaml", CONFIG_MAP)
    stream = invoke("-q", *names).out
    read = subprocess.run(
        [kubectl, "label", "--local", "-f", "-", "x=y", "-o", "name"],
        input=stream,
        capture_output=True,
        check=True,
    )
    wanted = [b"configmap/" + name for name in (b"a1", b"a2", b"b1", b"b2")]
    assert read.stdout.split()[-4:] == wanted
    assert len(read.stdout.split()) == len(names) + 2


def config_map(name: str) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}})


def test_no_configuration_hushes_up_an_edit_that_could_not_be_made() -> None:
    write("c.yaml", CONFIG + "spec: {rules: {HN905: off, HN901: off}}\n")
    case = "testdata/rules/HN905/fails-where-a-merge-overrides-the-key/in.yaml"
    data = (Path(__file__).parents[2] / case).read_bytes()
    assert invoke("--config", "c.yaml", stdin=data).status == 3
    assert (
        invoke("--config", "c.yaml", stdin=guarded() + b"---\na: [\nNode: kind: Node\n").status == 3
    )

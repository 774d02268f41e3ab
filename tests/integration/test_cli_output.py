"""Diffs and patches, applied by the tools that they are made for."""

import json
import os
import subprocess
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.integration.cli_runs import invoke
from tests.manifests import CONFIG_MAP, TEMPLATE, guarded, joined, kept_off, node, pool
from tests.requirements import require_tool

MANIFESTS = {
    "a.yaml": joined(guarded("a"), guarded("b"), CONFIG_MAP),
    "crlf.yaml": joined(guarded("a"), CONFIG_MAP).replace(b"\n", b"\r\n"),
    "no-newline.yaml": joined(CONFIG_MAP, guarded().rstrip(b"\n")),
    "with a blank.yaml": joined(*[CONFIG_MAP] * 9, guarded(), *[CONFIG_MAP] * 9),
    'quote"d é.yaml': guarded(),
    "old-mac.yaml": b"# one\r# two\r" + joined(guarded(), CONFIG_MAP),
    "glued.yaml": guarded("a") + guarded("b"),
    "below/unchanged.yaml": CONFIG_MAP,
    "empty.yaml": b"",
}


def run_tool(*command: str, stdin: bytes = b"") -> bytes:
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working folder, with manifests in it."""
    objects = [yaml.safe_load(guarded(name)) for name in "abc"]
    listed = {"apiVersion": "v1", "kind": "List", "items": objects}
    files = MANIFESTS | {
        "list.json": json.dumps(listed, indent=4).encode(),
        "line.json": "".join(map(json.dumps, objects)).encode(),
    }
    for name, data in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


@pytest.mark.parametrize("tool", ["git apply", "patch -p1 --quiet"])
@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_diff_applies_and_does_what_write_does(work: Path, tool: str, is_absolute: bool) -> None:
    require_tool(tool.split()[0])
    before = contents(work)
    diff = invoke("--diff", work if is_absolute else ".").out
    assert contents(work) == before
    run_tool(*tool.split(), stdin=diff)
    for rejected in (*work.rglob("*.orig"), *work.rglob("*.rej")):
        rejected.unlink()
    applied = contents(work)
    for name, data in before.items():
        next(work.rglob(name.replace("[", "?"))).write_bytes(data)
    invoke("-w", ".")
    assert applied == contents(work)
    assert invoke("--diff", ".").out == b""


def test_a_diff_of_a_long_list_takes_no_longer_than_its_lines(work: Path) -> None:
    nodes = [
        {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": f"node-{index}", "labels": {"apps.openyurt.io/nodepool": "p"}},
            "status": {"conditions": [{"type": "Ready", "status": "True"}] * 8},
        }
        for index in range(300)
    ]
    Path("nodes.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": nodes}, indent=1)
    )
    Path("pools.yaml").write_bytes(pool("p"))
    diff = invoke("--diff", "-q", "--pools", "pools.yaml", "nodes.json").out
    assert diff.count(b'\n+     "nodepool.openyurt.io/hostnetwork": "true"\n') == 300


def nodes_list(form: str) -> bytes:
    """Return what `kubectl get nodes -o yaml` (or json) prints."""
    items = [yaml.safe_load(node(name, "p")) for name in ("edge-1", "ip-10.ec2")]
    items.append({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "cloud"}})
    listed = {"apiVersion": "v1", "items": items, "kind": "List", "metadata": {}}
    return (json.dumps(listed, indent=4) if form == "json" else yaml.safe_dump(listed)).encode()


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_json_patches_of_live_nodes_are_what_kubectl_patch_takes(work: Path, form: str) -> None:
    kubectl = require_tool("kubectl")
    Path("pools.yaml").write_bytes(pool("p"))
    run = invoke("--pools", "pools.yaml", "--output", "json-patch", stdin=nodes_list(form))
    entries = [json.loads(line) for line in run.out.splitlines()]
    assert [(entry["object"]["name"], entry["item"]) for entry in entries] == [
        ("edge-1", "/items/0"),
        ("ip-10.ec2", "/items/1"),
    ]
    assert {entry["file"] for entry in entries} == {"<stdin>"}
    Path("node.yaml").write_bytes(node("edge-1", "p"))
    patch = json.dumps(entries[0]["patch"])
    command = ("patch", "--local", "-f", "node.yaml", "--type=json", "-o", "json", "-p", patch)
    patched = json.loads(run_tool(kubectl, *command))
    assert patched["metadata"]["labels"]["nodepool.openyurt.io/hostnetwork"] == "true"


def test_json_patches_of_several_rules_are_one_line_an_object(work: Path) -> None:
    Path("pools.yaml").write_bytes(
        pool("p") + b"  labels: {zone: a}\n  taints:\n  - {key: k, effect: NoSchedule}\n"
    )
    bare = node("edge-1", "p").replace(b"apps.openyurt.io/", b"apps.openyurt.io/desired-")
    options = ("--enable", "pool-attributes", "--pools", "pools.yaml", "--output", "json-patch")
    lines = invoke(*options, stdin=bare).out.splitlines()
    assert len(lines) == 1
    assert {step["path"] for step in json.loads(lines[0])["patch"]} == {
        "/metadata/labels/apps.openyurt.io~1nodepool",
        "/metadata/labels/nodepool.openyurt.io~1hostnetwork",
        "/metadata/labels/zone",
        "/spec",
    }


RESOURCES = joined(
    guarded("web"),
    guarded("web").replace(b"  name: web\n", b"  name: web\n  namespace: other\n", 1),
    guarded("web.v1"),
    guarded("webxv1").replace(b'"true"', b'"false"'),
    CONFIG_MAP,
    node("edge.1", "p"),
    pool("p"),
)


def objects(stream: bytes) -> list[Any]:
    loaded = yaml.safe_load_all(stream)
    return sorted(loaded, key=lambda item: json.dumps([item["kind"], item["metadata"]]))


@pytest.mark.parametrize("namespace", ["", "namespace: moved\n"])
def test_kustomize_patches_built_give_what_transforming_gives(work: Path, namespace: str) -> None:
    kubectl = require_tool("kubectl")
    Path("k").mkdir()
    several = [] if namespace else [b""]
    resources = RESOURCES if several else joined(guarded("web"), guarded("web.v1"), pool("p"))
    Path("k/resources.yaml").write_bytes(resources)
    patches = invoke("--output", "kustomize-patches", "k/resources.yaml").out.decode()
    Path("k/kustomization.yaml").write_text(f"resources: [resources.yaml]\n{namespace}")
    plain = run_tool(kubectl, "kustomize", "k")
    Path("k/kustomization.yaml").write_text(f"resources: [resources.yaml]\n{namespace}{patches}")
    built = run_tool(kubectl, "kustomize", "k")
    assert objects(built) == objects(invoke(stdin=plain).out)
    assert objects(built) != objects(plain)


def test_without_changes_there_are_no_patches() -> None:
    run = invoke("--output", "kustomize-patches", stdin=CONFIG_MAP)
    assert run.out == b"patches: []\n"
    assert invoke("--output", "json-patch", stdin=kept_off()).out == b""


def test_a_job_that_gets_its_name_from_the_cluster_has_no_patch() -> None:
    job = guarded("x").replace(b"name: x", b"generateName: sweep-", 1)
    run = invoke("--output", "kustomize-patches", stdin=joined(job, guarded("web")))
    assert b"warning: no patch for Deployment/sweep- (<stdin>:1): it has no name" in run.out
    assert [one["target"]["name"] for one in yaml.safe_load(run.out)["patches"]] == ["web"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_patches_made_from_a_named_pipe_may_be_those_of_a_build(work: Path) -> None:
    os.mkfifo("pipe")
    writer = Thread(target=Path("pipe").write_bytes, args=(guarded("web"),), daemon=True)
    writer.start()
    run = invoke("--output", "kustomize-patches", "pipe")
    assert b"Made from a stream" in run.out


def test_patches_of_what_can_be_read_are_printed_though_something_failed() -> None:
    run = invoke("--output", "json-patch", stdin=joined(guarded("a"), TEMPLATE, guarded("b")))
    assert run.status == 3
    assert [json.loads(line)["object"]["name"] for line in run.out.splitlines()] == ["a", "b"]

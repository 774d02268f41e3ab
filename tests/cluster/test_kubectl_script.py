"""`--output kubectl` on a real API server, as a user runs it; see `test_live.py`."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.control_plane import ControlPlane, control_plane
from tests.integration.cli_runs import Run, invoke
from tests.kube_system import EXCLUDED, HOST_NETWORK_POOL, SPECIAL, coredns, kube_proxy, node
from tests.requirements import require_tool

pytestmark = pytest.mark.skipif(
    os.environ.get("HOSTNET_CLUSTER") != "1", reason="only `make cluster-oracle` runs it"
)

TERMS = ("nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms")
SET_BY_THE_SERVER = ("resourceVersion", "generation", "annotations", "managedFields")


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    """A control plane without OpenYurt's webhooks, which would label new nodes by themselves."""
    with control_plane() as started:
        for kind in ("mutating", "validating"):
            path = f"/apis/admissionregistration.k8s.io/v1/{kind}webhookconfigurations"
            assert started.client.delete(path).is_taken
        started.client.create(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", volcano_jobs()
        )
        yield started


@pytest.fixture(autouse=True)
def objects(plane: ControlPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the cluster have the objects, in a folder with the pool."""
    monkeypatch.chdir(tmp_path)
    Path("pools.yaml").write_text(yaml.safe_dump(HOST_NETWORK_POOL))
    Path("new.json").write_text(json.dumps(new_objects()))
    kubectl(plane, "create", "-f", "new.json")
    yield
    kubectl(plane, "delete", "--wait=false", "--now", "-f", "new.json")


def volcano_jobs() -> dict[str, Any]:
    """Return the definition of a kind whose objects can have any text in a list that is edited."""
    names = {"kind": "Job", "plural": "jobs", "singular": "job", "listKind": "JobList"}
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1alpha1", "served": True, "storage": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "jobs.batch.volcano.sh"},
        "spec": {
            "group": "batch.volcano.sh",
            "names": names,
            "scope": "Namespaced",
            "versions": [{**version, "schema": {"openAPIV3Schema": schema}}],
        },
    }


def new_objects() -> dict[str, Any]:
    """Return objects without what a server adds: of kubeadm, nodes, one with terms, a large one."""
    pinned = coredns()
    pinned["metadata"]["name"] = "with-terms"
    template = pinned["spec"]["template"]
    template["metadata"]["annotations"] = EXCLUDED
    terms = [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]},
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["edge-1"]}]},
    ]
    template["spec"]["affinity"] = {TERMS[0]: {TERMS[1]: {TERMS[2]: terms}}}
    container = {"name": "c", "image": "i", "args": [SPECIAL, "x" * 400_000, 1.5, 10**15]}
    task = {
        "template": {"metadata": {"annotations": EXCLUDED}, "spec": {"containers": [container]}}
    }
    job = {
        "apiVersion": "batch.volcano.sh/v1alpha1",
        "kind": "Job",
        "metadata": {"name": "with-any-text", "namespace": "kube-system"},
        "spec": {"tasks": [task]},
    }
    items = [kube_proxy(), coredns(), pinned, job, node("edge-1"), node("edge-2")]
    return {"apiVersion": "v1", "kind": "List", "items": items}


def kubectl(plane: ControlPlane, *arguments: str) -> str:
    """Return what kubectl prints."""
    command = [require_tool("kubectl"), "--kubeconfig", str(plane.kubeconfig), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def live(plane: ControlPlane) -> str:
    """Return the objects as kubectl prints them; its YAML printer refuses the character DEL."""
    return kubectl(plane, "get", "-f", "new.json", "--output=json")


def script(text: str) -> Run:
    """Return the run that prints the script for what kubectl printed."""
    run = invoke("--output", "kubectl", "--pools", "pools.yaml", stdin=text.encode())
    assert run.status == 0, run.err
    return run


def ran(plane: ControlPlane, text: bytes, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a script with dash."""
    Path("apply.sh").write_bytes(text)
    path = f"{Path(require_tool('kubectl')).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [require_tool("dash"), "apply.sh", *options],
        env={"PATH": path, "KUBECONFIG": str(plane.kubeconfig), "HOME": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )


def settled(text: str | bytes) -> list[Any]:
    """Return the items without what the server counts."""
    items: list[Any] = json.loads(text)["items"]
    for item in items:
        for name in SET_BY_THE_SERVER:
            item["metadata"].pop(name, None)
        item.pop("status", None)
    return items


def test_the_cluster_gets_what_write_makes_of_a_file(plane: ControlPlane) -> None:
    before = live(plane)
    out = script(before).out
    tried = ran(plane, out, "--dry-run=server")
    assert (tried.returncode, tried.stdout.count("patched")) == (0, 6)
    assert settled(live(plane)) == settled(before)
    done = ran(plane, out)
    assert (done.returncode, done.stdout.count("patched")) == (0, 6), done.stderr
    Path("live.json").write_text(before)
    assert invoke("-w", "--pools", "pools.yaml", "live.json").status == 0
    after = live(plane)
    assert settled(after) == settled(Path("live.json").read_bytes()) != settled(before)
    assert script(after).out.endswith(b"# Nothing to change.\n")
    again = ran(plane, out)
    assert again.returncode != 0
    assert "The request is invalid" in again.stderr
    assert again.stdout == ""


ADD_A_TERM = f"/spec/template/spec/affinity/{'/'.join(TERMS)}/-"


@pytest.mark.parametrize(
    ("number", "steps"),
    [
        (0, [{"op": "add", "path": "/spec/template/spec/affinity", "value": {}}]),
        (1, [{"op": "add", "path": "/spec/template/spec/affinity/nodeAffinity", "value": {}}]),
        (2, [{"op": "add", "path": ADD_A_TERM, "value": {}}]),
        (3, [{"op": "add", "path": "/spec/tasks/0/name", "value": "a"}]),
        (
            4,
            [
                {
                    "op": "add",
                    "path": "/metadata/labels/nodepool.openyurt.io~1hostnetwork",
                    "value": "",
                }
            ],
        ),
    ],
)
def test_an_object_that_has_changed_where_it_is_edited_is_refused(
    plane: ControlPlane, number: int, steps: list[dict[str, Any]]
) -> None:
    text = live(plane)
    metadata, kind = (new_objects()["items"][number][name] for name in ("metadata", "kind"))
    resource = "jobs.v1alpha1.batch.volcano.sh" if kind == "Job" else kind
    where = [f"--namespace={metadata['namespace']}"] if "namespace" in metadata else []
    kubectl(
        plane,
        "patch",
        resource,
        metadata["name"],
        *where,
        "--type=json",
        f"--patch={json.dumps(steps)}",
    )
    changed = settled(live(plane))
    done = ran(plane, script(text).out)
    assert (done.returncode, done.stdout.count("patched")) == (1, number)
    assert "The request is invalid" in done.stderr
    assert f"not patched: {kind}/" in done.stderr
    assert settled(live(plane))[number:] == changed[number:]


def test_another_object_of_the_same_name_is_refused(plane: ControlPlane) -> None:
    text = live(plane)
    kubectl(plane, "delete", "node", "edge-1")
    Path("node.json").write_text(json.dumps(node("edge-1")))
    kubectl(plane, "create", "-f", "node.json")
    done = ran(plane, script(text).out)
    assert (done.returncode, done.stdout.count("patched")) == (1, 4)
    assert "not patched: Node/edge-1, nor anything below it" in done.stderr

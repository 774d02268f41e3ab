"""`--output kubectl`: the script, run on a cluster that is a folder of files."""

import json
import subprocess
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.cli_runs import ROOT, Run, invoke
from tests.kube_system import (
    EXCLUDED,
    HOST_NETWORK_POOL,
    SPECIAL,
    coredns,
    kube_proxy,
    listed,
    node,
)
from tests.kubectl_scripts import Cluster
from tests.manifests import TEMPLATE, guarded, joined
from tests.requirements import require_tool


def live() -> dict[str, Any]:
    """Return objects as `kubectl get ds,deploy,nodes -A -o yaml` prints them."""
    pinned = coredns()
    pinned["metadata"]["name"] = "with-terms"
    pinned["spec"]["template"]["metadata"]["annotations"] = EXCLUDED
    terms = [
        {"matchExpressions": [{"key": "zone", "operator": "In", "values": [SPECIAL]}]},
        {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["edge-1"]}]},
    ]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    pinned["spec"]["template"]["spec"]["affinity"] = {"nodeAffinity": required}
    return listed(kube_proxy(), coredns(), node("edge-1"), node("edge-2"), pinned)


def script(*options: str, of: Any, status: int = 0) -> Run:
    """Return the run that prints the script for a value, which is given as YAML."""
    pools = Path("pools.yaml")
    pools.write_text(yaml.safe_dump(HOST_NETWORK_POOL))
    given = yaml.safe_dump(of, allow_unicode=True).encode()
    run = invoke("--output", "kubectl", "--pools", str(pools), *options, stdin=given)
    assert run.status == status, run.err
    return run


def written(of: dict[str, Any]) -> list[Any]:
    """Return the items of a List after `hostnet-transform -w`."""
    path = Path("list.json")
    path.write_text(json.dumps(of))
    assert invoke("-w", "--pools", "pools.yaml", path).status == 0
    items: list[Any] = json.loads(path.read_bytes())["items"]
    return items


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "cluster"
    folder.mkdir()
    return folder


@pytest.fixture
def cluster(work: Path) -> Cluster:
    return Cluster(work, live()["items"])


@pytest.mark.parametrize("shell", ["sh", "dash", "bash"])
def test_the_cluster_gets_what_write_makes_of_a_file(cluster: Cluster, shell: str) -> None:
    require_tool(shell)
    out = script(of=live()).out
    done = cluster.run(out, shell=shell)
    assert (done.returncode, done.stderr) == (0, "")
    wanted = written(live())
    assert wanted != live()["items"]
    assert [cluster.get(one) for one in live()["items"]] == wanted
    again = script(of=listed(*wanted)).out
    assert again.endswith(b"# Nothing to change.\n")
    assert cluster.run(again, shell=shell).returncode == 0
    assert cluster.run(out, shell=shell).returncode != 0


def test_options_of_the_script_go_to_kubectl(cluster: Cluster) -> None:
    done = cluster.run(script(of=live()).out, "--dry-run=server")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 5
    assert [cluster.get(one) for one in live()["items"]] == live()["items"]


def replaced(value: Any) -> None:
    value["metadata"]["uid"] = "other"


def guarded_already(value: Any) -> None:
    value["spec"]["template"]["spec"]["affinity"] = {"nodeAffinity": {"a": 1}}


def gets_a_term(value: Any) -> None:
    required = "requiredDuringSchedulingIgnoredDuringExecution"
    affinity = value["spec"]["template"]["spec"]["affinity"]
    affinity["nodeAffinity"][required]["nodeSelectorTerms"].append({"matchExpressions": []})


def is_labelled(value: Any) -> None:
    value["metadata"]["labels"]["nodepool.openyurt.io/hostnetwork"] = "false"


@pytest.mark.parametrize(
    ("number", "change"),
    [
        *((number, replaced) for number in range(5)),
        *((0, guarded_already), (1, guarded_already), (2, is_labelled), (4, gets_a_term)),
    ],
)
def test_an_object_that_has_changed_is_refused_and_nothing_after_it_is_run(
    cluster: Cluster, number: int, change: Any
) -> None:
    items = live()["items"]
    changed = deepcopy(items[number])
    change(changed)
    cluster.put(changed)
    done = cluster.run(script(of=live()).out)
    assert done.returncode != 0
    assert "The request is invalid" in done.stderr
    assert f"not patched: {changed['kind']}/" in done.stderr
    assert cluster.get(changed) == changed
    assert [cluster.get(one) for one in items[:number]] == written(live())[:number]
    assert [cluster.get(one) for one in items[number + 1 :]] == items[number + 1 :]


def test_what_changes_elsewhere_does_not_matter(cluster: Cluster) -> None:
    changed = kube_proxy() | {"status": {"numberReady": 3}}
    changed["metadata"] |= {"uid": live()["items"][0]["metadata"]["uid"], "generation": 7}
    cluster.put(changed)
    assert cluster.run(script(of=live()).out).returncode == 0
    assert cluster.get(changed)["status"] == {"numberReady": 3}


def test_a_large_patch_is_no_argument_of_a_command(work: Path) -> None:
    container = {"name": "c", "image": "i", "args": ["x" * 400_000]}
    pod = {"containers": [container]}
    task = {"name": "t", "template": {"metadata": {"annotations": EXCLUDED}, "spec": pod}}
    job = {
        "apiVersion": "batch.volcano.sh/v1alpha1",
        "kind": "Job",
        "metadata": {"name": "job", "namespace": "default", "uid": "1"},
        "spec": {"tasks": [task]},
    }
    cluster = Cluster(work, [job])
    done = cluster.run(script(of=job).out)
    assert (done.returncode, done.stderr) == (0, "")
    assert cluster.get(job)["spec"]["tasks"][0]["template"]["spec"]["affinity"]


def test_kubectl_reads_a_patch_as_it_is_meant(tmp_path: Path) -> None:
    kubectl = require_tool("kubectl")
    item = live()["items"][4]
    before = tmp_path / "before.json"
    before.write_text(json.dumps(item))
    text = script(of=item).out.decode()
    patch = "[" + text.partition("\n[")[2].partition("PATCH\n")[0]
    command = [kubectl, "patch", "--local", "-f", str(before), "--type=json", "-o", "json"]
    command.append("--patch-file=/dev/stdin")

    def patched() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, input=patch.encode(), capture_output=True, check=False)

    done = patched()
    assert done.returncode == 0, done.stderr
    terms = "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"
    found, wanted = (
        one["spec"]["template"]["spec"]["affinity"] for one in (json.loads(done.stdout), item)
    )
    for name in terms:
        found, wanted = found[name], wanted[name]
    guard = {"key": "nodepool.openyurt.io/hostnetwork", "operator": "NotIn", "values": ["true"]}
    for term in wanted:
        term.setdefault("matchExpressions", []).append(guard)
    assert found == wanted
    before.write_text(json.dumps(item))
    assert b"test failed" in patched().stderr


def kept_off_deployment(**metadata: Any) -> dict[str, Any]:
    """Return a Deployment that is edited, whatever its name is."""
    value: dict[str, Any] = yaml.safe_load(guarded())
    value["metadata"] = metadata
    return value


@pytest.mark.parametrize("name", [{}, {"generateName": "sweep-"}, {"name": 7}])
def test_an_object_without_a_name_of_its_own_is_an_error_that_names_it(name: Any) -> None:
    nameless = kept_off_deployment(namespace="shop", **name)
    run = script(of=listed(nameless, kube_proxy()), status=3)
    reason = f"no command for Deployment/shop/{name.get('generateName', '')}: it has no name"
    assert f"<stdin>:3: error: {reason}" in run.err
    assert f"\n# error: <stdin>:3: {reason}".encode() in run.out
    assert run.out.count(b"\nkubectl patch ") == 1
    assert script("--all-or-nothing", of=nameless, status=3).out == b""


HOSTILE = ("a'; touch x; '", "$(touch x)", "`touch x`", "a\nb", "--all", "a/b", "a\r\x1b[2Kb", "a.")


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("where", ["name", "namespace", "version"])
def test_an_object_with_a_name_that_none_can_have_is_refused(hostile: str, where: str) -> None:
    item = kept_off_deployment(**{"name": "web", "namespace": "shop", where: hostile})
    if where == "version":
        item["apiVersion"] = f"apps/{hostile.replace('/', '.')}"
    run = script(of=item, status=3)
    assert "no object in a cluster can have this name, namespace, kind or apiVersion" in run.err
    assert b"\nkubectl patch " not in run.out
    assert all(text.isprintable() for text in run.out.decode().split("\n"))


def test_a_namespace_is_never_guessed() -> None:
    run = script(of=kept_off_deployment(name="web"), status=3)
    assert "no command for Deployment/web: it has no namespace; add the one that is" in run.err
    assert "or `kubectl kustomize` of the folder that sets it" in run.err
    is_read = script(of=listed(kept_off_deployment(name="web")))
    assert b"namespace" not in is_read.out  # the API server gives one to what needs one
    odd = script(of=listed(kept_off_deployment(name="web", namespace=7)), status=3)
    assert "no object in a cluster can have this" in odd.err
    assert b"'Node.v1.' 'edge-1'" in script(of=node("edge-1")).out


def test_without_a_uid_the_script_says_what_it_may_patch() -> None:
    assert b"#   the input has no metadata.uid: " in script(of=kube_proxy()).out
    assert b"no metadata.uid" not in script(of=listed(kube_proxy())).out


@pytest.mark.parametrize("kind", ["Pod", "Job"])
def test_pods_that_cannot_be_changed_get_no_command(kind: str) -> None:
    value = kept_off_deployment(name="once", namespace="shop")
    value |= {"kind": kind, "apiVersion": "batch/v1"}
    if kind == "Pod":
        pod = value["spec"]["template"]
        value |= {"apiVersion": "v1", "spec": pod["spec"]}
        value["metadata"] |= pod["metadata"]
    run = script(of=listed(kube_proxy(), value))
    warning = f"warning: no command for {kind}/shop/once"
    assert warning in run.err
    assert f"\n# {warning}".encode() in run.out
    assert run.out.count(b"\nkubectl patch ") == 1
    if kind == "Job":
        value["spec"]["suspend"] = True
        assert b"'Job.v1.batch' 'once'" in script(of=value).out


def test_a_suspended_job_cannot_get_the_network_of_the_host() -> None:
    value = kept_off_deployment(name="once", namespace="shop")
    value |= {"kind": "Job", "apiVersion": "batch/v1"}
    value["spec"]["suspend"] = True
    template = value["spec"]["template"]
    del template["metadata"]["annotations"]
    template["spec"]["nodeSelector"] = {"apps.openyurt.io/nodepool": "barriers"}
    run = script("--enable", "host-network-pods", of=listed(value, kube_proxy()))
    assert "warning: no command for Job/shop/once" in run.err
    assert run.out.count(b"\nkubectl patch ") == 1


@pytest.mark.parametrize("options", [(), ("--disable", "HN303")])
def test_a_label_that_the_cluster_keeps_blocks_no_other_object(
    work: Path, options: tuple[str, ...]
) -> None:
    fixed = node("edge-1")
    fixed["metadata"]["labels"]["nodepool.openyurt.io/hostnetwork"] = "false"
    items = listed(fixed, node("edge-2"))["items"]
    run = script(*options, of=listed(*items), status=3)
    cluster = Cluster(work, items)
    reason = "no command for Node/edge-1: the cluster refuses to change its label nodepool.openyurt"
    assert f"<stdin>:3: error: {reason}" in run.err
    assert f"\n# error: <stdin>:3: {reason}".encode() in run.out
    assert cluster.run(run.out).returncode == 0
    assert cluster.get(items[0]) == items[0]
    labels = cluster.get(items[1])["metadata"]["labels"]
    assert labels["nodepool.openyurt.io/hostnetwork"] == "true"


def test_no_node_is_made_an_edge_worker() -> None:
    pool = deepcopy(HOST_NETWORK_POOL) | {"metadata": {"name": "plain"}}
    pool["spec"] = {"type": "Edge", "labels": {"openyurt.io/is-edge-worker": "true"}}
    given = node("edge-1")
    given["metadata"]["labels"] = {"apps.openyurt.io/nodepool": "plain"}
    run = script("--enable", "pool-attributes", of=listed(pool, given), status=3)
    assert "no command for Node/edge-1: only OpenYurt and the node itself may change" in run.err
    assert b"\nkubectl patch " not in run.out


def test_the_same_object_twice_is_patched_once(cluster: Cluster) -> None:
    run = script(of=listed(*live()["items"], live()["items"][0]))
    assert run.out.count(b"\nkubectl patch ") == 5
    assert cluster.run(run.out).returncode == 0
    other = deepcopy(live()["items"][0])
    other["metadata"]["uid"] = "other"
    run = script(of=listed(*live()["items"], other), status=3)
    assert run.out.count(b"\nkubectl patch ") == 5
    reason = "no command for DaemonSet/kube-system/kube-proxy: it differs from the one at <stdin>:3"
    assert reason in run.err


@pytest.mark.parametrize("given", [b"", b"# only a comment\n", guarded() + b"---\nkind: List\n"])
def test_a_script_is_valid_whatever_there_is_to_do(given: bytes, work: Path) -> None:
    given = given.replace(b"metadata:\n", b"metadata:\n  uid: '1'\n", 1)
    run = invoke("--output", "kubectl", stdin=given)
    assert run.status == 0
    assert run.out.startswith(b"#!/bin/sh\n")
    objects = [one for one in yaml.safe_load_all(given) if one and "metadata" in one]
    assert Cluster(work, objects).run(run.out).returncode == 0


def test_a_document_that_fails_has_no_command_and_the_run_fails() -> None:
    first, last = (json.dumps(one).encode() + b"\n" for one in (kube_proxy(), coredns()))
    run = invoke("--output", "kubectl", stdin=joined(first, TEMPLATE, last))
    assert run.status == 3
    assert b"\n# error: <stdin>:2: a document failed; nothing patches it\n" in run.out
    assert run.out.count(b"\nkubectl patch ") == 2


def test_warnings_about_an_object_are_above_its_command() -> None:
    bare = node("edge-1")
    labels = bare["metadata"]["labels"]
    labels["apps.openyurt.io/desired-nodepool"] = labels.pop("apps.openyurt.io/nodepool")
    lines = script(of=bare).out.decode().splitlines()
    at = lines.index("# Node/edge-1 (<stdin>:1)")
    assert lines[at + 1].startswith('#   node-label: added label apps.openyurt.io/nodepool="barr')
    assert lines[at + 2].startswith("#   warning[HN306]: node edge-1 comes into the Edge pool")


def test_shellcheck_has_nothing_to_say(tmp_path: Path) -> None:
    shellcheck = require_tool("shellcheck")
    path = tmp_path / "apply.sh"
    nameless = kept_off_deployment(namespace=SPECIAL, generateName=SPECIAL)
    demo = invoke("--output", "kubectl", ROOT / "testdata/demo").out
    for text in (
        demo,
        script(of={"kind": "List"}).out,
        script(of=listed(*live()["items"], nameless), status=3).out,
    ):
        path.write_bytes(text)
        done = subprocess.run([shellcheck, str(path)], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")

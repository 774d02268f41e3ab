"""What the summary and the plan of `placement` say: nothing false, and nothing left out."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.builders import CONTAINER, POOL, host_pool, node, pool, stream
from tests.integration.cli_runs import invoke
from tests.placement_runs import report_of

CONFIG = """\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec: {clusters: [{name: a, paths: ["**/a/**"]}, {name: b, paths: ["**/b/**"]}]}
"""
HOST_LABEL = "nodepool.openyurt.io/hostnetwork"
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}


def workload(name: str = "web", annotations: Any = None, **spec: Any) -> dict[str, Any]:
    pods = {"metadata": {"annotations": annotations or {}}, "spec": {**spec}}
    pods["spec"].setdefault("containers", [CONTAINER])
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"template": pods},
    }


def cameras(*pools: str, **more: Any) -> dict[str, Any]:
    """Return a YurtAppSet whose copies are kept off host-network pools."""
    template = workload(annotations=EXCLUDED, **more)["spec"]["template"]
    inner = {"deploymentTemplate": {"spec": {"template": template}}}
    return {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "cameras", "namespace": "shop"},
        "spec": {"pools": [*pools], "workload": {"workloadTemplate": inner}},
    }


BAR, OTHER = host_pool("bar"), pool("bar")
PINNED = {POOL: "bar"}
NOT_BAR = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {"matchExpressions": [{"key": POOL, "operator": "NotIn", "values": ["bar"]}]}
            ]
        }
    }
}
LOST = workload(hostNetwork=True, dnsPolicy="ClusterFirstWithHostNet", nodeSelector=PINNED)
NO_NETWORK = workload(nodeSelector=PINNED)
GUARDED, ELSEWHERE = workload(annotations=EXCLUDED), workload(affinity=NOT_BAR)
SSD: dict[str, Any] = {"nodeSelector": {"disk": "ssd"}}
PRIVILEGED = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
}


def changed(tmp_path: Path, old: Any, new: Any) -> tuple[list[str], list[str]]:
    """Return what is said of a change, and the rows of the table."""
    for name, objects in (("old", old), ("new", new)):
        (tmp_path / f"{name}.yaml").write_text(stream(*objects))
    run = invoke("placement", "--old", tmp_path / "old.yaml", tmp_path / "new.yaml")
    summary, _, rest = run.out.decode().partition("\n\n")
    return summary.splitlines(), [line for line in rest.splitlines() if " -> " in line]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (LOST, NO_NETWORK, "1 workload now breaks by an error on bar"),
        (NO_NETWORK, LOST, "1 workload now breaks by warnings only on bar"),
        (GUARDED, ELSEWHERE, "1 workload now does not select bar"),
        (ELSEWHERE, GUARDED, "1 workload is now kept off bar"),
        (workload(**SSD), workload(annotations=EXCLUDED, **SSD), "1 workload is now kept off bar"),
    ],
)
def test_each_row_that_changes_has_a_sentence(
    tmp_path: Path, old: Any, new: Any, said: str
) -> None:
    summary, rows = changed(tmp_path, (BAR, old), (BAR, new))
    assert summary == [said]
    assert len(rows) == 1
    assert changed(tmp_path, (BAR, new), (BAR, new)) == (
        ["nothing changes", "1 other workload as before"],
        [],
    )


def test_other_reasons_are_a_change(tmp_path: Path) -> None:
    calling = [{**CONTAINER, "args": ["http://db.shop.svc"]}]
    new = workload(hostNetwork=True, containers=calling, nodeSelector=PINNED)
    summary, (row,) = changed(tmp_path, (BAR, LOST), (BAR, new))
    assert summary == ["1 workload now breaks for other reasons on bar"]
    assert "breaks -> breaks " in row


def test_a_copy_that_is_gone_or_kept_off_is_a_change_of_its_object(tmp_path: Path) -> None:
    pools = host_pool("a"), host_pool("b")
    summary, _ = changed(tmp_path, (*pools, cameras("a")), (*pools, cameras("a", "b")))
    assert summary == ["1 workload has a new copy for b"]
    summary, _ = changed(tmp_path, (*pools, cameras("a", "b")), (*pools, cameras("a")))
    assert summary == ["1 workload no longer has a copy for b"]
    summary, _ = changed(tmp_path, (*pools, cameras("a", "b")), pools)
    assert summary == ["gone: 1 workload"]


def test_what_can_be_scheduled_nowhere_is_a_change(tmp_path: Path) -> None:
    spec: dict[str, Any] = {"nodeSelector": {**PINNED, "disk": "ssd"}}
    new = workload(annotations=EXCLUDED, **spec)
    summary, _ = changed(tmp_path, (BAR, workload(**spec)), (BAR, new))
    assert summary == [
        "1 workload is now kept off bar",
        "1 workload can now be scheduled nowhere",
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ([BAR], [], "gone: NodePool/bar"),
        ([], [BAR], "new: NodePool/bar"),
        ([OTHER], [BAR], "now host-network: NodePool/bar"),
        ([BAR], [OTHER], "now standard: NodePool/bar"),
    ],
)
def test_a_change_says_what_becomes_of_pools(tmp_path: Path, old: Any, new: Any, said: str) -> None:
    offices = pool("offices")
    summary, _ = changed(tmp_path, (offices, *old), (offices, *new))
    assert summary == [said]
    assert changed(tmp_path, (offices, *new), (offices, *new))[0] == ["nothing changes"]


def test_a_pool_that_becomes_ambiguous_is_said_with_its_places(tmp_path: Path) -> None:
    (line, *more), _ = changed(tmp_path, (BAR,), (BAR, OTHER))
    text = " ".join([line, *map(str.strip, more)])
    assert text.startswith("it is ambiguous whether bar is a host-network pool: see ")
    assert text.count("new.yaml:") == 2


def test_a_cluster_that_disappears_is_said(tmp_path: Path) -> None:
    for folder in ("old/a", "old/b", "new/a"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "x.yaml").write_text(stream(BAR, workload(hostNetwork=True)))
    (tmp_path / "config.yaml").write_text(CONFIG)
    given = ("--config", tmp_path / "config.yaml", "--old", tmp_path / "old", tmp_path / "new")
    found = json.loads(invoke("placement", "--format", "json", *given).out)
    assert [(one["cluster"], one["summary"]) for one in found["clusters"]] == [
        ("a", ["nothing changes"]),
        ("b", ["gone: NodePool/bar", "gone: 1 workload"]),
    ]
    assert invoke("placement", "--pool", "bar", *given).out.startswith(b"nothing changes\n")


def test_an_object_that_is_in_two_files_does_not_move_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    for name, one in (("a", workload()), ("b", NO_NETWORK), ("pools", BAR)):
        Path(f"{name}.yaml").write_text(stream(one))
    assert invoke("placement", "--old", ".", ".").out.startswith(b"nothing changes\n")
    shutil.copytree(".", tmp_path / "old")
    Path("b.yaml").unlink()
    run = invoke("placement", "--old", "../old", "--format", "json", ".")
    assert json.loads(run.out)["summary"] == ["gone: 1 workload"]


def test_an_ambiguous_pool_is_said_to_be_so_and_counts_as_unseen() -> None:
    data = stream(BAR, OTHER, workload()).encode()
    run = invoke("placement", "--fail-on", "unseen", "--fail-on", "breaks", stdin=data)
    assert run.status == 1
    why = "it is ambiguous whether bar is a host-network pool: see <stdin>:1, <stdin>:3"
    assert run.err == f"failed because of --fail-on unseen: {why}\n"
    assert run.out.decode().splitlines()[:3] == [
        "1 workload, 1 pool",
        why,
        "bar: 1 workload is unknown",
    ]
    page = invoke("placement", "--format", "html", stdin=data).out.decode()
    assert "No pool is a host-network pool." not in page
    plan = invoke("placement", "--plan", stdin=data).out.decode()
    assert plan.startswith("1. Settle whether bar is a host-network pool, and plan again\n")
    assert plan.index("     <stdin>:1\n") < plan.index("     <stdin>:3\n")
    assert "nothing to plan" not in plan


LABELLED = [
    pool("std"),
    node({HOST_LABEL: "true"}),
    workload(nodeSelector={HOST_LABEL: "true"}),
]
REFUSED = [pool("std"), PRIVILEGED, workload(hostNetwork=True)]


@pytest.mark.parametrize(
    ("objects", "line", "in_plan"),
    [
        (LABELLED, "nodes in no pool: 1 workload breaks (by an error)", "DaemonSet/shop/web"),
        (
            REFUSED,
            "std, nodes in no pool: 1 workload breaks (by an error)",
            "DaemonSet/shop/web (<stdin>:5:1): HN421",
        ),
    ],
)
def test_what_breaks_outside_host_network_pools_is_in_the_summary_and_in_the_plan(
    objects: list[Any], line: str, in_plan: str
) -> None:
    data = stream(*objects).encode()
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert run.status == 1
    assert run.out.decode().splitlines()[1:3] == ["no host-network pool in the input", line]
    plan = invoke("placement", "--plan", stdin=data).out.decode()
    assert in_plan in plan
    assert "Check that nothing breaks any more" in plan
    with_host = invoke("placement", stdin=stream(BAR, *objects).encode()).out.decode()
    assert any(one.endswith(line.partition(": ")[2]) for one in with_host.splitlines())


def test_what_the_old_state_has_and_cannot_be_read_is_counted_and_fails_nothing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    (repository / "a.yaml").write_text(stream(BAR, workload(hostNetwork=True)))
    (repository / "bad.yaml").write_text("kind: DaemonSet\nmetadata: {name: x\n")
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    (repository / "bad.yaml").unlink()
    unseen = "1 document of the old state that cannot be read"
    run = invoke("placement", "--base", "HEAD", "--fail-on", "unseen", ".")
    assert run.status == 0
    assert run.err.startswith("bad.yaml:1:1: warning[HN901]: in the old state, and therefore not")
    assert f"not looked into: {unseen}\n" in run.out.decode()
    found = json.loads(invoke("placement", "--base", "HEAD", "--format", "json", ".").out)
    assert [one["files"] for one in found["notLookedInto"]] == [["bad.yaml"]]


def test_an_old_state_that_is_given_and_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text("kind: DaemonSet\nmetadata: {name: x\n")
    (tmp_path / "new.yaml").write_text(stream(BAR))
    run = invoke("placement", "--old", tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert (run.status, "error[HN901]: in the old state" in run.err) == (3, True)


def test_only_some_pools_are_shown_and_others_are_not_denied() -> None:
    report = report_of(BAR, OTHER, pool("std"), workload(), only=["std"])
    assert report.worlds[0].summary[1].startswith("it is ambiguous whether bar is")

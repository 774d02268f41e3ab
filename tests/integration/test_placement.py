"""The command `placement`: what it reads and prints, and how it ends."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.builders import CONTAINER, HOST_NETWORK, POOL, host_pool, pool, stream
from tests.integration.cli_runs import ROOT, TOOL, environment, invoke, spawn
from transformer.config.package_data import schemas
from transformer.report.formats import PAGE, PLACEMENT_FORMATS

SCHEMA = Draft202012Validator(schemas()["placement"])
CASE = ROOT / "testdata/placement/first-pool/in.yaml"
BARRIERS, OFFICES = host_pool("barriers"), pool("offices", type="Cloud")


def deployment(name: str = "web", namespace: str = "shop", **spec: Any) -> dict[str, Any]:
    spec = {"containers": [CONTAINER], **spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"spec": spec}},
    }


def placed(*args: str | Path, stdin: bytes = b"") -> Any:
    """Return what `placement --format json` prints, which fits its schema."""
    run = invoke("placement", "--format", "json", *args, stdin=stdin)
    assert run.status == 0, run.err
    found = json.loads(run.out)
    SCHEMA.validate(found)
    return found


def words(found: Any, name: str = "web") -> dict[str, str]:
    """Return the verdict on a workload by pool."""
    (one,) = (one for one in found["workloads"] if one["name"] == name)
    return {pool: each["verdict"] for each in one["verdicts"] for pool in each["pools"]}


def read(*objects: Any) -> bytes:
    return stream(*objects).encode()


def test_breaking_workloads_fail_a_run_only_if_that_is_asked_for() -> None:
    data = read(BARRIERS, deployment())
    assert invoke("placement", stdin=data).status == 0
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert (run.status, run.err) == (1, "failed because of --fail-on breaks: 1 workload breaks\n")
    calm = read(BARRIERS, deployment(hostNetwork=True))
    assert invoke("placement", "--fail-on", "breaks", stdin=calm).status == 0


ON_HOST_DNS = {"hostNetwork": True, "dnsPolicy": "ClusterFirstWithHostNet"}
IGNORED = {"transform.hostnet.io/ignore": "HN408,HN409,HN420"}


def test_what_is_suppressed_breaks_and_is_no_reason_to_fail() -> None:
    workload = deployment()
    workload["metadata"]["annotations"] = IGNORED
    data = read(BARRIERS, workload)
    (verdict, _) = placed(stdin=data)["workloads"][0]["verdicts"]
    assert (verdict["verdict"], verdict["severity"]) == ("breaks", "warning")
    (reason,) = verdict["reasons"]
    assert reason["message"].endswith(" (suppressed)")
    assert reason["suppressed"]
    assert invoke("placement", "--fail-on", "breaks", stdin=data).status == 0
    assert b"that break" not in invoke("placement", "--plan", stdin=data).out
    both = invoke(
        "placement", "--fail-on", "breaks", stdin=read(BARRIERS, workload, deployment("a"))
    )
    assert both.err == "failed because of --fail-on breaks: 1 workload breaks\n"


def on_host(name: str, kind: str = "DaemonSet", **spec: Any) -> dict[str, Any]:
    """Return a workload on the network of the host, with port 80."""
    containers = [{**CONTAINER, "ports": [{"containerPort": 80}]}]
    return {**deployment(name, hostNetwork=True, containers=containers, **spec), "kind": kind}


def test_both_that_need_a_port_break_whatever_their_order() -> None:
    one, other = on_host("one"), on_host("two")
    one["metadata"]["annotations"] = IGNORED
    for objects in ((one, other), (other, one)):
        found = placed(stdin=read(BARRIERS, *objects))
        assert [words(found, name)["barriers"] for name in ("one", "two")] == ["breaks", "breaks"]
        its = {one["name"]: one["verdicts"][0]["reasons"] for one in found["workloads"]}
        assert "suppressed" in its["one"][0]
        assert "suppressed" not in its["two"][0]
        assert "DaemonSet/shop/one" in its["two"][0]["message"]
        assert its["two"][0]["message"].endswith("needs the same port, TCP 80")


def test_a_port_is_taken_in_each_pool_by_whoever_needs_it_there() -> None:
    pinned = [on_host(name, "Deployment", nodeSelector={POOL: name}) for name in ("a", "b")]
    found = placed(stdin=read(host_pool("a"), host_pool("b"), *pinned, on_host("agent")))
    assert words(found, "agent") == {"a": "breaks", "b": "breaks", "": "runs"}
    assert (words(found, "a")["a"], words(found, "b")["b"]) == ("breaks", "breaks")


@pytest.mark.parametrize(
    ("spec", "rule"),
    [
        ({"dnsPolicy": "ClusterFirstWithHostNet"}, "HN405"),
        ({"containers": [{**CONTAINER, "args": ["--to=db.shop.svc"]}]}, "HN409"),
        ({"containers": [{**CONTAINER, "args": ["http://db"]}]}, "HN409"),
        ({"containers": [{**CONTAINER, "envFrom": [{"configMapRef": {"name": "to"}}]}]}, "HN409"),
    ],
)
def test_names_are_looked_up_in_vain_also_by_pods_that_can_run_elsewhere(
    spec: dict[str, Any], rule: str
) -> None:
    metadata = {"namespace": "shop"}
    others = [
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db", **metadata}},
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "to", **metadata},
            "data": {"DB_HOST": "db"},
        },
    ]
    data = read(BARRIERS, *others, deployment(hostNetwork=True, **spec))
    found = placed(stdin=data)
    (broken, _) = found["workloads"][0]["verdicts"]
    assert (broken["pools"], broken["verdict"]) == (["barriers"], "breaks")
    assert [reason["rule"] for reason in broken["reasons"]] == [rule]
    assert json.loads(invoke("validate", "--format", "json", stdin=data).out)["findings"] == []
    floating = placed(stdin=read(BARRIERS, *others, deployment(**spec)))["workloads"][0]
    (without,) = floating["verdicts"][0]["reasons"]
    assert without["rule"] == "HN420"
    assert ("hostNetwork: true" in without["hint"]) == (rule != "HN409")


def test_a_port_and_a_node_are_only_waited_for_by_pods_that_cannot_run_elsewhere() -> None:
    found = placed(stdin=read(BARRIERS, on_host("agent"), on_host("web", "Deployment")))
    assert words(found, "web")["barriers"] == "runs"
    assert words(found, "agent")["barriers"] == "runs"


def test_pods_that_admission_refuses_break_in_each_pool() -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "shop", "labels": labels},
    }
    one = deployment(hostNetwork=True)
    found = placed(stdin=read(BARRIERS, OFFICES, namespace, one))
    assert words(found) == {"barriers": "breaks", "offices": "breaks", "": "breaks"}
    for each in found["workloads"][0]["verdicts"]:
        assert [reason["rule"] for reason in each["reasons"]] == ["HN421"]
    only_there = deployment(hostNetwork=True, nodeSelector={POOL: "offices"})
    found = placed(stdin=read(BARRIERS, OFFICES, namespace, only_there))
    assert words(found) == {"barriers": "cannot", "offices": "breaks", "": "cannot"}
    assert (
        words(placed(stdin=read(BARRIERS, OFFICES, namespace, deployment())))["offices"] == "runs"
    )


@pytest.mark.parametrize("form", PLACEMENT_FORMATS)
def test_each_format_says_that_ports_are_not_judged_of_pods_that_can_run_elsewhere(
    form: str,
) -> None:
    pinned, floating = on_host("one", nodeSelector={POOL: "barriers"}), on_host("two", "Deployment")
    data = read(BARRIERS, OFFICES, pinned, floating)
    told = " ".join(invoke("placement", "--format", form, stdin=data).out.decode().split())
    assert "host ports between pods that can also run elsewhere" in told
    assert "node affinity that the kubelet checks (nodeName)" in told


def test_a_copy_of_a_set_gets_the_network_of_the_host_by_a_tweak() -> None:
    template = {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}}
    app_set = {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "set"},
        "spec": {
            "pools": ["barriers", "offices"],
            "workload": {"workloadTemplate": {"deploymentTemplate": template}},
        },
    }
    pinned = deployment(nodeSelector={POOL: "barriers"})
    copy, _, other = placed(stdin=read(BARRIERS, OFFICES, app_set, pinned))["workloads"]
    (of_copy, of_other) = (one["verdicts"][0]["reasons"][0] for one in (copy, other))
    assert (of_copy["rule"], of_other["rule"]) == ("HN401", "HN401")
    assert of_copy["hint"].startswith("set hostNetwork: true by a tweak for this pool, or")
    assert of_other["hint"].startswith("set hostNetwork: true, or")


def test_a_copy_of_a_set_does_without_the_cluster_dns_by_a_tweak() -> None:
    spec = {**ON_HOST_DNS, "containers": [CONTAINER]}
    app_set = {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "set"},
        "spec": {
            "pools": ["barriers", "offices"],
            "workload": {
                "workloadTemplate": {
                    "deploymentTemplate": {"spec": {"template": {"spec": spec}}},
                }
            },
        },
    }
    copy, _ = placed(stdin=read(BARRIERS, OFFICES, app_set))["workloads"]
    (reason,) = copy["verdicts"][0]["reasons"]
    assert reason["hint"] == "set dnsPolicy: Default by a tweak for this pool"


def test_a_rule_that_is_off_is_no_reason(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    head = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    config.write_text(head + "spec: {rules: {HN420: off}}\n")
    data = read(BARRIERS, deployment())
    assert words(placed("--config", config, stdin=data))["barriers"] == "runs"
    config.write_text(head + "spec: {rules: {HN420: error}}\n")
    (verdict, _) = placed("--config", config, stdin=data)["workloads"][0]["verdicts"]
    assert verdict["severity"] == "error"


def test_a_pool_without_a_name_is_not_taken_for_nodes_in_no_pool() -> None:
    nameless = {**host_pool(""), "metadata": {}}
    found = placed(stdin=read(nameless, BARRIERS, deployment()))
    assert [one["name"] for one in found["pools"]] == ["barriers", ""]
    assert words(found) == {"barriers": "breaks", "": "runs"}


@pytest.mark.parametrize("data", [b"", b"# nothing\n", read(BARRIERS), read(deployment())])
@pytest.mark.parametrize("form", [*PLACEMENT_FORMATS, PAGE])
def test_nothing_to_place_is_no_failure(data: bytes, form: str) -> None:
    run = invoke("placement", "--format", form, stdin=data)
    assert (run.status, "nothing was read" in run.err) == (0, b"{" not in data)
    assert run.out


def test_line_ends_json_and_a_list_make_no_difference() -> None:
    data = CASE.read_bytes()
    wanted = placed(stdin=data)
    assert placed(stdin=data.replace(b"\n", b"\r\n")) == wanted
    plain = read(BARRIERS, OFFICES, deployment())
    items = json.dumps({"apiVersion": "v1", "kind": "List", "items": [BARRIERS, deployment()]})
    assert words(placed(stdin=items.encode())) == {"barriers": "breaks", "": "runs"}
    assert words(placed(stdin=plain)) == {"barriers": "breaks", "offices": "runs", "": "runs"}


def test_what_cannot_be_read_ends_with_3_and_the_rest_is_shown(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [\n")
    (tmp_path / "good.yaml").write_bytes(read(BARRIERS, deployment()))
    run = invoke("placement", tmp_path)
    assert run.status == 3
    assert "HN901" in run.err
    assert b"breaks" in run.out


def test_a_template_in_a_folder_is_counted_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("a: {{ .b }}\n{{- if c }}\n")
    (tmp_path / "good.yaml").write_bytes(read(BARRIERS))
    run = invoke("placement", tmp_path)
    assert run.status == 0
    assert b"not looked into: 1 document that cannot be read" in run.out
    assert invoke("placement", "--fail-on", "unseen", tmp_path).status == 1


def test_a_pod_template_of_an_unknown_kind_fails_a_run_that_may_leave_nothing_out() -> None:
    fleet = {**deployment("fleet"), "apiVersion": "example.com/v1", "kind": "KioskFleet"}
    run = invoke("placement", "--fail-on", "unseen", stdin=read(BARRIERS, fleet))
    assert run.status == 1
    assert "1 object with a pod template of an unknown kind (KioskFleet/shop/fleet" in run.err
    assert b"help: a row under `podTemplates`" in run.out
    markdown = invoke("placement", "--format", "markdown", stdin=read(BARRIERS, fleet)).out
    assert b"not looked into: 1 object" in markdown
    (entry,) = placed(stdin=read(BARRIERS, fleet))["notLookedInto"]
    assert entry["count"] == 1


def of_controller(kind: str, owner: str, *, name: str = "one", **labels: str) -> dict[str, Any]:
    """Return a Pod that a controller makes."""
    owners = [{"kind": kind, "name": owner, "controller": True}]
    metadata = {"name": name, "namespace": "shop", "labels": labels, "ownerReferences": owners}
    spec = {"containers": [CONTAINER]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def app_set(name: str = "app", **spec: Any) -> dict[str, Any]:
    """Return a YurtAppSet."""
    template = deployment()["spec"]["template"]
    made = {"spec": {"selector": {"matchLabels": {"a": "b"}}, "template": template}}
    return {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {**spec, "workload": {"workloadTemplate": {"deploymentTemplate": made}}},
    }


STATIC = deployment("static") | {
    "apiVersion": "apps.openyurt.io/v1alpha1",
    "kind": "YurtStaticSet",
}
MIRROR = of_controller("Node", "n", name="api-n")
MIRROR["metadata"]["annotations"] = {"kubernetes.io/config.mirror": "1"}
NOWHERE = app_set(nodepoolSelector={"matchLabels": {"tier": "edge"}})
LEFT_OUT = [
    (STATIC, "object with static pods", "YurtStaticSet/shop/static: the scheduler does not"),
    (MIRROR, "object with static pods", "Pod/shop/api-n: the scheduler does not place"),
    (
        of_controller("ReplicaSet", "gone"),
        "object of a controller (not in the input)",
        "object of a controller Pod/shop/one of ReplicaSet gone: the controller is not",
    ),
    (
        NOWHERE,
        "workload that selects no pool",
        "YurtAppSet/shop/app: no NodePool of the input has what it selects",
    ),
]


@pytest.mark.parametrize(("left_out", "counted", "why"), LEFT_OUT)
def test_pods_without_a_verdict_are_counted(left_out: Any, counted: str, why: str) -> None:
    data = read(BARRIERS, deployment(hostNetwork=True), left_out)
    run = invoke("placement", "-v", "--fail-on", "unseen", stdin=data)
    assert run.status == 1
    assert f"not looked into: 1 {counted}" in " ".join(run.out.decode().split())
    assert f"failed because of --fail-on unseen: 1 {counted}\n" in run.err
    assert why in run.err
    (entry,) = placed(stdin=data)["notLookedInto"]
    assert entry["count"] == 1
    assert f"not looked into: 1 {counted}" in str(
        invoke("placement", "--format", "markdown", stdin=data).out
    )
    assert b"Not looked into: 1" in invoke("placement", "--format", "html", stdin=data).out
    name = "/".join((left_out["kind"], "shop", left_out["metadata"]["name"]))
    explained = invoke("placement", "--explain", name, stdin=data)
    assert (explained.status, explained.out) == (2, b"")
    assert f"{name} (<stdin>:" in explained.err
    assert "has no verdict: " in explained.err


REPLICAS = of_controller("Deployment", "web", name="web-5d8f") | {
    "apiVersion": "apps/v1",
    "kind": "ReplicaSet",
    "spec": deployment()["spec"],
}
CRON_JOB = deployment() | {"apiVersion": "batch/v1", "kind": "CronJob"}
CRON_JOB["spec"] = {"jobTemplate": {"spec": deployment()["spec"]}}


@pytest.mark.parametrize(
    "represented",
    [
        [of_controller("ReplicaSet", "web-5d8f"), REPLICAS, deployment()],
        [deployment(), of_controller("ReplicaSet", "web-5d8f", **{"pod-template-hash": "5d8f"})],
        [of_controller("Job", "web-29381"), CRON_JOB],
        [deployment(), of_controller("Job", "done") | {"status": {"phase": "Succeeded"}}],
    ],
)
def test_what_another_workload_of_the_input_stands_for_is_not_counted(represented: Any) -> None:
    found = placed("--fail-on", "unseen", stdin=read(BARRIERS, *represented))
    assert (len(found["workloads"]), found["notLookedInto"]) == (1, [])


def test_a_controller_that_is_left_out_stands_for_what_it_makes() -> None:
    found = placed(stdin=read(BARRIERS, of_controller("ReplicaSet", "web-5d8f"), REPLICAS))
    assert [one["count"] for one in found["notLookedInto"]] == [1]


def test_a_workload_of_several_clusters_is_left_out_if_it_selects_a_pool_of_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    names = ("east", "west")
    clusters = {"clusters": [{"name": name, "paths": [f"{name}.yaml"]} for name in names]}
    (tmp_path / ".hostnet-transform.yaml").write_text(json.dumps({**head, "spec": clusters}))
    for name in names:
        its = host_pool(name)
        its["metadata"]["labels"] = {"where": name}
        (tmp_path / f"{name}.yaml").write_bytes(read(its))
    for where, count in ("east", 0), ("north", 1):
        wanted = app_set(nodepoolSelector={"matchLabels": {"where": where}})
        (tmp_path / "shared.yaml").write_bytes(read(wanted))
        found = placed(".")["clusters"]
        assert {len(one["notLookedInto"]) for one in found} == {count}


TAINT = {"key": "a", "value": "b", "effect": "NoSchedule"}


def test_what_depends_on_the_definition_of_a_pool_says_where_they_are(tmp_path: Path) -> None:
    for name, its in (("east", host_pool("dc")), ("west", pool("dc", taints=[TAINT]))):
        (tmp_path / f"{name}.yaml").write_bytes(read(its))
    (tmp_path / "web.yaml").write_bytes(read(deployment(nodeSelector={POOL: "dc"})))
    out = invoke("placement", tmp_path).out.decode()
    first, second = (f"{(tmp_path / name).as_posix()}:1" for name in ("east.yaml", "west.yaml"))
    flat = " ".join(out.split())
    assert "unknown, depending on which definition of NodePool/dc counts: Deployment/shop" in flat
    assert f"NodePool/dc is defined at {first}, {second}" in flat
    assert "help: keep one of them, or tell clusters apart with `clusters`" in flat


def test_a_pool_of_another_cluster_is_said_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    clusters = {"clusters": [{"name": name, "paths": [name]} for name in ("east", "west")]}
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    (tmp_path / ".hostnet-transform.yaml").write_text(json.dumps({**head, "spec": clusters}))
    for name, its in (("east", BARRIERS), ("west", host_pool("lockers"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pools.yaml").write_bytes(read(its))
    web = deployment(nodeSelector={POOL: "lockers"})
    (tmp_path / "east" / "web.yaml").write_bytes(read(web))
    out = invoke("placement", ".").out.decode()
    assert "NodePool/lockers, which is only in cluster west" in " ".join(out.split())
    assert "which is not in the input" not in out
    explained = invoke("placement", "--explain", "Deployment/shop/web", ".").out.decode()
    on_lockers = explained.partition("On pool lockers: unknown")[2]
    assert "taints" not in on_lockers.partition("\nOn ")[0]
    assert "only in cluster west" in on_lockers
    (lockers,) = (one for one in placed(".")["clusters"][0]["pools"] if one["name"] == "lockers")
    assert (lockers["known"], lockers["elsewhere"]) == (False, "only in cluster west")


def test_the_name_of_a_node_is_not_called_a_label() -> None:
    fields = [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]
    terms = {"nodeSelectorTerms": [{"matchFields": fields}]}
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    data = read(BARRIERS, deployment(affinity=affinity))
    out = b" ".join(invoke("placement", stdin=data).out.split())
    assert b"unknown, depending on the name of the node: Deployment/shop/web" in out
    assert b"(the name of the node)" in invoke("validate", stdin=data).out


def test_a_run_that_may_leave_nothing_out_fails_without_manifests_or_pools(tmp_path: Path) -> None:
    why = "failed because of --fail-on unseen: no manifest in the input\n"
    for command in ("placement", "validate"):
        for args, stdin in (([tmp_path], b""), ([], b"# none\n")):
            run = invoke(command, "--fail-on", "unseen", *args, stdin=stdin)
            assert run.status == 1
            assert run.err.endswith(why)
            assert invoke(command, *args, stdin=stdin).status == 0
    run = invoke("placement", "--fail-on", "unseen", stdin=read(deployment()))
    assert (run.status, run.err[-26:]) == (1, " no NodePool in the input\n")
    assert invoke("placement", "--fail-on", "unseen", stdin=read(BARRIERS)).status == 0


def test_a_document_that_is_a_ytt_template_is_unknown() -> None:
    text = stream(BARRIERS) + "\n---\n#@ if True:\n" + json.dumps(deployment())
    found = placed(stdin=text.encode())
    assert set(words(found).values()) == {"unknown"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--pool", "barrier"], 'did you mean "barriers"?'),
        (["--explain", "Deployment/shop/wep"], 'did you mean "Deployment/shop/web"?'),
        (["--explain", "wep"], 'did you mean "web"?'),
        (["--explain", "a/b/c/d"], "is not Kind/namespace/name"),
        (["--explain", "Deployment/web", "--format", "json"], "cannot be used together"),
        (["--plan", "--explain", "Deployment/web"], "cannot be used together"),
        (["--plan", "--before-after"], "cannot be used together"),
        (["--explain", "web", "--explain", "api"], "--explain can be given once"),
        (["--old", "x", "--before-after"], "cannot show --before-after and --old together"),
        (["--cluster", "x"], "standard input belongs to no cluster"),
        (["no-such-path"], "no-such-path"),
    ],
    ids=str,
)
def test_wrong_usage_ends_with_2(args: list[str], message: str) -> None:
    run = invoke("placement", *args, stdin=read(BARRIERS, deployment()))
    assert run.status == 2
    assert message in run.err
    assert run.out == b""


def test_a_name_is_enough_to_explain_a_workload_if_no_other_has_it() -> None:
    run = invoke("placement", "--explain", "web", stdin=read(BARRIERS, deployment()))
    assert run.out.startswith(b"Deployment/shop/web (")
    both = read(BARRIERS, deployment(), deployment(namespace="bank"))
    run = invoke("placement", "--explain", "web", stdin=both)
    assert run.status == 2
    assert '"web" is the name of 2 workloads' in run.err
    assert "Deployment/shop/web" in run.err
    assert "Deployment/bank/web" in run.err


def test_the_configuration_of_the_tutorial_is_a_whole_one(tmp_path: Path) -> None:
    tutorial = (ROOT / "docs/day-one.md").read_text(encoding="utf-8")
    (text,) = re.findall(
        r"```yaml\n(# yaml-language-server.*\napiVersion: transform.*?)^```", tutorial, re.M | re.S
    )
    (tmp_path / ".hostnet-transform.yaml").write_text(text)
    fleet = {
        "apiVersion": "example.com/v1",
        "kind": "Fleet",
        "metadata": {"name": "cars"},
        "spec": {"template": {"spec": {"containers": [CONTAINER]}}},
    }
    for folder, objects in (
        ("clusters/production", (BARRIERS,)),
        ("clusters/staging", (OFFICES,)),
        ("apps", (fleet,)),
    ):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "all.yaml").write_bytes(read(*objects))
    run = spawn("placement", "--format", "json", ".", cwd=tmp_path)
    production, staging = json.loads(run.out)["clusters"]
    assert words(production, "cars") == {"barriers": "breaks", "": "runs"}
    assert words(staging, "cars") == {"offices": "runs", "": "runs"}


def test_an_annotation_without_effect_is_explained() -> None:
    web = deployment()
    web["metadata"]["annotations"] = {"apps.openyurt.io/exclude-host-network-pool": "true"}
    run = invoke("placement", "--explain", "web", stdin=read(BARRIERS, web))
    said = " ".join(run.out.decode().split())
    assert "the annotation has no effect here: the pods of Deployment/shop/web get the" in said
    assert "move it to the metadata.annotations of the pod template" in said


def test_pools_may_come_from_elsewhere_and_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "pools.yaml").write_bytes(read(BARRIERS, OFFICES))
    data = read(deployment())
    found = placed("--pools", tmp_path / "pools.yaml", "--pool", "barriers", stdin=data)
    assert words(found) == {"barriers": "breaks"}
    assert [("file" in one) for one in found["pools"]] == [False]


def test_a_pool_that_is_not_in_the_input_is_unknown() -> None:
    chooses = deployment("chooses", nodeSelector={POOL: "abroad"})
    found = placed(stdin=read(BARRIERS, chooses, deployment()))
    assert [(one["name"], one["known"]) for one in found["pools"]] == [
        ("barriers", True),
        ("", True),
        ("abroad", False),
    ]
    assert words(found, "chooses") == {"barriers": "cannot", "": "cannot", "abroad": "unknown"}
    assert words(found)["abroad"] == "unknown"


def test_two_definitions_of_a_pool_make_it_unknown_only_where_it_matters() -> None:
    fine = deployment("fine", hostNetwork=True)
    found = placed(stdin=read(BARRIERS, pool("barriers"), deployment(), fine))
    assert found["pools"][0]["hostNetwork"] is None
    assert words(found)["barriers"] == "unknown"
    assert words(found, "fine")["barriers"] == "runs"


def test_nodes_in_no_pool_that_keep_the_label_of_host_network_nodes_break_pods() -> None:
    labeled = {HOST_NETWORK: "true"}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n", "labels": labeled}}
    assert words(placed(stdin=read(OFFICES, node, deployment())))[""] == "breaks"


def test_the_edit_of_an_enabled_rule_is_that_of_the_run() -> None:
    data = read(BARRIERS, deployment())
    (verdict, _) = placed(stdin=data)["workloads"][0]["verdicts"]
    assert (verdict["edit"]["rule"], verdict["edit"]["enabled"]) == ("keep-off", False)
    found = placed("--enable", "keep-off", "--before-after", stdin=data)
    (one,) = found["workloads"]
    assert one["verdicts"][0]["edit"]["enabled"]
    assert [(each["pools"], each["verdict"]) for each in one["after"]] == [
        (["barriers"], "kept off")
    ]


def test_an_edit_that_leaves_reasons_does_not_make_pods_run() -> None:
    variables = [{"name": "LEDGER_URL", "value": "http://ledger:8080"}]
    pinned = deployment(
        containers=[{"name": "web", "image": "web:1", "env": variables}],
        nodeSelector={POOL: "barriers"},
    )
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "ledger", "namespace": pinned["metadata"]["namespace"]},
    }
    data = read(BARRIERS, pinned, service)
    (verdict, _) = placed(stdin=data)["workloads"][0]["verdicts"]
    assert [reason["rule"] for reason in verdict["reasons"]] == ["HN401", "HN409"]
    assert (verdict["edit"]["rule"], verdict["edit"]["verdict"]) == ("host-network-pods", "breaks")
    (one,) = placed("--enable", "host-network-pods", "--before-after", stdin=data)["workloads"]
    assert [reason["rule"] for reason in one["after"][0]["reasons"]] == ["HN409"]
    told = " ".join(invoke("placement", stdin=data).out.decode().split())
    assert "-w` gives them the network of their nodes (host-network-pods) warning[HN409]" in told


def test_an_edit_of_one_takes_the_port_of_another() -> None:
    pinned = [on_host(name, nodeSelector={POOL: "barriers"}) for name in ("ds9100", "uiedit")]
    del pinned[1]["spec"]["template"]["spec"]["hostNetwork"]
    data = read(BARRIERS, *pinned)
    enabled = ("--enable", "host-network-pods")
    before = placed("--before-after", *enabled, stdin=data)
    assert words(before, "ds9100")["barriers"] == "runs"
    for one in before["workloads"]:
        (after,) = one["after"]
        assert [(each["rule"], after["verdict"]) for each in after["reasons"]] == [
            ("HN408", "breaks")
        ]
    told = invoke("placement", *enabled, stdin=data).out.decode()
    assert "changes the verdict of 2 workloads" in told
    assert "after the edits" not in told
    for form in ("table", "markdown"):
        text = invoke("placement", "--before-after", *enabled, "--format", form, stdin=data).out
        told = " ".join(text.decode().split())
        assert "after the edits, DaemonSet/" in told
        assert "HN401, HN408" in told
    edited = invoke(*enabled, "-", stdin=data)
    again = placed(*enabled, stdin=edited.out)
    assert [words(again, name)["barriers"] for name in ("ds9100", "uiedit")] == ["breaks"] * 2
    for found in (before, placed(stdin=data)):
        edit = found["workloads"][1]["verdicts"][0]["edit"]
        assert (edit["rule"], edit["verdict"]) == ("host-network-pods", "breaks")


def test_a_change_shows_what_moves(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
    pinned = deployment(nodeSelector={POOL: "offices"})
    (old / "a.yaml").write_bytes(
        read(BARRIERS, OFFICES, pinned, deployment("same"), deployment("gone"))
    )
    (new / "a.yaml").write_bytes(
        read(BARRIERS, OFFICES, host_pool("gates"), deployment(), deployment("same"))
    )
    found = placed("--old", old, new)
    by_name = {one["name"]: one for one in found["workloads"]}
    assert [(each["pools"], each["verdict"]) for each in by_name["web"]["old"]] == [
        (["barriers", ""], "cannot")
    ]
    assert by_name["same"]["old"] == []
    assert [one["name"] for one in found["gone"]] == ["gone"]
    assert [one["name"] for one in found["pools"] if one.get("new")] == ["gates"]
    text = invoke("placement", "--old", old, new).out.decode()
    assert "1 workload newly lands on barriers, and it breaks\n" in text
    assert "2 workloads newly land on gates, and all of them break\n" in text
    assert "cannot -> breaks" in text
    assert "Deployment/shop/gone (gone)" in text


def test_a_taint_that_a_workload_for_the_pool_does_not_tolerate_is_said(tmp_path: Path) -> None:
    taints = [{"key": "site", "effect": "NoSchedule"}]
    pinned = deployment("pinned", nodeSelector={POOL: "barriers"}, hostNetwork=True)
    (tmp_path / "old.yaml").write_bytes(read(BARRIERS, pinned, deployment()))
    (tmp_path / "new.yaml").write_bytes(
        read(host_pool("barriers", taints=taints), pinned, deployment())
    )
    run = invoke("placement", "--old", tmp_path / "old.yaml", tmp_path / "new.yaml")
    assert b"1 workload can now be scheduled nowhere\n" in run.out


def test_a_change_in_a_repository_is_read_from_git(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    file = repository / "a.yaml"
    file.write_bytes(read(BARRIERS, deployment(hostNetwork=True)))
    git = ("git", "-c", "user.name=t", "-c", "user.email=t@example.com")
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-qm", "one"], check=True)
    file.write_bytes(read(BARRIERS, deployment(), deployment("more")))
    assert b"1 workload newly breaks on barriers" in invoke("placement", "--base", "HEAD").out
    assert b"nothing changes" in invoke("placement", "--staged").out


CONFIG = """\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec: {scopes: ["clusters/*"]}
"""


def test_each_cluster_has_its_own_pools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".hostnet-transform.yaml").write_text(CONFIG)
    for name, its in (("east", BARRIERS), ("west", pool("barriers"))):
        (tmp_path / "clusters" / name).mkdir(parents=True)
        (tmp_path / "clusters" / name / "pools.yaml").write_bytes(read(its))
    (tmp_path / "apps.yaml").write_bytes(read(deployment()))
    found = placed(".")["clusters"]
    assert [one["cluster"] for one in found] == ["clusters/east", "clusters/west"]
    assert [words(one)["barriers"] for one in found] == ["breaks", "runs"]
    alone = placed("--cluster", "clusters/west", ".")
    assert (alone["cluster"], words(alone)["barriers"]) == ("clusters/west", "runs")


def test_a_source_that_a_kustomization_patches_says_so_and_never_fails(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_bytes(read(BARRIERS, deployment()))
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [app.yaml]\npatches:\n- path: patch.yaml\n"
    )
    (tmp_path / "patch.yaml").write_text(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\n"
        "spec: {template: {spec: {hostNetwork: true}}}\n"
    )
    (one,) = placed(tmp_path)["workloads"]
    assert len(one["patches"]) == 1
    run = invoke("placement", "--fail-on", "breaks", tmp_path)
    assert run.status == 0
    assert b"Deployment/shop/web (without patches)" in run.out


def test_the_numbers_of_a_run_that_leaves_patches_out_add_up(tmp_path: Path) -> None:
    patched = [deployment("web"), deployment("runs", hostNetwork=True)]
    (tmp_path / "app.yaml").write_bytes(read(*patched))
    (tmp_path / "others.yaml").write_bytes(read(BARRIERS, deployment("a"), deployment("b")))
    (tmp_path / "kustomization.yaml").write_text(
        "resources: [app.yaml]\npatches:\n- target: {kind: Deployment}\n"
        "  patch: '[{op: add, path: /spec/replicas, value: 2}]'\n"
    )
    run = invoke("placement", "--fail-on", "breaks", "--format", "markdown", tmp_path)
    assert b"barriers: 3 workloads break (1 judged without patches), 1 runs\n" in run.out
    line = (
        b"1 kustomization is not built, so 2 workloads are judged without patches, and not counted"
    )
    assert (
        line + b" by --fail-on breaks: use --build, which judges what kustomize builds\n" in run.out
    )
    assert "2 workloads break (1 more judged without patches)\n" in run.err


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_verbose_has_a_row_for_each_workload(form: str) -> None:
    data = read(BARRIERS, *(deployment(f"web-{number}") for number in range(7)))
    run = invoke("placement", "-v", "--format", form, stdin=data)
    rows = [line for line in run.out.splitlines() if b"/shop/web-" in line and b"breaks" in line]
    assert len(rows) == 7
    assert b" more" not in run.out
    folded = invoke("placement", stdin=data).out
    assert b"and 6 more" in folded
    assert b"with -v, each workload has a row of its own\n" in folded


HOSTILE = "\x1b[31m</td><img src=x onerror=alert(1)>|`a`\n*b*"


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_names_do_nothing_but_name(form: str) -> None:
    data = read(host_pool(HOSTILE), deployment(HOSTILE, nodeSelector={HOSTILE: HOSTILE}))
    run = invoke("placement", "--format", form, stdin=data)
    assert run.status == 0
    text = run.out.decode()
    assert "\x1b" not in text
    if form == "markdown":
        assert "<img" not in text
        assert "`a`" not in text
        assert "*b*" not in text


def test_wide_names_keep_the_columns_in_line() -> None:
    data = read(BARRIERS, deployment("カート"), deployment("cart", hostNetwork=True))
    lines = invoke("placement", stdin=data).out.decode().splitlines()
    (wide,) = (line for line in lines if "カート" in line and "breaks" in line)
    (narrow,) = (line for line in lines if line.startswith("Deployment/shop/cart"))
    assert wide.index("breaks") + 3 == narrow.index("runs")


def test_colour_is_for_terminals_and_what_it_says_is_there_without() -> None:
    data = read(BARRIERS, deployment())
    painted = invoke("placement", "--color", "always", stdin=data).out.decode()
    plain = invoke("placement", stdin=data).out.decode()
    assert "\x1b[33mbreaks\x1b[0m" in painted
    for code in ("\x1b[33m", "\x1b[1m", "\x1b[32m", "\x1b[34m", "\x1b[0m"):
        painted = painted.replace(code, "")
    assert painted == plain


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    objects = (BARRIERS, *(deployment(f"web-{number}") for number in range(300)))
    process = subprocess.Popen(
        [*TOOL, "placement", "--format", "json"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdin.write(read(*objects))
    process.stdin.close()
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0
    process.stderr.close()


def test_a_plan_puts_guards_first_and_marks_what_cannot_be_taken_back() -> None:
    text = invoke("placement", "--plan", CASE).out.decode()
    steps = [line for line in text.splitlines() if line[:1].isdigit()]
    assert steps[0] == "1. Guard the network components, and roll them out"
    assert steps[-2].endswith("(cannot be taken back)")
    assert "1 of these is no edge worker yet. OpenYurt converts a node" in " ".join(text.split())
    assert b"nothing to plan" in invoke("placement", "--plan", stdin=read(OFFICES)).out


def test_many_workers_and_one_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    data = read(BARRIERS, *(deployment(f"web-{number}") for number in range(40)))
    found = placed(stdin=data)
    monkeypatch.setattr("transformer.runs.workers._processors", lambda: 1)
    assert placed(stdin=data) == found


def test_the_page_holds_the_names_and_verdicts_and_names_no_other_file() -> None:
    page = invoke("placement", "--format", "html", "--before-after", CASE).out.decode()
    assert page.startswith("<!doctype html>")
    assert all(said in page for said in ("barriers", "price-board", "kept off", "HN401"))
    assert not re.search(r"(?:src|href)=", page)


CAMERAS: dict[str, Any] = {
    "apiVersion": "apps.openyurt.io/v1beta1",
    "kind": "YurtAppSet",
    "metadata": {"name": "cameras", "namespace": "shop"},
    "spec": {
        "pools": ["a", "b"],
        "workload": {
            "workloadTemplate": {
                "deploymentTemplate": {
                    "spec": {"template": {"spec": {"containers": [CONTAINER]}}},
                }
            }
        },
    },
}


def test_the_copies_of_one_object_count_once_in_all_formats() -> None:
    data = read(host_pool("a"), host_pool("b"), CAMERAS)
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert run.err == "failed because of --fail-on breaks: 1 workload breaks\n"
    assert b"1 workload, 2 pools, 2 of them host-network\n" in run.out
    assert b"1 workload" in invoke("placement", "--format", "markdown", stdin=data).out
    assert (
        b"Of 1 workload, on 2 host-network pools: "
        in invoke("placement", "--format", "html", stdin=data).out
    )
    plan = invoke("placement", "--plan", stdin=data).out
    assert plan.count(b"YurtAppSet/shop/cameras") == 1


def test_a_copy_for_a_further_pool_moves_the_object_and_makes_no_new_one(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    spec = {**CAMERAS["spec"], "pools": ["a"]}
    old.write_bytes(read(host_pool("a"), host_pool("b"), {**CAMERAS, "spec": spec}))
    run = invoke("placement", "--old", old, stdin=read(host_pool("a"), host_pool("b"), CAMERAS))
    lines = run.out.decode().splitlines()
    assert lines[0] == "1 workload newly lands on b, and it breaks"
    (row,) = [line for line in lines if line.startswith("YurtAppSet")]
    assert row.split()[1:6] == ["breaks!", "-", "->", "breaks!", "cannot"]


def test_a_table_does_not_show_an_old_state_and_what_the_edits_would_change(tmp_path: Path) -> None:
    old = tmp_path / "old.yaml"
    old.write_bytes(b"")
    for form in ("table", "markdown"):
        run = invoke("placement", "--format", form, "--before-after", "--old", old, stdin=b"")
        assert run.status == 2
        assert "--format html or json, which show both" in run.err


def test_a_pool_that_is_only_named_in_the_old_state_is_new(tmp_path: Path) -> None:
    naming = deployment("named", nodeSelector={"apps.openyurt.io/nodepool": "barriers"})
    before = (OFFICES, naming, deployment(), deployment("gone"))
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_bytes(read(*before))
    new.write_bytes(read(BARRIERS, *before[:-1]))
    found = placed("--old", old, new)
    assert [one["name"] for one in found["pools"] if one.get("new")] == ["barriers"]
    assert [one["old"] for one in found["workloads"]] == [[], []]
    assert "barriers" not in [
        pool for each in found["gone"][0]["verdicts"] for pool in each["pools"]
    ]
    text = invoke("placement", "--old", old, new).out.decode()
    assert "unknown" not in text

    # The other way round, it matters only to what names the pool.
    found = placed("--old", new, old)
    words_before = {
        one["name"]: [each["verdict"] for each in one["old"]]
        for one in found["workloads"]
        if one["old"] is not None
    }
    assert words_before == {"named": ["breaks"], "web": []}


CORDONED = {"unschedulable": True}
NOT_READY = {"taints": [{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}]}
JOINED = {"apps.openyurt.io/nodepool": "barriers", HOST_NETWORK: "true"}


def joining(spec: Any) -> tuple[Any, Any]:
    """Return a pool and its only node, which is not there yet for pods."""
    pool = {**BARRIERS, "status": {"nodes": ["n1"]}}
    named = {"name": "n1", "labels": JOINED}
    return pool, {"apiVersion": "v1", "kind": "Node", "metadata": named, "spec": spec}


@pytest.mark.parametrize("away", [CORDONED, NOT_READY], ids=["cordon", "not-ready"])
def test_a_node_that_is_not_ready_yet_makes_nothing_safe(away: Any) -> None:
    data = read(*joining(away), deployment())
    (verdict, _) = placed(stdin=data)["workloads"][0]["verdicts"]
    assert (verdict["verdict"], verdict["later"]) == ("kept off", "breaks")
    assert [one["rule"] for one in verdict["reasons"]] == ["HN420"]
    assert verdict["edit"]["verdict"] == "kept off"
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert run.status == 1
    assert "1 workload breaks once the nodes are ready and not cordoned" in run.err
    assert b"barriers: 1 workload is kept off (for now)" in run.out
    assert b"off for now  runs     HN420" in run.out
    assert (
        b"Keep off, or adapt, the workloads that break"
        in invoke("placement", "--plan", stdin=data).out
    )
    assert b"is kept off for now" in invoke("placement", "--format", "html", stdin=data).out


@pytest.mark.parametrize("away", [CORDONED, NOT_READY], ids=["cordon", "not-ready"])
def test_pods_for_a_node_that_is_not_ready_yet_have_a_place(away: Any) -> None:
    kiosk = deployment(hostNetwork=True, nodeSelector={POOL: "barriers"})
    data = read(*joining(away), kiosk)
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert (run.status, b"nowhere" in run.out) == (0, False)
    assert b"Roll out the workloads for barriers" in invoke("placement", "--plan", stdin=data).out


def test_what_a_lasting_taint_keeps_off_is_not_off_for_now() -> None:
    lasting = {"taints": [*NOT_READY["taints"], {"key": "net", "effect": "NoSchedule"}]}
    (verdict, _) = placed(stdin=read(*joining(lasting), deployment()))["workloads"][0]["verdicts"]
    assert "later" not in verdict
    assert verdict["reasons"] == []


def test_a_cordon_is_no_proof_that_pods_leave(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old/all.yaml").write_bytes(read(*joining({}), deployment()))
    data = read(*joining(CORDONED), deployment())
    run = invoke("placement", "--old", str(tmp_path / "old"), stdin=data)
    assert b"1 workload is only for now kept off barriers" in run.out
    assert b"breaks -> off for now" in run.out


ON_HOSTS = "host-network pools not in the input"


@pytest.mark.parametrize("pools", [(), (OFFICES,)], ids=["none", "a standard one"])
def test_pods_that_ask_for_the_label_break_on_pools_that_are_not_in_the_input(pools: Any) -> None:
    data = read(*pools, deployment(nodeSelector={HOST_NETWORK: "true"}), deployment("cart"))
    found = placed(stdin=data)
    assert words(found)[ON_HOSTS] == "breaks"
    assert words(found, "cart")[ON_HOSTS] == "unknown"
    run = invoke("placement", "--fail-on", "breaks", stdin=data)
    assert (run.status, b"nowhere" in run.out) == (1, False)
    assert f"{ON_HOSTS}: 1 workload breaks (by an error), 1 is".encode() in run.out
    assert (
        f"On {ON_HOSTS}: breaks!".encode()
        in invoke("placement", "--explain", "web", stdin=data).out
    )
    assert b"Keep off, or adapt" in invoke("placement", "--plan", stdin=data).out


def test_a_port_is_taken_on_pools_that_are_not_in_the_input() -> None:
    labels = {HOST_NETWORK: "true"}
    data = read(OFFICES, *(on_host(name, nodeSelector=labels) for name in ("first", "second")))
    found = placed(stdin=data)
    assert [words(found, name)[ON_HOSTS] for name in ("first", "second")] == ["breaks", "breaks"]


def test_what_asks_for_the_label_and_more_depends_on_that() -> None:
    labels = {HOST_NETWORK: "true", "disk": "ssd"}
    run = invoke("placement", stdin=read(deployment(nodeSelector=labels)))
    assert b"unknown, depending on the node label disk" in run.out
    assert b"nowhere" not in run.out


def test_pods_that_ask_for_any_pool_are_unknown_without_one() -> None:
    term = {"matchExpressions": [{"key": POOL, "operator": "Exists"}]}
    rule = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [term]}}
    data = read(deployment(affinity={"nodeAffinity": rule}))
    assert words(placed(stdin=data)) == {"": "cannot", "pools not in the input": "unknown"}
    out = invoke("placement", stdin=data).out
    assert b"unknown, depending on the NodePools, none of which is in the input" in out
    assert b"nowhere" not in out


def test_a_change_that_asks_for_the_label_says_that_pods_break(tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_bytes(read(OFFICES, deployment()))
    data = read(OFFICES, deployment(nodeSelector={HOST_NETWORK: "true"}))
    run = invoke("placement", "--old", str(tmp_path / "old.yaml"), stdin=data)
    assert b"1 workload newly lands on host-network pools not in the input, and it" in run.out
    assert b"nowhere" not in run.out


def test_a_label_without_a_key_is_what_no_node_has() -> None:
    found = placed(stdin=read(BARRIERS, deployment(nodeSelector={"": "ssd"})))
    assert words(found) == {"barriers": "cannot", "": "cannot"}


def test_the_templates_of_one_object_are_told_apart() -> None:
    tasks = [
        {"template": {"spec": {"containers": [CONTAINER], "hostNetwork": on}}} for on in (0, 1)
    ]
    tasks[1]["template"]["spec"]["hostNetwork"] = True
    job = {"apiVersion": "batch.volcano.sh/v1alpha1", "kind": "Job", "metadata": {"name": "train"}}
    out = invoke("placement", stdin=read(BARRIERS, {**job, "spec": {"tasks": tasks}})).out
    assert b"Job/train /spec/tasks/0/template  breaks" in out
    assert b"Job/train /spec/tasks/1/template  runs" in out

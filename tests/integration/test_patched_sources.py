"""Sources that kustomizations patch: what their findings are in reports, hooks and comparisons."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.requirements import require_tool

POOL = """\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: kiosks}
spec: {type: Edge, hostNetwork: true}
"""
HOST = '[{"op": "add", "path": "/spec/template/spec/hostNetwork", "value": true}]'


def deployment(name: str = "till", *, spec: str = "", labels: str = "") -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}{labels}}}}}
    spec:
      nodeSelector: {{apps.openyurt.io/nodepool: kiosks}}
      containers: [{{name: main, image: "{name}:1"{spec}}}]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(**files: str) -> None:
    """Write files, `a__b` into the folder a, each name without its `.yaml`."""
    for name, text in files.items():
        path = Path(f"{name.replace('__', '/')}.yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def overlay(*targets: str) -> str:
    """Return a kustomization on `base` that patches objects by these names."""
    patches = [{"path": "host.yaml", "target": {"name": target}} for target in targets]
    return json.dumps({"resources": ["../base"], "patches": patches})


def reported(*arguments: str, status: int = 0) -> list[tuple[str, str, str]]:
    """Return rule, severity and message of each finding."""
    run = invoke("validate", "--format", "json", *arguments)
    assert run.status == status, run.err
    found: list[dict[str, Any]] = json.loads(run.out)["findings"]
    return [(one["rule"], one["severity"], one["message"]) for one in found]


def git(*arguments: str) -> None:
    subprocess.run(["git", *arguments], check=True, capture_output=True)


@pytest.fixture
def _repository(monkeypatch: pytest.MonkeyPatch) -> None:
    require_tool("git")
    for name in [name for name in os.environ if name.startswith(("GIT", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    write(pools=POOL, base__till=deployment(), edge__host=HOST)
    write(base__kustomization="resources: [till.yaml]", edge__kustomization=overlay("till"))
    git("init", "-q")
    git("add", "--all")
    git("commit", "-qm", "m")


@pytest.mark.usefixtures("_repository")
def test_a_hook_that_gets_the_base_only_knows_the_overlay_and_its_patch() -> None:
    write(base__till=deployment("till", labels=", new: label"))
    git("add", "--all")
    run = invoke("hook", "validate", "base/till.yaml")
    assert run.status == 0, run.err
    write(base__other=deployment("other"), base__kustomization="resources: [till.yaml, other.yaml]")
    git("add", "--all")
    run = invoke("hook", "validate", "-v", "base/till.yaml", "base/other.yaml")
    assert run.status == 1
    assert b"error[HN401] Deployment/other" in run.out
    assert b"warning[HN401] Deployment/till" in run.out


@pytest.mark.usefixtures("_repository")
def test_the_staged_kustomization_counts_not_the_one_on_the_disk() -> None:
    write(edge__kustomization="resources: [../base]")
    assert [found[:2] for found in reported("--staged")] == [("HN401", "warning")]
    git("add", "--all")
    assert [found[:2] for found in reported("--staged", "base", "pools.yaml", status=1)] == [
        ("HN401", "error")
    ]
    assert [found[:2] for found in reported("--base", "HEAD", "base", "pools.yaml", status=1)] == [
        ("HN401", "error")
    ]


@pytest.mark.usefixtures("_repository")
def test_of_the_rest_of_the_repository_the_patches_without_a_target_are_read() -> None:
    merge = deployment().replace("nodeSelector", "hostNetwork: true # ")
    kustomization = "{resources: [../base], patches: [{path: host.yaml}]}"
    write(edge__host=merge, edge__kustomization=kustomization)
    git("commit", "-qam", "m")
    write(base__till=deployment("till", labels=", new: label"))
    for options in (["--base", "HEAD"], ["--staged", "--base", "HEAD~1"]):
        ((*how, message),) = reported(*options, "base", "pools.yaml")
        assert how == ["HN401", "warning"]
        assert message.endswith(" (without the patch in edge/host.yaml)")


def test_no_finding_on_a_patched_source_fails_a_run() -> None:
    write(pools=POOL, base__till=deployment(), base__kustomization="resources: [till.yaml]")
    write(edge__kustomization=overlay("till"), edge__host=HOST)
    assert [found[:2] for found in reported("--fail-on", "warning", ".")] == [("HN401", "warning")]
    write(plain=deployment("plain").replace("nodeSelector", "priorityClassName: x # "))
    found = reported("--fail-on", "warning", ".", status=1)
    assert {one[:2] for one in found} == {("HN401", "warning"), ("HN420", "warning")}
    run = invoke("validate", "--fail-on", "warning", ".")
    assert "failed because of --fail-on warning: 1 warning\n" in run.err


def test_many_documents_are_judged_by_several_processes_alike() -> None:
    names = [f"app-{number}" for number in range(40)]
    write(**{f"base__{name}": deployment(name) for name in names})
    write(base__kustomization=json.dumps({"resources": [f"{name}.yaml" for name in names]}))
    write(pools=POOL, edge__kustomization=overlay("app-.?"), edge__host=HOST)
    found = reported(".", status=1)
    assert [severity for _, severity, _ in found].count("warning") == 10
    assert [severity for _, severity, _ in found].count("error") == 30


def test_a_service_depends_on_the_patched_pods_behind_it() -> None:
    service = """\
apiVersion: v1
kind: Service
metadata: {name: till}
spec: {externalTrafficPolicy: Local, type: NodePort, selector: {app: till}, ports: [{port: 80}]}
"""
    policy = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {matchLabels: {app: till}}}
"""
    uses = ", envFrom: [{configMapRef: {name: hosts}}]"
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: hosts}\ndata: {a: 'http://db.shop.svc'}\n"
    write(pools=POOL, svc=service, policy=policy, config=config)
    write(base__till=deployment(spec=uses), base__kustomization="resources: [till.yaml]")
    before = reported(".", status=1)
    assert {found[:2] for found in before} == {
        ("HN401", "error"),
        ("HN407", "warning"),
        ("HN409", "warning"),
        ("HN423", "info"),
    }
    write(edge__kustomization=overlay("till"), edge__host=HOST)
    without = " (without the patch in edge/host.yaml)"
    milder = {"error": "warning", "warning": "info", "info": "info"}
    assert reported(".") == [
        (rule, milder[how], message + without) for rule, how, message in before
    ]


def test_of_a_pool_those_are_named_that_nothing_patches() -> None:
    plain = deployment("plain").replace("nodeSelector", "priorityClassName: x # ")
    patched = deployment("patched").replace("nodeSelector", "priorityClassName: x # ")
    write(pools=POOL, base__patched=patched, base__kustomization="resources: [patched.yaml]")
    write(edge__kustomization=overlay("patched"), edge__host=HOST, plain=plain)
    ((rule, severity, message),) = reported(".")
    assert (rule, severity) == ("HN420", "warning")
    assert "the pods of Deployment/plain can be scheduled" in message
    shown = invoke("validate", "-v", ".").out.decode()
    assert "Deployment/plain: can land there\n" in shown
    assert "Deployment/patched: can land there (without the patch in edge/host.yaml)" in shown


def test_a_suppressed_finding_stays_suppressed_and_other_rules_stay_as_they_are() -> None:
    ignored = deployment().replace(
        "{name: till}", "{name: till, annotations: {transform.hostnet.io/ignore: HN401}}", 1
    )
    bad = POOL.replace("Edge", "Cloud").replace("kiosks", "cloud")
    write(pools=POOL, base__till=ignored, base__bad=bad)
    write(base__kustomization="resources: [till.yaml, bad.yaml]")
    write(edge__kustomization=overlay(".*"), edge__host=HOST)
    assert [found[:2] for found in reported(".", status=1)] == [("HN103", "error")]


def test_what_is_built_is_judged_as_it_is_and_what_is_not_built_as_a_source() -> None:
    require_tool("kubectl")
    write(pools=POOL, base__till=deployment(), edge__host=HOST)
    write(base__kustomization="resources: [till.yaml]", edge__kustomization=overlay("till"))
    assert reported("--build", ".") == []
    remote = json.loads(overlay("till")) | {"helmCharts": [{"name": "x", "repo": "https://x.io"}]}
    write(edge__kustomization=json.dumps(remote))
    ((rule, severity, message),) = reported("--build", ".")
    assert (rule, severity) == ("HN401", "warning")
    assert message.endswith(" (without the patch in edge/host.yaml)")


FREE = deployment().replace("nodeSelector", "priorityClassName: x # ")
PIN = {"op": "add", "path": "/spec/template/spec/nodeSelector", "value": {"zone": "a"}}
OPTIONS = ("--enable", "keep-off", "--enable", "host-network-pods")


def patched(operation: object, till: str = FREE) -> None:
    """Write a base that is used as it is, and by an overlay that patches it."""
    patch = {"patch": json.dumps([operation]), "target": {"kind": "Deployment"}}
    write(pools=POOL, base__till=till, base__kustomization="resources: [till.yaml]")
    write(plain__kustomization="{namespace: a, resources: [../base]}")
    kustomization = {"namespace": "b", "resources": ["../base"], "patches": [patch]}
    write(pinned__kustomization=json.dumps(kustomization))


@pytest.mark.parametrize(
    ("till", "rule"), [(FREE, "keep-off"), (deployment(), "host-network-pods")]
)
def test_where_an_overlay_decides_where_pods_run_their_base_is_not_edited(
    till: str, rule: str
) -> None:
    patched(PIN, till)
    run = invoke("-w", *OPTIONS, ".")
    assert run.status == 0
    assert Path("base/till.yaml").read_text() == till
    assert (
        f"base/till.yaml:1:1: warning[HN415]: {rule} would apply to Deployment/till, but where it"
        " runs is decided in pinned/kustomization.yaml\n" in run.err
    )
    assert "transform the built result" in run.err
    assert invoke("--check", *OPTIONS, ".").status == 0
    assert invoke("--diff", *OPTIONS, ".").out == b""


def test_a_patch_of_other_fields_does_not_stop_an_edit() -> None:
    patched({"op": "add", "path": "/spec/replicas", "value": 2})
    run = invoke("-w", "--enable", "keep-off", ".")
    assert "HN415" not in run.err
    assert "exclude-host-network-pool" in Path("base/till.yaml").read_text()


def test_rules_that_do_not_depend_on_where_pods_run_edit_what_is_patched() -> None:
    annotated = FREE.replace(
        "labels: {app: till}", 'annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}'
    )
    patched(PIN, annotated)
    assert "HN415" not in invoke("-w", *OPTIONS, ".").err
    assert "nodepool.openyurt.io/hostnetwork" in Path("base/till.yaml").read_text()


def test_a_patched_base_that_is_wrong_is_as_wrong_for_an_edit() -> None:
    wrong = "annotations: {apps.openyurt.io/exclude-host-network-pool: True}"
    patched(PIN, FREE.replace("labels: {app: till}", wrong))
    assert invoke("--check", ".").status == 1
    run = invoke("--check", "--enable", "keep-off", ".")
    assert run.status == 1
    assert "error[HN403]" in run.err


@pytest.mark.usefixtures("_repository")
def test_a_hook_that_gets_the_base_only_knows_what_decides_in_the_overlay() -> None:
    write(pools=POOL, base__till=FREE, edge__host=json.dumps([PIN]))
    git("add", "--all")
    run = invoke("hook", "transform", "-v", *OPTIONS, "base/till.yaml")
    assert run.status == 0, run.err
    assert "is decided in edge/host.yaml" in run.err
    assert Path("base/till.yaml").read_text() == FREE

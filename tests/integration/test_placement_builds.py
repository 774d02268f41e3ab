"""`placement --build`: the verdicts are on what is built, and all places are those of sources."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.requirements import require_tool
from transformer.inputs.builds import program

_POD = "{nodeSelector: {apps.openyurt.io/nodepool: p}, hostNetwork: true, containers: [%s]}"
_PORTS = "{name: c, image: i, ports: [{containerPort: 80, hostPort: 80}]}"


def deployment(name: str, pod: str = _POD % _PORTS) -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {pod}
"""


POOL = """\
# The first pool.
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: p}
spec: {type: Edge, hostNetwork: true}
"""


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A base with two workloads that need the same port, and an overlay with the pool."""
    kubectl = Path(require_tool("kubectl"))
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(program.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    write("base/apps.yaml", f"{deployment('cart')}---\n{deployment('web')}")
    write("base/kustomization.yaml", "resources: [apps.yaml]\n")
    write("prod/pool.yaml", POOL)
    write("prod/kustomization.yaml", "resources: [../base, pool.yaml]\n")


def write(name: str, text: str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def printed(*arguments: str) -> str:
    run = invoke("placement", *arguments)
    assert run.status == 0, run.err
    return run.out.decode()


def staging() -> None:
    """Add an overlay of the same base, which lets the web server run anywhere."""
    patch = '[{"op": "remove", "path": "/spec/template/spec/nodeSelector"}]'
    target = f"- target: {{name: web}}\n  patch: '{patch}'\n"
    write("staging/kustomization.yaml", f"resources: [../base]\npatches:\n{target}")


@pytest.mark.parametrize("build", ["--build", "--build-dir=prod"])
def test_what_is_built_is_explained_with_the_places_of_its_source(build: str) -> None:
    text = printed(build, "--explain", "Deployment/shop/web", ".")
    assert text.startswith("Deployment/shop/web (base/apps.yaml:10:1), as built by prod\n")
    assert "apps.openyurt.io/nodepool=p (line 17)" in text
    assert "On host-network pool p: breaks" in text


def test_each_build_is_explained() -> None:
    staging()
    text = printed("--build", "--explain", "Deployment/shop/web", ".")
    assert text.count("\nThe pods ask for\n") == 2
    assert "as built by prod\n" in text
    assert "as built by staging\n" in text


def test_where_a_patch_asks_for_something_is_in_the_file_of_the_patch() -> None:
    write(
        "prod/pin.yaml",
        deployment("web", "{nodeSelector: {kubernetes.io/arch: arm64}}").replace(
            "  selector", "  #"
        ),
    )
    more = "patches: [{path: pin.yaml}]\n"
    write("prod/kustomization.yaml", f"resources: [../base, pool.yaml]\n{more}")
    text = printed("--build", "--explain", "Deployment/shop/web", ".")
    assert "kubernetes.io/arch=arm64 (prod/pin.yaml:8)" in " ".join(text.split())


@pytest.mark.parametrize("more", [["--plan"], ["--format=json"], ["--format=html"], []])
def test_all_places_are_those_of_sources(more: list[str]) -> None:
    text = printed("--build", *more, ".")
    assert "(built)" not in text
    if more == ["--plan"]:
        assert "NodePool/p (prod/pool.yaml:2)" in text


def test_a_reason_names_the_source_of_another_workload() -> None:
    found = json.loads(printed("--build", "--format", "json", "."))
    said = [reason["message"] for reason in reasons(found) if reason["rule"] == "HN408"]
    assert said == [
        "Deployment/shop/web (base/apps.yaml:17) needs the same port, TCP 80",
        "Deployment/shop/cart (base/apps.yaml:8) needs the same port, TCP 80",
    ]


def reasons(found: Any) -> list[Any]:
    return [
        reason
        for one in found["workloads"]
        for verdict in one["verdicts"]
        for reason in verdict["reasons"]
    ]


def test_a_finding_names_the_source_of_another_workload() -> None:
    run = invoke("validate", "--build", "--format", "json", ".")
    (one,) = [found for found in json.loads(run.out)["findings"] if found["rule"] == "HN408"]
    assert "by Deployment/shop/cart (base/apps.yaml:8), which" in one["message"]


def test_commands_of_the_plan_read_what_was_read_for_it() -> None:
    write("my pools/more.yaml", POOL.replace("name: p", "name: q"))
    breaking = deployment("free", "{containers: [{name: c, image: i}]}")
    write("base/apps.yaml", breaking)
    text = printed("--build", "--pools", "my pools", "--plan", ".")
    assert (
        "$ hostnet-transform placement --fail-on breaks --fail-on unseen --build"
        " --pools 'my pools' PATH\n"
    ) in text
    edits = "--enable keep-off --enable host-network-pods --diff --pools 'my pools' PATH\n"
    before, _, after = text.partition("   $ hostnet-transform --")
    assert after.startswith(edits[2:])
    assert before.endswith("   PATH: the source files, not the output of kustomize\n")

    text = printed("--build-dir", "prod", "--plan", ".")
    assert "placement --fail-on breaks --fail-on unseen --build-dir prod PATH\n" in text
    text = printed("--plan", ".")
    assert "$ hostnet-transform placement --fail-on breaks --fail-on unseen --build PATH\n" in text
    assert "output of kustomize" not in text


def test_patches_that_are_left_out_are_told_when_a_run_shall_fail() -> None:
    staging()
    write("base/apps.yaml", deployment("web"))
    run = invoke("placement", "--quiet", "--fail-on", "breaks", ".")
    assert run.status == 0
    assert run.err.splitlines() == [
        "warning: 1 workload is judged without the patches that kustomizations apply, and not"
        " counted by --fail-on breaks: staging/kustomization.yaml",
        "  help: use --build, which judges what kustomize builds",
    ]
    assert invoke("placement", ".").err == ""
    assert "warning" not in invoke("placement", "--build", "--fail-on", "breaks", ".").err


HINT = (
    "prod, staging: builds with workloads of the same names, judged as one cluster unless"
    " `clusters` in the configuration tells them apart"
)


def test_workloads_of_several_builds_are_told_apart() -> None:
    text = printed("--build", ".")
    assert " in prod" not in text
    assert "as one cluster" not in text
    staging()
    text = " ".join(printed("--build", ".").split())
    assert HINT in text
    assert "Deployment/shop/web in staging" in text
    found = json.loads(printed("--build", "--format", "json", "."))
    assert [one["build"] for one in found["workloads"]] == ["prod", "prod", "staging", "staging"]
    assert b"Deployment, in staging" in printed("--build", "--format", "html", ".").encode()


def test_a_build_is_compared_with_the_same_build_of_the_old_state(tmp_path: Path) -> None:
    staging()
    both = tmp_path / "both"
    for folder in ("base", "prod", "staging"):
        shutil.copytree(folder, both / folder)
    shutil.copytree(both, "one")
    shutil.rmtree("one/prod")
    for old, new, gone, added in (
        ("both", "one", 2, 0),
        ("one", "both", 0, 2),
        ("both",) * 2 + (0, 0),
    ):
        found = json.loads(printed("--build", "--format", "json", "--old", old, new))
        assert len(found["gone"]) == gone
        olds = [one["old"] for one in found["workloads"]]
        assert olds.count(None) == added
        assert olds.count([]) == len(olds) or old != new


def test_a_workload_may_come_from_another_folder_than_before() -> None:
    shutil.move("prod", "live")
    write("old/all.yaml", f"{deployment('cart')}---\n{deployment('web')}---\n{POOL}")
    found = json.loads(printed("--build", "--format", "json", "--old", "old", "live"))
    assert found["gone"] == []
    assert [one["old"] for one in found["workloads"]] == [[], []]

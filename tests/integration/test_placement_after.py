"""`placement --build --before-after` says what a second run says after `hostnet-transform -w`."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.integration.cli_runs import invoke
from tests.requirements import require_tool
from transformer.inputs.builds import program

POOLS = """\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: beds}
spec: {type: Edge, hostNetwork: true}
---
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: campus}
spec: {type: Edge}
"""
NODE = """\
apiVersion: v1
kind: Node
metadata: {name: bed-1, labels: {apps.openyurt.io/nodepool: beds, zone: a}}
"""
READER = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: reader}
spec:
  selector: {matchLabels: {app: reader}}
  template:
    metadata: {labels: {app: reader}}
    spec:
      containers: [{name: main, image: i, ports: [{containerPort: 80}]}]
"""
EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"
ANNOTATED = READER.replace(
    "metadata: {labels", f'metadata: {{annotations: {{{EXCLUDE}: "true"}}, labels'
)
PINNED = READER.replace(
    "containers:", "nodeSelector: {apps.openyurt.io/nodepool: beds}\n      containers:"
)
AGENT = PINNED.replace("reader", "agent").replace(
    "containers:", "hostNetwork: true\n      containers:"
)
BEDS = {"apps.openyurt.io/nodepool": "beds"}
TO_BEDS = {"op": "add", "path": "/spec/template/spec/nodeSelector", "value": BEDS}
ON_HOST = {"op": "add", "path": "/spec/template/spec/hostNetwork", "value": True}
NO_ANNOTATION = {"op": "remove", "path": "/spec/template/metadata/annotations"}
REPLICAS = {"op": "add", "path": "/spec/replicas", "value": 3}


def overlay(*operations: Any, **more: Any) -> str:
    """Return an overlay of the base that patches all Deployments."""
    patch = {"target": {"kind": "Deployment"}, "patch": json.dumps(operations)}
    patches = {"patches": [patch]} if operations else {}
    return json.dumps({"resources": ["../../base"], **patches, **more})


def files(reader: str = READER, *more: str, **overlays: str) -> dict[str, str]:
    """Return the files of a repository, with the kustomizations of overlays."""
    base = "---\n".join([reader, *more])
    found = {"pools.yaml": POOLS, "base/apps.yaml": base}
    found["base/kustomization.yaml"] = "resources: [apps.yaml]\n"
    return found | {f"overlays/{name}/kustomization.yaml": text for name, text in overlays.items()}


CAMPUS = overlay(namespace="campus")
REPOSITORIES = {
    "pinned": files(campus=CAMPUS, beds=overlay(TO_BEDS, ON_HOST, namespace="beds")),
    "only pinned": files(beds=overlay(TO_BEDS, namespace="beds")),
    "names": files(a=overlay(namePrefix="a-"), b=overlay(nameSuffix="-b", namespace="b")),
    "replicas": files(campus=CAMPUS, beds=overlay(REPLICAS, namespace="beds")),
    "annotated": files(
        ANNOTATED, campus=CAMPUS, beds=overlay(TO_BEDS, NO_ANNOTATION, namespace="beds")
    ),
    "ports": files(PINNED, AGENT, beds=overlay(namespace="beds")),
    "nodes": files(campus=CAMPUS) | {"nodes.yaml": NODE},
    "not built": files(campus=CAMPUS)
    | {"charts/kustomization.yaml": "resources: [web.yaml]\nhelmCharts: [{name: x}]\n"}
    | {"charts/web.yaml": READER.replace("reader", "web"), "plain.yaml": PINNED},
}
ALL = ("--enable", "keep-off", "--enable", "host-network-pods")

Table: TypeAlias = dict[tuple[str, ...], list[Any]]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubectl = Path(require_tool("kubectl"))
    monkeypatch.setenv("PATH", f"{kubectl.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv(program.VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


def write(repository: dict[str, str]) -> None:
    for name, text in repository.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def placed(*options: str) -> Any:
    run = invoke("placement", "--build", "--format", "json", *options, ".")
    assert run.status == 0, run.err
    return json.loads(run.out)


def table(report: Any, state: str = "verdicts") -> Table:
    """Return what becomes of each workload in each pool, in a state: with why it breaks."""
    found: Table = {}
    for one in report["workloads"]:
        where = (one.get("build", one["file"]), one["kind"], one["namespace"], one["name"])
        for verdict in (*one["verdicts"], *(one[state] if state != "verdicts" else ())):
            rules = [reason["rule"] for reason in verdict["reasons"]]
            for pool in verdict["pools"]:
                found[*where, pool] = [verdict["verdict"], verdict.get("severity"), rules]
    return found


@pytest.mark.parametrize("options", [(), ALL], ids=["default", "all"])
@pytest.mark.parametrize("name", REPOSITORIES)
def test_the_preview_says_what_a_second_run_says_after_the_edits(
    name: str, options: Sequence[str]
) -> None:
    write(REPOSITORIES[name])
    before = {path: path.read_text() for path in Path().rglob("*.yaml")}
    now = placed("--before-after", *options)
    assert {path: path.read_text() for path in Path().rglob("*.yaml")} == before
    assert invoke("-w", *options, ".").status == 0
    assert table(now, "after") == table(placed(*options))


def test_what_an_overlay_decides_is_not_edited_and_the_preview_shows_no_edit() -> None:
    write(REPOSITORIES["pinned"])
    now = placed("--before-after", *ALL)
    assert [one["after"] for one in now["workloads"]] == [[], []]
    assert not any("edit" in one for each in now["workloads"] for one in each["verdicts"])
    assert not any("`hostnet-transform -w`" in line for line in now["summary"])
    assert invoke("-w", *ALL, ".").status == 0
    assert table(placed()) == table(now)


def test_an_edit_that_no_build_of_the_object_alone_shows_is_in_the_preview() -> None:
    write(REPOSITORIES["annotated"])
    run = invoke("placement", "--build", "--before-after", ".")
    text = run.out.decode()
    changes = "`hostnet-transform -w` with the same options changes the verdict of 1 workload"
    assert f"{changes}; 1 workload can then be scheduled nowhere" in " ".join(text.split())
    (row,) = [line for line in text.splitlines() if line.startswith("Deployment/beds/reader")]
    assert row.split("  ")[-1].split(", ")[-1].strip() == "nowhere"


@pytest.mark.parametrize(("name", "rules"), [("pinned", []), ("replicas", ["keep-off"] * 2)])
def test_only_edits_that_the_source_would_get_are_advised(name: str, rules: list[str]) -> None:
    write(REPOSITORIES[name])
    verdicts = [verdict for one in placed()["workloads"] for verdict in one["verdicts"]]
    assert [verdict["edit"]["rule"] for verdict in verdicts if "edit" in verdict] == rules


def test_a_build_that_fails_after_the_edits_is_named() -> None:
    labels = {"labels": {"app": "reader"}}
    test = {"op": "test", "path": "/spec/template/metadata", "value": labels}
    write(files(campus=overlay(test, namespace="campus"), ward=overlay(namespace="ward")))
    now = placed("--before-after", *ALL)
    assert [verdict["verdict"] for one in now["workloads"] for verdict in one["after"]] == [
        "kept off",
        "kept off",
    ]
    (line,) = [line for line in now["summary"] if "estimated" in line]
    assert line.startswith("overlays/campus: cannot be built after the edits")
    assert not any("estimated" in line for line in placed()["summary"])


def test_reasons_after_the_edits_are_at_places_of_the_sources() -> None:
    write(REPOSITORIES["ports"])
    now = placed("--before-after", *ALL)
    reasons = [
        reason
        for one in now["workloads"]
        for verdict in one["after"]
        for reason in verdict["reasons"]
    ]
    assert {reason["file"] for reason in reasons} == {"base/apps.yaml"}
    assert not any("built" in reason["message"] for reason in reasons)


def test_links_lead_from_one_copy_to_another() -> None:
    write(REPOSITORIES["replicas"])
    Path("base/parts").mkdir()
    Path("base/apps.yaml").rename("base/parts/apps.yaml")
    Path("base/apps.yaml").symlink_to("parts/apps.yaml")
    Path("base").rename("shared")
    Path("base").symlink_to("shared")
    now = placed("--before-after", *ALL)
    assert any(one["after"] for one in now["workloads"])
    assert invoke("-w", *ALL, ".").status == 0
    assert table(now, "after") == table(placed(*ALL))


def test_of_what_is_staged_the_edits_are_previewed_too() -> None:
    require_tool("git")
    write(REPOSITORIES["names"])
    for command in (
        ["init", "-q"],
        ["add", "--all"],
        ["-c", "user.name=t", "-c", "user.email=t", "commit", "-qm", "m"],
    ):
        subprocess.run(["git", *command], check=True, capture_output=True)
    expected = table(placed("--before-after", *ALL), "after")
    Path("base/apps.yaml").unlink()
    assert table(placed("--before-after", "--staged", *ALL), "after") == expected


def test_a_file_that_cannot_be_read_is_reported_once() -> None:
    write(REPOSITORIES["replicas"])
    Path("gone.yaml").symlink_to("nowhere.yaml")
    run = invoke("placement", "--build", "--before-after", ".")
    assert run.status == 3
    assert run.err.count("gone.yaml") == 1
    assert b"beds: 2 workloads break\n" in run.out

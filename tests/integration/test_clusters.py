"""Repositories with several clusters: `clusters` and `scopes`, and what comes of them."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.cli_runs import ROOT, invoke
from tests.manifests import LABEL, guarded, joined, node, pool

HEAD = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/report.schema.json").read_text()))

TWO = """\
  clusters:
    - name: prod
      paths: [clusters/prod/, apps/base/, apps/prod/]
    - name: staging
      paths: [clusters/staging/, apps/base/, apps/staging/]
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, data: bytes | str) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)


def configure(spec: str = TWO) -> None:
    write(".hostnet-transform.yaml", f"{HEAD}spec:\n{spec}")


def daemons(name: str = "agent", more: str = "") -> bytes:
    """Return a DaemonSet that takes every node, and needs a network of its own."""
    return (
        f"apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {{name: {name}}}\nspec:\n"
        f"  template:\n    spec:\n{more}      containers: [{{name: a, image: a}}]\n"
    ).encode()


def pinned(name: str, to: str) -> bytes:
    """Return a DaemonSet that takes the nodes of one pool."""
    return daemons(name, f"      nodeSelector: {{apps.openyurt.io/nodepool: {to}}}\n")


def report(*args: str | Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(invoke("validate", "--format", "json", *args).out)
    SCHEMA.validate(told)
    return told


def told(*args: str | Path) -> list[tuple[str, str, str, list[str]]]:
    """Return rule, file, the end of the message if it names clusters, and the clusters."""
    return [
        (
            found["rule"],
            found["file"],
            found["message"][found["message"].rfind(" (cluster") :]
            if " (cluster" in found["message"]
            else "",
            found.get("clusters", []),
        )
        for found in report(*args)["findings"]
    ]


def two_clusters() -> None:
    """Write `prod`, whose pool p is on the host network, and `staging`, whose pool p is not."""
    configure()
    write("clusters/prod/pools.yaml", pool("p"))
    write("clusters/staging/pools.yaml", pool("p", host_network=False))


# --- which cluster a file belongs to ------------------------------------------------------------


def test_a_file_of_several_clusters_is_validated_in_each() -> None:
    two_clusters()
    write("apps/base/agent.yaml", daemons())
    assert told(".") == [("HN411", "apps/base/agent.yaml", " (cluster prod)", ["prod"])]
    write("clusters/staging/pools.yaml", pool("p"))
    assert told(".") == [("HN411", "apps/base/agent.yaml", "", ["prod", "staging"])]


def test_a_finding_in_some_of_many_clusters_is_told_once_with_their_names() -> None:
    configure(TWO + "    - {name: dev, paths: [clusters/dev/, apps/base/]}\n")
    for cluster in ("prod", "staging", "dev"):
        write(f"clusters/{cluster}/pools.yaml", pool("p", host_network=cluster != "dev"))
    write("apps/base/agent.yaml", daemons())
    assert told(".") == [
        ("HN411", "apps/base/agent.yaml", " (clusters prod, staging)", ["prod", "staging"])
    ]


def test_a_file_of_one_cluster_needs_no_name_in_the_message() -> None:
    two_clusters()
    write("apps/prod/agent.yaml", daemons())
    write("apps/staging/agent.yaml", daemons())
    assert told(".") == [("HN411", "apps/prod/agent.yaml", "", ["prod"])]


def test_findings_that_differ_are_told_of_each_cluster() -> None:
    two_clusters()
    write("clusters/staging/pools.yaml", pool("q"))
    write("apps/base/agent.yaml", daemons())
    assert told(".") == [
        ("HN411", "apps/base/agent.yaml", " (cluster prod)", ["prod"]),
        ("HN411", "apps/base/agent.yaml", " (cluster staging)", ["staging"]),
    ]


def test_a_document_that_cannot_be_read_is_told_once() -> None:
    two_clusters()
    write("apps/base/bad.yaml", "a: [\n")
    write("bad.yaml", "a: [\n")
    assert [(rule, file) for rule, file, *_ in told(".")] == [
        ("HN901", "bad.yaml"),
        ("HN901", "apps/base/bad.yaml"),
    ]


def test_what_several_objects_conclude_is_told_once_as_well() -> None:
    two_clusters()
    ports = "      hostNetwork: true\n      nodeSelector: {apps.openyurt.io/nodepool: p}\n"
    port = b"        ports: [{containerPort: 9100}]\n"
    one, two = (
        daemons(name, ports).replace(b"[{name: a, image: a}]\n", b"\n      - name: a\n" + port)
        for name in ("one", "two")
    )
    write("apps/base/both.yaml", joined(one, two))
    write("apps/base/twice.yaml", joined(pinned("same", "x"), pinned("same", "x")))
    found = [entry for entry in told(".") if entry[0] in ("HN107", "HN408")]
    assert found == [
        ("HN408", "apps/base/both.yaml", " (cluster prod)", ["prod"]),
        ("HN107", "apps/base/twice.yaml", "", ["prod", "staging"]),
    ]


# --- files that belong to no cluster ------------------------------------------------------------


def test_workloads_of_no_cluster_are_validated_in_every_one() -> None:
    two_clusters()
    write("shared/agent.yaml", daemons())
    assert told(".") == [("HN411", "shared/agent.yaml", " (cluster prod)", ["prod"])]
    write("clusters/staging/pools.yaml", pool("p"))
    assert told(".") == [("HN411", "shared/agent.yaml", "", ["prod", "staging"])]


def test_what_only_another_cluster_can_decide_is_not_unknown() -> None:
    two_clusters()
    write("clusters/staging/pools.yaml", pool("q"))
    write("shared/agent.yaml", pinned("agent", "p"))
    assert told(".") == [("HN401", "shared/agent.yaml", " (cluster prod)", ["prod"])]
    assert "undecided" not in report(".")
    write("shared/agent.yaml", pinned("agent", "nowhere"))
    assert told(".") == [("HN401", "shared/agent.yaml", "", ["prod", "staging"])]
    assert [one["severity"] for one in report(".")["findings"]] == ["info"]


def test_a_job_of_no_cluster_is_compared_with_its_old_state() -> None:
    two_clusters()
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  template:\n"
    annotated = (
        '    metadata: {annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}}\n'
    )
    pods = "    spec: {containers: [{name: a, image: a}]}\n"
    write("shared/job.yaml", job + pods)
    subprocess.run(["cp", "-r", ".", "../old"], check=True)
    write("shared/job.yaml", job + annotated + pods)
    found = [entry for entry in told("--old", "../old", ".") if entry[0] == "HN416"]
    assert found == [("HN416", "shared/job.yaml", " (cluster prod)", ["prod"])]


def test_pools_and_nodes_of_no_cluster_make_one_more_world() -> None:
    two_clusters()
    write("shared/nodes.yaml", joined(pool("q"), node("n1", "q"), node("n2", "p")))
    found = told(".")
    assert [(rule, file) for rule, file, *_ in found] == [
        ("HN311", "shared/nodes.yaml"),
        ("HN313", "shared/nodes.yaml"),
    ]
    write("clusters/prod/nodes.yaml", node("n3", "q"))
    (message,) = [
        one["message"] for one in report(".")["findings"] if one["file"].endswith("prod/nodes.yaml")
    ]
    assert message == "node n3 is in pool q, which is only in files that belong to no cluster"


def test_workloads_of_no_cluster_meet_the_pools_of_no_cluster_too() -> None:
    two_clusters()
    write("clusters/prod/pools.yaml", pool("p", host_network=False))
    write("shared/all.yaml", joined(pool("q"), daemons()))
    assert told(".") == [("HN411", "shared/all.yaml", "", [])]


def test_duplicates_of_no_cluster_are_told_once() -> None:
    two_clusters()
    write("clusters/prod/pools.yaml", pool("p", host_network=False))
    write("shared/agents.yaml", joined(daemons(), daemons()))
    write("apps/prod/agent.yaml", daemons())
    assert told(".") == [("HN107", "shared/agents.yaml", "", [])]


def test_without_files_of_clusters_the_rest_is_validated_as_ever() -> None:
    two_clusters()
    write("shared/all.yaml", joined(pool("q"), daemons()))
    assert told("shared") == [("HN411", "shared/all.yaml", "", [])]


# --- what is said of clusters -------------------------------------------------------------------


def test_a_pool_of_another_cluster_is_named() -> None:
    two_clusters()
    write("clusters/prod/more.yaml", pool("barriers"))
    write("clusters/staging/node.yaml", node("n1", "barriers"))
    write("clusters/staging/other.yaml", pool("h"))
    write("apps/staging/agent.yaml", pinned("agent", "barriers"))
    for chosen in ([], ["--cluster", "staging"]):
        found = {one["rule"]: one["message"] for one in report(".", *chosen)["findings"]}
        assert found["HN313"] == "node n1 is in pool barriers, which is only in cluster prod"
        end = "; barriers is only in cluster prod"
        assert found["HN401"].endswith(f"is not in the input of cluster staging{end}")


def test_rules_without_anything_to_check_are_told_cluster_by_cluster() -> None:
    two_clusters()
    write("clusters/prod/nodes.yaml", node("n1", "p") + LABEL)
    reasons = {one["reason"]: one["rules"] for one in report(".")["skippedRules"]}
    assert "HN313" in reasons["no Node in cluster staging"]
    assert "HN405" in reasons["no workload in the input"]
    assert not any("NodePool" in reason for reason in reasons if "old state" not in reason)


def test_rules_that_checked_nodes_of_no_cluster_are_not_called_skipped() -> None:
    two_clusters()
    write("infra/all.yaml", joined(pool("q"), node("n1", "q")))
    write("apps/web.yaml", guarded())
    whole = report(".")
    assert [one["rule"] for one in whole["findings"] if one["file"] == "infra/all.yaml"] == [
        "HN311"
    ]
    reasons = {one["reason"]: one["rules"] for one in whole["skippedRules"]}
    # What is about workloads has no Node in either cluster.
    assert reasons["no Node in clusters prod, staging"] == ["HN422"]
    skipped = {rule for rules in reasons.values() for rule in rules}
    assert skipped.isdisjoint({"HN303", "HN306", "HN311", "HN312", "HN313"})


def test_what_is_unknown_is_told_cluster_by_cluster() -> None:
    two_clusters()
    zone = daemons("zoned", "      nodeSelector: {zone: a}\n")
    write("apps/base/agent.yaml", zone)
    told_of = report(".")["undecided"]
    assert told_of == [{"reason": "the node label zone; cluster prod", "workloads": 1}]
    write("clusters/staging/pools.yaml", pool("p"))
    assert report(".")["undecided"] == [{"reason": "the node label zone", "workloads": 1}]


def test_two_pools_of_one_name_point_to_clusters() -> None:
    write("a/pool.yaml", pool("p"))
    write("b/pool.yaml", pool("p", host_network=False))
    (found,) = report(".")["findings"]
    assert found["rule"] == "HN107"
    assert (
        "unless they belong to different clusters: `clusters` tells them apart" in found["message"]
    )


# --- old states ---------------------------------------------------------------------------------


def test_each_cluster_is_compared_with_its_own_old_state() -> None:
    two_clusters()
    write("apps/base/nodes.yaml", node("n1", "p") + LABEL)
    subprocess.run(["cp", "-r", ".", "../old"], check=True)
    assert [entry for entry in told("--old", "../old", ".") if entry[0] != "HN312"] == []
    write("apps/base/nodes.yaml", node("n1", "p"))
    found = [entry for entry in told("--old", "../old", ".") if entry[0] == "HN303"]
    assert found == [("HN303", "apps/base/nodes.yaml", "", ["prod", "staging"])]
    Path("clusters/prod/pools.yaml").unlink()
    found = [entry for entry in told("--old", "../old", ".") if entry[0] == "HN204"]
    assert found == [("HN204", "../old/clusters/prod/pools.yaml", "", ["prod"])]


# --- which clusters there are -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        (TWO + "    - name: dev\n      paths: [clusters/dev/, dev]\n", "yaml:9:"),
        ("  scopes: ['clusters/*', 'sites/*']\n", ""),
    ],
)
def test_a_cluster_without_files_is_an_error(spec: str, where: str) -> None:
    two_clusters()
    configure(spec)
    run = invoke("validate", "clusters/prod")
    assert (run.status, run.out) == (2, b"")
    assert where in run.err
    assert "matches" in run.err
    assert invoke("validate", stdin=pool("p")).status == 0


def test_a_cluster_has_files_that_are_not_among_those_to_validate() -> None:
    two_clusters()
    assert invoke("validate", "clusters/prod").status == 0
    configure("  scopes: ['clusters/*', '!clusters/dev']\n")
    assert invoke("validate", "clusters/prod").status == 0


def test_two_clusters_of_one_name_are_an_error() -> None:
    two_clusters()
    configure(TWO.replace("staging\n", "prod\n"))
    run = invoke("validate", ".")
    assert run.status == 2
    assert 'there are two clusters called "prod"' in run.err


def test_some_clusters_can_be_chosen() -> None:
    two_clusters()
    write("clusters/staging/pools.yaml", pool("q"))
    write("shared/agent.yaml", daemons())
    write("apps/base/agent.yaml", daemons())
    write("clusters/staging/bad.yaml", "a: [\n")
    found = told("--cluster", "prod", ".")
    assert found == [
        ("HN411", "apps/base/agent.yaml", "", ["prod"]),
        ("HN411", "shared/agent.yaml", " (cluster prod)", ["prod"]),
    ]
    both = told("--cluster", "prod", "--cluster", "staging", ".")
    assert both == told(".")


@pytest.mark.parametrize("spec", [TWO, "  scopes: ['clusters/*']\n", ""])
def test_a_cluster_that_is_not_there_cannot_be_chosen(spec: str) -> None:
    two_clusters()
    if spec:
        configure(spec)
    else:
        Path(".hostnet-transform.yaml").unlink()
    name = "clusters/pord" if "scopes" in spec else "pord"
    run = invoke("validate", "--cluster", name, ".")
    assert run.status == 2
    assert f'there is no cluster "{name}"' in run.err
    hint = f'did you mean "{name.replace("pord", "prod")}"?' if spec else "no `clusters`"
    assert hint in run.err


def test_a_cluster_cannot_be_chosen_for_standard_input() -> None:
    two_clusters()
    run = invoke("validate", "--cluster", "prod", stdin=pool("p"))
    assert run.status == 2
    assert "standard input belongs to no cluster" in run.err


# --- transform ----------------------------------------------------------------------------------


def test_a_file_of_several_clusters_is_transformed_if_their_pools_agree() -> None:
    two_clusters()
    write("apps/base/nodes.yaml", node("n1", "p"))
    run = invoke("--check", ".")
    assert (run.status, "different NodePools p" in run.err) == (0, True)
    write("clusters/staging/pools.yaml", pool("p"))
    assert invoke("--check", ".").status == 1
    write("clusters/staging/pools.yaml", pool("p", host_network=False))
    write("clusters/prod/nodes.yaml", node("n2", "p"))
    assert invoke("-w", ".").status == 0
    assert Path("clusters/prod/nodes.yaml").read_bytes().endswith(LABEL)
    assert Path("apps/base/nodes.yaml").read_bytes() == node("n1", "p")


# --- suggestions --------------------------------------------------------------------------------


def flux(name: str, path: str, source: str = "GitRepository") -> str:
    return (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        f"metadata: {{name: {name}}}\n"
        f"spec: {{path: {path}, sourceRef: {{kind: {source}, name: main}}}}\n"
    )


def argo(name: str, *paths: str, to: str = "") -> str:
    sources = ", ".join(f"{{path: {path}, repoURL: here}}" for path in paths)
    destination = f", destination: {{name: {to}}}" if to else ""
    return (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f"metadata: {{name: {name}}}\nspec: {{sources: [{sources}]{destination}}}\n"
    )


def flux_repository() -> None:
    Path(".git").mkdir()
    for cluster in ("prod", "staging"):
        write(f"clusters/{cluster}/apps.yaml", flux("apps", f"./apps/{cluster}"))
        write(f"clusters/{cluster}/flux-system/sync.yaml", flux("sync", f"./clusters/{cluster}"))
        write(f"apps/{cluster}/kustomization.yaml", "resources: [../base/web]\n")
        write(f"clusters/{cluster}/pools.yaml", pool("p", host_network=cluster == "prod"))
    write("apps/base/web/agent.yaml", daemons())


def test_clusters_of_a_flux_repository_can_be_pasted() -> None:
    flux_repository()
    assert [one for one in told(".") if one[0] == "HN107"] == [
        ("HN107", "clusters/staging/pools.yaml", "", [])
    ]
    run = invoke("suggest-clusters")
    assert (run.status, run.err) == (0, "")
    assert (
        b"    - name: prod\n      paths:\n        - /clusters/prod\n        - /apps/base/web\n"
        b"        - /apps/prod\n" in run.out
    )
    write(".hostnet-transform.yaml", run.out)
    assert told(".") == [("HN411", "apps/base/web/agent.yaml", " (cluster prod)", ["prod"])]
    again = invoke("suggest-clusters")
    assert (again.status, again.out) == (0, b"")
    assert ".hostnet-transform.yaml has `clusters` already" in again.err


def test_a_suggestion_fits_the_configuration_that_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flux_repository()
    write(".hostnet-transform.yaml", "")  # as the shell makes it for the output
    assert invoke("suggest-clusters").out.startswith(b"# .hostnet-transform.yaml\napiVersion")
    configure("  strict: false\n")
    run = invoke("suggest-clusters")
    assert run.out.startswith(b"  # Below `spec`.\n")
    monkeypatch.chdir("apps")
    assert invoke("suggest-clusters").out == run.out
    configure_there = Path("../.hostnet-transform.yaml")
    configure_there.write_bytes(configure_there.read_bytes() + run.out)
    monkeypatch.chdir("..")
    assert told(".") == [("HN411", "apps/base/web/agent.yaml", " (cluster prod)", ["prod"])]


def test_applications_of_argo_suggest_clusters_as_well() -> None:
    write("argo/one/apps.yaml", argo("a", "charts/web", "envs/one"))
    write("argo/yes/apps.yaml", argo("a", "charts/web", "envs/missing"))
    write("charts/web/all.yaml", daemons())
    write("envs/one/pool.yaml", pool("p"))
    run = invoke("suggest-clusters", "argo", "charts", "envs")
    assert run.out.decode().partition("clusters:\n")[2] == (
        "    - name: one\n      paths:\n        - /argo/one\n        - /charts/web\n"
        '        - /envs/one\n    - name: "yes"\n      paths:\n        - /argo/yes\n'
        "        - /charts/web\n"
    )


def test_destinations_of_argo_are_clusters_below_a_root() -> None:
    Path(".git").mkdir()
    write("argocd/root.yaml", argo("root", "argocd/apps", to="in-cluster"))
    for name in ("prod", "staging"):
        write(f"argocd/apps/{name}/shop.yaml", argo("shop", f"shop/{name}", to=name))
        write(f"shop/{name}/kustomization.yaml", "resources: [../base]\n")
        write(f"shop/{name}/pool.yaml", pool("p", host_network=name == "prod"))
    write("shop/base/agent.yaml", daemons())
    run = invoke("suggest-clusters")
    assert run.err == ""
    write(".hostnet-transform.yaml", run.out)
    assert told(".") == [("HN411", "shop/base/agent.yaml", " (cluster prod)", ["prod"])]


GENERATOR = """\
apiVersion: source.extensions.fluxcd.io/v1beta1
kind: ArtifactGenerator
metadata: {name: main}
spec:
  artifacts:
    - {name: main, copy: [{from: "@repo/apps/**", to: "@artifact/"}]}
"""


def test_paths_in_artifacts_are_followed_if_it_is_known_what_is_copied() -> None:
    for name in ("prod", "staging"):
        write(f"clusters/{name}/apps.yaml", flux("apps", f"./{name}", "ExternalArtifact"))
        write(f"apps/{name}/pool.yaml", pool("p"))
    run = invoke("suggest-clusters")
    assert run.out == b""
    assert (
        "nothing to suggest: 2 of 2 paths do not exist in this repository (./prod in"
        " clusters/prod/apps.yaml, ./staging in clusters/staging/apps.yaml)" in run.err
    )
    assert "write `clusters` by hand (docs/validation.md), such as\n" in run.err
    write("clusters/prod/artifacts.yaml", GENERATOR)
    run = invoke("suggest-clusters")
    assert (run.err, run.out.count(b"        - /apps/")) == ("", 2)


def test_a_path_without_manifests_exists(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".git").mkdir()
    for name in ("prod", "staging"):
        write(f"clusters/{name}/apps.yaml", flux("apps", "./site"))
    write("site/index.html", "")
    run = invoke("suggest-clusters")
    assert (run.err, run.out.count(b"- /site\n")) == ("", 2)
    monkeypatch.chdir("clusters")
    write(".hostnet-transform.yaml", HEAD + "spec: {}\n")
    assert invoke("suggest-clusters").err == ""


def test_it_is_said_why_nothing_follows() -> None:
    write("a.yaml", daemons())
    run = invoke("suggest-clusters")
    assert (run.status, run.out) == (0, b"")
    assert "there is no Flux Kustomization and no Argo CD Application" in run.err
    for name in ("east", "west"):
        write(f"clusters/{name}/pools.yaml", pool("dc"))
    told = invoke("suggest-clusters").err
    write(".hostnet-transform.yaml", told[told.index("# .hostnet-transform.yaml\n") :])
    assert "HN107" not in invoke("validate", "clusters").out.decode()
    Path(".hostnet-transform.yaml").unlink()
    assert "HN107" in invoke("validate", "clusters").out.decode()
    write("clusters/prod/apps.yaml", flux("a", "./x"))
    assert "1 of 1 paths does not exist" in invoke("suggest-clusters").err
    write("x/a.yaml", daemons())
    assert "are in the folder clusters/prod" in invoke("suggest-clusters").err
    write("clusters/apps.yaml", flux("b", "./x"))
    assert "lie in each other" in invoke("suggest-clusters").err
    write("clusters/bad.yaml", "apiVersion: argoproj.io/v1alpha1\n{{ x }}\n")
    run = invoke("suggest-clusters")
    assert "left out, because it cannot be read: clusters/bad.yaml" in run.err
    assert invoke("suggest-clusters", "nowhere").status == 2

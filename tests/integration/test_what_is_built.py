"""`validate --build`: which kustomizations are built, and which files their builds stand for."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.integration.cli_runs import TOOL, environment, invoke
from tests.integration.test_builds import (
    DEPLOYMENT,
    PIN,
    reported,
    repository,
    validated,
    write,
)
from tests.manifests import pool
from transformer.inputs.builds import program

__all__ = ["repository"]  # a fixture

OWN = """\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
metadata: {name: t}
"""
AFTER = """\
apiVersion: builtin
kind: PatchTransformer
metadata: {name: p}
target: {kind: DaemonSet}
patch: '[{"op": "add", "path": "/spec/template/spec/affinity", "value": {}}]'
"""
FLANNEL = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: flannel, namespace: %s}
spec:
  selector: {matchLabels: {app: flannel}}
  template:
    metadata: {labels: {app: flannel}}
    spec:
      hostNetwork: true
      containers: [{name: f, image: "docker.io/flannel/flannel:v0.26"}]
"""


@pytest.mark.parametrize(
    ("base", "top", "is_built"),
    [
        ("", "transformers: [../t.yaml]\n", True),
        ("transformers: [../t.yaml]\n", "", False),
        ("", "components: [../part]\n", False),
        ("", "transformers: [../t.yaml, ../after.yaml]\n", False),
        ("", "transformers: [../after.yaml, ../t.yaml]\n", True),
        ("validators: [../t.yaml]\n", "", True),
    ],
)
def test_our_own_transformer_changes_what_its_layer_has_and_nothing_else(
    base: str, top: str, is_built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(program.VARIABLE, "kubectl kustomize --load-restrictor LoadRestrictionsNone")
    write("t.yaml", OWN)
    write("after.yaml", AFTER)
    write("a/ds.yaml", FLANNEL % "a")
    write("a/kustomization.yaml", f"resources: [ds.yaml]\n{base}")
    write("b/ds.yaml", FLANNEL % "b")
    write("b/kustomization.yaml", "resources: [ds.yaml]\n")
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    write("part/kustomization.yaml", f"{component}transformers: [../t.yaml]\n")
    write("top/kustomization.yaml", f"resources: [../a, ../b]\n{top}")
    told = json.loads(validated("--build-dir", "top", ".").out)
    reasons = [one["why"] for one in told["unseen"] if one["file"] == "top/kustomization.yaml"]
    assert bool(reasons) is not is_built
    assert all("a HostnetTransform whose result is built further" in one for one in reasons)
    unguarded = [one["file"] for one in told["findings"] if one["rule"] == "HN406"]
    if base and not is_built:
        assert unguarded == ["b/ds.yaml"]  # our transformer never sees it
    if is_built and top:
        assert unguarded == []


CLUSTERS = """\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec:
  clusters:
  - {name: one, paths: [/cluster/, /base/]}
  - {name: two, paths: [/more/, /base/, /edge/]}
"""


def test_a_base_that_one_cluster_applies_is_validated_in_it_though_another_patches_it() -> None:
    write("base/dep.yaml", f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n")
    write("edge/pin.yaml", f"{PIN}      hostNetwork: true\n")
    write("more/pools.yaml", pool("p").decode())
    write(".hostnet-transform.yaml", CLUSTERS)
    (only,) = reported("--build", ".")
    assert (only["file"], only["line"], only["clusters"]) == ("base/dep.yaml", 11, ["one"])
    assert reported("--build", "--cluster", "one", ".") == [only | {"clusters": ["one"]}]
    assert reported("--build", "--cluster", "two", ".") == []
    write("edge/pin.yaml", PIN)
    (both,) = reported("--build", ".")
    assert (both["file"], both["clusters"]) == ("base/dep.yaml", ["one", "two"])


@pytest.mark.parametrize("what", ["Kustomization", "Component"])
def test_a_cycle_of_kustomizations_is_an_error(what: str) -> None:
    write("alpha/kustomization.yaml", f"kind: {what}\nresources: [../base]\n")
    write("base/kustomization.yaml", "resources: [dep.yaml, ../edge]\n")
    write("edge/kustomization.yaml", "resources: [../alpha]\n")
    run = validated("--build", ".")
    (failed,) = [one for one in json.loads(run.out)["findings"] if one["rule"] == "HN901"]
    first = "alpha" if what == "Kustomization" else "base"
    assert (failed["file"], run.status) == (f"{first}/kustomization.yaml", 3)
    assert "cycle" in failed["message"] or what == "Component"


def test_a_kustomization_that_is_a_link_is_built() -> None:
    shutil.rmtree("edge")
    pinned = f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n"
    write("base/dep.yaml", pinned)
    write("base/z.yaml", "resources: [dep.yaml]\nnamePrefix: x-\n")
    Path("base/kustomization.yaml").unlink()
    Path("base/kustomization.yaml").symlink_to("z.yaml")
    (only,) = reported("--build", ".")
    assert (only["file"], only["object"]["name"]) == ("base/dep.yaml", "x-web")
    write("zeta/dep.yaml", pinned)
    Path("zeta/kustomization.yaml").symlink_to("../base/z.yaml")
    failed = reported("--build", ".")[-1]
    assert (failed["file"], failed["rule"]) == ("zeta/kustomization.yaml", "HN901")


def commit(text: str = "one") -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    subprocess.run(["git", "add", "."], check=True)
    command = (
        "git",
        "-c",
        "user.name=me",
        "-c",
        "user.email=me@example.com",
        "commit",
        "-qm",
        text,
    )
    subprocess.run(command, check=True)


def staged_hook(*files: str) -> tuple[int, list[str]]:
    """Return the exit status of the hook for staged changes, and the files and rules reported."""
    subprocess.run(["git", "add", "."], check=True)
    run = invoke("hook", "validate", "-v", *files)
    found = re.findall(r"^(\S+)$|\[(HN\d+)\]", run.out.decode(), re.MULTILINE)
    return run.status, [file or rule for file, rule in found]


@pytest.fixture
def built_by_default() -> None:
    head = CLUSTERS.partition("spec:")[0]
    write(".hostnet-transform.yaml", f"{head}spec: {{build: true}}\n")


def test_what_lands_in_a_changed_build_is_reported_at_its_source(built_by_default: None) -> None:
    write("edge/kustomization.yaml", "resources: [../base]\n")
    Path("edge/pin.yaml").unlink()
    commit()
    (found,) = reported("--build", ".")
    assert (found["rule"], found["file"]) == ("HN420", "cluster/pools.yaml")
    write(
        "base/dep.yaml", f"apiVersion: v1\nkind: Secret\nmetadata: {{name: s}}\n---\n{DEPLOYMENT}"
    )
    assert staged_hook("base/dep.yaml") == (0, ["base/dep.yaml", "HN420"])
    run = invoke("hook", "validate", "-v", "base/dep.yaml")
    assert "\n  12:5 warning[HN420] the pods of Deployment/web can" in run.out.decode()


def test_a_commit_that_breaks_a_build_fails(built_by_default: None) -> None:
    commit()
    write("README.md", "hello\n")
    assert staged_hook() == (0, [])
    Path("base/dep.yaml").rename("base/d2.yaml")
    broken = ["edge/kustomization.yaml", "HN901"]
    assert staged_hook("base/d2.yaml") == (3, [*broken, "base/d2.yaml", "HN420"])  # as a source
    commit("two")
    write("cluster/new.yaml", pool("q").decode())
    assert staged_hook("cluster/new.yaml") == (0, ["cluster/new.yaml", "HN420"])  # broke nothing
    write("base/dep.yaml", DEPLOYMENT)
    commit("three")
    shutil.rmtree("base")
    assert staged_hook() == (3, ["edge/kustomization.yaml", "HN901"])


def test_files_that_go_into_builds_as_data_count_as_changed(built_by_default: None) -> None:
    write("edge/pool.env", "POOL=q\n")
    write("edge/to.yaml", REPLACEMENT)
    generated = "configMapGenerator: [{name: c, envs: [pool.env]}]\n"
    replaced = "replacements: [{path: to.yaml}]\n"
    write("edge/kustomization.yaml", f"resources: [../base]\n{generated}{replaced}")
    pinned = f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: x}}\n"
    write("base/dep.yaml", pinned)
    Path("edge/pin.yaml").unlink()
    commit()
    write("edge/pool.env", "POOL=p\n")
    assert staged_hook() == (1, ["edge/kustomization.yaml", "HN401"])


REPLACEMENT = """\
source: {kind: ConfigMap, name: c, fieldPath: data.POOL}
targets:
- select: {kind: Deployment}
  fieldPaths: ["spec.template.spec.nodeSelector.[apps.openyurt.io/nodepool]"]
"""


def test_files_of_generators_are_data() -> None:
    Path("base/dep.yaml").unlink()
    Path("edge/pin.yaml").unlink()
    write("base/in.yaml", FLANNEL % "a")
    write("base/kustomization.yaml", "configMapGenerator: [{name: c, files: [in.yaml]}]\n")
    write("edge/kustomization.yaml", "resources: [../base]\n")
    assert [one["rule"] for one in reported("--build", ".")] == ["HN425"]


def test_a_named_folder_is_built_in_the_old_folder_too() -> None:
    for folder, on in (("old/repo", True), ("repo", False)):
        write(f"{folder}/base/pools.yaml", pool("p", host_network=on).decode())
        write(f"{folder}/base/kustomization.yaml", "resources: [pools.yaml]\n")
        write(f"{folder}/edge/kustomization.yaml", "resources: [../base]\n")
    changed = [("HN201", "repo/base/pools.yaml")]
    for more in (["--build"], ["--build-dir", "repo/edge"]):
        told = reported(*more, "--old", "old/repo", "repo")
        assert [(one["rule"], one["file"]) for one in told] == changed
    assert validated("--build-dir", "edge", "--old", "old/repo", "repo").status == 1


def test_a_flux_kustomization_in_a_file_of_that_name_is_not_built() -> None:
    head = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: k}\n"
    write("flux/kustomization.yaml", f"{head}spec: {{path: ./edge}}\n")
    assert [one["file"] for one in reported("--build", ".")] == ["edge/pin.yaml"]


def test_our_own_transformer_in_a_folder_is_applied_and_beside_others_it_is_an_obstacle() -> None:
    write("edge/t/t.yaml", OWN)
    write("edge/t/kustomization.yaml", "resources: [t.yaml]\n")
    write("base/dep.yaml", FLANNEL % "a")
    write("edge/kustomization.yaml", "resources: [../base]\ntransformers: [t]\n")
    Path("edge/pin.yaml").unlink()
    told = json.loads(validated("--build", ".").out)
    assert (told["findings"], "unseen" in told) == ([], False)
    write("edge/t/t.yaml", f"{OWN}---\n{AFTER}")
    for entry in ("t", "t/t.yaml"):
        write("edge/kustomization.yaml", f"resources: [../base]\ntransformers: [{entry}]\n")
        told = json.loads(validated("--build", ".").out)
        assert "HN901" not in {one["rule"] for one in told["findings"]}
        reasons = {one["file"]: one["why"] for one in told["unseen"]}
        assert "a HostnetTransform beside other plugins" in reasons["edge/kustomization.yaml"]


def test_what_is_copied_for_our_own_transformer_is_what_kustomize_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    os.mkfifo("base/fifo")
    write("edge/t.yaml", OWN)
    write("more/x.env", "a=b\n")
    write("more/dep.yaml", f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n")
    write(
        "edge/kustomization.yaml",
        "resources: [../more/dep.yaml]\ntransformers: [t.yaml]\n"
        "configMapGenerator: [{name: c, envs: [../more/x.env]}]\n",
    )
    Path("edge/pin.yaml").unlink()
    restricted = validated("--build-dir", "edge", ".")
    assert (restricted.status, b"HN901" in restricted.out) == (3, True)
    monkeypatch.setenv(program.VARIABLE, "kubectl kustomize --load-restrictor LoadRestrictionsNone")
    (only,) = [one for one in reported("--build-dir", "edge", ".") if one["rule"] == "HN401"]
    assert (only["file"], only["line"]) == ("more/dep.yaml", 11)
    write("edge/kustomization.yaml", "resources: [../base]\ntransformers: [t.yaml]\n")
    assert reported("--build-dir", "edge", "edge", "cluster")[0]["rule"] == "HN420"


def test_an_invalid_configuration_of_our_own_transformer_is_an_error_in_its_file() -> None:
    write("edge/t.yaml", f"{OWN}spec: {{rulez: {{}}}}\n")
    write("edge/kustomization.yaml", "resources: [../base]\ntransformers: [t.yaml]\n")
    run = validated("--build", ".")
    (only,) = [one for one in json.loads(run.out)["findings"] if one["rule"] == "HN901"]
    assert (only["file"], run.status) == ("edge/t.yaml", 3)
    assert 'unknown key "rulez"' in only["message"]


def test_the_hook_says_that_a_kustomization_cannot_be_read() -> None:
    commit()
    write("edge/kustomization.yaml", "resources: [../base\n")
    status, told = staged_hook("edge/kustomization.yaml")
    assert (status, told[:2]) == (3, ["edge/kustomization.yaml", "HN901"])


def test_a_build_that_prints_nothing_is_not_built(monkeypatch: pytest.MonkeyPatch) -> None:
    write("base/dep.yaml", f"{DEPLOYMENT}      nodeSelector: {{apps.openyurt.io/nodepool: p}}\n")
    monkeypatch.setenv(program.VARIABLE, "true")
    told = json.loads(validated("--build", ".").out)
    assert [(one["rule"], one["file"]) for one in told["findings"]] == [("HN401", "base/dep.yaml")]
    reasons = {one["file"]: one["why"] for one in told["unseen"]}
    assert reasons["edge/kustomization.yaml"] == "nothing comes out of the build"


def test_submodules_are_built_at_the_recorded_commit(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        allowed = ("-c", "protocol.file.allow=always")
        subprocess.run(["git", *allowed, *arguments], check=True, capture_output=True)

    shutil.rmtree("edge")
    Path("base").rename(tmp_path / "inner")
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as there:
        there.chdir(tmp_path / "inner")
        write("pools.yaml", pool("p").decode())
        write("kustomization.yaml", "resources: [dep.yaml, pools.yaml]\n")
        commit()
    shutil.rmtree("cluster")
    git("init", "-q")
    git("submodule", "--quiet", "add", f"file://{tmp_path / 'inner'}", "sub")
    write("edge/kustomization.yaml", "resources: [../sub]\n")
    commit()
    write("sub/pools.yaml", "not: built\n")
    assert [one["rule"] for one in reported("--build", "--staged", ".")] == ["HN420"]
    write("sub/pools.yaml", pool("p", host_network=False).decode())
    (changed,) = reported("--build", "--base", "HEAD", ".")
    assert (changed["rule"], changed["file"]) == ("HN201", "sub/pools.yaml")


def test_a_signal_ends_a_build(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    stopped = program.run(("sh", "-c", "sleep 20"), tmp_path, stop=stop)
    assert stopped.failure == "it was stopped"
    slow = environment(HOSTNET_KUSTOMIZE="sh -c 'echo > started; sleep 30'")
    process = subprocess.Popen([*TOOL, "validate", "--build", "."], env=slow)
    while not Path("started").exists():
        time.sleep(0.05)
    process.terminate()
    assert process.wait(timeout=10) == 143

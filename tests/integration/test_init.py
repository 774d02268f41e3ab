"""`init` in the example repositories and in others: what it writes, shows, says and leaves."""

import json
import os
import pty
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.integration.cli_runs import ROOT, TOOL, Run, environment, invoke
from tests.integration.faults import run as as_other
from tests.integration.faults import without_powers
from tests.integration.hook_repository import commit, git, start
from tests.integration.shell_blocks import path_with, run_block
from tests.manifests import TEMPLATE, guarded, node, pool
from tests.requirements import require_tool

EXAMPLES = ROOT / "testdata" / "repositories"
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/config.schema.json").read_text()))
CONFIG = ".hostnet-transform.yaml"
BASELINE = ".hostnet-transform-baseline.yaml"
HOOKS = ".pre-commit-config.yaml"
SCHEMA_FILE = ".hostnet-transform.schema.json"
WORKFLOW = ".github/workflows/hostnet.yml"
HEAD = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = tmp_path / "work"
    work.mkdir()
    start(work, monkeypatch)
    tools = Path(require_tool("kubectl")).parent
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("HOSTNET_KUSTOMIZE", raising=False)


def example(name: str) -> None:
    """Copy an example into the repository, without the configuration that it may have."""
    shutil.copytree(EXAMPLES / name, Path(), dirs_exist_ok=True)
    Path(CONFIG).unlink(missing_ok=True)
    commit({})


def write(files: Mapping[str, bytes | str]) -> None:
    for name, data in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)


def contents() -> dict[str, bytes]:
    """Return the files of the repository."""
    paths = (path for path in Path().rglob("*") if path.is_file() and path.parts[0] != ".git")
    return {path.as_posix(): path.read_bytes() for path in paths}


def initialized(*args: str) -> Run:
    """Write the files of a set-up, and check that no other one has changed."""
    before = contents()
    run = invoke("init", "--yes", *args)
    assert run.status == 0, run.err
    after = contents()
    assert {name: after[name] for name in before} == before
    return run


def spec() -> dict[str, Any]:
    """Return the settings of the configuration, which fits its schema."""
    config = yaml.safe_load(Path(CONFIG).read_text("utf-8"))
    SCHEMA.validate(config)
    return config["spec"] or {}


def findings(*args: str) -> tuple[int, list[str]]:
    """Return the exit status of `validate`, and the findings as in the examples."""
    run = invoke("validate", "--format", "json", *args)
    found = json.loads(run.out)["findings"]
    return run.status, sorted(
        f"{one['file']}:{one['line']}:{one['column']} {one['severity']}[{one['rule']}]"
        for one in found
    )


def shown(run: Run) -> dict[str, str]:
    """Return the texts on standard output, by their heads."""
    parts = re.split(r"^==> (.*) <==\n", run.out.decode(), flags=re.MULTILINE)
    return {
        head: text.removesuffix("\n") for head, text in zip(parts[1::2], parts[2::2], strict=True)
    }


# --- the examples -------------------------------------------------------------------------------

KEYS = {
    "plain": [],
    "kustomize": ["build"],
    "flux": ["build", "clusters"],
    "argocd": [],
    "helm": [],
}
COUNTS = {
    "plain": "now 3 errors",
    "kustomize": "now 1 error",
    "flux": "now 2 warnings",
    "argocd": "now 1 error, 1 warning",
    "helm": "now 1 warning",
}


def test_each_example_is_tried() -> None:
    assert set(KEYS) == {path.stem for path in EXAMPLES.glob("*.yaml")}


@pytest.mark.parametrize("name", KEYS)
def test_an_example_is_found_faulty_as_its_page_says(name: str) -> None:
    example(name)
    run = initialized("--ci", "github")
    assert sorted(spec()) == KEYS[name]
    assert f"next: `hostnet-transform validate .`: {COUNTS[name]}\n" in run.err
    assert {path for path in contents() if path.startswith(".")} == {CONFIG, HOOKS, WORKFLOW}
    runs = {
        one["run"]: one
        for one in yaml.safe_load(
            EXAMPLES.with_name("repositories").joinpath(f"{name}.yaml").read_text()
        )
    }
    wanted = runs.get("hnt validate --build .") or runs["hnt validate ."]
    assert findings(".") == (wanted["status"], wanted["findings"])


@pytest.mark.parametrize("name", KEYS)
def test_a_second_run_changes_nothing(name: str) -> None:
    example(name)
    initialized("--ci", "github", "--baseline")
    before = contents()
    run = invoke("init", "--yes", "--ci", "github")
    assert (run.status, run.out) == (0, b"")
    assert "nothing to write: all files are there\n" in run.err
    assert contents() == before


@pytest.mark.parametrize("name", KEYS)
def test_with_a_baseline_an_example_is_green(name: str) -> None:
    example(name)
    initialized("--baseline")
    assert findings(".") == (0, [])
    by_init = Path(BASELINE).read_bytes()
    Path(CONFIG).write_text(re.sub(r" +baseline: .*\n", "", Path(CONFIG).read_text()))
    assert invoke("validate", "--write-baseline", BASELINE, ".").status == 0
    assert by_init == Path(BASELINE).read_bytes()


def test_the_clusters_of_the_example_are_those_that_its_objects_deploy() -> None:
    example("flux")
    initialized()
    assert spec()["clusters"] == [
        {
            "name": name,
            "paths": [f"/clusters/{name}", "/apps/base", f"/apps/{name}"],
        }
        for name in ("production", "staging")
    ]


def test_what_is_not_looked_into_is_said() -> None:
    example("helm")
    run = initialized()
    assert (
        "not looked into: 1 chart, 1 folder of chart templates (charts/shop/templates)" in run.err
    )


def test_what_a_configuration_means_for_argo_cd_is_said_once() -> None:
    example("argocd")
    for expected in (True, False):
        run = initialized()
        assert "one cluster is assumed: what Applications deploy goes to one" in run.err
        assert ("where Argo CD has the plugin of this tool" in run.err) == expected


def test_hooks_edit_only_manifests_that_are_applied_as_they_are() -> None:
    example("plain")
    initialized()
    assert hooks() == ["hostnet-transform", "hostnet-validate"]
    Path(HOOKS).unlink()
    example("kustomize")
    initialized()
    assert hooks() == ["hostnet-validate"]


def hooks() -> list[str]:
    (repository,) = yaml.safe_load(Path(HOOKS).read_text())["repos"]
    return [hook["id"] for hook in repository["hooks"]]


def test_the_hooks_run_under_pre_commit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pre_commit = require_tool("pre-commit")
    example("plain")
    initialized("--ci", "github")
    monkeypatch.setenv("PATH", path_with())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    git("add", "--all")
    command = [pre_commit, "run", "--all-files", "--color=never"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert re.search(r"^hostnet-transform \(fix\)\.+Failed$", done.stdout, re.MULTILINE)
    assert "files were modified by this hook" in done.stdout
    assert "error[HN401]" in done.stdout
    changed = git("diff", "--name-only").split()
    assert changed == ["cluster/nodes.yaml", "network/kube-proxy.yaml"]


# --- what it shows, and asks --------------------------------------------------------------------


def test_without_a_terminal_the_files_are_only_shown() -> None:
    example("flux")
    before = contents()
    run = invoke("init", "--baseline", "--ci", "gitlab")
    assert run.status == 0
    assert run.err.endswith("nothing was written; --yes writes these files\n")
    assert contents() == before
    initialized("--baseline", "--ci", "gitlab")
    names = (CONFIG, BASELINE, HOOKS, ".gitlab-ci.yml")
    assert shown(run) == {f"{name} (new)": Path(name).read_text() for name in names}


@pytest.mark.parametrize(
    ("answer", "is_written"), [(b"y\n", True), (b"n\n", False), (b"\n", False)]
)
def test_at_a_terminal_it_asks(answer: bytes, is_written: bool) -> None:
    write({"pool.yaml": pool("p")})
    status, seen = at_a_terminal(answer)
    assert status == 0
    assert "==> .hostnet-transform.yaml (new) <==" in seen
    assert "write these 2 files? [y/N]" in seen
    assert ("nothing was written" in seen) == (not is_written)
    assert Path(CONFIG).exists() == is_written


def test_a_person_who_leaves_gets_nothing_written() -> None:
    write({"pool.yaml": pool("p")})
    assert at_a_terminal(b"\x04")[0] == 130
    assert not Path(CONFIG).exists()


def at_a_terminal(answer: bytes) -> tuple[int, str]:
    """Run in a terminal, and answer; return the exit status, and what is seen there."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [*TOOL, "init"], stdin=its, stdout=its, stderr=its, env=environment(TERM="dumb")
    )
    os.close(its)
    seen = b""
    try:
        while chunk := os.read(ours, 65536):
            seen += chunk
            if seen.endswith(b"[y/N]: "):
                os.write(ours, answer)
    except OSError:
        pass
    os.close(ours)
    return process.wait(timeout=60), seen.decode().replace("\r\n", "\n")


def test_a_reader_that_leaves_does_not_keep_files_from_being_written() -> None:
    write({"pool.yaml": pool("p")})
    command = " ".join([*TOOL, "init", "--yes"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; exit ${{PIPESTATUS[0]}}"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert Path(CONFIG).exists()


# --- what is there already ----------------------------------------------------------------------


def test_to_files_that_are_there_lines_are_to_be_added_by_hand() -> None:
    example("flux")
    write(
        {
            CONFIG: f"{HEAD}spec:\n  strict: false\n",
            HOOKS: "repos:\n- repo: https://example.com/other\n  rev: v1\n  hooks: [{id: x}]\n",
            WORKFLOW: "name: other\n",
        }
    )
    run = initialized()
    texts = shown(run)
    assert set(texts) == {
        f"{name} (there already; to add by hand)" for name in (CONFIG, HOOKS, WORKFLOW)
    }
    assert f"add the lines above to {CONFIG}, {HOOKS}, {WORKFLOW}\n" in run.err
    for name in (CONFIG, HOOKS):
        with Path(name).open("a") as file:
            file.write(texts[f"{name} (there already; to add by hand)"])
    assert sorted(spec()) == ["build", "clusters", "strict"]
    assert len(yaml.safe_load(Path(HOOKS).read_text())["repos"]) == 2
    again = shown(initialized())
    assert set(again) == {f"{WORKFLOW} (there already; to add by hand)"}


def test_any_workflow_may_have_the_job() -> None:
    write(
        {"pool.yaml": pool("p"), ".github/workflows/ci.yaml": "run: hostnet-transform validate .\n"}
    )
    initialized()
    assert not Path(WORKFLOW).exists()


def test_a_baseline_that_is_there_is_named_and_not_written() -> None:
    example("plain")
    assert invoke("validate", "--write-baseline", BASELINE, "apps").status == 0
    initialized("--baseline")
    assert spec() == {"baseline": BASELINE}
    Path(CONFIG).unlink()
    Path(BASELINE).write_text("no: baseline\n")
    run = invoke("init", "--yes", "--baseline")
    assert (run.status, run.out) == (2, b"")
    assert BASELINE in run.err
    assert not Path(CONFIG).exists()


@pytest.mark.parametrize("text", ["", f"{HEAD}spec: {{builds: true}}\n"])
def test_an_invalid_configuration_is_an_error(text: str) -> None:
    write({"pool.yaml": pool("p"), CONFIG: text})
    run = invoke("init", "--yes")
    assert (run.status, run.out) == (2, b"")
    assert run.err.startswith(f"{CONFIG}:")
    assert not Path(HOOKS).exists()


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    write({"pool.yaml": pool("p")})
    (tmp_path / "elsewhere").mkdir()
    Path(".github").symlink_to(tmp_path / "elsewhere")
    run = invoke("init", "--yes", "--ci", "github")
    assert run.status == 2
    assert f"{WORKFLOW}: error: this is not written\n  help: a link on the way" in run.err
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not Path(CONFIG).exists()


def test_all_files_are_written_or_none() -> None:
    write({"pool.yaml": pool("p"), ".github/workflows": "a file\n"})
    before = contents()
    run = invoke("init", "--yes", "--ci", "github")
    assert run.status == 2
    assert "this cannot be written" in run.err
    assert contents() == before


# --- where there is little to go by -------------------------------------------------------------


def test_an_empty_repository_needs_nothing() -> None:
    run = initialized()
    assert run.out == b""
    assert run.err.startswith("no manifests found: folders are searched for *.yaml")
    assert contents() == {}


def test_templates_are_to_be_rendered_first() -> None:
    write({"web.yaml": TEMPLATE})
    run = initialized()
    assert "no manifests found, but templates (web.yaml): render them first" in run.err
    assert contents() == {"web.yaml": TEMPLATE}
    write({"pool.yaml": pool("p")})
    assert "templates, to render before they are read: web.yaml\n" in initialized().err
    assert findings(".") == (0, ["web.yaml:6:1 info[HN901]"])


def test_what_cannot_be_read_is_named() -> None:
    Path("gone.yaml").symlink_to("nowhere")
    assert "no manifests found; this cannot be read: gone.yaml\n" in initialized().err
    write({"pool.yaml": pool("p")})
    run = initialized()
    assert "this cannot be read: gone.yaml\n" in run.err
    assert "now 1 error\n" in run.err


def test_a_folder_that_cannot_be_searched_is_named() -> None:
    write({"pool.yaml": pool("p"), "closed/a.yaml": guarded()})
    Path("closed").chmod(0)
    done = as_other("init", "--yes", cwd=Path.cwd(), before=without_powers)
    Path("closed").chmod(0o755)
    assert done.status == 0
    assert "this cannot be read: closed\n" in done.err
    assert "now 1 error\n" in done.err


def test_in_a_folder_that_may_not_be_written_nothing_is() -> None:
    write({"pool.yaml": pool("p")})
    Path().chmod(0o555)
    done = as_other("init", "--yes", cwd=Path.cwd(), before=without_powers)
    Path().chmod(0o755)
    assert done.status == 2
    assert f"{CONFIG}: error: this cannot be written: permission denied\n" in done.err
    assert set(contents()) == {"pool.yaml"}


def test_a_folder_whose_name_cannot_be_written_is_named() -> None:
    for name, is_host in (("pr\udcffod", True), ("staging", False)):
        write({f"clusters/{name}/pools.yaml": pool("p", host_network=is_host)})
    assert "as they are not UTF-8: /clusters/pr\\udcffod\n" in initialized().err
    assert spec() == {}


def test_without_a_nodepool_it_says_where_to_get_one() -> None:
    write({"web.yaml": guarded()})
    assert "no NodePool is here: name a file with those of the cluster" in initialized().err
    assert "# pools: [nodepools.yaml]\n" in Path(CONFIG).read_text()
    assert spec() == {}


def test_without_git_there_is_only_the_configuration() -> None:
    shutil.rmtree(".git")
    write({"pool.yaml": pool("p")})
    run = initialized()
    assert "this is no repository of Git: without hooks" in run.err
    assert set(contents()) == {"pool.yaml", CONFIG}
    run = invoke("init", "--ci", "github")
    assert run.status == 2
    assert "--ci github needs a repository of Git" in run.err


def test_it_is_the_repository_that_counts_and_not_the_working_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write({"pool.yaml": pool("p"), "sub/node.yaml": node("n1", "p")})
    monkeypatch.chdir("sub")
    run = invoke("init", "--yes")
    assert "wrote ../.hostnet-transform.yaml, ../.pre-commit-config.yaml\n" in run.err
    assert "next: `hostnet-transform validate ..`: now 1 error" in run.err


# --- what it proposes ---------------------------------------------------------------------------


def test_folders_that_define_a_pool_differently_are_clusters() -> None:
    for name, is_host in (("prod", True), ("staging", False)):
        write({f"clusters/{name}/infra/pools.yaml": pool("p", host_network=is_host)})
    write({"clusters/dev/pools.yaml": pool("d"), "apps/web.yaml": guarded()})
    initialized()
    names = ("dev", "prod", "staging")
    assert spec()["clusters"] == [{"name": name, "paths": [f"/clusters/{name}"]} for name in names]
    assert not [one for one in findings(".")[1] if "HN107" in one]


def test_what_cannot_be_told_apart_is_said() -> None:
    write({"pools.yaml": pool("p"), "old/pools.yaml": pool("p", host_network=False)})
    run = initialized()
    assert "the NodePool p has different definitions in pools.yaml, old/pools.yaml" in run.err
    assert spec() == {}


def test_a_patch_of_a_pool_is_no_other_definition() -> None:
    write(
        {
            "base/kustomization.yaml": "resources: [pool.yaml]\n",
            "base/pool.yaml": pool("p"),
            "prod/kustomization.yaml": "resources: [../base]\npatches: [{path: pool.yaml}]\n",
            "prod/pool.yaml": pool("p", host_network=False),
        }
    )
    initialized()
    assert spec() == {"build": True}


def test_without_kustomize_there_are_no_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    example("kustomize")
    monkeypatch.setenv("HOSTNET_KUSTOMIZE", "no-such-program")
    assert "there is no program 'no-such-program'; once there is, set" in initialized().err
    assert spec() == {}


def test_what_kustomize_cannot_build_is_not_built() -> None:
    example("kustomize")
    write({"overlays/gates/kustomization.yaml": "resources: [../../base, missing.yaml]\n"})
    run = initialized()
    assert "kustomize cannot build overlays/gates/kustomization.yaml; once it can" in run.err
    assert spec() == {}


def test_folders_of_others_can_be_left_out() -> None:
    write({"pool.yaml": pool("p"), "third_party/vendor/web.yaml": guarded()})
    initialized()
    assert "  # exclude: [/third_party/]\n" in Path(CONFIG).read_text()


@pytest.mark.parametrize(
    ("url", "files", "wanted"),
    [
        ("git@github.com:me/shop.git", (), WORKFLOW),
        ("https://gitlab.example.com/me/shop.git", (), ".gitlab-ci.yml"),
        ("https://git.example.com/me/shop.git", (), ""),
        ("https://gitlab.example.com/me/shop.git", (".github/x",), WORKFLOW),
        ("", (".github/x",), WORKFLOW),
        ("", (), ""),
    ],
)
def test_the_job_is_for_the_service_that_is_used(
    url: str, files: tuple[str, ...], wanted: str
) -> None:
    if url:
        git("remote", "add", "origin", url)
    write({"pool.yaml": pool("p"), **dict.fromkeys(files, "")})
    run = initialized()
    assert set(contents()) == {"pool.yaml", *files, CONFIG, HOOKS, *filter(None, [wanted])}
    assert ("in CI: `hostnet-transform validate --base origin/main... .`" in run.err) == (
        not wanted
    )


def test_the_default_branch_of_the_remote_counts() -> None:
    commit({"pool.yaml": pool("p")})
    git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    initialized("--ci", "github")
    assert "  push: {branches: [trunk]}\n" in Path(WORKFLOW).read_text()


def test_where_the_tool_is_goes_into_hooks_and_jobs() -> None:
    write({"pool.yaml": pool("p")})
    run = initialized("--ci", "github", "--tool", "https://github.com/them/hostnet-transform@v9")
    assert "OWNER" not in run.err
    assert "uses: them/hostnet-transform@v9\n" in Path(WORKFLOW).read_text()
    (repository,) = yaml.safe_load(Path(HOOKS).read_text())["repos"]
    assert (repository["repo"], repository["rev"]) == (
        "https://github.com/them/hostnet-transform",
        "v9",
    )
    run = initialized("--ci", "gitlab", "--tool", "https://git.example.com/hostnet@v9")
    job = yaml.safe_load(Path(".gitlab-ci.yml").read_text())["hostnet"]
    assert job["variables"]["HOSTNET_REPOSITORY"] == "https://git.example.com/hostnet@v9"
    assert invoke("init", "--tool", "a b").status == 2
    assert invoke("init", "--tool", "https://$HOST/tool@v1").status == 2


def test_with_builds_there_are_no_edits_and_that_is_said() -> None:
    example("kustomize")
    assert "with `build: true`, findings come without edits" in initialized().err
    text = Path(CONFIG).read_text()
    assert "there are no suggestions, and\n  # --fix is refused" in text
    assert "without edits" not in invoke("init", "--yes").err  # there is nothing to decide


def test_entries_of_the_baseline_are_counted() -> None:
    example("flux")
    run = initialized("--baseline")
    entries = sum(line.startswith("- ") for line in Path(BASELINE).read_text().splitlines())
    assert f"; the baseline has {entries} entries\n" in run.err
    assert f"; the baseline has {entries} entries\n" in initialized().err


def test_the_command_in_the_configuration_drops_what_is_mended() -> None:
    example("plain")
    initialized("--baseline")
    camera = Path("apps/camera.yaml").read_bytes()
    write({"apps/new.yaml": camera.replace(b"camera", b"new")})
    Path("apps/camera.yaml").write_bytes(camera + b"      hostNetwork: true\n")
    before = Path(BASELINE).read_text().splitlines()
    command = re.search(r"^  #   hostnet-transform (.*)$", Path(CONFIG).read_text(), re.MULTILINE)
    assert command is not None
    invoke(*shlex.split(command[1]))
    after = Path(BASELINE).read_text().splitlines()
    assert set(after) < set(before)


def test_a_configuration_in_a_folder_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    other = f"apps/{CONFIG}"
    write({"pool.yaml": pool("p"), "apps/deep/web.yaml": guarded(), other: f"{HEAD}spec: {{}}\n"})
    said = "another configuration, read by commands that run in its folder:"
    assert f"{said} {other}\n" in initialized().err
    monkeypatch.chdir("apps")
    assert f"{said} {CONFIG}\n" in invoke("init", "--yes").err


def test_what_no_baseline_covers_is_named() -> None:
    example("plain")
    Path("broken.yaml").write_bytes(b"apiVersion: v1\nkind: [\n")
    run = initialized("--baseline")
    assert "no baseline covers what cannot be read: broken.yaml; mend or `exclude` it" in run.err
    assert "HN901" not in Path(BASELINE).read_text()


def test_what_it_cannot_know_is_said() -> None:
    example("kustomize")
    run = initialized("--ci", "github")
    assert (
        f"in {WORKFLOW}, put repository and tag of the tool in place of OWNER/hostnet-transform@REF"
        in run.err
    )
    run = initialized("--ci", "gitlab")
    assert "the variable HOSTNET_REPOSITORY of the project and kustomize or kubectl" in run.err


# --- the lines are those of the documents -------------------------------------------------------


def template(name: str) -> str:
    return (ROOT / f"transformer/config/templates/{name}.yaml").read_text()


def test_the_hooks_are_those_of_their_page() -> None:
    page = (ROOT / "docs/pre-commit.md").read_text()
    for name in ("hooks", "local-hooks"):
        assert f"```yaml\n{template(name)}```\n" in page


def test_the_hooks_without_an_address_are_those_of_this_repository() -> None:
    wanted = {
        hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    }
    (repository,) = yaml.safe_load(template("local-hooks"))["repos"]
    for hook in repository["hooks"]:
        own = wanted[hook["id"]] | {"language": "system"}
        assert hook == {
            k: v for k, v in own.items() if k not in ("description", "minimum_pre_commit_version")
        }


def test_the_workflow_is_that_of_its_page() -> None:
    page = (ROOT / "integrations/github/README.md").read_text()
    block = re.search(r"```yaml\n(.*?)```\n", page, re.DOTALL)
    assert block is not None
    wanted = yaml.load(block[1], yaml.BaseLoader)
    del wanted["jobs"]["validate"]["steps"][-1]["with"]["paths"]
    assert yaml.load(template("github"), yaml.BaseLoader) == wanted


def test_the_job_of_gitlab_runs_where_and_as_that_of_its_file() -> None:
    file = ROOT / "integrations/gitlab/hostnet.gitlab-ci.yml"
    job = yaml.safe_load(template("gitlab"))["hostnet"]
    wanted = yaml.safe_load(file.read_text())["hostnet"]
    for key in ("image", "rules", "variables", "before_script"):
        assert job[key] == wanted[key]


def test_the_job_of_gitlab_reports_the_findings() -> None:
    example("plain")
    base = git("rev-parse", "HEAD").strip()
    write({"apps/new.yaml": Path("apps/camera.yaml").read_bytes().replace(b"camera", b"new")})
    initialized("--ci", "gitlab", "--baseline")
    job = yaml.safe_load(Path(".gitlab-ci.yml").read_text())["hostnet"]
    write({"apps/newer.yaml": Path("apps/camera.yaml").read_bytes().replace(b"camera", b"newer")})
    env = {**job["variables"], "CI_MERGE_REQUEST_DIFF_BASE_SHA": base}
    done = run_block("\n".join(job["script"]), Path(), env=env)
    assert done.returncode == 1, done.stderr
    report = job["artifacts"]["reports"]["codequality"]
    (found,) = json.loads(Path(report).read_text())
    assert (found["check_name"], found["location"]["path"]) == ("HN401", "apps/newer.yaml")


@pytest.mark.parametrize("schema", [None, "", "{}"], ids=["none", "empty", "there"])
def test_the_schema_is_named_for_editors_only_if_it_is_there(schema: str | None) -> None:
    commit({"pool.yaml": pool("edge")} | ({} if schema is None else {SCHEMA_FILE: schema}))
    assert invoke("init", "--yes", "--ci", "none").status == 0
    text = Path(CONFIG).read_text()
    line = "# yaml-language-server: $schema=.hostnet-transform.schema.json\n"
    assert (line in text) == (schema == "{}")
    assert ("`hostnet-transform schema config` prints" in text) == (schema != "{}")
    assert invoke("validate", "--strict", ".").status == 0

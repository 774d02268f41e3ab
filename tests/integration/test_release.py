"""A release: what is built, what package managers make of it, and the workflow that makes it."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import yaml

from tests.downloads import do_without
from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT
from tests.requirements import require_tool
from tools import manifests
from tools.image_root import unpack
from tools.single_file import NAME, PLATFORMS, this_platform
from tools.version import project

VERSION = project()["version"]
ADDRESS = "https://github.com/someone/hostnet-transform"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def run(*command: str | Path, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_program_has_the_version_of_the_project() -> None:
    assert run(require_tool(NAME), "--version") == f"{NAME} {VERSION}\n"


def test_kubectl_runs_it_as_a_plugin() -> None:
    kubectl = require_tool("kubectl")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    direct = run(require_tool(NAME), "placement", "testdata/day-one")
    assert run(kubectl, "hostnet", "placement", "testdata/day-one", PATH=path) == direct
    said = run(kubectl, "hostnet", "placement", "--help", PATH=path)
    assert said.startswith("Usage: kubectl hostnet placement ")


def test_actionlint_accepts_the_workflows(actionlint: str) -> None:
    assert run(actionlint, "-no-color", *WORKFLOWS) == ""


def test_no_job_may_do_more_than_it_says_and_actions_are_pinned() -> None:
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_bytes())
        allowed = workflow["permissions"]
        for name, job in workflow["jobs"].items():
            given = job.get("permissions", allowed)
            writes = {key for key, value in given.items() if value == "write"}
            assert not writes or name.startswith("publish-"), name
            for step in job["steps"]:
                used = step.get("uses", "")
                is_pinned = re.search(r"@[0-9a-f]{40}$", used)
                assert is_pinned or used in ("", "pypa/gh-action-pypi-publish@release/v1")


def test_nothing_is_published_unless_all_that_was_built_has_been_tried() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_bytes())["jobs"]
    tried = {"build", "audit", "tests", "demo", "images"}
    for name in jobs.keys() - tried:
        needs = set(jobs[name]["needs"])
        assert needs >= tried or {"publish-pypi", "publish-images"} <= needs, name
    versions = ["3.11", "3.12", "3.13", "3.14", "3.15"]
    for name in ("tests", "demo"):
        assert jobs[name]["strategy"]["matrix"]["python"] == versions
    systems = " ".join(jobs["demo"]["strategy"]["matrix"]["os"])
    assert all(one in systems for one in ("ubuntu", "macos", "windows"))


def test_the_make_targets_of_the_workflows_are_there() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_bytes())["jobs"].values():
            steps = " ".join(step.get("run", "") for step in job["steps"])
            assert set(re.findall(r"\bmake ([a-z-]+)", steps)) <= set(targets)


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the archive for this platform; the others only have a name."""
    folder = tmp_path_factory.mktemp("dist")
    platform = this_platform()
    if platform not in PLATFORMS:
        pytest.skip(f"no single file is built for {platform}")
    build = (sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder)
    run(*build)
    for name in PLATFORMS:
        (folder / f"{NAME}-{VERSION}-{name}.tar.gz").write_text("not built here")
    (wheel,) = folder.glob("*.whl")
    command = (sys.executable, "-m", "tools.single_file", wheel, "--platform", platform)
    try:
        run(*command, "--archives", folder)
    except AssertionError as error:
        do_without(f"what the single file needs cannot be fetched: {str(error)[-300:]}")
    manifests.write(folder, ADDRESS)
    return folder


@only_in_ci
@pytest.mark.slow
def test_the_sums_are_those_of_what_was_built(dist: Path) -> None:
    sums = dist / "SHA256SUMS"
    done = subprocess.run(
        [require_tool("sha256sum"), "--check", "--strict", sums.name], cwd=dist, check=False
    )
    assert done.returncode == 0
    assert f"{NAME}-{VERSION}-{this_platform()}.tar.gz" in sums.read_text(encoding="utf-8")


@only_in_ci
@pytest.mark.slow
def test_the_single_file_has_the_same_bytes_when_another_user_builds_it(
    dist: Path, tmp_path: Path
) -> None:
    (wheel,) = dist.glob("*.whl")
    name = f"{NAME}-{VERSION}-{this_platform()}.tar.gz"
    subprocess.run(
        [
            *(sys.executable, "-m", "tools.single_file", wheel),
            *("--platform", this_platform(), "--archives", tmp_path),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "7", "TMPDIR": str(tmp_path)},
        umask=0o077,
        check=True,
        timeout=300,
    )
    assert (tmp_path / name).read_bytes() == (dist / name).read_bytes()


@only_in_ci
@pytest.mark.slow
def test_the_archive_holds_the_program_for_every_python_and_its_license(
    dist: Path, tmp_path: Path
) -> None:
    archive = dist / f"{NAME}-{VERSION}-{this_platform()}.tar.gz"
    with tarfile.open(archive) as opened:
        assert [(one.name, one.mode) for one in opened] == [(NAME, 0o755), ("LICENSE", 0o644)]
    run("tar", "-xzf", archive, "-C", tmp_path)
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (tmp_path / "python3").symlink_to(shutil.which(python) or sys.executable)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    (tmp_path / "flux-hostnet").symlink_to(tmp_path / NAME)
    home = str(tmp_path / "shiv")
    said = run(tmp_path / "flux-hostnet", "--help", PATH=path, SHIV_ROOT=home)
    assert said.startswith("Usage: flux hostnet ")
    inside = {path.name for path in (tmp_path / "shiv").rglob("*.so")}
    for minor in range(11, 16):
        for module in ("yaml", "rpds"):
            assert any(module in name and f"cpython-3{minor}-" in name for name in inside)


@only_in_ci
@pytest.mark.slow
def test_an_image_has_the_tool_for_its_own_python_and_runs_without_a_home(
    dist: Path, tmp_path: Path
) -> None:
    unpack(dist / f"{NAME}-{VERSION}-{this_platform()}.tar.gz", tmp_path / "opt")
    ours = f"cpython-3{sys.version_info.minor}-"
    assert all(ours in path.name for path in (tmp_path / "opt").rglob("*.so"))
    for path in [tmp_path / "opt", *(tmp_path / "opt").rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    done = subprocess.run(
        [sys.executable, "-I", tmp_path / "opt/bin/hostnet-transform"],
        input=(ROOT / "testdata/splice/resource-list/in.yaml").read_bytes(),
        env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"kind: ResourceList" in done.stdout
    assert b"operator: NotIn" in done.stdout


@only_in_ci
@pytest.mark.slow
def test_krew_accepts_its_manifest(dist: Path, validate_krew_manifest: str) -> None:
    run(
        validate_krew_manifest,
        "-skip-install",
        "-manifest",
        dist / "manifests" / manifests.MANIFESTS[0],
    )


@only_in_ci
@pytest.mark.slow
def test_ruby_reads_the_formula(dist: Path) -> None:
    run(require_tool("ruby"), "-c", dist / "manifests" / manifests.MANIFESTS[2])

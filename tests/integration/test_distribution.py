"""The wheel and the source archive: the same bytes wherever they are built, and whole."""

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tests.downloads import do_without
from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT, invoke
from tests.requirements import require_tool

pytestmark = [pytest.mark.slow, only_in_ci]

_SECONDS = 300
NOT_ARCHIVED: dict[str, str] = {}
"""Files that git tracks and the source archive shall not hold, each with the reason."""

LEFT_OUT = shutil.ignore_patterns(
    *(
        ".venv",
        ".git",
        ".fuzz",
        "dist",
        "build",
        "mutants",
        "__pycache__",
        ".*_cache",
        ".hypothesis",
    ),
    *(".bench", ".coverage*", ".screenshots", "htmlcov"),
)


def build(tree: Path, *what: str, umask: int = 0o022) -> Path:
    """Build in `tree` and return the folder of what came out."""
    environment = {name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    done = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", *what],
        cwd=tree,
        env=environment,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return tree / "dist"


def built(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the sources with both archives in its `dist`."""
    tree = tmp_path_factory.mktemp("here") / "checkout"
    shutil.copytree(ROOT, tree, ignore=LEFT_OUT)
    build(tree, "--sdist", "--wheel")
    return tree


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> Path:
    (path,) = (checkout / "dist").glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what is in the source archive."""
    (archive,) = (checkout / "dist").glob("*.tar.gz")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(archive) as opened:
        opened.extraction_filter = getattr(tarfile, "data_filter", None)  # none before 3.11.4
        opened.extractall(folder)
    (tree,) = folder.iterdir()
    return tree


def test_the_source_archive_builds_the_same_bytes_elsewhere_at_another_time_by_another_user(
    checkout: Path, unpacked: Path, tmp_path: Path
) -> None:
    tree = tmp_path / "another-place"
    shutil.copytree(unpacked, tree)
    for path in sorted(tree.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o077)
        os.utime(path, (1, 1 + len(path.name)))
    assert built(build(tree, "--sdist", "--wheel", umask=0o077)) == built(checkout / "dist")


def files_below(tree: Path, name: str) -> set[str]:
    """Return the files of a folder that stands at the top of a tree."""
    found = (path for path in (tree / name).rglob("*") if path.is_file())
    return {path.relative_to(tree).as_posix() for path in found if path.suffix != ".pyc"}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path, checkout: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    expected = files_below(checkout, "transformer")
    expected |= {f"transformer/{name}" for name in files_below(checkout, "schemas")}
    assert {"transformer/py.typed", "transformer/kubernetes/components.json"} <= expected
    (data,) = (name for name in names if ".data/" in name)
    assert data.endswith(".data/data/share/man/man1/hostnet-transform.1")
    assert {name for name in names if ".dist-info/" not in name} - {data} == expected
    (sbom,) = (name for name in names if ".dist-info/sboms/" in name)
    with zipfile.ZipFile(wheel) as opened:
        told = opened.read(sbom)
    assert told == (checkout / "requirements/hostnet-transform.cdx.json").read_bytes()


def test_the_source_archive_holds_what_the_tests_need(checkout: Path, unpacked: Path) -> None:
    for name in (
        "tests",
        "testdata",
        "schemas",
        "tools",
        "docs",
        "man",
        "requirements",
        "integrations",
    ):
        assert files_below(unpacked, name) == files_below(checkout, name)
    for name in ("Makefile", "pyproject.toml", "LICENSE", ".pre-commit-hooks.yaml", ".ci/run"):
        assert (unpacked / name).read_bytes() == (checkout / name).read_bytes()


def test_the_source_archive_holds_all_that_git_tracks(checkout: Path, unpacked: Path) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout: nobody knows what is tracked")
    told = subprocess.run(
        [require_tool("git"), "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    tracked = {name for name in told.stdout.split("\0") if (checkout / name).is_file()}
    archived = {
        path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()
    }
    assert tracked - archived == set(NOT_ARCHIVED)


def test_the_tests_run_in_the_source_archive(unpacked: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [
            *command,
            "tests/unit/text/test_framing.py",
            "tests/fuzz",
            "tests/golden/test_rule_pages.py",
        ],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stdout[-2000:]


def test_the_wheel_alone_is_the_tool(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    pip = [sys.executable, "-m", "pip", "--python", str(tmp_path / "venv/bin/python")]
    pip += ["install", "--quiet", "--no-compile", str(wheel)]
    subprocess.run([*pip, "--no-deps"], check=True, timeout=_SECONDS)
    try:
        subprocess.run(pip, check=True, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.SubprocessError as error:
        told = getattr(error, "stderr", None) or str(error)
        do_without(f"what the wheel needs cannot be installed: {str(told).strip()[-300:]}")
    demo = sorted((ROOT / "testdata/demo").glob("*.yaml"))
    data = b"".join(path.read_bytes() for path in demo)
    done = subprocess.run(
        [tmp_path / "venv/bin/hostnet-transform"],
        input=data,
        cwd=tmp_path,  # the checkout cannot be imported by accident
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == invoke(stdin=data)
    assert done.returncode == 1  # the example holds a mistake on purpose

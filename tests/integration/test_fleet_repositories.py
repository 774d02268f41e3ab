"""`fleet` over repositories of strange content, and of people who mean no good."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import environment
from tests.integration.fleets import bare, checkout, fleet, git, lines, site
from tests.manifests import node, pool
from transformer.fleet import Settings, Task

CONFIG = b"apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n"
OWN = ".hostnet-transform.yaml"
NODE = node("edge-1", pool="barriers")
POOL = pool("barriers", host_network=True)


def of_revision(folder: Path, revision: str, *more: str) -> dict[str, Any]:
    """Return the line of a revision of the repository in a folder."""
    stdin = os.fsencode(f"{folder.name}\t{revision}\n")
    done = fleet(*(more or ("--check",)), "--repos", "-", cwd=folder.parent, stdin=stdin)
    assert b"Traceback" not in done.stderr
    (line,) = lines(done).values()
    return line


LINKED: dict[str, tuple[dict[str, bytes], dict[str, str]]] = {
    "a manifest": ({"pools.yaml": POOL, "data/node.txt": NODE}, {"node.yaml": "data/node.txt"}),
    "a chain": (
        {"pools.yaml": POOL, "data/node.txt": NODE},
        {"node.yaml": "data/more.lnk", "data/more.lnk": "node.txt"},
    ),
    "the configuration": (
        {"pools.yaml": POOL, "node.yaml": NODE, "own.cfg": CONFIG + b"  strict: true\n"},
        {OWN: "own.cfg"},
    ),
    "pools": (
        {"pools.txt": POOL, "node.yaml": NODE, OWN: CONFIG + b"  pools: [pools.lnk]\n"},
        {"pools.lnk": "pools.txt"},
    ),
    "a folder of pools": (
        {".x/pools.txt": POOL, "node.yaml": NODE, OWN: CONFIG + b"  pools: [x/pools.txt]\n"},
        {"x": ".x"},
    ),
}


@pytest.mark.parametrize("name", LINKED)
def test_what_a_link_leads_to_is_read_as_in_a_checkout(name: str, tmp_path: Path) -> None:
    files, links = LINKED[name]
    folder = checkout(tmp_path / "site", files)
    for link, target in links.items():
        (folder / link).symlink_to(target)
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "links")
    bare(folder, tmp_path / "site.git")
    told = lines(fleet("--patch-dir", "patches", "--repos", "site*", cwd=tmp_path))
    assert told["site.git"]["report"] == told["site"]["report"]
    assert told["site.git"]["counts"]["changed"] == 1
    for line in told.values():
        git(folder, "apply", "--index", str(tmp_path / "patches" / line["patch"]))
        assert fleet("--check", "--repos", "s*e", cwd=tmp_path).returncode == 0
        git(folder, "reset", "-q", "--hard")


def test_no_command_of_a_repository_runs_and_nothing_is_fetched(tmp_path: Path) -> None:
    folder = bare(checkout(tmp_path / "site", site()), tmp_path / "site.git")
    values = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": str(tmp_path / "site"),
        "remote.origin.uploadpack": f"touch {tmp_path}/was-run; git-upload-pack",
        "core.fsmonitor": f"touch {tmp_path}/was-run",
    }
    for name, value in values.items():
        git(folder, "config", name, value)
    blob = git(folder, "rev-parse", "HEAD:nodes.yaml")
    (folder / "objects" / blob[:2] / blob[2:]).unlink()
    before = sorted(folder.rglob("*"))
    line = of_revision(folder, "HEAD")
    assert line["error"]["message"] == f"nodes.yaml: git cannot read the object {blob}"
    assert "partial clone" in line["error"]["hint"]
    assert not (tmp_path / "was-run").exists()
    assert sorted(folder.rglob("*")) == before


def test_a_repository_has_no_say_in_what_is_kept_for_another(tmp_path: Path) -> None:
    source = checkout(tmp_path / "site", {"pools.yaml": POOL, "node.yaml": NODE, "x.md": b"\n"})
    false, true = (bare(source, tmp_path / name) for name in ("false.git", "true.git"))
    git(
        false,
        "replace",
        *(git(false, "rev-parse", f"HEAD:{name}") for name in ("node.yaml", "x.md")),
    )
    assert [of_revision(one, "HEAD")["status"] for one in (false, true)] == [1, 1]


@pytest.mark.parametrize("spec", ["pools: [{}/out.yaml]", "baseline: {}/out.yaml"])
def test_a_path_from_the_top_of_the_disk_leads_out_of_a_revision(spec: str, tmp_path: Path) -> None:
    (tmp_path / "out.yaml").write_bytes(POOL)
    config = CONFIG + f"  {spec.format(tmp_path)}\n".encode()
    folder = checkout(tmp_path / "site", {OWN: config, "node.yaml": NODE})
    line = of_revision(folder, "HEAD", "--validate")
    assert line["status"] == 2
    assert "leads out of the repository" in line["error"]["message"]


def test_a_link_that_cannot_be_is_an_error_of_its_repository(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "site", {"target": b"a\0b"})
    target = git(folder, "rev-parse", "HEAD:target")
    git(folder, "update-index", "--add", "--cacheinfo", f"120000,{target},link.yaml")
    git(folder, "commit", "-qm", "link")
    error = of_revision(folder, "HEAD")["error"]
    assert error["message"] == "link.yaml cannot be written: invalid argument"


def test_an_error_does_not_name_the_temporary_folder(tmp_path: Path) -> None:
    config = CONFIG + b"  pools: [sites/absent.yaml]\n"
    line = of_revision(checkout(tmp_path / "site", {OWN: config}), "HEAD")
    assert line["error"]["message"] == "there is no file or folder 'sites/absent.yaml'"


def test_a_revision_is_one_commit(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "site", site())
    git(folder, "tag", "-am", "first", "v1")
    assert of_revision(folder, "v1")["commit"] == git(folder, "rev-parse", "HEAD")
    for wrong in (
        "^main",
        "-x",
        "--all",
        "main^@",
        "main^!",
        "main..main",
        "main main",
        "HEAD:apps",
    ):
        message = f"there is no commit {wrong!r} in this repository"
        assert of_revision(folder, wrong)["error"]["message"] == message


@pytest.mark.parametrize("above", ["above", "ab:ove"])  # Git separates folders by colons
def test_a_broken_repository_is_not_the_one_above_it(above: str, tmp_path: Path) -> None:
    checkout(tmp_path, {"node.yaml": NODE})
    (tmp_path / above / "site/.git").mkdir(parents=True)
    assert of_revision(tmp_path / above / "site", "HEAD")["status"] == 3


def test_the_name_of_a_patch_fits_whatever_the_repository_is_called(tmp_path: Path) -> None:
    name = "ü" * 127
    checkout(tmp_path / name, site())
    done = fleet("--patch-dir", "patches", "--repos", "ü*", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "patches" / lines(done)[name]["patch"]).exists()


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")
def test_a_build_ends_with_what_takes_too_long(tmp_path: Path) -> None:
    files = {OWN: CONFIG + b"  build: true\n", "kustomization.yaml": b"resources: [a.yaml]\n"}
    checkout(tmp_path / "site", {**files, "a.yaml": NODE})
    slow = tmp_path / "slow"
    slow.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/process\nexec sleep 600\n")
    slow.chmod(0o700)
    options = ("--validate", "--timeout", "1", "--repos", "s*e")
    done = fleet(*options, cwd=tmp_path, HOSTNET_KUSTOMIZE=str(slow))
    assert "longer than 1 seconds" in lines(done)["site"]["error"]["message"]
    process = (tmp_path / "process").read_text().strip()
    assert not Path("/proc", process).exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_process_ends_what_takes_too_long_if_nobody_else_does(tmp_path: Path) -> None:
    checkout(tmp_path / "slow", site())
    os.mkfifo(tmp_path / "pipe")  # nobody writes, so whoever reads it waits
    (tmp_path / "slow" / OWN).symlink_to("../pipe")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    program = "import sys; from transformer.hosts.fleet_worker import serve; serve(sys.argv[1])"
    task = Task("slow", settings=Settings(timeout=0.5), folder=str(tmp_path / "slow"))
    done = subprocess.run(
        [sys.executable, "-c", program, str(temporary)],
        input=json.dumps(task.as_plain()).encode() + b"\n",
        check=False,
        capture_output=True,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert not temporary.exists()

"""`fleet`: each line says what a command says in a checkout, whatever is wrong with the others."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.effort import tried
from tests.integration.cli_runs import ROOT, TOOL, environment, invoke
from tests.integration.faults import without_powers
from tests.integration.fleets import bare, checkout, fleet, git, lines, site
from tests.manifests import guarded, kept_off, node, pool
from tests.requirements import require_tool
from transformer.config.package_data import schemas

MODES = {
    "validate": ("--validate", ("validate", "--quiet", "--format", "json")),
    "check": ("--check", ("--check", "--report", "json")),
    "placement": ("--placement", ("placement", "--quiet", "--format", "json")),
}
CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n"
SPECS = (
    "  strict: true\n",
    "  rules: {HN402: warning, pod-guard: false}\n",
    "  exclude: ['*1*']\n",
    "  scopes: ['*']\n",
    "  ignore: [{rules: [HN402], file: '*', reason: known, until: 2099-01-01}]\n",
    "  pools: [odd.txt]\n",
    "  baseline: known.findings\n",
    "  onInvalid: pass\n",
    "  nonsense: true\n",
    "",
)
BASELINE = b"""\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetBaseline
"""


def random_files(source: random.Random) -> dict[str, bytes]:
    """Return files of this repository's examples, under other names, with a configuration."""
    every = sorted((ROOT / "testdata").rglob("*.yaml"))
    start = source.randrange(len(every) - 30)
    near = every[start : start + 30]
    chosen = source.sample(near, source.randrange(1, 12))
    files = {str(one.relative_to(ROOT / "testdata")): one.read_bytes() for one in chosen}
    files = {name: data for name, data in files.items() if not name.startswith(".")}
    if source.random() < 0.6:
        spec = "".join(source.sample(SPECS, source.randrange(1, 3)))
        files[".hostnet-transform.yaml"] = f"{CONFIG}{spec}".encode()
    files["odd.txt"] = pool("odd", host_network=True)
    files["known.findings"] = BASELINE
    files["charts/Chart.yaml"] = b"name: x\n"
    files["charts/templates/a.yaml"] = b"a: {{ b }}\n"
    return files


def in_checkout(
    mode: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, Any] | None]:
    """Return the exit status of a command in a checkout, and its report."""
    monkeypatch.chdir(folder)
    done = invoke(*MODES[mode][1], ".")
    text = done.err if mode == "check" else done.out.decode()
    start = text.find("{\n")
    return done.status, json.loads(text[start:]) if done.status < 2 or start == 0 else None


def test_lines_say_what_the_commands_say_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, source = tried(45), random.Random()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for index in range(number):
        bare(checkout(tmp_path / f"co/{index}", random_files(source)), tmp_path / f"{index}.git")
    for mode, (flag, _) in MODES.items():
        told = lines(fleet(flag, "--repos", "*.git", "--repos", "co/*", cwd=tmp_path))
        assert len(told) == 2 * number
        for index in range(number):
            status, report = in_checkout(mode, tmp_path / f"co/{index}", monkeypatch)
            for name in (f"{index}.git", f"co/{index}"):
                line = told[name]
                assert (line["status"], line["report"]) == (status, report), (mode, line["error"])


def test_lines_fit_their_schema(tmp_path: Path) -> None:
    checkout(tmp_path / "site", site())
    every = schemas()
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in every.values() if "$id" in one
    )
    schema = Draft202012Validator(every["fleet"], registry=registry)
    modes = [(flag,) for flag, _ in MODES.values()]
    for mode in (*modes, ("--patch-dir", "patches")):
        done = fleet(*mode, "--repos", "s*", "--repos", "-", cwd=tmp_path, stdin=b"none\n")
        for line in lines(done).values():
            schema.validate(line)


def test_each_failure_is_a_line_and_costs_the_others_nothing(tmp_path: Path) -> None:
    good = checkout(tmp_path / "good", {"web.yaml": kept_off()})
    wrong = {".hostnet-transform.yaml": b"kind: x\n", "a.yaml": guarded()}
    bare(checkout(tmp_path / "configured", wrong), tmp_path / "configured.git")
    damaged = bare(good, tmp_path / "damaged.git")
    for blob in (damaged / "objects").rglob("*"):
        if blob.is_file():
            blob.chmod(0o600)
            blob.write_bytes(b"damaged")
    (bare(good, tmp_path / "headless.git") / "HEAD").write_text("ref: refs/heads/gone\n")
    (tmp_path / "file").write_bytes(b"")
    listed = [
        *("good", "good\tmain", "good\tnone", "configured.git", "configured", "damaged.git"),
        *("headless.git", "file", "missing", "good main", "plain\tmain", "plain"),
    ]
    (tmp_path / "plain").mkdir()
    done = fleet("--validate", "--repos", "-", cwd=tmp_path, stdin="\n".join(listed).encode())
    told = lines(done)
    assert done.returncode == 2
    assert len(told) == len(listed)
    assert {name: line["status"] for name, line in told.items()} == {
        **{"good": 0, "good@main": 0, "plain": 0},
        **{"configured": 2, "configured.git": 2},
        **{"good@none": 3, "damaged.git": 3, "headless.git": 3, "file": 3, "missing": 3},
        **{"good main": 3, "plain@main": 3},
    }
    assert told["configured.git"]["error"] == told["configured"]["error"]
    assert told["configured.git"]["error"]["file"] == ".hostnet-transform.yaml"
    assert "separated from the path by a tab" in told["good main"]["error"]["hint"]
    assert b"Traceback" not in done.stderr
    assert b"good@none: error: there is no commit 'none'" in done.stderr


def test_a_repository_without_access_is_a_line(tmp_path: Path) -> None:
    bare(checkout(tmp_path / "site", site()), tmp_path / "open.git")
    closed = (
        *(checkout(tmp_path / "closed", site()), bare(tmp_path / "site", tmp_path / "closed.git")),
        bare(tmp_path / "site", tmp_path / "half.git") / "objects",
    )
    for path in closed:
        path.chmod(0)
    listed = b"closed\nclosed.git\nhalf.git\nopen.git\n"
    done = fleet("--check", "--repos", "-", cwd=tmp_path, stdin=listed, before=without_powers)
    for path in closed:
        path.chmod(0o700)
    told = lines(done)
    assert {name: line["status"] for name, line in told.items()} == {
        **{"closed": 3, "closed.git": 3, "half.git": 3, "open.git": 1}
    }
    for name in ("closed", "closed.git"):
        assert "permission denied" in told[name]["error"]["message"]
    assert done.returncode == 3


def test_a_repository_of_another_user_is_not_trusted(tmp_path: Path) -> None:
    bare(checkout(tmp_path / "site", site()), tmp_path / "site.git")
    done = fleet("--check", "--repos", "*.git", cwd=tmp_path, GIT_TEST_ASSUME_DIFFERENT_OWNER="1")
    line = lines(done)["site.git"]
    assert line["status"] == 3
    assert "dubious ownership" in line["error"]["message"]
    assert "safe.directory" in line["error"]["hint"]


def test_an_empty_repository_is_no_failure(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "empty.git")
    line = lines(fleet("--validate", "--repos", "*.git", cwd=tmp_path))["empty.git"]
    assert (line["status"], line["commit"], line["report"]["documents"]) == (0, "", 0)


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        (b"site \n", b"list:1:1: error: there is a blank"),
        (b"# a\n\nsite\t\n", b"list:3:1: error: there is a tab and no revision"),
        (b"site\tmain\tx\n", b"more than one tab"),
        (b"\tmain\n", b"there is no path"),
    ],
)
def test_a_doubtful_list_is_refused_before_anything_is_done(
    listed: bytes, message: bytes, tmp_path: Path
) -> None:
    checkout(tmp_path / "site", site())
    (tmp_path / "list").write_bytes(listed)
    done = fleet("--check", "--repos", "list", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr


def test_a_list_without_a_repository_is_told(tmp_path: Path) -> None:
    done = fleet("--check", "--repos", "-", cwd=tmp_path, stdin=b"# sites\n\n")
    assert (done.returncode, done.stdout) == (0, b"")
    assert done.stderr.startswith(b"warning: no repository is listed")


def test_lists_may_have_comments_line_ends_of_windows_and_blanks_in_paths(tmp_path: Path) -> None:
    checkout(tmp_path / "a site", site())
    (tmp_path / "list").write_bytes(b"\xef\xbb\xbf# sites\r\n\r\na site\r\na site\tmain\r\n")
    told = lines(fleet("--check", "--repos", "list", cwd=tmp_path))
    assert {*told} == {"a site", "a site@main"}
    assert told["a site"]["commit"] == ""
    assert told["a site"]["report"] == told["a site@main"]["report"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--repos", "s*"),
        ("--repos", "s*", "--check", "--validate"),
        ("--repos", "nothing*", "--check"),
        ("--repos", "site", "--check"),
        ("--repos", "absent", "--check"),
        ("--repos", "s*", "--check", "--fail-on", "warning"),
        ("--repos", "s*", "--validate", "--fail-on", "breaks"),
        ("--repos", "s*", "--check", "--cache", "x", "--no-cache"),
        ("--repos", "s*", "--check", "--enable", "HN999"),
        ("--repos", "s*", "--check", "--pools", "absent.yaml"),
        ("--repos", "s*", "--check", "--jobs", "0"),
        ("--repos", "s*", "--check", "--timeout", "nan"),
        ("--repos", "s*", "--check", "--timeout", "inf"),
        ("--repos", "s*", "--check", "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1"),
    ],
)
def test_wrong_usage_ends_with_two_and_no_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    done = fleet(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")


def test_patches_can_be_applied_and_are_removed_when_nothing_would_change(tmp_path: Path) -> None:
    source = checkout(tmp_path / "site", site() | {"crlf.yaml": guarded().replace(b"\n", b"\r\n")})
    bare(source, tmp_path / "site.git")
    done = fleet("--patch-dir", "patches", "--repos", "*.git", cwd=tmp_path)
    line = lines(done)["site.git"]
    assert line["counts"]["changed"] > 1
    patch = tmp_path / "patches" / line["patch"]
    git(source, "apply", "--index", str(patch))
    assert fleet("--check", "--repos", "site*", cwd=tmp_path).returncode == 1
    git(source, "commit", "-qm", "guard")
    git(source, "push", "-q", str(tmp_path / "site.git"), "main")
    again = lines(fleet("--patch-dir", "patches", "--repos", "*.git", cwd=tmp_path))["site.git"]
    assert (again["counts"]["changed"], again["patch"], patch.exists()) == (0, "", False)


def test_options_hold_for_every_repository(tmp_path: Path) -> None:
    files = {"node.yaml": node("edge-1", pool="barriers")}
    bare(checkout(tmp_path / "site", files), tmp_path / "site.git")
    (tmp_path / "pools.yaml").write_bytes(pool("barriers", host_network=True))
    without = lines(fleet("--check", "--repos", "*.git", cwd=tmp_path))["site.git"]
    pools = ("--check", "--pools", "pools.yaml", "--repos", "*.git")
    line = lines(fleet(*pools, cwd=tmp_path))["site.git"]
    assert (without["counts"]["changed"], line["counts"]["changed"]) == (0, 1)
    (tmp_path / "pools.yaml").write_bytes(pool("barriers", host_network=False))
    line = lines(fleet(*pools, cwd=tmp_path))["site.git"]
    assert line["counts"]["changed"] == 0  # what is kept is of other pools
    off = ("--disable", "node-label")
    (tmp_path / "pools.yaml").write_bytes(pool("barriers", host_network=True))
    assert lines(fleet(*pools, *off, cwd=tmp_path))["site.git"]["counts"]["changed"] == 0


def test_nothing_is_read_outside_of_a_repository_that_is_not_checked_out(tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_bytes(guarded("outside"))
    (tmp_path / ".hostnet-transform.yaml").write_text("kind: wrong\n")
    folder = checkout(tmp_path / "site", {"web.yaml": guarded()})
    for name, target in (("a.yaml", "../outside.yaml"), ("b.yaml", str(tmp_path / "outside.yaml"))):
        (folder / name).symlink_to(target)
    (folder / "c.yaml").symlink_to("web.yaml")
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "links")
    line = lines(fleet("--check", "--repos", "-", cwd=tmp_path, stdin=b"site\tHEAD\n"))["site@HEAD"]
    assert {one["file"] for one in line["report"]["changed"]} == {"web.yaml"}
    (folder / ".hostnet-transform.yaml").write_text(f"{CONFIG}  pools: [../outside.yaml]\n")
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "pools")
    line = lines(fleet("--check", "--repos", "-", cwd=tmp_path, stdin=b"site\tHEAD\n"))["site@HEAD"]
    assert "leads out of the repository" in line["error"]["message"]


def test_a_repository_is_not_changed(tmp_path: Path) -> None:
    folder = checkout(tmp_path / "site", site())
    before = sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*"))
    fleet("--patch-dir", "patches", "--repos", "-", cwd=tmp_path, stdin=b"site\tHEAD\nsite\n")
    assert sorted((path, path.stat().st_mtime_ns) for path in folder.rglob("*")) == before


def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    checkout(tmp_path / "site", site())
    (tmp_path / "list").write_bytes(b"site\n" * 2000)
    command = f"{' '.join(TOOL)} fleet --validate --repos list | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=tmp_path,
        capture_output=True,
        check=True,
        env=environment(XDG_CACHE_HOME=str(tmp_path)),
    )
    assert done.stdout.count(b"\n") == 1
    assert b"Traceback" not in done.stderr


LAID_OUT: dict[str, dict[str, bytes]] = {
    "built": {
        ".hostnet-transform.yaml": f"{CONFIG}  build: true\n".encode(),
        "base/kustomization.yaml": b"resources: [web.yaml]\nconfigMapGenerator:\n"
        b"- {name: c, files: [notes.txt]}\n",
        "base/notes.txt": b"not a manifest\n",
        "base/web.yaml": guarded(),
        "over/kustomization.yaml": b"namePrefix: x-\nresources: [../base, ../pools.yaml]\n",
        "pools.yaml": pool("barriers"),
    },
    "deployed": {
        "flux/apps.yaml": b"apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        b"metadata: {name: apps, namespace: flux-system}\n"
        b"spec: {path: ./apps/over, targetNamespace: shop}\n",
        "apps/over/kustomization.yaml": b"resources: [../base]\npatches: [{path: patch.txt}]\n",
        "apps/over/patch.txt": b"apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
        b"spec: {template: {spec: {hostNetwork: true}}}\n",
        "apps/base/kustomization.yaml": b"resources: [web.yaml]\n",
        "apps/base/web.yaml": guarded(),
    },
    "clustered": {
        ".hostnet-transform.yaml": f"{CONFIG}  scopes: ['clusters/*']\n".encode(),
        "clusters/a/pools.yaml": pool("barriers"),
        "clusters/b/pools.yaml": pool("barriers", host_network=False),
        "clusters/b/node.yaml": node("edge-1", pool="barriers"),
    },
}


@pytest.mark.parametrize("name", LAID_OUT)
def test_what_depends_on_the_layout_is_as_in_a_checkout(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    require_tool("kubectl")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    folder = checkout(tmp_path / "co", LAID_OUT[name])
    bare(folder, tmp_path / "site.git")
    for mode, (flag, _) in MODES.items():
        told = lines(fleet(flag, "--repos", "*.git", cwd=tmp_path))["site.git"]
        monkeypatch.chdir(tmp_path)
        status, report = in_checkout(mode, folder, monkeypatch)
        monkeypatch.chdir(tmp_path)
        assert (told["status"], told["report"]) == (status, report), told["error"]
        assert report is not None

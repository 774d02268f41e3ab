"""What is read is never run: no tag, path, revision or repository makes us start a program.

An audit hook in the process tells of each file that is opened and each program that is started.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli_runs import CONFIG_MAP, guarded, joined, node, pool
from tests.integration.faults import run
from tests.integration.test_hostile_input import CONFIG, LIST, POD

AUDITED = """
import json, os, sys
seen = []
def hook(event, args):
    if event == "open" and not isinstance(args[0], int):
        seen.append(["open", os.fsdecode(args[0]), str(args[1])])
    elif event in ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"):
        seen.append([event, str(args[1] if event == "subprocess.Popen" else args), ""])
    elif event in ("socket.connect", "socket.getaddrinfo", "urllib.Request", "pickle.find_class"):
        seen.append([event, str(args[-1]), ""])
    elif event.startswith(("ctypes.", "os.putenv", "os.rename")):
        seen.append([event, str(args[0]) if args else "", ""])
import transformer, pkgutil, importlib
for found in pkgutil.walk_packages(transformer.__path__, "transformer."):
    if not found.name.endswith("__main__"):
        importlib.import_module(found.name)
import jsonschema, ruamel.yaml, junitparser, tempfile, shutil
from transformer.edges.cli import run
sys.addaudithook(hook)
status = run(json.loads(sys.argv[1]))
sys.stdout.flush()
print("\\n" + json.dumps([status, seen]), file=sys.stderr)
"""

WANTS = (
    b'!!python/object/apply:os.system ["touch pwned"]',
    b"!!python/object/new:subprocess.Popen [[touch, pwned]]",
    b"[!!python/module:pwned , !!python/name:os.system , !include /etc/passwd]",
)

PATHS = b"""\
x:
  path: secret
  file: ./secret
  $ref: file:secret
  valueFrom: {fileRef: secret}
  include: [secret, "$(cat secret)", "`touch pwned`", "; touch pwned", "| touch pwned"]
"""


@pytest.fixture
def work(tmp_path: Path) -> Path:
    path = tmp_path / "work"
    path.mkdir()
    return path


def audited(*args: str, cwd: Path, stdin: bytes = b"") -> tuple[int, list[list[str]]]:
    """Return the status of a run, and what it opened and started besides our own files."""
    done = subprocess.run(
        [sys.executable, "-c", AUDITED, json.dumps(args)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
            "TMPDIR": str(cwd.parent),
        },
        check=False,
        timeout=60,
    )
    status, seen = json.loads(done.stderr.decode().splitlines()[-1])
    own = (sys.prefix, sys.base_prefix, str(Path(__file__).resolve().parents[2]), "<", "/dev/null")
    told = [
        event
        for event in seen
        if not (event[0] == "open" and event[1].startswith(own))
        and Path(event[1]).parent != cwd.parent  # its own temporary files
        and not event[1].startswith(f"{cwd.parent}/.hostnet-transform.")
    ]
    assert not (cwd / "pwned").exists()
    return status, told


@pytest.mark.parametrize("want", WANTS)
@pytest.mark.parametrize("place", ["manifest", "validate", "functionConfig", "configuration"])
def test_no_tag_makes_an_object_opens_a_file_or_starts_a_program(
    place: str, want: bytes, work: Path
) -> None:
    (work / "c.yaml").write_bytes(CONFIG + b"spec: " + want + b"\n")
    args, stdin, may_open = {
        "manifest": ((), POD + b"x: " + want + b"\n", []),
        "validate": (("validate",), POD + b"x: " + want + b"\n", []),
        "functionConfig": ((), LIST + b"items: []\nfunctionConfig: " + want + b"\n", []),
        "configuration": (("--config", "c.yaml"), guarded(), ["c.yaml"]),
    }[place]
    status, seen = audited(*args, "-q", cwd=work, stdin=stdin)
    assert status in (0, 1, 2, 3)
    assert [event[:2] for event in seen] == [["open", name] for name in may_open]


def test_no_path_in_a_manifest_is_opened_and_nothing_goes_through_a_shell(work: Path) -> None:
    (work / "secret").write_text("s3cret")
    for name, data in {"a.yaml": POD + PATHS, "b.yaml": joined(node("n", "p"), pool("p"))}.items():
        (work / name).write_bytes(data)
    for args in (("--diff",), ("--output", "json-patch"), ("validate",), ("validate", "--strict")):
        _, seen = audited(*args, "-q", "a.yaml", "b.yaml", cwd=work)
        assert {event[0] for event in seen} == {"open"}
        assert {event[1] for event in seen} == {"a.yaml", "b.yaml"}


def test_of_what_a_kustomization_names_nothing_is_opened_or_fetched(work: Path) -> None:
    (work / "in").mkdir()
    (work / "in" / "kustomization.yaml").write_bytes(
        b"resources: [../secret, https://example.com/x.yaml, 'github.com/a/b?ref=c']\n"
        b"patches: [{path: ../secret}, {path: /etc/passwd}]\n"
        b"generators: [../secret]\nplugins: [../secret]\n"
    )
    (work / "secret").write_text("s3cret")
    for args in (("--check",), ("validate",)):
        _, seen = audited(*args, "-q", "in", cwd=work)
        assert {event[1] for event in seen} == {"in/kustomization.yaml"}


@pytest.mark.parametrize(
    "path", ["../outside.yaml", "sub/../../outside.yaml"], ids=["..", "sub/../.."]
)
def test_a_configuration_may_name_pools_elsewhere_and_nothing_else_is_done_with_them(
    path: str, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    (work / "sub").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_bytes(pool("p"))
    (work / ".hostnet-transform.yaml").write_bytes(CONFIG + f"spec: {{pools: [{path}]}}\n".encode())
    done = run("-q", cwd=work, stdin=node("n", "p"))
    assert done.status == 0
    assert b"hostnetwork" in done.out


def test_what_a_configuration_names_and_is_no_pool_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("user: s3cret: very\n- x: [s3cret\n")
    (tmp_path / ".hostnet-transform.yaml").write_bytes(CONFIG + b"spec: {pools: [secret]}\n")
    done = run(cwd=tmp_path, stdin=node("n", "p"))
    assert done.status == 2
    assert "secret: error: the pools cannot be read" in done.err
    assert "s3cret" not in done.err


PROGRAMS = {
    "core.fsmonitor": "touch {0}/fsmonitor; false",
    "core.pager": "touch {0}/pager; cat",
    "core.editor": "touch {0}/editor",
    "core.sshCommand": "touch {0}/ssh",
    "core.alternateRefsCommand": "touch {0}/alternates",
    "diff.external": "touch {0}/external",
    "diff.evil.textconv": "touch {0}/textconv; cat",
    "diff.evil.command": "touch {0}/diff",
    "filter.evil.clean": "touch {0}/clean; cat",
    "filter.evil.smudge": "touch {0}/smudge; cat",
    "filter.evil.process": "touch {0}/process",
    "merge.evil.driver": "touch {0}/merge",
    "alias.ls-tree": "!touch {0}/alias",
    "alias.cat-file": "!touch {0}/alias",
    "alias.rev-parse": "!touch {0}/alias",
    "credential.helper": "!touch {0}/credential",
    "uploadpack.packObjectsHook": "touch {0}/pack",
    "pager.ls-tree": "touch {0}/pager; cat",
    "gpg.program": "touch {0}/gpg",
}
HOOKS = ("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "fsmonitor")
FROM_ENVIRONMENT = (
    "GIT_EXTERNAL_DIFF",
    "GIT_SSH_COMMAND",
    "GIT_PAGER",
    "GIT_EDITOR",
    "GIT_ASKPASS",
)


def git(folder: Path, *args: str) -> None:
    subprocess.run(["git", "-C", folder, *args], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "repository"
    path.mkdir()
    git(path, "init", "-q")
    git(path, "config", "user.name", "a")
    git(path, "config", "user.email", "a@example.com")
    (path / "a.yaml").write_bytes(CONFIG_MAP)
    (path / ".gitattributes").write_text("*.yaml filter=evil diff=evil merge=evil\n")
    git(path, "add", ".")
    git(path, "commit", "-q", "-m", "x")
    return path


@pytest.mark.parametrize(
    "args",
    [
        ("validate", "--base", "HEAD", "."),
        ("validate", "--base", "HEAD...", "."),
        ("validate", "--staged"),
        ("hook", "validate", "a.yaml"),
        ("hook", "validate", "--from-ref", "HEAD", "--to-ref", "HEAD", "a.yaml"),
        ("hook", "transform", "a.yaml"),
    ],
    ids=lambda args: " ".join(args[:3]),
)
def test_no_program_that_a_repository_names_is_run(
    args: tuple[str, ...], repository: Path, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    ran.mkdir()
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in HOOKS:
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}/{name}\n")
        (hooks / name).chmod(0o755)
    (repository / "a.yaml").write_bytes(CONFIG_MAP + b"# touched\n")
    for name, command in {**PROGRAMS, "core.hooksPath": str(hooks)}.items():
        git(repository, "config", name, command.format(ran))
    env = {name: f"touch {ran}/{name}" for name in FROM_ENVIRONMENT}
    done = run(*args, cwd=repository, env=env)
    assert done.status == 0, done.err
    assert sorted(ran.iterdir()) == []


NO_REVISIONS = [
    *(
        "--output=pwned",
        "-Opwned",
        "--upload-pack=touch pwned",
        "--exec=touch pwned",
        "--git-dir=/",
    ),
    *("--all", "--", "-", "^HEAD", "HEAD^!", "HEAD^@", "..", "HEAD..HEAD", "@{-1}", "@{u}"),
    *("HEAD:a.yaml", "HEAD^{tree}", ":a.yaml", "HEAD\n--all", "HEAD --all", "$(touch pwned)"),
    *("`touch pwned`", ";touch pwned", "--all...HEAD", "HEAD...--all", "--exec=touch pwned..."),
]


@pytest.mark.parametrize("revision", NO_REVISIONS)
@pytest.mark.parametrize("option", ["--base", "--from-ref"])
def test_what_is_no_commit_is_refused_and_never_an_option_of_git(
    option: str, revision: str, repository: Path
) -> None:
    args = ["validate", f"--base={revision}", "."]
    if option == "--from-ref":
        args = ["hook", "validate", f"--from-ref={revision}", "--to-ref=HEAD", "a.yaml"]
    done = run(*args, cwd=repository)
    assert done.status == 2
    assert "error: " in done.err
    assert not (repository / "pwned").exists()


@pytest.mark.parametrize("revision", ["HEAD", "@", "HEAD^{/x}", "HEAD...", "...", "@{0}"])
def test_other_ways_to_name_a_commit_are_taken(revision: str, repository: Path) -> None:
    assert run("validate", "--base", revision, ".", cwd=repository).status == 0


def test_an_empty_revision_is_no_revision(repository: Path) -> None:
    done = run("validate", "--base", "", ".", cwd=repository)
    assert done.status == 2
    assert "error: a revision is empty" in done.err

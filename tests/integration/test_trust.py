"""What is read is never run: no tag, path, revision or repository makes us start a program.

An audit hook in the process tells of each file that is opened and each program that is started.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.integration import audited as audited_tool
from tests.integration.cli_runs import invoke
from tests.integration.faults import run
from tests.integration.test_hostile_input import CONFIG, LIST, POD
from tests.integration.zygote import forked
from tests.manifests import CONFIG_MAP, guarded, joined, node, pool

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
    env = {"TMPDIR": str(cwd.parent)}
    done = forked(*args, folder=cwd, stdin=stdin, env=env, program=audited_tool.main)
    status, seen = json.loads(done.err.decode().splitlines()[-1])
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


COMMIT = "git commit -q --allow-empty -m y"
ASK = "echo url=https://localhost | GIT_TERMINAL_PROMPT=0 git credential fill"
MERGE = """
git checkout -q -b other; git commit -q -a -m y
git checkout -q -; echo x: y >>a.yaml; git commit -q -a -m z; git merge -q other
"""
SETTINGS = {
    "core.fsmonitor": "git status",
    "core.editor": f"{COMMIT} -e",
    "core.sshCommand": "git ls-remote ssh://localhost/x",
    "core.askPass": ASK,
    "credential.helper": ASK,
    "diff.external": "git diff",
    "diff.evil.textconv": "git diff",
    "diff.evil.command": "git diff",
    "filter.evil.clean": "git add .",
    "filter.evil.smudge": "git cat-file --filters HEAD:a.yaml",
    "filter.evil.process": "git cat-file --filters HEAD:a.yaml",
    "merge.evil.driver": MERGE,
}
HOOKS = {
    "pre-commit": COMMIT,
    "post-checkout": "git checkout -q -b other",
    "post-index-change": "git add .",
    "reference-transaction": COMMIT,
}
VARIABLES = {
    "GIT_EXTERNAL_DIFF": "git diff",
    "GIT_SSH_COMMAND": "git ls-remote ssh://localhost/x",
    "GIT_EDITOR": f"{COMMIT} -e",
    "GIT_ASKPASS": ASK,
}
PROGRAMS = {**SETTINGS, **HOOKS, **VARIABLES}
"""What may name a program, and a command by which git itself would run it.

Some never can: a pager without a terminal, an alias in place of a command of git's own,
`uploadpack.packObjectsHook` in a repository, `gpg.program` where nothing is signed.
"""


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


def armed(repository: Path, names: Iterable[str]) -> tuple[Path, dict[str, str]]:
    """Let the repository, or the environment that is returned, name a program under each name.

    It leaves a file of that name in the folder that is returned.
    """
    (repository / "a.yaml").write_bytes(CONFIG_MAP + b"# touched\n")
    ran, programs = repository.parent / "ran", repository.parent / "programs"
    ran.mkdir()
    programs.mkdir()
    git(repository, "config", "core.hooksPath", str(programs))
    env = {}
    for name in names:
        program = programs / name
        program.write_text(f"#!/bin/sh\ntouch '{ran}/{name}'\ncat \"$@\"\n")
        program.chmod(0o755)
        if name in SETTINGS:
            git(repository, "config", name, str(program))
        elif name in VARIABLES:
            env[name] = str(program)
    return ran, env


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
def test_no_program_that_a_repository_names_is_run(args: tuple[str, ...], repository: Path) -> None:
    ran, env = armed(repository, PROGRAMS)
    done = run(*args, cwd=repository, env=env)
    assert done.status == 0, done.err
    assert sorted(ran.iterdir()) == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_git_itself_runs_each_program_that_a_repository_names(name: str, repository: Path) -> None:
    """So that the test above would notice."""
    ran, env = armed(repository, [name])
    rest = {key: value for key, value in os.environ.items() if key not in VARIABLES}
    subprocess.run(
        ["sh", "-c", PROGRAMS[name]],
        cwd=repository,
        env={**rest, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert [path.name for path in ran.iterdir()] == [name]


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
    option: str, revision: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    args = ["validate", f"--base={revision}", "."]
    if option == "--from-ref":
        args = ["hook", "validate", f"--from-ref={revision}", "--to-ref=HEAD", "a.yaml"]
    done = invoke(*args)
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

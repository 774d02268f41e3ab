"""Manifests as of a commit and as of the index: what is found, what is read, what is left alone."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.empty_repositories import begin
from tests.manifests import joined, node, pool
from tests.requirements import require_tool
from transformer.errors import SettingsError
from transformer.inputs.discovery import DiscoveryOptions, Source, discover
from transformer.inputs.git import repository
from transformer.inputs.git.program import resolve, top_of
from transformer.inputs.git.states import GitStates

STANDARD, HOST_NETWORK = pool("p", host_network=False), pool("p")


@pytest.fixture(autouse=True)
def _git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require_tool("git")
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "tester")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "tester@example.org")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)


@pytest.fixture
def states() -> Iterator[GitStates]:
    with GitStates() as opened:
        yield opened


def git(*arguments: str | Path | bytes) -> str:
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()


def start(*options: str, folder: str = ".") -> None:
    git("init", "--quiet", "--initial-branch=main", *options, folder)


def write(name: str | bytes, data: bytes) -> None:
    path = Path(os.fsdecode(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def commit(files: dict[str, bytes]) -> str:
    """Commit files, in a repository that is made if need be, and return the commit."""
    if not Path(".git").exists():
        begin(Path())
    for name, data in files.items():
        write(name, data)
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message=m")
    return git("rev-parse", "HEAD").strip()


def contents(sources: list[Source]) -> dict[str, bytes]:
    found = {}
    for source in sources:
        with source.open() as file:
            found[source.name] = file.read()
    return found


def at(
    states: GitStates, revision: str, *paths: str, exclude: tuple[str, ...] = ()
) -> dict[str, bytes]:
    look = states.at(resolve(Path.cwd(), revision))
    return contents(
        discover(paths or ["."], DiscoveryOptions(Path.cwd(), exclude=exclude), look=look)
    )


def staged(states: GitStates, *paths: str) -> dict[str, bytes]:
    look = states.in_index(top_of(Path.cwd()))
    return contents(discover(paths or ["."], DiscoveryOptions(Path.cwd()), look=look))


def rules(*args: str) -> list[str]:
    """Return the ids of the errors and warnings that `validate` finds."""
    run = invoke("validate", "--format", "json", *args)
    assert run.status in (0, 1), run.err
    found = json.loads(run.out)["findings"]
    return [each["rule"] for each in found if each["severity"] != "info"]


# --- a commit -----------------------------------------------------------------------------------


def test_files_are_read_as_they_were_whatever_became_of_them(states: GitStates) -> None:
    commit({"a.yaml": b"old: a\n", "gone/b.yml": b"old: b\n", "moved.json": b"{}"})
    git("rm", "--quiet", "gone/b.yml")
    git("mv", "moved.json", "here.json")
    write("a.yaml", b"new: a\n")
    write("untracked.yaml", b"new: c\n")
    before = {"a.yaml": b"old: a\n", "moved.json": b"{}", "gone/b.yml": b"old: b\n"}
    assert at(states, "HEAD") == before
    assert at(states, "HEAD", "gone/b.yml", "gone", "moved.json", "untracked.yaml") == {
        "gone/b.yml": b"old: b\n",
        "moved.json": b"{}",
    }


def test_a_search_finds_the_same_files_in_the_same_order_as_on_the_disk(states: GitStates) -> None:
    names = [
        *("z.yaml", "a/x.json", "a.txt", "a-b.yml", "a.yaml", "Kustomization", "b/yaml"),
        *(".hidden/x.yaml", ".x.yaml", "in/node_modules/x.yaml", "b/templates/x.yaml"),
        *("c/Chart.yaml", "c/templates/x.yaml", "c/in/templates/x.yaml", "c/charts/d/x.yaml"),
        *("c/charts/d/Chart.yaml", "c/charts/d/templates/x.yaml", "a/b/c/x.yaml"),
    ]
    commit({name: b"a: 1\n" for name in names})
    look = states.at(resolve(Path.cwd(), "HEAD"))
    root, scopes = Path.cwd(), ("c/*", "a")
    for paths in (["."], ["c"], ["c/templates", "a", "a/x.json", "./b/.."], [str(root)]):
        for include, exclude in (((), ()), (("a", "**/x.yaml"), ()), ((), ("a/**", "z*"))):
            disk, tree = (
                discover(
                    paths,
                    DiscoveryOptions(root, include=include, exclude=exclude, scopes=scopes),
                    look=where,
                )
                for where in (None, look)
            )
            assert [source._replace(opener=None, blob="") for source in tree] == disk
            assert disk or include


def test_paths_are_as_a_user_types_them_in_a_folder_below_the_top(
    states: GitStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({"a.yaml": b"a: 1\n", "in/b.yaml": b"b: 1\n"})
    monkeypatch.chdir("in")
    assert set(at(states, "HEAD")) == {"b.yaml"}
    assert set(at(states, "HEAD", "..")) == {"../a.yaml", "../in/b.yaml"}
    assert set(at(states, "HEAD", "../in/b.yaml", "../a.yaml")) == {"../in/b.yaml", "../a.yaml"}
    assert set(staged(states, "..")) == {"../a.yaml", "../in/b.yaml"}


def test_the_repository_may_be_named_by_a_link_to_it(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({"in/a.yaml": b"a: 1\n"})
    (tmp_path / "link").symlink_to("repository")
    monkeypatch.chdir(tmp_path / "link")
    for name in (tmp_path / "link", tmp_path / "link/in", tmp_path / "link/in/a.yaml", Path()):
        look = states.at(resolve(Path.cwd(), "HEAD"))
        found = discover([str(name)], DiscoveryOptions(Path.cwd()), look=look)
        assert [source.relative for source in found] == ["in/a.yaml"]


def test_links_are_followed_within_the_tree_and_otherwise_left_out(
    states: GitStates, tmp_path: Path
) -> None:
    start()
    write("real/a.yaml", b"a: 1\n")
    Path("folder").symlink_to("real")
    Path("first.yaml").symlink_to("folder/a.yaml")
    Path("second.yaml").symlink_to(Path("first.yaml").absolute())
    Path("loop.yaml").symlink_to("loop.yaml")
    Path("out.yaml").symlink_to(tmp_path / "out.yaml")
    Path("above.yaml").symlink_to("../../real/a.yaml")
    Path("nowhere.yaml").symlink_to("real/b.yaml")
    write(tmp_path.joinpath("out.yaml").as_posix(), b"out: 1\n")
    commit({})
    write("real/a.yaml", b"changed: 1\n")
    assert at(states, "HEAD") == {"real/a.yaml": b"a: 1\n"}
    assert at(states, "HEAD", "folder") == {"folder/a.yaml": b"a: 1\n"}
    assert at(states, "HEAD", "folder/a.yaml") == {"folder/a.yaml": b"a: 1\n"}
    assert at(states, "HEAD", "second.yaml", "loop.yaml", "nowhere.yaml") == {
        "second.yaml": b"a: 1\n"
    }


def test_a_link_is_followed_to_where_it_led_then(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()
    Path("link.yaml").symlink_to("a.yaml")
    commit({"a.yaml": b"a: 1\n", "b.yaml": b"b: 1\n"})
    Path("link.yaml").unlink()
    Path("link.yaml").symlink_to("b.yaml")
    (tmp_path / "other").symlink_to("repository")
    for name in ("link.yaml", str(tmp_path / "other/link.yaml")):
        assert at(states, "HEAD", name) == {name: b"a: 1\n"}


def test_names_may_hold_any_byte(states: GitStates) -> None:
    names = [b"\xff\xe9.yaml", b'a"b.yaml', b"tab\tline\nend.yaml", b"-x.yaml", b":(top)*.yaml"]
    start()
    for name in names:
        write(name, b"name: " + name.hex().encode())
    commit({})
    expected = {os.fsdecode(name): b"name: " + name.hex().encode() for name in names}
    assert at(states, "HEAD") == staged(states) == expected
    assert at(states, "HEAD", *expected) == expected


def test_a_repository_may_name_its_objects_by_sha_256(states: GitStates) -> None:
    start("--object-format=sha256")
    commit({"a.yaml": b"a: 1\n", "empty.yaml": b""})
    assert at(states, "HEAD") == {"a.yaml": b"a: 1\n", "empty.yaml": b""}
    assert staged(states) == {"a.yaml": b"a: 1\n"}


def test_bytes_are_those_of_the_blob_without_filters(states: GitStates, tmp_path: Path) -> None:
    commit({"a.yaml": b"a: 1\n"})
    write(".gitattributes", b"*.yaml text eol=crlf filter=spy diff=spy\n")
    for key in ("filter.spy.smudge", "diff.spy.textconv", "core.fsmonitor"):
        git("config", key, f"touch {tmp_path}/spied; cat")
    assert at(states, "HEAD") == staged(states) == {"a.yaml": b"a: 1\n"}
    assert not (tmp_path / "spied").exists()


@pytest.mark.parametrize("size", [0, 100, 70_000, 1_000_000])
def test_blobs_of_any_size_follow_each_other(
    states: GitStates, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_LARGE", 1000)
    files = {f"{count}.yaml": f"{count}\n".encode() * size for count in range(4)}
    commit(files)
    assert at(states, "HEAD") == files


def test_a_large_blob_is_not_held_in_memory(
    states: GitStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "_LARGE", 1000)
    commit({"a.yaml": b"a: 1\n" * 1000})
    (source,) = discover(
        ["."], DiscoveryOptions(Path.cwd()), look=states.at(resolve(Path.cwd(), "HEAD"))
    )
    with source.open() as file:
        assert os.fstat(file.fileno()).st_size == 5000


def test_an_object_that_is_lost_is_an_error_that_names_its_file(states: GitStates) -> None:
    commit({"a.yaml": STANDARD, "b.yaml": b"b: 1\n"})
    sha = git("rev-parse", "HEAD:a.yaml").strip()
    (Path(".git/objects") / sha[:2] / sha[2:]).unlink()
    write("a.yaml", HOST_NETWORK)
    lost, there = discover(
        ["."], DiscoveryOptions(Path.cwd()), look=states.at(resolve(Path.cwd(), "HEAD"))
    )
    with pytest.raises(SettingsError, match=sha) as caught:
        lost.open()
    assert caught.value.file == "a.yaml"
    assert contents([there]) == {"b.yaml": b"b: 1\n"}
    run = invoke("validate", "--base", "HEAD")
    assert (run.status, run.out) == (2, b"")


# --- which commit -------------------------------------------------------------------------------


def test_a_revision_is_whatever_git_takes_for_one() -> None:
    first = commit({"a.yaml": b"1"})
    git("tag", "--annotate", "--message=m", "v1")
    second = commit({"a.yaml": b"2"})
    for name in (first, first[:12], "HEAD~1", "v1", "main^", "main@{1}", "HEAD^{/m}~1"):
        assert resolve(Path.cwd(), name).commit == first, name
    assert resolve(Path.cwd(), "@") == (Path.cwd(), second, "@")


def test_three_dots_mean_the_merge_base(states: GitStates) -> None:
    fork = commit({"a.yaml": b"1"})
    git("checkout", "--quiet", "-b", "topic")
    topic = commit({"a.yaml": b"2"})
    git("checkout", "--quiet", "main")
    commit({"a.yaml": b"3"})
    assert resolve(Path.cwd(), "main...topic").commit == fork
    assert resolve(Path.cwd(), "topic...").commit == fork
    assert resolve(Path.cwd(), "...topic").commit == fork
    git("checkout", "--quiet", "topic")
    assert at(states, "main...") == {"a.yaml": b"1"}
    assert resolve(Path.cwd(), "topic...HEAD").commit == topic


@pytest.mark.parametrize(
    "revision",
    [
        *("--output=x", "-h", "", "nowhere", "HEAD..HEAD", "^HEAD", "HEAD HEAD", "HEAD:a.yaml"),
        *("HEAD...--output=x", "--output=x...", "nowhere...", "HEAD...HEAD...HEAD", "--all"),
    ],
)
def test_what_is_no_commit_is_an_error_and_never_an_option(revision: str) -> None:
    commit({"a.yaml": b"a: 1\n"})
    with pytest.raises(SettingsError) as caught:
        resolve(Path.cwd(), revision)
    assert caught.value.hint
    assert not Path("x").exists()
    run = invoke("validate", f"--base={revision}", "a.yaml")
    assert run.status == 2
    assert "error: " in run.err
    assert "Traceback" not in run.err


def test_branches_without_a_common_commit_have_no_merge_base() -> None:
    commit({"a.yaml": b"1"})
    git("checkout", "--quiet", "--orphan", "other")
    commit({"b.yaml": b"2"})
    with pytest.raises(SettingsError, match=r"main and HEAD have no common commit"):
        resolve(Path.cwd(), "main...")


def test_a_shallow_clone_without_the_commit_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = commit({"a.yaml": b"1"})
    git("branch", "old")
    commit({"a.yaml": b"2"})
    url = f"file://{Path.cwd()}"
    git("clone", "--quiet", "--depth=1", "--no-single-branch", url, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    git("fetch", "--quiet", "--depth=1", "origin", "old")
    for revision in ("HEAD~1", "nowhere", "origin/old..."):
        with pytest.raises(SettingsError, match="shallow clone") as caught:
            resolve(Path.cwd(), revision)
        assert "--unshallow" in caught.value.hint
        assert "fetch-depth: 0" in caught.value.hint
    git("fetch", "--quiet", "--unshallow")
    assert resolve(Path.cwd(), "origin/old...").commit == first


def test_a_partial_clone_gets_what_it_lacks(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({"a.yaml": b"old: 1\n"})
    commit({"a.yaml": b"new: 1\n"})
    git("config", "uploadpack.allowFilter", "true")
    url = f"file://{Path.cwd()}"
    git("clone", "--quiet", "--filter=blob:none", url, tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    assert at(states, "HEAD~1") == {"a.yaml": b"old: 1\n"}


def test_before_the_first_commit_the_old_state_is_empty(states: GitStates) -> None:
    start()
    write("a.yaml", HOST_NETWORK)
    git("add", "a.yaml")
    assert at(states, "HEAD") == at(states, "@") == {}
    assert staged(states) == {"a.yaml": HOST_NETWORK}
    assert rules("--staged") == rules("--base", "HEAD", "a.yaml") == []
    with pytest.raises(SettingsError, match="no commit 'main'"):
        resolve(Path.cwd(), "main")


# --- where there is no state --------------------------------------------------------------------


def test_without_a_work_tree_git_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="not a git repository") as caught:
        resolve(Path.cwd(), "HEAD")
    assert "--base" in caught.value.hint
    start("--bare", folder=str(tmp_path / "bare.git"))
    monkeypatch.chdir(tmp_path / "bare.git")
    with pytest.raises(SettingsError, match="must be run in a work tree"):
        resolve(Path.cwd(), "HEAD")


def test_a_repository_of_somebody_else_is_refused_with_what_git_advises(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit({"a.yaml": b"1"})
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(
        SettingsError, match=f"dubious ownership in repository at '{Path.cwd()}'"
    ) as caught:
        resolve(Path.cwd(), "HEAD")
    assert f"git config --global --add safe.directory {Path.cwd()}" in caught.value.hint


def test_without_git_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    commit({"a.yaml": b"1"})
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(SettingsError, match="git cannot be run") as caught:
        resolve(Path.cwd(), "HEAD")
    assert caught.value.hint == "install git"


def test_a_path_in_another_repository_is_an_error(states: GitStates, tmp_path: Path) -> None:
    start(folder=str(tmp_path / "other"))
    commit({"a.yaml": b"a: 1\n"})
    start(folder="nested")
    write("nested/in/a.yaml", b"a: 1\n")
    write("untracked/a.yaml", b"a: 1\n")
    for path in (str(tmp_path / "other"), "..", "nested", "nested/in", "nested/in/a.yaml"):
        with pytest.raises(SettingsError, match="is not in the Git repository"):
            at(states, "HEAD", "a.yaml", path)
    assert at(states, "HEAD", "untracked/a.yaml") == {}


@pytest.mark.parametrize("option", ["--base=HEAD", "--staged"])
def test_a_path_that_neither_state_has_is_an_error(option: str) -> None:
    commit({"a.yaml": b"a: 1\n"})
    for path in ("nowhere", "nowhere/a.yaml", "a.yaml/b", ""):
        run = invoke("validate", option, "a.yaml", path)
        assert run.status == 2, path
        assert run.err.startswith("error: "), path


# --- the index ----------------------------------------------------------------------------------


def test_the_index_is_neither_the_commit_nor_the_work_tree(states: GitStates) -> None:
    commit({"a.yaml": b"committed: 1\n", "gone.yaml": b"1\n", "kept.yaml": b"2\n"})
    write("a.yaml", b"staged: 1\n")
    write("new.yaml", b"staged: 2\n")
    git("rm", "--quiet", "--cached", "gone.yaml")
    git("add", "a.yaml", "new.yaml")
    write("a.yaml", b"written: 1\n")
    Path("kept.yaml").unlink()
    assert staged(states) == {
        "a.yaml": b"staged: 1\n",
        "kept.yaml": b"2\n",
        "new.yaml": b"staged: 2\n",
    }
    assert staged(states, "kept.yaml", "gone.yaml") == {"kept.yaml": b"2\n"}
    assert at(states, "HEAD")["a.yaml"] == b"committed: 1\n"


def test_a_hook_says_which_index_is_meant(
    states: GitStates, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commit({"a.yaml": b"1\n", "in/b.yaml": b"1\n"})
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    git("read-tree", "HEAD")
    write("a.yaml", b"2\n")
    git("add", "a.yaml")
    assert staged(states, "a.yaml") == {"a.yaml": b"2\n"}
    monkeypatch.delenv("GIT_INDEX_FILE")
    with GitStates() as others:
        assert staged(others, "a.yaml") == {"a.yaml": b"1\n"}


@pytest.mark.parametrize("is_linked", [False, True])
def test_a_hook_sees_what_is_about_to_be_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_linked: bool
) -> None:
    commit({"a.yaml": STANDARD})
    if is_linked:
        git("worktree", "add", "--quiet", "-b", "linked", tmp_path / "linked")
    hook = Path(".git/hooks/pre-commit")
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m transformer validate --staged >&2\n")
    hook.chmod(0o755)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path / "linked" if is_linked else Path())
    write("a.yaml", HOST_NETWORK)
    write("b.yaml", b"a: 1\n")
    git("add", "b.yaml")
    # `commit FILE` has the hook look at an index of its own.
    done = subprocess.run(["git", "commit", "-m", "m", "a.yaml"], capture_output=True, check=False)
    assert done.returncode == 1
    assert b"HN201" in done.stderr
    git("commit", "--message=m", "b.yaml")


@pytest.mark.parametrize("folder", ["repository", "repository/in", "."])
def test_the_environment_may_say_where_the_repository_is(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    commit({"in/a.yaml": b"1\n"})
    here = tmp_path / folder
    monkeypatch.chdir(here)
    monkeypatch.setenv("GIT_DIR", os.path.relpath(tmp_path / "repository/.git", here))
    monkeypatch.setenv("GIT_WORK_TREE", os.path.relpath(tmp_path / "repository", here))
    path = os.path.relpath(tmp_path / "repository/in", here)
    name = str(Path(path) / "a.yaml")
    assert at(states, "HEAD", path) == staged(states, path) == {name: b"1\n"}


def test_a_conflict_in_the_index_is_an_error_that_names_the_file(states: GitStates) -> None:
    commit({"in/a.yaml": b"1\n"})
    git("checkout", "--quiet", "-b", "topic")
    commit({"in/a.yaml": b"2\n"})
    git("checkout", "--quiet", "main")
    commit({"in/a.yaml": b"3\n"})
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "topic")
    with pytest.raises(SettingsError, match="merge conflict") as caught:
        staged(states)
    assert caught.value.file == "in/a.yaml"
    assert "git add" in caught.value.hint


def test_a_file_that_is_only_announced_is_not_in_the_index(states: GitStates) -> None:
    commit({"a.yaml": b"1\n"})
    write("b.yaml", b"2\n")
    git("add", "--intent-to-add", "b.yaml")
    assert staged(states) == {"a.yaml": b"1\n"}


# --- submodules ---------------------------------------------------------------------------------


@pytest.fixture
def _submodules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a repository with the submodule `in/sub`, which has the submodule `deep`."""
    here = Path.cwd()
    for name, below in (("deep", None), ("sub", "deep"), ("repository", "sub")):
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        start()
        if below:
            place = "in/sub" if below == "sub" else below
            git("submodule", "--quiet", "add", f"file://{tmp_path / below}", place)
        commit({"a.yaml": f"first: {name}\n".encode()})
    monkeypatch.chdir(here)
    git("submodule", "--quiet", "update", "--init", "--recursive")


def change_submodules() -> None:
    """Commit a change in `deep`, then in `sub`, and stage the new commit of `sub`."""
    for folder in ("in/sub/deep", "in/sub"):
        write(f"{folder}/a.yaml", f"second: {folder}\n".encode())
        git("-C", folder, "commit", "--quiet", "--all", "--message=m")
    git("add", "in/sub")


FIRST = {
    "a.yaml": b"first: repository\n",
    "in/sub/a.yaml": b"first: sub\n",
    "in/sub/deep/a.yaml": b"first: deep\n",
}


@pytest.mark.usefixtures("_submodules")
def test_a_submodule_is_read_at_the_commit_that_is_recorded(states: GitStates) -> None:
    change_submodules()
    write("in/sub/a.yaml", b"written: 1\n")
    assert at(states, "HEAD") == FIRST
    assert at(states, "HEAD", "in/sub/deep/a.yaml", "in/sub") == {
        name: FIRST[name] for name in ("in/sub/deep/a.yaml", "in/sub/a.yaml")
    }
    assert staged(states, "in") == {
        "in/sub/a.yaml": b"second: in/sub\n",
        "in/sub/deep/a.yaml": b"second: in/sub/deep\n",
    }


@pytest.mark.usefixtures("_submodules")
def test_what_the_environment_says_of_a_repository_does_not_hold_for_its_submodules(
    states: GitStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert at(states, "HEAD") == staged(states) == FIRST


@pytest.mark.usefixtures("_submodules")
def test_a_new_submodule_was_not_there_before(states: GitStates, tmp_path: Path) -> None:
    git("submodule", "--quiet", "add", f"file://{tmp_path / 'deep'}", "new")
    assert at(states, "HEAD", "new", "new/a.yaml") == {}
    assert staged(states, "new") == {"new/a.yaml": b"first: deep\n"}


@pytest.mark.usefixtures("_submodules")
def test_a_submodule_that_has_been_removed_is_read_from_what_git_keeps(states: GitStates) -> None:
    git("rm", "--quiet", "--cached", "in/sub")
    assert at(states, "HEAD") == FIRST
    assert at(states, "HEAD", "in/sub/nowhere.yaml") == {}
    subprocess.run(["rm", "-r", "in"], check=True)
    with GitStates() as others:
        assert at(others, "HEAD") == FIRST
    assert staged(states) == {"a.yaml": b"first: repository\n"}


@pytest.mark.usefixtures("_submodules")
def test_a_removed_submodule_of_which_nothing_is_kept_is_an_error(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("clone", "--quiet", Path.cwd(), tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    git("rm", "--quiet", "in/sub")
    with pytest.raises(SettingsError, match="the submodule in/sub has been removed") as caught:
        at(states, "HEAD")
    assert "`exclude`" in caught.value.hint


@pytest.mark.usefixtures("_submodules")
def test_a_submodule_that_is_not_checked_out_matters_where_it_changed_or_is_named(
    states: GitStates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit({})
    change_submodules()
    commit({})
    git("clone", "--quiet", Path.cwd(), tmp_path / "clone")
    monkeypatch.chdir(tmp_path / "clone")
    own = {"a.yaml": b"first: repository\n"}
    assert at(states, "HEAD") == staged(states) == own
    for revision, path in (("HEAD", "in/sub/a.yaml"), ("HEAD~1", "."), ("HEAD~1", "in/sub")):
        with pytest.raises(
            SettingsError, match="the submodule in/sub is not checked out"
        ) as caught:
            at(states, revision, path)
        assert "git submodule update --init in/sub" in caught.value.hint
    assert at(states, "HEAD~1", "a.yaml") == own
    for glob in ("in/sub", "in/sub/**", "**/sub/*"):
        assert at(states, "HEAD~1", exclude=(glob,)) == own
    run = invoke("validate", "--base=HEAD~1")
    assert (run.status, "the submodule in/sub is not checked out" in run.err) == (2, True)


@pytest.mark.usefixtures("_submodules")
def test_a_submodule_without_the_commit_is_an_error_that_says_how_to_get_it(
    states: GitStates,
) -> None:
    lost = "1" * 40
    git("update-index", "--cacheinfo", f"160000,{lost},in/sub")
    git("commit", "--quiet", "--message=m")
    index = states.in_index(top_of(Path.cwd()))
    for look, path in ((states.at(resolve(Path.cwd(), "HEAD")), "."), (index, "in/sub/a.yaml")):
        with pytest.raises(SettingsError, match=f"in/sub lacks its commit {lost[:12]}") as caught:
            contents(discover([path], DiscoveryOptions(Path.cwd()), look=look))
        assert "`git -C in/sub fetch`" in caught.value.hint


# --- the command --------------------------------------------------------------------------------


def everything(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return what is known of each file and folder, the time of the last access excepted."""
    found: dict[str, tuple[object, ...]] = {}
    for path in sorted([folder, *folder.rglob("*")]):
        status = path.lstat()
        is_file = path.is_file() and not path.is_symlink()
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
        times = (status.st_mtime_ns, status.st_ctime_ns)
        found[str(path)] = (status.st_mode, status.st_ino, status.st_size, *times, digest)
    return found


@pytest.mark.usefixtures("_submodules")
def test_nothing_is_changed_in_repository_or_work_tree(tmp_path: Path) -> None:
    change_submodules()
    write("a.yaml", HOST_NETWORK)
    os.utime("in/sub/a.yaml", (1, 1))  # git would like to refresh the index
    before = everything(tmp_path)
    assert rules("--base", "HEAD") == rules("--staged", "--base", "HEAD...") == []
    assert everything(tmp_path) == before


def test_a_changed_pool_is_caught_from_a_commit_and_in_the_index() -> None:
    commit({"a.yaml": STANDARD})
    write("a.yaml", HOST_NETWORK)
    assert rules("--base", "HEAD") == rules("--base", "HEAD", "a.yaml") == ["HN201"]
    assert rules("--staged") == []
    git("add", "a.yaml")
    write("a.yaml", STANDARD)
    assert rules("--staged") == rules("--staged", "a.yaml") == ["HN201"]
    assert rules("--base", "HEAD") == []


def test_a_changed_pool_is_caught_after_a_rename_and_in_a_list() -> None:
    commit({"a.yaml": STANDARD, "other.yaml": b"a: 1\n"})
    git("mv", "a.yaml", "b.yaml")
    write("b.yaml", HOST_NETWORK)
    assert rules("--base", "HEAD") == ["HN201"]
    commit({})
    assert rules("--base", "HEAD~1", "a.yaml", "b.yaml") == ["HN201"]
    members = b"".join(b"  " + line for line in HOST_NETWORK.splitlines(keepends=True))
    write("b.yaml", b"apiVersion: v1\nkind: List\nitems:\n- " + members.removeprefix(b"  "))
    assert rules("--base", "HEAD~1") == ["HN201"]


@pytest.mark.parametrize("args", [("--staged",), ("--base", "HEAD")])
def test_a_change_is_caught_where_only_the_new_file_of_an_object_is_named(
    args: tuple[str, ...],
) -> None:
    commit({"in/a.yaml": STANDARD, "in/b.yaml": pool("q"), "in/.hidden.yaml": pool("r")})
    git("mv", "in/a.yaml", "in/c.yaml")
    write("in/c.yaml", HOST_NETWORK)
    git("add", "--all")
    assert rules(*args, "in/c.yaml") == ["HN201"]
    assert rules(*args, "in/b.yaml") == []
    config = SCOPED.replace(b"clusters/*/no", b"in/a.yaml").replace(b"clusters/*", b"in")
    write(".hostnet-transform.yaml", config)
    assert rules(*args, "in/c.yaml") == []


def test_a_pool_that_moved_to_a_file_that_is_not_named_was_not_removed() -> None:
    nodes = node("n1", "p")
    commit({"a.yaml": joined(STANDARD, nodes)})
    write("a.yaml", nodes)
    write("b.yaml", STANDARD)
    assert "HN204" not in rules("--base", "HEAD", "a.yaml")  # though git does not know of b.yaml
    write(".gitignore", b"b.yaml\n")
    assert "HN204" in rules("--base", "HEAD", "a.yaml")
    Path(".gitignore").unlink()
    git("add", "--all")
    assert "HN204" not in rules("--base", "HEAD", "a.yaml")
    assert "HN204" not in rules("--staged", "a.yaml")
    git("rm", "--quiet", "--cached", "b.yaml")
    assert "HN204" in rules("--staged", "a.yaml")


@pytest.mark.parametrize("touched", [False, True])
def test_what_happens_to_other_files_makes_no_difference(touched: bool) -> None:
    nodes = node("n1", "p")
    template = b"apiVersion: batch/v1\nkind: Job\nmetadata: {name: {{ .x }}}\n"
    commit(
        {
            "a/nodes.yaml": nodes,
            "a/pool.yaml": STANDARD,
            "ov/kustomization.yaml": b"patches:\n- path: patch.yaml\n",
            "ov/patch.yaml": STANDARD,
            "chart/Chart.yaml": b"name: x\n",
            "chart/templates/job.yaml": template,
        }
    )
    git("rm", "--quiet", "a/pool.yaml")
    for name in ("ov/patch.yaml", "chart/templates/job.yaml") if touched else ():
        write(name, Path(name).read_bytes() + b"# touched\n")
    assert "HN204" in rules("--base", "HEAD", "a")
    assert "HN204" in rules("--base", "HEAD", ".")


@pytest.mark.parametrize("touched", [False, True])
def test_an_object_that_is_still_in_another_file_has_not_moved_from_there(touched: bool) -> None:
    commit({"clusters/b/pool.yaml": STANDARD})
    write("clusters/a/pool.yaml", HOST_NETWORK)
    if touched:
        write("clusters/b/pool.yaml", STANDARD + b"# touched\n")
    assert rules("--base", "HEAD", "clusters/a") == []
    assert "HN201" not in rules("--base", "HEAD", ".")


def test_a_repository_below_a_hidden_folder_is_one_like_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = tmp_path / ".hidden/repository"
    hidden.mkdir(parents=True)
    monkeypatch.chdir(hidden)
    commit({"a/pool.yaml": STANDARD, "a/node.yaml": node("n1", "p")})
    head = b"apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
    write("a/.hostnet-transform.yaml", head)
    Path("b").mkdir()
    git("mv", "a/pool.yaml", "b/pool.yaml")
    monkeypatch.chdir(hidden / "a")
    assert "HN204" not in rules("--base", "HEAD", ".")


def test_a_commit_that_cannot_be_read_whole_is_a_warning() -> None:
    commit({"a.yaml": joined(STANDARD, b"kind: Node\na: [\n")})
    write("a.yaml", STANDARD)
    run = invoke("validate", "--base", "HEAD")
    assert run.status == 0
    assert b"warning[HN901] in the old state, and therefore not compared" in run.out


def test_a_pool_is_missed_where_its_file_was_deleted_and_its_nodes_stay() -> None:
    commit({"in/pool.yaml": STANDARD, "node.yaml": node("n", "p")})
    git("rm", "--quiet", "in/pool.yaml")
    assert "HN204" in rules("--base", "HEAD")
    assert "HN204" in rules("--staged")
    assert rules("--base", "HEAD", "in/pool.yaml") == []
    Path("node.yaml").unlink()
    assert rules("--base", "HEAD") == []


def test_many_documents_are_judged_while_git_is_at_work() -> None:
    commit({f"{count}.yaml": joined(STANDARD, node(f"n{count}", "p")) for count in range(40)})
    write("7.yaml", joined(HOST_NETWORK, node("n7", "p")))
    git("add", "--all")
    assert "HN201" in rules("--staged")


# --- an old state on the disk -------------------------------------------------------------------

SCOPED = b"""\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec:
  scopes: ["clusters/*"]
  exclude: ["clusters/*/no"]
"""


@pytest.mark.parametrize(
    "args",
    [
        ("old/clusters", "clusters"),
        ("old/clusters/a", "clusters/a"),
        ("old/clusters/a/pools.yaml", "clusters/a"),
        ("old/clusters/a/pools.yaml", "clusters/a/pools.yaml"),
        ("old", "."),
        ("old", "clusters/b", "clusters/a/pools.yaml"),
    ],
    ids=" ".join,
)
def test_old_files_are_compared_in_the_scope_of_those_that_they_were(args: tuple[str, ...]) -> None:
    write(".hostnet-transform.yaml", SCOPED)
    for cluster, data in (("a", STANDARD), ("b", HOST_NETWORK)):
        write(f"old/clusters/{cluster}/pools.yaml", data)
        write(f"clusters/{cluster}/pools.yaml", HOST_NETWORK)
    write("old/clusters/a/no/pools.yaml", HOST_NETWORK)
    assert rules("--old", *args, "--disable", "HN107") == ["HN201"]

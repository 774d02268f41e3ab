"""`hook validate` remembers what it found in files that have not changed, and says the same."""

import json
import os
import random
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.effort import tried
from tests.integration.cli_runs import Run, environment
from tests.integration.hook_repository import add, commit, git, hook, start
from tests.manifests import TEMPLATE, guarded, joined, kept_off, node, pool
from transformer.inputs import cache_files
from transformer.pipeline.validate_document import validate_document
from transformer.runs import remembered

PINNED = """\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      nodeSelector: {{apps.openyurt.io/nodepool: {pool}}}
      containers: [{{name: one, image: "one:1", ports: [{{containerPort: 9100, hostPort: 9100}}]}}]
"""
IGNORED = """\
apiVersion: v1
kind: Node
metadata:
  name: n
  labels: {apps.openyurt.io/nodepool: p}
  annotations: {transform.hostnet.io/ignore: HN311}
"""
KUSTOMIZATION = "namespace: {}\nresources: [{}]\npatches: [{{path: patch.yaml}}]\n"
CONTENTS: tuple[bytes | str, ...] = (
    pool("p"),
    pool("p", host_network=False),
    pool("q"),
    node("n", "p"),
    node("n", "q"),
    IGNORED,
    joined(node("m", "p"), node("n", "missing")),
    guarded("web"),
    kept_off("web"),
    PINNED.format(name="web", pool="p"),
    PINNED.format(name="other", pool="p"),
    joined(PINNED.format(name="a", pool="p").encode(), PINNED.format(name="b", pool="q").encode()),
    "apiVersion: v1\nkind: Service\nmetadata: {name: web}\n"
    "spec: {selector: {app: web}, internalTrafficPolicy: Local}\n",
    "apiVersion: v1\nkind: Namespace\nmetadata: {name: default, labels:"
    " {pod-security.kubernetes.io/enforce: baseline}}\n",
    "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: one}\n"
    "spec: {podSelector: {matchLabels: {app: web}}}\n",
    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\n"
    "spec: {template: {spec: {affinity: {}}}}\n",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 'http://web.default.svc'}\n",
    "key: [\n",
    "just: values\n",
    "# nothing\n",
    TEMPLATE,
)


@pytest.fixture(autouse=True)
def cache(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Begin a repository, in which few files are enough to remember, with an empty cache."""
    start(tmp_path, monkeypatch)
    home = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    monkeypatch.setattr(remembered, "_FEWEST", 1)
    return home / "hostnet-transform"


def _both(name: str) -> tuple[Run, Run]:
    """Return a run that looks nothing up, and one that may."""
    return hook("validate", "--no-cache", name), hook("validate", name)


def _validated(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> list[str]:
    """Return the files of which a run validates documents."""
    files: list[str] = []

    def recorded(document: Any, origin: Any, *rest: Any) -> Any:
        files.append(origin.file)
        return validate_document(document, origin, *rest)

    with monkeypatch.context() as patched:
        patched.setattr("transformer.runs.validate.validate_document", recorded)
        hook("validate", *arguments)
    return files


def test_only_the_changed_file_is_validated_again(monkeypatch: pytest.MonkeyPatch) -> None:
    commit({"pools.yaml": pool("p"), **{f"{name}.yaml": guarded(name) for name in "abc"}})
    add({"a.yaml": guarded("changed")})
    assert len(_validated(monkeypatch, "a.yaml")) == 4
    assert _validated(monkeypatch, "a.yaml") == ["a.yaml"]
    git("commit", "-qm", "m")
    add({"b.yaml": guarded("changed, too")})
    assert _validated(monkeypatch, "b.yaml") == ["a.yaml", "b.yaml"]  # a was reported before
    assert _validated(monkeypatch, "--no-cache", "b.yaml").count("c.yaml") == 1


def test_a_changed_pool_is_looked_at_with_all_that_it_concerns(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commit({"pools.yaml": pool("p"), "a.yaml": PINNED.format(name="a", pool="p")})
    add({"b.yaml": guarded("b")})
    hook("validate", "b.yaml")
    add({"pools.yaml": pool("p", host_network=False)})
    assert "a.yaml" in _validated(monkeypatch, "pools.yaml")


@pytest.mark.parametrize("seed", range(tried(3)))
def test_a_run_says_the_same_whatever_is_remembered(seed: int) -> None:
    chosen = random.Random(seed)
    names = ["a.yaml", "b.yaml", "one/a.yaml", "one/b.yaml", "two/a.yaml", "two/patch.yaml"]
    commit({name: chosen.choice(CONTENTS) for name in names})
    for _ in range(12):
        name = chosen.choice(names)
        change = {name: chosen.choice(CONTENTS)}
        if chosen.random() < 0.25:
            name = chosen.choice(["one/kustomization.yaml", "two/kustomization.yaml"])
            namespace = chosen.choice(["default", "other"])
            change = {name: KUSTOMIZATION.format(namespace, chosen.choice(["a.yaml", "b.yaml"]))}
        add(change)
        without, found = _both(name)
        assert found == without
        assert hook("validate", name) == without
        git("commit", "-q", "--allow-empty", "-m", "m")


HEAD = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"pool.yaml": pool("p", host_network=False)}, id="a pool"),
        pytest.param(
            {".hostnet-transform.yaml": f"{HEAD}spec: {{rules: {{HN311: off}}}}\n"}, id="rules"
        ),
        pytest.param({".hostnet-transform.yaml": f"{HEAD}spec: {{scopes: [a]}}\n"}, id="scopes"),
        pytest.param({"a/kustomization.yaml": "patches: [{path: n.yaml}]\n"}, id="a patch"),
        pytest.param({"a/t.yaml": f"{HEAD}metadata: {{name: t}}\n"}, id="what a transformer does"),
        pytest.param({"b.yaml": b"---\n" + node("n", "p")}, id="the same node again"),
    ],
)
def test_what_else_decides_of_a_file_counts(change: dict[str, bytes | str]) -> None:
    commit({"pool.yaml": pool("p"), "a/n.yaml": node("n", "p"), "b.yaml": guarded("b")})
    add({"a/kustomization.yaml": "resources: [n.yaml]\ntransformers: [t.yaml]\n"})
    commit({"a/t.yaml": f"{HEAD}metadata: {{name: t}}\nspec: {{rules: {{node-label: off}}}}\n"})
    add({"b.yaml": guarded("c")})
    before, _ = _both("b.yaml")
    assert "errors in files that were neither passed nor changed" in before.err
    add(change)
    without, found = _both("b.yaml")
    assert found == without != before
    git("reset", "-q", "--hard")
    add({"b.yaml": guarded("c")})
    assert hook("validate", "b.yaml") == before


@pytest.mark.parametrize("name", ["package/a.py", "package/b/c.json", "schemas/d.json"])
def test_another_file_of_the_tool_counts(tmp_path: Path, name: str) -> None:
    files = [tmp_path / one for one in ("package/a.py", "package/b/c.json", "schemas/d.json")]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"1")
    before = remembered.tool_files(tmp_path / "package")
    assert remembered.tool_files(tmp_path / "package") == before
    (tmp_path / name).write_bytes(b"12")
    assert remembered.tool_files(tmp_path / "package") != before


def _only_file(cache: Path) -> Path:
    [found] = cache.iterdir()
    return found


def _forged(data: bytes) -> bytes:
    return sha256(data).hexdigest().encode() + b"\n" + data


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"", id="empty"),
        pytest.param(lambda data: data[:-1], id="cut off"),
        pytest.param(lambda data: data.replace(b"HN", b"NH"), id="changed"),
        pytest.param(lambda data: b"{}", id="of something else"),
        pytest.param(lambda data: _forged(b"["), id="no JSON"),
        pytest.param(lambda data: _forged(b"[" * 100_000), id="nested too deep"),
        pytest.param(lambda data: _forged(b"[1]"), id="no mapping"),
        pytest.param(
            lambda data: _forged(
                json.dumps(
                    {key: [[["Popen", "sh"], False]] for key in json.loads(data.split(b"\n")[1])}
                ).encode()
            ),
            id="names another class",
        ),
    ],
)
def test_a_file_that_this_tool_did_not_write_is_not_used(cache: Path, damage: Any) -> None:
    commit({"pools.yaml": pool("p"), "n.yaml": node("n", "p"), "a.yaml": guarded("a")})
    add({"a.yaml": guarded("b")})
    without, _ = _both("a.yaml")
    file = _only_file(cache)
    file.write_bytes(damage(file.read_bytes()))
    assert hook("validate", "a.yaml") == without


@pytest.mark.parametrize("spoil", ["writable by others", "a file", "read-only"])
def test_a_folder_that_cannot_be_used_changes_nothing(cache: Path, spoil: str) -> None:
    commit({"pools.yaml": pool("p"), "a.yaml": guarded("a")})
    add({"a.yaml": guarded("b")})
    if spoil == "a file":
        cache.write_bytes(b"")
    else:
        cache.mkdir()
        cache.chmod(0o777 if spoil == "writable by others" else 0o500)
    without, found = _both("a.yaml")
    assert found == without
    if spoil == "writable by others":
        assert not list(cache.iterdir())


def test_nothing_is_kept_with_no_cache_or_if_all_files_are_reported(cache: Path) -> None:
    commit({"pools.yaml": pool("p"), "a.yaml": guarded("a")})
    add({"a.yaml": guarded("b")})
    hook("validate", "--no-cache", "a.yaml")
    hook("transform", "a.yaml")
    assert not cache.exists()


def test_runs_at_once_leave_one_whole_file(cache: Path) -> None:
    commit({f"{index}.yaml": guarded(f"a{index}") for index in range(120)})
    add({"0.yaml": guarded("b")})
    command = [sys.executable, "-m", "transformer", "hook", "validate", "0.yaml"]
    started = [subprocess.Popen(command, env=environment()) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    file = _only_file(cache)
    assert cache_files.load(cache, file.stem)


def test_old_files_are_removed(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    for index in range(12):
        cache_files.save(folder, str(index), {"index": index})
        os.utime(folder / f"{index}.json", ns=(index, index))
    left = folder / "left.tmp"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    cache_files.save(folder, "last", {"index": 12})
    kept = sorted(path.stem for path in folder.iterdir())
    assert kept == sorted(["last", *(str(index) for index in range(5, 12))])
    assert cache_files.load(folder, "11") == {"index": 11}
    assert cache_files.load(folder, "0") == {}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    cache_files.save(folder, "other", {"a": 1})
    os.mkfifo(folder / "name.json")
    assert cache_files.load(folder, "name") == {}
    cache_files.save(folder, "name", {"a": 1})
    assert cache_files.load(folder, "name") == {"a": 1}


def test_what_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "taken.json").mkdir(parents=True)
    cache_files.save(folder, "taken", {"a": 1})
    cache_files.save(folder, "number", {"a": 10**5000})
    assert [path.name for path in folder.iterdir()] == ["taken.json"]

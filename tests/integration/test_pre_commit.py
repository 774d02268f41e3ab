"""The hooks in the real pre-commit: installed from this checkout, and commits made for real."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT
from tests.manifests import LABEL, TEMPLATE, guarded, joined, kept_off, node, pool
from tests.requirements import require_tool
from tools.version import project

_NEEDED = ("transformer", "schemas", "requirements", "pyproject.toml", "README.md", "LICENSE")
"""What a package is built from, besides the hooks' own file."""

HOOKS = ".pre-commit-hooks.yaml"

VERSION = project()["version"]

PAGE = (ROOT / "docs/pre-commit.md").read_text(encoding="utf-8")


def block(language: str, word: str) -> str:
    """Return the one fenced block of the documentation in a language that has a word in it."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    (text,) = [text for text in found if word in text]
    return str(text)


CONFIG = block("yaml", "$REPOSITORY")

KUBE_PROXY = b"""\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-proxy
  namespace: kube-system
spec:
  selector: {matchLabels: {k8s-app: kube-proxy}}
  template:
    metadata:
      labels: {k8s-app: kube-proxy}
    spec:
      containers:
      - name: kube-proxy   # as kubeadm makes it
        image: registry.k8s.io/kube-proxy:v1.32.0
"""

PATCH = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec: {template: {spec: {priorityClassName: system-node-critical}}}
"""


def _environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the user's, or of a hook around us, counts."""
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "PRE_COMMIT", "PYTHONPATH", "HOSTNET_", "SKIP"))
    }
    people = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "tester"), ("EMAIL", "tester@example.org"))
    }
    return {
        **ours,
        **people,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), ours.get("PATH", "")]),
        "PRE_COMMIT_HOME": str(home),
        "PRE_COMMIT_COLOR": "never",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_SYSTEM_CERTS": "1",  # prek installs with uv, which else trusts less than pip does
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }


def _run(
    env: Mapping[str, str], folder: Path, *command: str | Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=300,
    )


def _must(env: Mapping[str, str], folder: Path, *command: str | Path) -> str:
    done = _run(env, folder, *command)
    assert done.returncode == 0, done.stdout
    return done.stdout


class Tool:
    """The hooks' repository, a copy of this checkout as it is, and the home of pre-commit."""

    def __init__(self, folder: Path) -> None:
        require_tool("git")
        self.pre_commit = require_tool("pre-commit")
        self.env = _environment(folder / "home")
        self._used_by: dict[str, Path] = {}
        self.repository = folder / "hostnet-transform"
        self.repository.mkdir()
        for name in (*_NEEDED, HOOKS):
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, self.repository / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, self.repository / name)
        for command in (
            ("init", "-q"),
            ("add", "."),
            ("commit", "-qm", "all"),
            ("tag", f"v{VERSION}"),
        ):
            _must(self.env, self.repository, "git", *command)

    def used_by(self, config: str) -> Path:
        """Return a repository that uses the hooks with a configuration, to be copied."""
        if config not in self._used_by:
            folder = self.repository.with_name(f"used-{len(self._used_by)}")
            folder.mkdir()
            text = config.replace("$REPOSITORY", str(self.repository))
            (folder / ".pre-commit-config.yaml").write_text(text, encoding="utf-8")
            install = (self.pre_commit, "install", "-t", "pre-commit", "-t", "pre-push")
            for command in (
                ("git", "init", "-q", "--initial-branch=main"),
                ("git", "add", "."),
                ("git", "commit", "-qm", "hooks"),
                install,
            ):
                _must(self.env, folder, *command)
            self._used_by[config] = folder
        return self._used_by[config]


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    return Tool(tmp_path_factory.mktemp("pre-commit"))


class Work:
    """A repository that uses the hooks."""

    def __init__(self, folder: Path, tool: Tool, config: str = CONFIG) -> None:
        self.folder, self.tool = folder, tool
        shutil.copytree(tool.used_by(config), folder, symlinks=True, dirs_exist_ok=True)

    def git(self, *arguments: str) -> str:
        return _must(self.tool.env, self.folder, "git", *arguments)

    def write(self, name: str, data: bytes | str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def begin(self, files: Mapping[str, bytes]) -> None:
        """Commit files as they are, without hooks."""
        for name, data in files.items():
            self.write(name, data)
        self.git("add", ".")
        self.git("commit", "-qnm", "as it was")

    def commit(self, *options: str) -> tuple[bool, str]:
        """Commit for real; return whether that was let pass, and what was said."""
        done = _run(self.tool.env, self.folder, "git", "commit", "-m", "more", *options)
        return done.returncode == 0, done.stdout

    def run(self, *arguments: str) -> tuple[bool, str]:
        done = _run(self.tool.env, self.folder, self.tool.pre_commit, "run", *arguments)
        return done.returncode == 0, done.stdout


@pytest.fixture
def work(tool: Tool, tmp_path: Path) -> Work:
    return Work(tmp_path, tool)


def test_pre_commit_takes_the_manifest_of_the_hooks(tool: Tool) -> None:
    _must(tool.env, tool.repository, tool.pre_commit, "validate-manifest", HOOKS)


@pytest.mark.slow
def test_an_unguarded_component_is_stopped_and_mended_and_the_second_commit_passes(
    work: Work,
) -> None:
    path = work.write("proxy.yaml", KUBE_PROXY)
    work.git("add", ".")
    passed, said = work.commit()
    assert not passed
    assert "a file was changed" in said
    assert b"nodepool.openyurt.io/hostnetwork" in path.read_bytes()
    assert path.read_bytes().startswith(KUBE_PROXY)
    assert "hostnetwork" not in work.git("show", ":proxy.yaml")
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said
    assert work.git("status", "--porcelain") == ""


def test_a_commit_that_flips_a_pool_is_refused(work: Work) -> None:
    work.begin({"pools.yaml": pool("p"), "other.yaml": joined(node("n", "p"), node("n", "p"))})
    work.write("pools.yaml", pool("p", host_network=False))
    work.git("add", ".")
    passed, said = work.commit()
    assert not passed
    assert "HN201" in said
    assert "HN107" not in said, "an error elsewhere that was there before"
    assert not work.commit("--all")[0]
    assert not work.commit("pools.yaml")[0]


PINNED = b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector}
spec:
  selector: {matchLabels: {a: b}}
  template:
    metadata: {labels: {a: b}}
    spec:
      nodeSelector: {apps.openyurt.io/nodepool: p}
      containers: [{name: c, image: "c:1"}]
"""
ON_HOST = b"""\
apiVersion: apps/v1
kind: Deployment
metadata: {name: collector}
spec: {template: {spec: {hostNetwork: true}}}
"""
BUILDS = b"""\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetTransform
spec: {build: true}
"""


def test_what_an_overlay_makes_of_its_base_is_what_counts(work: Work) -> None:
    require_tool("kubectl")
    work.begin(
        {
            ".hostnet-transform.yaml": BUILDS,
            "pools.yaml": pool("p"),
            "base/dep.yaml": PINNED.replace(b"      nodeSelector", b"      # nodeSelector"),
            "base/kustomization.yaml": b"resources: [dep.yaml]\n",
            "edge/kustomization.yaml": b"resources: [../base]\npatches: [{path: hn.yaml}]\n",
            "edge/hn.yaml": ON_HOST,
        }
    )
    work.write("base/dep.yaml", PINNED)
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said
    work.write("edge/hn.yaml", ON_HOST.replace(b"true", b"false"))
    work.git("add", ".")
    passed, said = work.commit()
    assert not passed
    assert "\nedge/hn.yaml\n  4:" in said
    assert "error[HN401]" in said


def test_a_changed_node_is_labelled_by_its_pool_in_a_file_that_did_not_change(work: Work) -> None:
    work.begin({"infra/pools.yaml": pool("p"), "n.yaml": node("one", "p") + LABEL})
    path = work.write("n.yaml", joined(node("one", "p") + LABEL, node("two", "p")))
    work.git("add", ".")
    assert not work.commit()[0]
    assert path.read_bytes() == joined(node("one", "p") + LABEL, node("two", "p") + LABEL)
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said


def test_a_commit_that_only_deletes_a_pool_with_nodes_is_refused(work: Work) -> None:
    work.begin({"pools.yaml": pool("p"), "nodes.yaml": node("one", "p") + LABEL})
    work.git("rm", "-q", "pools.yaml")
    passed, said = work.commit()
    assert not passed
    assert "HN204" in said
    work.git("rm", "-q", "nodes.yaml")
    passed, said = work.commit()
    assert passed, said


def test_what_is_no_manifest_passes(work: Work) -> None:
    work.write("chart/Chart.yaml", "apiVersion: v2\nname: chart\nversion: 1.0.0\n")
    work.write("chart/values.yaml", "replicas: 2\nkind: Deployment\nexclude: 'true'\n")
    work.write("chart/templates/pod.yaml", TEMPLATE)
    work.write("loose/pod.yaml", TEMPLATE)
    work.write(".gitlab-ci.yml", "test:\n  script:\n  - !reference [.setup, script]\n")
    work.write("package.json", '{"name": "x", "version": "1.0.0"}\n')
    work.write("notes.txt", "nothing\n")
    before = {path: path.read_bytes() for path in work.folder.rglob("*.y*ml")}
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said
    assert {path: path.read_bytes() for path in before} == before


def test_a_patch_is_known_by_a_kustomization_that_did_not_change(work: Work) -> None:
    work.begin({"over/kustomization.yaml": b"resources: [../base]\npatches:\n- path: proxy.yaml\n"})
    path = work.write("over/proxy.yaml", PATCH)
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said
    assert path.read_text() == PATCH


def test_a_push_is_judged_by_its_commits(
    work: Work, tmp_path_factory: pytest.TempPathFactory
) -> None:
    remote = tmp_path_factory.mktemp("remote")
    work.git("init", "-q", "--bare", str(remote))
    work.git("remote", "add", "origin", str(remote))
    work.begin({"pools.yaml": pool("p"), "n.yaml": node("one", "p") + LABEL})
    work.git("push", "-q", "origin", "main")
    work.begin({"pools.yaml": pool("p", host_network=False), "n.yaml": node("one", "p")})
    done = _run(work.tool.env, work.folder, "git", "push", "origin", "main")
    assert done.returncode != 0
    assert "HN201" in done.stdout
    work.begin({"pools.yaml": pool("p"), "n.yaml": node("one", "p") + LABEL})
    done = _run(work.tool.env, work.folder, "git", "push", "origin", "main")
    assert done.returncode == 0, done.stdout


def test_a_pull_request_is_judged_from_where_it_began(work: Work) -> None:
    work.begin({"pools.yaml": pool("p")})
    work.git("checkout", "-q", "-b", "mine")
    work.begin({"q.yaml": pool("q", host_network=False)})
    work.git("checkout", "-q", "main")
    work.begin({"n.yaml": node("one", "r"), "r.yaml": pool("r", host_network=False)})
    work.git("checkout", "-q", "mine")
    refs = ("--from-ref", "main", "--to-ref", "mine")
    passed, said = work.run("hostnet-validate", *refs, "--verbose")
    assert passed, said
    work.begin({"pools.yaml": pool("p", host_network=False)})
    passed, said = work.run("hostnet-validate", *refs)
    assert not passed
    assert "HN201" in said


def test_check_changes_nothing(tool: Tool, tmp_path: Path) -> None:
    config = CONFIG.replace("id: hostnet-transform\n", "id: hostnet-transform-check\n")
    work = Work(tmp_path, tool, config)
    path = work.write("web.yaml", guarded())
    work.git("add", ".")
    passed, said = work.commit()
    assert not passed
    assert "would change" in said
    assert path.read_bytes() == guarded()
    path.write_bytes(kept_off())
    work.git("add", ".")
    passed, said = work.commit()
    assert passed, said


@only_in_ci
@pytest.mark.slow
def test_a_repository_can_be_tried_without_being_installed(tool: Tool, tmp_path: Path) -> None:
    _must(tool.env, tmp_path, "git", "init", "-q")
    (tmp_path / "web.yaml").write_bytes(guarded())
    _must(tool.env, tmp_path, "git", "add", ".")
    command = (tool.pre_commit, "try-repo", tool.repository, "hostnet-transform", "--all-files")
    done = _run(tool.env, tmp_path, *command)
    assert done.returncode == 1, done.stdout
    assert (tmp_path / "web.yaml").read_bytes() == kept_off()


def test_the_documented_steps_mend_and_commit(work: Work) -> None:
    _must(work.tool.env, work.folder, "bash", "-ec", block("sh", "pre-commit install"))
    work.write("kube-proxy.yaml", KUBE_PROXY)
    work.git("add", ".")
    steps = block("sh", "git commit")
    said = _must(work.tool.env, work.folder, "bash", "-c", steps)
    assert said.count("a file was changed") == 1
    assert "hostnetwork" in work.git("show", "HEAD:kube-proxy.yaml")


def test_the_documented_options_are_taken(tool: Tool, tmp_path: Path) -> None:
    options = block("yaml", "args:")
    work = Work(tmp_path, tool, CONFIG.replace("  - id: hostnet-validate\n", options))
    work.write("vendor/pools.yaml", joined(pool("p"), pool("p")))
    work.git("add", ".")
    passed, said = work.run("hostnet-validate", "--all-files")
    assert not passed, "what is staged counts, whether it is passed or not"
    assert "HN107" in said
    work.git("commit", "-qnm", "vendor")
    passed, said = work.run("hostnet-validate", "--all-files")
    assert passed, said


@only_in_ci
@pytest.mark.slow
def test_prek_runs_the_hooks_of_the_tag_as_pre_commit_does(tool: Tool, tmp_path: Path) -> None:
    prek = require_tool("prek")
    assert f"rev: v{VERSION}" in CONFIG
    work = Work(tmp_path, tool)
    work.begin({"pools.yaml": pool("p"), "web.yaml": guarded()})
    env = {**tool.env, "PREK_HOME": tool.env["PRE_COMMIT_HOME"] + "-prek"}
    _must(env, work.folder, prek, "validate-manifest", tool.repository / HOOKS)
    done = _run(env, work.folder, prek, "run", "--all-files")
    assert done.returncode == 1, done.stdout
    assert (work.folder / "web.yaml").read_bytes() == kept_off()
    work.begin({"web.yaml": kept_off()})
    _must(env, work.folder, prek, "run", "--all-files")
    work.write("pools.yaml", pool("p", host_network=False))
    work.git("add", ".")
    done = _run(env, work.folder, prek, "run", "hostnet-validate")
    assert done.returncode == 1
    assert "HN201" in done.stdout


def test_the_documentation_names_all_hooks() -> None:
    ids = re.findall(r"^- id: (\S+)$", (ROOT / HOOKS).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^ *- id: (\S+)$", PAGE, re.MULTILINE)) <= set(ids)
    assert all(f"`{name}`" in PAGE for name in ids)

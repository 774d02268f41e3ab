"""The folders under `integrations/`: what they hold is run as its host would run it.

Helm has a file of its own. No test runs Argo CD, Flux, kpt, GitHub or GitLab themselves.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest
import yaml

from tests.effort import only_in_ci
from tests.integration.cli_runs import Run, invoke
from tests.integration.shell_blocks import INTEGRATIONS, path_with, run_block, shell_blocks
from tests.manifests import guarded
from tests.requirements import require_go_tool, require_tool

ROOT = INTEGRATIONS.parent
DOCUMENTS = sorted(INTEGRATIONS.glob("*/README.md"))
NOT_HERE = ("kpt ", "flux ")
"""Programs that no test has."""

CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
WRONG = '        apps.openyurt.io/exclude-host-network-pool: "True"\n'
RIGHT = '        apps.openyurt.io/exclude-host-network-pool: "true"\n'


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the example, as it lies in a checkout."""
    shutil.copytree(INTEGRATIONS / "example", tmp_path / "integrations" / "example")
    return tmp_path


@pytest.fixture
def example(checkout: Path) -> Path:
    return checkout / "integrations" / "example"


def make_wrong(example: Path) -> None:
    """Give the Deployment of the example an annotation that does nothing."""
    shop = example / "shop.yaml"
    text = shop.read_text(encoding="utf-8")
    assert RIGHT in text
    shop.write_text(text.replace(RIGHT, WRONG), encoding="utf-8")


def kubectl_kustomize(folder: Path) -> bytes:
    done = subprocess.run(
        [require_tool("kubectl"), "kustomize", str(folder)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(stream: str | bytes) -> list[Any]:
    """Return the objects of a stream, in an order of their own."""
    found = [value for value in yaml.safe_load_all(stream) if value is not None]
    return sorted(found, key=lambda value: (value["kind"], value["metadata"]["name"]))


def transformed(data: bytes) -> bytes:
    run = invoke(stdin=data)
    assert run.status == 0, run.err
    assert run.out != data
    return run.out


def documented(name: str, folder: Path, *programs: Path) -> list[str]:
    """Run the commands of a README; return what each block printed."""
    blocks = shell_blocks(INTEGRATIONS / name / "README.md")
    assert {block.mark for block in blocks} == {name}
    printed = []
    for block in blocks:
        done = run_block(block.text, folder, *programs)
        assert done.returncode == 0, (block.text, done.stderr)
        printed.append(done.stdout)
    return printed


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_commands_that_can_run_here_are_marked_as_tests(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 70
    for found in re.finditer(r"(.*)\n```sh\n(.*)", text):
        assert found[1].startswith("<!-- test: ") or found[2].startswith(NOT_HERE), found[2]


@pytest.mark.parametrize("document", [INTEGRATIONS / "README.md", *DOCUMENTS], ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


class Argo(NamedTuple):
    """The sidecar: the commands of plugin.yaml, and a PATH with little on it."""

    spec: Mapping[str, Any]
    programs: Path

    def __call__(self, command: list[str], folder: Path) -> Run:
        done = subprocess.run(
            command,
            cwd=folder,
            env={"PATH": str(self.programs)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=90,
        )
        return Run(done.returncode, done.stdout, done.stderr.decode())

    def generate(self, folder: Path) -> Run:
        generate = self.spec["generate"]
        return self([*generate["command"], *generate["args"]], folder)

    def discover(self, folder: Path) -> Run:
        return self(self.spec["discover"]["find"]["command"], folder)


@pytest.fixture(params=["kustomize", "kubectl kustomize"])
def argo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Argo:
    programs = tmp_path_factory.mktemp("programs")
    for name in ("bash", "sh", "find", "hostnet-transform"):
        (programs / name).symlink_to(require_tool(name))
    if request.param == "kustomize":
        (programs / "kustomize").symlink_to(require_go_tool("kustomize"))
    else:
        standing_in(programs)
    plugin = yaml.safe_load((INTEGRATIONS / "argocd" / "plugin.yaml").read_bytes())
    assert plugin["kind"] == "ConfigManagementPlugin"
    return Argo(plugin["spec"], programs)


def standing_in(programs: Path) -> None:
    """Put a `kustomize` into a folder whose `build` is that of kubectl."""
    script = programs / "kustomize"
    script.write_text(f'#!/bin/sh\nshift\nexec {require_tool("kubectl")} kustomize "$@"\n')
    script.chmod(0o755)


def test_argo_gets_what_was_built_and_guarded(argo: Argo, example: Path) -> None:
    run = argo.generate(example)
    assert run.status == 0, run.err
    assert objects(run.out) == objects(transformed(kubectl_kustomize(example)))
    assert run.out.count(b"operator: NotIn") == 2


def test_argo_is_told_of_a_build_that_failed(argo: Argo, example: Path) -> None:
    (example / "shop.yaml").unlink()
    run = argo.generate(example)
    assert (run.status, run.out) == (1, b"")
    assert "shop.yaml" in run.err


def test_argo_is_told_of_an_error_and_gets_nothing(argo: Argo, example: Path) -> None:
    make_wrong(example)
    run = argo.generate(example)
    assert (run.status, run.out) == (1, b"")
    assert "error[HN403]: Deployment/shop/web" in run.err


def test_without_pipefail_argo_would_take_a_failed_build_for_an_empty_one(
    argo: Argo, example: Path
) -> None:
    (example / "shop.yaml").unlink()
    command = ["bash", "-c", *argo.spec["generate"]["args"]]
    run = argo(command, example)
    assert (run.status, run.out) == (0, b"")


def test_argo_discovers_repositories_that_have_our_configuration(
    argo: Argo, checkout: Path
) -> None:
    assert argo.discover(checkout) == Run(0, b"", "")
    (checkout / ".hostnet-transform.yaml").write_text(CONFIG)
    assert argo.discover(checkout) == Run(0, b"./.hostnet-transform.yaml\n", "")


def test_the_configuration_at_the_root_counts_in_the_folder_of_the_application(
    argo: Argo, checkout: Path, example: Path
) -> None:
    config = CONFIG + "spec: {rules: {cni-isolation: false}}\n"
    (checkout / ".hostnet-transform.yaml").write_text(config)
    assert argo.generate(example).out.count(b"operator: NotIn") == 1


REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  template:
    spec:
      containers:
      - name: argocd-repo-server
        image: argocd
      volumes:
      - {name: var-files, emptyDir: {}}
      - {name: plugins, emptyDir: {}}
"""
"""What of Argo CD's repo-server the component builds on."""


def test_the_component_adds_a_sidecar_to_the_repo_server(tmp_path: Path) -> None:
    shutil.copytree(INTEGRATIONS / "argocd", tmp_path / "argocd")
    (tmp_path / "install").mkdir()
    (tmp_path / "install" / "server.yaml").write_text(REPO_SERVER)
    (tmp_path / "install" / "kustomization.yaml").write_text(
        "resources: [server.yaml]\ncomponents: [../argocd]\nnamespace: argocd\n"
        "images: [{name: hostnet-argocd, newName: example.com/hostnet, newTag: '1'}]\n"
    )
    config_map, server = objects(kubectl_kustomize(tmp_path / "install"))
    plugin = (INTEGRATIONS / "argocd" / "plugin.yaml").read_text(encoding="utf-8")
    assert config_map["data"] == {"plugin.yaml": plugin}
    pod = server["spec"]["template"]["spec"]
    sidecar = next(one for one in pod["containers"] if one["name"] == "hostnet")
    assert len(pod["containers"]) == 2
    assert sidecar["image"] == "example.com/hostnet:1"
    assert sidecar["securityContext"]["runAsUser"] == 999
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert {mount["name"] for mount in sidecar["volumeMounts"]} == volumes.keys()
    assert volumes["hostnet-plugin"]["configMap"]["name"] == config_map["metadata"]["name"]


def test_the_documented_commands_for_argo_run(checkout: Path, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    standing_in(programs)
    printed, _ = documented("argocd", checkout, programs)
    assert printed.count("operator: NotIn") == 2
    patches = yaml.safe_load((checkout / "patches.yaml").read_bytes())["patches"]
    as_argo_does = {"namePrefix": "dev-", "namespace": "moved", "patches": patches}
    add_to_kustomization(checkout / "integrations" / "example", as_argo_does)
    built = kubectl_kustomize(checkout / "integrations" / "example").decode()
    assert built.count("operator: NotIn") == 2


def test_patches_for_flux_make_what_the_filter_makes(checkout: Path, example: Path) -> None:
    require_tool("kubectl")
    documented("flux", checkout)
    expected = transformed(kubectl_kustomize(example))
    assert objects(kubectl_kustomize(checkout / "guarded")) == objects(expected)
    assert (checkout / "rendered" / "all.yaml").read_bytes() == expected


def test_the_flux_kustomization_has_the_patches_that_are_printed(example: Path) -> None:
    run = invoke("--output", "kustomize-patches", example)
    kustomization = yaml.safe_load((INTEGRATIONS / "flux" / "kustomization.flux.yaml").read_bytes())
    assert kustomization["spec"]["patches"] == yaml.safe_load(run.out)["patches"]
    assert kustomization["spec"]["path"] == "./integrations/example"


def add_to_kustomization(folder: Path, fields: dict[str, Any]) -> None:
    """Add to a kustomization.yaml what a host adds before it builds."""
    file = folder / "kustomization.yaml"
    file.write_text(yaml.safe_dump(yaml.safe_load(file.read_bytes()) | fields), encoding="utf-8")


def test_the_patches_fit_where_flux_sets_a_namespace(example: Path) -> None:
    kustomization = yaml.safe_load((INTEGRATIONS / "flux" / "kustomization.flux.yaml").read_bytes())
    add_to_kustomization(example, {"namespace": "moved"})
    plain = kubectl_kustomize(example)
    add_to_kustomization(example, {"patches": kustomization["spec"]["patches"]})
    assert objects(kubectl_kustomize(example)) == objects(transformed(plain))


def test_what_comes_after_the_patches_for_flux_is_noticed(checkout: Path, example: Path) -> None:
    require_tool("kubectl")
    documented("flux", checkout)
    (example / "new.yaml").write_bytes(guarded("new"))
    kustomization = example / "kustomization.yaml"
    text = kustomization.read_text(encoding="utf-8")
    kustomization.write_text(text.replace("  - shop.yaml", "  - shop.yaml\n  - new.yaml"))
    look = shell_blocks(INTEGRATIONS / "flux" / "README.md")[-1]
    done = run_block(look.text, checkout)
    assert done.returncode == 1
    assert "Deployment/new" in done.stderr


KPT = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
items:
- apiVersion: kpt.dev/v1
  kind: Kptfile
  metadata:
    name: shop
    annotations:
      internal.config.kubernetes.io/path: 'Kptfile'
      internal.config.kubernetes.io/index: '0'
- apiVersion: apps/v1 # the web shop
  kind: Deployment
  metadata:
    name: web # kpt-set: ${name}
    annotations:
      config.kubernetes.io/index: '0'
      config.kubernetes.io/path: 'shop.yaml'
      internal.config.kubernetes.io/index: '0'
      internal.config.kubernetes.io/path: 'shop.yaml'
      internal.config.kubernetes.io/seqindent: 'wide'
      internal.config.kubernetes.io/id: '2'
      config.k8s.io/id: '2'
  spec:
    template:
      metadata:
        annotations:
          apps.openyurt.io/exclude-host-network-pool: "true"
      spec:
        containers:
        - {name: web, image: web:1}
"""
"""What kpt hands over: every item says where it comes from."""


def test_what_kpt_hands_over_needs_no_flag_and_comes_back_with_insertions_only() -> None:
    run = invoke(stdin=KPT.encode())
    assert run.status == 0, run.err
    before, after = KPT.splitlines(), run.out.decode().splitlines()
    assert after[:-9] == before
    assert after[-9].strip() == "affinity:"


def test_kpt_gets_an_error_as_a_result_and_the_items_whole() -> None:
    wrong = KPT.replace('pool: "true"', 'pool: "True"')
    run = invoke(stdin=wrong.encode())
    assert run.status == 1
    answer = yaml.safe_load(run.out)
    assert answer["items"] == yaml.safe_load(wrong)["items"]
    (result,) = answer["results"]
    assert (result["severity"], result["tags"]) == ("error", {"rule": "HN403"})
    assert result["file"] == {"path": "shop.yaml", "index": 0}
    assert result["resourceRef"]["name"] == "web"


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_real_runner_of_krm_functions_writes_the_edits(
    checkout: Path, example: Path, tmp_path: Path
) -> None:
    runner = Path(require_go_tool("kustomize")).parent
    expected = shutil.copytree(example, tmp_path / "expected")
    assert invoke("-w", expected).status == 0
    documented("kpt", checkout, runner)
    written = files(example)
    assert written.keys() == files(expected).keys()
    for name, data in files(expected).items():
        assert list(yaml.safe_load_all(written[name])) == list(yaml.safe_load_all(data)), name
    assert b"# needs cluster DNS" in written["shop.yaml"]
    documented("kpt", checkout, runner)
    assert files(example) == written


def test_a_real_runner_of_krm_functions_writes_nothing_after_an_error(
    checkout: Path, example: Path
) -> None:
    runner = Path(require_go_tool("kustomize")).parent
    make_wrong(example)
    before = files(example)
    (block,) = shell_blocks(INTEGRATIONS / "kpt" / "README.md")
    done = run_block(block.text, checkout, runner)
    assert done.returncode != 0
    assert "error[HN403]" in done.stderr
    assert files(example) == before


def git(folder: Path, *args: str) -> str:
    """Run Git in a repository of no settings but these."""
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ("-c", "user.name=me", "-c", "user.email=me@example.com")
    done = subprocess.run(
        ["git", *identity, *args],
        cwd=folder,
        env={**os.environ, **own},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repository(checkout: Path, example: Path) -> Path:
    """The example in a Git repository: committed as it is, and then mended in the work tree."""
    git(checkout, "init", "--quiet")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "one")
    assert invoke("-w", example).status == 0
    return checkout


def flip(repository: Path) -> None:
    """Change what may not change: the pool of the example becomes a standard one."""
    nodes = repository / "integrations" / "example" / "nodes.yaml"
    text = nodes.read_text(encoding="utf-8")
    nodes.write_text(text.replace("hostNetwork: true", "hostNetwork: false"), encoding="utf-8")


def gitlab(folder: Path, **more: str) -> tuple[int, list[Any]]:
    """Run the job, and return its status and its report."""
    job = yaml.safe_load((INTEGRATIONS / "gitlab" / "hostnet.gitlab-ci.yml").read_bytes())[
        "hostnet"
    ]
    assert job["artifacts"]["when"] == "always"
    report = folder / job["artifacts"]["reports"]["codequality"]
    done = run_block("\n".join(job["script"]), folder, env={**job["variables"], **more})
    found = json.loads(report.read_bytes())
    assert isinstance(found, list)
    return done.returncode, found


def test_the_job_for_gitlab_keeps_the_status_and_leaves_a_report(checkout: Path) -> None:
    status, found = gitlab(checkout)
    assert status == 1
    assert {entry["check_name"] for entry in found} == {"HN311", "HN406", "HN426"}
    assert len({entry["fingerprint"] for entry in found}) == len(found)
    for entry in found:
        assert {"description", "severity"} <= entry.keys()
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert (checkout / entry["location"]["path"]).is_file()
        assert entry["location"]["lines"]["begin"] >= 1


def test_the_job_for_gitlab_passes_with_an_empty_report(repository: Path) -> None:
    assert gitlab(repository) == (0, [])
    base = git(repository, "rev-parse", "HEAD")
    assert gitlab(repository, CI_MERGE_REQUEST_DIFF_BASE_SHA=base) == (0, [])


def test_the_job_for_gitlab_compares_with_the_base_of_a_merge_request(repository: Path) -> None:
    flip(repository)
    base = git(repository, "rev-parse", "HEAD")
    status, found = gitlab(repository, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert status == 1
    assert "HN201" in {entry["check_name"] for entry in found}


def test_the_job_for_gitlab_takes_paths_and_options(checkout: Path) -> None:
    paths = "integrations/example/network.yaml integrations/example/shop.yaml"
    status, found = gitlab(checkout, HOSTNET_PATHS=paths, HOSTNET_ARGS="-q --disable HN406")
    assert (status, [entry["check_name"] for entry in found]) == (0, ["HN426"])


class GitLab(ThreadingHTTPServer):
    """What answers as the API of GitLab does about the notes of a merge request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), GitLabHandler)
        self.notes: list[Any] = [
            {"id": number, "author": {"id": 1}, "body": f"{NOTE}mine"} for number in range(150)
        ]


class GitLabHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: GitLab

    def do_GET(self) -> None:  # the name is that of the standard library
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        if self.path == "/user":
            return self.answer({"id": 9})
        path, number = self.path.split("?per_page=100&page=")
        assert path == "/projects/3/merge_requests/7/notes"
        start = 100 * (int(number) - 1)
        return self.answer(self.server.notes[start : start + 100])

    def do_POST(self) -> None:
        note = {"id": len(self.server.notes), "author": {"id": 9}, **self.value}
        self.server.notes.append(note)
        self.answer(note)

    def do_PUT(self) -> None:
        note = self.server.notes[int(self.path.rpartition("/")[2])]
        note |= self.value
        self.answer(note)

    @property
    def value(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def answer(self, value: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        """Print nothing."""


NOTE = "<!-- hostnet-transform placement -->\n"


@pytest.fixture
def merge_request() -> Iterator[GitLab]:
    with GitLab() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def gitlab_placement(folder: Path, **more: str) -> tuple[int, str, str]:
    """Run the job; return its status, its artifact and what it printed."""
    jobs = yaml.safe_load((INTEGRATIONS / "gitlab" / "hostnet.gitlab-ci.yml").read_bytes())
    job = jobs["hostnet-placement"]
    variables = {**job["variables"], "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "7", **more}
    done = run_block("\n".join(job["script"]), folder, env=variables)
    sys.stderr.write(done.stderr)
    (artifact,) = job["artifacts"]["paths"]
    return done.returncode, (folder / artifact).read_text(encoding="utf-8"), done.stdout


def test_the_note_on_a_merge_request_is_updated_and_not_repeated(
    repository: Path, example: Path, merge_request: GitLab
) -> None:
    address = f"http://127.0.0.1:{merge_request.server_port}"
    given = {
        "CI_API_V4_URL": address,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(repository, "rev-parse", "HEAD"),
        "HOSTNET_TOKEN": "secret",
    }
    git(repository, "checkout", "--quiet", ".")
    status, report, _ = gitlab_placement(repository, **given)
    assert (status, len(merge_request.notes)) == (0, 150)
    assert "- nothing changes\n" in report
    for name in ("api", "more"):
        text = (
            (example / "shop.yaml")
            .read_text(encoding="utf-8")
            .replace("name: web", f"name: {name}")
        )
        (example / f"{name}.yaml").write_text(text, encoding="utf-8")
        status, report, _ = gitlab_placement(repository, **given)
        assert (status, len(merge_request.notes)) == (0, 151)
        assert merge_request.notes[-1]["body"] == NOTE + report
        assert f"Deployment/shop/{name}" in report or "2 workloads" in report


def test_the_job_for_placement_needs_no_token(checkout: Path) -> None:
    status, report, printed = gitlab_placement(checkout, HOSTNET_PLACEMENT_ARGS="--fail-on breaks")
    assert (status, printed) == (0, "")
    assert report.startswith("### Where workloads can land\n")
    address = {"CI_API_V4_URL": "http://127.0.0.1:1", "HOSTNET_TOKEN": "secret"}
    status, _, printed = gitlab_placement(checkout, **address)
    assert status == 0
    assert printed.startswith("the note on the merge request could not be written: ")


def test_the_documented_commands_for_gitlab_run(checkout: Path) -> None:
    documented("gitlab", checkout)
    assert len(json.loads((checkout / "gl-hostnet.json").read_bytes())) == 3


class Action(NamedTuple):
    """The bash steps of action.yml, in a runner's folders."""

    steps: Mapping[str, Any]
    defaults: Mapping[str, str]
    workspace: Path
    temp: Path

    def run(self, step: str, **values: str) -> int:
        """Run a step as GitHub does; `values` are those of the expressions in its `env`."""
        given = self.steps[step]
        assert given["shell"] == "bash"
        script = self.temp / f"{step}.sh"
        script.write_text(given["run"], encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **os.environ,
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_ENV": str(self.temp / "env"),
                "GITHUB_JOB": "check-all",
                "GITHUB_OUTPUT": str(self.temp / "output"),
                "GITHUB_REPOSITORY": "shop/manifests",
                "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
                "PATH": path_with(self.temp),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
                **{name: values[name] for name in given["env"]},
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        sys.stderr.write(done.stderr)
        (self.temp / "log").write_text(done.stdout, encoding="utf-8")
        return done.returncode

    def validate(self, **inputs: str) -> dict[str, str]:
        """Run the step `validate`, and return its outputs."""
        return self.outputs("validate", "args", inputs)

    def placement(self, **inputs: str) -> dict[str, str]:
        """Run the step `placement`, and return its outputs."""
        return self.outputs("placement", "placement-args", inputs)

    def outputs(self, step: str, args: str, inputs: Mapping[str, str]) -> dict[str, str]:
        """Run a step of the tool, and return its outputs."""
        values = {**self.defaults, **inputs}
        (self.temp / "output").write_text("")
        names = {"PATHS": "paths", "BASE": "base", "ARGS": args}
        given = {name: values[source] for name, source in names.items()}
        assert self.run(step, **given) == 0
        lines = (self.temp / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def comment(self, markdown: str) -> None:
        """Run the step `comment` on pull request 7."""
        assert self.run("comment", GH_TOKEN="secret", MARKDOWN=markdown, PULL_REQUEST="7") == 0

    @property
    def comments(self) -> list[Any]:
        """The comments on the pull request, as the stand-in for `gh` has them."""
        found: list[Any] = json.loads((self.temp / "comments.json").read_bytes())
        return found

    def found(self) -> list[str]:
        """Return the rules of the report's results."""
        (run,) = json.loads((self.temp / "hostnet.sarif").read_bytes())["runs"]
        return [result["ruleId"] for result in run["results"]]


@pytest.fixture
def action(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Action:
    """The action, with the tool under test where its step `install` puts it."""
    given = yaml.safe_load((ROOT / "action.yml").read_bytes())
    assert given["runs"]["using"] == "composite"
    steps = {step["id"]: step for step in given["runs"]["steps"]}
    names = ["python", "install", "validate", "upload", "placement", "comment", "result"]
    assert list(steps) == names
    defaults = {name: spec["default"] for name, spec in given["inputs"].items()}
    temp = tmp_path_factory.mktemp("runner temp")
    (temp / "hostnet" / "bin").mkdir(parents=True)
    (temp / "hostnet" / "bin" / "hostnet-transform").symlink_to(require_tool("hostnet-transform"))
    return Action(steps, defaults, checkout, temp)


def test_the_action_hands_over_its_inputs_by_environment_only(action: Action) -> None:
    for step in action.steps.values():
        assert "${{" not in step.get("run", "")
    assert action.steps["validate"]["env"] == {
        "PATHS": "${{ inputs.paths }}",
        "BASE": "${{ inputs.base }}",
        "ARGS": "${{ inputs.args }}",
    }
    assert action.steps["result"]["env"] == {
        "STATUS": "${{ steps.validate.outputs.status }}",
        "PLACEMENT": "${{ steps.placement.outputs.status }}",
    }
    assert action.steps["result"]["if"] == "always()"
    assert action.steps["upload"]["if"].startswith("always() && ")
    assert action.steps["upload"]["uses"].startswith("github/codeql-action/upload-sarif@")


def test_the_action_writes_the_report_and_fails_in_its_last_step(action: Action) -> None:
    outputs = action.validate()
    assert outputs == {"status": "1", "sarif": str(action.temp / "hostnet.sarif")}
    assert sorted(action.found()) == ["HN311", "HN406", "HN426"]
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 1


def test_the_action_passes_where_nothing_is_wrong(action: Action, repository: Path) -> None:
    outputs = action.validate()
    assert outputs["status"] == "0"
    assert action.found() == []
    assert outputs["sarif"]
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 0


def test_the_action_compares_with_a_base(action: Action, repository: Path) -> None:
    flip(repository)
    assert action.validate(base="HEAD")["status"] == "1"
    assert "HN201" in action.found()


def test_the_action_takes_paths_by_line_and_options_by_word(action: Action) -> None:
    shutil.copy(action.workspace / "integrations/example/nodes.yaml", action.workspace / "a b.yaml")
    paths = "a b.yaml\nintegrations/example/network.yaml\n"
    outputs = action.validate(paths=paths, args="-q --disable\nHN311")
    assert outputs["status"] == "1"
    assert action.found() == ["HN406"]


def test_the_action_has_no_report_to_upload_after_wrong_usage(action: Action) -> None:
    outputs = action.validate(args="--config missing.yaml")
    assert outputs == {"status": "2"}
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 2


def test_the_action_fails_where_it_did_not_get_as_far_as_validating(action: Action) -> None:
    assert action.run("result", STATUS="", PLACEMENT="") == 1


MARKER = "<!-- hostnet-transform placement check_all -->"
GH = f"""#!{sys.executable}
import json, pathlib, sys

file = pathlib.Path(sys.argv[0]).with_name("comments.json")
comments = json.loads(file.read_text())
api, *args = sys.argv[1:]
assert api == "api"
path = next(arg for arg in args if arg.startswith("repos/shop/manifests/issues/"))
if "--paginate" in args:
    assert path.endswith("/issues/7/comments?per_page=100")
    assert 'startswith("{MARKER}")' in args[args.index("--jq") + 1]
    assert '.user.type == "Bot"' in args[args.index("--jq") + 1]
    for one in comments:
        if one["user"]["type"] == "Bot" and one["body"].startswith("{MARKER}"):
            print(one["id"])
    sys.exit(0)
body = pathlib.Path(args[args.index("--field") + 1].removeprefix("body=@")).read_text()
method = args[args.index("--method") + 1]
if method == "POST":
    assert path.endswith("/issues/7/comments")
    comments.append({{"id": len(comments) + 1, "user": {{"type": "Bot"}}, "body": body}})
else:
    (found,) = [one for one in comments if path.endswith(f"/issues/comments/{{one['id']}}")]
    found["body"] = body
file.write_text(json.dumps(comments))
"""
"""What stands in for `gh`: it keeps the comments of a pull request in a file."""


@pytest.fixture
def with_gh(action: Action) -> Action:
    """The action where there is a `gh`, and where somebody wrote a comment that looks like ours."""
    program = action.temp / "gh"
    program.write_text(GH, encoding="utf-8")
    program.chmod(0o755)
    theirs = {"id": 1, "user": {"type": "User"}, "body": f"{MARKER}\nmine"}
    (action.temp / "comments.json").write_text(json.dumps([theirs]), encoding="utf-8")
    return action


def test_the_action_writes_what_moves_to_the_summary(
    with_gh: Action, repository: Path, example: Path
) -> None:
    git(repository, "commit", "--quiet", "--all", "--message", "two")
    shutil.copy(example / "shop.yaml", example / "more.yaml")
    text = (example / "more.yaml").read_text(encoding="utf-8").replace("name: web", "name: api")
    (example / "more.yaml").write_text(text.replace(RIGHT, "        team: shop\n"))
    outputs = with_gh.placement(base="HEAD")
    assert outputs == {"status": "0", "markdown": str(with_gh.temp / "hostnet-placement.md")}
    summary = (with_gh.temp / "summary").read_text(encoding="utf-8")
    assert summary == Path(outputs["markdown"]).read_text(encoding="utf-8")
    assert summary.startswith("### What this change moves\n\n- new: 1 workload\n")
    assert with_gh.placement(**{"placement-args": "--pool none"}) == {"status": "2"}
    assert with_gh.placement(**{"placement-args": "--fail-on breaks"})["status"] in "01"


def test_the_comment_of_the_action_is_updated_and_not_repeated(
    with_gh: Action, tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    for text in ("- 1 workload newly lands on hz", "- 2 workloads newly land on hz"):
        report.write_text(f"### What\n\n{text}\n", encoding="utf-8")
        with_gh.comment(str(report))
        theirs, ours = with_gh.comments
        assert theirs["body"] == f"{MARKER}\nmine"
        assert ours["body"] == f"{MARKER}\n### What\n\n{text}\n"
    report.write_text("### What\n\n- nothing changes\n", encoding="utf-8")
    with_gh.comment(str(report))
    assert "nothing changes" in with_gh.comments[1]["body"]


def test_the_action_does_not_comment_on_what_moves_nothing(
    with_gh: Action, repository: Path
) -> None:
    with_gh.comment(with_gh.placement(base="HEAD")["markdown"])
    text = Path(with_gh.temp / "hostnet-placement.md").read_text(encoding="utf-8")
    assert "- nothing changes\n" in text or with_gh.comments[1:]


def test_the_action_warns_and_goes_on_where_it_may_not_comment(
    with_gh: Action, tmp_path: Path
) -> None:
    (with_gh.temp / "gh").write_text("#!/bin/sh\necho HTTP 403 >&2\nexit 1\n")
    report = tmp_path / "report.md"
    report.write_text("- 1 workload newly lands on hz\n", encoding="utf-8")
    with_gh.comment(str(report))
    log = (with_gh.temp / "log").read_text(encoding="utf-8")
    assert log.startswith("::warning title=hostnet-transform::")
    assert "pull-requests: write" in log


def test_the_action_asks_for_no_permission_unless_it_is_to(action: Action) -> None:
    assert action.defaults["placement"] == action.defaults["comment"] == "false"
    for name in ("placement", "comment"):
        assert f"inputs.{name} == 'true'" in action.steps[name]["if"]
        assert action.steps[name]["if"].startswith("always() && ")
    assert "github.event.pull_request" in action.steps["comment"]["if"]


def test_the_action_fails_as_placement_does_if_nothing_else_failed(action: Action) -> None:
    assert action.run("result", STATUS="0", PLACEMENT="1") == 1
    assert action.run("result", STATUS="1", PLACEMENT="3") == 1
    assert action.run("result", STATUS="0", PLACEMENT="0") == 0


@pytest.mark.slow
@only_in_ci
def test_the_action_installs_the_tool_from_its_own_checkout(action: Action) -> None:
    shutil.rmtree(action.temp / "hostnet")
    if action.run("install", PYTHON=sys.executable) != 0:
        pytest.fail("the action's environment cannot be made: a package cannot be fetched")
    assert action.validate()["status"] == "1"
    assert sorted(action.found()) == ["HN311", "HN406", "HN426"]


def test_the_workflow_in_the_document_fits_the_action(action: Action) -> None:
    text = (INTEGRATIONS / "github" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```\n", text, re.MULTILINE | re.DOTALL)
    workflow = yaml.safe_load(block)
    checkout, ours = workflow["jobs"]["validate"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0}
    assert ours["with"].keys() <= action.defaults.keys()
    assert workflow["permissions"]["security-events"] == "write"
    assert workflow["permissions"]["pull-requests"] == "write"
    assert ours["with"]["comment"] is True
    for name in action.defaults:
        assert f"| `{name}` |" in text


def test_the_documented_commands_for_github_run(checkout: Path) -> None:
    (printed,) = documented("github", checkout)
    assert printed.count("::error ") == 2

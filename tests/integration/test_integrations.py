"""The folders under `integrations/`: what they hold is run as its host would run it.

Helm, GitHub and GitLab have files of their own. No test runs Argo CD, Flux or kpt themselves.
"""

import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.integration.cli_runs import Run, invoke
from tests.integration.example_checkout import documented, make_wrong
from tests.integration.shell_blocks import INTEGRATIONS, run_block, shell_blocks
from tests.manifests import guarded
from tests.requirements import require_go_tool, require_tool

DOCUMENTS = sorted(INTEGRATIONS.glob("*/README.md"))
NOT_HERE = ("kpt ", "flux ")
"""Programs that no test has."""

CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_commands_that_can_run_here_are_marked_as_tests(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 90
    for found in re.finditer(r"(.*)\n```sh\n(.*)", text):
        assert found[1].startswith("<!-- test: ") or found[2].startswith(NOT_HERE), found[2]


@pytest.mark.parametrize("document", [INTEGRATIONS / "README.md", *DOCUMENTS], ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)", document.read_text(encoding="utf-8")):
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

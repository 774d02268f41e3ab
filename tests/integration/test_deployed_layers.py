"""What objects of Flux and Argo CD change in what they deploy: findings, identities, builds."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.test_patched_sources import HOST, POOL, deployment, git, reported, write
from tests.requirements import require_tool

WITHOUT = "(without the patch in ks.yaml, Kustomization/app)"
WARNING, ERROR = [("HN401", "warning")], [("HN401", "error")]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(pools=POOL)


def flux(path: str = "./app", name: str = "app", **spec: Any) -> str:
    """Return a Kustomization of Flux."""
    value = {"apiVersion": "kustomize.toolkit.fluxcd.io/v1", "kind": "Kustomization"}
    return json.dumps(value | {"metadata": {"name": name}, "spec": {"path": path, **spec}})


def argo(path: str = "app", kind: str = "Application", namespace: str = "", **source: Any) -> str:
    """Return an Application of Argo CD, or an ApplicationSet."""
    spec = {"source": {"path": path, **source}, "destination": {"namespace": namespace}}
    spec = spec if kind == "Application" else {"template": {"spec": spec}}
    value = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": {"name": "app"}}
    return json.dumps(value | {"spec": spec})


def patches(name: str = "till") -> list[Any]:
    return [{"patch": HOST, "target": {"kind": "Deployment", "name": name}}]


def rules(*arguments: str, status: int = 0) -> list[tuple[str, str]]:
    return [found[:2] for found in reported(*arguments, status=status)]


def test_a_patch_of_flux_makes_findings_milder_and_is_named() -> None:
    write(app__till=deployment(), app__kustomization="resources: [till.yaml]")
    write(ks=flux())
    assert rules(".", status=1) == ERROR
    write(ks=flux(patches=patches()))
    ((_, severity, message),) = reported("--fail-on", "warning", ".")
    assert severity == "warning"
    assert message.endswith(WITHOUT)
    write(ks=flux(patches=patches("other")))
    assert rules(".", status=1) == ERROR


def test_without_a_kustomization_flux_takes_every_manifest_below() -> None:
    write(app__a__b__till=deployment(), ks=flux(patches=patches()))
    assert rules(".") == WARNING
    write(app__a__kustomization="resources: [other.yaml]", app__a__other=deployment("other"))
    assert rules(".", status=1) == [*ERROR, *ERROR]
    write(app__a__kustomization="resources: [other.yaml, b/till.yaml]")
    assert sorted(rules(".", status=1)) == [*ERROR, *WARNING]


@pytest.mark.parametrize("options", [["."], ["--build", "."]])
def test_an_overlay_below_a_deployment_passes_its_base_on(options: list[str]) -> None:
    require_tool("kubectl")
    write(base__till=deployment(), base__kustomization="resources: [till.yaml]")
    write(app__kustomization="{resources: [../base], namePrefix: a-}", ks=flux(patches=patches()))
    assert rules(*options) == WARNING
    write(ks=flux(patches=patches("a-till")))  # it is not called so before the layer is done
    assert rules(*options, status=1) == ERROR


@pytest.mark.parametrize("kind", ["Application", "ApplicationSet"])
def test_argo_cd_patches_a_kustomization(kind: str) -> None:
    write(app__till=deployment(), app__kustomization="resources: [till.yaml]")
    write(apps=argo(kind=kind, kustomize={"patches": patches()}))
    ((_, severity, message),) = reported(".")
    assert severity == "warning"
    assert message.endswith(f"(without the patch in apps.yaml, {kind}/app)")
    write(apps=argo("{{path}}", kind, kustomize={"patches": patches()}))
    assert rules(".", status=1) == ERROR


def test_a_file_that_an_application_names_as_a_patch_is_one() -> None:
    write(app__till=deployment(), app__kustomization="resources: [till.yaml]")
    write(app__part=deployment().replace("containers", "other"))
    assert rules(".", status=1) == [*ERROR, *ERROR]
    write(apps=argo(kustomize={"patches": [{"path": "part.yaml", "target": {"name": "till"}}]}))
    ((_, severity, message),) = reported(".")
    assert severity == "warning"
    assert message.endswith("(without the patch in app/part.yaml)")


def test_objects_that_get_different_namespaces_are_not_the_same() -> None:
    host = deployment().replace("nodeSelector", "hostNetwork: true\n      nodeSelector")
    write(a__till=host, b__till=host, ks=f"{flux('a', 'a')}\n---\n{flux('b', 'b')}")
    assert rules(".") == [("HN107", "warning")]
    moved = flux("a", "a", targetNamespace="a"), flux("b", "b", targetNamespace="b")
    write(ks="\n---\n".join(moved))
    assert reported(".") == []
    write(b__till=host.replace("name: till", "name: till, namespace: a", 1), ks=moved[0])
    assert rules(".") == [("HN107", "warning")]
    write(ks=flux("a", "a", namePrefix="x-", targetNamespace="a"))
    assert reported(".") == []
    write(ks=argo("a", namespace="a"))
    assert rules(".") == [("HN107", "warning")]


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec: {podSelector: {}}
"""
SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: till}
spec: {externalTrafficPolicy: Local, type: NodePort, selector: {app: till}, ports: [{port: 80}]}
"""


@pytest.mark.parametrize("by", ["flux", "argo", "kustomize"])
def test_policies_and_services_meet_pods_of_their_namespace_only(by: str) -> None:
    host = deployment().replace("nodeSelector", "hostNetwork: true\n      nodeSelector")
    write(a__till=host, b__policy=POLICY, b__service=SERVICE)
    both = [("HN407", "warning"), ("HN423", "info")]

    def move(folder: str, namespace: str) -> None:
        if by == "kustomize":
            files = [path.name for path in Path(folder).iterdir() if path.stem != "kustomization"]
            value = {"resources": files, "namespace": namespace}
            write(**{f"{folder}__kustomization": json.dumps(value)})
        else:
            moved = flux(folder, folder, targetNamespace=namespace)
            text = moved if by == "flux" else argo(folder, namespace=namespace)
            write(**{f"ks-{folder}": text})

    assert sorted(rules(".")) == both
    move("a", "a")
    move("b", "b")
    assert reported(".") == []
    move("b", "a")
    assert sorted(rules(".")) == both


def test_what_is_built_still_lacks_these_patches() -> None:
    require_tool("kubectl")
    write(app__till=deployment(), app__kustomization="resources: [till.yaml, ../x]")
    write(x__x=deployment("x"), x__kustomization="{resources: [x.yaml], namePrefix: my-}")
    write(ks=flux(patches=[*patches(), *patches("my-x")]))
    for one in reported("--build", "."):
        assert one[:2] == ("HN401", "warning")
        assert f"{WITHOUT} (as built by app/kustomization.yaml)" in one[2]
    write(ks=flux(patches=patches()))
    assert sorted(rules("--build", ".", status=1)) == [*ERROR, *WARNING]
    write(ks=flux(".//app/../", patches=patches()))
    assert rules("--build", ".", status=1) == [*ERROR, *ERROR]


def test_what_is_built_is_in_the_namespace_of_its_deployment() -> None:
    require_tool("kubectl")
    host = deployment().replace("nodeSelector", "hostNetwork: true\n      nodeSelector")
    write(a__till=host, a__kustomization="resources: [till.yaml]")
    write(b__policy=POLICY, b__service=SERVICE)
    write(b__kustomization="resources: [policy.yaml, service.yaml]")
    assert sorted(rules("--build", ".")) == [("HN407", "warning"), ("HN423", "info")]
    write(ks=flux("a", targetNamespace="a"), app=argo("b", namespace="b"))
    assert reported("--build", ".") == []


@pytest.fixture
def _repository(monkeypatch: pytest.MonkeyPatch) -> None:
    require_tool("git")
    for name in [name for name in os.environ if name.startswith(("GIT", "PRE_COMMIT"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    git("init", "-q")


@pytest.mark.usefixtures("_repository")
def test_paths_are_relative_to_the_top_of_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    write(k__pools=POOL, k__ks=flux("./k/app", patches=patches()), k__app__till=deployment())
    monkeypatch.chdir("k")
    assert rules(".") == WARNING
    write(ks=flux("./app", patches=patches()))
    assert rules(".", status=1) == ERROR


def test_without_a_repository_paths_are_relative_to_the_folder_that_is_validated() -> None:
    write(k__ks=flux("./app", patches=patches()), k__app__till=deployment())
    Path("pools.yaml").rename("k/pools.yaml")
    assert rules("k") == WARNING
    assert rules("k", "k/app") == WARNING
    assert rules(".", status=1) == ERROR
    assert rules("k/app", "k/pools.yaml", "k/ks.yaml", status=1) == ERROR


@pytest.mark.usefixtures("_repository")
def test_hooks_and_comparisons_know_the_deployments_of_the_repository() -> None:
    write(app__till=deployment(), ks=flux(patches=patches()))
    git("add", "--all")
    git("-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "m")
    write(app__till=deployment("till", labels=", new: label"))
    assert rules("--base", "HEAD", "app", "pools.yaml") == WARNING
    git("add", "--all")
    write(ks=flux())
    assert rules("--staged", "app", "pools.yaml") == WARNING
    assert invoke("hook", "validate", "app/till.yaml").status == 0
    git("add", "--all")
    assert rules("--staged", "app", "pools.yaml", status=1) == ERROR
    assert invoke("hook", "validate", "app/till.yaml").status == 1


def test_the_summary_counts_what_is_read_without_its_patches() -> None:
    write(base__pool=POOL.replace("hostNetwork: true", "hostNetwork: false"))
    write(base__kustomization="resources: [pool.yaml]", prod__host=POOL)
    write(prod__kustomization="{resources: [../base], patches: [{path: host.yaml}]}")
    write(app__till=deployment(), ks=flux(patches=patches()))
    Path("pools.yaml").unlink()
    text = invoke("validate", "-v", ".").out.decode()
    lines = text.splitlines()
    assert "1 patched pool or node (see --build)" in text
    assert (
        "  base/pool.yaml:1 patched pool or node NodePool/kiosks: it is read without the patch in"
        " prod/host.yaml: use --build"
    ) in lines
    assert "1 object patched by Flux or Argo CD (not applied)" in text
    assert (
        "  app/till.yaml:1 object patched by Flux or Argo CD Deployment/till: it is read without"
        " the patch in ks.yaml, Kustomization/app"
    ) in lines


@pytest.mark.parametrize("is_repository", [False, True])
def test_where_flux_decides_where_pods_run_the_source_is_not_edited(is_repository: bool) -> None:
    require_tool("kubectl")
    write(app__till=deployment(), app__kustomization="resources: [till.yaml]")
    write(flux__ks=flux(patches=patches()), other__kustomization="resources: [../app]")
    paths = ["."]
    if is_repository:
        Path(".git").mkdir()
        paths = ["app", "flux", "other", "pools.yaml"]
    options = ["--enable", "host-network-pods", *paths]
    run = invoke("placement", "--build", "--before-after", "--format", "json", *options)
    assert [one["after"] for one in json.loads(run.out)["workloads"]] == [[]]
    run = invoke("-w", *options)
    assert "is decided in flux/ks.yaml, Kustomization/app\n" in run.err
    assert Path("app/till.yaml").read_text() == deployment()

"""The plugin under real kustomize: kubectl with the legacy plugin, kustomize with the function.

What is judged is the built result, beside the same build without the plugin.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.integration.cli_runs import ROOT, invoke
from tests.requirements import require_go_tool, require_tool
from transformer import transform

EXAMPLES = ROOT / "kustomize-plugin/examples"

FUNCTION = """\
  annotations:
    config.kubernetes.io/function: |
      exec: {path: hostnet-transform}
"""

CHANGED = {
    "DaemonSet/prod-kube-flannel-ds",
    "Deployment/prod-coredns",
    "Deployment/prod-cart",
    "CronJob/prod-report",
    "Node/kiosk-1",
}
"""What of the examples the plugin has to edit, by hand."""


class Host(NamedTuple):
    """A way to run kustomize: the command, and what stands in the metadata of our objects."""

    command: list[str]
    options: list[str]
    metadata: str
    example: str

    def build(
        self, folder: Path, *, with_plugin: bool = True, **env: str
    ) -> subprocess.CompletedProcess[str]:
        """Run it on a folder, with the tool under test on PATH."""
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        home = {"KUSTOMIZE_PLUGIN_HOME": str(ROOT / "kustomize-plugin")}
        return subprocess.run(
            [*self.command, str(folder), *(self.options if with_plugin else [])],
            env={**os.environ, **home, "PATH": path, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def built(self, folder: Path, *, with_plugin: bool = True) -> str:
        """Return what it builds."""
        done = self.build(folder, with_plugin=with_plugin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def object(self, kind: str, spec: str = "{}") -> str:
        """Return an object of ours, in this host's way."""
        return (
            f"apiVersion: transform.hostnet.io/v1alpha1\nkind: {kind}\n"
            f"metadata:\n  name: hostnet\n{self.metadata}spec: {spec}\n"
        )


@pytest.fixture(params=["legacy plugin", "KRM function"], scope="module")
def host(request: pytest.FixtureRequest) -> Host:
    if request.param == "legacy plugin":
        kubectl = [require_tool("kubectl"), "kustomize"]
        return Host(kubectl, ["--enable-alpha-plugins"], "", "legacy")
    kustomize = [require_go_tool("kustomize"), "build"]
    return Host(kustomize, ["--enable-alpha-plugins", "--enable-exec"], FUNCTION, "function")


@pytest.fixture
def examples(tmp_path: Path) -> Path:
    """Return a copy of the examples."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "examples"))


@pytest.fixture(scope="module")
def plain(host: Host, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is built of the examples without the plugin."""
    examples = Path(shutil.copytree(EXAMPLES, tmp_path_factory.mktemp("plain") / "examples"))
    return host.built(overlay(examples / "plain"), with_plugin=False)


@pytest.fixture(scope="module")
def built(host: Host) -> str:
    """What is built of the examples with the plugin."""
    return host.built(EXAMPLES / host.example)


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def overlay(
    folder: Path,
    *,
    resources: str = "[../prod, ../cluster]",
    transformers: str = "[]",
    validators: str = "[]",
    more: str = "",
) -> Path:
    """Write a kustomization, and return its folder."""
    lists = f"transformers: {transformers}\nvalidators: {validators}\n"
    write(folder / "kustomization.yaml", f"resources: {resources}\n{lists}{more}")
    return folder


def objects(built: str) -> dict[str, Any]:
    """Return what was built, by kind and name."""
    found = {}
    for value in yaml.safe_load_all(built):
        name = f"{value['kind']}/{value['metadata']['name']}"
        assert name not in found
        found[name] = value
    return found


def is_subsequence(lines: list[str], other: list[str]) -> bool:
    remaining: Iterator[str] = iter(other)
    return all(line in remaining for line in lines)


def guarded(value: Any) -> bool:
    return "NotIn" in str(value) and "nodepool.openyurt.io/hostnetwork" in str(value)


# --- the examples -------------------------------------------------------------------------------


def test_the_build_differs_by_the_requirement_and_nothing_else(plain: str, built: str) -> None:
    before, after = objects(plain), objects(built)
    assert len(before) >= 12
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == CHANGED
    assert is_subsequence(plain.splitlines(), built.splitlines())
    assert after == objects(transform(plain.encode()).data.decode())
    assert "kustomize.config.k8s.io" not in built
    assert "config.kubernetes.io" not in built


def test_names_with_a_prefix_and_a_hash_are_still_referred_to(built: str) -> None:
    after = objects(built)
    (cart,) = after["Deployment/prod-cart"]["spec"]["template"]["spec"]["containers"]
    settings = cart["envFrom"][0]["configMapRef"]["name"]
    assert settings.startswith("prod-shop-settings-")
    assert f"ConfigMap/{settings}" in after
    assert cart["image"] == "example.com/cart:1.5"
    assert after["Deployment/prod-cart"]["spec"]["replicas"] == 3


def test_a_prefixed_component_in_another_namespace_is_recognised(
    host: Host, tmp_path: Path, examples: Path
) -> None:
    write(tmp_path / "net/network.yaml", (examples / "base/network.yaml").read_text())
    layer = overlay(
        tmp_path / "net",
        resources="[network.yaml]",
        more="namespace: edge-net\nnamePrefix: dev-\nnameSuffix: -b\n",
    )
    top = overlay(tmp_path / "top", resources="[../net]", transformers="[hostnet.yaml]")
    write(top / "hostnet.yaml", host.object("HostnetTransform"))
    plain, after = objects(host.built(layer, with_plugin=False)), objects(host.built(top))
    assert plain.keys() == after.keys()
    flannel = after["DaemonSet/dev-kube-flannel-ds-b"]
    assert flannel["metadata"]["namespace"] == "edge-net"
    assert guarded(flannel)
    assert guarded(after["Deployment/dev-coredns-b"])


def test_base_overlay_patch_prefix_and_namespace_together(host: Host, examples: Path) -> None:
    prod = examples / "prod/kustomization.yaml"
    gone = '- patch: "{apiVersion: v1, kind: Namespace, metadata: {name: NAME}, $patch: delete}"\n'
    patches = "".join(gone.replace("NAME", name) for name in ("shop", "kube-flannel"))
    prod.write_text(f"{prod.read_text()}{patches}namespace: edge-net\n")
    plain = host.built(overlay(examples / "plain"), with_plugin=False)
    built = host.built(examples / host.example)
    before, after = objects(plain), objects(built)
    assert list(before) == list(after)
    assert len(after) >= 12
    assert {name for name in before if before[name] != after[name]} == CHANGED
    assert is_subsequence(plain.splitlines(), built.splitlines())
    places = {value["metadata"].get("namespace") for value in after.values()}
    assert places == {"edge-net", None}
    (cart,) = after["Deployment/prod-cart"]["spec"]["template"]["spec"]["containers"]
    assert f"ConfigMap/{cart['envFrom'][0]['configMapRef']['name']}" in after


def test_a_second_layer_with_the_plugin_changes_nothing_more(
    host: Host, built: str, examples: Path
) -> None:
    again = overlay(
        examples / "again", resources=f"[../{host.example}]", transformers="[hostnet.yaml]"
    )
    write(again / "hostnet.yaml", host.object("HostnetTransform"))
    assert host.built(again) == built


# --- validators ---------------------------------------------------------------------------------


def test_a_failing_validator_fails_the_build_with_our_message(host: Host, examples: Path) -> None:
    folder = overlay(examples / "bad", validators="[validate.yaml]")
    write(folder / "validate.yaml", host.object("HostnetValidate"))
    done = host.build(folder)
    assert done.returncode != 0
    assert "error[HN406]" in done.stderr
    assert "error[HN311]" in done.stderr
    assert done.stdout == ""


def listed(folder: Path, text: str, form: str) -> str:
    """Write what takes an object of ours to be listed in this form; return the list."""
    value = yaml.safe_load(text)
    if form == "inline":
        indented = "".join(f"    {line}\n" for line in text.splitlines())
        return f"\n- |-\n{indented}"
    if form == "inline in one line":
        return json.dumps([json.dumps(value)])
    if form == "list":
        items = {"apiVersion": "v1", "kind": "List", "items": [value]}
        write(folder / "in.yaml", json.dumps(items))
        return "[in.yaml]"
    write(folder / "in/object.yaml", text)
    if form == "folder":
        write(folder / "in/kustomization.yaml", "resources: [object.yaml]\n")
    elif form == "component":
        component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        write(folder / "in/deep/kustomization.yaml", f"{component}resources: [../object.yaml]\n")
        write(folder / "in/kustomization.yaml", "components: [deep]\n")
        shutil.move(folder / "in/object.yaml", folder / "in/deep/object.yaml")
        write(folder / "in/deep/kustomization.yaml", f"{component}resources: [object.yaml]\n")
    return "[in/object.yaml]" if form == "file" else "[in]"


FORMS = ["file", "inline", "inline in one line", "list", "folder", "component"]
PASSING = "{rules: {HN406: off, HN311: off}}"


@pytest.mark.parametrize("form", FORMS)
def test_a_validator_that_passes_keeps_everything(
    host: Host, plain: str, examples: Path, form: str
) -> None:
    folder = examples / "valid"
    text = host.object("HostnetValidate", PASSING)
    overlay(folder, validators=listed(folder, text, form))
    assert host.built(folder) == plain


@pytest.mark.parametrize("form", FORMS)
def test_in_both_lists_it_deletes_nothing_in_silence(
    host: Host, plain: str, examples: Path, form: str
) -> None:
    folder = examples / "both"
    text = host.object("HostnetValidate", PASSING)
    overlay(folder, validators="[validate.yaml]", transformers=listed(folder, text, form))
    write(folder / "validate.yaml", text)
    done = host.build(folder)
    assert done.returncode != 0 or objects(done.stdout) == objects(plain)


def test_a_validator_among_the_transformers_deletes_nothing(
    host: Host, plain: str, examples: Path
) -> None:
    folder = overlay(examples / "wrong", transformers="[validate.yaml]")
    rules = "{rules: {HN406: off, HN311: off}}"
    write(folder / "validate.yaml", host.object("HostnetValidate", rules))
    assert objects(host.built(folder)) == objects(plain)


# --- configuration, and errors ------------------------------------------------------------------


def test_pools_of_a_sibling_folder_are_found_from_the_kustomization(
    host: Host, examples: Path
) -> None:
    write(examples / "nodes/nodes.yaml", (examples / "cluster/nodes.yaml").read_text())
    folder = overlay(examples / "nodes", resources="[nodes.yaml]", transformers="[hostnet.yaml]")
    spec = "{pools: [../cluster/pools.yaml]}"
    write(folder / "hostnet.yaml", host.object("HostnetTransform", spec))
    after = objects(host.built(folder))
    labels = after["Node/kiosk-1"]["metadata"]["labels"]
    assert labels["nodepool.openyurt.io/hostnetwork"] == "true"


def test_an_error_in_a_manifest_fails_the_build_with_our_message(
    host: Host, examples: Path
) -> None:
    shop = examples / "base/shop.yaml"
    shop.write_text(shop.read_text().replace('pool: "true"', 'pool: "True"'))
    done = host.build(examples / host.example)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "error[HN403]" in done.stderr
    assert "prod-cart" in done.stderr


def test_a_wrong_configuration_fails_the_build_with_our_message(host: Host, examples: Path) -> None:
    folder = overlay(examples / "typo", transformers="[hostnet.yaml]")
    write(folder / "hostnet.yaml", host.object("HostnetTransform", "{strickt: true}"))
    done = host.build(folder)
    assert done.returncode != 0
    assert 'unknown key "strickt" in spec' in done.stderr
    assert 'did you mean "strict"?' in done.stderr


def test_the_report_is_in_a_file_where_the_environment_names_one(
    host: Host, examples: Path, tmp_path: Path
) -> None:
    file = tmp_path / "report.json"
    folder = overlay(examples / "only", transformers="[hostnet.yaml]")
    write(folder / "hostnet.yaml", host.object("HostnetTransform"))
    assert host.build(folder, HOSTNET_REPORT_FILE=str(file)).returncode == 0
    assert '"rule": "pod-guard"' in file.read_text()


def test_a_legacy_plugin_looks_at_no_configuration_file(examples: Path) -> None:
    host = Host([require_tool("kubectl"), "kustomize"], ["--enable-alpha-plugins"], "", "legacy")
    write(examples / ".hostnet-transform.yaml", "a broken one: [")
    assert host.build(examples / "legacy").returncode == 0


def test_a_legacy_plugin_takes_words_of_the_command_line(examples: Path) -> None:
    host = Host([require_tool("kubectl"), "kustomize"], ["--enable-alpha-plugins"], "", "legacy")
    folder = overlay(examples / "words", transformers="[hostnet.yaml]")
    words = "argsOneLiner: --disable pod-guard --disable node-label\n"
    write(folder / "hostnet.yaml", host.object("HostnetTransform") + words)
    after = objects(host.built(folder))
    assert guarded(after["Deployment/prod-coredns"])
    assert not guarded(after["Deployment/prod-cart"])


# --- traps --------------------------------------------------------------------------------------


def test_kubectl_skips_functions_without_a_word_and_the_guard_catches_it() -> None:
    kubectl = [require_tool("kubectl"), "kustomize", str(EXAMPLES / "function")]
    done = subprocess.run(
        [*kubectl, "--enable-alpha-plugins"], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0
    assert not guarded(done.stdout)
    assert invoke("--check", stdin=done.stdout).status == 1


def test_with_the_settings_of_the_object_the_guard_catches_what_they_change(
    examples: Path,
) -> None:
    folder = overlay(examples / "nodes", resources="[nodes.yaml]", transformers="[hostnet.yaml]")
    write(folder / "nodes.yaml", (examples / "cluster/nodes.yaml").read_text())
    host = Host([require_tool("kubectl"), "kustomize"], ["--enable-alpha-plugins"], FUNCTION, "")
    spec = "{pools: [../cluster/pools.yaml]}"
    config = write(folder / "hostnet.yaml", host.object("HostnetTransform", spec))
    skipped = host.built(folder)
    assert invoke("--check", "--config", config, stdin=skipped.encode()).status == 1


def test_the_guard_passes_what_the_plugin_has_built(built: str) -> None:
    assert invoke("--check", stdin=built.encode()).status == 0


# --- installing the legacy plugin ---------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "it's a home"
    monkeypatch.setenv("KUSTOMIZE_PLUGIN_HOME", str(folder))
    return folder


def test_install_puts_plugins_where_kustomize_finds_them(home: Path, examples: Path) -> None:
    run = invoke("kustomize", "install")
    assert run.status == 0
    paths = [Path(line) for line in run.out.decode().splitlines()]
    assert [path.name for path in paths] == ["HostnetTransform", "HostnetValidate"]
    assert all(path.is_relative_to(home) and os.access(path, os.X_OK) for path in paths)
    assert invoke("kustomize", "install").out == run.out
    kubectl = [require_tool("kubectl"), "kustomize", str(examples / "legacy")]
    (examples / "legacy/json.py").write_text("raise ImportError('not from here')\n")
    done = subprocess.run(
        [*kubectl, "--enable-alpha-plugins"],
        env={**os.environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert guarded(done.stdout)


def test_install_replaces_nothing_of_others(home: Path) -> None:
    other = write(home / "transform.hostnet.io/v1alpha1/hostnettransform/HostnetTransform", "x")
    run = invoke("kustomize", "install")
    assert run.status == 2
    assert "another file exists already" in run.err
    assert other.read_text() == "x"
    assert invoke("kustomize", "install", "--force").status == 0
    assert other.read_text() != "x"


def test_install_says_what_to_do_about_a_folder_in_its_place(home: Path) -> None:
    place = home / "transform.hostnet.io/v1alpha1/hostnettransform"
    (place / "HostnetTransform").mkdir(parents=True)
    for options in ((), ("--force",)):
        run = invoke("kustomize", "install", *options)
        assert run.status == 2
        assert "a folder exists" in run.err
    assert [path.name for path in place.iterdir()] == ["HostnetTransform"]


def test_the_installed_plugin_is_ours_whatever_the_environment_says(
    home: Path, examples: Path, tmp_path: Path
) -> None:
    assert home
    invoke("kustomize", "install")
    write(tmp_path / "other/transformer/__init__.py", "")
    write(tmp_path / "other/transformer/__main__.py", "")
    done = subprocess.run(
        [require_tool("kubectl"), "kustomize", "--enable-alpha-plugins", examples / "legacy"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / "other")},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert guarded(done.stdout)


def test_install_goes_where_the_option_says(tmp_path: Path, home: Path) -> None:
    invoke("kustomize", "install", "--home", tmp_path / "there")
    assert (tmp_path / "there/transform.hostnet.io").is_dir()
    assert not home.exists()


def test_a_link_to_the_program_is_a_plugin_too(home: Path, examples: Path) -> None:
    program = Path(sys.executable).with_name("hostnet-transform")
    for kind in ("HostnetTransform", "HostnetValidate"):
        link = home / "transform.hostnet.io/v1alpha1" / kind.lower() / kind
        link.parent.mkdir(parents=True)
        link.symlink_to(program)
    kubectl = [require_tool("kubectl"), "kustomize", str(examples / "legacy")]
    done = subprocess.run(
        [*kubectl, "--enable-alpha-plugins"], capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert guarded(done.stdout)

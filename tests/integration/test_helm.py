"""As a post-renderer of real Helm 3 and Helm 4: what is asked for is edited, and nothing else."""

import difflib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from tests.helm_binaries import HELM_3, HELM_4, helm
from tests.integration.cli_runs import environment, invoke, spawn
from tests.integration.shell_blocks import INTEGRATIONS, path_with, run_block, shell_blocks
from tests.manifests import guarded, joined, kept_off

CHART = INTEGRATIONS / "helm" / "chart"
PLUGIN = INTEGRATIONS / "helm" / "hostnet-transform"

RENDER = ("template", "shop", str(CHART))
OURS = ("--post-renderer", "hostnet-transform")
WRONG = ("--set-string", "keepOff=True")

DEPLOYMENT = ("Deployment", "shop-web")
HOOK = ("Job", "shop-migrate")
PROXY = ("DaemonSet", "kube-proxy")
SETTINGS = ("ConfigMap", "shop-settings")

GUARD = {
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {
                    "matchExpressions": [
                        {
                            "key": "nodepool.openyurt.io/hostnetwork",
                            "operator": "NotIn",
                            "values": ["true"],
                        }
                    ]
                }
            ]
        }
    }
}


class Helm(NamedTuple):
    """A release of Helm, with folders of its own."""

    program: Path
    folder: Path

    def __call__(self, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return subprocess.run(
            [self.program, *args],
            cwd=self.folder,
            env={**self.environment, **env},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @property
    def environment(self) -> dict[str, str]:
        """What keeps it from the user's own plugins and settings."""
        own = {
            f"HELM_{name}": str(self.folder / name.lower())
            for name in ("CONFIG_HOME", "CACHE_HOME", "DATA_HOME", "PLUGINS")
        }
        return environment(PATH=path_with(), HOSTNET_REPORT_FILE="", **own)

    def rendered(self, *args: str) -> str:
        """Return what it renders of our chart."""
        done = self(*RENDER, *args)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_plugin(self, folder: Path) -> None:
        """Put a plugin where it looks."""
        shutil.copytree(folder, self.folder / "plugins" / folder.name)


@pytest.fixture
def helm3(tmp_path: Path) -> Helm:
    return Helm(helm(HELM_3), tmp_path)


@pytest.fixture
def helm4(tmp_path: Path) -> Helm:
    ready = Helm(helm(HELM_4), tmp_path)
    ready.add_plugin(PLUGIN)
    return ready


@pytest.fixture(params=["helm3", "helm4"])
def either(request: pytest.FixtureRequest) -> Helm:
    found: Helm = request.getfixturevalue(request.param)
    return found


def objects(text: str) -> dict[tuple[str, str], Any]:
    """Return the objects of a stream by kind and name."""
    found = [value for value in yaml.safe_load_all(text) if value is not None]
    named = {(value["kind"], value["metadata"]["name"]): value for value in found}
    assert len(named) == len(found)
    return named


def take_guard(value: Any) -> Any:
    """Take the affinity out of the pod template of an object, and return it."""
    return value["spec"]["template"]["spec"].pop("affinity", None)


def inserted(before: str, after: str) -> list[str]:
    """Return the lines that `after` has more than `before`, which it must have whole."""
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    added: list[str] = []
    matcher = difflib.SequenceMatcher(None, *lines, autojunk=False)
    for tag, _, _, start, end in matcher.get_opcodes():
        assert tag in ("equal", "insert"), lines[1][start:end]
        if tag == "insert":
            added += lines[1][start:end]
    return added


@pytest.mark.slow
def test_both_are_what_they_are_called(tmp_path: Path) -> None:
    for version in (HELM_3, HELM_4):
        assert Helm(helm(version), tmp_path)("version", "--short").stdout.startswith(version)


@pytest.mark.parametrize(
    ("name", "guarded_ones"),
    [("helm3", {DEPLOYMENT, PROXY}), ("helm4", {DEPLOYMENT, PROXY, HOOK})],
    ids=["helm3", "helm4"],
)
def test_the_edits_are_made_and_nothing_else(
    name: str, guarded_ones: set[tuple[str, str]], request: pytest.FixtureRequest
) -> None:
    run: Helm = request.getfixturevalue(name)
    before, after = objects(run.rendered()), objects(run.rendered(*OURS))
    assert before.keys() == after.keys() == {DEPLOYMENT, PROXY, HOOK, SETTINGS}
    guards = {key: take_guard(after[key]) for key in (DEPLOYMENT, PROXY, HOOK)}
    assert {key for key, guard in guards.items() if guard == GUARD} == guarded_ones
    assert {key for key, guard in guards.items() if guard is not None} == guarded_ones
    assert before == after


def test_under_helm_3_no_byte_changes_outside_the_insertions(helm3: Helm) -> None:
    before, after = helm3.rendered(), helm3.rendered(*OURS)
    assert len(inserted(before, after)) == 2 * 9
    assert "labels: {app: web}   # flow style stays" in after


def test_under_helm_4_no_byte_differs_from_what_a_mere_copy_gives(helm4: Helm) -> None:
    copying = helm4.folder / "copy"
    copying.mkdir()
    plugin = (PLUGIN / "plugin.yaml").read_text(encoding="utf-8")
    text = plugin.replace("name: hostnet-transform", "name: copy")
    text = text.replace("command: hostnet-transform", "command: cat")
    (copying / "plugin.yaml").write_text(text, encoding="utf-8")
    helm4.add_plugin(copying)
    before, after = helm4.rendered("--post-renderer", "copy"), helm4.rendered(*OURS)
    assert len(inserted(before, after)) == 3 * 9
    assert "postrenderer.helm.sh" not in after


def test_hooks_that_helm_3_keeps_back_are_in_what_is_piped(helm3: Helm) -> None:
    rendered = helm3.rendered()
    run = invoke(stdin=rendered.encode())
    assert run.status == 0
    assert take_guard(objects(run.out.decode())[HOOK]) == GUARD
    assert len(inserted(rendered, run.out.decode())) == 3 * 9


def test_a_second_run_changes_nothing(helm4: Helm) -> None:
    once = helm4.rendered(*OURS)
    assert invoke(stdin=once.encode()).out.decode() == once


def test_helm_3_fails_and_shows_our_message(helm3: Helm) -> None:
    done = helm3(*RENDER, *OURS, *WRONG)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "error[HN403]: Deployment/shop-web: 'True' does not ask for the guard" in done.stderr
    assert 'help: write "true" or "false", in quotes' in done.stderr


def test_helm_4_fails_and_the_message_is_in_the_report(helm4: Helm) -> None:
    done = helm4(*RENDER, *OURS, *WRONG, HOSTNET_REPORT_FILE="hostnet.json")
    assert done.returncode == 1
    assert done.stdout.strip() == ""
    assert "HN403" not in done.stderr  # if it is one day, the README can say so
    assert 'plugin "hostnet-transform" exited with error' in done.stderr
    report = json.loads((helm4.folder / "hostnet.json").read_text(encoding="utf-8"))
    (finding,) = report["findings"]
    assert (finding["rule"], finding["severity"]) == ("HN403", "error")
    assert finding["object"]["name"] == "shop-web"
    assert "'True' does not ask for the guard" in finding["message"]


def test_a_mistake_in_an_option_fails_too(either: Helm) -> None:
    done = either(*RENDER, *OURS, "--post-renderer-args", "--enable=nonsense")
    assert done.returncode == 1
    assert done.stdout.strip() == ""


def test_the_configuration_in_the_working_folder_is_used(either: Helm) -> None:
    (either.folder / ".hostnet-transform.yaml").write_text(
        "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"
        "spec: {rules: {cni-isolation: false}}\n"
    )
    after = objects(either.rendered(*OURS))
    assert take_guard(after[PROXY]) is None
    assert take_guard(after[DEPLOYMENT]) == GUARD


def test_under_helm_4_nothing_leaves_before_all_is_decided() -> None:
    late = joined(guarded(), guarded("other").replace(b'"true"', b'"True"'))
    inside = {"HELM_PLUGIN_NAME": "hostnet-transform"}
    outside = spawn(stdin=late, env={"HELM_PLUGIN_NAME": ""})
    assert (outside.status, outside.out) == (1, joined(kept_off(), late.split(b"---\n")[1]))
    held = spawn(stdin=late, env=inside)
    assert (held.status, held.out) == (1, b"")
    assert "nothing is printed, because something failed" in held.err
    assert spawn(stdin=guarded(), env=inside).out == kept_off()
    assert spawn("--diff", stdin=late, env=inside).out.startswith(b"--- ")


@pytest.mark.parametrize(("mark", "version"), [("helm3", HELM_3), ("helm4", HELM_4)])
def test_the_documented_commands_run(mark: str, version: str, tmp_path: Path) -> None:
    shutil.copytree(INTEGRATIONS / "helm", tmp_path / "integrations" / "helm")
    run = Helm(helm(version), tmp_path)
    blocks = shell_blocks(INTEGRATIONS / "helm" / "README.md")
    assert {block.mark for block in blocks} == {"helm3", "helm4", "both"}
    for block in blocks:
        if block.mark in (mark, "both"):
            env = {**run.environment, "HELM_PLUGINS": str(tmp_path / "data_home" / "plugins")}
            done = run_block(block.text, tmp_path, run.program.parent, env=env)
            assert done.returncode == 0, (block.text, done.stderr)
            assert "nodepool.openyurt.io/hostnetwork" in done.stdout
    assert json.loads((tmp_path / "hostnet.json").read_bytes())["findings"] == []
    prepared = objects((tmp_path / "prepared.yaml").read_text(encoding="utf-8"))
    assert take_guard(prepared[HOOK]) == GUARD

"""The single file that `make pyz` builds: it runs without anything installed, in every role."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT
from tests.manifests import guarded, kept_off
from tests.requirements import require_go_tool, require_tool

pytestmark = [pytest.mark.slow, only_in_ci]


@pytest.fixture(scope="module")
def pyz(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file; in the folder beside it there is nothing else."""
    require_tool("shiv")
    file = tmp_path_factory.mktemp("bin") / "hostnet-transform.pyz"
    done = subprocess.run(
        [require_tool("make"), "--silent", "pyz", f"PYZ={file}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return file


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which our Python is found, and no package of it."""
    programs = home / "programs"
    programs.mkdir(exist_ok=True)
    (programs / "python3").unlink(missing_ok=True)
    (programs / "python3").symlink_to(Path(sys.base_prefix) / "bin/python3")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return {**kept, "HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin", **more}


def test_it_is_a_filter(pyz: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [pyz], input=guarded(), capture_output=True, env=environment(tmp_path), check=False
    )
    assert (done.returncode, done.stdout) == (0, kept_off()), done.stderr
    version = subprocess.run(
        [pyz, "--version"], capture_output=True, text=True, env=environment(tmp_path), check=True
    )
    assert version.stdout.startswith("hostnet-transform 0.")


def test_it_validates_by_its_own_schemas_on_several_processors(pyz: Path, tmp_path: Path) -> None:
    text = b"apiVersion: apps.openyurt.io/v1beta2\nkind: NodePool\nmetadata: {name: p}\n"
    text += (
        b"spec: {hostnetwork: true}\n"
        + b"---\n"
        + b"---\n".join(guarded(f"web-{number}") for number in range(2000))
    )
    done = subprocess.run(
        [pyz, "validate", "--format", "github"],
        input=text,
        capture_output=True,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert b"HN101" in done.stdout


def test_it_is_a_function_that_lies_in_the_repository(pyz: Path, tmp_path: Path) -> None:
    kustomize = require_go_tool("kustomize")
    examples = shutil.copytree(ROOT / "kustomize-plugin/examples", tmp_path / "examples")
    shutil.copy(pyz, examples / "function/tool.pyz")
    for name in ("hostnet.yaml", "validate.yaml"):
        file = examples / "function" / name
        file.write_text(file.read_text().replace("path: hostnet-transform", "path: ./tool.pyz"))
    done = subprocess.run(
        [kustomize, "build", "--enable-alpha-plugins", "--enable-exec", examples / "function"],
        capture_output=True,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"NotIn" in done.stdout


def test_it_installs_itself_as_the_legacy_plugin(pyz: Path, tmp_path: Path) -> None:
    kubectl = require_tool("kubectl")
    home = tmp_path / "plugins"
    env = environment(tmp_path, KUSTOMIZE_PLUGIN_HOME=str(home))
    subprocess.run([pyz, "kustomize", "install"], env=env, check=True, capture_output=True)
    done = subprocess.run(
        [
            *(kubectl, "kustomize", "--enable-alpha-plugins"),
            ROOT / "kustomize-plugin/examples/legacy",
        ],
        capture_output=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"NotIn" in done.stdout

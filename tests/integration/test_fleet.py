"""`fleet`: each line says what a command says in a checkout, whatever is wrong with the others."""

import json
import os
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from tests.effort import tried
from tests.integration.cli_runs import ROOT, invoke
from tests.integration.fleets import bare, checkout, fleet, git, lines, site, write
from tests.manifests import guarded, joined, kept_off, node, pool
from transformer.config.package_data import schemas

MODES = {
    "validate": ("--validate", ("validate", "--quiet", "--format", "json")),
    "check": ("--check", ("--check", "--report", "json")),
    "placement": ("--placement", ("placement", "--quiet", "--format", "json")),
}
CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec:\n"
SPECS = (
    "  strict: true\n",
    "  rules: {HN402: warning, pod-guard: false}\n",
    "  exclude: ['*1*']\n",
    "  scopes: ['*']\n",
    "  ignore: [{rules: [HN402], file: '*', reason: known, until: 2099-01-01}]\n",
    "  pools: [odd.txt]\n",
    "  baseline: known.findings\n",
    "  onInvalid: pass\n",
    "  nonsense: true\n",
    "",
)
BASELINE = b"""\
apiVersion: transform.hostnet.io/v1alpha1
kind: HostnetBaseline
spec: {findings: []}
"""


def random_files(source: random.Random) -> dict[str, bytes]:
    """Return files of this repository's examples, under other names, with a configuration."""
    every = sorted((ROOT / "testdata").rglob("*.yaml"))
    start = source.randrange(len(every) - 30)
    near = every[start : start + 30]
    chosen = source.sample(near, source.randrange(1, 12))
    files = {str(one.relative_to(ROOT / "testdata")): one.read_bytes() for one in chosen}
    files = {name: data for name, data in files.items() if not name.startswith(".")}
    if source.random() < 0.6:
        spec = "".join(source.sample(SPECS, source.randrange(1, 3)))
        files[".hostnet-transform.yaml"] = f"{CONFIG}{spec}".encode()
    files["odd.txt"] = pool("odd", host_network=True)
    files["known.findings"] = BASELINE
    files["charts/Chart.yaml"] = b"name: x\n"
    files["charts/templates/a.yaml"] = b"a: {{ b }}\n"
    return files


def in_checkout(
    mode: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, Any] | None]:
    """Return the exit status of a command in a checkout, and its report."""
    monkeypatch.chdir(folder)
    done = invoke(*MODES[mode][1], ".")
    text = done.err if mode == "check" else done.out.decode()
    start = text.find("{\n")
    return done.status, json.loads(text[start:]) if done.status < 2 or start == 0 else None


def test_lines_say_what_the_commands_say_in_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, source = tried(60), random.Random()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for index in range(number):
        bare(checkout(tmp_path / f"co/{index}", random_files(source)), tmp_path / f"{index}.git")
    for mode, (flag, _) in MODES.items():
        told = lines(fleet(flag, "--repos", "*.git", "--repos", "co/*", cwd=tmp_path))
        assert len(told) == 2 * number
        for index in range(number):
            status, report = in_checkout(mode, tmp_path / f"co/{index}", monkeypatch)
            for name in (f"{index}.git", f"co/{index}"):
                line = told[name]
                assert (line["status"], line["report"]) == (status, report), (mode, line["error"])


def test_lines_fit_their_schema(tmp_path: Path) -> None:
    checkout(tmp_path / "site", site())
    every = schemas()
    registry: Registry[Any] = Registry().with_resources(
        (one["$id"], Resource.from_contents(one)) for one in every.values() if "$id" in one
    )
    schema = Draft202012Validator(every["fleet"], registry=registry)
    modes = [(flag,) for flag, _ in MODES.values()]
    for mode in (*modes, ("--patch-dir", "patches")):
        done = fleet(*mode, "--repos", "s*", "--repos", "-", cwd=tmp_path, stdin=b"none\n")
        for line in lines(done).values():
            schema.validate(line)

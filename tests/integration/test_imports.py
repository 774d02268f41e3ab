"""What the hot path imports: a filter over one manifest shall start fast."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli_runs import environment
from tests.manifests import guarded

HEAVY = (
    "argparse",
    "asyncio",
    "concurrent",
    "email",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "jsonschema",
    "logging",
    "multiprocessing",
    "pathspec",
    "random",
    "referencing",
    "ruamel",
    "shutil",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "traceback",
    "unittest",
    "urllib.request",
    "xml",
    "zipfile",
    "transformer.report.as_diff",
    "transformer.report.as_patches",
    "transformer.patch.rewrite",
)

PROGRAM = """
import json, sys
from transformer.cli.main import run
status = run({args!r})
sys.stdout.flush()
json.dump([status, sorted(sys.modules)], sys.stderr)
"""


def imported(*args: str, stdin: bytes = b"") -> set[str]:
    """Return the modules that a run has imported."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(args=["-q", *args] if stdin else list(args))],
        input=stdin,
        capture_output=True,
        env={
            name: value
            for name, value in environment().items()
            if not name.startswith("COVERAGE_")  # whatever measures would be imported too
        },
        check=True,
        timeout=60,
    )
    status, modules = json.loads(done.stderr)
    assert status == 0
    return set(modules)


@pytest.fixture(scope="module")
def hot_path() -> set[str]:
    return imported(stdin=guarded())


@pytest.mark.parametrize("module", HEAVY)
def test_a_filter_imports_nothing_heavy(hot_path: set[str], module: str) -> None:
    assert [name for name in hot_path if name == module or name.startswith(f"{module}.")] == []


def test_a_filter_imports_what_it_needs(hot_path: set[str]) -> None:
    assert {
        "click",
        "jsonpatch",
        "yaml._yaml",
        "transformer.pipeline.transform_document",
    } <= hot_path


def test_the_reader_of_the_version_is_imported_for_it_only() -> None:
    assert "importlib.metadata" in imported("--version")
    assert "importlib.metadata" not in imported("--help")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_what_reads_no_manifest_imports_the_command_line_only(option: str) -> None:
    folders = {name.split(".")[1] for name in imported(option) if name.startswith("transformer.")}
    assert folders <= {"cli", "system", "report"}
    assert "yaml" not in imported(option)


def test_no_format_is_imported_to_list_them() -> None:
    modules = imported("validate", "--help")
    assert "transformer.report.formats" in modules
    assert [name for name in modules if name.startswith("transformer.report.as_")] == []


def test_a_configuration_imports_what_reads_patterns_for_patterns_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = "{apiVersion: transform.hostnet.io/v1alpha1, kind: HostnetTransform, spec: {%s}}"
    monkeypatch.chdir(tmp_path)
    for spec, is_wanted in (("strict: true", False), ("exclude: [vendor]", True)):
        (tmp_path / ".hostnet-transform.yaml").write_text(head % spec)
        modules = imported(stdin=guarded())
        assert ("pathspec" in modules) == is_wanted
        assert "ruamel" not in modules

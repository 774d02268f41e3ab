"""What short runs import: over one manifest, `transform` and `validate` shall start fast."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.integration.cli_runs import environment
from tests.manifests import guarded

HEAVY = (
    "argparse",
    "asyncio",
    "concurrent",
    "decimal",
    "email",
    "fractions",
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
    "transformer.commands.init",
    "transformer.config.first_files",
    "transformer.config.validate_options",
    "transformer.inputs.git",
    "transformer.inputs.survey",
    "transformer.report.as_diff",
    "transformer.report.as_patches",
    "transformer.patch.rewrite",
)

NOT_TO_VALIDATE = ("jsonpatch", "transformer.patch", "transformer.commands.transform")
"""What `validate` imports only to fix or to build."""

FOR_YAML = ("yaml", "transformer.yamltree.compose", "transformer.yamltree.fast_load_yaml")
"""What the first document imports that is not everyday YAML, and the first check of an edit."""

FOR_EDITS = ("jsonpatch", "transformer.patch.splice", "transformer.patch.placement")
"""What the first edit imports."""

DATACLASSES = {
    "Options": "those of the commands share options",
    "TransformOptions": "as above",
    "ValidateOptions": "as above",
    "Described": "manifests and pod templates share properties",
    "Manifest": "as above",
    "PodTemplate": "as above",
    "RuleContext": "properties that are computed once",
}
"""The frozen dataclasses of short runs, each with the reason why it is no named tuple: to make the
class takes several times as long.
"""

PROGRAM = """
import json, sys
from transformer.cli.main import run
status = run({args!r})
sys.stdout.flush()
modules = {{name: vars(module) for name, module in sys.modules.items()}}
classes = [
    found.__name__
    for name, names in modules.items() if name.startswith("transformer.")
    for found in names.values()
    if isinstance(found, type) and found.__module__ == name
    and "__dataclass_params__" in vars(found) and found.__dataclass_params__.frozen
]
json.dump([status, sorted(modules), classes], sys.stderr)
"""


def imported(*args: str, stdin: bytes = b"") -> set[str]:
    """Return the modules that a run has imported."""
    return after(*args, stdin=stdin)[0]


def after(*args: str, stdin: bytes = b"") -> tuple[set[str], set[str]]:
    """Return the modules that a run has imported, and the frozen dataclasses of our own."""
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
    status, modules, classes = json.loads(done.stderr)
    assert status == 0
    return set(modules), set(classes)


def within(modules: set[str], module: str) -> list[str]:
    """Return `module` and what is below it, as far as it is in `modules`."""
    return [name for name in modules if name == module or name.startswith(f"{module}.")]


@pytest.fixture(scope="module")
def hot_path() -> set[str]:
    return imported(stdin=guarded())


@pytest.fixture(scope="module")
def validation(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    file = tmp_path_factory.mktemp("validation") / "web.yaml"
    file.write_bytes(guarded())
    return imported("validate", "--quiet", str(file))


@pytest.mark.parametrize("module", HEAVY)
def test_a_filter_imports_nothing_heavy(hot_path: set[str], module: str) -> None:
    assert within(hot_path, module) == []


@pytest.mark.parametrize(
    "module",
    [*(name for name in HEAVY if name != "transformer.config.validate_options"), *NOT_TO_VALIDATE],
)
def test_a_validation_of_a_file_imports_nothing_heavy(validation: set[str], module: str) -> None:
    assert within(validation, module) == []


@pytest.mark.parametrize("module", [*FOR_YAML, *FOR_EDITS])
def test_a_filter_over_what_does_not_matter_neither_parses_nor_edits(module: str) -> None:
    assert within(imported(stdin=b"apiVersion: v1\nkind: ConfigMap\n"), module) == []


def test_a_filter_over_json_needs_no_parser_of_yaml() -> None:
    modules = imported(stdin=json.dumps(yaml.safe_load(guarded())).encode())
    assert set(FOR_EDITS) <= modules
    assert [name for module in FOR_YAML for name in within(modules, module)] == []


@pytest.mark.parametrize("module", FOR_YAML)
def test_a_validation_of_everyday_yaml_needs_no_libyaml(validation: set[str], module: str) -> None:
    assert within(validation, module) == []


def test_few_frozen_dataclasses_are_made(tmp_path: Path) -> None:
    file = tmp_path / "web.yaml"
    file.write_bytes(guarded())
    for _, classes in (after(stdin=guarded()), after("validate", "--quiet", str(file))):
        assert classes <= DATACLASSES.keys()


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


def test_a_pipe_imports_no_other_command() -> None:
    assert "transformer.cli.subcommands" not in imported(stdin=guarded())
    assert "transformer.cli.subcommands" in imported("rules")


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

"""Imports point down only, and each third-party package has its few importers."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import transformer
from tests.cases import for_each

PACKAGE = Path(transformer.__file__).parent

# From the ground up: each layer, and the layers below it whose modules it may import.
BASE = (
    "regexes",
    "position",
    "errors",
    "findings",
    "placements",
    "pointer",
    "operations",
    "wording",
    "globs",
)
CORE = (
    *BASE,
    "text",
    "yamltree",
    "patch",
    "kubernetes",
    "placement",
    "rules",
    "pipeline",
    "report",
)
LAYERS: dict[str, tuple[str, ...]] = {
    "regexes": (),
    "position": ("regexes",),
    "errors": (),
    "findings": (),
    "placements": ("findings",),
    "pointer": (),
    "operations": ("pointer",),
    "wording": ("errors",),
    "globs": ("regexes",),
    "text": BASE,
    "yamltree": (*BASE, "text"),
    "patch": (*BASE, "yamltree"),
    "kubernetes": (*BASE, "text", "yamltree"),
    "placement": (*BASE, "kubernetes"),
    "rules": (*BASE, "kubernetes", "placement"),
    "pipeline": (*BASE, "text", "yamltree", "patch", "kubernetes", "placement", "rules"),
    "report": (*BASE, "patch"),
    "system": BASE,
    "config": (*CORE, "system"),
    "inputs": (*CORE, "system", "config"),
    "outputs": (*CORE, "system", "inputs"),
    "runs": (*CORE, "system", "inputs", "outputs"),
    "fleet": (*BASE, "system", "config"),
    "commands": (*CORE, "system", "config", "inputs", "outputs", "runs", "fleet"),
    "hosts": (*CORE, "system", "config", "inputs", "outputs", "runs", "commands"),
    "cli": (*CORE, "system", "config", "commands", "hosts"),
    "api": (*CORE, "config", "inputs", "runs"),
    "__init__": (*BASE, "api"),
    "__main__": ("cli",),
}

# Third-party package -> the modules that may import it.
IMPORTERS: dict[str, set[str]] = {
    "yaml": {"yamltree/compose.py", "yamltree/fast_load_yaml.py", "yamltree/parse_yaml.py"},
    "jsonpatch": {"patch/verify.py"},
    "jsonschema": {"kubernetes/schema/explain.py"},
    "click": {"cli/main.py", "cli/subcommands.py", "cli/options.py", "cli/failures.py"},
    "junitparser": {"report/as_junit.py"},
    "pathspec": {"globs.py"},
    "distributed": {"system/dask_cluster.py"},
    "ruamel": {"patch/rewrite.py", "patch/render.py"},
}

# These neither open, print, read the environment or the clock, nor exit.
PURE = set(CORE)
IMPURE_MODULES = {"os", "sys", "tempfile", "subprocess", "time", "logging", "shutil"}
IMPURE_NAMES = {"open", "print", "input", "exit", "quit", "Path"}


def module_files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def relative(file: Path) -> str:
    return file.relative_to(PACKAGE).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


each_module = for_each(module_files(), relative)


def layer_of(name: str) -> str:
    """Return the layer of a module's dotted name below `transformer`."""
    return name.partition(".")[0] or "__init__"


def own_layer(file: Path) -> str:
    return layer_of(relative(file).removesuffix(".py").replace("/", "."))


each_pure_module = for_each([file for file in module_files() if own_layer(file) in PURE], relative)


@cache
def imported(file: Path) -> tuple[str, ...]:
    """Return the dotted names of the modules that `file` imports, wherever in it."""
    return tuple(imports(file))


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(file)} imports relatively"
            module = node.module or ""
            for alias in node.names:
                below = PACKAGE.parent.joinpath(*module.split("."), alias.name)
                is_module = below.with_suffix(".py").exists() or below.is_dir()
                yield f"{module}.{alias.name}" if is_module else module


def own_imports(file: Path) -> Iterator[str]:
    for name in imported(file):
        if name.partition(".")[0] == "transformer":
            yield name.partition(".")[2]


def test_every_module_has_a_layer() -> None:
    layers = {own_layer(file) for file in module_files()}
    assert layers == set(LAYERS)


@each_module
def test_imports_point_down(file: Path) -> None:
    own = own_layer(file)
    for name in own_imports(file):
        layer = layer_of(name)
        assert layer == own or layer in LAYERS[own], f"{relative(file)} imports {name}"


def test_no_layer_may_import_one_that_may_import_it() -> None:
    for layer, below in LAYERS.items():
        for other in below:
            assert layer not in LAYERS[other]


@each_module
def test_a_third_party_package_is_imported_only_where_it_belongs(file: Path) -> None:
    for name in imported(file):
        importers = IMPORTERS.get(name.partition(".")[0])
        assert importers is None or relative(file) in importers, f"{relative(file)}: {name}"


def test_each_importer_still_needs_its_package() -> None:
    for package, importers in IMPORTERS.items():
        for importer in importers:
            names = {name.partition(".")[0] for name in imported(PACKAGE / importer)}
            assert package in names, f"{importer} does not import {package}"


def test_nothing_else_than_the_known_packages_is_imported() -> None:
    known = {*sys.stdlib_module_names, *IMPORTERS, "transformer"}
    for file in module_files():
        assert {name.partition(".")[0] for name in imported(file)} <= known, relative(file)


@pytest.mark.parametrize(
    ("folder", "pattern"),
    [
        ("rules/pools", "*.py"),
        ("rules/nodes", "*.py"),
        ("rules/workloads", "*.py"),
        ("rules/documents", "*.py"),
        ("rules/edits", "*.py"),
        ("report", "as_*.py"),
    ],
)
def test_siblings_do_not_import_each_other(folder: str, pattern: str) -> None:
    package = folder.replace("/", ".")
    files = list((PACKAGE / folder).glob(pattern))
    siblings = {file.stem for file in files}
    for file in files:
        for name in own_imports(file):
            parent, _, module = name.rpartition(".")
            assert parent != package or module not in siblings, f"{relative(file)} imports {name}"


@each_pure_module
def test_the_core_touches_nothing_outside(file: Path) -> None:
    assert not {name.partition(".")[0] for name in imported(file)} & IMPURE_MODULES
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_NAMES, f"{relative(file)}:{node.lineno}"


@each_pure_module
def test_in_the_core_exceptions_are_not_caught_wholesale(file: Path) -> None:
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ExceptHandler):
            caught = ast.unparse(node.type) if node.type else ""
            assert caught not in ("", "Exception", "BaseException"), (
                f"{relative(file)}:{node.lineno}"
            )


def test_init_files_are_empty_but_the_top_one() -> None:
    for file in PACKAGE.rglob("__init__.py"):
        if file.parent != PACKAGE:
            assert file.read_text("utf-8") == "", relative(file)


@each_module
def test_a_module_says_what_it_is_for(file: Path) -> None:
    if file.name != "__init__.py" or file.parent == PACKAGE:
        assert ast.get_docstring(tree(file))

"""What tests of whole programs, of faults, and of the hosts in `integrations/` start from."""

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.empty_repositories import begin
from tests.integration.example_checkout import git
from tests.integration.shell_blocks import INTEGRATIONS
from tests.requirements import require_go_tool, require_tool

BUILT_BESIDE = {"yaml_language_server", "reviewdog", "actionlint", "validate_krew_manifest"}
"""Fixtures for programs that take long to build or fetch: CI does that beside the tests, and runs
those that need them once they are there."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BUILT_BESIDE.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("built_beside")


@pytest.fixture(scope="session")
def yaml_language_server() -> str:
    return require_tool("yaml-language-server", "HOSTNET_REQUIRE_NPM")


@pytest.fixture(scope="session")
def reviewdog() -> str:
    return require_go_tool("reviewdog")


@pytest.fixture(scope="session")
def actionlint() -> str:
    return require_go_tool("actionlint")


@pytest.fixture(scope="session")
def validate_krew_manifest() -> str:
    return require_go_tool("validate-krew-manifest")


@pytest.fixture
def own_temporary_folder(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Let the test have a folder for temporary files of its own, in which nothing may be left."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(folder))
    yield
    assert list(folder.iterdir()) == []


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return an empty folder to work in, a Git repository since the hooks want one."""
    path = tmp_path / "work"
    path.mkdir()
    begin(path)
    return path


@pytest.fixture(autouse=True)
def signals_as_usual() -> Iterator[None]:
    """What we start inherits which signals are ignored; whoever started us may have used nohup."""
    usual = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)
    before = {number: signal.getsignal(number) for number in usual}
    for number in usual:
        if before[number] is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the example, as it lies in a checkout."""
    shutil.copytree(INTEGRATIONS / "example", tmp_path / "integrations" / "example")
    return tmp_path


@pytest.fixture
def example(checkout: Path) -> Path:
    return checkout / "integrations" / "example"


@pytest.fixture
def mended(checkout: Path, example: Path) -> Path:
    """The example in a Git repository: committed as it is, and then mended in the work tree."""
    git(checkout, "init", "--quiet")
    git(checkout, "add", ".")
    git(checkout, "commit", "--quiet", "--message", "one")
    assert invoke("-w", example).status == 0
    return checkout

"""The configuration in an editor: yaml-language-server completes it and says what is wrong."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.effort import only_in_ci
from tests.integration.cli_runs import ROOT, invoke
from tests.integration.language_server import LanguageServer, serving

pytestmark = only_in_ci

SCHEMA = ".hostnet-transform.schema.json"
HEAD = f"# yaml-language-server: $schema={SCHEMA}\n"
KIND = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the schema, as the documentation says to make it."""
    path = tmp_path_factory.mktemp("repository")
    (path / SCHEMA).write_bytes(invoke("schema", "config").out)
    return path


@pytest.fixture(scope="module")
def server(yaml_language_server: str, folder: Path) -> Iterator[LanguageServer]:
    with serving(yaml_language_server, folder) as running:
        yield running


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_wrong_is_marked(server: LanguageServer, folder: Path) -> None:
    spec = "spec:\n  rules: {HN402: of, node-label: 3}\n  bulid: true\n"
    found = server.diagnostics(written(folder, "wrong.yaml", HEAD + KIND + spec))
    assert sorted(line for line, _ in found) == [5, 5, 6]
    said = "\n".join(message for _, message in found)
    assert '"error", "warning", "info", "off"' in said
    assert 'Expected "boolean"' in said
    assert "bulid is not allowed" in said


def test_keys_and_values_are_completed(server: LanguageServer, folder: Path) -> None:
    path = written(folder, "keys.yaml", f"{HEAD}{KIND}spec:\n  \n")
    assert {"rules", "clusters", "baseline", "pools", "ignore"} <= server.completions(path, 5, 3)
    path = written(folder, "ids.yaml", f"{HEAD}{KIND}spec:\n  rules:\n    \n")
    assert {"pod-guard", "cni-isolation", "keep-off"} <= server.completions(path, 6, 5)
    path = written(folder, "values.yaml", f"{HEAD}{KIND}spec:\n  onInvalid: \n")
    assert server.completions(path, 5, 14) == {"fail", "pass"}


def test_a_key_is_explained(server: LanguageServer, folder: Path) -> None:
    path = written(folder, "explained.yaml", f"{HEAD}{KIND}spec:\n  baseline: known.yaml\n")
    assert "findings that are known" in server.hover(path, 5, 4)


@pytest.mark.parametrize("page", ["configuration", "day-one"])
def test_the_examples_of_the_pages_are_right(
    page: str, server: LanguageServer, folder: Path
) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    (example,) = (
        block.partition("```")[0]
        for block in text.split("```yaml\n")[1:]
        if block.startswith(HEAD + KIND.partition("\n")[0])
    )
    assert server.diagnostics(written(folder, f"{page}.yaml", example)) == []


def test_without_the_line_nothing_is_known_of_the_file(
    server: LanguageServer, folder: Path
) -> None:
    # So that the other tests show what the line does, and a missing schema is not silence.
    path = written(folder, "unknown.yaml", "kind: Nonsense\nbulid: true\n")
    assert server.diagnostics(path) == []
    path = written(folder, "lost.yaml", HEAD.replace(SCHEMA, "lost.json") + KIND)
    ((_, message),) = server.diagnostics(path)
    assert "Unable to load schema" in message

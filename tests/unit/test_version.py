"""One version: that of pyproject.toml, wherever it is named."""

import json
import re
from pathlib import Path

import pytest

from tools import version

ROOT = Path(__file__).parents[2]
VERSION = version.project()["version"]


def test_every_file_that_names_the_version_names_that_of_the_project() -> None:
    assert version.named() == {name: {VERSION} for name in version.PLACES}


def test_the_sbom_has_it() -> None:
    sbom = json.loads((ROOT / "requirements/hostnet-transform.cdx.json").read_bytes())
    assert sbom["metadata"]["component"]["version"] == VERSION


def test_the_changelog_ends_with_it_or_with_what_is_not_released_yet() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d\S*)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    assert released[:1] in ([VERSION], [])
    assert len(re.findall(r"^## \[\d", changelog, re.MULTILINE)) == len(released)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the files that name the version, which `tools.version` works on."""
    for name in (*version.PLACES, "CHANGELOG.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    monkeypatch.setattr(version, "ROOT", tmp_path)
    return tmp_path


def test_it_is_set_everywhere_at_once(copied: Path) -> None:
    version.set_everywhere("10.20.30")
    assert version.named() == {name: {"10.20.30"} for name in version.PLACES}
    assert version.project()["version"] == "10.20.30"
    for name in version.PLACES:
        before = (ROOT / name).read_text(encoding="utf-8")
        after = (copied / name).read_text(encoding="utf-8")
        assert after.replace("10.20.30", VERSION) == before


def test_a_tag_needs_the_version_of_the_project_and_a_section_of_the_changelog(
    copied: Path,
) -> None:
    changelog = copied / "CHANGELOG.md"
    changelog.write_text("# Changelog\n\n## [Unreleased]\n\n- new\n", encoding="utf-8")
    assert version.differences(None) == []
    assert version.differences(f"v{VERSION}") == [f"CHANGELOG.md has no section [{VERSION}]"]
    text = (
        f"# C\n\n## [Unreleased]\n\n## [{VERSION}] - 2026-01-02\n\n- one\n\n## [0.0.1]\n\n- old\n"
    )
    changelog.write_text(text, encoding="utf-8")
    assert version.differences(f"v{VERSION}") == []
    assert version.differences("v9.9.9") == [f"the tag v9.9.9 is not v{VERSION}"]
    assert version.notes(VERSION) == "- one\n"

"""Where the paths in a repository begin."""

from pathlib import Path

import pytest

from transformer.inputs.discovery import Source
from transformer.inputs.repository_top import folders_of, git_top
from transformer.kubernetes.deployments import Deployed


def is_there(folder: str, *names: str) -> bool:
    sources = [Source(Path(name), name, True) for name in names]
    return folders_of(sources).why_not(Deployed(folder, "no")) == ""


def test_paths_begin_at_the_top_of_the_repository_wherever_one_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "shop" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert is_there("apps", "shop/apps/a.yaml")
    assert not is_there("shop/apps", "shop/apps/a.yaml")
    (tmp_path / "shop" / "apps").mkdir()
    monkeypatch.chdir(tmp_path / "shop" / "apps")
    assert is_there("apps", "./a.yaml")
    assert git_top(Path.cwd()) == tmp_path / "shop"


def test_without_a_repository_they_begin_in_the_working_folder_or_where_all_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert git_top(Path.cwd()) is None
    assert is_there("a/b", "a/b/c.yaml")
    assert is_there("a", str(tmp_path / "there/a/b.yaml"), str(tmp_path / "there/c.yaml"))
    assert not is_there("a")

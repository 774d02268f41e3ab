"""New files are written all or none, and never over another one."""

from pathlib import Path

import pytest

from transformer.errors import SettingsError
from transformer.outputs import atomic
from transformer.outputs.new_files import write_new


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    write_new({"a/b/c.yaml": "c: ü\n", "d.yaml": ""}, tmp_path)
    assert names(tmp_path) == ["a", "a/b", "a/b/c.yaml", "d.yaml"]
    assert (tmp_path / "a/b/c.yaml").read_bytes() == "c: ü\n".encode()


def test_they_have_the_mode_of_new_files(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_new({"a": "a"}, tmp_path)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_if_one_is_there_none_is_written(tmp_path: Path, kind: str) -> None:
    there = tmp_path / "there"
    if kind == "file":
        there.write_text("mine")
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to("nowhere")
    with pytest.raises(SettingsError, match="cannot be written"):
        write_new({"a/b.yaml": "b", "there": "ours"}, tmp_path)
    assert names(tmp_path) == ["there"]
    assert kind != "file" or there.read_text() == "mine"


def test_if_one_cannot_be_written_none_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = atomic.replace

    def replace(path: Path, chunks: list[bytes]) -> None:
        if path.name == "b":
            raise OSError(28, "No space left on device")
        real(path, chunks)

    monkeypatch.setattr(atomic, "replace", replace)
    with pytest.raises(SettingsError, match="no space left on device"):
        write_new({"x/a": "a", "b": "b"}, tmp_path)
    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["link/a", "link/b/a"])
def test_no_link_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "top").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "top/link").symlink_to("../elsewhere")
    with pytest.raises(SettingsError, match="not written"):
        write_new({"first": "", name: ""}, tmp_path / "top")
    assert names(tmp_path) == ["elsewhere", "top", "top/link"]


def test_a_link_to_a_folder_inside_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    write_new({"link/a": "a"}, tmp_path)
    assert (tmp_path / "real/a").read_text() == "a"

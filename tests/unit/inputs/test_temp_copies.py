"""Temporary folders, and what is removed that killed runs have left."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from transformer.inputs import temp_copies
from transformer.inputs.temp_copies import temp_folder

LEFT = ".hostnet-transform.abcd_123.scratch"


@pytest.fixture
def around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_folder_is_there_for_us_alone_and_gone_in_the_end(around: Path) -> None:
    with temp_folder() as name:
        Path(name, "copy").write_bytes(b"a")
        assert Path(name).stat().st_mode & 0o777 == 0o700
        assert [Path(name)] == list(around.iterdir())
    assert list(around.iterdir()) == []


def test_what_a_killed_run_has_left_is_removed(around: Path) -> None:
    (around / LEFT).mkdir(mode=0o700)
    (around / LEFT / "stdin").write_bytes(b"a")
    with temp_folder():
        assert not (around / LEFT).exists()


def test_the_folder_of_a_run_that_lives_is_left_to_it(around: Path) -> None:
    with temp_folder() as first, temp_folder() as second:
        assert Path(first).is_dir()
        assert Path(second).is_dir()


@pytest.mark.parametrize(
    "name",
    [
        "hostnet-transform-1.0.0",
        "hostnet-transform-config",
        ".hostnet-transform.abcd_123",
        ".hostnet-transform.abcd_1234.scratch",
        f"x{LEFT}",
    ],
)
def test_a_folder_of_another_name_stays(around: Path, name: str) -> None:
    (around / name).mkdir(mode=0o700)
    (around / name / "precious").write_bytes(b"a")
    with temp_folder():
        pass
    assert (around / name / "precious").read_bytes() == b"a"


def _open_to_others(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)


def _with_a_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / "src").mkdir()


def _a_link(folder: Path) -> None:
    (folder.parent / "elsewhere").mkdir(mode=0o700)
    (folder.parent / "elsewhere" / "precious").write_bytes(b"a")
    folder.symlink_to("elsewhere")


@pytest.mark.parametrize("make", [_open_to_others, _with_a_folder, _a_link])
def test_a_folder_that_is_not_as_ours_are_stays(around: Path, make: Callable[[Path], None]) -> None:
    make(around / LEFT)
    with temp_folder():
        pass
    assert (around / LEFT).exists()
    assert all(path.exists() for path in around.rglob("precious"))


def test_a_folder_that_is_swept_away_at_once_is_made_again(
    around: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, real = iter([True, False]), os.open

    def open_(path: str, flags: int, **options: int) -> int:
        if str(path).endswith(".scratch") and next(opened, False):
            Path(path).rmdir()
        return real(path, flags, **options)

    monkeypatch.setattr(os, "open", open_)
    with temp_folder() as name:
        assert Path(name).is_dir()


@pytest.fixture
def no_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows: no locks, no users, and a folder cannot be opened."""
    real = os.open

    def open_(path: str, flags: int, **options: int) -> int:
        if Path(path).is_dir() and not options:
            raise PermissionError(13, "Permission denied", path)
        return real(path, flags, **options)

    monkeypatch.setattr(os, "open", open_)
    monkeypatch.delattr(os, "geteuid")
    monkeypatch.setattr(temp_copies, "lock", lambda _: None)


@pytest.mark.usefixtures("no_locks")
def test_without_locks_there_is_a_folder_too_and_nothing_is_swept(around: Path) -> None:
    (around / LEFT).mkdir(mode=0o700)
    with temp_folder() as name:
        Path(name, "copy").write_bytes(b"a")
    assert [path.name for path in around.iterdir()] == [LEFT]

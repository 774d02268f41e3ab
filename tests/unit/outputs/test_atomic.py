"""A file is wholly old or wholly new."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from transformer.outputs import atomic
from transformer.outputs.atomic import replace, sweep


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    return path


def only(path: Path) -> bool:
    """Whether nothing else is left in the folder."""
    return list(path.parent.iterdir()) == [path]


def test_the_content_is_replaced_and_nothing_is_left_behind(file: Path) -> None:
    replace(file, [b"new ", b"text"])
    assert file.read_bytes() == b"new text"
    assert only(file)


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_the_mode_is_kept(file: Path, mode: int) -> None:
    file.chmod(mode)
    replace(file, [b"new"])
    assert file.stat().st_mode & 0o7777 == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_owner_is_kept(file: Path) -> None:
    os.chown(file, 1234, 5678)
    file.chmod(0o4755)
    replace(file, [b"new"])
    status = file.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1234, 5678, 0o4755)


def test_an_owner_that_cannot_be_kept_is_no_failure(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    file.chmod(0o6764)
    monkeypatch.setattr(os, "fchown", refuse)
    replace(file, [b"new"])
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o7777 == 0o744  # whose group it is has changed too


def test_a_group_is_kept_where_the_owner_cannot_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fchown

    def refuse(handle: int, user: int, group: int) -> None:
        if user != -1:
            raise PermissionError
        real(handle, user, group)

    group = max(os.getgroups(), default=os.getegid())
    os.chown(file, -1, group)
    file.chmod(0o664)
    monkeypatch.setattr(os, "fchown", refuse)
    replace(file, [b"new"])
    assert (file.stat().st_gid, file.stat().st_mode & 0o7777) == (group, 0o664)


def test_without_locks_users_and_renaming_of_open_files_it_is_replaced_too(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows."""
    made, real = [], tempfile.mkstemp

    def note(**options: Any) -> tuple[int, str]:
        made.append(real(**options))
        return made[-1]

    def rename(source: Path, target: Path) -> None:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(made[-1][0])
        os.replace(source, target)  # noqa: PTH105

    (file.parent / ".hostnet-transform.abcd1234.tmp").touch()
    monkeypatch.setattr(atomic, "lock", lambda _: None)
    monkeypatch.setattr(tempfile, "mkstemp", note)
    monkeypatch.setattr(Path, "replace", rename)
    monkeypatch.delattr(os, "geteuid")
    sweep(file.parent)
    replace(file, [b"new"])
    assert file.read_bytes() == b"new"


def test_the_file_behind_a_link_is_replaced(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "in" / "link.yaml"
    link.parent.mkdir()
    link.symlink_to("../a.yaml")
    replace(link, [b"new"])
    assert link.is_symlink()
    assert file.read_bytes() == b"new"


def test_a_failure_halfway_changes_nothing(file: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"new"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(file, chunks())
    assert file.read_bytes() == b"old"
    assert only(file)


def test_a_file_that_may_not_be_written_is_not_replaced(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError):
        replace(file, [b"new"])
    assert file.read_bytes() == b"old"
    assert only(file)


def test_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    file = tmp_path / ("a" * 250)
    file.write_bytes(b"old")
    replace(file, [b"new"])
    assert file.read_bytes() == b"new"


def test_a_file_that_has_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        replace(tmp_path / "a.yaml", [b"new"])
    assert list(tmp_path.iterdir()) == []

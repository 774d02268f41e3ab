"""When the disk, the permissions or somebody else is against us: a file is old or new, never half.

Real faults: small filesystems that are full, files that nobody may change, other users, files that
are replaced while we work. What needs root is skipped without it.
"""

import errno
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.cli_runs import TOOL, environment
from tests.integration.faults import (
    filled,
    immutable,
    non_manifests,
    padded,
    remounted_read_only,
    run,
    small_disk,
    states,
    without_powers,
)
from tests.manifests import CONFIG_MAP, guarded, kept_off, node, pool
from transformer.inputs.discovery import Source
from transformer.inputs.reading import signature
from transformer.outputs import atomic

WRITERS = [
    pytest.param(("--write",), id="transform --write"),
    pytest.param(("validate", "--fix"), id="validate --fix"),
    pytest.param(("hook", "transform"), id="hook transform"),
]


pytestmark = pytest.mark.usefixtures("own_temporary_folder")


@pytest.fixture
def work(repository: Path) -> Path:
    return repository


def arguments(writer: tuple[str, ...], *files: Path) -> tuple[str | Path, ...]:
    return (*writer, *files)


@pytest.mark.parametrize("writer", WRITERS)
def test_on_a_full_disk_a_file_stays_as_it_was(writer: tuple[str, ...], work: Path) -> None:
    with small_disk(work / "disk", "128k") as disk:
        big, small = disk / "big.yaml", disk / "small.yaml"
        big.write_bytes(padded(70_000))
        small.write_bytes(guarded())
        before = big.read_bytes()
        done = run(*writer, "disk/big.yaml", "disk/small.yaml", cwd=work)
        assert done.status == 3
        told = done.err + done.out.decode()
        assert "no space left on device" in told
        assert big.read_bytes() == before
        assert small.read_bytes() == kept_off()
        assert non_manifests(disk) == []


def test_standard_output_on_a_full_disk_is_an_error(work: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            TOOL, input=guarded(), stdout=full, stderr=subprocess.PIPE, cwd=work, env=environment()
        )
    assert done.returncode == 3
    assert done.stderr.endswith(
        b"error: writing the result, or a temporary file: no space left on device\n"
    )


def test_a_report_on_a_full_disk_is_an_error_and_the_manifests_are_written(work: Path) -> None:
    with small_disk(work / "disk", "8k") as disk:
        new = filled(work / "in", 40)
        done = run("--write", "--report-file", disk / "r.json", "in", cwd=work)
        assert done.status == 3
        assert "no space left on device" in done.err
        assert set(states(new)) == {"new"}


def test_no_room_for_temporary_files_is_an_error(work: Path) -> None:
    with small_disk(work / "disk", "16k") as disk:
        for args in (("validate",), ("--all-or-nothing",)):
            data = b"---\n".join([*([padded(1_000_000)] * 20), node("n", "p"), pool("p")])
            done = run(*args, cwd=work, stdin=data, env={"TMPDIR": str(disk)})
            assert (done.status, done.out) == (3, b"")
            assert "no space left on device" in done.err
        assert list(disk.iterdir()) == []


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_that_may_not_be_written_is_told_of_and_others_are_written(
    writer: tuple[str, ...], work: Path
) -> None:
    new = filled(work, 3)
    (work / "0001.yaml").chmod(0o444)
    done = run(*writer, *sorted(path.name for path in new), cwd=work, before=without_powers)
    assert done.status == 3
    assert "permission denied" in done.err + done.out.decode()
    assert states(new) == ["new", "old", "new"]
    assert stat.S_IMODE((work / "0001.yaml").stat().st_mode) == 0o444


def test_a_file_in_a_folder_that_may_not_be_written_stays(work: Path) -> None:
    new = filled(work / "in", 2)
    (work / "in").chmod(0o555)
    done = run("--write", "in", cwd=work, before=without_powers)
    (work / "in").chmod(0o755)
    assert done.status == 3
    assert done.err.count("the file cannot be written: permission denied") == 2
    assert states(new) == ["old", "old"]


def test_a_file_that_is_immutable_stays(work: Path) -> None:
    new = filled(work, 2)
    with immutable(work / "0000.yaml"):
        done = run("--write", ".", cwd=work)
    assert done.status == 3
    assert "0000.yaml: error: the file cannot be written: permission denied" in done.err
    assert states(new) == ["old", "new"]
    assert [name for name in non_manifests(work) if name.endswith(".tmp")] == []


def test_on_a_disk_that_has_become_read_only_files_stay(work: Path) -> None:
    with small_disk(work / "disk", "1m") as disk:
        new = filled(disk, 2)
        with remounted_read_only(disk):
            done = run("--write", "disk", cwd=work)
        assert done.status == 3
        assert done.err.count("the file cannot be written") == 2
        assert states(new) == ["old", "old"]
        assert non_manifests(disk) == []


def test_without_rights_to_read_it_a_file_is_told_of(work: Path) -> None:
    new = filled(work / "in", 2)
    (work / "in/0000.yaml").chmod(0)
    done = run("in", cwd=work, before=without_powers)
    assert done.status == 3
    assert "0000.yaml:1:1: error[HN901]: the file cannot be read: permission denied" in done.err
    assert done.out == b""
    assert states(new) == ["old", "old"]


def source_of(path: Path) -> Source:
    return Source(path, str(path), True)


def test_a_change_by_somebody_else_while_we_write_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    seen = signature(path.stat())

    def chunks() -> Iterator[bytes]:
        yield b"ours"
        path.write_bytes(b"theirs, and longer")

    with pytest.raises(OSError, match="another process has changed it") as caught:
        atomic.replace(path, chunks(), seen)
    assert caught.value.errno == errno.ESTALE
    assert path.read_bytes() == b"theirs, and longer"
    assert list(tmp_path.iterdir()) == [path]


def test_another_file_put_in_its_place_while_we_write_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    seen = signature(path.stat())
    os.utime(path, ns=(seen[-1], seen[-1]))

    def chunks() -> Iterator[bytes]:
        yield b"ours"
        (tmp_path / "b").write_bytes(b"new")
        os.utime(tmp_path / "b", ns=(seen[-1], seen[-1]))  # nothing but its inode tells
        (tmp_path / "b").replace(path)

    with pytest.raises(OSError, match="another process has changed it"):
        atomic.replace(path, chunks(), seen)
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_replaced_between_reading_and_writing_keeps_what_the_other_wrote(
    work: Path,
) -> None:
    new = filled(work / "in", 150)
    last = work / "in/0149.yaml"
    tool = subprocess.Popen(
        [*TOOL, "--write", "-v", "in"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=work,
        env=environment(PYTHONUNBUFFERED="1"),
    )
    theirs = guarded("n149") + b"# theirs\n"
    first = work / "in/0000.yaml"
    while first.read_bytes() == guarded("n0"):
        assert tool.poll() is None
    other = work / "in/other"
    other.write_bytes(theirs)
    other.replace(last)
    _, err = tool.communicate(timeout=60)
    assert tool.returncode == 3
    assert b"0149.yaml" in err
    assert b"was changed while it was read" in err or b"another process has changed it" in err
    assert last.read_bytes() == theirs
    assert set(states(new)[:-1]) == {"new"}


def test_a_folder_that_vanishes_is_told_of_and_the_others_are_written(work: Path) -> None:
    filled(work / "a", 1)
    new = filled(work / "z", 100)
    gone = filled(work / "zz", 2)
    tool = subprocess.Popen(
        [*TOOL, "--write", "a", "z", "zz"],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd=work,
        env=environment(),
    )
    while (work / "a/0000.yaml").read_bytes() == guarded("n0"):
        assert tool.poll() is None
    (work / "zz").rename(work / "elsewhere")
    _, err = tool.communicate(timeout=60)
    assert tool.returncode == 3
    assert err.count(b"the file cannot be read: no such file or directory") == len(gone)
    assert set(states(new)) == {"new"}
    assert not (work / "zz").exists()


def test_a_hard_link_keeps_the_old_content_and_the_named_file_gets_the_new(work: Path) -> None:
    path, link = work / "a.yaml", work / "link"
    path.write_bytes(guarded())
    link.hardlink_to(path)
    assert run("--write", "a.yaml", cwd=work).status == 0
    assert path.read_bytes() == kept_off()
    assert link.read_bytes() == guarded()
    assert path.stat().st_nlink == 1


def test_a_link_that_leads_out_of_a_folder_is_followed_and_stays_a_link(work: Path) -> None:
    (work / "in").mkdir()
    outside = work / "outside.yaml"
    outside.write_bytes(guarded())
    (work / "in/link.yaml").symlink_to("../outside.yaml")
    assert run("--write", "in", cwd=work).status == 0
    assert (work / "in/link.yaml").is_symlink()
    assert outside.read_bytes() == kept_off()


def test_links_that_go_in_circles_or_nowhere_do_not_hold_a_search_up(work: Path) -> None:
    new = filled(work / "in", 1)
    (work / "in/circle").symlink_to("../in", target_is_directory=True)
    (work / "in/loop.yaml").symlink_to("loop.yaml")
    (work / "in/nowhere.yaml").symlink_to("gone.yaml")
    done = run("--write", "in", cwd=work)
    assert done.status == 3
    assert "loop.yaml:1:1: error[HN901]: the file cannot be read: too many levels" in done.err
    assert "nowhere.yaml:1:1: error[HN901]: the file cannot be read: no such file" in done.err
    assert states(new) == ["new"]


def test_a_link_to_a_device_is_left_alone_in_a_search(work: Path) -> None:
    (work / "zero.yaml").symlink_to("/dev/zero")
    (work / "a.yaml").write_bytes(CONFIG_MAP)
    done = run(".", cwd=work)
    assert (done.status, done.out) == (0, CONFIG_MAP)


def test_extended_attributes_are_kept(work: Path) -> None:
    path = work / "a.yaml"
    path.write_bytes(guarded())
    try:
        os.setxattr(path, "user.note", b"kept")
    except (AttributeError, OSError):
        pytest.skip("there are no extended attributes here")
    assert run("--write", "a.yaml", cwd=work).status == 0
    assert path.read_bytes() == kept_off()
    assert os.getxattr(path, "user.note") == b"kept"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("writer", WRITERS)
def test_owner_and_mode_are_kept(writer: tuple[str, ...], work: Path) -> None:
    path = work / "a.yaml"
    path.write_bytes(guarded())
    os.chown(path, 1234, 5678)
    path.chmod(0o640)
    run(*writer, "a.yaml", cwd=work)
    status = path.stat()
    assert path.read_bytes() == kept_off()
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1234, 5678, 0o640)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_where_the_owner_cannot_be_kept_the_file_is_no_program_in_his_name(work: Path) -> None:
    path = work / "a.yaml"
    path.write_bytes(guarded())
    os.chown(path, 1234, os.getegid())
    path.chmod(0o6775)
    done = run("--write", "a.yaml", cwd=work, before=without_powers)
    assert done.status == 0, done.err
    assert path.stat().st_uid == os.geteuid()
    assert stat.S_IMODE(path.stat().st_mode) == 0o775


@pytest.mark.parametrize("length", [255, 250])
def test_a_name_as_long_as_names_can_be_is_no_hindrance(work: Path, length: int) -> None:
    path = work / ("\u00e9" * ((length - 5) // 2) + ".yaml")
    path.write_bytes(guarded())
    assert run("--write", ".", cwd=work).status == 0
    assert path.read_bytes() == kept_off()

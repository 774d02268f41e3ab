"""What tests of faults have in common: folders of manifests, small filesystems, lesser users."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.cli_runs import TOOL, environment
from tests.integration.zygote import forked
from tests.manifests import GUARDED, guarded, kept_off
from tests.requirements import require_tool

_PR_CAPBSET_DROP = 24
_POWERS = range(5)
"""CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID."""


def filled(folder: Path, files: int) -> dict[Path, bytes]:
    """Write so many files that are to be changed, and return what each is to become."""
    folder.mkdir(parents=True, exist_ok=True)
    new = {}
    for number in range(files):
        path = folder / f"{number:04}.yaml"
        path.write_bytes(guarded(f"n{number}"))
        new[path] = kept_off(f"n{number}")
    return new


def padded(size: int) -> bytes:
    """Return a Deployment of about `size` bytes that is to be changed."""
    return (GUARDED.format(name="big") + "# " + "x" * size + "\n").encode()


def states(new: dict[Path, bytes]) -> list[str]:
    """Return of each file whether it is `old` or `new`, or else what is in it."""
    found = []
    for path, expected in new.items():
        data, old = path.read_bytes(), guarded(f"n{int(path.stem)}")
        found.append("new" if data == expected else "old" if data == old else repr(data[:80]))
    return found


def non_manifests(folder: Path) -> list[str]:
    """Return the names in `folder` that are no manifests."""
    return sorted(path.name for path in folder.rglob("*") if path.suffix != ".yaml")


@contextmanager
def small_disk(folder: Path, size: str = "64k", options: str = "") -> Iterator[Path]:
    """Mount a filesystem that holds no more than `size` at `folder`, if we may."""
    folder.mkdir(exist_ok=True)
    told = f"size={size}" + (f",{options}" if options else "")
    command = ["mount", "-t", "tmpfs", "-o", told, "tmpfs", str(folder)]
    _as_root_or_skip(command)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def remounted_read_only(folder: Path) -> Iterator[None]:
    """Let nobody write in a folder that is a mount point, as a bad disk does."""
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


@contextmanager
def immutable(path: Path) -> Iterator[None]:
    """Let nobody change a file or folder, not even root."""
    _as_root_or_skip(["chattr", "+i", str(path)])
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", str(path)], check=True)


def _as_root_or_skip(command: list[str]) -> None:
    """Run what only root can do, or skip the test.

    Without the program, the test fails under `HOSTNET_REQUIRE_TOOLS=1`.
    """
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip(f"only root can `{command[0]}`")
    require_tool(command[0])
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode:  # as in a container without rights
        pytest.skip(f"`{command[0]}` is refused, even to root: {done.stderr.strip()}")


def without_powers() -> None:
    """Make this process one whom permission bits stop, though it may be root's.

    To be called before a program is run: what root is dropped of then, it stays without. Another
    user would not do, because Python may be where only root can read.
    """
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None, use_errno=True)
        for capability in _POWERS:
            if libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0):
                raise OSError(ctypes.get_errno(), "a capability cannot be dropped")


class Ended(NamedTuple):
    """A process that has ended: its status and what it printed."""

    status: int
    out: bytes
    err: str


def run(
    *args: str | Path | bytes,
    cwd: Path,
    stdin: bytes = b"",
    before: Callable[[], None] | None = None,
    env: dict[str, str] | None = None,
) -> Ended:
    """Run the command line in a process of its own.

    `before` is called in it first, before Python starts.
    """
    told = [arg if isinstance(arg, bytes) else str(arg) for arg in args]
    if before is None:
        status, out, err = forked(*told, folder=cwd, stdin=stdin, env=env)
    else:
        done = subprocess.run(
            [*TOOL, *told],
            input=stdin,
            capture_output=True,
            cwd=cwd,
            env=environment(PYTHONDONTWRITEBYTECODE="1", **(env or {})),
            preexec_fn=before,
            check=False,
            timeout=120,
        )
        status, out, err = done.returncode, done.stdout, done.stderr
    assert b"Traceback" not in err, err.decode(errors="replace")
    return Ended(status, out, err.decode(errors="replace"))

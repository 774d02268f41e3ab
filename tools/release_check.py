"""Run the demo with what was built: the wheel, the source archive and the single file.

    python -m tools.release_check FOLDER           under every Python of this machine
    python -m tools.release_check FOLDER PYTHON... under these (programs, or versions)

FOLDER is that of `make release`. Each is installed in a new environment, with what
requirements/tool.txt pins, with hashes, and must print the same.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tools.pythons import ROOT, find, pythons
from tools.single_file import NAME, PLATFORMS, this_platform
from tools.version import project

PROGRAMS = "Scripts" if os.name == "nt" else "bin"
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def installed(python: str, archive: Path, work: Path) -> Path:
    """Install an archive in a new environment; return the folder of its programs."""
    _do(python, "-m", "venv", work / "environment")
    programs = work / "environment" / PROGRAMS
    pip = (programs / "python", *_PIP)
    _do(*pip, "--require-hashes", "--requirement", ROOT / "requirements/tool.txt")
    _do(*pip, "--no-deps", archive)
    _do(programs / "kubectl-hostnet", "--version")
    return programs


def unpacked(python: str, archive: Path, work: Path) -> Path:
    """Unpack an archive with the single file; return the folder with it, and with a `python3`."""
    with tarfile.open(archive) as opened:
        opened.extract(NAME, work)
    (work / "python3").symlink_to(shutil.which(python) or python)
    return work


def demo(programs: Path, work: Path) -> str:
    """Run the demo with the tool in a folder, and return what it prints.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "SHIV_ROOT": str(work / "shiv")}
    script, page = (ROOT / "tools/demo.sh").as_posix(), (work / "placement.html").as_posix()
    tool = (programs / NAME).as_posix()
    return _do(shutil.which("bash") or "bash", script, tool, page, env=environment).replace(
        page, ""
    )


def _do(*command: str | Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        command, env=env, cwd=ROOT.parent, capture_output=True, text=True, encoding="utf-8"
    )
    if done.returncode:
        print(done.stdout[-2000:], done.stderr, sep="\n", file=sys.stderr)
        done.check_returncode()
    return done.stdout


def built(folder: Path) -> dict[str, tuple[Path, Callable[[str, Path, Path], Path]]]:
    """Return what is in a folder, by name, each with what makes a program of it."""
    version, platform = project()["version"], this_platform()
    found = {
        "wheel": (folder / f"hostnet_transform-{version}-py3-none-any.whl", installed),
        "source archive": (folder / f"hostnet_transform-{version}.tar.gz", installed),
    }
    if platform in PLATFORMS:
        found["single file"] = (folder / f"{NAME}-{version}-{platform}.tar.gz", unpacked)
    return found


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("python", nargs="*")
    options = parser.parse_args()
    said: dict[str, str] = {}
    programs = [find(name) or name for name in options.python] or pythons()
    for python in programs:
        for name, (archive, made) in built(options.folder.resolve()).items():
            start = time.monotonic()
            with tempfile.TemporaryDirectory() as work:
                said[f"{name}, {python}"] = demo(made(python, archive, Path(work)), Path(work))
            print(f"{name}: the demo ran ({time.monotonic() - start:.0f} s; {python})", flush=True)
    if len(set(said.values())) != 1:
        print("they print different things", file=sys.stderr)
        return 1
    print(f"{len(said)} runs, and all print the same {len(next(iter(said.values())))} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())

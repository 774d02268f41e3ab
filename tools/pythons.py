"""Run the tests that need no other program under other Pythons, and with the lowest versions.

    tools/pythons.py            under every other Python that is found, and with the lowest versions
    tools/pythons.py --list     say which Pythons are found: on PATH, pyenv's and uv's
    tools/pythons.py 3.12       under that one (a version, or a program)
    tools/pythons.py --lowest   with the lowest versions that pyproject.toml allows of what we need

Each environment is a new one in .venv/pythons, with what requirements/dev.txt pins of `RUNNERS` and
of what the tool needs, with hashes. With the lowest versions, what the tool itself needs is pinned,
without hashes, to the lowest version that pyproject.toml allows. What that needs in turn is pinned
by requirements/dev.txt, with hashes; or by `ONLY_LOWEST`, without, if newer versions do not need
it. Nothing else is installed, and `pip check` tells if anything is lacking.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
OTHERS = ("integration", "oracle")
"""Folders of tests that need other programs, or compare answers that no Python changes."""

RUNNERS = ("pytest", "pytest-xdist", "hypothesis", "packaging")
ONLY_LOWEST = ("future==1.0.0", "ruamel.yaml.clib==0.2.15")
"""What only the lowest versions need, so that the lock file does not have it."""

VERSIONS = [(3, minor) for minor in range(11, 16)]
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")


def pythons() -> list[str]:
    """Return the programs, one of each version that the tool supports, that really run."""
    found = (find(f"{major}.{minor}") for major, minor in VERSIONS)
    return [program for program in found if program is not None]


def find(version: str) -> str | None:
    """Return the program of a version: on PATH, or where pyenv or uv keep theirs."""
    homes = (Path.home() / ".pyenv/versions", Path.home() / ".local/share/uv/python")
    kept = [
        path for home in homes for path in sorted(home.glob(f"*{version}.*/bin/python{version}"))
    ]
    for program in (shutil.which(f"python{version}"), *map(str, kept)):
        if program is not None and _version(program) == version:
            return program
    return None


def _version(program: str) -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([program, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip()


def needed() -> list[Requirement]:
    """Return what the tool itself needs, as pyproject.toml says."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"]]


def lowest() -> list[str]:
    """Return the lowest version of each as a requirement."""
    return [f"{one.name}=={next(iter(one.specifier)).version}" for one in needed()]


def closure(names: list[str]) -> set[str]:
    """Return the names of packages and of all that they need in turn, as installed beside us."""
    done: set[str] = set()
    open_names = list(names)
    while open_names:
        name = canonicalize_name(open_names.pop())
        if name not in done:
            done.add(name)
            try:
                found = map(Requirement, requires(name) or ())
            except PackageNotFoundError:
                continue
            open_names += [one.name for one in found if "extra" not in str(one.marker)]
    return done


def pinned(names: set[str]) -> str:
    """Return the entries of the lock file for some packages, with their hashes."""
    lock = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    entries = re.finditer(r"^([a-z0-9-]+)==.*(?:\n    .*)*", lock, re.MULTILINE)
    return "\n".join(entry.group() for entry in entries if entry[1] in names)


def tests() -> list[str]:
    """Return the folders of tests that are run."""
    return sorted(
        {path.relative_to(ROOT).parts[1] for path in (ROOT / "tests").glob("*/**/test_*.py")}
        - set(OTHERS)
    )


class Job(NamedTuple):
    """A Python to run the tests under; `is_lowest`: with the lowest versions."""

    python: str
    is_lowest: bool = False

    @property
    def name(self) -> str:
        """Its name for people."""
        return _version(self.python) + (" with the lowest versions" if self.is_lowest else "")

    @property
    def folder(self) -> Path:
        """Where its environment is."""
        return ROOT / ".venv" / "pythons" / self.name.replace(" ", "-")


def made(job: Job) -> str:
    """Make the environment of a job; return what went wrong, if anything did."""
    try:
        _make(job.folder, job.python, job.is_lowest)
    except subprocess.CalledProcessError as error:
        return f"{error}\n{error.stderr}"
    return ""


def run(job: Job) -> tuple[int, str]:
    """Run the tests in the environment of a job; return the exit status and what was printed."""
    folder, processes = job.folder, os.cpu_count() or 1
    command = [str(folder / "bin/python"), "-m", "pytest", "-p", "no:cacheprovider", "--no-header"]
    command += ["--numprocesses", str(processes), "--dist", "loadfile"]
    done = subprocess.run(
        [*command, *(f"tests/{part}" for part in tests())],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    told = lines[-60:] if done.returncode else lines[-1:]
    return done.returncode, "\n".join([f"Python {job.name}: ", *told, done.stderr]).strip()


def _make(folder: Path, python: str, is_lowest: bool) -> None:
    def do(*command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, text=True)

    do(python, "-m", "venv", "--clear", folder)
    inside = folder / "bin/python"
    own = {canonicalize_name(one.name) for one in needed()}
    wanted = closure([*RUNNERS, *own])
    if is_lowest:
        do(inside, *_PIP, "--no-deps", *lowest(), *ONLY_LOWEST)
        wanted -= own
    file = folder / "pinned.txt"
    file.write_text(pinned(wanted) + "\n", encoding="utf-8")
    do(inside, *_PIP, "--no-deps", "--require-hashes", "--requirement", file)
    do(inside, "-m", "pip", "check", "--disable-pip-version-check")


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("python", nargs="?")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--lowest", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(pythons()))
        return 0
    if options.python or options.lowest:
        program = find(options.python) or options.python if options.python else sys.executable
        jobs = [Job(program, options.lowest)]
    else:
        own = f"{sys.version_info.major}.{sys.version_info.minor}"
        others = [program for program in pythons() if _version(program) != own]
        jobs = [Job(sys.executable, True), *map(Job, others)]
    worst = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # pip waits much, tests do not
        problems = list(pool.map(made, jobs))
    for job, problem in zip(jobs, problems, strict=True):
        status, told = (1, f"Python {job.name}: {problem}") if problem else run(job)
        print(told, flush=True)
        worst = max(worst, status)
    return worst


if __name__ == "__main__":
    sys.exit(main())

"""Build the tool as a single file that runs on every Python that is supported, on one platform.

    python -m tools.single_file WHEEL --output FILE      for this platform
    python -m tools.single_file WHEEL --archives FOLDER  an archive for each platform

What the tool needs is what requirements/tool.txt pins, with hashes. What of it is compiled has
another name for each Python, so one folder holds it for all of them. The bytes do not depend on the
place or the time of the build. Windows has none: it does not start a program by its first line.
"""

import argparse
import gzip
import io
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from tools.pythons import ROOT, VERSIONS

PLATFORMS = {
    "linux-amd64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64"),
    "linux-arm64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64"),
    "darwin-amd64": ("macosx_11_0_x86_64",),
    "darwin-arm64": ("macosx_11_0_arm64",),
}
"""By the names of Go: the platforms that wheels may be for, those of the newest system first."""

NAME = "hostnet-transform"
_PYTHONS = [f"{major}.{minor}" for major, minor in VERSIONS]
_PIP = (
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "--no-compile",
    "--no-deps",
)
_NOT_OURS = ("direct_url.json", "INSTALLER", "REQUESTED", "RECORD")
"""What pip writes besides the files of a wheel."""


def locked(python: str) -> str:
    """Return what requirements/tool.txt pins for a version of Python, with hashes."""
    text = (ROOT / "requirements/tool.txt").read_text(encoding="utf-8").replace("\\\n", "")
    entries = [line for line in text.splitlines() if not line.startswith("#")]
    return "\n".join(_for_python(entries, python)) + "\n"


def _for_python(entries: list[str], python: str) -> Iterator[str]:
    names = {"python_version": python, "python_full_version": f"{python}.0"}
    for entry in entries:
        pin, _, hashes = entry.partition(" --hash")
        requirement = Requirement(pin)
        if requirement.marker is None or requirement.marker.evaluate(names):
            yield f"{requirement.name}{requirement.specifier} --hash{hashes}"


def site_packages(wheel: Path, name: str, work: Path) -> Path:
    """Return a folder with the tool and all that it needs on a platform, for every Python.

    Raises:
        subprocess.CalledProcessError: pip did not find it.
    """
    folder = work / "site-packages"
    first, *others = _PYTHONS
    _install(folder, "--requirement", _written(work, locked(first)), name=name, python=first)
    for python in others:
        other = work / python
        compiled = [
            line for line in locked(python).splitlines() if _name(line) in _compiled(folder)
        ]
        _install(
            other, "--requirement", _written(work, "\n".join(compiled)), name=name, python=python
        )
        for path in sorted(other.rglob("*.so")):
            shutil.copy(path, folder / path.relative_to(other))
    shutil.rmtree(folder / "bin")  # it names the Python that builds
    subprocess.run([sys.executable, *_PIP, "--target", folder, wheel], check=True)
    shutil.rmtree(folder / "bin")
    for path in folder.glob("*.dist-info/*"):
        if path.name in _NOT_OURS:
            path.unlink()
    return folder


def _written(work: Path, text: str) -> Path:
    file = work / "requirements.txt"
    file.write_text(text, encoding="utf-8")
    return file


def _install(folder: Path, *what: str | Path, name: str, python: str) -> None:
    command = [sys.executable, *_PIP, "--require-hashes", "--only-binary=:all:"]
    command += ["--python-version", python, "--implementation", "cp"]
    command += [word for one in _tags(name) for word in ("--platform", one)]
    subprocess.run([*command, "--target", folder, *what], check=True)


def _tags(name: str) -> list[str]:
    """Return the platforms that wheels may be for: of macOS, those of all older systems, too."""
    first, *others = PLATFORMS[name]
    if not first.startswith("macosx"):
        return [first, *others, first.replace("_2_28", "2014")]
    machine = first.removeprefix("macosx_11_0_")
    older = [f"macosx_10_{minor}_{machine}" for minor in range(16, 8, -1)]
    return [first, *others, *(older if machine == "x86_64" else [])]


def _compiled(folder: Path) -> set[str]:
    """Return the names of the packages that are compiled."""
    return {
        path.parent.name.partition("-")[0].replace("_", "-").lower()
        for path in folder.glob("*.dist-info/WHEEL")
        if "Root-Is-Purelib: false" in path.read_text(encoding="utf-8")
    }


def _name(entry: str) -> str:
    return entry.partition("==")[0].lower()


def zipped(folder: Path, file: Path) -> None:
    """Write the program: what is in a folder, as one file."""
    command = [sys.executable, "-m", "shiv", "--compressed", "--reproducible"]
    command += ["--python", "/usr/bin/env python3", "--entry-point", "transformer.cli.main:main"]
    for path in [folder, *folder.rglob("*")]:  # whatever the umask
        path.chmod(0o755 if path.is_dir() or path.suffix == ".so" else 0o644)
    subprocess.run([*command, "--site-packages", folder, "--output-file", file], check=True)
    file.chmod(0o755)


def archived(file: Path, archive: Path) -> None:
    """Write an archive with the program and its license."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as opened:
        for name, path, mode in ((NAME, file, 0o755), ("LICENSE", ROOT / "LICENSE", 0o644)):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = path.stat().st_size, mode, 315_554_400
            with path.open("rb") as data:
                opened.addfile(entry, data)
    with archive.open("wb") as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out:
        out.write(packed.getvalue())


def this_platform() -> str:
    """Return the name of the platform that this runs on."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{sys.platform}-{machine}"


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("wheel", type=Path)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--output", type=Path)
    where.add_argument("--archives", type=Path)
    parser.add_argument("--platform", action="append", choices=PLATFORMS)
    options = parser.parse_args()
    version = options.wheel.name.split("-")[1]
    for name in options.platform or (PLATFORMS if options.archives else [this_platform()]):
        if name not in PLATFORMS:
            parser.error(f"there is no single file for {name}; install the wheel there")
        with tempfile.TemporaryDirectory() as work:
            folder = site_packages(options.wheel, name, Path(work))
            if options.archives is None:
                zipped(folder, options.output)
            else:
                zipped(folder, Path(work) / NAME)
                archived(Path(work) / NAME, options.archives / f"{NAME}-{version}-{name}.tar.gz")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Unpack the archive of a release into a folder of an image, for the Python that runs this.

    image_root.py ARCHIVE FOLDER

What other Pythons need is left out, and all is compiled, since nobody can write there later. This
needs nothing but Python, so that it runs in any image.
"""

import compileall
import importlib.machinery
import io
import py_compile
import sys
import tarfile
import zipfile
from pathlib import Path

NAME = "hostnet-transform"
PROGRAMS = (NAME, "kubectl-hostnet")
LAUNCHER = """\
#!/usr/bin/env python3
import sys

sys.path.insert(0, {packages!r})
from transformer.cli.main import main

main()
"""


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the program of an archive: `bin/` has launchers, `site-packages/` the rest."""
    with tarfile.open(archive) as opened:
        file, text = (opened.extractfile(name) for name in (NAME, "LICENSE"))
        (folder / "bin").mkdir(parents=True)
        (folder / "LICENSE").write_bytes(text.read())
        with zipfile.ZipFile(io.BytesIO(file.read())) as program:
            names = [name for name in program.namelist() if name.startswith("site-packages/")]
            program.extractall(folder, [name for name in names if is_for_us(name)])
    for name in PROGRAMS:
        path = folder / "bin" / name
        path.write_text(LAUNCHER.format(packages=f"{folder}/site-packages"), encoding="utf-8")
        path.chmod(0o755)
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH  # no times: the same bytes each time
    compileall.compile_dir(folder / "site-packages", quiet=1, invalidation_mode=mode)


def is_for_us(name: str) -> bool:
    """Whether this Python can use a file."""
    ours = tuple(importlib.machinery.EXTENSION_SUFFIXES)
    return not name.endswith(".so") or name.endswith(ours[0]) or ".cpython-" not in name


if __name__ == "__main__":
    unpack(Path(sys.argv[1]), Path(sys.argv[2]))

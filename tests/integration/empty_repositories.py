"""Empty Git repositories: one is made by Git, and all are copies of it, which start no process."""

import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


def begin(folder: Path) -> None:
    """Make a folder an empty repository, whose first branch is `main`."""
    folders, files = _contents()
    for name in folders:
        (folder / name).mkdir(parents=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


@cache
def _contents() -> tuple[list[Path], dict[Path, bytes]]:
    """Return what an empty repository holds: folders, and files."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    with TemporaryDirectory() as made:
        command = ["git", "init", "-q", "--initial-branch=main", "--template=", made]
        subprocess.run(command, check=True, env=env)
        paths = [*Path(made).rglob("*")]
        return (
            sorted(path.relative_to(made) for path in paths if path.is_dir()),
            {path.relative_to(made): path.read_bytes() for path in paths if path.is_file()},
        )

"""The top of a repository, where the paths in objects of Flux and Argo CD begin."""

import os
from collections.abc import Sequence
from pathlib import Path

from transformer.inputs.discovery import Source
from transformer.pipeline.input_folders import InputFolders


def git_top(folder: Path) -> Path | None:
    """Return the nearest folder, `folder` or one above it, that is a repository of Git."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)


def folders_of(sources: Sequence[Source]) -> InputFolders:
    """Return the folders of files that are in one repository.

    Without Git, its top is the working folder, or for files elsewhere the folder that holds all.
    """
    here = Path.cwd()
    files = [Path(os.path.normpath(here / source.name)) for source in sources]
    if not files:
        return InputFolders()
    top = git_top(files[0].parent)
    if top is None:
        is_here = files[0].is_relative_to(here)
        top = here if is_here else Path(os.path.commonpath([file.parent for file in files]))
    return InputFolders(Path(os.path.relpath(file, top)).as_posix() for file in files)

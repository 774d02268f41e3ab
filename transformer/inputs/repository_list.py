"""Lists of repositories: files, standard input, and patterns of folders.

One repository a line: its path, and after a tab its revision. Empty lines, and those that begin
with `#`, do not count. Blanks in a path belong to it. What could be a slip is refused.
"""

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError, reason_of
from transformer.system import stdio

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_HINT = "a line is a path or, with a tab between them, a path and a revision"


class Listed(NamedTuple):
    """A repository in a list, and its revision (empty: the list does not say)."""

    path: str
    revision: str


def listed(names: Iterable[str]) -> Iterator[Listed]:
    """Yield the repositories of all lists, as they are read. A list in a file is checked before.

    Raises:
        SettingsError: a list cannot be read, is no list, or has a line that is none.
    """
    names = tuple(names)
    for name in names:
        if name != "-" and not is_pattern(name):
            for _ in _of_file(name):
                pass
    for name in names:
        if is_pattern(name):
            yield from _of_pattern(name)
        else:
            yield from _of_file(name)


def is_pattern(name: str) -> bool:
    """Whether a list is a pattern of folders, and not the name of a file."""
    return glob.has_magic(name) and not os.path.lexists(name)


def _of_pattern(pattern: str) -> Iterator[Listed]:
    has_any = False
    for name in sorted(glob.iglob(pattern, recursive=True)):  # noqa: PTH207 (may be absolute)
        if Path(name).is_dir():
            has_any = True
            yield Listed(name, "")
    if not has_any:
        hint = "put it in quotes, so that the shell does not change it"
        raise SettingsError(f"the pattern {pattern!r} matches no folder", hint=hint)


def _of_file(name: str) -> Iterator[Listed]:
    if name == "-":
        yield from _of_lines(stdio.standard_input(), "<stdin>")
        return
    if Path(name).is_dir():
        hint = "name a file with one repository a line, or a pattern such as 'sites/*'"
        raise SettingsError("this is a folder, and not a list", file=name, hint=hint)
    try:
        with Path(name).open("rb") as file:
            yield from _of_lines(file, name)
    except OSError as error:
        raise SettingsError(f"the list cannot be read: {reason_of(error)}", file=name) from None


def _of_lines(lines: Iterable[bytes], name: str) -> Iterator[Listed]:
    for number, line in enumerate(lines, 1):
        data = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        text = os.fsdecode(data.removesuffix(b"\n").removesuffix(b"\r"))
        if text.strip() and not text.startswith("#"):
            yield _of_line(text, name, number)


def _of_line(text: str, name: str, number: int) -> Listed:
    path, tab, revision = text.partition("\t")
    slip = ""
    if tab and not revision.strip():
        slip = "there is a tab and no revision"
    elif "\t" in revision:
        slip = "there is more than one tab"
    elif not path.strip():
        slip = "there is no path"
    elif text != text.strip() or path != path.strip() or revision != revision.strip():
        slip = "there is a blank at the beginning or end of a path or revision"
    elif "\0" in text:
        slip = "there is a NUL byte"
    if slip:
        raise SettingsError(slip, file=name, line=number, column=1, hint=_HINT)
    return Listed(path, revision)

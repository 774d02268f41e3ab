"""Results of `fleet`: lines on standard output, patches in a folder, and a summary for people."""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TextIO

from transformer.errors import SettingsError, reason_of
from transformer.outputs import atomic
from transformer.outputs.terminal import Progress
from transformer.report.formatting import clean
from transformer.system.signals import deferred

_LONGEST = 200
"""Bytes of the name of a repository in that of a patch; a file system allows for 255."""


class FleetResults:
    """Takes results as they come; `counts` has what the summary is about.

    `patches`: the folder of patches. `err`: where people read (None: nowhere).
    """

    def __init__(
        self, out: BinaryIO, err: TextIO | None, progress: Progress, patches: Path | None
    ) -> None:
        self._out = out
        self._err = err
        self._progress = progress
        self._patches = patches
        self.counts: Counter[str] = Counter()
        self.statuses: set[int] = set()

    def add(self, line: dict[str, Any], patch: str, *, is_cached: bool) -> None:
        """Write a line as a whole, and the patch before it.

        Raises:
            OSError: one cannot be written.
        """
        if self._patches is not None:
            line = {**line, "patch": self._kept(line, patch)}
        text = json.dumps(line, separators=(",", ":")).encode() + b"\n"
        with deferred():
            self._out.write(text)
            self._out.flush()
        self._count(line, is_cached=is_cached)
        if line["error"] is not None and self._err is not None:
            self._progress.clear()
            print(*_lines(line), sep="\n", file=self._err, flush=True)
        self._progress.advance(1)

    def _kept(self, line: dict[str, Any], patch: str) -> str:
        """Return the name of the file of a patch; that of an earlier run is removed if there is
        none any more.
        """
        assert self._patches is not None
        name = patch_name(line["repository"], line["revision"])
        path = self._patches / name
        if patch:
            path.touch()
            try:
                atomic.replace(path, [patch.encode(errors="surrogateescape")])
            except OSError:
                if not path.stat().st_size:
                    path.unlink()
                raise
            return name
        if line["error"] is None:
            path.unlink(missing_ok=True)
        return ""

    def _count(self, line: dict[str, Any], *, is_cached: bool) -> None:
        status = line["status"]
        self.statuses.add(status)
        self.counts["repositories"] += 1
        self.counts["failed"] += status > 1
        self.counts["found"] += status == 1
        self.counts["cached"] += is_cached
        for name, number in (line["counts"] or {}).items():
            self.counts[name] += number

    def summary(self) -> str:
        """Return one line on all results."""
        counts = self.counts
        parts = [_number(counts["repositories"], "repository", "repositories")]
        parts += [f"{counts[name]} {word}" for name, word in _STATUSES.items() if counts[name]]
        found = [_number(counts[name], *words) for name, words in _FOUND.items() if counts[name]]
        return f"{', '.join(parts)}{': ' if found else ''}{', '.join(found)}"


def _number(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


_STATUSES = {
    "found": "with exit status 1",
    "failed": "that could not be read",
    "cached": "known from earlier runs",
}
_FOUND = {
    "changed": ("change", "changes"),
    "breaks": ("workload that breaks", "workloads that break"),
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
}


def patch_name(repository: str, revision: str) -> str:
    """Return the name of the file of a patch: that of the folder, and what tells it from others."""
    base = re.sub(r"[^\w.-]", "_", Path(repository).name.removesuffix(".git")) or "repository"
    base = os.fsencode(base)[:_LONGEST].decode(errors="ignore")
    whole = f"{repository}\0{revision}".encode(errors="surrogateescape")
    return f"{base}-{sha256(whole).hexdigest()[:8]}.patch"


def made_folder(path: Path) -> Path:
    """Make the folder of patches, if it is not there.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder for patches cannot be made: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None
    return path


def _lines(line: dict[str, Any]) -> Iterator[str]:
    error, at = line["error"], f"@{line['revision']}" if line["revision"] else ""
    place = ":".join(str(error[part]) for part in ("file", "line", "column") if error[part])
    where = f"{place}: " if place else ""
    yield clean(f"{line['repository']}{at}: error: {where}{error['message']}")
    if error["hint"]:
        yield clean(f"  help: {error['hint']}")

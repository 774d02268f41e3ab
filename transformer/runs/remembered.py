"""The results of files that have not changed since an earlier run, for the hook.

A hook validates a repository as a whole, and reports only what it finds in the changed files. The
result of any other file is the same as in an earlier run if its content, what is known of its
cluster, the settings and the tool are the same. It is looked up by a hash of all of these. The
changed files are always read.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from transformer.inputs.comparison import States
from transformer.inputs.discovery import Source
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.validate_document import DocumentDiagnostics
from transformer.pipeline.worlds import World

_FEWEST = 100
"""A run over fewer files is not worth remembering."""


_NOT_PLAIN = (TypeError, ValueError, RecursionError)
"""What is raised for a value that JSON cannot have, such as a very long number."""


class Known(NamedTuple):
    """The diagnostics of a document; `is_blank`: it has no content."""

    result: DocumentDiagnostics
    is_blank: bool


class Remembered:
    """The results of an earlier run that was like this one, and those of this run."""

    def __init__(self, folder: Path | None, name: str, states: States) -> None:
        self._folder, self._name = folder, name
        self._reported = states.reported_files
        self._before: dict[str, Any] = {}
        self._now: dict[str, list[Any] | None] = {}
        if folder:
            from transformer.inputs.cache_files import load  # only for large repositories

            self._before = load(folder, name)

    def key(self, source: Source, origin: Origin) -> str:
        """Return what stands for a file; nothing if it is not to be remembered."""
        if not self._folder or not source.blob or source.name in (self._reported or ()):
            return ""
        from hashlib import sha256

        return sha256(f"{source.blob} {source.clusters} {origin}".encode()).hexdigest()

    def of(self, key: str) -> list[Known] | None:
        """Return the results of a file if they are known."""
        if not key or (found := self._before.get(key)) is None:
            return None
        from transformer.pipeline.plain_form import from_plain

        try:
            known = [Known(from_plain(result), is_blank) for result, is_blank in found]
        except (TypeError, ValueError, KeyError, IndexError):
            return None
        self._now[key] = found
        return known

    def add(self, key: str, result: DocumentDiagnostics, is_blank: bool) -> None:
        """Add the result of the next document of a file."""
        found = self._now.setdefault(key, []) if key else None
        if found is not None:
            from transformer.pipeline.plain_form import to_plain

            try:
                found.append([to_plain(result), is_blank])
            except _NOT_PLAIN:
                self.forget(key)

    def forget(self, key: str) -> None:
        """Do not remember a file of which not everything was read."""
        self._now[key] = None

    def save(self) -> None:
        """Keep the results for later runs, if there are new ones."""
        found = {key: one for key, one in self._now.items() if one is not None}
        if self._folder and found.keys() != self._before.keys():
            from transformer.inputs.cache_files import save

            save(self._folder, self._name, found)


def remembered(
    folder: Path | None, states: States, context: RunContext, worlds: Iterable[World], rest: Any
) -> Remembered:
    """Return what is remembered of a run over the same cluster; `rest` is what else counts.

    Nothing is if all files are reported, if they are few, or if any were built.
    """
    is_of_use = states.reported_files is not None and len(states.new) >= _FEWEST
    if folder is None or not is_of_use or states.went_in or states.usages:
        return Remembered(None, "", states)
    from transformer.pipeline.plain_form import digest

    try:
        name = digest(tool_files(), str(states.top), context.facts(), [*map(_facts, worlds)], rest)
    except _NOT_PLAIN:
        return Remembered(None, "", states)
    return Remembered(folder, name, states)


def _facts(world: World) -> Sequence[Any]:
    return world.name, world.cluster.facts(), world.old_state


def tool_files(package: Path = Path(__file__).parents[1]) -> list[Any]:
    """Return what tells this tool from any other version of it: its code, and its data files."""
    if package.is_dir():
        beside = package.with_name("schemas").glob("*.json")  # in a checkout
        found = sorted([*package.rglob("*.py"), *package.rglob("*.json"), *beside])
    else:
        found = [package.parent]  # one file
    files = [(one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in found]
    return [str(package), *files]

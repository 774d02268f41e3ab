"""What was built, and the way back from findings on it to the places where they come from."""

import os
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from transformer.findings import Finding, ObjectRef, Place, Related, Violation, finding_at
from transformer.inputs.builds.closure import Closure
from transformer.inputs.builds.origins import BuildOrigins, placed
from transformer.inputs.builds.tree import Tree
from transformer.inputs.discovery import Source, relative_to_root
from transformer.pipeline.coverage import NotBuilt
from transformer.pipeline.suppressions import Subject
from transformer.rules.context import KustomizationUsage

_MOST_NAMED = 3


class Done(NamedTuple):
    """What went into a build, where that is, and the way back from what came out."""

    went_in: Closure
    tree: Tree
    origins: BuildOrigins


@dataclass(slots=True)
class Built:
    """The sources of a state after its kustomizations are built.

    `origins` lead findings on what was built back, by the name of its source; `names` are those of
    the files, by real path, and `relative` are their paths from `configured`, the folder of the
    configuration. `done` are the builds, by the real path of their folder. `usages` keep objects of
    different builds apart. `echoes` are failures, by file and message, that come from a file that
    cannot be read. `files` are the real paths of all that is loaded. `failed` are the
    kustomizations that cannot be built, by real path, with the files that go in.
    """

    sources: list[Source]
    origins: dict[str, BuildOrigins] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    relative: dict[str, str] = field(default_factory=dict)
    configured: Path = Path()
    usages: dict[str, KustomizationUsage] = field(default_factory=dict)
    done: dict[str, Done] = field(default_factory=dict)
    failures: list[Finding] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    failed: dict[str, set[str]] = field(default_factory=dict)
    echoes: dict[tuple[str, str], str] = field(default_factory=dict)
    not_built: dict[str, NotBuilt] = field(default_factory=dict)

    @property
    def folders(self) -> dict[str, str]:
        """The folder of the kustomization of each build, by the name of its source: that of the old
        state is called as in the new one.
        """
        found, called = dict[str, str](), dict[str, str]()
        for name, one in self.origins.items():
            folder = posixpath.dirname(self.name_of(one.root)) or "."
            found[name] = called.setdefault(self._relative(one.root), folder)
        return found

    def led_back(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return findings at the places where they come from.

        Those that several builds have in common are one, which names the kustomizations. If a
        finding is on what several kustomizations build, each further place names its own.
        """
        result: dict[Finding, list[str]] = {}
        clusters: dict[Finding, dict[str, None]] = {}
        for found in self._without_echoes(list(findings)):
            origins = self.origins.get(found.file)
            led = self.led(found)
            if origins is not None:
                led = led._replace(document=0, item="", object=found.object)
            root = self._root(found.file)
            is_of_one = all(self._root(one.file) == root for one in found.related)
            by = [self.name_of(root)] if root and is_of_one else []
            own, led = led.clusters, led._replace(clusters=())
            result.setdefault(led, []).extend(by)
            clusters.setdefault(led, {}).update(dict.fromkeys(own))
        return [
            _named_by(found, names)._replace(clusters=tuple(clusters[found]))
            for found, names in result.items()
        ]

    def _root(self, file: str) -> str:
        """Return the kustomization from which a file was built, or an empty text."""
        origins = self.origins.get(file)
        return "" if origins is None else origins.root

    def _without_echoes(self, findings: list[Finding]) -> list[Finding]:
        """Leave out failures where the file that they come from is reported itself."""
        unread = {one.file for one in findings if (one.rule, one.severity) == ("HN901", "error")}
        return [one for one in findings if self.echoes.get((one.file, one.message)) not in unread]

    def led(self, found: Finding) -> Finding:
        """Return a finding at the place where it comes from, if it is on something built."""
        origins = self.origins.get(found.file)
        if origins is not None:
            location = origins.location(found)
            found = placed(found, location, origins, self.name_of(location.file))
            if found.built_hint and not location.is_source:
                found = found._replace(hint=found.built_hint)
        if found.built_hint:
            found = found._replace(built_hint="")
        root = self._root(found.file)
        related = tuple(self._led_related(one, root) for one in found.related)
        message = found.message
        for one in found.mentioned:
            message = self._reworded(message, one)
        if (related, message) != (found.related, found.message):
            found = found._replace(related=related, message=message)
        return found._replace(mentioned=()) if found.mentioned else found

    def _reworded(self, message: str, one: Place) -> str:
        """Return a message that names the place where another one comes from."""
        origins = self.origins.get(one.file)
        if origins is None:
            return message
        location = origins.location(one)
        at = placed(finding_at(one, "", "info", NOTHING), location, origins, "")
        there = f"{self.name_of(location.file)}:{at.line}"
        return message.replace(f"{one.file}:{one.line}", there)

    def _led_related(self, one: Related, root: str) -> Related:
        """Return a further place of a finding; if it was not built from `root` as the finding was,
        it names the kustomization.
        """
        origins = self.origins.get(one.file)
        if origins is None or one.object is None:
            return one
        location = origins.place_of(one.object)
        at = placed(_AS_FINDING, location, origins, self.name_of(location.file))
        by = [self.name_of(origins.root)] if origins.root != root else []
        message = one.message + _as_built([name for name in by if name != at.file])
        one = one._replace(document=0, item="", message=message)
        return one._replace(file=at.file, line=at.line, column=at.column)

    def also_known(self, at: Finding | Place) -> Iterator[Subject]:
        """Yield the object that a finding on something built is about, as it is called when built
        and in its source, with the file where the finding is reported.
        """
        origins = self.origins.get(at.file)
        if origins is not None:
            file = self._relative(origins.location(at).file)
            yield at.object, file
            yield origins.source_of(at), file

    def built_from(self) -> Iterator[tuple[str, Sequence[ObjectRef]]]:
        """Yield the files that went into builds, each with the objects in it."""
        for origins in self.origins.values():
            for file in sorted(origins.went_in.files):
                objects = origins.objects_of(file).items().values()
                yield self._relative(file), [one.ref for one in objects]

    def _relative(self, real: str) -> str:
        return self.relative.get(real) or relative_to_root(Path(real), self.configured)

    def name_of(self, real: str) -> str:
        """Return the name of a file, by its real path."""
        return self.names.get(real) or os.path.relpath(real)


def _named_by(found: Finding, names: Sequence[str]) -> Finding:
    names = [name for name in dict.fromkeys(names) if name != found.file]
    return found._replace(message=found.message + _as_built(names)) if names else found


def _as_built(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    words = ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f" (as built by {words})" if names else ""


NOTHING = Violation("", "")
_AS_FINDING = finding_at(Place(""), "", "info", NOTHING)

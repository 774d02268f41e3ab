"""The finding on a build that failed."""

import os
import posixpath
import shlex
from collections.abc import Mapping
from typing import NamedTuple

from transformer.errors import SettingsError
from transformer.findings import Finding, Severity
from transformer.inputs.builds.causes import cause_of
from transformer.inputs.builds.program import VARIABLE
from transformer.inputs.builds.restrictions import OPTION
from transformer.inputs.discovery import Source
from transformer.inputs.reading import unreadable


class Failure(NamedTuple):
    """The finding that a build failed, and the `file` that cannot be read, if that is why."""

    finding: Finding
    file: str


def failed(
    source: Source,
    failure: str,
    command: tuple[str, ...],
    moved: Mapping[str, str],
    severity: Severity,
) -> Failure:
    """Return why a build failed.

    `moved` maps the start of a path in a copy to where it was copied from.
    """
    root = os.path.realpath(source.path.parent)

    def original(path: str) -> str:
        for start, end in moved.items():
            if path == start or path.startswith(f"{start}/"):
                return end + path[len(start) :]
        return path

    def shown(path: str) -> str:
        there = original(path)
        is_near = os.path.commonpath([there, root]) != os.sep
        return os.path.relpath(there) if is_near else path

    cause = cause_of(failure, lambda path: original(path) == root, shown)
    message = f"kustomize cannot build this: {cause.text}"
    folder = posixpath.dirname(source.name) or "."
    hint = f"`{shlex.join((*command, folder))}` prints all of it"
    if "is not in or below" in cause.text and OPTION[0] not in " ".join(command):
        value = shlex.join((*command, *OPTION))
        hint = f"if it is built without this restriction, set {VARIABLE}={value!r}"
    found = unreadable(source, message, hint)
    return Failure(found._replace(severity=severity), original(cause.file))


def misconfigured(source: Source, file: str, error: SettingsError, severity: Severity) -> Failure:
    """Return that a configuration of ours in the file called `file` is invalid."""
    found = unreadable(source._replace(name=file), error.message, error.hint)
    return Failure(found._replace(severity=severity), "")

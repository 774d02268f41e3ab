"""A baseline as a file: sorted YAML with one line for each entry, so that branches merge."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from transformer.config.own_files import checked, content
from transformer.config.package_data import read
from transformer.errors import SettingsError
from transformer.kubernetes.schema.explain import Problem, problems
from transformer.patch.render import FlowStyle, flow
from transformer.pipeline.baseline import Key, Known

_MAX_SIZE = 64 * 1024 * 1024
_HEAD = 4096
"""Bytes of the beginning of a file."""

_CONFLICT = (b"<<<<<<< ", b">>>>>>> ")
_KIND = b"kind: HostnetBaseline"
_HEADER = """\
# Findings that were there before: `hostnet-transform validate` does not report them. To drop what
# is no longer found, and add nothing, where FILE is this file:
#   hostnet-transform validate --baseline FILE --write-baseline FILE PATH
# With --write-baseline alone, what is new is added as well.
"""
_AGAIN = "`hostnet-transform validate --write-baseline FILE` writes it"


def load(path: Path) -> Known:
    """Return the baseline in the file `path`.

    Raises:
        SettingsError: the file cannot be read, or is not a baseline.
    """
    data = content(path, "baseline", _MAX_SIZE, folder_hint=_AGAIN, missing_hint=_AGAIN)
    _refuse_conflict(data, path)
    found = checked(data, str(path), "baseline", _problems, _AGAIN).value
    known: dict[Key, int] = {}
    for entry in found.get("entries") or ():
        key = Key(*(entry.get(name, "") for name in Key._fields))
        # The same entry of two branches covers no more than one of them does.
        known[key] = max(known.get(key, 0), entry.get("count", 1))
    return known


def before(path: Path) -> Known | None:
    """Return the baseline that the file `path` has had so far, or None if it cannot be read."""
    try:
        return load(path) if is_one(path) else None
    except (SettingsError, OSError):
        return None


def _refuse_conflict(data: bytes, path: Path) -> None:
    for number, line in enumerate(data.splitlines(), 1):
        if line.startswith(_CONFLICT):
            message = "the baseline has a conflict of a merge"
            hint = f"keep the entries of both sides, or write it again: {_AGAIN}"
            raise SettingsError(message, file=str(path), line=number, column=1, hint=hint)


def is_one(path: Path) -> bool:
    """Whether a file is a baseline, perhaps one that cannot be read after a merge, or empty.

    Raises:
        OSError: it cannot be read.
    """
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return not head or _KIND in head


def _problems(value: Any) -> list[Problem]:
    schema = json.loads(read("schemas/baseline.schema.json"))
    return problems(value, schema, "the baseline")


def render(known: Known) -> Iterator[str]:
    """Yield the lines of the file."""
    yield _HEADER
    yield "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetBaseline\n"
    yield "entries:\n" if known else "entries: []\n"
    for key in sorted(known):
        entry: dict[str, Any] = {name: value for name, value in key._asdict().items() if value}
        if known[key] > 1:
            entry["count"] = known[key]
        yield f"- {flow(entry, FlowStyle())}\n"

"""The real kubectl, and what it says of each of many objects."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.cluster.control_plane import ControlPlane
from tests.requirements import find_tool

_ERROR = re.compile(r"(?m)^(?=Error from server|error: |The \w+ \")")
_FILE = re.compile(r"/([^/\"]+)\.json\"")
_INVALID = re.compile(r"The \w+ \"([^\"]+)\" is invalid")
_AROUND = (
    re.compile(r"^.*?\.json\"(?:: error when \w+ \"[^\"]+\")?: ", re.DOTALL),
    re.compile(r"^Error from server \(\w+\): "),
    re.compile(r"^The \w+ \"[^\"]+\" is invalid:\s+"),
    re.compile(r"patch: Invalid value: \".*\": (?=strict)", re.DOTALL),
)


def applied(plane: ControlPlane, values: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Apply objects with `kubectl apply`; return by their names why they are refused, or nothing.

    Raises:
        ValueError: kubectl says nothing of an object.
    """
    with tempfile.TemporaryDirectory(dir=plane.folder) as folder:
        names = []
        for value in values:
            names.append(value["metadata"]["name"])
            path = Path(folder) / f"{names[-1]}.json"
            path.write_text(json.dumps(value), encoding="utf-8")
        if not names:
            return {}
        taken, errors = _run(plane, "apply", "--filename", folder)
    return _told(names, taken, {_name_in(error): _reason(error) for error in errors})


def deleted(plane: ControlPlane, kind: str, names: Iterable[str]) -> dict[str, str]:
    """Delete objects of a kind one by one; return by their names why it is refused, or nothing."""
    found: dict[str, str] = {}
    for name in names:
        taken, errors = _run(plane, "delete", "--wait=false", kind, name)
        found |= _told([name], taken, {name: _reason(errors[0])} if errors else {})
    return found


def _told(names: list[str], taken: str, refused: dict[str, str]) -> dict[str, str]:
    done = set(re.findall(r"(?m)/(\S+) (?:created|configured|unchanged)$", taken))
    done |= set(re.findall(r"(?m) \"(\S+)\" deleted", taken))
    missing = [name for name in names if (name in done) == (name in refused)]
    if missing:
        raise ValueError(f"kubectl says nothing, or two things, of {missing}: {taken} {refused}")
    return {name: refused.get(name, "") for name in names}


def _run(plane: ControlPlane, *arguments: str) -> tuple[str, list[str]]:
    kubectl = find_tool("kubectl")
    if kubectl is None:
        raise FileNotFoundError("kubectl is not installed; `make setup` installs one")
    command = [kubectl, "--kubeconfig", str(plane.kubeconfig), *arguments]
    ran = subprocess.run(
        command,
        env={"HOME": str(plane.folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [part for part in _ERROR.split(ran.stderr) if part and not part.startswith("Warning")]
    return ran.stdout, errors


def _name_in(error: str) -> str:
    for pattern in (_FILE, _INVALID):
        found = pattern.search(error)
        if found:
            return found[1]
    raise ValueError(f"kubectl names no object: {error}")


def _reason(error: str) -> str:
    """Return why, without the files of this run and the objects, which stand in it, too."""
    told = error.strip().splitlines()
    message = told[-1] if told[0].endswith("error when applying patch:") else "\n".join(told)
    for around in _AROUND:
        message = around.sub("", message, count=1)
    return message

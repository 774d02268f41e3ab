"""Running scripts of `--output kubectl` on a cluster that is a folder of files."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from transformer.kubernetes.objects import Manifest, manifests

STAND_IN = Path(__file__).parent / "kubectl_stand_in.py"


class Cluster:
    """Objects in files, with a stand-in for kubectl; `folder` must be empty."""

    def __init__(self, folder: Path, objects: Iterable[dict[str, Any]]) -> None:
        self._objects = folder / "objects"
        self._programs = folder / "programs"
        self._work = folder / "work"
        for one in (self._objects, self._programs, self._work):
            one.mkdir()
        kubectl = self._programs / "kubectl"
        command = shlex.join([sys.executable, "-I", "-S", str(STAND_IN)])
        kubectl.write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        kubectl.chmod(0o755)
        for value in objects:
            self.put(value)

    def put(self, value: dict[str, Any]) -> None:
        """Create an object, or replace it."""
        (manifest,) = manifests(value)
        path = self._path(manifest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), encoding="utf-8")

    def get(self, value: dict[str, Any]) -> Any:
        """Return the object with the kind, namespace and name of `value`, as it is now."""
        (manifest,) = manifests(value)
        return json.loads(self._path(manifest).read_bytes())

    def run(
        self, script: bytes, *options: str, shell: str = "sh"
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as `SHELL FILE OPTIONS`, in a folder in which it must leave nothing."""
        file = self._work.parent / "apply.sh"
        file.write_bytes(script)
        done = subprocess.run(
            [shell, str(file), *options],
            cwd=self._work,
            env={"PATH": f"{self._programs}:{os.environ['PATH']}", "CLUSTER": str(self._objects)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert list(self._work.iterdir()) == []
        return done

    def _path(self, manifest: Manifest) -> Path:
        ref = manifest.ref
        kind = f"{ref.kind}.{ref.version}.{ref.group}"
        return self._objects / kind / (ref.namespace or "_") / f"{ref.name}.json"

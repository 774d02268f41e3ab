"""hostnet-transform beside `kubectl kustomize`: the same edit on the same resources.

kustomize gets a strategic-merge patch for each kind of edit, with a target that selects what our
rules select. Where it cannot see what they see (a pod template's annotation, a pool's
hostNetwork), the manifests carry a label for it, or it is told names.
"""

import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench import corpus
from bench.processes import Run, run

_REQUIREMENT = b"key: nodepool.openyurt.io/hostnetwork"
_LABEL = b'nodepool.openyurt.io/hostnetwork: "true"'

_GUARD = """\
apiVersion: apps/v1
kind: any
metadata:
  name: any
spec:
  template:
    spec:
      affinity:
        nodeAffinity:
          requiredDuringSchedulingIgnoredDuringExecution:
            nodeSelectorTerms:
            - matchExpressions:
              - key: nodepool.openyurt.io/hostnetwork
                operator: NotIn
                values: ["true"]
"""
_MARK = """\
apiVersion: v1
kind: any
metadata:
  name: any
  labels:
    nodepool.openyurt.io/hostnetwork: "true"
"""
_ANNOTATED = {"kind": "Deployment", "labelSelector": f"{corpus.NEEDS_POD_NETWORK}=true"}
_COMPONENTS = {"kind": "DaemonSet|Deployment", "name": "kube-flannel-ds|kube-proxy|coredns"}
_NODES = {"kind": "Node", "labelSelector": f"apps.openyurt.io/nodepool={corpus.HOST_NETWORK_POOL}"}

_PATCHES: dict[str, list[tuple[dict[str, str], str]]] = {
    "small": [(_ANNOTATED, _GUARD)],
    "all edited": [(_ANNOTATED, _GUARD)],
    "mixed": [(_ANNOTATED, _GUARD), (_COMPONENTS, _GUARD), (_NODES, _MARK)],
}


@dataclass(frozen=True, slots=True)
class Throughput:
    """One mix at one size. `other` is None where there is no kubectl.

    `edits` counts the requirements and labels in both outputs, which are the same number;
    `is_equal` says that both outputs, parsed, hold equal objects (None: not looked at).
    """

    mix: str
    documents: int
    size: int
    edits: int
    own: Run
    other: Run | None
    is_equal: bool | None = None


@dataclass(frozen=True, slots=True)
class StartUp:
    """A command from start to finish, again and again, in seconds: wall time, processor time."""

    name: str
    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        return min(self.seconds)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def throughput(
    mix: str,
    number: int,
    folder: Path,
    own: str,
    kubectl: str | None,
    *,
    rounds: int,
    other_rounds: int,
    compares_objects: bool,
) -> Throughput:
    """Measure both tools on the first `number` documents of `mix`; the best of some rounds.

    Raises:
        RuntimeError: a tool failed, or they did not make the same edits.
    """
    documents = corpus.take(mix, number)
    data = corpus.joined(documents)
    source = kustomization(mix, data, folder / "kustomize")
    edits = sum(document.edit != "" for document in documents)
    mine, theirs = folder / "own.yaml", folder / "other.yaml"
    run([own], folder, stdin=source)  # byte code is written, files come into the cache
    best = _best([run([own], folder, stdin=source, output=mine) for _ in range(rounds)])
    _expect_edits(own, mine, edits)
    other, is_equal = None, None
    if kubectl is not None:
        command = [kubectl, "kustomize", str(source.parent)]
        other = _best([run(command, folder, output=theirs) for _ in range(other_rounds)])
        _expect_edits(kubectl, theirs, edits)
        if compares_objects:
            is_equal = _objects(mine) == _objects(theirs)
    return Throughput(mix, number, len(data), edits, best, other, is_equal)


def start_up(folder: Path, own: str, kubectl: str | None, rounds: int) -> list[StartUp]:
    """Measure one small manifest from start to finish, the commands in turn."""
    source = kustomization(
        "all edited", corpus.joined(corpus.take("all edited", 1)), folder / "one"
    )
    commands: list[tuple[str, Sequence[str], Path | None]] = [
        ("hostnet-transform", [own], source),
        ("python -c pass", [sys.executable, "-c", "pass"], None),
    ]
    if kubectl is not None:
        commands.insert(1, ("kubectl kustomize", [kubectl, "kustomize", str(source.parent)], None))
    for _, command, stdin in commands:
        run(command, folder, stdin=stdin)  # files come into the cache, byte code is written
    taken: dict[str, list[Run]] = {name: [] for name, _, _ in commands}
    for _ in range(rounds):
        for name, command, stdin in commands:
            taken[name].append(run(command, folder, stdin=stdin))
    return [
        StartUp(name, tuple(run.seconds for run in runs), tuple(run.cpu_seconds for run in runs))
        for name, runs in taken.items()
    ]


def kustomization(mix: str, data: bytes, folder: Path) -> Path:
    """Write a folder for kustomize, and return the path of the file with the resources."""
    folder.mkdir(exist_ok=True)
    patches = [{"target": target, "patch": patch} for target, patch in _PATCHES[mix]]
    content = {"resources": ["all.yaml"], "patches": patches}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(content))
    source = folder / "all.yaml"
    source.write_bytes(data)
    return source


def _best(runs: Sequence[Run]) -> Run:
    return min(runs, key=lambda run: run.seconds)


def _expect_edits(command: str, output: Path, expected: int) -> None:
    data = output.read_bytes()
    found = data.count(_REQUIREMENT) + data.count(_LABEL)
    if found != expected:
        raise RuntimeError(f"{command} made {found} edits where {expected} were due")


def _objects(path: Path) -> dict[tuple[str, str, str], Any]:
    """Return the objects in a file by kind, namespace and name."""
    with path.open("rb") as file:
        return {
            (
                value["kind"],
                value["metadata"].get("namespace", ""),
                value["metadata"]["name"],
            ): value
            for value in yaml.load_all(file, Loader=yaml.CSafeLoader)
        }

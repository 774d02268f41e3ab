"""What is asked of the control plane, and its recorded answers, from `testdata/cluster/`."""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from tests.cluster import (
    admitted_pods,
    changes,
    new_nodes,
    pod_security,
    scheduling,
    worlds,
    yurt_app_sets,
)
from tests.cluster.control_plane import ControlPlane

FOLDER = Path(__file__).parents[2] / "testdata" / "cluster"

Vector: TypeAlias = dict[str, Any]
"""A question, with its `name` and the `answer` of the control plane."""


@dataclass(frozen=True, slots=True)
class Judge:
    """What is asked, and how; each judge has a control plane of its own."""

    questions: Callable[[], Iterable[Vector]]
    answers: Callable[[ControlPlane, Iterable[Vector]], Iterator[Vector]]


JUDGES = {
    "changes": Judge(changes.questions, changes.answers),
    "new-nodes": Judge(new_nodes.questions, new_nodes.answers),
    "admitted-pods": Judge(admitted_pods.questions, admitted_pods.answers),
    "pod-security": Judge(pod_security.questions, pod_security.answers),
    "yurt-app-sets": Judge(yurt_app_sets.questions, yurt_app_sets.answers),
    "worlds": Judge(worlds.worlds, scheduling.answers),
}


def file_of(judge: str) -> Path:
    """Return where the vectors of one judge are."""
    return FOLDER / f"{judge}.jsonl.gz"


@cache
def vectors(judge: str) -> tuple[Vector, ...]:
    """Return all vectors of one judge."""
    with gzip.open(file_of(judge), "rt", encoding="utf-8") as lines:
        return tuple(map(json.loads, lines))

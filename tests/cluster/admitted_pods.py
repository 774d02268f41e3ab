"""Pods as the server admits them, in a dry run: the guard of the webhook, if it is up."""

from collections.abc import Iterable, Iterator
from typing import Any

from tests.cluster.client import all_at_once
from tests.cluster.control_plane import ControlPlane
from tests.oracle.generated import questions as of_the_oracle

Value = dict[str, Any]

SEED = 71_005
COUNT = 300
_PATH = "/api/v1/namespaces/default/pods?dryRun=All"


def questions() -> Iterator[Value]:
    """Yield the pods."""
    for asked in of_the_oracle("pod-default", seed=SEED, count=COUNT):
        yield {key: asked[key] for key in ("name", "pod")}


def answers(plane: ControlPlane, asked: Iterable[Value]) -> Iterator[Value]:
    """Yield the affinity that each pod has when it is admitted, or why it is not."""
    client = plane.client
    for answer in all_at_once(lambda one: client.ask("POST", _PATH, one["pod"]), asked):
        if answer.is_taken:
            yield {"affinity": answer.value["spec"].get("affinity")}
        else:
            yield {"refused": answer.message}

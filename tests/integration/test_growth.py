"""What costs more than its size says, at a size at which that would be a matter of minutes.

Each input is given to a process of its own that has no more than `_SECONDS` of processor time: what
grows with the square of its input does not come to an end in them, whatever the machine.
"""

import resource
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.integration.zygote import Ended, forked
from tests.manifests import node, pool

_SECONDS = 5

ASKS = '  annotations:\n    apps.openyurt.io/exclude-host-network-pool: "true"\n'
POD = f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n{ASKS}"
WITH_SPEC = f"{POD}spec:\n  containers:\n  - name: a\n    image: a\n"
TERMS = (
    "  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n"
    "        nodeSelectorTerms:\n"
)


NODE_POOL = pool("p").decode()
NODE_POOL_D = pool("p%d").decode() + "---\n"
DAEMON_SET = """\
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: d%d}
spec:
  template:
    spec:
      nodeSelector: {apps.openyurt.io/nodepool: p}
      hostNetwork: true
      containers: [{name: a, ports: [{containerPort: 80}]}]
"""


class Growing(NamedTuple):
    """A text, then a line so many `times` (`%d` in it is the number of the line), then an end."""

    head: str
    line: str
    times: int
    end: str = ""

    def data(self) -> bytes:
        lines = (self.line.replace("%d", str(number)) for number in range(self.times))
        return "".join((self.head, *lines, self.end)).encode()


BOTH = {
    "blank lines above": Growing("", "\n", 300_000, WITH_SPEC),
    "comments above": Growing("", "# c\n", 50_000, WITH_SPEC),
    "comments below": Growing(WITH_SPEC, "# c\n", 150_000),
    "keys": Growing(f"{WITH_SPEC}x:\n", "  k%d: v\n", 15_000),
    "anchors": Growing(f"{WITH_SPEC}x:\n", "  - &a%d v\n", 15_000),
    "aliases to one anchor": Growing(f"{WITH_SPEC}x:\n  - &a v\n", "  - *a\n", 15_000),
    "items": Growing(f"{WITH_SPEC}x:\n", "  - v\n", 25_000),
    "quotes on one line": Growing(f"{WITH_SPEC}x: [", "'a',", 15_000, "]\n"),
    "escaped quotes on one line": Growing(f'{WITH_SPEC}x: "', '\\"', 300_000, '"\n'),
    "lines like markers": Growing(f"{WITH_SPEC}x: |\n", "  ---\n", 100_000),
    "documents": Growing("", "a: b\n---\n", 5_000),
    "findings of items": Growing(
        "apiVersion: v1\nkind: List\nitems:\n",
        "- {kind: List, items: [{kind: Node}]}\n",
        4_000,
    ),
    "annotations without an effect": Growing(
        "apiVersion: x/v1\nkind: Thing\nmetadata: {name: a}\nspec:\n",
        '  a%d: {annotations: {apps.openyurt.io/exclude-host-network-pool: "true"}}\n',
        7_500,
    ),
    "nodes and pools": Growing("", node("n%d", "p%d").decode() + "---\n" + NODE_POOL_D, 1_000),
}
"""What `transform` and `validate` are given."""

ALIASED = WITH_SPEC.replace("\n", "\n  ").removesuffix("  ")
SHARED = WITH_SPEC.replace("spec:", "spec: &a")
SHARED_ITEM = "apiVersion: v1\nkind: List\nitems:\n- " + SHARED.replace("\n", "\n  ").strip(" ")

ONLY_TRANSFORM = {
    "items that are one alias": Growing(
        f"apiVersion: v1\nkind: List\nitems:\n- &a\n  {ALIASED}", "- *a\n", 2_000
    ),
    "aliases that are written out": Growing(
        SHARED_ITEM, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: *a}\n", 2_000
    ),
    "merges that are written out": Growing(
        SHARED_ITEM, "- {apiVersion: v1, kind: Pod, metadata: {name: p%d}, spec: {<<: *a}}\n", 2_000
    ),
    "aliases of one mapping that are written out": Growing(f"{SHARED}x:\n", "  k%d: *a\n", 8_000),
    "empty terms": Growing(WITH_SPEC + TERMS, "        - {}\n", 2_500),
    "glued manifests": Growing("", WITH_SPEC, 1_000),
}

ONLY_VALIDATE = {
    "findings in one mapping": Growing(f"{NODE_POOL}  annotations:\n", "    _a%d: b\n", 7_500),
    "empty values in one mapping": Growing(f"{NODE_POOL}  annotations:\n", "    _a%d:\n", 7_500),
    "taints": Growing(f"{NODE_POOL}  taints:\n", "  - {key: a%d, effect: x}\n", 2_000),
    "duplicates": Growing("", f"---\n{WITH_SPEC}", 2_000),
    "host ports of one pool": Growing(NODE_POOL, DAEMON_SET, 1_000),
}


def _run(*args: str, data: bytes, folder: Path) -> Ended:
    return forked(*args, folder=folder, stdin=data, limits={resource.RLIMIT_CPU: _SECONDS})


CASES = [
    *(pytest.param("", growing, id=name) for name, growing in {**BOTH, **ONLY_TRANSFORM}.items()),
    *(
        pytest.param("validate", growing, id=f"validate: {name}")
        for name, growing in {**BOTH, **ONLY_VALIDATE}.items()
    ),
]


@pytest.mark.parametrize(("command", "growing"), CASES)
def test_what_comes_in_large_numbers_costs_no_more_than_its_size(
    command: str, growing: Growing, tmp_path: Path
) -> None:
    run = _run(*([command] if command else []), "-q", data=growing.data(), folder=tmp_path)
    assert run.status in (0, 1, 3), run.err[-300:]
    assert b"bug" not in run.err


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_long_name_is_not_repeated_in_full_by_each_finding(form: str, tmp_path: Path) -> None:
    head = f"{NODE_POOL}---\n{POD.removesuffix(ASKS)}".replace("name: a", "name: " + "a" * 100_000)
    head += "spec:\n  hostNetwork: true\n  containers:\n"
    ports = "  - name: c%d\n    ports: [{containerPort: 1, hostPort: 2}]\n"
    data = Growing(head, ports, 1000).data()
    run = _run("validate", "--format", form, data=data, folder=tmp_path)
    assert run.status == 1
    assert run.out.count(b"HN410") >= 1000
    assert len(run.out) < 2_000_000

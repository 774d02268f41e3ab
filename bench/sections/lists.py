"""Beside yq: a List of nodes, as JSON patches

`kubectl get nodes -o yaml` prints one document. A quarter of the nodes are in host-network pools
and lack the label; the output is a JSON patch for each of them. yq gets an expression that knows
the names of these pools, and prints the name of each such node and the same patch. Both must name
the same nodes, with the same patches.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from bench import nodes, programs
from bench.equality import expect
from bench.figures import Found, Table, growth, peak
from bench.place import Place
from bench.processes import Command
from bench.rounds import in_turn

_PATCH = (
    '[{"op": "add", "path": "/metadata/labels/nodepool.openyurt.io~1hostnetwork", "value": "true"}]'
)


def measure(place: Place) -> Iterator[Found]:
    """Measure JSON patches for Lists of three sizes."""
    start = _compared(place, 1, with_yq=False)
    small = _compared(place, place.size(1000, 20))
    yield small
    large = _compared(place, place.size(5000, 100))
    yield large
    yield from large.ratio("CPU", programs.OWN, programs.YQ, 1.0)
    yield from large.ratio("wall", programs.OWN, programs.YQ, 1.0)
    one, few, many = (table.series[0] for table in (start, small, large))
    yield peak(large.caption, many, 80)
    yield growth(f"CPU an item, {large.caption} / {small.caption}", few, many, one, 5)


def patches(place: Place, number: int) -> Command:
    """Return the command that prints JSON patches for so many nodes."""
    pools = place.folder / "pools.yaml"
    pools.write_text(nodes.pools())
    source = nodes.write_list(place.folder / f"nodes-{number}.yaml", number)
    options = ("--pools", str(pools), "--output", "json-patch")
    return programs.own(*options, stdin=source)


def expect_patches(output: Path, number: int) -> None:
    """Expect a patch for each of `number` nodes that is in a host-network pool."""
    printed = [json.loads(line) for line in output.read_text().splitlines()]
    found = [(each.get("name") or each["object"]["name"], each["patch"]) for each in printed]
    due = [
        (nodes.name(index), json.loads(_PATCH))
        for index in range(number)
        if nodes.is_host_network(index)
    ]
    expect(found == due, f"{output.name}: other nodes or other patches than are due")


def _compared(place: Place, number: int, *, with_yq: bool = True) -> Table:
    own = patches(place, number)
    assert own.stdin is not None
    others = programs.yq(own.stdin, _expression(), "--output-format=json", "--indent=0")
    commands = [own, *others] if with_yq else [own]
    caption = f"{number:,} nodes, {own.stdin.stat().st_size / 1e6:.1f} MB"
    rounds = place.size(3, 0)
    return in_turn(caption, place, commands, lambda _, out: expect_patches(out, number), rounds)


def _expression() -> str:
    names = "|".join(nodes.HOST_NETWORK_POOLS)
    return (
        f'.items[] | select(.metadata.labels["apps.openyurt.io/nodepool"] | test("^({names})$"))'
        f' | {{"name": .metadata.name, "patch": {_PATCH}}}'
    )

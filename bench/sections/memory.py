"""Memory

The stream is that of the few edits, over and over to 1 GB. The List is that of `lists`, with 20,000
nodes; `validate` must find each node that lacks the label. The ResourceList has the documents of a
cluster as its items, as kustomize hands them to a function; not a line of them may get lost. Each
command runs once.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench import corpus, nodes, programs
from bench.equality import expect, expect_insertions
from bench.figures import Found, peak
from bench.place import Place
from bench.processes import Command
from bench.rounds import Check, in_turn
from bench.sections.lists import expect_patches, patches


def measure(place: Place) -> Iterator[Found]:
    """Measure what each command takes at its worst."""
    yield from _stream(place)
    yield from _resource_list(place)
    yield from _lists(place)


def _stream(place: Place) -> Iterator[Found]:
    block, times = place.size(40_000, 400), place.size(40, 1)
    source = corpus.write(place.folder / "all.yaml", "one in forty", block, times=times)
    return _alone(place, programs.own(stdin=source), 40, _keeps_lines(source), "stream")


def _lists(place: Place) -> Iterator[Found]:
    number = place.size(20_000, 100)
    transform = patches(place, number)
    pools = ("--pools", str(place.folder / "pools.yaml"))
    options = ("--format", "json", *pools)
    validate = programs.own("validate", *options, "-", stdin=transform.stdin, statuses=(1,))

    def check(_: str, output: Path) -> None:
        found = Counter(finding["rule"] for finding in json.loads(output.read_text())["findings"])
        expect(found == {"HN311": len(range(0, number, 4))}, f"{found} was found")

    what = f"List of {number:,} nodes"
    yield from _alone(place, transform, 80, lambda _, out: expect_patches(out, number), what)
    yield from _alone(place, validate, 80, check, f"{what}, validate")


def _resource_list(place: Place) -> Iterator[Found]:
    source = place.folder / "resource-list.yaml"
    documents = corpus.take("mixed", place.size(93_000, 100))
    head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
    nodes.write_items(source, head, (document.text for document in documents))
    return _alone(place, programs.own(stdin=source), 100, _keeps_lines(source), "ResourceList")


def _keeps_lines(source: Path) -> Check:
    return lambda _, output: expect_insertions(output, source)


def _alone(place: Place, command: Command, goal: float, check: Check, what: str) -> Iterator[Found]:
    assert command.stdin is not None
    caption = f"{what}, {command.stdin.stat().st_size / 1e6:,.1f} MB"
    table = in_turn(caption, place, [command], check, rounds=0)
    yield table
    yield peak(caption, table.series[0], goal)

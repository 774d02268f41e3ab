"""Growth

The time that one document (or one item of a List) takes, relative to a small input. The documents
are those of the few edits, the same 10,000 over and over; the Lists are those of `lists`. What the
program needs to start is subtracted: the time that a single document (item) takes, which is edited.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import corpus, programs
from bench.equality import expect_insertions
from bench.figures import Found, Table, growth
from bench.place import Place
from bench.processes import Command
from bench.rounds import in_turn
from bench.sections.lists import expect_patches, patches


def measure(place: Place) -> Iterator[Found]:
    """Measure streams and Lists of several sizes."""
    streams = _streams(place)
    yield streams
    start, few, more, most = streams.series
    yield growth(f"CPU a document, {more.name} / {few.name}", few, more, start, 10)
    yield growth(f"CPU a document, {most.name} / {few.name}", few, most, start, 100)
    lists = _lists(place)
    yield lists
    start, few, many = lists.series
    yield growth(f"CPU an item, {many.name} / {few.name}", few, many, start, 40)


def _streams(place: Place) -> Table:
    block = place.size(10_000, 80)
    sizes = [(1, 1), (block, 1), (block, 10), (block, 100)]
    commands = [_stream(place, number, times) for number, times in sizes]

    def check(name: str, output: Path) -> None:
        expect_insertions(output, place.folder / name)

    return in_turn("a stream", place, commands, check, rounds=place.size(2, 0))


def _stream(place: Place, number: int, times: int) -> Command:
    name = "1 document" if number == 1 else f"{number * times:,} documents"
    source = corpus.write(place.folder / name, "one in forty", number, times=times)
    return programs.own(stdin=source, name=name)


def _lists(place: Place) -> Table:
    few = place.size(500, 5)
    sizes = {"1 item": 1, f"{few:,} items": few, f"{40 * few:,} items": 40 * few}
    commands = [replace(patches(place, number), name=name) for name, number in sizes.items()]

    def check(name: str, output: Path) -> None:
        expect_patches(output, sizes[name])

    return in_turn("a List", place, commands, check, rounds=place.size(2, 0))

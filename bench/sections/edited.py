"""A few edits: one document in forty

A stream of Deployments, Services and ConfigMaps, of which every fortieth document is an annotated
Deployment. The floor is the same loop as above, which edits nothing. Each edited document must have
the guard, and every other one the bytes that it had.
"""

from collections.abc import Iterator
from pathlib import Path

from bench import corpus, programs
from bench.equality import expect_guarded_text
from bench.figures import Found
from bench.place import Place
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure the filter beside the floor."""
    edits = place.size(3000, 10)
    number = 40 * edits
    source = corpus.write(place.folder / "all.yaml", "one in forty", number)

    def check(name: str, output: Path) -> None:
        expect_guarded_text(output, source, edits if name == programs.OWN else 0)

    commands = [programs.own(stdin=source), programs.floor(source)]
    caption = f"{number:,} documents, {source.stat().st_size / 1e6:.1f} MB, {edits:,} edits"
    table = in_turn(caption, place, commands, check)
    yield table
    yield from table.ratio("CPU", programs.OWN, programs.FLOOR, 10)
    yield from table.ratio("wall", programs.OWN, programs.FLOOR, 10)

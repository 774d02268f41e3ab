"""Nothing to do: a stream of 200,000 ConfigMaps

Most of what goes through a filter is not to be edited. The floor is the fastest loop in Python that
cuts the stream at `---` lines and writes each document. Both must let every byte pass.
"""

from collections.abc import Iterator

from bench import corpus, programs
from bench.equality import expect_guarded_text
from bench.figures import Found
from bench.place import Place
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure the filter beside the floor."""
    number = place.size(200_000, 200)
    source = corpus.write(place.folder / "all.yaml", "config maps", number)
    commands = [programs.own(stdin=source), programs.floor(source)]
    caption = f"{number:,} ConfigMaps, {source.stat().st_size / 1e6:.1f} MB"
    table = in_turn(
        caption, place, commands, lambda _, out: expect_guarded_text(out, source, edits=0)
    )
    yield table
    yield from table.ratio("CPU", programs.OWN, programs.FLOOR, 3)
    yield from table.ratio("wall", programs.OWN, programs.FLOOR, 3)

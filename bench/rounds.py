"""Commands in turn: first each once, to be checked, and then again and again, to be timed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.figures import Series, Table
from bench.place import Place
from bench.processes import Command, run

Check = Callable[[str, Path], None]


def in_turn(
    caption: str, place: Place, commands: Sequence[Command], check: Check, rounds: int | None = None
) -> Table:
    """Run all commands for a table; `check` gets the name and output of each before any is timed.

    In the first run, whose time does not count, byte code is written and files come into the cache;
    it is watched for its memory. Then each command has its turn in each round. With 0 rounds, the
    first run is the only one, and its time counts.
    """
    output = place.folder / "output"
    first = []
    for command in commands:
        first.append(run(command, place.folder, output, watch=True))
        check(command.name, output)
    timed = [
        [run(command, place.folder) for command in commands]
        for _ in range(place.rounds if rounds is None else rounds)
    ]
    return Table(
        caption,
        tuple(
            Series(command.name, watched.peak_bytes, runs)
            for command, watched, *runs in zip(commands, first, *(timed or [first]), strict=True)
        ),
    )

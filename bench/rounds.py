"""Commands in turn: first each once, to be checked, and then again and again, to be timed."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bench.figures import Series, Table
from bench.place import Place
from bench.processes import Command, Run, run

Check = Callable[[str, Path], None]

LONGEST = 10.0
"""Seconds: a command that takes longer is not run again."""


def in_turn(
    caption: str, place: Place, commands: Sequence[Command], check: Check, rounds: int | None = None
) -> Table:
    """Run all commands for a table; `check` gets the name and output of each before any is timed.

    In the first run, whose time does not count, byte code is written and files come into the cache;
    it is watched for its memory. Then each command has its turn in each round. If there are no
    rounds, or the first run took longer than `LONGEST`, it is the only one, and its time counts.
    """
    output = place.folder / "output"
    first = []
    for command in commands:
        first.append(run(command, place.folder, output, watch=True))
        check(command.name, output)
    timed: list[list[Run]] = [[] for _ in commands]
    for _ in range(place.rounds if rounds is None else rounds):
        for command, watched, runs in zip(commands, first, timed, strict=True):
            if watched.seconds <= LONGEST:
                runs.append(run(command, place.folder))
    return Table(
        caption,
        tuple(
            Series(command.name, watched.peak_bytes, runs or [watched])
            for command, watched, runs in zip(commands, first, timed, strict=True)
        ),
    )

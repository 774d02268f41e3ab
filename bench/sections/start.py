"""One small manifest, from start to finish

What a program costs to start: in a hook, in a plugin, for each file in a loop. Beside it, Python
that does nothing, and kubectl that makes the same edit by a patch.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench import corpus, programs
from bench.equality import expect_guarded
from bench.figures import Found
from bench.place import Place
from bench.processes import Command
from bench.rounds import in_turn

_NOTHING = "python -c pass"


def measure(place: Place) -> Iterator[Found]:
    """Measure the commands in turn, many times."""
    source = corpus.write(place.folder / "one.yaml", "all edited", 1)

    def check(name: str, output: Path) -> None:
        if name != _NOTHING:
            expect_guarded(output, source)

    python = Command(_NOTHING, (sys.executable, "-c", "pass"))
    commands = [programs.own(stdin=source), python, *programs.kustomize(source)]
    caption = f"a Deployment of {source.stat().st_size:,} bytes"
    table = in_turn(caption, place, commands, check, rounds=place.size(30, 0))
    yield table
    yield from table.ratio("CPU", programs.OWN, _NOTHING, 5)
    yield from table.ratio("CPU", programs.OWN, programs.KUBECTL, 0.7)

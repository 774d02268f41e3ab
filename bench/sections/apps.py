"""Beside yq: 3,000 apps

Each app is a Deployment, a Service and a ServiceAccount; each Deployment is to be edited. yq gets
an expression that adds the same guard to annotated Deployments. A smaller table has a script with
ruamel.yaml besides, which reads every document, edits it and prints it. All outputs are parsed and
must hold the same objects: those of the input, with the guard where it belongs. Where it says one
process or one processor, the command may use one of the processors only.
"""

from collections.abc import Iterator
from pathlib import Path

from bench import corpus, guard, programs
from bench.equality import expect_guarded
from bench.figures import Found, Table
from bench.place import Place
from bench.processes import Command
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure the filter beside yq, and beside ruamel.yaml."""
    many = corpus.write(place.folder / "many.yaml", "apps", place.size(9000, 60))
    few = corpus.write(place.folder / "few.yaml", "apps", place.size(900, 60))
    both = _compared(place, many, [programs.own(stdin=many), *programs.yq(many, guard.FOR_YQ)])
    yield both
    yield from both.ratio("CPU", programs.ONE_PROCESS, programs.YQ, 1.0)
    yield from both.ratio("CPU", programs.ONE_PROCESS, programs.YQ_ONE_PROCESSOR, 1.0)
    yield from both.ratio("wall", programs.OWN, programs.YQ, 0.6)
    yield _compared(place, few, [programs.round_trip(few)])


def _compared(place: Place, source: Path, others: list[Command]) -> Table:
    one_processor = programs.yq(source, guard.FOR_YQ, processors=1)
    commands = [programs.one_process(source), *one_processor, *others]
    documents = source.read_bytes().count(b"---\n")
    size = source.stat().st_size / 1e6
    caption = f"{documents // 3:,} apps, {documents:,} documents, {size:.1f} MB"
    return in_turn(caption, place, commands, lambda _, out: expect_guarded(out, source))

"""Beside kubectl kustomize: Deployments only

Small Deployments, each of which is to be edited. kustomize gets them as its only resource, and a
strategic merge patch that adds the same guard, with a target that selects them by a label. Both
outputs are parsed and must hold the same objects. The larger input is timed once, since kubectl's
time grows faster than the input.
"""

from bench import corpus, programs
from bench.equality import expect_guarded
from bench.figures import Result, Table, Verdict
from bench.place import Place
from bench.rounds import in_turn


def measure(place: Place) -> Result:
    """Measure the filter beside kubectl, at two sizes."""
    small = _compared(place, place.size(3000, 50), rounds=place.size(3, 1))
    large = _compared(place, place.size(10_000, 100), rounds=0)
    return Result((small, large), (*_faster(small, 30), *_faster(large, 100)))


def _faster(table: Table, goal: float) -> tuple[Verdict, ...]:
    return table.ratio("wall", programs.KUBECTL, programs.OWN, goal, at_least=True)


def _compared(place: Place, number: int, rounds: int) -> Table:
    source = corpus.write(place.folder / "all.yaml", "small", number)
    commands = [programs.own(stdin=source), *programs.kustomize(source)]
    caption = f"{number:,} Deployments"
    return in_turn(caption, place, commands, lambda _, out: expect_guarded(out, source), rounds)

"""Beside kubectl kustomize: Deployments only

Small Deployments, each of which is to be edited. kustomize gets them as its only resource, and a
strategic merge patch that adds the same guard, with a target that selects them by a label. Both
outputs are parsed and must hold the same objects. kubectl takes minutes for the larger input.
"""

from collections.abc import Iterator

from bench import corpus, programs
from bench.equality import expect_guarded
from bench.figures import Found, Table
from bench.place import Place
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure the filter beside kubectl, at two sizes."""
    for number, goal in ((3000, 30), (10_000, 100)):
        table = _compared(place, place.size(number, number // 100))
        yield table
        yield from table.ratio("wall", programs.KUBECTL, programs.OWN, goal, at_least=True)


def _compared(place: Place, number: int) -> Table:
    source = corpus.write(place.folder / "all.yaml", "small", number)
    commands = [programs.own(stdin=source), *programs.kustomize(source)]
    caption = f"{number:,} Deployments"
    rounds = place.size(3, 0)
    return in_turn(caption, place, commands, lambda _, out: expect_guarded(out, source), rounds)

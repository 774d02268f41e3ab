"""How far the tool agrees with the oracle.

Run from the top of the repository, to print it as a table: `python -m tests.oracle.agreement`. The
differences that are meant to be are explained in `docs/openyurt-notes.md`.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from tests.oracle import conversions, nodes, pods, pools, sets
from tests.oracle.vectors import Outcome, Vector, vectors

UNEXPLAINED = "unexplained"

COMPARISONS: dict[str, Callable[[tuple[Vector, ...]], Iterator[Outcome]]] = {
    "pod-default": pods.defaulted,
    "node-default": nodes.defaulted,
    "node-update": nodes.updated,
    "node-convert": conversions.converted,
    "node-start": conversions.started,
    "node-attributes": nodes.attributed,
    "node-match": pods.matched,
    "pod-security": pods.secured,
    "pool-create": pools.created,
    "pool-update": pools.updated,
    "pool-delete": pools.deleted,
    "set-copies": sets.copied,
}
"""By the kind of question."""

EXPLAINED = {
    "node-default": {nodes.LOST: 81},
    "node-update": {nodes.REPAIRED: 715},
    "pool-create": {pools.MEANT: 37},
    "pool-update": {pools.MEANT: 35},
}
"""Why the tool says something else, and how often at the most, by the kind of question."""


def differences(ask: str, among: tuple[Vector, ...]) -> dict[str, list[str]]:
    """Return the names of the questions of one kind, `among` these, on which the tool says
    something else, by the explanation, or under `UNEXPLAINED`.
    """
    found: dict[str, list[str]] = {}
    for vector, is_same, explanation in COMPARISONS[ask](among):
        if not is_same:
            found.setdefault(explanation or UNEXPLAINED, []).append(vector["name"])
    return found


def main() -> None:
    """Print the table."""
    total: Counter[str] = Counter()
    print(
        f"{'':16} {'generated':>9} {'hand-made':>9} {'agree':>7} {'explained':>9} {UNEXPLAINED:>11}"
    )
    for ask in COMPARISONS:
        found = differences(ask, vectors(ask))
        counts = Counter(
            {
                "generated": sum(": " not in vector["name"] for vector in vectors(ask)),
                "hand-made": sum(": " in vector["name"] for vector in vectors(ask)),
                "explained": sum(map(len, found.values())) - len(found.get(UNEXPLAINED, ())),
                UNEXPLAINED: len(found.get(UNEXPLAINED, ())),
            }
        )
        counts["agree"] = len(vectors(ask)) - counts["explained"] - counts[UNEXPLAINED]
        total += counts
        _print(ask, counts)
        for explanation in sorted(found.keys() - {UNEXPLAINED}):
            print(f"    {len(found[explanation])}: {explanation}")
    _print("all", total)


def _print(what: str, counts: Counter[str]) -> None:
    widths = {"generated": 9, "hand-made": 9, "agree": 7, "explained": 9, UNEXPLAINED: 11}
    print(f"{what:16} " + " ".join(f"{counts[key]:>{width},}" for key, width in widths.items()))


if __name__ == "__main__":
    main()

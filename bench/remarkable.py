"""The few documents of `bench.repository` that there is something to say of, and what it is.

Each was something else in the old state, or was the same. What rules say of it is known: a
measurement that finds anything else is none.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bench import corpus
from bench.edge import node, pinned, pool

HOST_NETWORK_POOL, OTHER_HOST_NETWORK_POOL = "remarkable-hostnet-1", "remarkable-hostnet-2"
STANDARD_POOL, OTHER_STANDARD_POOL = "remarkable-standard-1", "remarkable-standard-2"
REMOVED_POOL = "remarkable-removed"


@dataclass(frozen=True, slots=True)
class Remarkable:
    """A document, now and in the old state (empty: it is not there).

    `rules` are the ids of the findings on it; `with_old` those that come with an old state.
    """

    now: str
    before: str
    rules: tuple[str, ...] = ()
    with_old: tuple[str, ...] = ()


def expected(documents: Iterable[Remarkable], *, with_old: bool) -> Counter[str]:
    """Return how many findings each rule has on `documents`."""
    return Counter(
        rule
        for document in documents
        for rule in (*document.rules, *(document.with_old if with_old else ()))
    )


def _same(text: str, *rules: str) -> Remarkable:
    return Remarkable(text, text, rules)


_AGAIN = next(
    document.text for document in corpus.untouched() if "kind: Service\n" in document.text
)
_UNGUARDED = next(
    document.text for document in corpus.mixed() if "name: kube-proxy\n" in document.text
)

REMARKABLE: tuple[Remarkable, ...] = (
    _same(pool(HOST_NETWORK_POOL, host_network=True)),
    _same(pool(STANDARD_POOL, host_network=False)),
    _same(pool(OTHER_STANDARD_POOL, host_network=False)),
    Remarkable(
        pool(OTHER_HOST_NETWORK_POOL, host_network=True),
        pool(OTHER_HOST_NETWORK_POOL, host_network=False),
        with_old=("HN201",),
    ),
    Remarkable("", pool(REMOVED_POOL, host_network=False), with_old=("HN204",)),
    Remarkable(
        node(0, "remarkable-moved", OTHER_STANDARD_POOL, host_network=False),
        node(0, "remarkable-moved", STANDARD_POOL, host_network=False),
        with_old=("HN301",),
    ),
    _same(node(1, "remarkable-unlabelled", HOST_NETWORK_POOL, host_network=False), "HN311"),
    _same(node(2, "remarkable-marked", STANDARD_POOL, host_network=True), "HN312"),
    _same(node(3, "remarkable-stray", REMOVED_POOL, host_network=False), "HN313"),
    _same(
        pinned("Deployment", "remarkable-pods", HOST_NETWORK_POOL, 9100, host_network=False),
        "HN401",
    ),
    _same(
        pinned("DaemonSet", "remarkable-port", HOST_NETWORK_POOL, 9200, host_network=True),
    ),
    _same(
        pinned("DaemonSet", "remarkable-same-port", HOST_NETWORK_POOL, 9200, host_network=True),
        "HN408",
    ),
    _same(_UNGUARDED, "HN406"),
    _same(_AGAIN, "HN107"),
)

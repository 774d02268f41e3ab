"""placement, beside validate: 100,000 Deployments and 50 pools

Files of 30 documents. Every fourth pool is host-network, and all pools but every eighth have a
taint. Half of the Deployments are pinned to a pool and tolerate the taint; one in a hundred of
these breaks there, since it needs a pod network. The others are apps, of which one in three has the
exclude annotation. Both commands print JSON. The verdicts on each workload in each pool, and the
findings of `validate`, must be as many as were put in.
"""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench import corpus, edge, programs, repository
from bench.corpus import Document
from bench.equality import expect
from bench.figures import Found
from bench.place import Place
from bench.rounds import in_turn

_POOLS = tuple(f"site-{number:04d}" for number in range(50))
_HOST_NETWORK, _OPEN = _POOLS[::4], _POOLS[::8]
_FIRST_PORT = 1024


def measure(place: Place) -> Iterator[Found]:
    """Measure `placement` beside `validate` on the same folder."""
    number = place.size(100_000, 400)
    folder = place.folder / "cluster"
    documents = _documents(number)
    size = repository.write(folder, repository.in_files("edge", documents))
    verdicts, findings = _wanted(number)

    def check(name: str, output: Path) -> None:
        is_placement = name == "placement"
        found = _verdicts(output) if is_placement else _findings(output)
        wanted = verdicts if is_placement else findings
        expect(found == wanted, f"{name}: {found} was found where {wanted} was due")

    options = ("--format", "json", str(folder))
    commands = [
        programs.own(name, *options, name=name, statuses=statuses)
        for name, statuses in (("placement", (0,)), ("validate", (1,)))
    ]
    caption = f"{number:,} Deployments, {len(_POOLS)} pools, {size / 1e6:.1f} MB"
    yield in_turn(caption, place, commands, check, rounds=place.size(3, 0))


def _documents(number: int) -> Iterator[Document]:
    for name in _POOLS:
        is_host_network, has_taint = name in _HOST_NETWORK, name not in _OPEN
        text = edge.pool(name, host_network=is_host_network, has_taint=has_taint)
        yield Document(text)
    for index, app in enumerate(islice(corpus.deployments(), number // 2)):
        yield Document(_pinned(index))
        yield app


def _pinned(index: int) -> str:
    """Return a Deployment for a pool; of a hundred for the pools in turn, one breaks."""
    pool = _POOLS[index % len(_POOLS)]
    is_host_network = pool in _HOST_NETWORK and not _breaks(index)
    name, port = f"agent-{index:05d}", _FIRST_PORT + index // len(_POOLS)
    return edge.pinned("Deployment", name, pool, port, host_network=is_host_network)


def _breaks(index: int) -> bool:
    return index % 100 == 0


def _wanted(number: int) -> tuple[Counter[str], Counter[str]]:
    """Return how many verdicts and findings are due."""
    each = number // 2
    broken, annotated = sum(map(_breaks, range(each))), len(range(0, each, 3))
    plain = each - annotated
    verdicts = Counter(
        {
            "runs": each - broken + each,  # an app where there is no pool
            "cannot": each * len(_POOLS),
            "breaks": broken + plain * len(_OPEN),
            "kept off": annotated * len(_POOLS) + plain * (len(_POOLS) - len(_OPEN)),
        }
    )
    findings = Counter({"HN401": broken, "HN420": len(_OPEN), "HN426": annotated})
    return verdicts, findings


def _verdicts(output: Path) -> Counter[str]:
    """Count the verdicts; each workload has a line, since all of them at once take much memory."""
    found: Counter[str] = Counter()
    with output.open(encoding="utf-8") as lines:
        for line in lines:
            if line.startswith('{"kind": "Deployment"'):
                for verdict in json.loads(line.rstrip(",\n"))["verdicts"]:
                    found[verdict["verdict"]] += len(verdict["pools"])
    return found


def _findings(output: Path) -> Counter[str]:
    return Counter(finding["rule"] for finding in json.loads(output.read_text())["findings"])

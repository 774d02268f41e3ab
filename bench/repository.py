"""A made-up repository of a large edge cluster, for `validate`: many files, and an old state.

Of its documents one in 500 is a NodePool (every fourth of them host-network), one in 20 a Node as
the API server shows it, and one in 50 a DaemonSet or a Deployment that is pinned to one pool. The
rest are the apps of `corpus`: Deployments, Services, ConfigMaps and ServiceAccounts. There is
nothing wrong with any of these. The last file has the few of `remarkable`, and the old state
differs there and nowhere else.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench import corpus, edge
from bench.corpus import Document
from bench.remarkable import REMARKABLE

FEWEST = 200
"""Documents that a repository must have, at the least."""

_IN_A_FILE = 30
_FILES_IN_A_FOLDER = 20
_FEWEST_POOLS = 4
_FIRST_PORT = 9100


@dataclass(frozen=True, slots=True)
class File:
    """A file of the repository; `path` is relative to its folder."""

    path: str
    documents: tuple[Document, ...]


def files(number: int, *, before: bool = False) -> Iterator[File]:
    """Yield the files of a repository of `number` documents, or `before`: as it was earlier.

    Raises:
        ValueError: it cannot have so few documents.
    """
    if number < FEWEST:
        raise ValueError(f"a repository has {FEWEST} documents or more, not {number}")
    last = _remarkable(before=before)
    pools = max(number // 500, _FEWEST_POOLS)
    nodes, pinned = number // 20, number // 50
    apps = number - pools - nodes - pinned - len(_remarkable(before=False))
    yield from in_files("pools", _pools(pools))
    yield from in_files("nodes", _nodes(nodes, pools))
    yield from in_files("edge", _pinned(pinned, pools))
    yield from in_files("apps", islice(corpus.untouched(), apps))
    yield File("remarkable.yaml", last)


def in_files(folder: str, documents: Iterable[Document]) -> Iterator[File]:
    """Yield files of a folder, each with a few of the documents."""
    left = iter(documents)
    index = 0
    while some := tuple(islice(left, _IN_A_FILE)):
        group = index // _FILES_IN_A_FOLDER
        yield File(f"{folder}/{group:03d}/{folder}-{index:05d}.yaml", some)
        index += 1


def write(folder: Path, written: Iterable[File]) -> int:
    """Write files into a new folder, and return how many bytes they have."""
    size = 0
    for file in written:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        size += path.write_bytes(corpus.joined(file.documents))
    return size


def _remarkable(*, before: bool) -> tuple[Document, ...]:
    texts = (known.before if before else known.now for known in REMARKABLE)
    return tuple(Document(text) for text in texts if text)


def _pools(number: int) -> Iterator[Document]:
    for index in range(number):
        yield Document(edge.pool(_pool(index), host_network=_is_host_network(index)))


def _nodes(number: int, pools: int) -> Iterator[Document]:
    for index in range(number):
        pool, is_host_network = _pool(index % pools), _is_host_network(index % pools)
        name = f"edge-{index:05d}"
        yield Document(edge.node(index, name, pool, host_network=is_host_network))


def _pinned(number: int, pools: int) -> Iterator[Document]:
    """Yield workloads that are pinned to a pool each; those of one pool have different ports."""
    for index in range(number):
        pool, is_host_network = _pool(index % pools), _is_host_network(index % pools)
        kind = "Deployment" if index % 3 == 0 else "DaemonSet"
        name, port = f"agent-{index:05d}", _FIRST_PORT + index // pools
        yield Document(edge.pinned(kind, name, pool, port, host_network=is_host_network))


def _pool(index: int) -> str:
    return f"site-{index:04d}"


def _is_host_network(index: int) -> bool:
    return index % 4 == 0

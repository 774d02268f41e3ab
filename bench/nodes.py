"""Nodes as `kubectl get nodes -o yaml` prints them: some 7 KB each, most of it names of images."""

from collections.abc import Iterable
from pathlib import Path

from bench import edge

POOLS = tuple(f"site-{number:04d}" for number in range(40))
HOST_NETWORK_POOLS = POOLS[::4]
_IMAGES = 27


def pools() -> str:
    """Return the NodePools, a quarter of them host-network."""
    return "---\n".join(edge.pool(name, host_network=name in HOST_NETWORK_POOLS) for name in POOLS)


def is_host_network(index: int) -> bool:
    """Whether the pool of a node is host-network."""
    return _pool(index) in HOST_NETWORK_POOLS


def name(index: int) -> str:
    """Return a node's name."""
    return f"edge-{index:05d}"


def write_list(path: Path, number: int) -> Path:
    """Write a List of nodes, which have no label of host-network pools yet; return its path."""
    tail = 'kind: List\nmetadata:\n  resourceVersion: ""\n'
    return write_items(path, "apiVersion: v1\n", map(_node, range(number)), tail)


def write_items(path: Path, head: str, items: Iterable[str], tail: str = "") -> Path:
    """Write manifests as the `items` between a head and a tail; return the path."""
    with path.open("w", encoding="utf-8") as file:
        file.write(f"{head}items:\n")
        for item in items:
            file.write("- " + item.replace("\n", "\n  ").removesuffix("  "))
        file.write(tail)
    return path


def _pool(index: int) -> str:
    return POOLS[index % len(POOLS)]


def _node(index: int) -> str:
    text = edge.node(index, name(index), _pool(index), host_network=False)
    return text.replace("  nodeInfo:\n", f"  images:\n{_images(index)}  nodeInfo:\n")


def _images(index: int) -> str:
    lines = []
    for number in range(_IMAGES):
        image = f"registry.example.com/team-{number % 7}/service-{(index + number) % 211:03d}"
        digest = f"{index * 7919 + number * 104729:016x}" * 4
        lines.append(f"  - names:\n    - {image}@sha256:{digest}\n    - {image}:1.{number}\n")
        lines.append(f"    sizeBytes: {(number + 3) * 1_048_583}\n")
    return "".join(lines)

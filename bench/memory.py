"""Peak memory and speed of long runs: streams that never exist as a file, and a folder of files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from bench import corpus
from bench.processes import Run, run, stream

MB = 1_000_000
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class LongRun:
    """One long run: what went through, and what it took."""

    name: str
    documents: int
    size: int
    run: Run


def filtered(name: str, mix: str, megabytes: int, folder: Path, command: Sequence[str]) -> LongRun:
    """Measure a stream of at least so many megabytes: 1,000 documents of `mix`, over and over.

    Raises:
        RuntimeError: the command failed, or lost something.
    """
    documents = corpus.take(mix, _BLOCK)
    block = corpus.joined(documents)
    times = -(-megabytes * MB // len(block))
    taken = stream(command, folder, repeat(block, times))
    is_edited = any(document.edit for document in documents)
    if taken.written < times * len(block) or (taken.written > times * len(block)) != is_edited:
        raise RuntimeError(f"{taken.written} bytes came out where {times * len(block)} went in")
    return LongRun(name, times * _BLOCK, times * len(block), taken)


def resource_list(name: str, number: int, folder: Path, command: Sequence[str]) -> LongRun:
    """Measure a ResourceList of so many items, as kustomize and kpt hand it to a function.

    Raises:
        RuntimeError: the command failed, or lost something.
    """
    documents = corpus.take("mixed", number)
    head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n"
    data = (head + "".join(map(_item, documents))).encode()
    taken = stream(command, folder, [data])
    if taken.written <= len(data):
        raise RuntimeError(f"{taken.written} bytes came out where {len(data)} went in")
    return LongRun(name, number, len(data), taken)


def _item(document: corpus.Document) -> str:
    lines = document.text.splitlines(keepends=True)
    return "- " + "  ".join(line for line in lines if line.strip() != "---")


def in_place(name: str, number: int, folder: Path, command: Sequence[str]) -> LongRun:
    """Measure `command` with a folder of `number` files, each with one Deployment to edit.

    Raises:
        RuntimeError: the command failed, or left a file as it was.
    """
    inside = folder / "files"
    inside.mkdir()
    size = 0
    for path, document in _files(inside, number):
        data = corpus.joined([document])
        path.write_bytes(data)
        size += len(data)
    taken = run([*command, str(inside)], folder)
    for path, document in _files(inside, number):
        if path.stat().st_size <= len(corpus.joined([document])):
            raise RuntimeError(f"{path.name} was not edited")
    return LongRun(name, number, size, taken)


def _files(folder: Path, number: int) -> Iterator[tuple[Path, corpus.Document]]:
    for index, document in enumerate(corpus.take("all edited", number)):
        yield folder / f"app-{index:05d}.yaml", document

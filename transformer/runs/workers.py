"""Process documents on several processors: forked workers get a share of each batch.

A batch is distributed, processed and collected before anything else happens: results come as early
as without workers, and in the same order. If a worker is lost, this process does its share, so no
results are lost.
"""

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from transformer.system.signals import leave_to_parent

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

Task = TypeVar("Task")
Result = TypeVar("Result")

_ENOUGH = 16
"""The minimum number of tasks in a batch for which distribution saves time."""

MOST_WORKERS = 3
"""The maximum number of workers, in addition to this process."""


class _Worker(NamedTuple):
    process: "BaseProcess"
    connection: "Connection[Any, Any]"


class Workers(Generic[Task, Result]):
    """Does `work` on tasks; a context manager, which ends the workers.

    Workers are forked at the first batch, with the state of this process at that time. Tasks and
    results are pickled. There are at most `most` workers in addition to this process.
    """

    def __init__(self, work: Callable[[Task], Result], most: int = MOST_WORKERS) -> None:
        self._work = work
        self._most = most
        self._workers: list[_Worker] | None = None

    def __enter__(self) -> "Workers[Task, Result]":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for worker in self._workers or ():
            _end(worker, at_once=kind is not None)
        self._workers = []

    def do(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the result of each task, in order."""
        return self.share(tasks) or [self._work(task) for task in tasks]

    def share(self, tasks: Sequence[Task]) -> list[Result]:
        """Return the same, or an empty list if there are too few tasks to distribute."""
        if len(tasks) < _ENOUGH or not (workers := self._started()):
            return []
        size = -(-len(tasks) // (len(workers) + 1))
        shares = [tasks[start : start + size] for start in range(0, len(tasks), size)]
        busy: dict[int, _Worker] = {}
        for index, (worker, share) in enumerate(zip(workers, shares, strict=False)):
            try:
                worker.connection.send(share)
                busy[index] = worker
            except OSError:
                self._lose(worker)
        done = {
            index: [self._work(task) for task in shares[index]]
            for index in range(len(workers), len(shares))
        }
        for index, worker in busy.items():
            try:
                done[index] = worker.connection.recv()
            except (OSError, EOFError):
                self._lose(worker)
        return [
            result
            for index, share in enumerate(shares)
            for result in done.get(index) or [self._work(task) for task in share]
        ]

    def _started(self) -> list[_Worker]:
        if self._workers is None:
            self._workers = []
            with suppress(OSError):  # no more processes, or open files, are available
                for _ in range(min(_processors() - 1, self._most)):
                    self._workers.append(_start(self._work, self._workers))
        return list(self._workers)

    def _lose(self, worker: _Worker) -> None:
        assert self._workers is not None
        self._workers.remove(worker)
        _end(worker, at_once=True)


def _processors() -> int:
    """Return how many processors this process may use; 1 where processes cannot be forked."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity"):
        return 1
    return len(os.sched_getaffinity(0))


def _start(work: Callable[[Task], Result], others: Sequence[_Worker]) -> _Worker:
    from multiprocessing import get_context  # only for large inputs

    fork = get_context("fork")
    own, connection = fork.Pipe()
    inherited = [own, *(other.connection for other in others)]
    process = fork.Process(target=_serve, args=(work, connection, inherited), daemon=True)
    process.start()
    connection.close()
    return _Worker(process, own)


def _serve(
    work: Callable[[Task], Result],
    connection: "Connection[Any, Any]",
    inherited: Sequence["Connection[Any, Any]"],
) -> None:
    leave_to_parent()
    sys.stdout = sys.stderr = None  # they belong to the parent
    for other in inherited:  # so that connections close when the parent ends
        other.close()
    with suppress(EOFError, OSError):
        while True:
            connection.send([work(task) for task in connection.recv()])


def _end(worker: _Worker, *, at_once: bool = False) -> None:
    if at_once:  # its results are not needed
        worker.process.kill()
    worker.connection.close()
    worker.process.join()

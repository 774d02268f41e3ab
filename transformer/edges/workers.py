"""Treating documents on several processors: a part of each group goes to forked processes.

Only documents that no Node stands in are handed out, so a worker needs no pools, and order and
spooling stay as they are in one process. A group is shared out, treated, and collected before the
next input is awaited: results leave as soon as without workers. A worker that is lost costs time,
not results: what it had is treated here.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import BinaryIO, NamedTuple

from transformer.findings import DocumentResult
from transformer.pipeline.document import treat_document
from transformer.pipeline.engine import Engine
from transformer.pipeline.glue import Part
from transformer.pipeline.notes import Origin
from transformer.pipeline.run import is_screened, needs_no_pool, pass_on

_ENOUGH = 16
"""Documents to be read, in one group, from which on sharing them out saves time."""

_MOST = 3
"""Workers beside this process, at the most."""


class _Worker(NamedTuple):
    pid: int
    to: BinaryIO
    back: BinaryIO


class Workers:
    """A `pipeline.run.Treat` that shares the work out; a context manager, to end the workers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._workers: list[_Worker] | None = None

    def __enter__(self) -> "Workers":
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers or ():
            _end(worker)
        self._workers = []

    def __call__(
        self, parts: Sequence[Part], origin: Origin, engine: Engine
    ) -> Iterator[DocumentResult]:
        """Yield the result of each part, in order."""
        screened = [is_screened(part, engine) for part in parts]
        heavy = [
            index for index, part in enumerate(parts) if not screened[index] and needs_no_pool(part)
        ]
        done: dict[int, DocumentResult] = {}
        if len(heavy) >= _ENOUGH and (workers := self._started()):
            done = self._shared_out(parts, heavy, origin, workers)
        for index, part in enumerate(parts):
            if screened[index]:
                yield pass_on(part, origin, engine)
            else:
                yield done.get(index) or treat_document(part, origin, engine)

    def _started(self) -> list[_Worker]:
        if self._workers is None:
            self._workers = []
            with suppress(OSError):  # no more processes, or files, may be had
                for _ in range(min(_processors() - 1, _MOST)):
                    self._workers.append(_start(self._engine, self._workers))
        return self._workers

    def _shared_out(
        self,
        parts: Sequence[Part],
        heavy: list[int],
        origin: Origin,
        workers: list[_Worker],
    ) -> dict[int, DocumentResult]:
        """Return what the workers made of their shares; the last share is left to this process."""
        import pickle  # only where there is much to do

        size = -(-len(heavy) // (len(workers) + 1))
        shares = [heavy[start : start + size] for start in range(0, len(heavy), size)]
        asked = []
        for worker, share in zip(workers, shares, strict=False):
            try:
                pickle.dump(([parts[index] for index in share], origin), worker.to, -1)
                worker.to.flush()
                asked.append((worker, share))
            except OSError:
                self._lose(worker)
        done = {
            index: treat_document(parts[index], origin, self._engine)
            for share in shares[len(workers) :]
            for index in share
        }
        for worker, share in asked:
            try:
                done.update(zip(share, pickle.load(worker.back), strict=True))
            except (OSError, EOFError, pickle.UnpicklingError):
                self._lose(worker)
        return done

    def _lose(self, worker: _Worker) -> None:
        assert self._workers is not None
        self._workers = [other for other in self._workers if other is not worker]
        _end(worker)


def _processors() -> int:
    """Return how many processors this process may use; 1 where processes cannot be forked."""
    if not hasattr(os, "fork") or not hasattr(os, "sched_getaffinity"):
        return 1
    return len(os.sched_getaffinity(0))


def _start(engine: Engine, others: Sequence[_Worker]) -> _Worker:
    own_in, to = os.pipe()
    try:
        back, own_out = os.pipe()
    except OSError:
        _close(own_in, to)
        raise
    try:
        pid = os.fork()
    except OSError:
        _close(own_in, to, back, own_out)
        raise
    if pid == 0:
        try:
            import signal

            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent tells when to end
            for other in others:
                os.close(other.to.fileno())
                os.close(other.back.fileno())
            _close(to, back)
            _work(engine, os.fdopen(own_in, "rb"), os.fdopen(own_out, "wb"))
        finally:
            os._exit(0)  # nothing of the parent's is flushed or closed here
    _close(own_in, own_out)
    return _Worker(pid, os.fdopen(to, "wb"), os.fdopen(back, "rb"))


def _close(*handles: int) -> None:
    for handle in handles:
        os.close(handle)


def _work(engine: Engine, tasks: BinaryIO, results: BinaryIO) -> None:
    import pickle

    sys.stdout = sys.stderr = None  # those are the parent's
    with suppress(EOFError, OSError):
        while True:
            parts, origin = pickle.load(tasks)
            pickle.dump([treat_document(part, origin, engine) for part in parts], results, -1)
            results.flush()


def _end(worker: _Worker) -> None:
    for file in (worker.to, worker.back):
        with suppress(OSError):
            file.close()
    with suppress(ChildProcessError):
        os.waitpid(worker.pid, 0)

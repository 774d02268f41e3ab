"""Many repositories: `run` passes tasks to an executor and yields results as they come.

The only interface to what does the work is `concurrent.futures.Executor`: `processes` are those of
this machine, `on_dask` an existing Dask cluster; any other will do, of threads or of processes.
`work` is what is submitted. It needs nothing of the process that it runs in: each thread has a
process of its own for its tasks, which ends with all that it started if a task takes too long. If
that process dies, its task is tried once more, and costs no other task anything.

Few tasks are in flight at any time, so a list may be as long as one likes.
"""

import json
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import contextmanager
from itertools import islice

from transformer.config.fleet_tasks import Mode, Result, Settings, Task, failure
from transformer.errors import TransformError, reason_of
from transformer.system.child import Child, ChildEnded

__all__ = ["ExecutorLost", "Mode", "Result", "Settings", "Task", "processes", "run", "work"]

IN_FLIGHT = 64
"""Tasks that are submitted and have no result yet."""

_WORKER = "transformer.hosts.fleet_worker"
_ATTEMPTS = 2
_PATIENCE = 5
"""Seconds without a result until the executor is asked whether it can go on."""

_MOST_TASKS = 500
"""Of one process, which then makes room for a new one: what it keeps in memory has an end."""

_own = threading.local()
"""The process of each thread. Executors have no other place for what several tasks share."""


class ExecutorLost(TransformError):
    """The executor does no more work: a pool is broken, or the scheduler is gone. Results that were
    yielded are complete.
    """


def run(
    tasks: Iterable[Task],
    executor: Executor,
    *,
    in_flight: int = IN_FLIGHT,
    is_alive: Callable[[], bool] = lambda: True,
) -> Generator[Result, None, None]:
    """Yield the result of each task as soon as it is known, in any order.

    `tasks` are taken as they can be submitted: at most `in_flight` at a time. `is_alive`: whether
    the executor can go on. It is asked when no result comes for some seconds: that of Dask forgets
    a task whose result was on its way when the scheduler ended.

    Raises:
        ExecutorLost: the executor cannot go on.
    """
    ahead = (task.placed() for task in tasks)
    waiting: dict[Future[Result], Task] = {}
    try:
        while True:
            for task in islice(ahead, in_flight - len(waiting)):
                waiting[_submitted(executor, task)] = task
            if not waiting:
                return
            done, _ = wait(waiting, _PATIENCE, FIRST_COMPLETED)
            if not done and not is_alive():
                raise _lost(BrokenExecutor("it has ended"))
            results = [_result(future, waiting.pop(future)) for future in done]
            yield from (result for result in results if isinstance(result, Result))
            for lost in (result for result in results if isinstance(result, ExecutorLost)):
                raise lost
    finally:
        for future in waiting:
            future.cancel()


def _submitted(executor: Executor, task: Task) -> "Future[Result]":
    try:
        return executor.submit(work, task)
    except (RuntimeError, OSError) as error:  # it is broken, or was shut down
        raise _lost(error) from error


def _result(future: "Future[Result]", task: Task) -> Result | ExecutorLost:
    """Return the result of a future: that of the task, or what became of it."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError) as error:
        return _lost(error)
    except Exception as error:  # an executor has its own kinds: a worker of Dask that was killed
        message = f"the executor gave up on it: {type(error).__name__}"
        hint = "see the log of the workers: too little memory ends a worker, for example"
        return failure(task, message, hint)


def _lost(error: BaseException) -> ExecutorLost:
    said = f"{type(error).__name__}: {error}".rstrip(": ")
    hint = "start another one, and run again; with a cache, what was done is not done again"
    return ExecutorLost(f"the executor does no more work ({said})", hint=hint)


def work(task: Task) -> Result:
    """Return the result of a task. This never fails: an error is a result."""
    line = json.dumps(task.placed().as_plain()).encode() + b"\n"
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            child = _child()
        except OSError as error:
            return failure(task, f"no process can be started for it: {reason_of(error)}")
        try:
            return Result(**json.loads(child.ask(line, task.settings.timeout)))
        except ChildEnded as ended:
            _own.child = None
            if ended.is_too_late:
                message = f"it took longer than {task.settings.timeout:g} seconds"
                return failure(task, message, "raise --timeout, or split the repository")
            reason = ended.reason
    message = f"the process that worked on it died {_ATTEMPTS} times ({reason})"
    return failure(task, message, "it may need more memory than there is")


def _child() -> Child:
    """Return the process of this thread.

    Raises:
        OSError: it cannot be started.
    """
    child: Child | None = getattr(_own, "child", None)
    if child is not None and child.is_own and child.answers < _MOST_TASKS:
        return child
    pool: list[Child] = getattr(_own, "pool", [])
    if child is not None:
        child.end()
        if child in pool:
            pool.remove(child)
    child = _own.child = Child(_WORKER)
    pool.append(child)
    return child


@contextmanager
def processes(jobs: int) -> Iterator[Executor]:
    """Yield an executor with this number of processes on this machine; they end with the block.

    Each process is looked after by a thread, which starts it when it has a task.
    """
    children: list[Child] = []
    executor = ThreadPoolExecutor(jobs, "fleet", initializer=_join, initargs=(children,))
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)
        for child in list(children):
            child.end()


def _join(pool: list[Child]) -> None:
    _own.pool = pool

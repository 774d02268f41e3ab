"""An existing Dask cluster as an executor. Retries, and which worker does what, are Dask's."""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import NamedTuple

from transformer.errors import SettingsError

_PATIENCE = 10
"""Seconds for which a scheduler may not answer."""

_LOGGERS = ("distributed", "distributed.client", "tornado.application")
"""What they would say of a scheduler that is gone is said here."""


class Cluster(NamedTuple):
    """The executor of a cluster, how many tasks its workers do at a time, whether its scheduler is
    still there, and whether it has a worker.
    """

    executor: Executor
    slots: int
    is_alive: Callable[[], bool] = lambda: True
    has_worker: Callable[[], bool] = lambda: True


@contextmanager
def cluster(address: str) -> Iterator[Cluster]:
    """Yield the cluster whose scheduler is at `address`.

    Raises:
        SettingsError: Dask is not installed, or no scheduler answers.
    """
    try:
        from distributed import Client
    except ImportError:
        hint = "pip install 'hostnet-transform[dask]'"
        raise SettingsError("--scheduler needs Dask, which is not installed", hint=hint) from None
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, TimeoutError, ValueError, ImportError) as error:
        message = f"no scheduler of Dask answers at {address!r}: {error}"
        raise SettingsError(message, hint="`dask scheduler` prints its address") from None
    try:
        # A task is not known by its arguments: what it reads may have changed.
        executor, slots = client.get_executor(pure=False), sum(client.ncores().values())
        link = client.scheduler_comm  # another one would know nothing of the tasks
        yield Cluster(
            executor,
            slots,
            lambda: client.status == "running" and client.scheduler_comm is link,
            lambda: bool(client.ncores()),
        )
    finally:
        client.close()

"""An existing Dask cluster as an executor. Retries, and which worker does what, are Dask's."""

import logging
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from typing import NamedTuple

from transformer.errors import SettingsError

_PATIENCE = 10
"""Seconds for which a scheduler may not answer."""


class Cluster(NamedTuple):
    """The executor of a cluster, and how many tasks its workers do at a time."""

    executor: Executor
    slots: int


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
    for name in ("distributed", "distributed.client"):  # what they would say is said here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=_PATIENCE)
    except (OSError, TimeoutError, ValueError, ImportError) as error:
        message = f"no scheduler of Dask answers at {address!r}: {error}"
        raise SettingsError(message, hint="`dask scheduler` prints its address") from None
    try:
        # A task is not known by its arguments: what it reads may have changed.
        yield Cluster(client.get_executor(pure=False), sum(client.ncores().values()))
    finally:
        client.close()

"""Lists read item by item, or whole, whatever their size: what the tests of long Lists compare."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from transformer.pipeline.list_items import item_batches

_IMPORTERS = ("inputs.reading", "pipeline.documents", "runs.transform")

WHOLE = 1 << 40


@contextmanager
def lists_longer_than(size: int) -> Iterator[None]:
    """Read Lists of more bytes than `size` item by item, and others whole."""
    with ExitStack() as stack:
        for module in _IMPORTERS:
            reads = partial(item_batches, long_list=size)
            stack.enter_context(patch(f"transformer.{module}.item_batches", reads))
        yield

"""How messages name pools, and where the finding stands."""

import pytest

from transformer.placement.placed import pool_words
from transformer.placement.scheduling import ANY_POOL


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        ([], "host-network pools"),
        ([ANY_POOL], "host-network pools"),
        (["a"], "the host-network pool a"),
        ([ANY_POOL, "a"], "the host-network pool a"),
        (["a", "b", "c"], "the host-network pools a, b, c"),
        (["a", "b", "c", "d"], "the host-network pools a, b, c, ..."),
    ],
)
def test_three_pools_are_named_and_more_hinted_at(pools: list[str], words: str) -> None:
    assert pool_words(pools) == words

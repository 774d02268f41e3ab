"""Manifests that run together are treated as they are one by one, or refused; no key moves."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.property import glued
from transformer.pipeline.documents import documents
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_chances = st.randoms(use_true_random=False)


@given(_chances)
def test_the_output_is_that_of_the_manifests_one_by_one_or_nothing_is_touched(
    chance: random.Random,
) -> None:
    assert glued.outcome(glued.sequence(chance)) != "different"


@given(_chances)
def test_in_a_file_no_manifest_that_is_noted_has_a_key_of_another(chance: random.Random) -> None:
    manifests = glued.sequence(chance, is_plain=True)
    (part,) = documents([b"".join(manifests)])
    assert part.raw.data == b"".join(manifests)
    if len(part.pieces) > 1:
        values = [construct(parse(piece.raw.data.decode()).root) for piece in part.pieces]
        assert values == [construct(parse(one.decode()).root) for one in manifests]


def test_most_sequences_are_certain() -> None:
    outcomes = [glued.outcome(glued.sequence(random.Random(seed))) for seed in range(100)]
    assert outcomes.count("same") > 50

"""What the everyday reader takes libyaml takes too, and their trees are equal.

`python -m tests.property.everyday` compares more generated documents, or those in folders.
"""

import random
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.kubectl.vectors import recorded
from tests.property.everyday import difference, document, manifests
from tests.shared_material import CORPUS, YAML_SUITE, files, needs

ROOT = Path(__file__).parents[2]


@given(st.randoms(use_true_random=False))
def test_generated_documents_have_the_tree_that_libyaml_gives(chance: random.Random) -> None:
    assert not difference(document(chance))


@given(st.integers(0, 2**32))
def test_spoilt_documents_have_the_tree_that_libyaml_gives(seed: int) -> None:
    chance = random.Random(seed)
    assert not any(difference(document(chance)) for _ in range(10))


def test_many_generated_documents_are_taken_and_many_are_left() -> None:
    chance = random.Random(0)
    taken = _taken(document(chance) for _ in range(500))
    assert 150 < taken < 350


def test_what_kubectl_was_asked_about_has_the_tree_that_libyaml_gives() -> None:
    assert _taken(vector.yaml for vector in recorded()) > 1000


def test_our_own_manifests_have_the_tree_that_libyaml_gives() -> None:
    assert _taken(manifests([str(ROOT / "testdata")])) > 1000


@needs(CORPUS)
def test_most_published_manifests_are_taken_with_the_tree_that_libyaml_gives() -> None:
    texts = list(manifests([str(CORPUS)]))
    assert _taken(texts) > 0.6 * len(texts)


@needs(YAML_SUITE)
def test_the_suite_of_yaml_has_the_tree_that_libyaml_gives() -> None:
    texts = [(YAML_SUITE / name).read_bytes().decode() for name in files(YAML_SUITE, "**/in.yaml")]
    for text in texts:
        for variant in (text, text.rstrip("\n"), f"---\n{text}", text * 2):
            assert not difference(variant)
            assert not difference(variant.replace("\n", "\r\n"))
    assert 20 < _taken(texts) < len(texts) / 2


def _taken(texts: Iterable[str]) -> int:
    """Return how many texts the everyday reader takes; none of them differs."""
    found = [difference(text) for text in texts]
    assert not [one for one in found if one]
    return found.count("")

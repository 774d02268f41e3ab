"""Edits are made in the order of the text, whatever order they come in."""

from itertools import permutations

import pytest

from transformer.errors import InternalError
from transformer.patch.edits import Edit, apply, joined

TEXT = "abcdef"


@pytest.mark.parametrize(
    ("edits", "result"),
    [
        ([], "abcdef"),
        ([Edit(0, 0, "X")], "Xabcdef"),
        ([Edit(6, 6, "X")], "abcdefX"),
        ([Edit(2, 4, "X")], "abXef"),
        ([Edit(2, 4, "")], "abef"),
        ([Edit(0, 6, "X")], "X"),
    ],
)
def test_an_edit_replaces_inserts_or_removes(edits: list[Edit], result: str) -> None:
    assert apply(TEXT, edits) == result


def test_the_order_in_which_edits_come_does_not_matter() -> None:
    edits = [Edit(0, 1, "1"), Edit(2, 2, "2"), Edit(3, 5, "3"), Edit(5, 6, "4")]
    assert {apply(TEXT, order) for order in permutations(edits)} == {"1b2c34"}


def test_insertions_at_one_offset_go_by_rank() -> None:
    edits = [Edit(3, 3, "2", rank=2), Edit(3, 3, "1", rank=-1), Edit(3, 3, "0")]
    assert apply(TEXT, edits) == "abc102def"


def test_insertions_of_one_rank_stay_in_the_order_given() -> None:
    assert apply(TEXT, [Edit(3, 3, "x"), Edit(3, 3, "y"), Edit(3, 3, "z")]) == "abcxyzdef"


def test_an_insertion_where_a_replacement_begins_goes_before_it() -> None:
    assert apply(TEXT, [Edit(3, 4, "R"), Edit(3, 3, "i", rank=9)]) == "abciRef"


def test_an_insertion_where_a_replacement_ends_goes_behind_it() -> None:
    assert apply(TEXT, [Edit(4, 4, "i", rank=-9), Edit(3, 4, "R")]) == "abcRief"


def test_replacements_may_touch() -> None:
    assert apply(TEXT, [Edit(2, 4, "Y"), Edit(0, 2, "X")]) == "XYef"


@pytest.mark.parametrize(
    ("edits", "offset"),
    [
        ([Edit(0, 3, "X"), Edit(2, 4, "Y")], 2),
        ([Edit(0, 4, "X"), Edit(1, 2, "Y")], 1),
        ([Edit(2, 4, "X"), Edit(2, 4, "X")], 2),
        ([Edit(1, 4, "X"), Edit(2, 2, "i")], 2),
    ],
    ids=["partly", "wholly", "the same twice", "an insertion within"],
)
def test_edits_that_overlap_are_a_bug_of_ours_and_say_where(edits: list[Edit], offset: int) -> None:
    for order in permutations(edits):
        with pytest.raises(InternalError, match="overlap") as caught:
            apply(TEXT, order)
        assert caught.value.offset == offset


def test_edits_that_touch_are_one_and_do_the_same() -> None:
    edits = [
        Edit(3, 3, "2", rank=2),
        Edit(3, 3, "1"),
        Edit(3, 4, ""),
        Edit(5, 6, "F"),
        Edit(0, 0, ""),
    ]
    apart = joined(edits)
    assert apart == [Edit(0, 0, ""), Edit(3, 4, "12"), Edit(5, 6, "F")]
    assert apply(TEXT, apart) == apply(TEXT, edits)

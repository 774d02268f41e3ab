import pytest

from tests.cases import check_each, for_each


def is_even(number: int) -> None:
    assert number % 2 == 0


def test_each_case_that_fails_is_named_and_those_behind_it_are_checked() -> None:
    with pytest.raises(BaseExceptionGroup, match="2 of 4 cases fail: no 1, no 3") as caught:
        check_each([1, 2, 3, 4], is_even, lambda number: f"no {number}")
    assert [error.__notes__ for error in caught.value.exceptions] == [
        ["The case is no 1."],
        ["The case is no 3."],
    ]


def test_what_is_not_raised_fails_too() -> None:
    def refuses(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            assert 1 / number

    with pytest.raises(BaseExceptionGroup, match="1 of 2 cases fail: 1"):
        check_each([0, 1], refuses)


def test_no_cases_at_all_is_a_failure() -> None:
    with pytest.raises(AssertionError, match="there are no cases"):
        check_each([], is_even)


@for_each([2, 4])
def test_a_test_is_for_each_case(number: int) -> None:
    """Only its cases are given to it: pytest looks for no fixture."""
    assert number in (2, 4)

import pytest

from transformer.wording import did_you_mean, dotted, some_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([], ""),
        (["spec", "ignore", 0, "rules"], "spec.ignore[0].rules"),
        (["labels", "a.b/c"], 'labels["a.b/c"]'),
        (["labels", "a b" * 20], 'labels["a ba ba ba ba ba ba ba ba ba ba ba ba..."]'),
        (["first" * 8, "second" * 8, "third"], f"...{'second' * 8}.third"),
        (["x" * 90], "..." + "x" * 80),
    ],
)
def test_a_place_is_written_as_people_write_it(path: list[str | int], expected: str) -> None:
    assert dotted(path) == expected


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("random", 'did you mean "random"?'),
        ("Radnom", 'did you mean "random"?'),
        ("by-mark", 'did you mean "mark"?'),
        ("else", ""),
        ("random\n", "remove the spaces or line ends around it"),
        (" ", ""),
    ],
)
def test_a_hint_is_given_where_a_word_looks_like_one(word: str, hint: str) -> None:
    assert did_you_mean(word, ("random", "mark")) == hint


@pytest.mark.parametrize(
    ("words", "text"), [([], ""), (["a", "b"], "a, b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_of_many_words_the_first_are_named(words: list[str], text: str) -> None:
    assert some_of(words, 2) == text

"""The comparison that shows that a refactoring changed no output."""

import pytest

from tools.same_outputs import lists
from tools.same_outputs.compare import Outcome, Sentence, differences, essence, read_sentences

OLD = Outcome(1, b"kept\ngone\n", b"a.yaml: the file is not judged\n", {"a.yaml": b"a: 1\n"})


def found(new: Outcome, *sentences: Sentence, only_words: bool = False) -> dict[str, str]:
    return dict(differences(OLD, new, sentences, only_words=only_words))


def test_equal_outcomes_do_not_differ() -> None:
    assert found(Outcome(OLD.status, OLD.stdout, OLD.stderr, dict(OLD.files))) == {}


@pytest.mark.parametrize(
    ("new", "part", "diff"),
    [
        (Outcome(0, OLD.stdout, OLD.stderr, OLD.files), "exit status", "-1\n+0\n"),
        (Outcome(1, b"kept\n", OLD.stderr, OLD.files), "stdout", " kept\n-gone\n"),
        (Outcome(1, b"kept\ngone", OLD.stderr, OLD.files), "stdout", "-gone\n+gone\\\n"),
        (Outcome(1, b"kept\r\ngone\n", OLD.stderr, OLD.files), "stdout", "-kept\n+kept\\r\n"),
        (Outcome(1, OLD.stdout, b"", OLD.files), "stderr", "-a.yaml: the file is not judged\n"),
        (Outcome(1, OLD.stdout, OLD.stderr, {"a.yaml": b"a: 2\n"}), "a.yaml", "-a: 1\n+a: 2\n"),
        (Outcome(1, OLD.stdout, OLD.stderr), "a.yaml", "-(this file is written)\n"),
    ],
)
def test_a_changed_byte_is_found(new: Outcome, part: str, diff: str) -> None:
    differing = found(new)
    assert list(differing) == [part]
    assert diff in differing[part]


def test_bytes_that_are_no_text_are_compared_too() -> None:
    assert list(differences(Outcome(0, b"\xff", b""), Outcome(0, b"\xfe", b"")))


def test_each_changed_place_is_shown_by_itself() -> None:
    lines = [b"%d\n" % number for number in range(20)]
    changed = [b"first\n", *lines[1:-1], b"last\n"]
    old, new = (Outcome(0, b"".join(text), b"") for text in (lines, changed))
    assert [diff for _, diff in differences(old, new)] == [
        "-0\n+first\n 1\n",
        " 18\n-19\n+last\n",
    ]


def test_the_same_change_of_a_sentence_has_one_essence() -> None:
    diffs = (
        f"-{n}:1 {name} is told\n+{n}:1 {name} is shown\n" for n, name in ((1, "a"), (12, "b"))
    )
    assert {essence(diff) for diff in diffs} == {("told", "shown")}


@pytest.mark.parametrize(
    "sentence",
    [
        Sentence("the file is not judged", "skipped"),
        Sentence(r"the (\w+) is not judged", "skipped", "re"),
    ],
)
def test_a_listed_sentence_may_differ(sentence: Sentence) -> None:
    assert found(Outcome(1, OLD.stdout, b"a.yaml: skipped\n", OLD.files), sentence) == {}
    assert found(Outcome(1, OLD.stdout, b"a.yaml: passed\n", OLD.files), sentence)


def test_a_listed_sentence_may_differ_where_json_or_xml_holds_it() -> None:
    sentence = Sentence('"a" & b', '"b"')
    for old, new in ((rb"\"a\" & b", rb"\"b\""), (b"&quot;a&quot; &amp; b", b"&quot;b&quot;")):
        assert not list(differences(Outcome(0, old, b""), Outcome(0, new, b""), [sentence]))


def test_a_mask_hides_what_differs_in_both() -> None:
    mask = Sentence("[0-9a-f]{8}", "<hash>", "mask")
    old, new = (Outcome(0, b"it is %s\n" % digits, b"") for digits in (b"01234567", b"89abcdef"))
    assert list(differences(old, new))
    assert not list(differences(old, new, [mask]))


def test_white_space_counts_unless_only_words_do() -> None:
    new = Outcome(1, b"kept gone\n", OLD.stderr, OLD.files)
    assert found(new)
    assert found(new, only_words=True) == {}
    other = Outcome(1, b"kept  lost\n", OLD.stderr, OLD.files)
    assert found(other, only_words=True)["stdout"] == " kept \\\n-gone\\\n+lost\\\n"


def test_a_list_of_sentences_has_comments_and_line_ends() -> None:
    text = "# why\n\nold\tnew\nline\\nend\tend\na+\tb\tre\n"
    assert read_sentences(text) == [
        Sentence("old", "new"),
        Sentence("line\nend", "end"),
        Sentence("a+", "b", "re"),
    ]


@pytest.mark.parametrize("line", ["old", "\tnew", "old\tnew\tonce", "a\tb\tre\tc"])
def test_a_line_of_another_form_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"expected"):
        read_sentences(line)


def test_what_an_edit_removes_is_found() -> None:
    assert lists.removed(b"a: 1\n", b"a: 1\nb: 2\n") == b""
    assert lists.removed(b"a: {}\nb: 1\n", b"a:\n  c: 1\nb: 1\n").split() == [b"{}"]


def test_a_diff_is_applied() -> None:
    diff = b"--- a\n+++ b\n@@ -2,2 +2,3 @@\n b\n+c\n d\n"
    assert lists.applied(diff, b"a\nb\nd\ne\n") == b"a\nb\nc\nd\ne\n"


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        (lists.Outcome(0, b"a: [1, 2]\n", b"1 of 2 objects changed, 1 warning\n"), "equal"),
        (lists.Outcome(0, b"a: [1,2]\n", b"1 changed, 1 warning\n"), "layout"),
        (lists.Outcome(0, b"a: [1, 2]\n", b"x: HN903\n1 changed, 2 warnings\n"), "unread"),
        (lists.Outcome(3, b"", b"x: HN902\n"), "stopped"),
        (lists.Outcome(0, b"a: [1, 3]\n", b"1 changed, 1 warning\n"), ""),
        (lists.Outcome(1, b"a: [1, 2]\n", b"1 changed, 1 warning\n"), ""),
        (lists.Outcome(0, b"a: [1, 2]\n", b"1 changed, 1 warning\nmore\n"), ""),
    ],
)
def test_only_documented_differences_of_lists_have_a_name(
    other: lists.Outcome, wanted: str
) -> None:
    one = lists.Outcome(0, b"a: [1, 2]\n", b"1 changed, 1 warning\n")
    assert lists.verdict(other, one) == wanted

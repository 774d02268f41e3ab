"""The unified diff: what it says, and that it can be applied."""

import random

import pytest

from transformer.findings import DocumentResult
from transformer.report.as_diff import FileDiff


def diff(*pairs: tuple[bytes, bytes], name: str = "a.yaml") -> bytes:
    """Return the diff of a file whose documents are `pairs` of old and new."""
    file = FileDiff(name)
    parts: list[bytes] = []
    for old, new in pairs:
        parts += file.add(DocumentResult(name, 1, old, new, "edited"))
    return b"".join([*parts, *file.end()])


def applied(old: bytes, patch: bytes) -> bytes:
    """Return what a strict reader of `patch` makes of `old`."""
    source = old.splitlines(keepends=True) if b"\r" not in old else old.split(b"\n")
    result, at = [], 0
    lines = patch.split(b"\n")[2:-1]
    while lines:
        head = lines.pop(0).split()
        start, _, count = head[1][1:].partition(b",")
        size, begin = int(count or 1), int(start)
        begin -= size > 0
        result += source[at:begin]
        at = begin
        while lines and not lines[0].startswith(b"@@"):
            line = lines.pop(0)
            ended = b"" if lines and lines[0].startswith(b"\\") else b"\n"
            if ended == b"":
                lines.pop(0)
            if line[:1] in b" -":
                assert source[at] == line[1:] + ended
                at += 1
            if line[:1] in b" +":
                result.append(line[1:] + ended)
    return b"".join(result + source[at:])


def numbered(first: int, last: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in range(first, last + 1))


def test_no_change_is_no_diff() -> None:
    assert diff((numbered(1, 20), numbered(1, 20)), (b"x", b"x")) == b""


def test_context_reaches_into_the_next_document() -> None:
    assert diff((b"a\nb\n", b"a\nb\nnew\n"), (b"---\nc\nd\ne\n", b"---\nc\nd\ne\n")) == (
        b"--- a/a.yaml\n+++ b/a.yaml\n@@ -1,5 +1,6 @@\n a\n b\n+new\n ---\n c\n d\n"
    )


def test_changes_that_stand_close_share_a_hunk_and_others_do_not() -> None:
    for between, hunks in ((6, 1), (7, 2)):
        same = numbered(1, between)
        patch = diff((b"a\n", b"b\n"), (same, same), (b"c\n", b"d\n"))
        assert patch.count(b"@@ -") == hunks


def test_a_long_unchanged_document_only_moves_the_numbers() -> None:
    same = numbered(1, 1000)
    patch = diff((b"a\n", b"b\nb\n"), (same, same), (b"c\n", b"d\n"))
    assert b"@@ -999,4 +1000,4 @@\n line 998\n" in patch


def test_a_missing_last_newline_is_marked() -> None:
    assert diff((b"a\nb", b"a\nb\nc")) == (
        b"--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,3 @@\n a\n-b\n\\ No newline at end of file\n"
        b"+b\n+c\n\\ No newline at end of file\n"
    )


def test_documents_on_one_line_are_one_line_of_the_diff() -> None:
    assert diff((b"{}", b"{1}"), (b"{}\n", b"{}\n"), (b"{}", b"{2}")) == (
        b"--- a/a.yaml\n+++ b/a.yaml\n@@ -1,2 +1,2 @@\n-{}{}\n+{1}{}\n"
        b"-{}\n\\ No newline at end of file\n+{2}\n\\ No newline at end of file\n"
    )


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("in/a.yaml", b"a/in/a.yaml"),
        ("./a.yaml", b"a/a.yaml"),
        ("/etc/a.yaml", b"a/etc/a.yaml"),
        ("a b.yaml", b"a/a b.yaml\t"),
        ('a"\n.yaml', b'"a/a\\"\\n.yaml"'),
        ("\u00e9\udcff.yaml", b"a/\xc3\xa9\xff.yaml"),
    ],
)
def test_file_names_are_written_as_git_does(name: str, told: bytes) -> None:
    assert diff((b"a\n", b"b\n"), name=name).startswith(b"--- " + told + b"\n+++ ")


@pytest.mark.parametrize("seed", range(60))
def test_any_edits_are_told_so_that_they_can_be_applied(seed: int) -> None:
    chance = random.Random(seed)
    pairs = []
    for _ in range(chance.randint(1, 6)):
        old = [b"%d\n" % chance.randint(0, 4) for _ in range(chance.randint(0, 30))]
        new = list(old)
        for _ in range(chance.choice([0, 0, 1, 2, 5])):
            at = chance.randint(0, len(new))
            new[at : at + chance.randint(0, 2)] = [
                b"n%d\n" % chance.randint(0, 3)
            ] * chance.randint(0, 5)
        pairs.append((b"".join(old), b"".join(new)))
    if chance.random() < 0.3:
        pairs.append((b"1\n2", chance.choice([b"1\n2", b"1\n3", b"1\n2\n"])))
    before, after = (b"".join(side) for side in zip(*pairs, strict=True))
    assert applied(before, diff(*pairs)) == after


def test_a_document_written_anew_is_told_too() -> None:
    old, new = numbered(1, 500), numbered(1, 500).replace(b"line", b"another")
    patch = diff((old, new))
    assert applied(old, patch) == new

    assert patch.count(b"\n-line") == 500


def test_of_items_that_end_within_a_line_the_diff_is_complete_at_once() -> None:
    """Items of JSON do: the comma below one is on its last line."""
    file = FileDiff("a.json")
    item = numbered(1, 20)[:-1]
    pieces = [(b"[" + item, b"[" + item), (b",\nold\n" + item, b",\nnew\n" + item)]
    pieces += [(b",\n" + item, b",\n" + item)] * 3
    shown = [
        b"".join(file.add(DocumentResult("a.json", 1, old, new, "edited"))) for old, new in pieces
    ]
    assert [bool(part) for part in shown] == [False, True, False, False, False]
    assert b" line 20,\n-old\n+new\n line 1\n" in shown[1]
    assert b"".join(file.end()) == b""


@pytest.mark.parametrize("seed", range(50))
def test_where_pieces_are_cut_does_not_matter_to_who_applies_the_diff(seed: int) -> None:
    chance = random.Random(seed)
    pairs = []
    for _ in range(chance.randrange(1, 8)):
        old = b"".join(chance.choice((b"a", b",", b"\n", b"b\n")) for _ in range(6))
        pairs.append((old, old if chance.random() < 0.6 else old.replace(b"a", b"c\nd")))
    old, new = (b"".join(texts) for texts in zip(*pairs, strict=True))
    patch = diff(*pairs)
    assert (applied(old, patch) if patch else old) == new

"""What runs together is taken apart where each part is a manifest, and nowhere else."""

import pytest

from transformer.pipeline.glue import Part, groups, parts
from transformer.text.framing import MAX_DOCUMENT, Opening, frames

START, MARKER, GLUED = Opening.START, Opening.MARKER, Opening.GLUED

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n"
COMMENTS = "# the pod\n\n# of the shop\n"
QUOTED = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 'x\n\nkind: Pod\napiVersion: v1\n'\n"
UNREADABLE = "apiVersion: v1\nkind: Pod\nspec: @here\n"


def parts_of(text: str, *, strict: bool = False, max_document: int = MAX_DOCUMENT) -> list[Part]:
    found = frames([text.encode()], max_document)
    return list(parts(found, strict=strict, max_document=max_document))


def texts(found: list[Part]) -> list[str]:
    return [part.frame.data.decode() for part in found]


def the_problem(text: str, rule: str, *, strict: bool = False) -> tuple[str, int | None]:
    """Return message and offset of the one problem of `text`, which stays one document."""
    (part,) = parts_of(text, strict=strict)
    assert part.frame.data.decode() == text
    assert part.frame.opening is START
    assert part.problem is not None
    assert part.problem.rule == rule
    return part.problem.message, part.problem.offset


@pytest.mark.parametrize(
    "manifests",
    [(SERVICE,), (SERVICE, POD), (SERVICE, POD, SERVICE), (POD, COMMENTS + SERVICE)],
    ids=["one", "two", "three", "comments above the second"],
)
def test_manifests_that_run_together_are_taken_apart(manifests: tuple[str, ...]) -> None:
    found = parts_of("".join(manifests))
    assert texts(found) == list(manifests)
    assert [part.frame.opening for part in found] == [START] + [GLUED] * (len(manifests) - 1)
    assert [part.frame.ordinal for part in found] == list(range(len(manifests)))
    assert not any(part.problem or part.continues for part in found)


def test_the_lower_manifest_begins_in_the_line_of_the_comments_above_it() -> None:
    _, below = parts_of(SERVICE + COMMENTS + POD)
    assert below.frame.line == SERVICE.count("\n") + 1


def test_quoted_text_that_looks_like_keys_stays_in_its_document() -> None:
    assert len(list(frames([QUOTED.encode()]))) > 1
    (part,) = parts_of(QUOTED)
    assert part == Part(next(frames([QUOTED.encode()]))._replace(data=QUOTED.encode()))


def test_a_manifest_below_quoted_text_is_taken_apart_from_it() -> None:
    assert texts(parts_of(QUOTED + POD)) == [QUOTED, POD]


@pytest.mark.parametrize("lone", ["kind: Pod\n", "apiVersion: v1\n"])
def test_a_part_below_that_lacks_a_key_is_a_problem(lone: str) -> None:
    message, offset = the_problem(SERVICE + lone + "metadata: {}\n", "HN902")
    assert "lacks apiVersion or kind" in message
    assert offset == len(SERVICE)


def test_a_root_key_above_that_belongs_to_no_such_kind_is_a_problem() -> None:
    above = "resources: [a.yaml]\n" + SERVICE
    message, offset = the_problem(above + POD, "HN902")
    assert "'resources'" in message
    assert "Service" in message
    assert offset == len(above)


def test_a_kustomization_may_have_its_own_keys() -> None:
    above = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [a]\n"
    assert texts(parts_of(above + POD)) == [above, POD]


def test_strict_takes_nothing_apart() -> None:
    _, offset = the_problem(SERVICE + POD, "HN904", strict=True)
    assert offset == len(SERVICE)


def test_strict_has_nothing_against_quoted_text() -> None:
    (part,) = parts_of(QUOTED, strict=True)
    assert part.problem is None


def test_a_marker_glued_to_the_last_value_is_a_problem() -> None:
    above = SERVICE.rstrip() + "---\n"
    message, offset = the_problem(above + POD, "HN902")
    assert "glued to the last value" in message
    assert offset == above.index("a---")


@pytest.mark.parametrize("below", [POD, POD + SERVICE, POD + SERVICE + POD])
def test_an_unreadable_part_spoils_what_is_glued_to_it(below: str) -> None:
    _, offset = the_problem(UNREADABLE + below, "HN901")
    assert offset == UNREADABLE.index("@")


def test_an_unreadable_part_spoils_nothing_above_it_nor_behind_a_marker() -> None:
    marked = "---\n" + POD
    found = parts_of(SERVICE + UNREADABLE + POD + marked)
    assert texts(found) == [SERVICE, UNREADABLE + POD, marked]
    assert [part.problem is not None for part in found] == [False, True, False]


def test_a_part_above_that_is_not_utf8_is_a_problem() -> None:
    data = b"apiVersion: v1\nkind: Pod\nname: \xff\n" + POD.encode()
    (part,) = parts(frames([data]))
    assert part.frame.data == data
    assert part.problem is not None
    assert part.problem.rule == "HN901"
    assert part.problem.message == "not UTF-8"


def test_the_pieces_of_an_oversize_document_continue_the_first() -> None:
    large = "---\n" + POD + f"spec: {'x' * 100}\n"
    found = parts_of(SERVICE + large + "---\n" + POD, max_document=60)
    assert "".join(texts(found)) == SERVICE + large + "---\n" + POD
    assert [(part.frame.oversize, part.continues) for part in found] == [
        (False, False),
        (True, False),
        (True, True),
        (True, True),
        (False, False),
    ]


def test_two_oversize_documents_do_not_continue_each_other() -> None:
    large = "---\n" + "x" * 80 + "\n"
    found = parts_of(large + large, max_document=60)
    assert [part.continues for part in found] == [False, True, False, True]


def test_parts_that_are_too_large_only_together_are_one_oversize_document() -> None:
    above = SERVICE + "note: |\n  text\nresources: []\n"
    (part,) = parts_of(above + POD, max_document=len(above) + 10)
    assert part.frame.oversize
    assert not part.continues
    assert part.frame.data.decode() == above + POD


def test_documents_are_counted_not_the_pieces_that_looked_like_some() -> None:
    large = "---\n" + POD + f"note: {'x' * 200}\n"
    found = parts_of(QUOTED + "---\n" + QUOTED + POD + large + "---\n" + SERVICE, max_document=150)
    assert [part.frame.ordinal for part in found] == [0, 1, 2, 3, 3, 4]
    assert [part.continues for part in found] == [False, False, False, False, True, False]


@pytest.mark.parametrize(("pieces", "is_split"), [(1, True), (15, True), (16, False), (30, False)])
def test_quoted_text_is_put_together_from_so_many_pieces_and_no_more(
    pieces: int, is_split: bool
) -> None:
    above = QUOTED.replace("kind: Pod\napiVersion: v1\n", "kind: Pod\napiVersion: v1\n" * pieces)
    assert len(list(frames([above.encode()]))) == pieces + 1
    assert texts(parts_of(above + POD)) == ([above, POD] if is_split else [above + POD])


def test_a_document_as_long_as_the_limit_is_not_oversize_for_being_joined() -> None:
    (part,) = parts_of(QUOTED, max_document=len(QUOTED))
    assert not part.frame.oversize


def test_flow_text_with_keys_below_is_no_manifest_to_take_apart() -> None:
    (part,) = parts_of("!!map {\nkind: b,\napiVersion: v1\n}\n" + POD)
    assert part.problem is None


FOO = "apiVersion: example.org/v1\nkind: Service\n"


def test_a_kind_of_another_group_may_have_any_keys_but_those_of_a_kustomization() -> None:
    above = FOO + "items: [a.yaml]\n"
    assert texts(parts_of(above + POD)) == [above, POD]
    message, _ = the_problem(FOO + "resources: [a.yaml]\n" + POD, "HN902")
    assert "'resources'" in message
    assert "key of a Service" in message


@pytest.mark.parametrize(
    "head", ["apiVersion: v1\nkind: Service\n", "apiVersion: apps/v1\nkind: Deployment\n"]
)
def test_a_kind_of_kubernetes_has_no_keys_of_others(head: str) -> None:
    message, offset = the_problem(head + "items: []\n" + POD, "HN902")
    assert "'items'" in message
    assert offset == len(head + "items: []\n")


def test_unless_told_otherwise_manifests_are_taken_apart() -> None:
    data = (SERVICE + POD).encode()
    assert texts(list(parts(frames([data])))) == [SERVICE, POD]
    assert [texts(group) for group in groups([data])][-1] == [SERVICE, POD]


@pytest.mark.parametrize("kind", ["kind: []", "kind: {a: b}"])
def test_a_kind_that_is_no_text_is_a_kind_of_which_nothing_is_known(kind: str) -> None:
    above = f"apiVersion: v1\n{kind}\nspec: {{}}\n"
    assert texts(parts_of(above + POD)) == [above, POD]
    _, offset = the_problem(f"{above}resources: []\n{POD}", "HN902")
    assert offset == len(f"{above}resources: []\n")


@pytest.mark.parametrize(
    ("tail", "last"),
    [
        ("a: b---\n", "b---"),
        ("a:\n- b\n- c---\n", "c---"),
        ("a:\n- b: c\n  d:\n  - e: f---\n", "f---"),
        ("a: [b---]\n", None),
        ("a: {b: c---}\n", None),
        ("a: 'b---'\n", None),
        ("a: |\n  b---\n", None),
        ("a: []\n", None),
        ("a: {}\n", None),
        ("b: c---\na: d\n", None),
    ],
)
def test_only_a_plain_value_at_the_very_end_can_have_a_marker_glued_to_it(
    tail: str, last: str | None
) -> None:
    above = FOO + tail
    if last is None:
        assert texts(parts_of(above + POD)) == [above, POD]
    else:
        assert the_problem(above + POD, "HN902")[1] == above.index(last)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SERVICE + "kind: Pod\nmetadata: {}\n", "a key stands twice"),
        (SERVICE.rstrip() + "---\n" + POD, "without a newline"),
        ("resources: []\n" + SERVICE + POD, "separate them with ---"),
    ],
)
def test_a_problem_comes_with_what_to_do(text: str, words: str) -> None:
    (part,) = parts_of(text)
    assert part.problem is not None
    assert words in part.problem.hint


STREAM = "".join((SERVICE, COMMENTS, POD, QUOTED, "---\n", UNREADABLE, POD, "---\n", SERVICE))


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("max_document", [MAX_DOCUMENT, 60])
@pytest.mark.parametrize("size", [1, 2, 7, 50, 1000])
def test_groups_hold_the_same_parts_whatever_the_chunks(
    size: int, max_document: int, strict: bool
) -> None:
    data = STREAM.encode()
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    found = groups(chunks, strict=strict, max_document=max_document)
    whole = parts_of(STREAM, strict=strict, max_document=max_document)
    assert [described(part) for group in found for part in group] == list(map(described, whole))


def described(part: Part) -> tuple[object, ...]:
    """Return what a part holds as values that can be compared (two exceptions never are equal)."""
    problem = part.problem
    said = (problem.rule, problem.message, problem.offset) if problem else None
    return (part.frame, part.continues, said)


def test_there_is_a_group_for_each_chunk_and_one_for_the_end() -> None:
    chunks = [SERVICE.encode(), b"---\n", b"---\n"]
    assert [texts(group) for group in groups(chunks)] == [[], [SERVICE], ["---\n"], ["---\n"]]

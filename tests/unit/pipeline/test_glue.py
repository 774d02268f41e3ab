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

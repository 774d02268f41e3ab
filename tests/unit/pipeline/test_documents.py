"""What runs together is taken apart where each part is a manifest, and nowhere else."""

import io
from itertools import chain

import pytest

from transformer.pipeline import boundaries
from transformer.pipeline import documents as module
from transformer.pipeline.documents import Document, batches, documents
from transformer.pipeline.list_items import item_batches
from transformer.text.framing import MAX_DOCUMENT, raw_batches, raw_documents
from transformer.text.raw_document import Opening

START, MARKER, GLUED = Opening.START, Opening.MARKER, Opening.GLUED

SERVICE = "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: b\n"
COMMENTS = "# the pod\n\n# of the shop\n"
QUOTED = "apiVersion: v1\nkind: ConfigMap\ndata:\n  a: 'x\n\nkind: Pod\napiVersion: v1\n'\n"
CLASS = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: c}\n"
BAR = "apiVersion: example.org/v1\nkind: Bar\nmetadata: {name: b}\n"
UNREADABLE = "apiVersion: v1\nkind: Pod\nspec: @here\n"


def parts_of(
    text: str, *, strict: bool = False, max_document: int = MAX_DOCUMENT
) -> list[Document]:
    found = documents([text.encode()], is_stream=True, strict=strict, max_document=max_document)
    return list(found)


def texts(found: list[Document]) -> list[str]:
    return [part.raw.data.decode() for part in found]


def the_problem(text: str, rule: str, *, strict: bool = False) -> tuple[str, int | None]:
    """Return message and offset of the one problem of `text`, which stays one document."""
    (part,) = parts_of(text, strict=strict)
    assert part.raw.data.decode() == text
    assert part.raw.opening is START
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
    assert [part.raw.opening for part in found] == [START] + [GLUED] * (len(manifests) - 1)
    assert [part.raw.ordinal for part in found] == list(range(len(manifests)))
    assert not any(part.problem or part.continues for part in found)


def test_the_lower_manifest_begins_in_the_line_of_the_comments_above_it() -> None:
    _, below = parts_of(SERVICE + COMMENTS + POD)
    assert below.raw.line == SERVICE.count("\n") + 1


def test_quoted_text_that_looks_like_keys_stays_in_its_document() -> None:
    assert len(list(raw_documents([QUOTED.encode()]))) > 1
    (part,) = parts_of(QUOTED)
    assert part == Document(next(raw_documents([QUOTED.encode()]))._replace(data=QUOTED.encode()))


def test_a_manifest_below_quoted_text_is_taken_apart_from_it() -> None:
    assert texts(parts_of(QUOTED + POD)) == [QUOTED, POD]


@pytest.mark.parametrize("lone", ["kind: Pod\n", "apiVersion: v1\n"])
def test_a_part_below_that_lacks_a_key_is_a_problem(lone: str) -> None:
    message, offset = the_problem(SERVICE + lone + "metadata: {}\n", "HN902")
    assert f"lacks {'apiVersion' if lone.startswith('kind') else 'kind'}" in message
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
    _, offset = the_problem(SERVICE + POD, "HN902", strict=True)
    assert offset == len(SERVICE)


def test_strict_has_nothing_against_quoted_text() -> None:
    (part,) = parts_of(QUOTED, strict=True)
    assert part.problem is None


def test_a_marker_glued_to_the_last_value_is_a_problem() -> None:
    above = SERVICE.rstrip() + "---\n"
    message, offset = the_problem(above + POD, "HN902")
    assert "the first line of the next file" in message
    assert offset == above.index("a---")


@pytest.mark.parametrize(
    ("tail", "below"),
    [
        *(
            (tail, POD)
            for tail in ("---", " ---", "# of the shop", "## shop", "#", "#@ load", "%YAML 1.1")
        ),
        ("---", "---\n" + POD),
        ("---", "# b\n---\n" + POD),
        ("# b", "# c\n---\n" + POD),
        ("# b", "\n# c\n\n# d\n---\n" + POD),
        ("%YAML 1.1", "---\n" + POD),
        ("%TAG ! b", "---\n" + POD),
        ('{"kind":"Pod"}', ""),
        ('{"apiVersion":"v1"}', "---\n" + POD),
        ('{"kind":"Pod"}', POD),
    ],
)
def test_a_value_that_may_have_swallowed_a_line_is_a_problem(tail: str, below: str) -> None:
    part = parts_of(f"{SERVICE.rstrip()}{tail}\n{below}")[0]
    assert part.problem is not None
    assert part.problem.rule == "HN902"
    assert part.problem.offset == SERVICE.rindex("a")


@pytest.mark.parametrize("above", ["", "---\n", "kind: Pod\n---\n"])
@pytest.mark.parametrize("length", [1, 5_000])
def test_compact_json_has_swallowed_nothing_and_need_not_be_parsed_to_know_it(
    monkeypatch: pytest.MonkeyPatch, above: str, length: int
) -> None:
    def fails(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(boundaries, "parse", fails)
    line = f'{{"kind": "Pod", "x": "{"a" * length}", "y": {{"z": 1}}}}\n'
    assert len(parts_of(f"{above}{line}---\n{line}")) == 2 + ("kind" in above)


@pytest.mark.parametrize("tail", ["a: b# c: d\n", "- a# b\n", "a# b\n", "# \xff\n#\n", ""])
def test_what_cannot_be_read_or_is_no_mapping_is_left_to_the_reader(tail: str) -> None:
    data = tail.encode("latin-1")
    assert [part.problem for part in documents([data], is_stream=True)] == [None] * bool(data)


@pytest.mark.parametrize(
    "value",
    ["a#b", "a # b", "'a---'", "'a# b'", "|\n    a---", "a----", "--- ", "http://a/#b", "[a---]"],
)
def test_other_values_have_swallowed_nothing(value: str) -> None:
    text = f"{FOO}x:\n  y: {value}\n"
    assert [part.problem for part in parts_of(f"{text}---\n{POD}")] == [None, None]
    assert texts(parts_of(text + POD)) == [text, POD]


@pytest.mark.parametrize("value", ["a---", "C#", "C# and F# code"])
@pytest.mark.parametrize("above", ["", POD, "---\n"])
def test_at_the_end_of_a_stream_nothing_can_be_swallowed(value: str, above: str) -> None:
    for text in (f"{FOO}metadata: {{}}\nx: {value}\n", f"{FOO}metadata: {{}}\nx: {value}"):
        assert [part.problem for part in parts_of(above + text) if part.problem] == []


@pytest.mark.parametrize("value", ["C#", "C# and F# code"])
def test_a_hash_in_a_value_is_no_comment_of_a_file_that_begins_with_a_marker(value: str) -> None:
    for comment in ("# the pod\n", "# a\n---\n# b\n"):
        found = parts_of(f"{FOO}x: {value}\n---\n{comment}{POD}")
        assert [part.problem for part in found if part.problem] == []
    found = parts_of(f"{FOO}x: C#\n# note\n---\n{POD}")
    assert [part.problem for part in found if part.problem] == []


def test_of_a_list_only_the_last_item_can_have_swallowed_a_line() -> None:
    head = "apiVersion: v1\nkind: List\nitems:\n"
    item = "- apiVersion: v1\n  kind: Pod\n  spec:\n    image: a---\n"
    chunks = [(head + item * 3 + "---\n" + SERVICE).encode()]
    raw = item_batches(chunks, MAX_DOCUMENT, io.BytesIO, long_list=0)
    *items, _ = chain.from_iterable(batches(raw, is_stream=True))
    assert [part.problem is not None for part in items] == [False, False, True]


def test_in_a_file_a_value_may_end_as_it_likes() -> None:
    assert in_file(SERVICE.rstrip() + "# of the shop\n").problem is None


@pytest.mark.parametrize("below", [POD, POD + SERVICE, POD + SERVICE + POD])
def test_an_unreadable_part_spoils_what_is_glued_to_it(below: str) -> None:
    _, offset = the_problem(UNREADABLE + below, "HN901")
    assert offset == UNREADABLE.index("@")


def test_an_unreadable_part_spoils_all_that_is_glued_to_it_and_nothing_behind_a_marker() -> None:
    marked = "---\n" + POD
    found = parts_of(marked + SERVICE + UNREADABLE + POD + marked)
    assert texts(found) == [marked + SERVICE + UNREADABLE + POD, marked]
    problem = found[0].problem
    assert problem is not None
    assert problem.rule == "HN901"
    assert "token" in problem.message
    assert problem.offset == (marked + SERVICE + UNREADABLE).index("@")
    assert found[1].problem is None


@pytest.mark.parametrize("is_stream", [False, True])
def test_glued_parts_of_which_one_is_not_utf8_are_one_document(is_stream: bool) -> None:
    data = b"apiVersion: v1\nkind: Pod\nname: \xff\n" + POD.encode()
    assert list(documents([data], is_stream=is_stream)) == [
        Document(next(raw_documents([data]))._replace(data=data))
    ]


def test_the_pieces_of_an_oversize_document_continue_the_first() -> None:
    large = "---\n" + POD + f"spec: {'x' * 100}\n"
    found = parts_of(SERVICE + large + "---\n" + POD, max_document=60)
    assert "".join(texts(found)) == SERVICE + large + "---\n" + POD
    assert [(part.raw.oversize, part.continues) for part in found] == [
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
    assert part.raw.oversize
    assert not part.continues
    assert part.raw.data.decode() == above + POD


def test_documents_are_counted_not_the_pieces_that_looked_like_some() -> None:
    large = "---\n" + POD + f"note: {'x' * 200}\n"
    found = parts_of(QUOTED + "---\n" + QUOTED + POD + large + "---\n" + SERVICE, max_document=150)
    assert [part.raw.ordinal for part in found] == [0, 1, 2, 3, 3, 4]
    assert [part.continues for part in found] == [False, False, False, False, True, False]


@pytest.mark.parametrize(("pieces", "is_split"), [(1, True), (15, True), (16, False), (30, False)])
def test_quoted_text_is_put_together_from_so_many_pieces_and_no_more(
    pieces: int, is_split: bool
) -> None:
    above = QUOTED.replace("kind: Pod\napiVersion: v1\n", "kind: Pod\napiVersion: v1\n" * pieces)
    assert len(list(raw_documents([above.encode()]))) == pieces + 1
    assert texts(parts_of(above + POD)) == ([above, POD] if is_split else [above + POD])


def test_a_document_as_long_as_the_limit_is_not_oversize_for_being_joined() -> None:
    (part,) = parts_of(QUOTED, max_document=len(QUOTED))
    assert not part.raw.oversize


def test_flow_text_with_keys_below_is_no_manifest_to_take_apart() -> None:
    (part,) = parts_of("!!map {\nkind: b,\napiVersion: v1\n}\n" + POD)
    assert part.problem is None


FOO = "apiVersion: example.org/v1\nkind: Service\n"


def test_a_kind_of_another_group_may_have_any_keys_but_those_of_a_kustomization() -> None:
    above = FOO + "items: [a.yaml]\n"
    assert texts(parts_of(above + POD)) == [above, POD]
    message, _ = the_problem(FOO + "resources: [a.yaml]\n" + POD, "HN902")
    assert "'resources'" in message
    assert "field of Service" in message


@pytest.mark.parametrize(
    "head", ["apiVersion: v1\nkind: Service\n", "apiVersion: apps/v1\nkind: Deployment\n"]
)
def test_a_kind_of_kubernetes_has_no_keys_of_others(head: str) -> None:
    message, offset = the_problem(head + "items: []\n" + POD, "HN902")
    assert "'items'" in message
    assert offset == len(head + "items: []\n")


def in_file(text: str, *, strict: bool = False) -> Document:
    """Return the one part of a file."""
    (part,) = documents([text.encode()], strict=strict)
    (again,) = [
        part for group in batches(raw_batches([text.encode()]), strict=strict) for part in group
    ]
    assert described(again) == described(part)
    assert part.raw.data.decode() == text
    return part


@pytest.mark.parametrize("above", [SERVICE, "---\n" + SERVICE, COMMENTS + SERVICE])
def test_in_a_file_nothing_is_taken_apart_but_the_manifests_are_noted(above: str) -> None:
    part = in_file(above + COMMENTS + POD)
    assert [raw.data.decode() for raw in part.manifests] == [above, COMMENTS + POD]
    assert [raw.ordinal for raw in part.manifests] == [0, 0]
    assert [raw.line for raw in part.manifests] == [1, above.count("\n") + 1]
    assert part.problem is None
    assert [(border.above, border.below) for border in part.borders] == [
        (above.index("apiVersion"), len(above) + len(COMMENTS))
    ]
    assert part.pieces == tuple(map(Document, part.manifests))


@pytest.mark.parametrize("text", [SERVICE, QUOTED, SERVICE + UNREADABLE, SERVICE + "kind: Pod\n"])
def test_a_file_with_one_manifest_or_with_a_problem_has_no_manifests_to_note(text: str) -> None:
    part = in_file(text)
    assert part.manifests == ()
    assert part.pieces == (part,)


def test_in_a_file_a_border_that_is_not_certain_is_a_doubt_and_no_problem() -> None:
    part = in_file(SERVICE + "aliases: []\n" + POD)
    assert len(part.manifests) == 2
    assert part.problem is None
    assert [border.doubt is not None for border in part.borders] == [True]
    assert part.pieces == (part,)


def test_in_a_file_each_border_has_a_doubt_of_its_own() -> None:
    part = in_file(SERVICE + POD + "aliases: []\n" + SERVICE + POD)
    assert [border.doubt is not None for border in part.borders] == [False, True, False]


def test_in_a_file_strict_is_a_doubt() -> None:
    (border,) = in_file(SERVICE + POD, strict=True).borders
    assert border.doubt is not None
    assert (border.doubt.offset, border.doubt.other) == (len(SERVICE), 0)


def test_a_key_that_stands_twice_in_a_lower_part_keeps_both_its_places() -> None:
    below = POD + "spec: {}\nspec: {}\n"
    part = in_file(SERVICE + below + SERVICE)
    assert part.problem is not None
    assert (part.problem.rule, part.manifests) == ("HN902", ())
    assert part.problem.other == len(SERVICE) + below.index("spec")
    assert part.problem.offset == len(SERVICE) + below.rindex("spec")


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (SERVICE + SERVICE + POD + "kind: Pod\n", 2 * len(SERVICE)),
        (SERVICE + CLASS + "allowedTopologies: []\n" + POD, len(SERVICE)),
        (SERVICE + CLASS + "provisioner: b---\n" + POD, len(SERVICE)),
        (COMMENTS + SERVICE + "resources: []\n" + POD, len(COMMENTS)),
        (COMMENTS + BAR + FOO, len(COMMENTS)),
        (SERVICE + POD.rstrip() + "---\n---\n" + POD, len(SERVICE)),
        (COMMENTS + SERVICE + "#@ end\n" + POD, len(COMMENTS)),
        (COMMENTS + SERVICE.rstrip() + "---\n---\n" + POD, len(COMMENTS)),
    ],
)
def test_a_problem_names_the_beginning_of_the_manifest_above(text: str, other: int) -> None:
    problem = parts_of(text)[0].problem
    assert problem is not None
    assert problem.other == other


SORTED_ROLE = "aggregationRule: {}\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"


@pytest.mark.parametrize(
    ("above", "key"),
    [
        (CLASS, "allowVolumeExpansion"),
        (CLASS, "allowedTopologies"),
        (FOO, "a"),
        (FOO, "Zone"),
        (FOO, "1st"),
        (FOO, "apiVersio"),
    ],
)
def test_a_key_that_sorts_before_apiversion_may_be_of_the_manifest_below(
    above: str, key: str
) -> None:
    message, offset = the_problem(f"{above}{key}: []\n{POD}", "HN902")
    assert repr(key) in message
    assert offset == len(above)


@pytest.mark.parametrize("key", ["apiVersions", "b", "items"])
def test_a_key_that_sorts_behind_apiversion_is_of_the_manifest_above(key: str) -> None:
    above = f"{FOO}{key}: []\n"
    assert texts(parts_of(above + POD)) == [above, POD]


def test_a_key_above_the_first_apiversion_is_of_its_own_manifest() -> None:
    assert texts(parts_of(SORTED_ROLE + POD)) == [SORTED_ROLE, POD]


def test_a_border_that_is_not_certain_further_down_leaves_all_in_one_document() -> None:
    text = SERVICE + SERVICE + CLASS + SORTED_ROLE + POD
    _, offset = the_problem(text, "HN902")
    assert offset == text.index("aggregationRule")


def test_metadata_may_be_of_a_manifest_below_that_has_none() -> None:
    message, offset = the_problem(BAR + FOO + "spec: {}\n", "HN902")
    assert "metadata" in message
    assert offset == BAR.index("metadata")


def test_metadata_are_of_a_manifest_above_that_has_to_have_some() -> None:
    below = FOO + "spec: {}\n"
    assert texts(parts_of(SERVICE + below)) == [SERVICE, below]


LONG = [SERVICE, COMMENTS + POD, QUOTED, SERVICE, POD, SERVICE]


@pytest.mark.parametrize("patience", [1, 60, 200])
@pytest.mark.parametrize("end", ["", "---\n" + POD])
def test_of_a_very_long_run_what_is_certain_leaves_early(
    monkeypatch: pytest.MonkeyPatch, patience: int, end: str
) -> None:
    text = "".join(LONG) + end
    whole = list(map(described, parts_of(text)))
    monkeypatch.setattr(module, "_PATIENCE", patience)
    assert list(map(described, parts_of(text))) == whole
    early = list(
        batches(
            raw_batches([line.encode() for line in text.splitlines(keepends=True)]), is_stream=True
        )
    )
    assert [described(part) for group in early for part in group] == whole
    assert sum(map(bool, early)) > 1


def test_of_a_very_long_run_with_an_uncertain_border_the_rest_is_one_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 60)
    rest = CLASS + "allowedTopologies: []\n" + POD + SERVICE
    found = parts_of(SERVICE + POD + SERVICE + POD + rest + "---\n" + SERVICE)
    assert "".join(texts(found)) == SERVICE + POD + SERVICE + POD + rest + "---\n" + SERVICE
    assert [part.problem is not None for part in found] == [False] * 4 + [True, False]
    assert [part.raw.ordinal for part in found] == list(range(6))
    assert [part.raw.opening for part in found] == [START, GLUED, GLUED, GLUED, GLUED, MARKER]


def test_in_a_file_a_very_long_run_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 1)
    assert len(in_file(SERVICE + POD + SERVICE).manifests) == 3


@pytest.mark.parametrize(
    ("above", "below", "key"),
    [
        (
            "rbac.authorization.k8s.io/v1\nkind: Role\nrules: []\n",
            "rbac.authorization.k8s.io/v1\nkind: ClusterRole\n",
            "rules",
        ),
        ("v1\nkind: Namespace\nspec: {}\n", "v1\nkind: Pod\n", "spec"),
        ("example.org/v1\nkind: Foo\nspec: {}\n", "example.org/v1\nkind: Bar\n", "spec"),
        ("v1\nkind: ConfigMap\ndata: {}\n", "example.org/v1\nkind: Bar\nrules: []\n", "data"),
        (
            "kustomize.config.k8s.io/v1\nkind: Kustomization\nresources: []\n",
            "kustomize.config.k8s.io/v1\nkind: Kustomization\nimages: []\n",
            "resources",
        ),
    ],
)
def test_the_last_key_may_be_of_a_manifest_below_that_lacks_it(
    above: str, below: str, key: str
) -> None:
    upper = "apiVersion: " + above.replace("\nkind", "\nmetadata: {}\nkind")
    lower = "apiVersion: " + below + "metadata: {}\n"
    message, offset = the_problem(upper + lower, "HN902")
    assert repr(key) in message
    assert offset == upper.index(f"\n{key}:") + 1


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ("v1\nkind: Pod\nspec: {}\n", "v1\nkind: Namespace\n"),
        ("v1\nkind: ServiceAccount\nsecrets: []\n", "v1\nkind: ServiceAccount\n"),
        ("v1\nkind: Secret\ntype: a\n", "v1\nkind: Secret\ndata: {}\n"),
        ("v1\nkind: ConfigMap\ndata: {}\n", "example.org/v1\nkind: Bar\nspec: {}\n"),
        ("v1\nkind: Pod\nspec: {}\n", "v1\nkind: FooList\nitems: []\n"),
        ("v1\nkind: Pod\nstatus: {}\n", "example.org/v1\nkind: Bar\n"),
        ("v1\nkind: Namespace\n", "v1\nkind: List\nitems: []\n"),
        ("v1\nkind: Pod\nspec: {}\n", "kustomize.config.k8s.io/v1\nkind: Kustomization\n"),
    ],
)
def test_the_last_key_is_of_the_manifest_above_where_that_below_is_whole(
    above: str, below: str
) -> None:
    upper = "apiVersion: " + above.replace("\nkind", "\nmetadata: {}\nkind")
    lower = "apiVersion: " + below + "metadata: {}\n"
    assert texts(parts_of(upper + lower)) == [upper, lower]


@pytest.mark.parametrize(
    "comment", ["#@ end\n", "# {{- end }}\n", "#{% endif %}\n", "note: b #@ x\n"]
)
def test_nothing_is_certain_in_a_template(comment: str) -> None:
    _, offset = the_problem(SERVICE + POD + comment, "HN902")
    assert offset == len(SERVICE)


@pytest.mark.parametrize(
    "text", ["note: '#@ x'\n", "note: |\n  #@ x\n", "note: a#@\n", "# @ {x}\n", "note: '{{'\n"]
)
def test_what_is_no_comment_or_no_program_makes_no_template(text: str) -> None:
    above = FOO + text
    assert texts(parts_of(above + "b: c\n" + POD)) == [above + "b: c\n", POD]


@pytest.mark.parametrize("kind", ["kind: []", "kind: {a: b}"])
def test_a_kind_that_is_no_text_is_a_kind_of_which_nothing_is_known(kind: str) -> None:
    above = f"apiVersion: v1\n{kind}\nstatus: {{}}\n"
    assert texts(parts_of(above + POD)) == [above, POD]
    _, offset = the_problem(f"{above}resources: []\n{POD}", "HN902")
    assert offset == len(f"{above}resources: []\n")


@pytest.mark.parametrize(
    ("tail", "last"),
    [
        ("x: b---\n", "b---"),
        ("x:\n- b\n- c---\n", "c---"),
        ("x:\n- b: c\n  d:\n  - e: f---\n", "f---"),
        ("x: [b---]\n", None),
        ("x: {b: c---}\n", None),
        ("x: 'b---'\n", None),
        ("x: |\n  b---\n", None),
        ("x: []\n", None),
        ("x: {}\n", None),
        ("x: c---\ny: d\n", None),
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
        (SERVICE + "kind: Pod\nmetadata: {}\n", "a key is duplicated"),
        (SERVICE.rstrip() + "---\n" + POD, "without a newline"),
        ("resources: []\n" + SERVICE + POD, "separate them with ---"),
        (SERVICE + POD + "#@ end\n", "render it first"),
        (CLASS + "allowedTopologies: []\n" + POD, "begin each file with ---"),
        (SERVICE.rstrip() + "# of the shop\n" + POD, "quote the value"),
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
    found = batches(
        raw_batches(chunks, max_document),
        is_stream=True,
        strict=strict,
        max_document=max_document,
    )
    whole = parts_of(STREAM, strict=strict, max_document=max_document)
    assert [described(part) for group in found for part in group] == list(map(described, whole))


def described(part: Document) -> tuple[object, ...]:
    """Return what a part holds as values that can be compared (two exceptions never are equal)."""
    errors = (part.problem, *(border.doubt for border in part.borders))
    said = [error and (error.rule, error.message, error.offset, error.other) for error in errors]
    return (part.raw, part.continues, part.manifests, said)


def test_there_is_a_group_for_each_chunk_and_one_for_the_end() -> None:
    chunks = [SERVICE.encode(), b"---\n", b"---\n"]
    assert [texts(group) for group in batches(raw_batches(chunks))] == [
        [],
        [SERVICE],
        ["---\n"],
        ["---\n"],
    ]

from itertools import pairwise

import pytest

from transformer.text.framing import Framer, raw_documents
from transformer.text.raw_document import Opening, RawDocument

START, MARKER, AFTER_END = Opening.START, Opening.MARKER, Opening.AFTER_END
JSON, GLUED = Opening.JSON, Opening.GLUED
BOM = "\ufeff"

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n"
POOL = """\
# pools of the eastern site
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata: {name: hangzhou}
spec:
  type: Edge   # cannot change
  hostNetwork: true
"""
DAEMON = """\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: kube-flannel-ds
  annotations:
    "note": "kind: x"
spec:
  template:
    spec:
      containers:
      - {name: flannel, image: "flannel:v0.26", args: [--iface=eth0]}
"""
SCRIPT = """\
apiVersion: v1
kind: ConfigMap
data:
  run.sh: |
    cat <<EOF
    ---
    kind: Node
    ...
    EOF
  apiVersion: v1
"""
ROLE = """\
kind: ClusterRole
metadata:
  name: r
rules:
- apiGroups: [""]
  resources: [nodes]
apiVersion: rbac.authorization.k8s.io/v1
"""
OBJECT = '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "}{ \\"\\\\"}}'
PRETTY = '{\n  "kind": "Pod",\n  "spec": {\n    "priority": \n-5,\n    "containers": []\n  }\n}\n'


def cuts(*parts: tuple[Opening, str]) -> tuple[tuple[Opening, str], ...]:
    return parts


# Name -> what each frame of the sample is: how it opens, and its text.
SAMPLES = {
    "one manifest": cuts((START, POD)),
    "no last line break": cuts((START, POD.rstrip())),
    "a marker between two": cuts((START, POD), (MARKER, "---\n" + DAEMON)),
    "a licence above the first marker": cuts(
        (START, "# Copyright\n#\n\n# Licence\n---\n# pool\n" + POOL), (MARKER, "---\n" + POD)
    ),
    "comments below content": cuts((START, POD + "# next: a pool\n\n"), (MARKER, "---\n" + POOL)),
    "content on the line of the marker": cuts(
        (START, "--- {kind: Pod}\n"),
        (MARKER, "--- # a pool\n" + POOL),
        (MARKER, '---\t"a\n  b"\n'),
        (MARKER, "--- |\n text\n"),
        (MARKER, "--- text"),
    ),
    "what is no marker": cuts(
        (START, POD + "---foo: 1\n  ---\n----\n.... \n ...\n"), (MARKER, "--- \t\n")
    ),
    "markers inside block text and quotes": cuts(
        (START, SCRIPT), (MARKER, '---\nkind: "a\n'), (MARKER, "--- b\n"), (MARKER, '---\n c"\n')
    ),
    "empty documents": cuts(
        (START, "---\n"), (MARKER, "---\n# nothing\n"), (MARKER, "---\n" + POD), (MARKER, "---")
    ),
    "an end line with a marker below": cuts(
        (START, POD + "... # the end\n"), (MARKER, "# pool\n\n---\n" + POOL)
    ),
    "an end line with content below": cuts(
        (START, POD + "...\n"), (AFTER_END, "# pool\n" + POD + "...\n"), (AFTER_END, OBJECT)
    ),
    "end lines in a row": cuts(
        (START, POD + "...\n...\n# so\n... \n"), (MARKER, "---\n" + POD + "...\r\n\n...\n# bye\n")
    ),
    "an end line first": cuts(
        (START, "# hm\n...\n"),
        (AFTER_END, POD + "..."),
    ),
    "directives": cuts(
        (START, "%YAML 1.1\n# c\n---\n" + POD + "...\n"),
        (MARKER, "# c\n%TAG ! tag:x,2000:\n---\n" + POD),
        (MARKER, "%YAML 1.1\n---\n" + DAEMON),
    ),
    "a directive below an empty document": cuts(
        (START, "---\n# c\n"), (MARKER, "%YAML 1.1\n---\n")
    ),
    "a directive without its document": cuts((START, POD + "...\n"), (AFTER_END, "%YAML 1.1\n")),
    "byte order marks in the middle": cuts(
        (START, f"{BOM}---\n{POD}"), (MARKER, f"{BOM}---\n{POD}"), (GLUED, f"{BOM}# pool\n{POD}")
    ),
    "a byte order mark below comments": cuts((START, "# c\n"), (MARKER, f"{BOM}---\n{POD}")),
    "a byte order mark and a directive": cuts((START, f"{BOM}%YAML 1.1\n---\n{POD}")),
    "a byte order mark inside a line": cuts((START, f"kind: a{BOM}---\n")),
    "only comments": cuts((START, "# nothing\n\n  # here")),
    "only blanks": cuts((START, "\n \r\n\t")),
    "CRLF": cuts(
        (START, POD.replace("\n", "\r\n") + "...\r\n"),
        (MARKER, "# c\r\n---\r\n" + POOL.replace("\n", "\r\n")),
        (GLUED, POOL.replace("\n", "\r\n")),
    ),
    "lone CR": cuts(
        (START, POD.replace("\n", "\r") + "...\r"),
        (MARKER, "# c\r---\r" + POOL.replace("\n", "\r")),
        (GLUED, POOL.replace("\n", "\r")),
    ),
    "glued files": cuts((START, POD), (GLUED, POD), (GLUED, DAEMON), (GLUED, ROLE)),
    "glued files with comments": cuts(
        (START, POD + "\n\n"),
        (GLUED, "# one\n\n#two\n\n\n" + POD + "  # indented\n"),
        (GLUED, "# pool\n" + POD + "\n"),
        (GLUED, POD),
    ),
    "glued files with quoted keys": cuts(
        (START, "\"apiVersion\": v1\n'kind' : Pod\n"), (GLUED, '"kind":\n  Pod\napiVersion\t: v1')
    ),
    "a key that is not both": cuts((START, "kind: a\nkind: b\nkind: c\napiVersion: v1\n")),
    "keys that only look like root keys": cuts(
        (START, POD + "kinds: 1\nkind:x\nkind\n apiVersion: v1\n\"kind': 1\n")
    ),
    "JSON on one line": cuts((START, OBJECT), (JSON, OBJECT + " "), (JSON, OBJECT + "\n")),
    "JSON Lines": cuts((START, "\n" + OBJECT + "\n"), (JSON, OBJECT + "\r\n"), (JSON, OBJECT)),
    "pretty JSON": cuts((START, PRETTY), (JSON, PRETTY + " \n\n"), (JSON, PRETTY)),
    "JSON and markers": cuts(
        (START, "# c\n" + OBJECT + "\n"),
        (MARKER, "---\n" + OBJECT),
        (JSON, PRETTY),
        (MARKER, "--- " + OBJECT),
        (JSON, PRETTY),
        (MARKER, "---\n" + POD),
    ),
    "JSON with byte order marks": cuts((START, BOM + OBJECT + "\n"), (JSON, BOM + OBJECT)),
    "an unfinished JSON object": cuts((START, '{"kind": {"a": "x\\\n'), (MARKER, "---\n{}")),
    "markers within JSON objects": cuts(
        (START, '{"a": 1,\n'),
        (MARKER, '---\n{"a": 1\r'),
        (MARKER, BOM + "---\r{\n\n"),
        (MARKER, "--- \n"),
    ),
    "an end line within a JSON object": cuts((START, '{"a": 1,\n...\n'), (AFTER_END, OBJECT)),
    "what only looks like a marker within a JSON object": cuts(
        (START, '{"a":\n--1,\n----\n ---\n...a\n: 2} '), (JSON, '{"b": 1}\n'), (MARKER, "---\n")
    ),
    "flow text that is no JSON": cuts(
        (START, "{apiVersion: v1, kind: 'Pod'} {}\n"), (MARKER, "---\n{'a': {}}\n{}\n")
    ),
    "flow text with root keys": cuts((START, "{\nkind: b,\napiVersion: v1,\nkind: c\n}\n{}\n")),
    "an object and flow text with root keys": cuts(
        (START, "{}\n"), (JSON, "{\nkind: b,\napiVersion: v1,\nkind: c\n}\n{}\n")
    ),
    "JSON with a comment": cuts((START, OBJECT + " # c\n" + OBJECT)),
    "JSON with a line break in a string": cuts((START, '{"a": "b\n  c"}{}\n{"a\\\n": 1}{}')),
    "a root array": cuts((START, "[{}]\n{}\n{}")),
    "bytes that are no text": cuts((START, "\x00k\x00i\n\x00-\x00-\x00-\n")),
}


def encoded(sample: str) -> list[tuple[Opening, bytes]]:
    return [(opening, text.encode()) for opening, text in SAMPLES[sample]]


@pytest.mark.parametrize("sample", SAMPLES)
def test_cuts_the_sample_where_expected(sample: str) -> None:
    expected = encoded(sample)
    found = list(raw_documents([b"".join(data for _, data in expected)]))
    assert [(raw.opening, raw.data) for raw in found] == expected
    assert [raw.ordinal for raw in found] == list(range(len(found)))
    assert not any(raw.oversize for raw in found)


@pytest.mark.parametrize("sample", SAMPLES)
def test_numbers_lines_as_an_editor_does(sample: str) -> None:
    above = ""
    for raw, (_, text) in zip(
        raw_documents(text.encode() for _, text in SAMPLES[sample]), SAMPLES[sample], strict=True
    ):
        unified = above.replace("\r\n", "\n").replace("\r", "\n")
        assert raw.line == 1 + unified.count("\n")
        above += text


@pytest.mark.parametrize("sample", SAMPLES)
def test_one_byte_at_a_time_gives_the_same_frames(sample: str) -> None:
    whole = b"".join(data for _, data in encoded(sample))
    assert list(raw_documents(bytes((byte,)) for byte in whole)) == list(raw_documents([whole]))


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_cut_at_any_byte_gives_the_same_frames(sample: str) -> None:
    whole = b"".join(data for _, data in encoded(sample))
    expected = list(raw_documents([whole]))
    for at in range(len(whole) + 1):
        assert list(raw_documents([whole[:at], whole[at:]])) == expected


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_documents_longer_than_a_look_ahead_are_cut_the_same_whatever_the_chunks(
    line_break: str,
) -> None:
    filler = "# comment\n" * 130 + "x: |\n  one\n\n  two\n" * 70
    text = (POD + filler + "---\n" + filler + "...\n# c\n" + filler + POD + POOL).replace(
        "\n", line_break
    )
    whole = text.encode()
    expected = list(raw_documents([whole]))
    assert [raw.opening for raw in expected] == [START, MARKER, AFTER_END, GLUED]
    assert [raw.line for raw in expected] == [
        1
        + whole[: whole.index(raw.data)]
        .decode()
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .count("\n")
        for raw in expected
    ]
    starts = [whole.index(raw.data) for raw in expected]
    near = {start + step for start in starts for step in range(-3, 20) if start + step > 0}
    for at in sorted({*range(0, len(whole), 97), *near}):
        assert list(raw_documents([whole[:at], whole[at:]])) == expected
    for size in (100, 1099, 1100, 1101, 2500):
        chunks = [whole[at : at + size] for at in range(0, len(whole), size)]
        assert list(raw_documents(chunks)) == expected


def test_an_empty_stream_has_no_frames() -> None:
    assert list(raw_documents([])) == []
    assert list(raw_documents([b"", b""])) == []


def test_a_frame_leaves_as_soon_as_its_end_is_known() -> None:
    framer = Framer()
    assert framer.feed(POD.encode()) == []
    assert framer.feed(b"---") == []
    assert framer.feed(b"\n") == [RawDocument(POD.encode(), 1, 0, START)]
    assert framer.feed(OBJECT.encode() + b"\n") == []
    assert framer.feed(b"{") == [RawDocument(b"---\n" + OBJECT.encode() + b"\n", 5, 1, MARKER)]
    assert framer.close() == [RawDocument(b"{", 7, 2, JSON)]


def test_glued_frames_join_to_the_frame_they_were() -> None:
    text = '---\nkind: x\napiVersion: y\nquote: "\nkind: z\napiVersion: w\nkind: v"\n'
    first, *others = raw_documents([text.encode()])
    assert [raw.opening for raw in others] == [GLUED, GLUED]
    assert first.data + b"".join(raw.data for raw in others) == text.encode()


def test_a_long_run_of_comments_is_taken_only_as_far_as_it_reaches() -> None:
    run = b"# a line of a long comment\n" * 5000
    above, below = raw_documents([POD.encode() + run + POD.encode()])
    assert above.data + below.data == POD.encode() + run + POD.encode()
    assert len(above.data) > len(POD)
    assert below.data.startswith(b"# a line")


@pytest.mark.parametrize("size", [1, 7, 64, 1000])
def test_a_document_over_the_limit_comes_in_pieces_until_the_next_marker(size: int) -> None:
    long = b"kind: a\napiVersion: b\n...\n" * 3 + b"x" * 90 + b"\r\nkind: a\napiVersion: b\n" * 40
    whole = b"---\n" + long + b"---\na: 1\n"
    chunks = [whole[at : at + size] for at in range(0, len(whole), size)]
    *pieces, last = raw_documents(chunks, max_document=20)
    assert last == RawDocument(b"---\na: 1\n", 1 + whole.count(b"\n") - 2, 1, MARKER)
    assert b"".join(piece.data for piece in pieces) == b"---\n" + long
    assert {(piece.ordinal, piece.oversize) for piece in pieces} == {(0, True)}
    assert {len(piece.data) for piece in pieces[:-1]} <= {20, 21}
    for piece, below in pairwise(pieces):
        assert below.line == piece.line + piece.data.count(b"\n")
        assert (piece.data[-1:], below.data[:1]) != (b"\r", b"\n")


def test_a_piece_that_ends_with_a_line_hides_no_marker() -> None:
    whole = b"a\r\n---\n"
    for at in range(len(whole)):
        found = list(raw_documents([whole[:at], whole[at:]], max_document=2))
        assert [raw.data for raw in found] == [b"a\r\n", b"--", b"-\n"]
        assert [raw.ordinal for raw in found] == [0, 1, 1]


def test_a_document_as_long_as_the_limit_is_not_over_it() -> None:
    pod = POD.encode()
    assert list(raw_documents([pod + pod], max_document=len(pod))) == [
        RawDocument(pod, 1, 0, START, is_glued_below=True),
        RawDocument(pod, 5, 1, GLUED),
    ]
    assert all(raw.oversize for raw in raw_documents([pod], max_document=len(pod) - 1))


@pytest.mark.parametrize(
    "filler",
    [
        b"x",
        b" ",
        b"#",
        b"# c\n",
        b"\n",
        b"\r",
        b"{",
        b'{"a":"',
        b"\\",
        b'{"',
        b"kind : ",
        b"...\n",
        b"kind:\napiVersion: \n",
        b'{"a": [{"b": "c\\""}]}\n',
        b"%",
    ],
)
def test_memory_is_bounded_whatever_comes(filler: bytes) -> None:
    framer = Framer(max_document=10_000)
    chunk = filler * (1000 // len(filler))
    emitted = sum(len(raw.data) for _ in range(100) for raw in framer.feed(chunk))
    left = sum(len(raw.data) for raw in framer.close())
    assert emitted + left == 100 * len(chunk)
    assert left <= 10_000 + 2 * 1100

"""Framing, for any bytes in any chunks."""

import re

import yaml
from hypothesis import given
from hypothesis import strategies as st

from transformer.text.framing import raw_documents
from transformer.text.raw_document import Opening, RawDocument

_FRAGMENTS = [
    "---", "...", "---\n", "...\n", "--- ", "\ufeff", "\n", "\r", "\r\n", " ", "\t", "  ", "#",
    "# c\n", "%YAML 1.1\n", "%TAG ! t:\n", "{", "}", "[", "]", '"', "'", "\\", ":", ",", "-", ".",
    "a", "\x00", "kind: X\n", "apiVersion: v1\n", "kind: X", '"kind" : X\n', "'apiVersion': v1",
    "a: 1\n", "- b\n", "a: |\n  t\n", '{"a": "}{\\""}', '{"b": [{}, -1]}\n', "{c: d}\n", "x: 'y\n",
    "é",
]  # fmt: skip

_texts = st.lists(st.sampled_from(_FRAGMENTS), max_size=40).map(lambda parts: "".join(parts))
_streams = st.one_of(_texts.map(str.encode), st.binary(max_size=200))
_limits = st.sampled_from([1, 2, 3, 10, 30, 1 << 20])
_LINES = ["---", "...", "--- # c", "... # c", "# c", "", "a: 1", "b: [x]", "- y", "kind: X",
          "apiVersion: v1", "{d: 1}", '{"e": 1}', "  z: 2"]  # fmt: skip
_TEXT_LINES = ["--- f", "--- |", "--- >-", " g", "'h", "i'", "--- 'j", '--- "k', 'l"', "m\\"]
_DIRECTIVES = ["%YAML 1.1", "%TAG !t! tag:t,2000:"]
"""Not together with `_TEXT_LINES`: in a root scalar a line that looks like one is text."""

_lines = st.one_of(
    st.lists(st.sampled_from(_LINES + _TEXT_LINES), max_size=14),
    st.lists(st.sampled_from(_LINES + _DIRECTIVES), max_size=14),
)


@st.composite
def _chunked(draw: st.DrawFn, streams: st.SearchStrategy[bytes]) -> list[bytes]:
    stream = draw(streams)
    cuts = sorted(draw(st.lists(st.integers(0, len(stream)), max_size=12)))
    return [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]


def _line_count(data: bytes) -> int:
    return len(re.findall(b"\r\n|\r|\n", data))


@given(_chunked(_streams), _limits)
def test_frames_do_not_depend_on_the_chunks(chunks: list[bytes], limit: int) -> None:
    whole = b"".join(chunks)
    expected = list(raw_documents([whole], limit))
    assert list(raw_documents(chunks, limit)) == expected
    assert list(raw_documents((bytes((byte,)) for byte in whole), limit)) == expected


@given(_streams, _limits)
def test_frames_joined_are_the_stream(stream: bytes, limit: int) -> None:
    found = list(raw_documents([stream], limit))
    assert b"".join(raw.data for raw in found) == stream
    assert all(raw.data for raw in found)


@given(_streams, _limits)
def test_each_frame_knows_its_line_its_ordinal_and_its_size(stream: bytes, limit: int) -> None:
    line, ordinal = 1, -1
    before = RawDocument(b"", 1, -1, Opening.START)
    for raw in raw_documents([stream], limit):
        continues = raw.oversize and before.oversize and raw.ordinal == before.ordinal
        ordinal += not continues
        assert (raw.line, raw.ordinal) == (line, ordinal)
        assert (raw.opening is Opening.START) == (ordinal == 0)
        assert len(raw.data) <= limit + 1
        assert raw.oversize or len(raw.data) <= limit
        assert not (before.data.endswith(b"\r") and raw.data.startswith(b"\n"))
        line += _line_count(raw.data)
        before = raw


@given(_streams)
def test_no_frame_has_a_marker_below_content(stream: bytes) -> None:
    marker = re.compile(rb"(?:\A|(?<=[\r\n]))(?:\xef\xbb\xbf)?---(?=[ \t\r\n]|\Z)")
    above = re.compile(
        rb"(?:[#%][^\r\n]*|\xef\xbb\xbf|[ \t]+(?:#[^\r\n]*)?|[\r\n]|\.\.\.[^\r\n]*)*"
    )
    for raw in raw_documents([stream]):
        found = list(marker.finditer(raw.data))
        assert len(found) <= 1
        if found:
            assert above.fullmatch(raw.data, 0, found[0].start())
            assert raw.opening in (Opening.START, Opening.MARKER)


@given(_lines, st.sampled_from(["\n", "\r\n", "\r"]))
def test_frames_hold_the_documents_that_a_parser_sees(lines: list[str], line_end: str) -> None:
    text = "".join(line + line_end for line in lines)
    expected = _documents(text)
    if expected is None:
        return
    joined: list[str] = []
    for raw in raw_documents([text.encode()]):
        if raw.opening in (Opening.GLUED, Opening.JSON):
            joined[-1] += raw.data.decode()
        else:
            joined.append(raw.data.decode())
    assert [document for part in joined for document in _documents(part) or []] == expected


def _documents(text: str) -> list[list[str]] | None:
    """The documents of a text, each as a list of its events; None where it does not parse."""
    documents: list[list[str]] = []
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                documents.append([])
            elif isinstance(event, yaml.NodeEvent | yaml.CollectionEndEvent):
                documents[-1].append(f"{event}")
    except yaml.YAMLError:
        return None
    return documents

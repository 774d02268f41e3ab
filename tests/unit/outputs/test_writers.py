"""Where results go."""

import io
from pathlib import Path

import pytest

from transformer.findings import DocumentResult
from transformer.inputs.discovery import Source
from transformer.outputs.reporter import Reporter
from transformer.outputs.writers import DiffStream, InPlace, ManifestStream


def result(data: bytes, source: bytes | None = None, *, failed: bool = False) -> DocumentResult:
    old = data if source is None else source
    return DocumentResult("a.yaml", 1, old, data, "parsed", failed)


def streamed(*files: list[bytes]) -> bytes:
    """Return what a stream makes of files, each a list of documents."""
    out = io.BytesIO()
    stream = ManifestStream(out)
    for documents in files:
        stream.begin(None)
        for document in documents:
            stream.add(result(document))
        stream.end()
    stream.close()
    return out.getvalue()


def test_the_documents_of_one_file_are_not_touched() -> None:
    assert streamed([b"a: 1", b"b: 2", b""]) == b"a: 1b: 2"


@pytest.mark.parametrize(
    ("first", "second", "between"),
    [
        (b"a: 1\n", b"b: 2\n", b"---\n"),
        (b"a: 1", b"b: 2\n", b"\n---\n"),
        (b"a: 1", b"b: 2\r\n", b"\r\n---\r\n"),
        (b"a: 1\r\n", b"b: 2\r\n", b"---\r\n"),
        (b"a: 1\n", b"---\nb: 2\n", b""),
        (b"a: 1", b"---\nb: 2\n", b"\n"),
        (b"a: 1\n", b"# c\n\n  # d\n\t\n---\nb: 2\n", b""),
        (b"a: 1\n", b"# c\rb: 2\n", b"---\n"),
        (b"a: 1\n", b"# c\r---\rb: 2\r", b""),
        (b"a: 1\n", b"\xef\xbb\xbf---\nb: 2\n", b""),
        (b"a: 1\n", b"%YAML 1.1\n---\nb: 2\n", b"...\n"),
        (b"a: 1\n", b"# only a comment\n", b"---\n"),
        (b'{"a": 1}', b'{"b": 2}\n', b"\n"),
        (b"a: 1\r\nb: 2", b"c: 3\n", b"\r\n---\r\n"),
        (b"a: 1\r\nb: 2\r", b"c: 3\n", b"\n---\r\n"),
        (b"a: 1\rb: 2\r", b"c: 3\n", b"\n---\n"),
    ],
)
def test_between_files_only_what_is_missing_is_written(
    first: bytes, second: bytes, between: bytes
) -> None:
    assert streamed([first], [second]) == first + between + second


def test_an_empty_file_adds_nothing() -> None:
    assert streamed([], [b"a: 1\n"], [], [b""], [b"b: 2\n"]) == b"a: 1\n---\nb: 2\n"


def test_after_a_document_that_failed_nothing_is_written_and_it_is_told_once() -> None:
    out = io.BytesIO()
    stopped: list[DocumentResult] = []
    stream = ManifestStream(out, stopped.append)
    bad = result(b"bad", failed=True)
    stream.begin(None)
    for one in (result(b"a: 1\n"), bad, result(b"b: 2\n"), bad):
        stream.add(one)
    stream.begin(None)
    stream.add(result(b"c: 3\n"))
    assert out.getvalue() == b"a: 1\n"
    assert stopped == [bad]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    return Source(path, "a.yaml", True)


def put(source: Source, *results: DocumentResult) -> list[str]:
    """Return what `InPlace` tells when it gets `results`."""
    told = io.StringIO()
    output = InPlace(Reporter(told, level=1))
    output.begin(source)
    for one in results:
        output.add(one)
    output.end()
    return told.getvalue().splitlines()


def test_a_changed_file_is_written_whole(source: Source) -> None:
    assert put(source, result(b"same\n"), result(b"new\n", b"old\n")) == ["a.yaml: written"]
    assert source.path.read_bytes() == b"same\nnew\n"


def test_an_unchanged_file_is_not_written(source: Source) -> None:
    assert put(source, result(b"same\n")) == []
    assert source.path.read_bytes() == b"old"


def test_a_file_with_a_failed_document_is_kept(source: Source) -> None:
    kept = ["a.yaml: not changed, because a document in it failed"]
    assert put(source, result(b"new", b"old"), result(b"bad", failed=True)) == kept
    assert put(source, result(b"bad", failed=True)) == []
    assert source.path.read_bytes() == b"old"


def test_a_file_that_cannot_be_written_is_told(source: Source) -> None:
    source.path.unlink()
    refused = "a.yaml: error: the file cannot be written: no such file or directory"
    assert put(source, result(b"new", b"old")) == [refused]


def test_a_diff_names_standard_input_as_it_was_called() -> None:
    out = io.BytesIO()
    stream = DiffStream(out, "built.yaml")
    stream.begin(None)
    stream.add(result(b"new\n", b"old\n"))
    stream.end()
    assert out.getvalue() == b"--- a/built.yaml\n+++ b/built.yaml\n@@ -1 +1 @@\n-old\n+new\n"

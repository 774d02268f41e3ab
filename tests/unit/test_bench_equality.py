"""No output that differs from what it must be gets through the benchmark's checks."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bench import corpus
from bench.equality import (
    DifferenceError,
    expect_guarded,
    expect_guarded_text,
    expect_inserted_bytes,
    expect_insertions,
)
from transformer import transform

EDITS = 2


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return corpus.write(tmp_path / "in.yaml", "one in forty", 40 * EDITS)


@pytest.fixture
def output(source: Path) -> Path:
    return written(source, transform(source.read_bytes()).data)


def written(source: Path, data: bytes) -> Path:
    path = source.with_name("out.yaml")
    path.write_bytes(data)
    return path


CHECKS: dict[str, Callable[[Path, Path], None]] = {
    "text": lambda output, source: expect_guarded_text(output, source, EDITS),
    "objects": expect_guarded,
    "lines": expect_insertions,
    "bytes": expect_inserted_bytes,
}
FAULTS: dict[str, Callable[[bytes], bytes]] = {
    "a document is lost": lambda data: data[: data.rindex(b"---\n")],
    "a document is other": lambda data: data.replace(b"port: 80\n", b"port: 81\n", 1),
    "an edit is lost": lambda data: data.replace(b"NotIn", b"In", 1),
}


@pytest.mark.parametrize("check", CHECKS)
def test_the_output_of_the_tool_is_what_it_must_be(check: str, source: Path, output: Path) -> None:
    CHECKS[check](output, source)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("check", ["text", "objects"])
def test_other_output_is_refused(check: str, fault: str, source: Path, output: Path) -> None:
    wrong = written(source, FAULTS[fault](output.read_bytes()))
    with pytest.raises(DifferenceError):
        CHECKS[check](wrong, source)


def test_an_unedited_stream_is_not_taken_for_an_edited_one(source: Path) -> None:
    for check in (CHECKS["text"], CHECKS["objects"]):
        with pytest.raises(DifferenceError):
            check(source, source)


def test_a_lost_line_is_noticed(source: Path) -> None:
    wrong = written(source, source.read_bytes().replace(b"  replicas: 1\n", b"", 1))
    for check in (expect_insertions, expect_inserted_bytes):
        with pytest.raises(DifferenceError, match="is missing"):
            check(wrong, source)


def test_a_stream_in_which_nothing_is_due_must_come_out_as_it_was(
    source: Path, output: Path
) -> None:
    expect_guarded_text(source, source, edits=0)
    with pytest.raises(DifferenceError):
        expect_guarded_text(output, source, edits=0)

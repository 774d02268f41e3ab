"""Parts come back from a spool as they went in."""

import pytest

from transformer.errors import InputError
from transformer.inputs.spool import FileSpool
from transformer.pipeline.documents import Document
from transformer.text.raw_document import Opening, RawDocument


def parts_of(*frames: RawDocument) -> list[Document]:
    return [Document(raw) for raw in frames]


FRAMES = [
    RawDocument(b"a: 1\n", 1, 0, Opening.START),
    RawDocument(b"", 2, 1, Opening.MARKER),
    RawDocument(bytes(range(256)) * 10, 2, 1, Opening.GLUED, True),
    RawDocument(b"{}", 9, 3, Opening.JSON),
]


@pytest.mark.parametrize("memory", [1, 16 * 1024 * 1024])
def test_frames_come_back_in_order(memory: int) -> None:
    held: FileSpool[Document] = FileSpool(memory)
    for part in parts_of(*FRAMES):
        held.append(part)
    assert list(held) == parts_of(*FRAMES)


def test_a_problem_comes_back_whole() -> None:
    held: FileSpool[Document] = FileSpool()
    held.append(Document(FRAMES[0], InputError("bad", offset=3, hint="mend", rule="HN902")))
    (part,) = held
    problem = part.problem
    assert problem is not None
    assert (problem.message, problem.offset, problem.hint, problem.rule) == (
        "bad",
        3,
        "mend",
        "HN902",
    )


def test_an_empty_spool_gives_nothing() -> None:
    assert list(FileSpool()) == []

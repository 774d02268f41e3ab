"""What a command leaves, and how that of an old revision and of this tree differ."""

import difflib
import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

_MOST_HUNKS = 40
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command leaves; `files` holds the bytes of what it may write, by path."""

    status: int
    stdout: bytes
    stderr: bytes
    files: Mapping[str, bytes] = field(default_factory=dict)

    def parts(self) -> dict[str, bytes]:
        """Return all that is compared, by its name."""
        streams = {"stdout": self.stdout, "stderr": self.stderr}
        return {"exit status": b"%d\n" % self.status, **streams, **self.files}


class Sentence(NamedTuple):
    """A documented change: the text `old` is now `new`.

    `kind` is empty for plain text, `re` where `old` is a regular expression, and `mask` where that
    is replaced in the outputs of both trees.
    """

    old: str
    new: str
    kind: str = ""

    def applied(self, data: bytes) -> bytes:
        """Return `data` with the new text, also where it is escaped for JSON or XML."""
        if self.kind:
            return re.sub(self.old.encode(), self.new.encode(), data)
        for escape in (str, lambda text: json.dumps(text)[1:-1], html.escape):
            data = data.replace(escape(self.old).encode(), escape(self.new).encode())
        return data


def read_sentences(text: str) -> list[Sentence]:
    r"""Return the sentences of a file: fields between tabs, `\n` for a line end, `#` for comments.

    Raises:
        ValueError: a line has another number of fields, or an unknown kind.
    """
    sentences = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            old, *rest = line.replace(r"\n", "\n").split("\t")
            if not old or not rest or rest[1:] not in ([], ["re"], ["mask"]):
                raise ValueError(f"expected old, new, and re, mask or nothing: {line}")
            sentences.append(Sentence(old, *rest))
    return sentences


def differences(
    old: Outcome, new: Outcome, sentences: Sequence[Sentence] = (), *, only_words: bool = False
) -> Iterator[tuple[str, str]]:
    """Yield the name of each part that differs with a diff of each place where it does.

    `only_words`: white space does not count.
    """
    before, after = old.parts(), new.parts()
    for name in sorted(before.keys() | after.keys()):
        one, two = before.get(name), after.get(name)
        if one is None or two is None:
            yield name, f"{'-' if two is None else '+'}(this file is written)\n"
        elif one != two:
            if only_words:
                one, two = b" ".join(one.split()), b" ".join(two.split())
            for sentence in sentences:
                one = sentence.applied(one)
                two = sentence.applied(two) if sentence.kind == "mask" else two
            if one != two:
                lines = (_lines(data, only_words=only_words) for data in (one, two))
                yield from ((name, hunk) for hunk in islice(_hunks(*lines), _MOST_HUNKS))


def essence(diff: str) -> tuple[str, str]:
    """Return the words that differ, old and new, by which many diffs are seen to be one change."""
    lines = diff.splitlines()
    old, new = (" ".join(line[1:] for line in lines if line[0] == sign).split() for sign in "-+")
    steps = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    kept = [step for step in steps if step[0] != "equal"]
    before = " ".join(word for _, start, end, _, _ in kept for word in old[start:end])
    after = " ".join(word for _, _, _, start, end in kept for word in new[start:end])
    return re.sub(r"\d+", "0", before), re.sub(r"\d+", "0", after)


def _lines(data: bytes, *, only_words: bool) -> list[str]:
    """Return lines to show: long ones are broken, and what does not show is escaped."""
    text = data.decode("utf-8", "backslashreplace").replace("\r", "\\r")
    lines = re.findall(r"\S+ ?" if only_words else r"[^\n]*\n|[^\n]+", text)
    return [
        piece if piece.endswith("\n") else f"{piece}\\\n"
        for line in lines
        for piece in (re.split('(?<=,) ?(?=")', line) if len(line) > _LONGEST else [line])
    ]


def _hunks(one: list[str], two: list[str]) -> Iterator[str]:
    hunk = ""
    for line in islice(difflib.unified_diff(one, two, n=1), 2, None):
        if line.startswith("@@") and hunk:
            yield hunk
        hunk = "" if line.startswith("@@") else hunk + line
    yield hunk

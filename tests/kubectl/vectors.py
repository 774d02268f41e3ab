"""How the real kubectl reads documents, recorded in `testdata/kubectl/documents.jsonl.gz`.

Each line is one document: its `topic`, its text (`yaml`), and either what kubectl reads under its
`probe` (`json`, as kubectl prints it, but compact) or why it reads nothing (`refused`). The first
line names the version of kubectl.

    python -m tests.kubectl.vectors [--write]

asks kubectl again, also about the scalars in `testdata/scalars/`, and ends with 1 where it says
anything else than what is recorded; with `--write` it is recorded anew.
"""

import gzip
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.integration import regenerate_scalars
from tests.integration.regenerate_scalars import find_kubectl, version
from tests.kubectl.documents import Document, documents

RECORDED = Path(__file__).parents[2] / "testdata" / "kubectl" / "documents.jsonl.gz"
_AT_ONCE = 500
_REFUSED = re.compile(r"error parsing (\d+)\.yaml: (?:error converting YAML to JSON: )?(.*)")


class Vector(NamedTuple):
    """A document as kubectl reads it: `json` is the text of a value, or None where it `refused`."""

    topic: str
    yaml: str
    json: str | None
    refused: str = ""

    def as_line(self) -> str:
        """Return the vector as a line of the record."""
        told = {"refused": self.refused} if self.json is None else {"json": self.json}
        return json.dumps({"topic": self.topic, "yaml": self.yaml, **told})


class _Number(str):
    """A number as kubectl printed it."""


def ask(kubectl: str, asked: Sequence[Document]) -> Iterator[Vector]:
    """Yield what kubectl makes of each document, asked in few calls."""
    for start in range(0, len(asked), _AT_ONCE):
        yield from _ask(kubectl, asked[start : start + _AT_ONCE])


def _ask(kubectl: str, asked: Sequence[Document]) -> Iterator[Vector]:
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(asked):
            (Path(folder) / f"{number:04}.yaml").write_bytes(document.text.encode())
        done = subprocess.run(
            [kubectl, "label", "--local", "-o", "json", "asked=yes", "-f", folder],
            capture_output=True,
            check=False,
        )
    told = done.stderr.decode().replace(f"{folder}/", "")
    refused = {int(number): message for number, message in _REFUSED.findall(told)}
    read = list(_objects(done.stdout.decode()))
    if len(read) + len(refused) == len(asked):
        for number, document in enumerate(asked):
            why = refused.get(number, "")
            yield Vector(*document, None if why else _compact(read.pop(0)), why)
    elif len(asked) > 1:  # some are neither: ask in smaller groups
        half = len(asked) // 2
        yield from _ask(kubectl, asked[:half])
        yield from _ask(kubectl, asked[half:])
    else:
        assert not read, f"{len(read)} objects in one document"
        yield Vector(*asked[0], None, told.strip())


def _objects(out: str) -> Iterator[Any]:
    """Yield what stands under the `probe` of each object that kubectl printed."""
    decoder = json.JSONDecoder(parse_int=_Number, parse_float=_Number)
    at = 0
    while at < len(out.rstrip()):
        value, end = decoder.raw_decode(out, at)
        yield value.get("probe")
        at = end + 1


def _compact(value: Any) -> str:
    """Return a value as JSON in one line, its numbers as they were printed."""
    if isinstance(value, _Number):
        return value
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)}:{_compact(value[key])}" for key in value)
        return f"{{{','.join(entries)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(_compact, value))}]"
    return json.dumps(value)


def recorded() -> Iterator[Vector]:
    """Yield what is recorded."""
    with gzip.open(RECORDED, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            entry = json.loads(line)
            yield Vector(entry["topic"], entry["yaml"], entry.get("json"), entry.get("refused", ""))


def packed(kubectl: str, vectors: Iterable[Vector]) -> bytes:
    """Return the record: the same bytes for the same vectors, whenever it is made."""
    lines = [json.dumps({"kubectl": version(kubectl)}), *(vector.as_line() for vector in vectors)]
    return gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0)


def main() -> int:
    """Ask for every document again, and return the exit status."""
    kubectl = find_kubectl()
    scalars = regenerate_scalars.content(kubectl)
    found = list(ask(kubectl, list(documents())))
    print(f"{len(found)} documents, of which kubectl refuses {sum(not v.json for v in found)}")
    if sys.argv[1:] == ["--write"]:
        RECORDED.parent.mkdir(parents=True, exist_ok=True)
        RECORDED.write_bytes(packed(kubectl, found))
        regenerate_scalars.TARGET.write_text(scalars, encoding="utf-8", newline="\n")
        return 0
    before = list(recorded())
    different = [new for old, new in zip(before, found, strict=False) if old != new]
    for vector in different[:5]:
        print(f"differs from the record: {vector.as_line()}")
    if is_other_scalars := regenerate_scalars.TARGET.read_text(encoding="utf-8") != scalars:
        print("the scalars differ from the record")
    return 1 if different or len(before) != len(found) or is_other_scalars else 0


if __name__ == "__main__":
    sys.exit(main())

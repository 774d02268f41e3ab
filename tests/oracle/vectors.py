"""The recorded answers of the oracle, from `testdata/oracle/`."""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

FOLDER = Path(__file__).parents[2] / "testdata" / "oracle"

Vector: TypeAlias = dict[str, Any]
"""A question as the oracle reads it, with its `name` and the oracle's `answer`."""

Outcome: TypeAlias = tuple[Vector, bool, str]
"""A question, whether the tool agrees with the oracle, and, if not, why that is meant to be so."""


def file_of(ask: str) -> Path:
    """Return where the vectors of one kind of question are."""
    return FOLDER / f"{ask}.jsonl.gz"


@cache
def vectors(ask: str) -> tuple[Vector, ...]:
    """Return all vectors of one kind of question."""
    with gzip.open(file_of(ask), "rt", encoding="utf-8") as lines:
        return tuple(map(json.loads, lines))


def encode(value: Any) -> bytes:
    """Return `value` as one line of JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

"""Ask the oracle, and keep its answers in `testdata/oracle/`.

Run from the top of the repository, where Go is: `python -m tests.oracle.record [--check] [ORACLE]`.
ORACLE is the program, if it is built already. With `--check` nothing is written, and it is an error
if a file would change: if another answer came, or a question were another one.

There is one file for each kind of question; each of its lines is one JSON object, the question with
its `name`, and with the `answer` that came. The oracle also writes the Go types of workloads, which
are a part of the package.
"""

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.oracle import handmade
from tests.oracle.generated import COUNTS, questions
from tests.oracle.vectors import FOLDER, Vector, encode, file_of

HERE = Path(__file__).parent
TYPES = HERE.parents[1] / "transformer" / "placement" / "workload_types.json"


def build(into: Path) -> Path:
    """Build the oracle and return where it is."""
    program = into / "oracle"
    subprocess.run(["go", "build", "-o", program, "."], cwd=HERE, check=True)
    return program


def asked(oracle: Path, wanted: list[dict[str, Any]]) -> list[Vector]:
    """Return `wanted` with the oracle's answers.

    Raises:
        ValueError: the oracle could not read a question.
    """
    lines = b"".join(encode(question) for question in wanted)
    done = subprocess.run([oracle], input=lines, stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for question, answer in zip(wanted, answers, strict=True):
        if "error" in answer:
            raise ValueError(f"{question['name']}: {answer['error']}")
    return [
        {**question, "answer": answer} for question, answer in zip(wanted, answers, strict=True)
    ]


def compressed(vectors: Iterable[Vector]) -> bytes:
    """Return the content of a file of vectors, the same for the same vectors."""
    return gzip.compress(b"".join(map(encode, vectors)), compresslevel=9, mtime=0)


def main() -> None:
    """Ask everything, and write the files or compare them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a difference")
    parser.add_argument("oracle", nargs="?", type=Path, help="the program, if it is built already")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        oracle = options.oracle or build(Path(folder))
        changed = sorted(ask for ask in COUNTS if not _kept(ask, oracle.resolve(), options.check))
        changed += [] if _kept_types(oracle.resolve(), options.check) else [TYPES.name]
    if options.check and changed:
        sys.exit(
            f"the oracle answers otherwise now: {', '.join(changed)}; see `git diff` after"
            " `make oracle REWRITE=1`"
        )


def _kept(ask: str, oracle: Path, is_check: bool) -> bool:
    """Ask the questions of one kind; return whether the answers are those in the file."""
    wanted = [*handmade.questions(ask), *questions(ask)]
    made = Counter(question["name"] for question in wanted)
    assert set(made.values()) == {1}, f"two questions have one name: {made.most_common(1)}"
    vectors = asked(oracle, wanted)
    path, content = file_of(ask), b"".join(map(encode, vectors))
    is_same = path.is_file() and gzip.decompress(path.read_bytes()) == content
    if not is_same and not is_check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_bytes(compressed(vectors))
    print(f"{ask}: {len(vectors)} questions, {'as recorded' if is_same else 'changed'}")
    return is_same


def _kept_types(oracle: Path, is_check: bool) -> bool:
    """Ask for the types of workloads; return whether the file has the answer."""
    (told,) = asked(oracle, [{"ask": "workload-types", "name": "types"}])
    content = json.dumps(told["answer"]["types"], indent=1, sort_keys=True) + "\n"
    is_same = TYPES.is_file() and TYPES.read_text("utf-8") == content
    if not is_same and not is_check:
        TYPES.write_text(content, "utf-8")
    print(f"{TYPES.name}: {'as recorded' if is_same else 'changed'}")
    return is_same


if __name__ == "__main__":
    main()

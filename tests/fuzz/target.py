"""Properties under atheris (libFuzzer), each in a process of its own; see `tests.fuzz.__main__`.

    python -m tests.fuzz.target PROPERTY FOLDER [libFuzzer's options]
    python -m tests.fuzz.target PROPERTY=RUNS,... FOLDER [libFuzzer's options]

The second way fuzzes several properties, each so often and in a folder of its own below FOLDER, and
saves most of the time that a short run takes: the code is instrumented once. What libFuzzer says is
in log.txt of each folder.

Seeds and what grows from them go to FOLDER/corpus. An input that breaks the property is noted and
the search goes on; of inputs that break it in the same way the shortest is kept, in
FOLDER/findings. What hangs or takes too much memory ends the process: libFuzzer writes it down
there.
"""

import hashlib
import os
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from tests.fuzz.mutation import lines_mutated

atheris: Any = import_module("atheris")  # it has no types, nor wheels for every platform

with atheris.instrument_imports(include=["transformer"]):
    from tests.fuzz.findings import Findings
    from tests.fuzz.properties import PROPERTIES
    from tests.fuzz.seeds import seeds


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    names, folder, *options = sys.argv[1:]
    if "=" not in names:
        fuzz(names, Path(folder), options)
    for name, _, runs in (one.partition("=") for one in names.split(",")):
        if (child := os.fork()) == 0:
            own = Path(folder) / name
            own.mkdir()
            os.dup2(os.open(own / "log.txt", os.O_CREAT | os.O_WRONLY), 2)
            fuzz(name, own, [f"-runs={runs}", *options])
        os.waitpid(child, 0)


def fuzz(name: str, folder: Path, options: list[str]) -> NoReturn:
    """Fuzz one property; libFuzzer ends the process."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    lent = list(seeds(name))
    for data in lent:
        (corpus / f"seed-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
    found = folder / "findings"
    found.mkdir(exist_ok=True)
    findings = Findings(found)
    holds = PROPERTIES[name]
    findings.forget_mended(holds)

    def one(data: bytes) -> None:
        try:
            holds(data)
        except Exception as error:  # whatever it is, it is a finding
            findings.note(data, error)

    def mutated(data: bytes, limit: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, limit))
        return lines_mutated(data, chance, lent)[:limit]

    places = [f"-artifact_prefix={found}/", str(corpus)]
    atheris.Setup([sys.argv[0], *options, *places], one, custom_mutator=mutated)
    atheris.Fuzz()
    raise AssertionError("libFuzzer ends the process")


if __name__ == "__main__":
    main()

"""One property under atheris (libFuzzer), in a process of its own; see `tests.fuzz.__main__`.

    python -m tests.fuzz.target PROPERTY FOLDER [libFuzzer's options]

Seeds and what grows from them go to FOLDER/corpus. An input that breaks the property is noted and
the search goes on; of inputs that break it in the same way the shortest is kept, in
FOLDER/findings. What hangs or takes too much memory ends the process: libFuzzer writes it down
there.
"""

import hashlib
import random
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.fuzz.mutation import lines_mutated

atheris: Any = import_module("atheris")  # it has no types, nor wheels for every platform

with atheris.instrument_imports(include=["transformer"]):
    from tests.fuzz.findings import Findings
    from tests.fuzz.properties import PROPERTIES
    from tests.fuzz.seeds import seeds


def main() -> None:
    """Fuzz until libFuzzer has had enough."""
    name, folder, *options = sys.argv[1:]
    corpus = Path(folder) / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    lent = list(seeds(name))
    for data in lent:
        (corpus / f"seed-{hashlib.sha256(data).hexdigest()[:16]}").write_bytes(data)
    found = Path(folder) / "findings"
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


if __name__ == "__main__":
    main()

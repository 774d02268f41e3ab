"""Compare edits of KYAML with what the library behind `kubectl -o kyaml` prints, and with kubectl.

Run from the top of the repository, where Go is: `python -m tests.kyaml [CASES [SEED]]` (`make
kyaml-oracle`). It takes the corpus, if it is there, and `testdata/`; CASES is how many documents
get random edits, as each of the two prints them. It prints counts, and ends with an error where
they differ.
"""

import random
import sys
import tempfile
from pathlib import Path

from tests.kyaml import agreement, printers
from tests.kyaml.sources import sources
from tests.requirements import require_tool


def main(cases: int = 5_000, seed: int | None = None) -> None:
    """Compare everything, and print counts."""
    seed = random.randrange(1 << 32) if seed is None else seed
    print(f"{cases} random edits from the seed {seed}")
    files = list(sources())
    with tempfile.TemporaryDirectory() as folder:
        named = {
            "kubectl": printers.by_kubectl(require_tool("kubectl")),
            "the library": printers.by_library(printers.build(Path(folder))),
        }
        for name, printer in named.items():
            printed = agreement.printed(files, printer)
            documents = [text for _, texts in printed for text in texts]
            transformed = agreement.transformed(printed, printer)
            spliced = agreement.spliced(documents, printer, cases, seed)
            print(f"{name}: transform: {dict(transformed)}; random edits: {dict(spliced)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

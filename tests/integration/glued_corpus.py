"""All files of the corpus, in random groups and orders, run together as `cat` does it.

    python -m tests.integration.glued_corpus --groups 500

prints how many groups came out as their files do one by one, how many were refused and why, and
how many differ. Half of the groups have a `---` line between all files.
"""

import argparse
import random
import re
from collections import Counter
from itertools import groupby

from tests.shared_material import CORPUS, files
from transformer import Result, transform


def alone() -> dict[str, Result]:
    """Return the result of each file that can be read."""
    names = files(CORPUS, "*/*.y*ml") + files(CORPUS, "*/*.json")
    results = {name: transform((CORPUS / name).read_bytes(), config=_STRICT) for name in names}
    return {
        name: transform((CORPUS / name).read_bytes())
        for name, strict in results.items()
        if not any(found.rule in ("HN901", "HN902") for found in strict.findings)
    }


_STRICT = {
    "apiVersion": "transform.hostnet.io/v1alpha1",
    "kind": "HostnetTransform",
    "spec": {"strict": True},
}


def outcome(names: list[str], apart: dict[str, Result], separator: bytes) -> str:
    """Return `same`, `different`, or why the files were refused."""
    together = transform(separator.join((CORPUS / name).read_bytes() for name in names))
    if together.failed:
        found = next(found for found in together.findings if found.severity == "error")
        return f"refused: {found.rule} {re.sub(r'[0-9]+', 'N', found.message)}"
    put_in = sum(found.rule == "HN904" for found in together.findings)
    expected = separator.join(apart[name].data for name in names)
    got, wanted = unmarked(together.data), unmarked(expected)
    is_same = got[0] == wanted[0] and got[1] == wanted[1] + put_in
    return "same" if is_same else "different"


def unmarked(data: bytes) -> tuple[bytes, int]:
    """Return the same without `---` lines, and how many these were."""
    return re.subn(rb"(?m)^---\r?\n", b"", data)


def main() -> None:
    """Count outcomes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--groups", type=int, default=500)
    options = parser.parse_args()
    apart = alone()
    counts: Counter[tuple[bytes, str]] = Counter()
    for number in range(options.groups):
        chance = random.Random(number)
        names = chance.sample(sorted(apart), chance.randint(2, min(8, len(apart))))
        separator = b"---\n" if number % 2 else b""
        counts[separator, outcome(names, apart, separator)] += 1
    print(f"{len(apart)} files")
    for separator, group in groupby(sorted(counts), key=lambda key: key[0]):
        print("with --- between files:" if separator else "without:")
        for key in group:
            print(f"  {counts[key]:4d} {key[1]}")


if __name__ == "__main__":
    main()

"""validate, beside kubeconform: 10,000 documents in files

A made-up repository of an edge cluster: NodePools, Nodes, pinned workloads and apps, up to 30
documents a file. kubeconform is given a folder of schemas that is empty and is told to ignore that:
it finds, splits and reads all documents, and then skips each. That is less than we do: it makes no
checks, and reads once, where `validate` reads twice. Its summary must count all documents, and our
report must have the findings that were put in, and no others. A further row, without a peer,
compares the folder with an old state of it.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench import programs, repository
from bench.equality import expect
from bench.figures import Found
from bench.place import Place
from bench.processes import Command
from bench.remarkable import REMARKABLE, expected
from bench.rounds import in_turn

_WITH_OLD = f"{programs.OWN} --old"


def measure(place: Place) -> Iterator[Found]:
    """Measure `validate` on a folder, beside kubeconform."""
    number = place.size(10_000, 300)
    new, old, schemas = (place.folder / name for name in ("new", "old", "schemas"))
    size = repository.write(new, repository.files(number))
    repository.write(old, repository.files(number, before=True))
    schemas.mkdir()

    def check(name: str, output: Path) -> None:
        told = json.loads(output.read_text())
        read = told["summary"]["skipped"] if "summary" in told else told["documents"]
        expect(read == number, f"{name} read {read} documents of {number}")
        if "findings" in told:
            found = Counter(finding["rule"] for finding in told["findings"])
            wanted = expected(REMARKABLE, with_old=name == _WITH_OLD)
            expect(found == wanted, f"{found} was found where {wanted} was due")

    others = programs.kubeconform(new, schemas)
    own = [_validate(programs.OWN, str(new)), _validate(_WITH_OLD, "--old", str(old), str(new))]
    files = sum(1 for path in new.rglob("*.yaml"))
    caption = f"{number:,} documents in {files:,} files, {size / 1e6:.1f} MB"
    table = in_turn(caption, place, [*own, *others], check)
    yield table
    yield from table.ratio("CPU", programs.OWN, programs.KUBECONFORM, 1.5)


def _validate(name: str, *arguments: str) -> Command:
    command = ("validate", "--format", "json", *arguments)
    return programs.own(*command, name=name, statuses=(1,))

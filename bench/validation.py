"""`validate` over a large repository: as files, as a stream, and with an old state."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import repository
from bench.processes import Run, run
from bench.remarkable import REMARKABLE, expected


@dataclass(frozen=True, slots=True)
class Validated:
    """One run over all of the repository, and how many findings it printed (None: no such run)."""

    name: str
    documents: int
    size: int
    findings: int | None
    run: Run


def validated(folder: Path, own: str, kubectl: str | None, number: int) -> Iterator[Validated]:
    """Yield a run for each way to bring in a repository of `number` documents; then kubectl's.

    Raises:
        RuntimeError: a command failed, or found something else than there is to find.
    """
    new, old, stream = folder / "repository", folder / "earlier", folder / "all.yaml"
    size = repository.write(new, number)
    repository.write(old, number, before=True)
    files = [new / file.path for file in repository.files(number)]
    stream.write_bytes(b"".join(path.read_bytes() for path in files))
    ways: list[tuple[str, Sequence[str], Path | None]] = [
        (f"{len(files):,} files", [str(new)], None),
        ("one stream", ["-"], stream),
        (f"{len(files):,} files, --old", ["--old", str(old), str(new)], None),
    ]
    run([own, "validate", str(files[-1])], folder, status=1)  # byte code is written
    for name, arguments, stdin in ways:
        command = [own, "validate", "--format", "json", *arguments]
        taken = run(command, folder, stdin=stdin, output=folder / "report.json", status=1)
        found = _checked(folder / "report.json", number, with_old="--old" in arguments)
        yield Validated(name, number, size, found, taken)
    if kubectl is not None:
        read = _labelled(folder, kubectl, new)
        yield Validated("kubectl label --local", number, size, None, read)


def _checked(report: Path, documents: int, *, with_old: bool) -> int:
    """Return how many findings are in a report, which must be those that there are."""
    told = json.loads(report.read_text())
    found = Counter(finding["rule"] for finding in told["findings"])
    wanted = expected(REMARKABLE, with_old=with_old)
    if told["documents"] != documents or found != wanted:
        raise RuntimeError(f"{told['documents']} documents, {found} where {wanted} were due")
    return found.total()


def _labelled(folder: Path, kubectl: str, new: Path) -> Run:
    """Let kubectl read all of the repository without a cluster, and print each object's name."""
    command = [kubectl, "label", "--local", "-R", "-o", "name", "-f", str(new), "read=yes"]
    return run(command, folder)

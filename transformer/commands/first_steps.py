"""What to do next, after `init`."""

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from transformer.config.first_files import (
    ACTION,
    ADDRESS,
    PIPELINE,
    WORKFLOW,
    Facts,
    FirstFile,
)
from transformer.findings import Finding
from transformer.report.formatting import count


class Left(NamedTuple):
    """The findings that `validate` reports, and the number of entries of the baseline."""

    findings: tuple[Finding, ...]
    known: int = 0


def lines(facts: Facts, files: Sequence[FirstFile], left: Left, where: str) -> Iterator[str]:
    """Yield at most six lines that say what to do next; `where` is the PATH of the repository."""
    steps = [*_steps(facts, files, left, where)]
    for number, step in enumerate(steps):
        yield f"{'      ' if number else 'next: '}{step}"


def _steps(facts: Facts, files: Sequence[FirstFile], left: Left, where: str) -> Iterator[str]:
    yield f"`hostnet-transform validate {where}`: {_totals(left)}"
    if facts.edits:
        yield f"`hostnet-transform --check {where}`: what the tool would edit; -w edits it"
    names = {file: posixpath.normpath(f"{where}/{file.name}") for file in files}
    by_hand = [names[file] for file in files if file.is_there and file.text]
    if by_hand:
        yield f"add the lines above to {', '.join(by_hand)}"
    if facts.is_git:
        yield "`pre-commit install`: the hooks run at each commit"
    yield from _about_ci(facts, files)
    new = [names[file] for file in files if not file.is_there]
    if new and facts.is_git:
        yield "commit: " + ", ".join(new)


def _totals(left: Left) -> str:
    counts = Counter[str](found.severity for found in left.findings)
    names = {"error": "error", "warning": "warning", "info": "note"}
    totals = [count(counts[key], name) for key, name in names.items() if counts[key]]
    entries = count(left.known, "entry", "entries")
    known = f"; the baseline has {entries}" if left.known else ""
    return f"now {', '.join(totals) or 'no findings'}{known}"


def _about_ci(facts: Facts, files: Sequence[FirstFile]) -> Iterator[str]:
    """Yield what is left to do for CI, if anything is."""
    if not facts.ci:
        base = f" --base origin/{facts.branch}..." if facts.is_git else ""
        yield f"in CI: `hostnet-transform validate{base} .`"
        return
    for name, text, _ in files:
        if name == WORKFLOW and ACTION in text:
            yield f"in {name}, put repository and tag of the tool in place of {ACTION}"
        if name == PIPELINE and text:
            wanted = [] if f"{ADDRESS}:" in text else [f"the variable {ADDRESS} of the project"]
            wanted += ["kustomize or kubectl in its image"] if facts.builds else []
            if wanted:
                yield f"the job of GitLab needs {' and '.join(wanted)}"

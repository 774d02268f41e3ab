"""Findings in the order of the input, each with the line that it is about."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby

from transformer.findings import Finding
from transformer.inputs.discovery import Source
from transformer.pipeline.source_locator import LONG_LINE


def in_order(
    findings: Iterable[Finding],
    new: Sequence[Source],
    old: Sequence[Source],
    by_finalize: Collection[str],
) -> Iterator[Finding]:
    """Yield the findings by file, in the order of the input, and in each from top to bottom.

    Findings of the rules `by_finalize` have no excerpt yet: the line is read again, because keeping
    it for each observation would take memory.
    """
    order = {source.name: index for index, source in reversed(list(enumerate((*new, *old))))}

    def place(found: Finding) -> tuple[int, str, int, int, str]:
        return order.get(found.file, -1), found.file, found.line, found.column, found.rule

    by_name = {source.name: source for source in new}
    for name, group in groupby(sorted(findings, key=place), key=lambda found: found.file):
        in_file = list(group)
        numbers = {found.line for found in in_file if found.rule in by_finalize}
        lines = _lines(by_name.get(name), numbers)
        for found in in_file:
            is_known = found.rule not in by_finalize
            yield found if is_known else found._replace(excerpt=lines.get(found.line, ""))


def _lines(source: Source | None, numbers: Collection[int]) -> dict[int, str]:
    """Return the lines of a file by number, except for very long ones."""
    lines: dict[int, str] = {}
    if source is None or not numbers:
        return lines
    with suppress(OSError, UnicodeDecodeError), source.open() as file:
        for number, line in enumerate(file, 1):
            if number in numbers and len(line) <= LONG_LINE:
                lines[number] = line.decode().rstrip("\r\n")
    return lines

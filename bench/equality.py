"""Whether an output is what it must be. If not, a DifferenceError is raised; nothing is timed."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import yaml

from bench import guard


class DifferenceError(RuntimeError):
    """An output holds something else than it must."""


def expect(condition: bool, what: str) -> None:
    """Raise an error unless `condition` holds."""
    if not condition:
        raise DifferenceError(what)


def expect_guarded_text(output: Path, source: Path, edits: int) -> None:
    """Expect that `edits` documents have the guard, and that all others have the same bytes."""
    changed = [pair for pair in zip_longest(*map(_texts, (output, source))) if pair[0] != pair[1]]
    expect(len(changed) == edits, f"{output.name}: {len(changed)} edits where {edits} were due")
    for found, text in changed:
        expect(_value(found) == _guarded(_value(text)), f"{output.name}: not the guard:\n{found!r}")


def expect_guarded(output: Path, source: Path) -> None:
    """Expect the objects of `source` with the guard where it belongs, whatever they look like."""
    found, given = _by_name(_values(output)), _by_name(_values(source))
    wanted = {name: _guarded(value) for name, value in given.items()}
    expect(found == wanted, f"{output.name}: other objects, or other edits")


def expect_insertions(output: Path, source: Path) -> None:
    """Expect every line of `source` in the output, in the same order."""
    with output.open("rb") as found, source.open("rb") as given:
        for number, line in enumerate(given, 1):
            expect(line in found, f"{output.name}: line {number} is missing")


def expect_inserted_bytes(output: Path, source: Path) -> None:
    """Expect every byte of `source` in the output, in the same order."""
    found = iter(output.read_bytes())
    lost = next((at for at, byte in enumerate(source.read_bytes()) if byte not in found), None)
    expect(lost is None, f"{output.name}: byte {lost} is missing")


def _texts(path: Path) -> Sequence[bytes]:
    return (b"\n" + path.read_bytes()).split(b"\n---\n")


def _value(text: bytes) -> Any:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def _values(path: Path) -> Iterable[Any]:
    with path.open("rb") as file:
        yield from yaml.load_all(file, Loader=yaml.CSafeLoader)


def _guarded(value: Any) -> Any:
    guard.add(value)
    return value


def _by_name(values: Iterable[Any]) -> dict[tuple[str, str, str], Any]:
    return {
        (value["kind"], value["metadata"].get("namespace", ""), value["metadata"]["name"]): value
        for value in values
    }

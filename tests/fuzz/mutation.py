"""Mutations that keep a text mostly YAML: whole lines move, and their indentation changes.

Used beside libFuzzer's own mutations of single bytes, which seldom leave a text that parses.
"""

import random
from collections.abc import Callable, Sequence

_PIECES = (
    *(
        b"&a ",
        b"*a",
        b"<<: *a",
        b"!!str ",
        b"!!int ",
        b"? ",
        b": ",
        b"- ",
        b"|\n",
        b">-\n",
        b"|+2\n",
    ),
    *(
        b"{}",
        b"[]",
        b"~",
        b"''",
        b'"',
        b"'",
        b"# c",
        b"\t",
        b"\r\n",
        b"\r",
        b"\n",
        b"---\n",
        b"...\n",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xe2\x80\xa8",
        b"\xc2\x85",
        b"\xf0\x9f\x98\x80",
        b"\\u0041",
        b"%YAML 1.1\n",
    ),
)

_Lines = list[bytes]
_Mutation = Callable[[_Lines, random.Random], None]


def lines_mutated(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """Return `data` with one to four mutations; `others` lend lines."""
    lines = data.splitlines(keepends=True) or [b""]
    for _ in range(chance.randint(1, 4)):
        if others and chance.random() < 0.25:
            _borrow(lines, chance, chance.choice(others).splitlines(keepends=True))
        else:
            chance.choice(_MUTATIONS)(lines, chance)
    return b"".join(lines)


def _run(lines: Sequence[bytes], chance: random.Random) -> slice:
    start = chance.randrange(len(lines) + 1)
    return slice(start, start + chance.choice((1, 1, 2, 3, 6)))


def _borrow(lines: _Lines, chance: random.Random, lent: Sequence[bytes]) -> None:
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = lent[_run(lent, chance)]


def _delete(lines: _Lines, chance: random.Random) -> None:
    del lines[_run(lines, chance)]


def _repeat(lines: _Lines, chance: random.Random) -> None:
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = lines[_run(lines, chance)]


def _move(lines: _Lines, chance: random.Random) -> None:
    run = _run(lines, chance)
    moved = lines[run]
    del lines[run]
    at = chance.randrange(len(lines) + 1)
    lines[at:at] = moved


def _indent(lines: _Lines, chance: random.Random) -> None:
    run = _run(lines, chance)
    depth = chance.choice((1, 2, 4))
    lines[run] = [b" " * depth + line for line in lines[run]]


def _dedent(lines: _Lines, chance: random.Random) -> None:
    run = _run(lines, chance)
    depth = chance.choice((1, 2, 4))
    lines[run] = [line[min(depth, len(line) - len(line.lstrip(b" "))) :] for line in lines[run]]


def _insert(lines: _Lines, chance: random.Random) -> None:
    if lines:
        at = chance.randrange(len(lines))
        line = lines[at]
        words = [place for place, byte in enumerate(line) if byte in b" \n"] or [0]
        place = chance.choice(words) + chance.randint(0, 1)
        lines[at] = line[:place] + chance.choice(_PIECES) + line[place:]


def _end_otherwise(lines: _Lines, chance: random.Random) -> None:
    end = chance.choice((b"\r\n", b"\r", b"\n", b""))
    run = _run(lines, chance) if chance.random() < 0.5 else slice(None)
    lines[run] = [line.rstrip(b"\r\n") + end for line in lines[run]]


_MUTATIONS: Sequence[_Mutation] = (
    *(_delete, _repeat, _move, _indent, _dedent, _insert, _insert, _end_otherwise),
)

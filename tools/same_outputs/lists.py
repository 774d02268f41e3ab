"""Show that a List that is read item by item gives what it gives when it is read whole.

    python -m tools.same_outputs.lists --old REV [--lists NUMBER] [--seed NUMBER] [--only COMMAND]

Generated Lists (`tests/random_lists.py`), 5,000 unless told otherwise, are given to three tools: an
old revision from before Lists were read item by item; this tree, with all Lists read whole; and
this tree, with all Lists read item by item, whatever their size. Some of the Lists are so long that
they are read in pieces. Compared are the bytes of standard output, the lines of standard error
without regard to their order (of an item, changes precede findings), and the exit status. What
each edit leaves is also compared with the input: without what was inserted it is the same, byte for
byte; an edit that replaces a value (a null, say) is counted by itself.

These differences are documented, so they are only counted:

- `stopped`: an item that cannot be read ends the output above this item, not above its List, and
  other items are judged (with `--on-invalid pass`, edited);
- `unread`: `transform` does not read an item that cannot matter, so it says nothing of an item
  that is no manifest; and as in any stream, it reports that a NodePool conflicts with another one
  only above the first document that has to wait for pools;
- `hunks`: another diff that makes the same text of the input;
- `layout`: blanks and line breaks in what is inserted into a List whose items are not in one
  style: an item shows its own.

What is said since, whatever is read how, is left out of the comparison with the old revision
(`_SAID_SINCE`): pod templates of unknown kinds that were not looked into, a better word for the
name of a node, invisible characters as escapes, and another hint of one rule. Counted are

- `refused`: JSON below a `---` with a control character, which kubectl does not take either;
- `kept off`: HN402 is not reported where the run itself puts the annotation into the pod template.

Each other difference is printed, and makes the exit status 1.
"""

import argparse
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher, unified_diff
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

COMMANDS = {
    "transform": ("--report", "json"),
    "text": ("--enable=pool-attributes", "--enable=host-network-pods", "--enable=keep-off"),
    "strict": ("--strict", "--on-invalid", "pass"),
    "diff": ("--diff",),
    "json-patch": ("--output", "json-patch", "-q"),
    "kustomize-patches": ("--output", "kustomize-patches", "-q"),
    "validate": ("validate", "--format", "json", "-"),
    "validate-text": ("validate", "--strict", "-"),
}
_ALWAYS = ("transform", "diff", "json-patch", "validate")
_IN_TURN = sorted(COMMANDS.keys() - _ALWAYS)
"""What each List is given to, and what each few Lists are."""

TOOLS = (("old", "old"), ("new", "whole"), ("new", "items"))
_CHUNKS = (64, 700, 1 << 18)
"""Bytes that are read at once."""

_LONG = 250
"""One of so many Lists is long."""


class Outcome(NamedTuple):
    """What a run leaves."""

    status: int
    out: bytes
    err: bytes


def _serve(mode: str) -> None:
    """Run the tool on the tasks that come: arguments, the input, and how much is read at once."""
    from click.testing import CliRunner

    from transformer.cli import main
    from transformer.inputs import reading

    if mode != "old":
        _read_lists(0 if mode == "items" else 1 << 60)
    stream = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    while True:
        try:
            args, data, size = pickle.load(stream)
        except EOFError:
            return
        reading._CHUNK = size
        with CliRunner().isolation(input=data) as streams:
            status = main.run(list(args))
            sys.stderr.flush()
            found = Outcome(status, streams[0].getvalue(), streams[1].getvalue())
        pickle.dump(tuple(found), answers)
        answers.flush()


def _read_lists(longest: int) -> None:
    """Read Lists of more bytes than `longest` item by item, and others whole."""
    from functools import partial
    from importlib import import_module

    from transformer.pipeline import list_items

    for name in ("inputs.reading", "pipeline.documents", "runs.transform"):
        reads = partial(list_items.item_batches, long_list=longest)
        import_module(f"transformer.{name}").item_batches = reads  # type: ignore[attr-defined]


class Tool:
    """A process that runs the tool of a tree, command by command."""

    def __init__(self, tree: Path, mode: str) -> None:
        env = {**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0", "NO_COLOR": "1"}
        command = [sys.executable, "-P", __file__, "--serve", mode]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=tree, env=env, stdin=pipe, stdout=pipe)

    def send(self, args: Sequence[str], data: bytes, size: int) -> None:
        assert self._process.stdin is not None
        pickle.dump((tuple(args), data, size), self._process.stdin)
        self._process.stdin.flush()

    def receive(self) -> Outcome:
        assert self._process.stdout is not None
        return Outcome(*pickle.load(self._process.stdout))

    def close(self) -> None:
        self._process.communicate()


def texts(number: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield Lists, the same ones each time, each with what it is."""
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as with_seed

    from tests.property.manifests import values
    from tests.random_lists import drawn

    known: list[dict[str, Any]] = []

    @with_seed(seed)
    @settings(
        max_examples=1000,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(values())
    def draw(value: dict[str, Any]) -> None:
        known.append(value)

    draw()
    for index in range(number):
        random = Random(f"{seed} {index}")
        some = random.sample(known, 6)
        times = random.randint(40, 150) if index % _LONG == _LONG - 1 else 1
        style, data = "", b""
        while not data.strip():
            data, style = drawn(random, some, times)
        yield style if times == 1 else f"long, {style}", data


def removed(old: bytes, new: bytes) -> bytes:
    """Return what of `old` is not in `new`, which is to be `old` with insertions."""
    rest = iter(new)
    if all(byte in rest for byte in old):
        return b""
    gone = bytearray()
    one, two = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for tag, start, end, at, to in SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if tag in ("replace", "delete"):
            pieces = [_WORD.findall(b"".join(lines)) for lines in (one[start:end], two[at:to])]
            for step in SequenceMatcher(None, *pieces, autojunk=False).get_opcodes():
                gone += b"".join(pieces[0][step[1] : step[2]]) if step[0] != "equal" else b""
    return bytes(gone)


_WORD = re.compile(rb"\w+|\s+|.")
_EMPTY = re.compile(rb"(?i)(?:[\s{}\[\],]|null|~|\"\"|'')*")
"""What may be removed where something is put into an empty collection, or in place of a null."""


def verdict(whole: Outcome, items: Outcome) -> str:
    """Return `equal`, the name of a documented difference, or an empty string."""
    if whole.status == items.status and whole.out == items.out and _told(whole) == _told(items):
        return "equal"
    if re.search(rb"HN90[12]", whole.err + whole.out):
        return "stopped"
    if whole.status != items.status or _told(whole, _UNREAD) != _told(items, _UNREAD):
        return ""
    if whole.out == items.out:
        return "unread"
    shorter, longer = sorted((_blanks_apart(whole), _blanks_apart(items)), key=len)
    if shorter == longer:
        return "layout"
    is_told_there = b"results:" in longer or b'"results":' in longer
    return "unread" if is_told_there and not removed(shorter, longer) else ""


_COUNTED = re.compile(
    rb"\d+ (?:of \d+ objects? )?(changed|would change)|\(<stdin>:\d+(?:, <stdin>:\d+)*\)"
)
"""What the old revision counts in documents, this tree in objects; and lines of documents."""

_UNREAD = re.compile(
    rb"(?m)^.*\bHN903\b.*\n|^.*it is not a Kubernetes manifest.*\n|, \d+ warnings?"
    rb"|^.*NodePool \S+ conflicts with another one.*\n|^ *help: keep one, or separate.*\n"
)


def _told(outcome: Outcome, without: re.Pattern[bytes] | None = None) -> list[bytes]:
    """Return the lines on standard error; those of a report are not in lists."""
    err = _COUNTED.sub(rb"N \1", outcome.err)
    if without is None:
        return sorted(err.splitlines())
    return sorted(b"".join(re.findall(rb"[^\[\],\s]+|\n", without.sub(b"", err))).split())


_SAID_SINCE = (
    (rb"(?m)^ *help: a row under `podTemplates`.*\n|^not looked into: .*\n", b""),
    (rb'  \],\n  "unseenTotal": \d+,\n  "unseen": \[\n(?:    .*\n)*', b""),
    (rb"the node label metadata\.name", b"the name of the node"),
    (rb"\xc2\xad|\xef\xbb\xbf|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa0-\xaf]", b""),
    (rb"\\+(?:xad|ufeff|u20[0-6][0-9a-f])", b""),
    (rb"remove dnsPolicy, or set it to Default", b"one for each"),
    (rb"make two workloads, one for each type of pool[^\"\n]*", b"one for each"),
)


_CONTROL = re.compile(rb"HN901.*control characters are not allowed")


def since(old: Outcome, items: Outcome) -> str:
    """Return `verdict` on what the old revision left, without what is said since."""
    if _CONTROL.search(items.err + items.out) and not _CONTROL.search(old.err + old.out):
        return "refused"
    old, items = (_without_what_is_said_since(one) for one in (old, items))
    is_kept_off = b"HN402" in old.err and b"HN402" not in items.err and b"keep-off:" in items.err
    same = verdict(old, items)
    return same or ("kept off" if is_kept_off and not removed(items.out, old.out) else "")


def _without_what_is_said_since(outcome: Outcome) -> Outcome:
    out, err = outcome.out, outcome.err
    for pattern, better in _SAID_SINCE:
        out, err = (re.sub(pattern, better, text) for text in (out, err))
    return Outcome(outcome.status, _UNDECIDED.sub(_sorted, out), err)


_UNDECIDED = re.compile(rb'  "undecided": \[\n(?:    .*\n)*|(?:unknown: .*\n)+')


def _sorted(lines: re.Match[bytes]) -> bytes:
    return b"\n".join(sorted(line.rstrip(b",") for line in lines[0].splitlines()))


def _blanks_apart(outcome: Outcome) -> bytes:
    return b"".join(_COUNTED.sub(b"", outcome.out).split())


def applied(diff: bytes, data: bytes) -> bytes:
    """Return what a unified diff makes of `data`."""
    lines, at, result = data.split(b"\n"), 0, list[bytes]()
    for line in diff.split(b"\n")[2:-1]:
        if found := re.match(rb"@@ -(\d+)(,0)?", line):
            start = int(found[1]) - (not found[2])
            result += lines[at:start]
            at = start
        elif line[:1] == b"+":
            result.append(line[1:])
        elif line[:1] in (b" ", b"-"):
            assert lines[at] == line[1:], (lines[at], line)
            at += 1
            result += [line[1:]] * (line[:1] == b" ")
    return b"\n".join(result + lines[at:])


def _shown(one: Outcome, other: Outcome) -> str:
    """Return a diff of two outcomes."""
    sides = []
    for outcome in (one, other):
        told = b"\n".join(_told(outcome))
        text = b"\n".join((b"status %d" % outcome.status, outcome.out, told))
        sides.append([repr(line)[2:-1] for line in text.split(b"\n")])
    return "\n".join(islice(unified_diff(*sides, n=1, lineterm=""), 2, 40))


def compare(options: argparse.Namespace, work: Path) -> bool:
    """Compare all, and print what came of it; return whether anything differs."""
    from tools.same_outputs.__main__ import write_trees  # not there in what serves

    write_trees(options.old, work)
    tools = [Tool(work / tree, mode) for tree, mode in TOOLS]
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    failed, new = 0, b""
    for index, (style, data) in enumerate(texts(options.lists, options.seed)):
        if index and index % 500 == 0:
            print(f"{index} Lists", file=sys.stderr, flush=True)
        size = Random(index).choice(_CHUNKS)
        styles = counts[f"({style})"]
        styles["runs"] += 1
        for command, args in COMMANDS.items():
            if command not in (options.only or (*_ALWAYS, _IN_TURN[index % len(_IN_TURN)])):
                continue
            for tool in tools:
                tool.send(args, data, size)
            old, whole, items = (tool.receive() for tool in tools)
            found = {"of the old revision": since(old, items), "whole": verdict(whole, items)}
            if command == "transform":
                new = items.out
            elif command == "diff" and not all(found.values()) and applied(items.out, data) == new:
                found = {name: one or "hunks" for name, one in found.items()}
            of_command = counts[command]
            of_command["runs"] += 1
            of_command.update(f"{name}: {one}" for name, one in found.items() if one)
            of_command["findings"] += _findings(command, items)
            if command == "transform" and items.out != data and items.status != 3:
                styles["edited"] += 1
                of_command["edited"] += 1
                gone = removed(data, items.out)
                kind = "insertions only" if not gone else "values replaced"
                of_command["empty values filled" if gone and _EMPTY.fullmatch(gone) else kind] += 1
                if gone and not _EMPTY.fullmatch(gone) and b'"op": "replace"' not in items.err:
                    print(f"{index}: removed: {gone!r}", flush=True)
            for name, other in (("whole", whole), ("of the old revision", old)):
                if not found[name]:
                    failed += 1
                    of_command[f"{name}: DIFFERENT"] += 1
                    path = work / f"{index}.yaml"
                    path.write_bytes(data)
                    print(
                        f"{style}, {command}, {name}: {path}\n{_shown(other, items)}\n", flush=True
                    )
                    break
    for tool in tools:
        tool.close()
    for name, of_one in counts.items():
        print(f"{name:22}", ", ".join(f"{number} {what}" for what, number in of_one.items()))
    return bool(failed)


def _findings(command: str, outcome: Outcome) -> int:
    if command != "validate":
        return 0
    return len(json.loads(outcome.out)["findings"])


def main() -> int:
    """Run the script and return its exit status."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--old", required=True, metavar="REV")
    parser.add_argument("--lists", type=int, default=5000, metavar="NUMBER")
    parser.add_argument("--seed", type=int, default=1, metavar="NUMBER")
    parser.add_argument("--only", action="append", choices=COMMANDS, help="repeatable")
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="same-lists-"))
    differs = compare(options, work)
    if not differs:
        shutil.rmtree(work)
    return int(differs)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        _serve(sys.argv[2])
    else:
        sys.exit(main())

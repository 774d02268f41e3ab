"""Real files, one after the other

If a folder is named with `--corpus`, all of its YAML files as one stream, without those that
libyaml does not read. Beside it the floor, and yq that only reads and prints; its output is not
compared. Every byte of the input must be in ours, in the same order.
"""

from collections.abc import Iterator
from pathlib import Path

import yaml

from bench import programs
from bench.equality import expect_inserted_bytes
from bench.figures import Found
from bench.place import Place
from bench.rounds import in_turn


def measure(place: Place) -> Iterator[Found]:
    """Measure the filter on the files of the folder, if there is one."""
    if place.corpus is None:
        return
    texts = [text for path in sorted(place.corpus.rglob("*.y*ml")) if (text := _stream(path))]
    source = place.folder / "all.yaml"
    source.write_bytes(b"".join(texts))

    def check(name: str, output: Path) -> None:
        if name != programs.YQ:
            expect_inserted_bytes(output, source)

    own = programs.own("--on-invalid", "pass", stdin=source, statuses=(0, 1))
    commands = [own, programs.floor(source), *programs.yq(source, ".")]
    caption = f"{len(texts):,} files, {source.stat().st_size / 1e6:.1f} MB"
    yield in_turn(caption, place, commands, check)


def _stream(path: Path) -> bytes:
    """Return a file as part of a stream, or nothing if libyaml does not read it."""
    text = path.read_bytes().rstrip() + b"\n"
    try:
        for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
            pass
    except (yaml.YAMLError, UnicodeDecodeError):
        return b""
    return text if text.startswith(b"---") else b"---\n" + text

"""Edits of KYAML: do they mean the same as in YAML, and are they what would be printed?

Each check returns counts by name, and raises an AssertionError that names the document.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import jsonpatch

from tests.kyaml import random_edits
from tests.kyaml.printers import Printer
from tests.kyaml.sources import Source
from tests.property.loading import is_same, load
from transformer import transform
from transformer.operations import Operation, fold
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

_BLANK_LINE = re.compile(r"^ +$", re.MULTILINE)
_EMPTY = re.compile(r"\{\}|\[\]")
_NULL_ITEM = re.compile(r"^ *null,$", re.MULTILINE)
"""A null in a list: with a mapping in its place, KYAML would have other brackets."""

_DOCUMENT = re.compile(r"^(?=---\n)", re.MULTILINE)


def printed(sources: Iterable[Source], printer: Printer) -> list[tuple[Source, list[str]]]:
    """Return the files with their documents as KYAML.

    Left out is what `printer` refuses, what would mean something else (the library takes `<<` for a
    string), and what it prints in another way the second time, or could (some comments move).
    """
    sources = list(sources)
    texts = [text for source in sources for text in source.documents]
    firsts = printer(texts)
    seconds = printer([text or "" for text in firsts])
    results = iter(zip(texts, firsts, seconds, strict=True))
    found = []
    for source in sources:
        pairs = [
            (text, first)
            for text, first, second in islice(results, len(source.documents))
            if first is not None
            and first == second
            and not _BLANK_LINE.search(first)
            and is_same(_value(first), _value(text))
        ]
        if pairs:
            kept = source._replace(documents=tuple(text for text, _ in pairs))
            found.append((kept, [kyaml for _, kyaml in pairs]))
    return found


def _value(text: str) -> Any:
    """Return the value of a manifest, without what kubectl never prints."""
    value = load(text)
    value["metadata"].pop("managedFields", None)
    return value


def transformed(files: Sequence[tuple[Source, list[str]]], printer: Printer) -> Counter[str]:
    """Check `transform` on files, as YAML and as KYAML."""
    counts: Counter[str] = Counter()
    edited = []
    for source, documents in files:
        as_yaml = "".join(f"---\n{text}" for text in source.documents)
        as_kyaml = "".join(documents)
        wanted = transform(as_yaml.encode(), config=source.settings).data.decode()
        found = transform(as_kyaml.encode(), config=source.settings).data.decode()
        after, meant = _DOCUMENT.split(found)[1:], _DOCUMENT.split(wanted)[1:]
        assert len(after) == len(meant) == len(documents), source.name
        pairs = zip(map(_value, after), map(_value, meant), strict=True)
        assert all(is_same(*pair) for pair in pairs), source.name
        for one, other in zip(documents, after, strict=True):
            counts["documents"] += 1
            if one != other and _NULL_ITEM.search(one):
                counts["left out: another item in place of a null"] += 1
            elif one != other:
                check_lines(one, other)
                edited.append(other)
    counts["edited"] = len(edited)
    counts["printed alike"] = check_printed(edited, printer)
    return counts


def spliced(documents: Sequence[str], printer: Printer, cases: int, seed: int) -> Counter[str]:
    """Check random operations on documents of KYAML."""
    generator = random.Random(seed)
    counts: Counter[str] = Counter()
    edited = []
    for _ in range(cases):
        document = generator.choice(documents)
        value = load(document)
        is_added = generator.random() < 0.7
        draw = random_edits.added if is_added else random_edits.replaced
        operations = draw(generator, value)
        if not operations:
            continue
        new = spliced_in(document, operations)
        wanted = jsonpatch.apply_patch(value, [operation.as_dict() for operation in operations])
        assert is_same(load(new), wanted), (operations, document)
        if is_added:
            check_lines(document, new)
        edited.append(new)
        counts["operations"] += len(operations)
    counts["edited"] = len(edited)
    counts["printed alike"] = check_printed(edited, printer)
    return counts


def spliced_in(text: str, operations: list[Operation]) -> str:
    """Return `text` with `operations` spliced in."""
    tree = parse(text)
    value: Any = construct(tree.root)
    return splice(tree, fold(operations), verify.patched(value, operations))


def check_lines(old: str, new: str) -> None:
    """Check that `new` has all lines of `old`, in their order, but where a key has another value.

    So it may be with a line that has an empty collection; and behind a bracket may come another.
    """
    after = new.splitlines()
    same, keys = set(after), {_key(line) for line in after}
    rest = iter(after)
    for line in old.splitlines():
        if line.lstrip().startswith(("}", "]")):
            continue
        if line not in same or _EMPTY.search(line):
            assert _key(line) in keys, f"{line!r} is gone"
        else:
            assert line in rest, f"{line!r} is gone"


def _key(line: str) -> str:
    """Return what is in front of the value, or of the first empty collection in a list."""
    return re.split(r"[,:\[{\]]", line)[0]


def check_printed(texts: Sequence[str], printer: Printer) -> int:
    """Check that `texts`, printed again, are what they are, and return how many they are."""
    for text, again in zip(texts, printer(texts), strict=True):
        assert again == text
    return len(texts)

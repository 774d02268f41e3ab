"""Random JSON patches on random manifests: what `transformer.splice` makes of them, and what of the
text no operation names.

    python -m tests.property.json_patches [COUNT [SEED]]

counts what comes of so many manifests, and prints each case that nothing explains.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from random import Random
from typing import Any, NamedTuple

import hypothesis
import jsonpatch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.property import loading
from tests.property.manifests import TEXTS, Rendered, documents
from transformer import PatchError, pointer, splice
from transformer.globs import matches_object
from transformer.kubernetes.objects import is_list, manifests, mapping_at
from transformer.position import Lines
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import (
    MERGE_KEY,
    Alias,
    Collection,
    Mapping,
    Node,
    Sequence,
    Tree,
)

REFUSALS = (
    "is set here and again by the << below it",
    "does not show, but moves what follows it",
    "nothing can be added behind it",
    "would break the MAC",
)
"""What the messages say where an operation cannot be spliced."""

_SCALARS = (None, True, False, 0, 1, -7, 1.5, 1e300, 2**63 - 1, *TEXTS)
_KEYS = ("a", "new", "a/b", "~", "true", "1", "k v", "é", "", "-", "labels", "<<", "a: b", "#")


class Case(NamedTuple):
    """A document, and the operations of a JSON patch for its object at the pointer `base`.

    `target` is that object where the document is a List.
    """

    document: Rendered
    operations: list[dict[str, Any]]
    base: str = ""
    target: str | None = None


@st.composite
def cases(draw: st.DrawFn, /, **drawn: st.SearchStrategy[str]) -> Case:
    """Draw a document and a patch that fits an object in it."""
    document = draw(documents(**drawn))
    random = Random(draw(st.integers(0, 2**32 - 1)))
    size = draw(st.sampled_from((1, 1, 1, 2, 3, 5)))
    objects = list(manifests(document.value))
    assume(objects)
    chosen = random.choice(objects)
    target = None
    if is_list(document.value):
        target = str(chosen.ref)
        assume(
            chosen.is_named
            and [matches_object(str(one.ref), target) for one in objects].count(True) == 1
        )
    return Case(document, operations(chosen.value, random, size), chosen.base, target)


def below(operation: dict[str, Any], base: str) -> dict[str, Any]:
    """Return an operation for a document that has the object at `base`."""
    paths = {name: base + operation[name] for name in ("from", "path") if name in operation}
    return deepcopy(operation) | paths


def operations(value: Any, random: Random, size: int) -> list[dict[str, Any]]:
    """Return operations that fit a value one after the other."""
    found: list[dict[str, Any]] = []
    value = deepcopy(value)
    while len(found) < size:
        try:
            operation = _operation(value, random)
            changed = jsonpatch.apply_patch(value, [deepcopy(operation)])
        except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, IndexError):
            continue  # it does not fit, or there is no collection
        if _identity(changed) == _identity(value):
            found.append(operation)
            value = changed
    return found


def _identity(value: Any) -> Any:
    """Return what must stay for the object to be found again."""
    parts = mapping_at(value), mapping_at(value, "metadata")
    names = ("apiVersion", "kind"), ("namespace", "name", "generateName")
    return [[part.get(name) for name in known] for part, known in zip(parts, names, strict=True)]


def _operation(value: Any, random: Random) -> dict[str, Any]:
    places = list(_places(value))
    path, old = random.choice(places)
    other, at_other = random.choice(places)
    match random.choice(
        ("add", "add", "add", "remove", "remove", "replace", "move", "copy", "test")
    ):
        case "add":
            return {"op": "add", "path": _new(value, random), "value": _value(value, random)}
        case "remove":
            return {"op": "remove", "path": path}
        case "replace":
            new = _like(old, random) if random.random() < 0.5 else _value(value, random)
            return {"op": "replace", "path": path, "value": new}
        case "test":
            return {"op": "test", "path": other, "value": deepcopy(at_other)}
        case op:
            return {"op": op, "from": path, "path": _new(value, random)}


def _places(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    yield at, value
    pairs = value.items() if isinstance(value, dict) else ()
    for key, item in enumerate(value) if isinstance(value, list) else pairs:
        yield from _places(item, pointer.join(at, key))


def _new(value: Any, random: Random) -> str:
    """Return a pointer where something can be added: mostly a new one."""
    at, parent = random.choice([one for one in _places(value) if isinstance(one[1], dict | list)])
    if isinstance(parent, list):
        return f"{at}/{random.choice((*range(len(parent) + 1), '-'))}"
    own = [key for key in parent if key not in ("apiVersion", "kind")]
    old = random.random() < 0.2 and own
    return pointer.join(at, random.choice(own if old else _KEYS))


def _value(value: Any, random: Random) -> Any:
    """Return a value to write: a scalar, a part of the document, or a small collection."""
    match random.randrange(6):
        case 0:
            return deepcopy(random.choice(list(_places(value)))[1])
        case 1:
            return random.choice(({}, [], [{}], {"a": []}, [[]], [[1, [2]]], {"a": {"b": "c"}}))
        case 2:
            return {random.choice(_KEYS): _value({}, random) for _ in range(random.randint(1, 3))}
        case 3:
            return [_value({}, random) for _ in range(random.randint(1, 3))]
    return random.choice(_SCALARS)


def _like(old: Any, random: Random) -> Any:
    """Return a collection with something of an old one left out, changed or added."""
    new = deepcopy(old)
    for _ in range(random.randint(1, 3)):
        if isinstance(new, dict):
            key = random.choice((*new, *_KEYS))
            if key in new and random.random() < 0.5:
                del new[key]
            else:
                new[key] = random.choice(_SCALARS)
        elif isinstance(new, list):
            index = random.randint(0, len(new))
            if index < len(new) and random.random() < 0.5:
                del new[index]
            else:
                new.insert(index, random.choice(_SCALARS))
    return new


def outcome(case: Case) -> str:
    """Return what came of a case: `spliced`, the reason of a refusal that is known, or else a
    description that begins with a `!`.
    """
    text, value = case.document.text, deepcopy(case.document.value)
    try:
        at_once = splice(text.encode(), case.operations, target=case.target).decode()
    except PatchError as error:
        return _reason(error)
    for operation in case.operations:
        value = jsonpatch.apply_patch(value, [below(operation, case.base)])
        try:
            new = splice(text.encode(), [operation], target=case.target).decode()
        except PatchError as error:
            return _reason(error)
        if not loading.is_same(loading.load(new), value):
            return f"!means something else after {operation}: {new!r}"
        if lost := next(_lost(text, new, below(operation, case.base)), None):
            return f"!loses {lost!r} by {operation}: {new!r}"
        text = new
    if not loading.is_same(loading.load(at_once), value):
        return f"!means something else: {at_once!r}"
    return "spliced"


def _reason(error: PatchError) -> str:
    return next((one for one in REFUSALS if one in error.message), f"!refused: {error.message}")


def _lost(text: str, new: str, operation: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of a text that the operation does not name and that are not in the new text,
    in the same order. What aliases share, and where they are, need not stay.
    """
    tree = parse(text)
    if operation["op"] == "test" or operation["path"] == "":
        return
    named = set[int]()
    lines = _split(text)
    at = Lines(text)

    def line(offset: int) -> int:
        return at.position(offset).line - 1

    if tree.has_aliases:
        named.update(_shared(tree.root, lines, line))
    tokens = pointer.split(operation["path"])
    if operation["op"] == "move":
        source = pointer.split(operation["from"])
        named.update(_named(tree, source, lines, line))
        tokens = _before_removal(tree, source, tokens)
    named.update(_named(tree, tokens, lines, line))
    rest = iter(_split(new))
    for number, one in enumerate(lines):
        if number not in named and one.strip() and one not in rest:
            yield one


def _before_removal(tree: Tree, source: list[str], tokens: list[str]) -> list[str]:
    """Return what the path of a `move` names in the old text: it counts without what is moved."""
    node, depth = tree.root, len(source) - 1
    for token in source[:-1]:
        found = node and _child(node, token)
        node = found[1] if found else None
    if not isinstance(node, Sequence) or tokens[:depth] != source[:-1] or len(tokens) <= depth + 1:
        return tokens
    index = int(tokens[depth])
    return [*tokens[:depth], str(index + (index >= int(source[-1]))), *tokens[depth + 1 :]]


def _split(text: str) -> list[str]:
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _shared(node: Node | None, lines: list[str], line: Callable[[int], int]) -> Iterator[int]:
    """Yield the numbers of the lines of what has an anchor, a merge key, or is an alias."""
    if node is None:
        return
    is_merged = isinstance(node, Mapping) and MERGE_KEY in node.keys
    if node.anchor is not None or isinstance(node, Alias) or is_merged:
        first, last = line(node.outer), line(node.end)
        while last + 1 < len(lines) and lines[last + 1].lstrip(" ").startswith("#"):
            last += 1
        yield from range(first, last + 1)
    for key, value in _elements(node):
        yield from _shared(key, lines, line)
        yield from _shared(value, lines, line) if value is not key else ()


def _named(
    tree: Tree, tokens: list[str], lines: list[str], line: Callable[[int], int]
) -> Iterator[int]:
    """Yield the numbers of the lines that belong to what a pointer names, or are next to it where
    something on one line changes.
    """
    assert tree.root is not None
    node, owner = tree.root, 0
    for token in tokens[:-1]:
        found = _child(node, token)
        if found is None:  # it is in the text of another node, by an alias or a merge
            return
        key, child = found
        owner = line(key.start)
        if isinstance(node, Sequence) and not node.is_flow:
            owner = _line_of_dash(node, int(token), lines, line)
        node = child
    found = _child(node, tokens[-1])
    elements = _elements(node)
    is_merged = isinstance(node, Mapping) and MERGE_KEY in node.keys
    if len(elements) <= 1 or is_merged:  # it may become empty, behind its key
        yield from range(min(owner, line(node.outer)), line(node.end) + 1)
        owner = min(owner, line(node.outer))
    if isinstance(node, Collection) and node.is_flow:
        yield from range(line(node.start), line(node.end) + 1)
        return
    if found is None or not elements:
        return
    key, value = found
    first, last = line(key.outer), line(max(key.end, value.end))
    column = _indent(lines[first])
    while lines[first - 1].lstrip(" ").startswith("#") and first > 0:
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].lstrip(" ").startswith("#"):
        if _indent(lines[last + 1]) <= column:
            break
        last += 1
    if lines[line(key.outer)].lstrip(" ").startswith(("-", "?", ":")) and isinstance(node, Mapping):
        last += 1  # the next entry comes behind the dash
    if isinstance(node, Sequence):
        dash = _line_of_dash(node, int(tokens[-1]), lines, line)
        first, last = min(first, dash), last + 1
    yield from range(first, last + 1)


def _line_of_dash(
    sequence: Sequence, index: int, lines: list[str], line: Callable[[int], int]
) -> int:
    """Return the number of the line that has the dash of an item."""
    if index == 0:
        return line(sequence.start)
    above = sequence.items[index - 1]
    first, last = line(max(above.start, above.end - 1)) + 1, line(sequence.items[index].outer)
    return next(at for at in range(first, last + 1) if lines[at].lstrip(" ").startswith("-"))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _elements(node: Node) -> list[tuple[Node, Node]]:
    if isinstance(node, Mapping):
        return list(node.entries)
    return [(item, item) for item in node.items] if isinstance(node, Sequence) else []


def _child(node: Node, token: str) -> Any:
    if isinstance(node, Mapping):
        return node.entries[node.keys.index(token)] if token in node.keys else None
    if (
        not isinstance(node, Sequence)
        or not token.isdecimal()
        or int(token) >= len(_elements(node))
    ):
        return None
    return _elements(node)[int(token)]


def main() -> int:
    """Run the command line and return its exit status."""
    count, seed = int((sys.argv[1:] or ["20000"])[0]), int((sys.argv[2:] or ["1"])[0])
    outcomes = Counter[str]()

    @hypothesis.seed(seed)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @given(cases())
    def run(case: Case) -> None:
        found = outcome(case)
        if found.startswith("!"):
            print(f"{case.document.text!r}\n  {case.operations}\n  {found}\n")
            found = "unexplained"
        outcomes[found] += 1

    run()
    for what, number in outcomes.most_common():
        print(f"{number:>8} {what}")
    print(f"{outcomes.total():>8} in all, {outcomes['unexplained']} unexplained")
    return 1 if outcomes["unexplained"] else 0


if __name__ == "__main__":
    sys.exit(main())

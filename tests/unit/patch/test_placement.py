"""Where operations take effect in a text that several places of the value share.

Each row is a text, operations, and the text that has to come out; whether the value is right is
checked by `splice` itself.
"""

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

import pytest

from transformer.errors import PatchError
from transformer.operations import Operation
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse


def spliced(text: str, operations: dict[str, Any]) -> str:
    """Return `text` after an `add` for each pointer and value."""
    tree = parse(text)
    planned = [Operation("add", path, value) for path, value in operations.items()]
    return splice(tree, planned, verify.patched(construct(tree.root), planned))


def refusal(text: str, operations: dict[str, Any]) -> PatchError:
    with pytest.raises(PatchError) as caught:
        spliced(text, operations)
    return caught.value


# --- anchors and aliases --------------------------------------------------------------------------

SHARED = "a: &x\n  p: 1\nb: *x\nc: *x\n"

ALIASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "every user": (
        SHARED,
        {"/a/m": 2, "/b/m": 2, "/c/m": 2},
        "a: &x\n  p: 1\n  m: 2\nb: *x\nc: *x\n",
    ),
    "one alias": (SHARED, {"/b/m": 2}, "a: &x\n  p: 1\nb:\n  p: 1\n  m: 2\nc: *x\n"),
    "all but the anchor": (
        SHARED,
        {"/b/m": 2, "/c/m": 2},
        "a: &x\n  p: 1\nb:\n  p: 1\n  m: 2\nc:\n  p: 1\n  m: 2\n",
    ),
    "only the anchor": (
        SHARED,
        {"/a/m": 2},
        "a: &x\n  p: 1\n  m: 2\nb:\n  p: 1\nc:\n  p: 1\n",
    ),
    "the anchor and one alias": (
        SHARED,
        {"/a/m": 2, "/c/m": 2},
        "a: &x\n  p: 1\n  m: 2\nb:\n  p: 1\nc: *x\n",
    ),
    "each its own": (
        SHARED,
        {"/a/m": 2, "/b/m": 3, "/c/k": 4},
        "a: &x\n  p: 1\n  m: 2\nb:\n  p: 1\n  m: 3\nc:\n  p: 1\n  k: 4\n",
    ),
    "a value below": (
        SHARED,
        {"/b/p": 2},
        "a: &x\n  p: 1\nb:\n  p: 2\nc: *x\n",
    ),
    "the alias itself is replaced": (
        SHARED,
        {"/b": {"k": 5}},
        "a: &x\n  p: 1\nb:\n  k: 5\nc: *x\n",
    ),
    "the alias is replaced by a scalar": (SHARED, {"/b": "w"}, "a: &x\n  p: 1\nb: w\nc: *x\n"),
    "a scalar": ("a: &x 1\nb: *x\n", {"/b": "w"}, "a: &x 1\nb: w\n"),
    "the anchored scalar": ("a: &x w\nb: *x\n", {"/a": "v"}, "a: &x v\nb: w\n"),
    "every user of a scalar": ("a: &x w\nb: *x\n", {"/a": "v", "/b": "v"}, "a: &x v\nb: *x\n"),
    "every user of a null": (
        "a: &x\nb: *x\n",
        {"/a": {"p": 1}, "/b": {"p": 1}},
        "a: &x\n  p: 1\nb: *x\n",
    ),
    "every user of an empty sequence": (
        "a: {l: &x []}\nb: {l: *x}\n",
        {"/a/l/-": 1, "/b/l/-": 1},
        "a: {l: &x [1]}\nb: {l: *x}\n",
    ),
    "an item": (
        "a:\n- &x {p: 1}\n- *x\n",
        {"/a/1/m": 2},
        "a:\n- &x {p: 1}\n- p: 1\n  m: 2\n",
    ),
    "an anchor in an anchor, the outer user": (
        "a: &x\n  i: &y {p: 1}\nb: *x\nc: *y\n",
        {"/b/i/m": 2},
        "a: &x\n  i: &y {p: 1}\nb:\n  i:\n    p: 1\n    m: 2\nc: *y\n",
    ),
    "an anchor in an anchor, the inner user": (
        "a: &x\n  i: &y {p: 1}\nb: *x\nc: *y\n",
        {"/c/m": 2},
        "a: &x\n  i: &y {p: 1}\nb: *x\nc:\n  p: 1\n  m: 2\n",
    ),
    "an anchor in an anchor, all": (
        "a: &x\n  i: &y {p: 1}\nb: *x\nc: *y\n",
        {"/a/i/m": 2, "/b/i/m": 2, "/c/m": 2},
        "a: &x\n  i: &y {p: 1, m: 2}\nb: *x\nc: *y\n",
    ),
    "an alias in an anchor": (
        "y: &y {p: 1}\na: &x\n  i: *y\nb: *x\n",
        {"/b/i/m": 2},
        "y: &y {p: 1}\na: &x\n  i: *y\nb:\n  i:\n    p: 1\n    m: 2\n",
    ),
    "an alias in an anchor whose text changes": (
        "z: &y {p: 1}\na: &x\n  i: *y\nb: *x\n",
        {"/z/p": 2, "/b/k": 3},
        "z: &y {p: 2}\na: &x\n  i:\n    p: 1\nb:\n  i:\n    p: 1\n  k: 3\n",
    ),
    "the value of an anchor, which is part of another one": (
        "z: &y {p: 1}\na: &x\n  i: *y\nb: *x\n",
        {"/z/p": 2, "/a/i/p": 2, "/b/i/p": 3},
        "z: &y {p: 2}\na: &x\n  i: *y\nb:\n  i:\n    p: 3\n",
    ),
    "one that becomes true is not one that was 1": (
        "a: &x 1\nb: *x\nc: [*x, true]\n",
        {"/a": True},
        "a: &x true\nb: 1\nc: [1, true]\n",
    ),
    "a null, whose anchor is replaced": (
        "a: {i: &y }\nb: *y\n",
        {"/a": {"k": 1}},
        "a:\n  k: 1\nb: null\n",
    ),
    "an anchor within what is replaced, one of the name above it": (
        "z: &y {p: 1}\na: {i: &y {q: 1}}\nb: *y\nc: {<<: *y, r: 1}\n",
        {"/a": {"k": 1}},
        "z: &y {p: 1}\na:\n  k: 1\nb:\n  q: 1\nc: {q: 1, r: 1}\n",
    ),
    "a list that gets shorter": (
        "a: &x {l: [1, 2]}\nb: *x\n",
        {"/b/l": [1]},
        "a: &x {l: [1, 2]}\nb:\n  l:\n  - 1\n",
    ),
    "a list of the anchor that gets shorter": (
        "a: &x {l: [1, 2]}\nb: *x\n",
        {"/a/l": [1]},
        "a: &x {l: [1]}\nb:\n  l:\n  - 1\n  - 2\n",
    ),
    "an item put in front of others": (
        "a: &x [1, 2]\nb: *x\n",
        {"/a/0": 0},
        "a: &x [0, 1, 2]\nb:\n- 1\n- 2\n",
    ),
    "a key that is an alias": (
        "a: &k v\n*k : 1\nb: {*k : 2}\nc:\n- *k : 3\n",
        {"/a": "w"},
        "a: &k w\nv : 1\nb: {v : 2}\nc:\n- v : 3\n",
    ),
    "a value that is an alias of a key": (
        "&k a: {p: 1}\nb: [*k, 1]\nc: {*k : 2}\n",
        {"/b/-": 3},
        "&k a: {p: 1}\nb: [*k, 1, 3]\nc: {*k : 2}\n",
    ),
    "an alias in an anchor, both its places": (
        "y: &y {p: 1}\na: &x\n  i: *y\nb: *x\n",
        {"/a/i/m": 2, "/b/i/m": 2},
        "y: &y {p: 1}\na: &x\n  i:\n    p: 1\n    m: 2\nb: *x\n",
    ),
}


@pytest.mark.parametrize("case", ALIASES)
def test_only_the_users_that_need_it_change(case: str) -> None:
    text, operations, expected = ALIASES[case]
    assert spliced(text, operations) == expected


# --- merge keys -----------------------------------------------------------------------------------

MERGED = "a: &x\n  p: {v: 1}\nb:\n  <<: *x\n  k: 0\n"

MERGES: dict[str, tuple[str, dict[str, Any], str]] = {
    "the receiver, below a merged key": (
        MERGED,
        {"/b/p/m": 2},
        MERGED + "  p:\n    v: 1\n    m: 2\n",
    ),
    "the receiver, a new key": (MERGED, {"/b/m": 2}, MERGED + "  m: 2\n"),
    "the receiver, its own key": (MERGED, {"/b/k": 2}, MERGED.replace("k: 0", "k: 2")),
    "both, below a merged key": (
        MERGED,
        {"/a/p/m": 2, "/b/p/m": 2},
        MERGED.replace("v: 1", "v: 1, m: 2"),
    ),
    "both, a new key": (
        MERGED,
        {"/a/m": 2, "/b/m": 2},
        MERGED.replace("b:", "  m: 2\nb:"),
    ),
    "the provider, below a merged key": (
        MERGED,
        {"/a/p/m": 2},
        MERGED.replace("v: 1", "v: 1, m: 2") + "  p:\n    v: 1\n",
    ),
    "the provider, a new key": (
        MERGED,
        {"/a/m": 2},
        "a: &x\n  p: {v: 1}\n  m: 2\nb:\n  p:\n    v: 1\n  k: 0\n",
    ),
    "the provider, a new key, in flow": (
        "a: &x {p: {v: 1}}\nb: {<<: *x, k: 0}\nc: {<<: *x}\n",
        {"/a/m": 2},
        "a: &x {p: {v: 1}, m: 2}\nb: {p: {v: 1}, k: 0}\nc: {p: {v: 1}}\n",
    ),
    "the provider, a key that the receiver has itself": (
        MERGED,
        {"/a/k": 2},
        MERGED.replace("b:", "  k: 2\nb:"),
    ),
    "each its own": (
        MERGED,
        {"/a/p/m": 2, "/b/p/m": 3},
        MERGED.replace("v: 1", "v: 1, m: 2") + "  p:\n    v: 1\n    m: 3\n",
    ),
    "two levels, the middle one": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc:\n  <<: *y\n",
        {"/b/p/m": 2},
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\n  p:\n    v: 1\n    m: 2\n"
        "c:\n  <<: *y\n  p:\n    v: 1\n",
    ),
    "two levels, the last one": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc:\n  <<: *y\n",
        {"/c/p/m": 2},
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc:\n  <<: *y\n  p:\n    v: 1\n    m: 2\n",
    ),
    "two levels, the last two": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc:\n  <<: *y\n",
        {"/b/p/m": 2, "/c/p/m": 2},
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\n  p:\n    v: 1\n    m: 2\nc:\n  <<: *y\n",
    ),
    "the weaker of two providers": (
        "a: &x {p: {v: 1}}\nb: &y {p: {v: 2}, k: 3}\nc:\n  <<: [*x, *y]\n",
        {"/b/p/m": 4},
        "a: &x {p: {v: 1}}\nb: &y {p: {v: 2, m: 4}, k: 3}\nc:\n  <<: [*x, *y]\n",
    ),
    "the stronger of two providers": (
        "a: &x {p: {v: 1}}\nb: &y {p: {v: 2}, k: 3}\nc:\n  <<: [*x, *y]\n",
        {"/a/p/m": 4},
        "a: &x {p: {v: 1, m: 4}}\nb: &y {p: {v: 2}, k: 3}\nc:\n  <<: [*x, *y]\n  p:\n    v: 1\n",
    ),
    "a receiver that is aliased, one of its places": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc: *y\n",
        {"/c/p/m": 2},
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc:\n  p:\n    v: 1\n    m: 2\n",
    ),
    "a receiver that is aliased, all its places": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc: *y\n",
        {"/b/p/m": 2, "/c/p/m": 2},
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\n  p:\n    v: 1\n    m: 2\nc: *y\n",
    ),
    "a provider with an anchor in the merge itself": (
        "a:\n  <<: &x {p: 1}\n  k: 0\nb: *x\n",
        {"/b/m": 2},
        "a:\n  <<: &x {p: 1}\n  k: 0\nb:\n  p: 1\n  m: 2\n",
    ),
    "the provider gets a key, the receiver another value": (
        "a: &x {p: 1}\nb:\n  <<: *x\n  k: 0\n",
        {"/a/m": 2, "/b/p": 3},
        "a: &x {p: 1, m: 2}\nb:\n  p: 3\n  k: 0\n",
    ),
    "the provider's anchored value, of which the receiver has an alias": (
        "a: &x\n  p: &p {v: 1}\nb:\n  <<: *x\n  k: *p\n",
        {"/a/p/m": 2},
        "a: &x\n  p: &p {v: 1, m: 2}\nb:\n  <<: *x\n  k:\n    v: 1\n  p:\n    v: 1\n",
    ),
    "an item, and an entry of the mapping around it, in no deeper column": (
        "a: &x\n  l:\n  - 1\nb:\n  <<: *x\n  k:\n  - 2\n",
        {"/a/l/-": 2, "/b/k/-": 3},
        "a: &x\n  l:\n  - 1\n  - 2\nb:\n  <<: *x\n  k:\n  - 2\n  - 3\n  l:\n  - 1\n",
    ),
    "the provider gets a key, another one of it changes, of which the receiver has an alias": (
        "a: &x\n  p: &p {v: 1}\nb:\n  <<: *x\n  k: *p\n",
        {"/a/m": 2, "/a/p/v": 3},
        "a: &x\n  p: &p {v: 3}\n  m: 2\nb:\n  p:\n    v: 1\n  k:\n    v: 1\n",
    ),
    "the provider gets a key, the receiver another one": (
        MERGED,
        {"/a/m": 2, "/b/o": 3},
        "a: &x\n  p: {v: 1}\n  m: 2\nb:\n  p:\n    v: 1\n  k: 0\n  o: 3\n",
    ),
    "both get a key, but another value": (
        MERGED,
        {"/a/m": 2, "/b/m": 3},
        "a: &x\n  p: {v: 1}\n  m: 2\nb:\n  <<: *x\n  k: 0\n  m: 3\n",
    ),
    "two levels, the first one gets a key": (
        "a: &x {p: 1}\nb: &y\n  <<: *x\nc:\n  <<: *y\nd: *y\n",
        {"/a/m": 2},
        "a: &x {p: 1, m: 2}\nb: &y\n  p: 1\nc:\n  <<: *y\nd: *y\n",
    ),
    "two levels, the first and the last one get a key": (
        "a: &x {p: 1}\nb: &y\n  <<: *x\n  k: 0\nc:\n  <<: *y\nd: *y\n",
        {"/a/m": 2, "/c/m": 2, "/d/m": 3},
        "a: &x {p: 1, m: 2}\nb: &y\n  p: 1\n  k: 0\n"
        "c:\n  <<: *y\n  m: 2\nd:\n  p: 1\n  k: 0\n  m: 3\n",
    ),
    "each place of a receiver that is aliased": (
        "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc: *y\n",
        {"/a/m": 2, "/b/p/v": 3, "/c/p/v": 4},
        "a: &x {p: {v: 1}, m: 2}\nb: &y\n  p:\n    v: 3\nc:\n  p:\n    v: 4\n",
    ),
    "all that is merged is overridden": (
        "a: &x {p: 1}\nb:\n  <<: *x\n  p: 2\nc: {<<: *x, p: 3}\nd: {k: 0, <<: *x , p: 4}\n",
        {"/a/m": 5},
        "a: &x {p: 1, m: 5}\nb:\n  p: 2\nc: {p: 3}\nd: {k: 0, p: 4}\n",
    ),
    "all that is merged is overridden, with comments": (
        "a: &x {p: 1}\nb:\n- <<: *x # c\n\n  # d\n  p: 2\nc: {<<: *x, # e\n  p: 3}\n",
        {"/a/m": 5},
        "a: &x {p: 1, m: 5}\nb:\n- # c\n\n  # d\n  p: 2\nc: { # e\n  p: 3}\n",
    ),
    "all that is merged is overridden, and the receiver gets a key": (
        "a: &x {p: 1}\nb:\n  <<: *x\n  p: 2\n",
        {"/a/m": 5, "/b/o": 6},
        "a: &x {p: 1, m: 5}\nb:\n  o: 6\n  p: 2\n",
    ),
    "nothing was merged": (
        "a: &x {}\nb:\n  <<: *x\nc: {k: 0, <<: *x}\nd: [<<: *x]\n",
        {"/a/m": 2},
        "a: &x\n  m: 2\nb: {}\nc: {k: 0}\nd: [{}]\n",
    ),
    "a merge key with a tag, and one behind a question mark": (
        "a: &x {p: 1}\nb:\n  !!merge <<: *x\n  k: 0\nc:\n  k: 0\n  ? <<\n  : *x\n"
        "d: {!!merge <<: *x, k: 0}\n",
        {"/a/m": 2},
        "a: &x {p: 1, m: 2}\nb:\n  p: 1\n  k: 0\nc:\n  k: 0\n  p: 1\nd: {p: 1, k: 0}\n",
    ),
    "a merge key that is an alias": (
        "a: &x {p: 1}\nb: {&m <<: *x, k: 0}\nc: {*m : *x, k: 0}\n",
        {"/a/m": 2},
        "a: &x {p: 1, m: 2}\nb: {p: 1, k: 0}\nc: {p: 1, k: 0}\n",
    ),
    "a mapping written in the merge itself, which overrides a key above it": (
        "a:\n  q: 0\n  p: 0\n  <<: {p: 1}\n  k: 2\n",
        {"/a/p": 3},
        "a:\n  q: 0\n  p: 0\n  <<: {p: 3}\n  k: 2\n",
    ),
    "a mapping written in the merge itself": (
        "a:\n  <<: {p: 1, k: 2}\n  k: 0\n",
        {"/a/p": 3, "/a/k": 4, "/a/m": 5},
        "a:\n  <<: {p: 3, k: 2}\n  k: 4\n  m: 5\n",
    ),
    "a mapping written in the merge itself, which is shared": (
        "a:\n  <<: &x {p: 1}\nb:\n  <<: *x\nc: *x\n",
        {"/a/p": 2, "/c/p": 2},
        "a:\n  <<: &x {p: 2}\nb:\n  <<: *x\n  p: 1\nc: *x\n",
    ),
    "mappings beside aliases in a merge": (
        "a: &x {p: 1}\nb:\n  <<: [{q: 1}, *x, {p: 2, r: 1, q: 2}]\n",
        {"/a/p": 3, "/b/q": 4, "/b/r": 5},
        "a: &x {p: 3}\nb:\n  <<: [{q: 4}, *x, {p: 2, r: 5, q: 2}]\n  p: 1\n",
    ),
    "a list of providers that is shared": (
        "a: &x {p: 1}\nb:\n  <<: &s [*x, {q: 2}]\nc: {<<: *s, r: 1}\nd: *s\n",
        {"/b/q": 3},
        "a: &x {p: 1}\nb:\n  <<: &s [*x, {q: 3}]\nc: {<<: *s, r: 1, q: 2}\nd:\n- p: 1\n- q: 2\n",
    ),
    "a provider that is no longer a mapping": (
        "a: &x {p: 1}\nb: {<<: *x, k: 0}\nc:\n  <<: [*x]\n",
        {"/a": 2},
        "a: &x 2\nb: {p: 1, k: 0}\nc:\n  p: 1\n",
    ),
    "providers of which one is no longer a mapping": (
        "a: &x [{p: 1}]\nb: {<<: *x, k: 0}\n",
        {"/a/-": 2},
        "a: &x [{p: 1}, 2]\nb: {p: 1, k: 0}\n",
    ),
    "a provider that loses a key": (
        "a: &x {p: 1, q: 2}\nb: {<<: *x, k: 0}\n",
        {"/a": {"q": 2}},
        "a: &x {q: 2}\nb: {<<: *x, k: 0, p: 1}\n",
    ),
    "a provider whose anchor is replaced": (
        "a: {<<: &x {p: 1}}\nb: {<<: *x}\nc: *x\n",
        {"/a": {"k": 2}},
        "a: {k: 2}\nb: {p: 1}\nc:\n  p: 1\n",
    ),
    "a key above the merge, which the provider gets too": (
        "a: &x {p: 1}\nb:\n  k: 0\n  <<: *x\n",
        {"/a/k": 2},
        "a: &x {p: 1, k: 2}\nb:\n  k: 0\n  p: 1\n",
    ),
    "a key above the merge, which the provider gets with the same value": (
        "a: &x {p: 1}\nb:\n  k: 0\n  <<: *x\n",
        {"/a/k": 2, "/b/k": 2},
        "a: &x {p: 1, k: 2}\nb:\n  k: 2\n  <<: *x\n",
    ),
    "a key above the merge that overrides it, which is left alone": (
        "a: &x {p: 1}\nb:\n  p: 0\n  <<: *x\n  q: 2\n",
        {"/b/q": 3, "/b/m": 4},
        "a: &x {p: 1}\nb:\n  p: 0\n  <<: *x\n  q: 3\n  m: 4\n",
    ),
    "a key above the merge that sets the same": (
        "a: &x {p: 1}\nb:\n  p: 1\n  <<: *x\n",
        {"/a/p": 2},
        "a: &x {p: 2}\nb:\n  p: 1\n",
    ),
    "a quoted merge key is a key": (
        "a: &x {p: 1}\nb:\n  '<<': *x\n",
        {"/b/<</m": 2},
        "a: &x {p: 1}\nb:\n  '<<':\n    p: 1\n    m: 2\n",
    ),
}


@pytest.mark.parametrize("case", MERGES)
def test_a_merge_brings_in_only_what_it_should(case: str) -> None:
    text, operations, expected = MERGES[case]
    assert spliced(text, operations) == expected


OVERRIDING = "a: &x\n  p: {v: 1}\nb:\n  k: 0\n  p: {v: 0}\n  <<: *x\n"


@pytest.mark.parametrize("path", ["/b/p/m", "/b/p/v", "/a/p/v", "/a/m"])
def test_a_key_above_the_merge_that_overrides_it_cannot_be_written(path: str) -> None:
    error = refusal(OVERRIDING, {path: 2})
    assert error.message.startswith("p is set here and again by the <<")
    assert "keep one of the two" in error.hint
    assert error.offset == OVERRIDING.index("p: {v: 0}")
    assert error.other == OVERRIDING.index("<<: *x"), "the other place is named as well"


def test_of_several_overridden_keys_the_one_that_needs_the_edit_is_named() -> None:
    text = "a: &x {p: 1, q: 1}\nb:\n  p: own\n  q: own\n  <<: *x\n"
    error = refusal(text, {"/b/q": 2})
    assert error.message.startswith("q is set here and again by the <<")
    assert error.offset == text.index("q: own")


# --- all changes to small texts -------------------------------------------------------------------

ALIASED = {
    "an anchor in an anchor": "a: &x\n  i: &y {p: 1}\nb: *x\nc: *y\n",
    "aliases in an anchor": "y: &y {p: 1}\na: &x\n  i: *y\n  j: *y\nb: *x\n",
    "items": "a: &x [{p: 1}, {p: 2}]\nb: *x\nc: {l: *x}\n",
}
MERGING = {
    "an alias beside the merge": "a: &x\n  p: &p {v: 1}\nb:\n  <<: *x\n  k: *p\n",
    "two providers": "a: &x {p: {v: 1}}\nb: &y {p: {v: 2}, k: {w: 3}}\nc:\n  <<: [*x, *y]\n",
    "two levels": "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\n  k: 0\nc:\n  <<: *y\nd: *y\n",
    "a provider in its place": "a:\n  <<: &x {p: {v: 1}}\nb:\n  <<: *x\nc: *x\n",
    "a receiver with an alias": "a: &x {p: {v: 1}}\nb: &y\n  <<: *x\nc: *y\n",
    "all is overridden": "a: &x {p: 1}\nb:\n  <<: *x # c\n  p: 2\nc: {<<: *x, p: 3}\n",
    "a list of providers": "a: &s [&x {p: 1}, &y {q: 2}]\nb: {<<: *s}\nc: {<<: [*y, *x], k: 0}\n",
}


def changeable(value: Any, at: str = "") -> Iterator[str]:
    """Yield the pointers of what can be replaced below `value`, or added."""
    if isinstance(value, dict):
        yield f"{at}/new"
        for key, item in value.items():
            yield from changeable(item, f"{at}/{key}")
    elif isinstance(value, list):
        yield f"{at}/-"
        for index, item in enumerate(value):
            yield from changeable(item, f"{at}/{index}")
    else:
        yield at


def changed(text: str, paths: Iterable[str], values: Iterable[int]) -> str:
    tree = parse(text)
    planned = [
        Operation("add" if path.endswith(("/new", "/-")) else "replace", path, value)
        for path, value in zip(paths, values, strict=False)
    ]
    return splice(tree, planned, verify.patched(construct(tree.root), planned))


SMALL = pytest.mark.parametrize("text", [*ALIASED.values(), *MERGING.values()])


@SMALL
def test_each_single_change_can_be_written(text: str) -> None:
    for path in changeable(construct(parse(text).root)):
        assert changed(text, [path], [5]) != text


@SMALL
def test_any_two_changes_can_be_written(text: str) -> None:
    for paths in combinations(changeable(construct(parse(text).root)), 2):
        assert changed(text, paths, [5, 5]) != changed(text, paths, [5, 6])


# --- what is not there ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "# c\n", "---\n"])
def test_an_empty_document_has_no_place(text: str) -> None:
    with pytest.raises(PatchError, match="empty"):
        splice(parse(text), [Operation("add", "/a", 1)], None)


NO_ITEM, NO_COLLECTION = "there is no item", "there is no mapping or sequence to change here"


@pytest.mark.parametrize(
    ("text", "path", "offset", "message"),
    [
        ("a: {}\n", "/a/b/c", 3, "there is no b to change here"),
        ("a: []\n", "/a/0/c", 3, f"{NO_ITEM} 0 here"),
        ("a: [1]\n", "/a/1/c", 3, f"{NO_ITEM} 1 here"),
        ("a: [1]\n", "/a/x/c", 3, f"{NO_ITEM} x here"),
        ("a: [1]\n", "/a/-1/c", 3, f"{NO_ITEM} -1 here"),
        ("a: 1\n", "/a/b", 3, NO_COLLECTION),
        ("a:\n", "/a/b/c", 2, NO_COLLECTION),
    ],
)
def test_a_missing_target_is_an_error_that_says_where(
    text: str, path: str, offset: int, message: str
) -> None:
    with pytest.raises(PatchError) as caught:
        splice(parse(text), [Operation("add", path, 1)], None)
    assert caught.value.message == message
    assert caught.value.offset == offset


def test_what_is_planned_for_one_mapping_is_placed_in_the_order_planned() -> None:
    assert spliced("a: 1\n", {"/c": 2, "/b": 3}) == "a: 1\nc: 2\nb: 3\n"
    assert spliced("a: &x\n  p: 1\nb: *x\n", {"/b/d": 2, "/b/c": 3}) == (
        "a: &x\n  p: 1\nb:\n  p: 1\n  d: 2\n  c: 3\n"
    )


def test_a_dash_is_a_key_of_a_mapping_and_the_end_of_a_sequence() -> None:
    assert spliced("a: {b: 1}\n", {"/a/-": 2}) == 'a: {b: 1, "-": 2}\n'
    assert spliced('a: {"-": 1}\n', {"/a/-": 2}) == 'a: {"-": 2}\n'
    assert spliced('a: {"-": {}}\n', {"/a/-/b": 2}) == 'a: {"-": {"b": 2}}\n'
    appended = [Operation("add", "/a/-", 2), Operation("add", "/a/-", 3)]
    assert splice(parse("a: [1]\n"), appended, {"a": [1, 2, 3]}) == "a: [1, 2, 3]\n"
    with pytest.raises(PatchError, match=f"{NO_ITEM} - here"):
        splice(parse("a: [1]\n"), [Operation("add", "/a/-/b", 2)], None)

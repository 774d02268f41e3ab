"""How an edit looks: small texts, one operation or two, and the text that has to come out."""

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


def replaced(text: str, operations: dict[str, Any]) -> str:
    """Return `text` after a `replace` for each pointer and value."""
    tree = parse(text)
    planned = [Operation("replace", path, value) for path, value in operations.items()]
    return splice(tree, planned, verify.patched(construct(tree.root), planned))


NESTED = {"c": {"d": ["x", {"e": "w"}]}}

BLOCK: dict[str, tuple[str, dict[str, Any], str]] = {
    "an entry": ("a: 1\n", {"/b": 2}, "a: 1\nb: 2\n"),
    "an entry without a last newline": ("a: 1", {"/b": 2}, "a: 1\nb: 2"),
    "an entry before a comment of its own column": ("a: 1\n# c\n", {"/b": 2}, "a: 1\nb: 2\n# c\n"),
    "an entry after a deeper comment": ("a: 1\n  # c\n", {"/b": 2}, "a: 1\n  # c\nb: 2\n"),
    "an entry before blank lines": ("a: 1\n\n\n", {"/b": 2}, "a: 1\nb: 2\n\n\n"),
    "an entry before blank lines and a comment": (
        "a:\n  b: 1\n\n  # c\nd: 2\n",
        {"/a/e": 3},
        "a:\n  b: 1\n  e: 3\n\n  # c\nd: 2\n",
    ),
    "an entry in the middle": ("a:\n  b: 1\nc: 2\n", {"/a/d": 3}, "a:\n  b: 1\n  d: 3\nc: 2\n"),
    "entries at the end of several levels": (
        "a:\n  b:\n    c: 1\n",
        {"/x": 0, "/a/b/w": 2, "/a/z": 3},
        "a:\n  b:\n    c: 1\n    w: 2\n  z: 3\nx: 0\n",
    ),
    "entries at the end of several levels, the last value null": (
        "a:\n  b:\n    c:\n",
        {"/x": 0, "/a/b/c": "w", "/a/z": 3},
        "a:\n  b:\n    c: w\n  z: 3\nx: 0\n",
    ),
    "a block in place of a null, and an entry beside it": (
        "a:\n  b:\n",
        {"/a/b": {"c": 1}, "/a/z": 3, "/x": {"w": 0}},
        "a:\n  b:\n    c: 1\n  z: 3\nx:\n  w: 0\n",
    ),
    "a nested value": (
        "a:\n   b: 1\n",
        {"/a/k": NESTED},
        "a:\n   b: 1\n   k:\n      c:\n         d:\n         - x\n         - e: w\n",
    ),
    "a nested value among indented sequences": (
        "a:\n  - 1\n",
        {"/k": NESTED},
        "a:\n  - 1\nk:\n  c:\n    d:\n      - x\n      - e: w\n",
    ),
    "an item": ("a:\n- 1\n", {"/a/-": "x"}, "a:\n- 1\n- x\n"),
    "an item with a wide gap": ("a:\n-   1\n", {"/a/-": "x"}, "a:\n-   1\n-   x\n"),
    "an item in a sequence of sequences": ("- - 1\n- - 2\n", {"/1/-": 3}, "- - 1\n- - 2\n  - 3\n"),
    "an item in flow style, as its neighbour": (
        "- { a: 1 }\n",
        {"/-": {"b": [2]}},
        "- { a: 1 }\n- { b: [2] }\n",
    ),
    "an entry in a mapping in a sequence": ("- a: 1\n", {"/0/b": 2}, "- a: 1\n  b: 2\n"),
    "an entry with CRLF": (
        "a:\r\n  b: 1\r\n",
        {"/a/c": NESTED["c"]["d"][:1]},
        "a:\r\n  b: 1\r\n  c:\r\n  - x\r\n",
    ),
    "a value in place of a word": ("a:  w # c\n", {"/a": "v"}, "a:  v # c\n"),
    "a value in place of a quoted word": ("a: 'w'\n", {"/a": "v"}, "a: 'v'\n"),
    "a value in place of a long text": ("a: w\n  x\n  y\nb: 1\n", {"/a": "v"}, "a: v\nb: 1\n"),
    "a value in place of a block scalar": ("a: |\n  w\nb: 1\n", {"/a": "v"}, "a: v\nb: 1\n"),
    "a value below a key in question": ("a: 1\n? b", {"/b": "v"}, "a: 1\n? b\n: v"),
    "an empty list below a key in question": ("? b # c\n\n", {"/b": []}, "? b # c\n: []\n\n"),
    "values below keys in question, and an entry": (
        "x:\n  ? b # c\n  ? c\n",
        {"/x/b": "v", "/x/d": 1, "/x/c": 2},
        "x:\n  ? b # c\n  : v\n  ? c\n  : 2\n  d: 1\n",
    ),
    "a list below a key in question": ("? b\n", {"/b": [1]}, "? b\n:\n- 1\n"),
    "a value behind an anchor": ("a: &x\nb: 1", {"/a": "v"}, "a: &x v\nb: 1"),
    "a block behind an anchor": ("a: &x\nb: 1", {"/a": {"c": 1}}, "a: &x\n  c: 1\nb: 1"),
    "a block in place of a tagged value": ("a: &x !!int 1\n", {"/a": {"b": 1}}, "a: &x\n  b: 1\n"),
    "an entry after a list in brackets": (
        "a:\n- [x]",
        {"/b": 1, "/a/-": 2},
        "a:\n- [x]\n- 2\nb: 1",
    ),
    "an entry in an item with an anchor": (
        "- &x {}\n- 2\n",
        {"/0/a": 1, "/0/b": {"c": 1}},
        "- &x\n  a: 1\n  b:\n    c: 1\n- 2\n",
    ),
    "an item in an item with an anchor": (
        "- &x []\r\n- 2\r\n",
        {"/0/-": 1},
        "- &x\r\n  - 1\r\n- 2\r\n",
    ),
    "an entry below an anchor on a line of its own": (
        "a:\n  - &x\n    {}\n  - 2\n",
        {"/a/0/b": 1},
        "a:\n  - &x\n    b: 1\n  - 2\n",
    ),
    "an entry above a text without a last line break": (
        "- a: 1\n  b: |\n    x",
        {"/0/c": 1},
        "- c: 1\n  a: 1\n  b: |\n    x",
    ),
    "a list in brackets as the neighbours write it": (
        "- key: a\n  values: [ 'b','c' ]\n",
        {"/-": {"key": "d", "values": ["true", "e"]}},
        "- key: a\n  values: [ 'b','c' ]\n- key: d\n  values: [ 'true','e' ]\n",
    ),
    "an entry below blank lines that count, of mixed breaks": (
        "a:\r b: |+\r\rc: 1\n",
        {"/a/d": 1},
        "a:\r b: |+\r\r d: 1\rc: 1\n",
    ),
    "an entry below a text that ends with CR": ("a: |\n  x\r", {"/b": 1}, "a: |\n  x\nb: 1\r"),
    "a value indented as another mapping is": (
        "b:\n    c: {x: 1}\na:\n  y: 1\n",
        {"/d": {"e": {"f": 1}}},
        "b:\n    c: {x: 1}\na:\n  y: 1\nd:\n    e:\n        f: 1\n",
    ),
    "a value indented as the nearest mapping is": (
        "a:\n - 1\nb:\n   c:\n   - 1\n",
        {"/b/d": {"e": [1]}},
        "a:\n - 1\nb:\n   c:\n   - 1\n   d:\n      e:\n      - 1\n",
    ),
    "dashes as far from their items as others are": (
        "l: [1]\nb:\n-   - 1\n",
        {"/d": [[1]]},
        "l: [1]\nb:\n-   - 1\nd:\n-   -   1\n",
    ),
    "dashes as deep as those of the list that the value is in": (
        "l:\n  - a: 1\n    b:\n      c: 1\n",
        {"/l/0/d": [1]},
        "l:\n  - a: 1\n    b:\n      c: 1\n    d:\n      - 1\n",
    ),
    "an item behind an alias": (
        "x: &x 1\nb:\n-  *x\n",
        {"/b/-": [1]},
        "x: &x 1\nb:\n-  *x\n-  -  1\n",
    ),
    "an item below dashes on lines of their own": (
        "x:\n-\n  a: 1\n",
        {"/x/-": {"c": 1, "d": 2}},
        "x:\n-\n  a: 1\n- c: 1\n  d: 2\n",
    ),
    "an item behind an anchor": (
        "x:\n-   &y\n    a: 1\n",
        {"/x/-": {"c": 1, "d": 2}},
        "x:\n-   &y\n    a: 1\n-   c: 1\n    d: 2\n",
    ),
    "an item with lists in brackets where its neighbours have them": (
        "x:\n- k: [1]\n  l:\n  - 1\n",
        {"/x/-": {"k": [1, 2], "l": [1], "m": []}},
        "x:\n- k: [1]\n  l:\n  - 1\n- k: [1, 2]\n  l:\n  - 1\n  m: []\n",
    ),
    "an item whose neighbour has an empty list": (
        "x:\n- k: []\n",
        {"/x/-": {"k": [1, 2]}},
        "x:\n- k: []\n- k:\n  - 1\n  - 2\n",
    ),
    "a key that has to be quoted": ("a: 1\n", {"/yes": "no"}, 'a: 1\n"yes": "no"\n'),
}

FLOW: dict[str, tuple[str, dict[str, Any], str]] = {
    "an entry": ("{a: 1}", {"/b": 2}, "{a: 1, b: 2}"),
    "two entries": ("{a: 1}\n", {"/b": 2, "/c": 3}, "{a: 1, b: 2, c: 3}\n"),
    "two entries after a comma": ("{a: 1,}\n", {"/b": 2, "/c": 3}, "{a: 1, b: 2, c: 3}\n"),
    "two entries after a comma and a space": (
        "{ a: 1, }\n",
        {"/b": 2, "/c": 3},
        "{ a: 1, b: 2, c: 3 }\n",
    ),
    "an entry before a comment": ("{a: 1 # c\n}\n", {"/b": 2}, "{a: 1, b: 2 # c\n}\n"),
    "two items": ("a: [1]\n", {"/a/-": 2}, "a: [1, 2]\n"),
    "an entry on a line of its own": ("{\n  a: 1\n}\n", {"/b": 2}, "{\n  a: 1,\n  b: 2\n}\n"),
    "two entries on lines of their own, with a comma": (
        "{\n  a: 1, # c\n}\n",
        {"/b": 2, "/c": 3},
        "{\n  a: 1, # c\n  b: 2,\n  c: 3,\n}\n",
    ),
    "two entries on lines of their own, with a comment": (
        "{\n  a: 1 # c\n}\n",
        {"/b": 2, "/c": 3},
        "{\n  a: 1, # c\n  b: 2,\n  c: 3\n}\n",
    ),
    "entries on lines of their own, with CR": (
        "{\r  a: 1\r}\r",
        {"/b": 2, "/c": 3},
        "{\r  a: 1,\r  b: 2,\r  c: 3\r}\r",
    ),
    "an entry behind a key that ends in a colon": ("{x:}\n", {"/b": 1}, "{x:, b: 1}\n"),
    "an entry behind a value that ends in a colon": ("{x: a:}\n", {"/b": 1}, "{x: a:, b: 1}\n"),
    "an item behind one that ends in a colon": ("[a, b::]\n", {"/-": "c"}, "[a, b::, c]\n"),
    "an entry behind a colon at the end of a line": (
        "{a: 1, x:\n}\n",
        {"/b": 1},
        "{a: 1, x: , b: 1\n}\n",
    ),
    "a value of a key that ends in a colon": ("{x:, b: 1}\n", {"/x:": "v"}, "{x:: v, b: 1}\n"),
    "a value in place of nothing": ("{a: , b: 1}\n", {"/a": "v"}, "{a: v, b: 1}\n"),
    "a value in place of nothing, before the bracket": (
        "{b: 1, a: }\n",
        {"/a": [1]},
        "{b: 1, a: [1]}\n",
    ),
    "a value below a key without a colon": ("{a, b: 1}\n", {"/a": "v"}, "{a: v, b: 1}\n"),
    "a value in place of nothing, the bracket on the next line": (
        "{\n  a:\n}\n",
        {"/a": "v"},
        "{\n  a: v\n}\n",
    ),
    "a value in place of nothing, then a comment": (
        "{a: # c\n}\n",
        {"/a": "v"},
        "{a: v # c\n}\n",
    ),
    "commas without a blank": ("a: {b: [1,2]}\n", {"/a/c": [3, 4]}, "a: {b: [1,2],c: [3,4]}\n"),
    "single quotes, around keys and words": (
        "a: {'b': 'c'}\n",
        {"/a/d": "e", "/a/f": True},
        "a: {'b': 'c', 'd': 'e', 'f': true}\n",
    ),
    "quotes around words only": ("a: [b: 'c']\n", {"/a/-": {"d": "e"}}, "a: [b: 'c', {d: 'e'}]\n"),
    "quotes that had to be are no habit": (
        "a: {b: 'true', c: d}\n",
        {"/a/e": "f"},
        "a: {b: 'true', c: d, e: f}\n",
    ),
    "an element a line": (
        "{\n a: {\n  b: 1\n }\n}\n",
        {"/c": {"d": [{"e": 1}]}},
        "{\n a: {\n  b: 1\n },\n c: {\n  d: [\n   {\n    e: 1\n   }\n  ]\n }\n}\n",
    ),
    "an element a line, with a comma after the last": (
        "{\n\ta: {\n\t\tb: 1,\n\t}, # c\n}\n",
        {"/c": {"d": 1}},
        "{\n\ta: {\n\t\tb: 1,\n\t}, # c\n\tc: {\n\t\td: 1,\n\t},\n}\n",
    ),
    "an element a line, but for short ones": (
        "{\n  a: {b: 1},\n  c: [\n    {b: 2}\n  ]\n}\n",
        {"/d": {"e": {"f": 1}, "g": [2]}},
        "{\n  a: {b: 1},\n  c: [\n    {b: 2}\n  ],\n  d: {\n    e: {f: 1},\n    g: [2]\n  }\n}\n",
    ),
    "an element a line before brackets on the line of the last": (
        "{\n   a: 1,\n   b: 2 }\n",
        {"/c": {"d": {"e": 1}}},
        "{\n   a: 1,\n   b: 2,\n   c: {\n      d: {\n         e: 1\n      }\n   } }\n",
    ),
    "an element a line in an empty mapping": (
        "{\n  a: { },\n  b: {\n    c: 1\n  }\n}\n",
        {"/a/d": {"e": 1}},
        "{\n  a: {\n    d: {\n      e: 1\n    }\n  },\n  b: {\n    c: 1\n  }\n}\n",
    ),
    "an element a line in a block mapping": (
        "a:\n  b: {\n    c: 1\n  }\n",
        {"/a/b/d": {"e": 1}},
        "a:\n  b: {\n    c: 1,\n    d: {\n      e: 1\n    }\n  }\n",
    ),
    "an item behind the brackets of the last": (
        "a: [{\n  b: 1\n}]\n",
        {"/a/-": {"c": 1}},
        "a: [{\n  b: 1\n}, {\n  c: 1\n}]\n",
    ),
    "an item of a block sequence as the last": (
        "a:\n- {\n    b: 1\n  }\n",
        {"/a/-": {"c": 1}},
        "a:\n- {\n    b: 1\n  }\n- {\n    c: 1\n  }\n",
    ),
    "all on one line where the others are": (
        "{\n  a: {b: {c: {d: 1}}},\n  e: {f: 1}\n}\n",
        {"/e/g": {"h": {"i": 2}}},
        "{\n  a: {b: {c: {d: 1}}},\n  e: {f: 1, g: {h: {i: 2}}}\n}\n",
    ),
    "an entry beside a padded one": (
        "a: [{ b: 1 }, {}]\n",
        {"/a/1/c": 1},
        "a: [{ b: 1 }, { c: 1 }]\n",
    ),
    "an item as its padded neighbour": (
        "a: [{ b: 1 }]\n",
        {"/a/-": {"c": 1}},
        "a: [{ b: 1 }, { c: 1 }]\n",
    ),
    "an item as the last of its neighbours": (
        "a: [{b: 1}, { b: 2 }]\n",
        {"/a/-": {"c": 1}},
        "a: [{b: 1}, { b: 2 }, { c: 1 }]\n",
    ),
    "an item in an empty list in a padded mapping": (
        "a: { b: [] }\n",
        {"/a/b/-": 1},
        "a: { b: [1] }\n",
    ),
    "an entry in an empty mapping in a padded mapping": (
        "a: { b: { } }\n",
        {"/a/b/c": 1},
        "a: { b: { c: 1 } }\n",
    ),
    "an entry where keys are quoted": ('a: {"c": 1}\n', {"/a/d": 1}, 'a: {"c": 1, "d": 1}\n'),
    "an entry where not all keys are quoted": (
        'a: {b: {x: 1}, "c": 1}\n',
        {"/a/d": 1},
        'a: {b: {x: 1}, "c": 1, d: 1}\n',
    ),
    "an entry before a bracket on the last entry's line": (
        "{\n  a: 1 }\n",
        {"/b": 2},
        "{\n  a: 1,\n  b: 2 }\n",
    ),
    "an entry between a comma and a bracket": (
        "{\n  a: 1,}\n",
        {"/b": 2},
        "{\n  a: 1,\n  b: 2,}\n",
    ),
    "an entry on a line with others": (
        "{\n  a: 1, b: 2 }\n",
        {"/c": 3},
        "{\n  a: 1, b: 2, c: 3 }\n",
    ),
    "an entry on a line of its own, after a tab": (
        "{\n\ta: 1\n}\n",
        {"/b": 2},
        "{\n\ta: 1,\n\tb: 2\n}\n",
    ),
    "an entry spread behind tabs, which may not follow a plain scalar": (
        '{\n\ta: {\n\t\tb: "c"\n\t}\n}\n',
        {"/d": {"e": None}},
        '{\n\ta: {\n\t\tb: "c"\n\t},\n\td: {\n\t\te: null\n        }\n}\n',
    ),
    "an entry above a tab, which may not follow a plain scalar": (
        '{\n\ta: "1"\n\t}\n',
        {"/b": "c"},
        '{\n\ta: "1",\n\tb: c,\n\t}\n',
    ),
    "an entry above a tab in JSON": (
        '{\n\t"a": "1"\n\t}\n',
        {"/b": None},
        '{\n\t"a": "1",\n\t"b": null\n\t}\n',
    ),
    "an item after a comma on a line of its own": (
        "[\n  1\n  # c\n ,\n]\n",
        {"/-": 2},
        "[\n  1\n  # c\n ,\n  2,\n]\n",
    ),
    "an item after a comma below a comment": ("[1 # c\n, ]\n", {"/-": 2}, "[1 # c\n, 2 ]\n"),
    "an item after a comma and a blank": ("{a: [1 ,], b: 1}", {"/a/-": 2}, "{a: [1 , 2], b: 1}"),
    "an item, the comma being that of the next entry": (
        "{a: [1], b: 1}\n",
        {"/a/-": 2},
        "{a: [1, 2], b: 1}\n",
    ),
    "an entry in a pair": ("- [a: 1]\n", {"/0/0/b": 2}, "- [{a: 1, b: 2}]\n"),
}

FLOW_VALUES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a word for a word": ("a: [1, 2]\n", {"/a/1": "v"}, "a: [1, v]\n"),
    "a list for a mapping": ("a: [1, {b: 1}]\n", {"/a/1": [3]}, "a: [1, [3]]\n"),
    "a word for a mapping with a tag": ("a: [1, !!map {b: 1}]\n", {"/a/1": "v"}, "a: [1, v]\n"),
    "a mapping for a tag": ("a: [ ! , 2]\n", {"/a/0": {"b": [1]}}, "a: [ {b: [ 1 ]} , 2]\n"),
    "a word for a value with an anchor": ("{b: &x {}}\n", {"/b": "v"}, "{b: &x v}\n"),
    "a word for an anchor": ("{b: &x , c: 1}\n", {"/b": "v"}, "{b: &x v , c: 1}\n"),
    "a word for an anchor and a tag": (
        "{b: &x !!null , c: 1}\n",
        {"/b": "v"},
        "{b: &x v , c: 1}\n",
    ),
    "in pretty JSON": (
        '{\n  "a": [\n    1,\n    {"b": 1}\n  ]\n}',
        {"/a/1": {"c": 1}, "/a/0": []},
        '{\n  "a": [\n    [],\n    {"c": 1}\n  ]\n}',
    ),
    "in a flow mapping without blanks": (
        'a: {"b":null}\n',
        {"/a/b": {"c": 1}},
        'a: {"b":{"c":1}}\n',
    ),
    "on the line below its key": (
        "{\n  a: # c\n    null,\n  b: 1\n}\n",
        {"/a": {"d": 1}},
        "{\n  a: # c\n    {\n      d: 1\n    },\n  b: 1\n}\n",
    ),
    "in compact JSON": ('{"a":{"b":null}}', {"/a/b": {"c": [1]}}, '{"a":{"b":{"c":[1]}}}'),
    "in JSON with a blank before each colon": (
        '{"a" : null, "b" : 1}',
        {"/a": {"c": 1}},
        '{"a" : {"c" : 1}, "b" : 1}',
    ),
    "in pretty JSON without blanks": (
        '{\n "a":null,\n "b":{\n  "c":1\n }\n}',
        {"/a": {"d": 1}},
        '{\n "a":{\n  "d":1\n },\n "b":{\n  "c":1\n }\n}',
    ),
    "a word in JSON": ('{"a": 1, "b": ["x"]}', {"/a": 'é"'}, '{"a": "é\\"", "b": ["x"]}'),
    "a number in JSON": ('{"a": "x"}', {"/a": 1}, '{"a": 1}'),
    "true in JSON": ('{"a":null}', {"/a": True}, '{"a":true}'),
    "a number for a quoted word": ('{a: "x"}', {"/a": 1}, "{a: 1}"),
    "a word for a quoted word": ('{a: "x"}', {"/a": "v"}, '{a: "v"}'),
}

BLOCK_ITEMS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a word for a mapping": ("- {}\n- 2\n", {"/0": "v"}, "- v\n- 2\n"),
    "an empty list for a mapping with a tag": ("- !!map {}\n- 2\n", {"/0": []}, "- []\n- 2\n"),
    "a list for a mapping": ("- {}\n- 2\n", {"/0": [1]}, "- - 1\n- 2\n"),
    "a mapping for a mapping": (
        "a:\r\n- {a: 1}\r\n- 2\r\n",
        {"/a/0": {"b": 1, "c": 2}},
        "a:\r\n- b: 1\r\n  c: 2\r\n- 2\r\n",
    ),
    "a word for nothing": ("-\n- 2\n", {"/0": "v"}, "- v\n- 2\n"),
    "a mapping for nothing": (
        "- -\n  - 2\n",
        {"/0/0": {"a": 1, "b": 2}},
        "- - a: 1\n    b: 2\n  - 2\n",
    ),
    "a word for nothing, where it ends the text": ("- 1\n-", {"/1": "v"}, "- 1\n- v"),
}

TAGS: dict[str, tuple[str, dict[str, Any], str]] = {
    "a tag that fits stays": ("a: !!str x\n", {"/a": "v"}, "a: !!str v\n"),
    "so does that of a boolean": ("a: !!bool true # c\n", {"/a": False}, "a: !!bool false # c\n"),
    "another goes": ("a: !!int 1\n", {"/a": "v"}, "a: v\n"),
    "a null's too": ("a: !!null null\n", {"/a": "v"}, "a: v\n"),
    "and a word's before a boolean": ("{a: !!str x, b: 1}\n", {"/a": True}, "{a: true, b: 1}\n"),
}

JSON: dict[str, tuple[str, dict[str, Any], str]] = {
    "compact": ('{"a":{"b":1}}', {"/a/c": [2]}, '{"a":{"b":1,"c":[2]}}'),
    "spaced": ('{"a": {}, "b": []}', {"/b/-": {"c": "é"}}, '{"a": {}, "b": [{"c": "é"}]}'),
    "spaced, two in an empty one": ('{"a": {}}', {"/a/b": 1, "/a/c": 2}, '{"a": {"b": 1, "c": 2}}'),
    "pretty": (
        '{\n  "a": [\n    1\n  ]\n}\n',
        {"/a/-": {"b": 2}, "/c": 3},
        '{\n  "a": [\n    1,\n    {\n      "b": 2\n    }\n  ],\n  "c": 3\n}\n',
    ),
    "pretty, an empty one": (
        '{\n  "a": [ ],\n  "b": {}\n}',
        {"/a/-": 1, "/b/c": 2, "/b/d": 3},
        '{\n  "a": [\n    1\n  ],\n  "b": {\n    "c": 2,\n    "d": 3\n  }\n}',
    ),
    "pretty, a null": (
        '{\n  "a": null\n}',
        {"/a": {"b": 1}},
        '{\n  "a": {\n    "b": 1\n  }\n}',
    ),
    "pretty with CRLF and tabs": (
        '{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}\r\n',
        {"/a/c": 2},
        '{\r\n\t"a": {\r\n\t\t"b": 1,\r\n\t\t"c": 2\r\n\t}\r\n}\r\n',
    ),
    "an empty object": ("{}", {"/b": 1, "/c": [2, {}]}, '{"b": 1, "c": [2, {}]}'),
    "commas without a blank": (
        '{"a": 1,"b": 2}',
        {"/c": {"d": 1, "e": 2}},
        '{"a": 1,"b": 2,"c": {"d": 1,"e": 2}}',
    ),
    "colons without a blank": (
        '{"a":1, "b":2}',
        {"/c": {"d": 1, "e": 2}},
        '{"a":1, "b":2, "c":{"d":1, "e":2}}',
    ),
    "compact, an only entry": ('{"a":{}}', {"/a/c": {"d": 1, "e": 2}}, '{"a":{"c":{"d":1,"e":2}}}'),
    "spaced, an only entry": (
        '{"a": {}}',
        {"/a/c": {"d": 1, "e": 2}},
        '{"a": {"c": {"d": 1, "e": 2}}}',
    ),
    "pretty without indentation": (
        '{\n"a": {}\n}',
        {"/a/c": {"d": 1}},
        '{\n"a": {\n  "c": {\n    "d": 1\n  }\n}\n}',
    ),
    "pretty, all of it to the right": (
        ' {\n "a": {}\n }',
        {"/a/c": 1},
        ' {\n "a": {\n   "c": 1\n }\n }',
    ),
    "pretty, four blanks and no other": (
        '{\n    "a":1\n}',
        {"/c": {"d": 1, "e": 2}},
        '{\n    "a":1,\n    "c":{\n        "d":1,\n        "e":2\n    }\n}',
    ),
    "lines within only": (
        '{"a":[\n1\n]}',
        {"/c": {"d": 1, "e": 2}, "/a/-": 3},
        '{"a":[\n1,\n3\n],"c":{"d":1,"e":2}}',
    ),
    "pretty, an element on one line": (
        '{\n  "a": {"b": 1}\n}\n',
        {"/a/c": {"d": 2}},
        '{\n  "a": {"b": 1, "c": {"d": 2}}\n}\n',
    ),
}


G = {"k": "v"}
ANCHORED: dict[str, tuple[str, dict[str, Any], str]] = {
    "a word behind a tag": ("a: &x !!bool no\nb: *x\n", {"/a": "v"}, "a: &x v\nb: *x\n"),
    "a word before a tag": ("a: !!bool &x no\nb: *x\n", {"/a": "v"}, "a: &x v\nb: *x\n"),
    "a word with a tag that may stay": (
        'a: &x ! "n"\nb: *x\n',
        {"/a": "v"},
        'a: &x ! "v"\nb: *x\n',
    ),
    "a block below a key": ("a: &x !!null # c\nb: *x\n", {"/a": G}, "a: &x # c\n  k: v\nb: *x\n"),
    "a block behind a dash": ("- &x # c\n- *x\n", {"/0": G}, "- &x # c\n  k: v\n- *x\n"),
    "a name with a dash": ("- &x-y\n- *x-y\n", {"/0": G}, "- &x-y\n  k: v\n- *x-y\n"),
    "a tag behind a dash": ("- !!null &x\n- *x\n", {"/0": G}, "- &x\n  k: v\n- *x\n"),
    "a word behind a dash": ("- &x\n- *x\n", {"/0": "v"}, "- &x v\n- *x\n"),
    "in a list in brackets": ("[&x , *x]\n", {"/0": G}, "[&x {k: v} , *x]\n"),
    "in a list in brackets, with a tag": ("[&x !!null, *x]\n", {"/0": G}, "[&x {k: v}, *x]\n"),
}


@pytest.mark.parametrize("case", ANCHORED)
def test_an_anchor_stays_in_front_of_another_value(case: str) -> None:
    text, operations, expected = ANCHORED[case]
    tree, (at, value) = parse(text), *operations.items()
    everywhere = {at: value, at.replace("a", "b").replace("0", "1"): value}
    planned = [Operation("replace", path, value) for path, value in everywhere.items()]
    assert splice(tree, planned, verify.patched(construct(tree.root), planned)) == expected


@pytest.mark.parametrize("case", BLOCK)
def test_block_text_looks_like_its_neighbours(case: str) -> None:
    text, operations, expected = BLOCK[case]
    assert spliced(text, operations) == expected


@pytest.mark.parametrize("case", FLOW)
def test_flow_text_looks_like_its_neighbours(case: str) -> None:
    text, operations, expected = FLOW[case]
    assert spliced(text, operations) == expected


@pytest.mark.parametrize("case", JSON)
def test_json_stays_as_it_is_spaced(case: str) -> None:
    text, operations, expected = JSON[case]
    assert spliced(text, operations) == expected


@pytest.mark.parametrize("case", FLOW_VALUES)
def test_a_value_in_flow_text_is_written_as_flow_text(case: str) -> None:
    text, operations, expected = FLOW_VALUES[case]
    assert replaced(text, operations) == expected


@pytest.mark.parametrize("case", BLOCK_ITEMS)
def test_an_item_of_a_block_is_written_behind_its_dash(case: str) -> None:
    text, operations, expected = BLOCK_ITEMS[case]
    assert replaced(text, operations) == expected


@pytest.mark.parametrize("case", TAGS)
def test_a_tag_goes_with_the_value_that_it_was_for(case: str) -> None:
    text, operations, expected = TAGS[case]
    assert replaced(text, operations) == expected


@pytest.mark.parametrize("empty", ["{}", "{ }", "{\n  # c\n}", "{ # c\n  }"])
def test_comments_in_an_empty_mapping_stay(empty: str) -> None:
    text = spliced(f"a: {empty}\nb: 1\n", {"/a/c": "d"})
    assert text.count("#") == empty.count("#")
    assert text.endswith("\nb: 1\n")


@pytest.mark.parametrize("step", range(1, 9))
@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_the_step_and_the_line_break_are_the_documents_own(step: int, line_break: str) -> None:
    text = f"a:\n{' ' * step}b: 1\n".replace("\n", line_break)
    lines = spliced(text, {"/a/c": {"d": {"e": "f"}}}).split(line_break)
    assert lines == [
        "a:",
        f"{' ' * step}b: 1",
        f"{' ' * step}c:",
        f"{' ' * step * 2}d:",
        f"{' ' * step * 3}e: f",
        "",
    ]


@pytest.mark.parametrize(
    "end", ["b: 1", "b: |\n    x", "b: |+\n    x\n", "b: [1]", "b: 1\n  # c", "b: [\n    1\n  ]"]
)
def test_a_file_that_is_cut_within_its_last_crlf_gets_whole_ones(end: str) -> None:
    text = f"a:\n  {end}\n".replace("\n", "\r\n")[:-1]
    for added in ({"/a/c": {"d": ["e"]}}, {"/f": {"g": 1}}, {"/a/b/-": {"h": 1}}):
        if "/a/b/-" in added and "[" not in end:
            continue
        out = spliced(text, added)
        assert out.endswith("\r")
        assert "\r" not in out[:-1].replace("\r\n", "")
        assert out.count("\n") == out.count("\r") - 1


def test_what_would_replace_a_block_is_refused_where_it_stands() -> None:
    with pytest.raises(PatchError, match=r"^a block would have to be replaced$") as caught:
        spliced("a:\n  b: 1\n", {"/a": {"c": 1}})
    assert caught.value.offset == 5


@pytest.mark.parametrize(
    ("text", "offset"),
    [("a:\n- |\n  x", 5), ("a:\n- 1\n- b: >+\n    x", 9), ("a:\n- - |2\n     x", 5)],
)
def test_no_item_is_put_behind_a_text_that_a_line_break_would_change(
    text: str, offset: int
) -> None:
    with pytest.raises(PatchError, match="without a line break ends the text") as caught:
        spliced(text, {"/a/-": 2})
    assert caught.value.offset == offset
    assert caught.value.hint == "end the file with a line break"
    assert spliced(text + "\n", {"/a/-": 2}) == text + "\n- 2\n"


@pytest.mark.parametrize("header", ["|", ">", "|+", "|2"])
@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n", "\n# c\n"])
def test_a_block_scalar_above_keeps_its_content(header: str, tail: str) -> None:
    text = f"a:\n  b: 1\n  c: {header}\n      one\n       two{tail}"
    out = spliced(text, {"/a/d": "e"})
    assert construct(parse(out).root)["a"]["c"] == construct(parse(text).root)["a"]["c"]
    removed = (
        out.replace("  d: e\n", "", 1) if "  d: e\n" in out else out.replace("\n  d: e", "", 1)
    )
    removed = removed if removed != out else out.replace("d: e\n  ", "", 1)
    assert removed == text

"""KYAML: its keys and strings, and how an edit looks in a document of this style.

`make kyaml-oracle` compares them with the library behind `kubectl -o kyaml`.
"""

from typing import Any

from tests.cases import for_each
from transformer.operations import Operation
from transformer.patch import kyaml, verify
from transformer.patch.splice import splice
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.scalars import resolve_key

UNQUOTED = """
    a A_b _ __x app.kubernetes.io/name kube-system é 名 1a 1.2.3 1-2 1/2 2024-13-01 2023-02-29
    2024-001-02 24-01-02 0b2 0xg 1e 1e999 nil none x.inf 10.0.0.1 0xfffffffffffffffff
"""

QUOTED = """
    null Null ~ true True tRue y Y yes n No on OFF t F 0 1 017 089 0o17 0x1F 0b11 1_000 1.5 1._5
    1e5 1e-5 0x1p-2 inf Infinity NaN .inf -.inf _1 _.9 _-1 i_nf 2024-01-02 2024-1-2 0000-02-29
    -a a- .a a. /a a/ a:b a,b a#b a@b *a &a !a %a {a a]b << = é\u0301 ½-
"""


@for_each(UNQUOTED.split())
def test_a_key_that_can_only_be_text_has_no_quotes(key: str) -> None:
    assert kyaml.key(key) == key
    assert resolve_key(key, "", None) == key


@for_each((*QUOTED.split(), "", "a b", " a", "a\tb", 'a"b', "a\\b", "a\nb"))
def test_a_key_that_could_be_something_else_has_quotes(key: str) -> None:
    assert kyaml.key(key) != key
    assert construct(parse(f"{{\n  {kyaml.key(key)}: 1,\n}}").root) == {key: 1}


STRINGS: dict[str, list[str]] = {
    "": ['""'],
    "yes": ['"yes"'],
    'say "a\\b"': [r'"say \"a\\b\""'],
    "a\tb é 😀": ['"a\tb é 😀"'],
    "\r\0\a\b\v\f\x1b\x85\xa0\u2028\u2029": [r'"\r\0\a\b\v\f\e\N\_\L\P"'],
    "\x01\x7f\x80\ufeff\u200b\U000e0001": [r'"\x01\x7f\u0080\ufeff\u200b\U000e0001"'],
    "\n": ['"\\', "   \\n\\", '  "'],
    "a\nb": ['"\\', "   a\\n\\", "   b\\", '  "'],
    "a\n\n  b\n\tc\n": ['"\\', "   a\\n\\", "   \\n\\", "  \\  b\\n\\", "  \\\tc\\n\\", '  "'],
    "a\r\nb ": ['"\\', "   a\\r\\n\\", "   b \\", '  "'],
    "a\n\rb\n\xa0c": ['"\\', "   a\\n\\", "   \\rb\\n\\", "   \\_c\\", '  "'],
}


@for_each(tuple(STRINGS), name=repr)
def test_a_string_is_in_double_quotes_and_a_long_one_has_a_line_for_each_of_its_own(
    text: str,
) -> None:
    lines = kyaml.string_lines(text, "  ")
    assert lines == STRINGS[text]
    for written in ("\n".join(lines), "\r\n".join(lines), kyaml.string(text)):
        assert construct(parse(f"{{\n  a: {written},\n}}").root) == {"a": text}


def edited(text: str, operations: dict[str, Any]) -> str:
    """Return `text` after an `add` for each pointer and value; a `replace` where an item is."""
    tree = parse(text)
    planned = [
        Operation("replace" if path[-1].isdecimal() else "add", path, value)
        for path, value in operations.items()
    ]
    return splice(tree, planned, verify.patched(construct(tree.root), planned))


TERM = {"m": [{"k": "x", "v": ["y"]}]}

# The text, the value for each pointer, and the text that has to come out.
EDITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "an entry behind the last": (
        '{\n  b: "x",\n  a: 1,\n}\n',
        {"/c": "y"},
        '{\n  b: "x",\n  a: 1,\n  c: "y",\n}\n',
    ),
    "entries where the alphabet has them": (
        '{\n  b: "x",\n  d: {\n    z: 1,\n  },\n}\n',
        {"/c": TERM, "/a": None, "/e": [], "/d/w": {}},
        '{\n  a: null,\n  b: "x",\n  c: {\n    m: [{\n      k: "x",\n      v: [\n        "y",\n'
        "      ],\n    }],\n  },\n  d: {\n    w: {},\n    z: 1,\n  },\n  e: [],\n}\n",
    ),
    "the keys of what is added, too, but only if all are sorted": (
        '{\n  a: "x",\n  b: 1,\n}\n',
        {"/c": {"z": 1, "w": 2}},
        '{\n  a: "x",\n  b: 1,\n  c: {\n    w: 2,\n    z: 1,\n  },\n}\n',
    ),
    "as they come, if some are not sorted": (
        '{\n  b: "x",\n  d: {\n    z: 1,\n    w: 2,\n  },\n}\n',
        {"/c": {"z": 1, "w": 2}},
        '{\n  b: "x",\n  d: {\n    z: 1,\n    w: 2,\n  },\n  c: {\n    z: 1,\n    w: 2,\n  },\n}\n',
    ),
    "below the comments of what is above": (
        '{ # 0\n  # 1\n  b: "x", # 2\n  # 3\n  d: 1,\n  # 4\n}\n',
        {"/a": 0, "/c": 0, "/e": 0},
        '{ # 0\n  a: 0,\n  # 1\n  b: "x", # 2\n  c: 0,\n  # 3\n  d: 1,\n  e: 0,\n  # 4\n}\n',
    ),
    "at the end, if its place is on another's line": (
        '{\n  a: "x",\n  b: 1, d: 2,\n  e: 3,\n}\n',
        {"/c": 0},
        '{\n  a: "x",\n  b: 1, d: 2,\n  e: 3,\n  c: 0,\n}\n',
    ),
    "a key in quotes only if it needs them": (
        '{\n  a: {\n    "1": "x",\n  },\n}\n',
        {"/a/no": "y", "/a/k": "z"},
        '{\n  a: {\n    "1": "x",\n    k: "z",\n    "no": "y",\n  },\n}\n',
    ),
    "an item behind others that share lines": (
        '{\n  a: [{\n    b: "x",\n  }],\n}\n',
        {"/a/-": {"b": "y"}},
        '{\n  a: [{\n    b: "x",\n  }, {\n    b: "y",\n  }],\n}\n',
    ),
    "an item behind an empty one": (
        '{\n  a: [{}],\n  b: "x",\n}\n',
        {"/a/-": {"b": "y"}},
        '{\n  a: [{}, {\n    b: "y",\n  }],\n  b: "x",\n}\n',
    ),
    "items on a line each": (
        '{\n  a: [\n    "x",\n  ],\n}\n',
        {"/a/-": "y"},
        '{\n  a: [\n    "x",\n    "y",\n  ],\n}\n',
    ),
    "a list in a list": (
        '{\n  a: "x",\n}\n',
        {"/b": [[1, 2], [], [[3]]]},
        '{\n  a: "x",\n  b: [[\n    1,\n    2,\n  ], [], [[\n    3,\n  ]]],\n}\n',
    ),
    "a list of scalars and collections": (
        '{\n  a: "x",\n}\n',
        {"/b": [1, {"c": 2}]},
        '{\n  a: "x",\n  b: [\n    1,\n    {\n      c: 2,\n    },\n  ],\n}\n',
    ),
    "a string of several lines": (
        '{\n  a: "x",\n  c: [\n    "y",\n  ],\n}\n',
        {"/b": "1\n2", "/c/-": "3\n"},
        '{\n  a: "x",\n  b: "\\\n     1\\n\\\n     2\\\n    ",\n  c: [\n    "y",\n    "\\\n'
        '       3\\n\\\n      ",\n  ],\n}\n',
    ),
    "what fills an empty mapping and an empty list": (
        '{\n  a: {},\n  b: [],\n  c: "x",\n}\n',
        {"/a/d": 1, "/b/-": {"e": 2}},
        '{\n  a: {\n    d: 1,\n  },\n  b: [{\n    e: 2,\n  }],\n  c: "x",\n}\n',
    ),
    "what fills an empty collection with a comment": (
        '{\n  a: { # none\n    # yet\n  },\n  b: [ # none\n  ],\n  c: "x",\n}\n',
        {"/a/d": 1, "/b/-": {"e": 2}},
        "{\n  a: { # none\n    # yet\n    d: 1,\n  },\n  b: [ # none\n    {\n      e: 2,\n    },\n"
        '  ],\n  c: "x",\n}\n',
    ),
    "another value": (
        '{\n  a: 1,\n  b: null,\n  c: "x", # c\n  d: "\\\n     y\\n\\\n    ",\n}\n',
        {"/a": "on", "/b": {"e": "z"}, "/c": "v\n", "/d": True},
        '{\n  a: "on",\n  b: {\n    e: "z",\n  },\n  c: "\\\n     v\\n\\\n    ", # c\n'
        "  d: true,\n}\n",
    ),
    "another item": (
        '{\n  a: [{\n    b: "x",\n  }, {}],\n}\n',
        {"/a/1": {"b": "y"}},
        '{\n  a: [{\n    b: "x",\n  }, {\n    b: "y",\n  }],\n}\n',
    ),
    "four blanks of indentation": (
        '{\n    a: {\n        b: "x",\n    },\n}\n',
        {"/c": {"d": ["y\n"]}},
        '{\n    a: {\n        b: "x",\n    },\n    c: {\n        d: [\n            "\\\n'
        '                 y\\n\\\n                ",\n        ],\n    },\n}\n',
    ),
    "lists as the document has them": (
        '{\n  a: [\n    {\n      b: "x",\n    },\n  ],\n}\n',
        {"/a/-": {"b": "y"}, "/c": [{"d": 1}]},
        '{\n  a: [\n    {\n      b: "x",\n    },\n    {\n      b: "y",\n    },\n  ],\n  c: [\n'
        "    {\n      d: 1,\n    },\n  ],\n}\n",
    ),
    "lists as kubectl has them, where only a comment parts the others": (
        '{\n  a: [\n    # 1\n    {\n      b: "x",\n    },\n  ],\n}\n',
        {"/a/-": {"b": "y"}, "/c": [{"d": 1}]},
        '{\n  a: [\n    # 1\n    {\n      b: "x",\n    },\n    {\n      b: "y",\n    },\n  ],\n'
        "  c: [{\n    d: 1,\n  }],\n}\n",
    ),
    "other flow style inside of KYAML": (
        '{\n  a: {b: x, c: [1]},\n  d: "y",\n}\n',
        {"/a/e": {"h": "z"}, "/a/c/-": 2, "/g": {"h": "z"}},
        '{\n  a: {b: x, c: [1, 2], e: {h: z}},\n  d: "y",\n  g: {\n    h: "z",\n  },\n}\n',
    ),
    "KYAML in the item of a block": (
        '- {\n    a: "x",\n  }\n',
        {"/-": {"a": ["y"]}},
        '- {\n    a: "x",\n  }\n- {\n    a: [\n      "y",\n    ],\n  }\n',
    ),
    "JSON": (
        '{\n  "a": "x",\n  "c": 1\n}\n',
        {"/b": ["y"]},
        '{\n  "a": "x",\n  "c": 1,\n  "b": [\n    "y"\n  ]\n}\n',
    ),
    "a comma after the last element, but other quotes": (
        "{\n  b: x,\n  a: y,\n}\n",
        {"/c": [{"d": "z"}]},
        "{\n  b: x,\n  a: y,\n  c: [\n    {\n      d: z,\n    },\n  ],\n}\n",
    ),
    "quotes around all keys": (
        '{\n  "b": "x",\n  "a": "y",\n}\n',
        {"/c": [{"d": "z"}]},
        '{\n  "b": "x",\n  "a": "y",\n  "c": [\n    {\n      "d": "z",\n    },\n  ],\n}\n',
    ),
}


@for_each(tuple(EDITS))
def test_an_edit_is_in_the_style_of_what_is_near(name: str) -> None:
    text, operations, wanted = EDITS[name]
    assert edited(text, operations) == wanted
    in_crlf = edited(text.replace("\n", "\r\n"), operations)
    assert in_crlf == wanted.replace("\n", "\r\n")

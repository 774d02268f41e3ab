"""YAML text to a tree: the span of every kind of node, and what is refused, where."""

from collections.abc import Iterator

import pytest

from transformer.errors import InputError
from transformer.position import position_at
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.parse_yaml import parse_yaml
from transformer.yamltree.syntax import (
    MAX_DEPTH,
    MAX_EXPANDED,
    MERGE_KEY,
    PLAIN,
    TEXT_OF_NODE,
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
)


def root_of(text: str) -> Node:
    root = parse_yaml(text).root
    assert root is not None
    return root


def at(text: str, *path: str | int) -> Node:
    """Return the node at `path` of keys and indexes, aliases not followed."""
    node = root_of(text)
    for step in path:
        if isinstance(node, Mapping):
            assert isinstance(step, str)
            node = node.entries[node.keys.index(step)][1]
        else:
            assert isinstance(node, Sequence)
            assert isinstance(step, int)
            node = node.items[step]
    return node


def source(text: str, *path: str | int) -> str:
    """Return the text of the node at `path`."""
    node = at(text, *path)
    return text[node.start : node.end]


def refusal(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_yaml(text)
    return caught.value


def nodes_in(node: Node) -> Iterator[Node]:
    yield node
    if isinstance(node, Mapping):
        for key, value in node.entries:
            yield from nodes_in(key)
            yield from nodes_in(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from nodes_in(item)


@pytest.mark.parametrize(
    "text", ["", "\n", "# c\n", "---\n", "---\n# c\n...\n", "\ufeff", "%YAML 1.1\n---\n"]
)
def test_a_document_without_content_has_no_root(text: str) -> None:
    assert parse_yaml(text).root is None


@pytest.mark.parametrize(
    ("text", "style", "content"),
    [
        ("word", PLAIN, "word"),
        ("two words", PLAIN, "two words"),
        ("two\n  lines", PLAIN, "two lines"),
        ("two\n\n  paragraphs", PLAIN, "two\nparagraphs"),
        ("'it''s'", "'", "it's"),
        ('"a\\tb\\u00e9"', '"', "a\tbé"),
        ('"a\n   b\\\n   c"', '"', "a bc"),
        ("|\n  a\n   b", "|", "a\n b"),
        ("|-\n  a", "|", "a"),
        (">\n  a\n  b", ">", "a b"),
        ("| # c\n  a", "|", "a"),
    ],
)
def test_a_scalar_begins_and_ends_with_its_own_text(text: str, style: str, content: str) -> None:
    after = "\n" if style in ("|", ">") else " # c\n"
    for before in ("k: ", "k:\n  - ", "? a\n: ", "k: [{a: b},\n " if after[0] == " " else "k: "):
        shown = text.replace("\n", "\n    ")
        whole = before + shown + ("]" if "[" in before else "") + after
        nodes = [node for node in nodes_in(root_of(whole)) if isinstance(node, Scalar)]
        node = nodes[-1]
        assert whole[node.start : node.end] == shown
        assert (node.style, node.text.rstrip("\n")) == (style, content)


@pytest.mark.parametrize(
    ("header", "tail", "ends_with"),
    [
        ("|", "\n", "a"),
        ("|", "\n\n\n", "a"),
        ("|", "", "a"),
        ("|-", "\n\n", "a"),
        (">", "\n\n# c\n", "a"),
        ("|+", "\n\n\n", "a\n\n\n"),
        ("|+", "\n\n# c\n", "a\n\n"),
        (">+", "\n", "a\n"),
    ],
)
def test_blank_lines_after_a_block_scalar_are_its_own_only_if_kept(
    header: str, tail: str, ends_with: str
) -> None:
    text = f"k: {header}\n  a{tail}"
    assert source(text, "k") == f"{header}\n  {ends_with}"


@pytest.mark.parametrize("header", ["|", ">-", "|+", "|2"])
def test_a_block_scalar_may_be_empty(header: str) -> None:
    for tail in ("", "\n", "\nb: 1\n"):
        node = at(f"k: {header}{tail}", "k")
        assert (node.start, node.end - len(header)) == (3, 3) or header == "|+"
        assert isinstance(node, Scalar)
        assert node.text == ""


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("k:\n", 2),
        ("k: \n", 2),
        ("k: # c\n", 2),
        ("k:\nl: 1\n", 2),
        ("k:\n  # c\n\nl: 1\n", 2),
        ("k:", 2),
        ("? k\n", 3),
        ("? k\n:\n", 5),
        ("? k # c\n? l\n", 3),
    ],
)
def test_an_empty_value_stands_behind_its_colon(text: str, start: int) -> None:
    node = at(text, "k")
    assert isinstance(node, Scalar)
    assert (node.start, node.end, node.text) == (start, start, "")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("{k: }", 4),
        ("{k: , l: 1}", 4),
        ("{k:\n}", 3),
        ("{l: 1, k: # c\n}", 9),
        ("{k}", 2),
        ("{k: \n  , l: 1}", 3),
    ],
)
def test_an_empty_value_in_a_flow_mapping_stands_on_the_line_of_its_key(
    text: str, start: int
) -> None:
    node = at(text, "k")
    assert isinstance(node, Scalar)
    assert (node.start, node.end, node.text) == (start, start, "")


def test_an_empty_item_stands_behind_its_dash() -> None:
    text = "- a\n-\n-  # c\n- b\n"
    assert [(at(text, index).start, at(text, index).end) for index in (1, 2)] == [(5, 5), (7, 7)]


BLOCK = """\
# head
a:
  # below a
  b: 1 # after b
  c:
  - x
  # in c

  - y: z
    # in y
  # end of c
# end of a

d: [1, {e: 2}]
"""


def test_a_block_collection_ends_with_the_content_of_its_last_entry() -> None:
    assert source(BLOCK, "a").endswith("- y: z")
    assert source(BLOCK, "a").startswith("b: 1")
    assert source(BLOCK, "a", "c") == "- x\n  # in c\n\n  - y: z"
    assert source(BLOCK, "a", "c", 1) == "y: z"
    assert source(BLOCK, "d") == "[1, {e: 2}]"
    assert source(BLOCK, "d", 1) == "{e: 2}"
    root = root_of(BLOCK)
    assert BLOCK[root.start : root.end].startswith("a:\n")
    assert BLOCK[root.start : root.end].endswith("{e: 2}]")


@pytest.mark.parametrize(
    "text",
    ["a:\n- 1\n- 2\nb: 3\n", "a:\n  - 1\n  - 2\nb: 3\n", "a:\n-  1\n-  2\nb: 3\n", "a:\n- 1\n- 2"],
)
def test_a_block_sequence_begins_with_its_first_dash(text: str) -> None:
    node = at(text, "a")
    assert isinstance(node, Sequence)
    assert text[node.start] == "-"
    assert text[node.start : node.end].endswith("2")
    assert not node.is_flow


@pytest.mark.parametrize(
    "text", ["{a: 1}", "{ a: 1, }", "{\n  a: 1\n}", '{"a":1}', "[]", "[ ]", "[a, [b]]", "[\n]"]
)
def test_a_flow_collection_has_its_brackets(text: str) -> None:
    for before, after in (("", ""), ("--- ", "\n"), ("# c\n", " # c\n")):
        root = root_of(before + text + after)
        assert isinstance(root, Mapping | Sequence)
        assert root.is_flow
        assert (before + text + after)[root.start : root.end] == text
    assert source(f"k: {text} # c\n", "k") == text


def test_a_pair_in_a_flow_sequence_is_a_mapping_without_braces() -> None:
    node = at("[a: b, c]", 0)
    assert isinstance(node, Mapping)
    assert construct(node) == {"a": "b"}


@pytest.mark.parametrize(
    ("text", "outer", "inner", "tag", "anchor"),
    [
        ("k: !!str 1\n", 3, 9, "tag:yaml.org,2002:str", None),
        ("k: &a 1\n", 3, 6, None, "a"),
        ("k: &a !!int 1\n", 3, 12, "tag:yaml.org,2002:int", "a"),
        ("k: !!int &a 1\n", 3, 12, "tag:yaml.org,2002:int", "a"),
        ("k: !local 1\n", 3, 10, "!local", None),
        ("k: !<tag:x> 1\n", 3, 12, "tag:x", None),
        ("k: ! 1\n", 3, 5, "!", None),
        ("k: &a\n  1\n", 3, 8, None, "a"),
        ("k: &a # c\n  1\n", 3, 12, None, "a"),
        ('k: !!str "1"\n', 3, 9, "tag:yaml.org,2002:str", None),
    ],
)
def test_the_outer_start_of_a_scalar_is_its_anchor_or_tag(
    text: str, outer: int, inner: int, tag: str | None, anchor: str | None
) -> None:
    node = at(text, "k")
    assert isinstance(node, Scalar)
    assert (node.outer, node.start, node.anchor) == (outer, inner, anchor)
    assert node.tag == tag
    assert node.text == "1"


@pytest.mark.parametrize(
    "text", ["k: &a {b: 1}\n", "k: !!map {b: 1}\n", "k: &a !!map {b: 1} # c\n"]
)
def test_the_outer_start_of_a_flow_mapping_is_its_anchor_or_tag(text: str) -> None:
    node = at(text, "k")
    assert isinstance(node, Mapping)
    assert (node.outer, text[node.start : node.end]) == (3, "{b: 1}")


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("k: &a\n  b: 1\n", "b: 1"),
        ("k: !!map # c\n  b: 1\n", "b: 1"),
        ("k: &a\n- 1\n", "- 1"),
        ("k: !!seq\n  - 1\n", "- 1"),
    ],
)
def test_the_outer_start_of_a_block_is_its_anchor_or_tag(text: str, content: str) -> None:
    node = at(text, "k")
    assert not isinstance(node, Alias)
    assert (node.outer, text[node.start : node.end]) == (3, content)


@pytest.mark.parametrize("text", ["k: &a\nl: *a\n", "k: !!null\n", "k: &a # c\n"])
def test_an_empty_value_may_have_an_anchor_or_a_tag(text: str) -> None:
    node = at(text, "k")
    assert isinstance(node, Scalar)
    assert node.outer == 3
    assert node.start == node.end == len(text.split("\n")[0].split(" #")[0])


def test_an_alias_keeps_its_own_span_and_knows_its_target() -> None:
    text = "a: &x {b: 1}\nc: *x # c\nd: [*x , *x]\n"
    alias = at(text, "c")
    assert isinstance(alias, Alias)
    assert text[alias.start : alias.end] == "*x"
    assert alias.target is at(text, "a") or alias.target == at(text, "a")
    assert source(text, "d", 1) == "*x"
    assert parse_yaml(text).has_aliases
    assert not parse_yaml("a: &x 1\n").has_aliases


def test_an_alias_means_the_nearest_anchor_above() -> None:
    assert construct(root_of("a: &x 1\nb: *x\nc: &x 2\nd: *x\n")) == {
        "a": 1,
        "b": 1,
        "c": 2,
        "d": 2,
    }


@pytest.mark.parametrize(
    "text", ["a: &x {b: &x 1, c: *x}\nd: *x\n", "a: &x\n- &x 1\n- *x\nd: *x\n"]
)
def test_an_anchor_within_one_of_the_same_name_is_the_later_one(text: str) -> None:
    value = construct(root_of(text))
    assert value["d"] == 1
    assert 1 in (value["a"] if isinstance(value["a"], list) else value["a"].values())


@pytest.mark.parametrize("text", ['a: {"\\0<<": {b: 1}}\n', '{"a": {"\\u0000<<": {"b": 1}}}'])
def test_no_text_passes_for_a_merge_key(text: str) -> None:
    assert construct(parse(text).root) == {"a": {"\0<<": {"b": 1}}}


def test_a_merge_key_is_told_from_a_quoted_one() -> None:
    node = root_of("a: &a {x: 1}\nb:\n  <<: *a\n  '<<': 2\n")
    assert isinstance(node, Mapping)
    inner = node.entries[1][1]
    assert isinstance(inner, Mapping)
    assert inner.keys == (MERGE_KEY, "<<")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("y", "true"),
        ("off", "false"),
        ("017", "15"),
        ("1.50", "1.5"),
        ("'y'", "y"),
        ('"\\u0061"', "a"),
        ("!!str y", "y"),
        ("? |\n  a\n", "a\n"),
        ("? a b", "a b"),
    ],
)
def test_keys_are_named_as_kubectl_names_them(key: str, name: str) -> None:
    node = root_of(f"{key}\n: 1\n" if key.startswith("?") else f"{key}: 1\n")
    assert isinstance(node, Mapping)
    assert node.keys == (name,)


def test_a_byte_order_mark_counts_in_offsets() -> None:
    text = "\ufeffa: é\nb: [😀, c]\n"
    assert source(text, "a") == "é"
    assert source(text, "b", 0) == "😀"
    assert source(text, "b", 1) == "c"
    assert root_of(text).start == 1
    assert refusal("\ufeffa: [\n").offset is not None
    assert refusal("\ufeffa: *b\n").offset == 4


@pytest.mark.parametrize(
    "above",
    [
        "\ufeff",
        "---\n\ufeff",
        "# c\n\n--- # c\r\n\ufeff",
        "\ufeff---\n\ufeff",
        "\ufeff# c\n\ufeff",
        "\ufeff# c\n---\n\ufeff",
        "# c\n\ufeff---\n\ufeff",
        "# c\n\ufeff# d\n---\n\n\ufeff",
    ],
)
def test_byte_order_marks_of_glued_files_are_skipped(above: str) -> None:
    text = f"{above}a: 1\nb:\n- c\n"
    assert construct(root_of(text)) == {"a": 1, "b": ["c"]}
    assert source(text, "b", 0) == "c"
    assert root_of(text).start == len(above)


def test_a_byte_order_mark_below_content_is_not_skipped_over_what_follows() -> None:
    assert refusal("a: 1\n\ufeffb: 2\n").offset == 6


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_line_breaks_of_all_kinds_count_as_they_are(line_break: str) -> None:
    text = BLOCK.replace("\n", line_break)
    root = root_of(text)
    for node in nodes_in(root):
        piece = text[node.start : node.end]
        assert piece == piece.strip()
    assert text[root.start : root.end].endswith("{e: 2}]")
    assert construct(root) == construct(root_of(BLOCK))


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("a: [1, 2\nb: 3\n", 10),
        ("a: {b: 1\n", 3),
        ("a: b: c\n", 4),
        ("a: 1\n\tb: 2\n", 5),
        ("a: @b\n", 3),
        ("a: 'b\n", 3),
        ("- a\nb: 1\n", 4),
        ("a: *b\n", 3),
        ("a: &x [*x]\n", 7),
        ("a: &x {b: {c: *x}}\n", 14),
        ("? [a]\n: 1\n", 2),
        ("{a: 1}: 2\n", 0),
        ("~: 1\n", 0),
        ("b:\n  null: 1\n", 5),
        ("a: 1\n---\nb: 2\n", 5),
        ("a: 1\n...\nb: 2\n", 9),
        ("a: \x01\n", 3),
    ],
)
def test_an_error_says_where(text: str, offset: int) -> None:
    error = refusal(text)
    assert error.rule == "HN901"
    assert error.offset == offset
    assert error.message


def test_the_start_of_what_never_ends_is_named() -> None:
    error = refusal('a: 1\nb: "never\nends: here\n')
    assert error.offset == 8


@pytest.mark.parametrize(
    ("text", "key", "offset", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "a", 10, 1),
        ("x:\n  a: 1\n  'a': 2\n", "a", 12, 2),
        ("{a: 1, b: 2, a: 3}", "a", 13, 1),
        ("y: 1\ntrue: 2\n", "true", 5, 1),
        ("15: 1\n017: 2\n", "15", 6, 1),
        ("a: &a {}\nb:\n  <<: *a\n  <<: *a\n", "<<", 23, 3),
        ("- b: 1\n  b: 2\n", "b", 9, 1),
    ],
)
def test_a_key_given_twice_is_refused_where_it_comes_again(
    text: str, key: str, offset: int, line: int
) -> None:
    error = refusal(text)
    assert (error.rule, error.offset) == ("HN902", offset)
    assert error.message == f"duplicate key {key!r} in a mapping"
    assert error.other is not None
    assert position_at(text, error.other).line == line


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}")])
def test_depth_has_a_limit(opening: str, closing: str) -> None:
    parse_yaml(opening * MAX_DEPTH + closing * MAX_DEPTH)
    error = refusal(opening * (MAX_DEPTH + 1) + closing * (MAX_DEPTH + 1))
    assert "levels deep" in error.message
    assert error.offset == len(opening) * MAX_DEPTH


def test_blocks_have_the_same_limit_and_no_traceback_beyond() -> None:
    lines = [" " * level + "a:\n" for level in range(5000)]
    assert "levels deep" in refusal("".join(lines)).message
    assert "levels deep" in refusal("- " * 100_000 + "a").message


@pytest.mark.parametrize(
    ("first", "next_one"),
    [
        ("&a0 [1]", "&a{} [*a{}]"),
        ("&a0 {k: 1}", "&a{} {{k: *a{}}}"),
        ("&a0 {k: 1}", "&a{} {{<<: *a{}}}"),
    ],
    ids=["sequences", "mappings", "merge keys"],
)
def test_aliases_may_not_nest_without_bounds(first: str, next_one: str) -> None:
    def chain(length: int) -> str:
        lines = [f"x0: {first}", *(f"x{n}: {next_one.format(n, n - 1)}" for n in range(1, length))]
        return "\n".join(lines) + "\n"

    assert construct(parse_yaml(chain(100)).root)
    with pytest.raises(InputError, match="aliases nest more than 200 levels deep") as caught:
        parse_yaml(chain(420))
    assert caught.value.offset is not None


def test_aliases_may_not_expand_without_bounds() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]\n"]
    for level in range(1, 12):
        aliases = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{aliases}]\n")
    error = refusal("".join(lines))
    assert str(MAX_EXPANDED) in error.message
    assert error.offset is not None
    assert "".join(lines)[error.offset] == "*"


def test_many_modest_aliases_are_fine() -> None:
    text = "a: &a {b: [1, 2, 3]}\n" + "".join(f"k{index}: *a\n" for index in range(500))
    value = construct(root_of(text))
    assert value["k499"] == {"b": [1, 2, 3]}


@pytest.mark.parametrize(
    "text", ["{image: nginx:1.2}", "[http://x:80]", "{a: http://x:80/y, b: [-v, --k=v]}", '{"a":1}']
)
def test_everyday_flow_text_is_read(text: str) -> None:
    assert parse_yaml(text).root is not None


def test_marks_and_directives_around_the_document_are_no_part_of_it() -> None:
    text = "%YAML 1.1\n%TAG !e! tag:e,2000:\n--- # c\na: !e!x 1\n... # c\n# c\n"
    root = root_of(text)
    assert text[root.start : root.end] == "a: !e!x 1"


def test_long_text_counts_for_more_than_one_node_where_an_alias_repeats_it() -> None:
    repeated = "- *a\n" * 1000
    parse_yaml(f"- &a {'x' * 100}\n{repeated}")
    error = refusal(f"- &a {'x' * TEXT_OF_NODE * 100}\n{repeated}")
    assert "expand to more than" in error.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [  # as kubectl 1.37 reads them
        ("[a:]", ["a:"]),
        ("[a:,b]", ["a:", "b"]),
        ("[a:b:, c]", ["a:b:", "c"]),
        ("[2001:db8::, fd00::]", ["2001:db8::", "fd00::"]),
        ("{a:}", {"a:": None}),
        ("{a:,b: c}", {"a:": None, "b": "c"}),
        ("{a: b:, c: d}", {"a": "b:", "c": "d"}),
        ("{a: fd00::}", {"a": "fd00::"}),
        ("{a::, b: c}", {"a::": None, "b": "c"}),
        ("[a\n  b:, c]", ["a b:", "c"]),
        ("[&x a:, *x]", ["a:", "a:"]),
        ("[!!str 1:, ':']", ["1:", ":"]),
        ("{? a:, b: c}", {"a:": None, "b": "c"}),
        ("[a:, '\ue000']", ["a:", "\ue000"]),
        ("x: [a:] # b:,\nz: [c:, d]", {"x": ["a:"], "z": ["c:", "d"]}),
        ("\ufeff[a:, 'é:,']", ["a:", "é:,"]),
    ],
)
def test_a_plain_scalar_in_flow_text_may_end_in_a_colon(text: str, expected: object) -> None:
    assert construct(parse(text).root) == expected


def test_a_scalar_that_ends_in_a_colon_stands_where_it_stands() -> None:
    text = "é: [a, b::, {c:, d: e:}]"
    assert [source(text, "é", index) for index in (0, 1)] == ["a", "b::"]
    assert [key.start for key, _ in at(text, "é", 2).entries] == [13, 17]  # type: ignore[union-attr]
    assert source(text, "é", 2, "d") == "e:"


@pytest.mark.parametrize(
    ("text", "offset", "hint"),
    [
        ("{a:{b: c}}", 3, "put a blank after the colon, or quote the text that it is part of"),
        ("[x:, {a:[b]}]", 8, "put a blank after the colon, or quote the text that it is part of"),
        ("[a:?b]", 2, "quote the text that this colon is part of"),
        ("[a:, b: c: d]", 9, ""),
        ("[a:}", 3, ""),
    ],
)
def test_what_kubectl_refuses_about_a_colon_is_refused_with_advice(
    text: str, offset: int, hint: str
) -> None:
    error = refusal(text)
    assert (error.offset, error.hint) == (offset, hint)


def test_a_large_text_with_many_such_colons_is_refused_in_bounded_time() -> None:
    error = refusal(f"[{'a:, ' * 5000}{'b, ' * 400_000}]")
    assert error.hint == "quote the text that this colon is part of"


def test_a_character_that_is_not_allowed_is_told_where_it_stands_behind_such_colons() -> None:
    text = f"[a:, b:, {'c, ' * 20_000}\x01]"
    assert refusal(text).offset == text.index("\x01")

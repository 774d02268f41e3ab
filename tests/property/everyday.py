"""Documents for the everyday reader, from the plainest to what only nearly is everyday YAML.

    python -m tests.property.everyday [COUNT [SEED]]

compares the reader with libyaml over so many of them, and

    python -m tests.property.everyday FOLDER ...

over the manifests in folders; it says how many the reader takes.
"""

import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from transformer.errors import InputError
from transformer.text.framing import raw_documents
from transformer.yamltree.parse import json_start
from transformer.yamltree.parse_everyday import parse_everyday
from transformer.yamltree.parse_yaml import parse_yaml

_NAMES = (
    *(
        "a",
        "b",
        "name",
        "app.kubernetes.io/name",
        "key-1",
        "a b",
        "é",
        "\U0001f600",
        ".b",
        "_",
        "/x",
    ),
    *("'a'", '"a"', "'it''s'", '"a b"', "a#b", "a:b", "1", "01", "1.5", "0x1f", "1e3", "y", "no"),
)
_ODD_NAMES = (
    *(
        "null",
        "~",
        "''",
        '""',
        "<<",
        "'<<'",
        "-a",
        "- a",
        "?",
        "? a",
        "...",
        "..",
        "... a",
        "...a",
        "---",
    ),
    *("a ", "a:", ":a", "a #", "[a]", "{a: b}", "*a", "&a b", "!!str a", '"\\n"', "%a", "@a", "`a"),
    *("a\tb", "18446744073709551616", "1_000"),
    *("", "a\x85b", "'", '"', "\ufeff", "a\u200bb"),
)
_VALUES = (
    *("a", "a b", "nginx:1.27", "true", "off", "1", "-1", "017", ".5", "1e3", "~", "null", "0o17"),
    *("''", '""', "'it''s'", '"a: b # c"', "'{{ a }}'", "-x", "--flag=a:b", "a#b", "a: b".strip()),
    *("[]", "{}", "[a, b]", "[\"a\", 'b', -c]", "[ a ]", "{a: b}", "{ a: b, 'c': 1 }", "[a b , c]"),
    *("é", "\U0001f600", "2026-01-01", "10.0.0.1", "a\\b", "a'b", 'a"b', "http://x/y?z=1&a", ""),
)
_ODD_VALUES = (
    *("a: b", "a:", "a :b", ":a", "a #b", "a# b", "#a", "- a", "-", "--- a", "---", "...", "? a"),
    *(
        "&a b",
        "*a",
        "!!str a",
        "! a",
        "%a",
        "@a",
        "`a`",
        ",a",
        "]",
        "}",
        "|a",
        "| a",
        ">",
        ">-",
        "|2",
    ),
    *("a\tb", "\ta", "a\t", '"a\\n"', '"a', "'a", "'a'b", '"a"b', "'a'#b", '"a" #b', "[a", "[a]]"),
    *(
        "[a, ]",
        "[, a]",
        "[a,, b]",
        "[a: b]",
        "[a:b]",
        "[{}]",
        "[[]]",
        "{a}",
        "{a: }",
        "{a: b, a: c}",
    ),
    *("{a:b}", '{"a":b}', "{a: b: c}", "[a#b]", "[a #b]", "[-]", "[- a]", "[-a]", "[?a]", "[a?]"),
    *("{<<: a}", "{~: a}", "['a'b]", "[*a]", "[a\t]", "{ }", "[ ]", "[a]#b", "[a] #b", "{a: [b]}"),
    *(
        "a\x85b",
        "a\u2028b",
        "a\u2029",
        "a\xa0b",
        "\xa0",
        "a\x01",
        "a\x7f",
        "a\x9f",
        "\ufeffa",
        "\ufffe",
    ),
    *(
        "=",
        "<<",
        "|",
        "|-",
        "|+",
        "x" * 1100,
        f"[{'a, ' * 400}a]",
        f'"{"x" * 1100}"',
        "|- # c",
        "|#c",
    ),
)
_LONG = ("k" * 999, "k" * 1001, "k" * 1024, "k" * 1025, f"'{'k' * 1100}'", f"[{'a, ' * 400}a]")
_COMMENTS = (
    "",
    "",
    "",
    "",
    " ",
    " # c",
    "  # {{ c }}",
    " #",
    " #\tc",
    "#c",
    "\t# c",
    " # \x85",
    "\t",
)
_LINES = (
    *("", "", "", " ", "    ", "# c", "  # c", "        # c", "#", "#\tc", "\t", " \t# c"),
    *(
        "---",
        "--- ",
        "--- # c",
        "---#",
        "--- a",
        "...",
        "... # c",
        "%YAML 1.1",
        "- ",
        "a",
        "-",
        "? a",
    ),
    *(": a", "\ufeff", "\ufeff# c", "# \u2028", "'", "b: c", "<<: *a", "  - x", "  x: y"),
)
_CONTENT = (
    *("a", "a: b", "- a", "# c", "  deeper", "\ta", "a\t", "'", '"', "{{ .x }}", "a ", ""),
    *("...", "---", " ", "   ", "é", "\x85", "a\x85b", "\u2028", "\x07", "\ufeff", "\xa0", "a\rb"),
)
_ENDS = ("\n",) * 12 + ("\r\n", "\r\n", "\r", "\x85")


class _Written:
    """A document that is being written; `oddity` says how often something odd is in it, 0 to 1."""

    def __init__(self, chance: random.Random, oddity: float) -> None:
        self.chance = chance
        self.oddity = oddity
        self.lines: list[str] = []

    def one(self, plain: tuple[str, ...], odd: tuple[str, ...]) -> str:
        """Return one of the plain choices or, now and then, of the odd ones."""
        if self.chance.random() >= self.oddity:
            return self.chance.choice(plain)
        return self.chance.choice(_LONG if self.chance.random() < 0.02 else odd)

    def block(self, indentation: int, depth: int, head: str = "") -> None:
        """Write a block collection; `head` is what is in its first line already."""
        is_mapping = self.chance.random() < 0.7
        for index in range(self.chance.randint(1, 4)):
            before = head if index == 0 and head else " " * indentation
            if self.chance.random() < self.oddity / 4:
                before += " " * self.chance.choice((1, 1, 2))
            if self.chance.random() < 0.1 and before is not head:
                self.lines.append(self.one(_LINES[:8], _LINES))
            if is_mapping:
                name = self.one(_NAMES, _ODD_NAMES)
                if self.chance.random() < 1 - self.oddity:
                    at = -1 if name[-1:] in ("'", '"') else len(name)
                    name = f"{name[:at]}{index}{name[at:]}"
                colon = self.one((": ", ": ", ":  "), (":", " : ", ":\t", "::"))
                self.value(before + name, colon, indentation, depth)
            else:
                self.item(before, indentation, depth)

    def item(self, before: str, indentation: int, depth: int) -> None:
        """Write an item of a sequence."""
        dash = self.one(("- ", "- ", "-   "), ("-", "-\t", "--", "- - "))
        if depth and self.chance.random() < 0.4:
            self.block(indentation + len(dash), depth - 1, before + dash)
        else:
            self.value(before, dash, indentation, depth)

    def value(self, head: str, mark: str, indentation: int, depth: int) -> None:
        """Write what follows a key or a dash; `mark` is its colon or dash, with blanks."""
        chosen = self.chance.random()
        comment = self.one(_COMMENTS[:7], _COMMENTS)
        if depth and chosen < 0.35:
            self.lines.append(head + mark.rstrip(" ") + comment)
            is_item = mark.startswith("-")
            self.block(
                indentation + self.chance.choice((1, 2, 2, 4) if is_item else (0, 2, 2, 4)),
                depth - 1,
            )
        elif chosen < 0.5:
            header = self.one(("|", "|-", "|+"), ("|2", "|-1", ">", "|+ # c", "|\t"))
            self.lines.append(head + mark + header + comment)
            self.content(indentation + self.one_indentation())
        elif chosen < 0.6:
            self.lines.append(head + mark.rstrip(" ") + comment)
        else:
            self.lines.append(head + mark + self.one(_VALUES, _ODD_VALUES) + comment)

    def one_indentation(self) -> int:
        """Return by how much content is indented."""
        return self.chance.choice((0, 1)) if self.chance.random() < self.oddity else 2

    def content(self, indentation: int) -> None:
        """Write the lines of a literal block."""
        for index in range(self.chance.randint(0 if self.chance.random() < self.oddity else 1, 4)):
            line = self.one(_CONTENT[: 4 if index == 0 else 12], _CONTENT)
            by = self.chance.choice((-1, 1, 2)) if self.chance.random() < self.oddity else 0
            is_bare = not line and self.chance.random() < 0.8
            self.lines.append("" if is_bare else " " * max(indentation + by, 0) + line)
        for _ in range(self.chance.choice((0, 0, 0, 1, 2))):
            self.lines.append(self.one(("", " " * (indentation + 1)), (" ", "\t", "# c")))


def document(chance: random.Random) -> str:
    """Return a document."""
    oddity = chance.choice((0.0, 0.01, 0.03, 0.1, 0.3))
    written = _Written(chance, oddity)
    for _ in range(chance.choice((0, 0, 1))):
        written.lines.append(written.one(("---", "# c", "--- # c"), _LINES))
    written.block(chance.choice((0,) * 8 + (2,)), chance.randint(0, 4))
    lines = written.lines
    while chance.random() < oddity * 2:
        _spoil(lines, chance)
    end = "\r\n" if chance.random() < 0.1 else "\n"
    ends = [chance.choice(_ENDS) if chance.random() < oddity / 4 else end for _ in lines]
    if chance.random() < 0.2:
        ends[-1] = chance.choice(("", " ", "\n\n", "\n ", "\r", "\n\r"))
    return "".join(line + end for line, end in zip(lines, ends, strict=True))


def _spoil(lines: list[str], chance: random.Random) -> None:
    """Change a line, so that the document is nearly what it was."""
    at = chance.randrange(len(lines))
    match chance.randrange(6):
        case 0:
            lines[at] = " " * chance.choice((1, 2)) + lines[at]
        case 1:
            lines[at] = lines[at][chance.choice((1, 2)) :]
        case 2:
            lines.insert(at, chance.choice(_LINES))
        case 3:
            lines.insert(at, chance.choice(lines))
        case 4:
            where = chance.randrange(len(lines[at]) + 1)
            odd = chance.choice((*_ODD_VALUES, *" :-#'\"\t,[]{}|>&*!%@`?~=\\\r\x85\ufeff\x00"))
            lines[at] = lines[at][:where] + odd + lines[at][where:]
        case 5 if len(lines) > 1:
            del lines[at]


def difference(text: str) -> str | None:
    """Return how the everyday reader and libyaml differ over a text, "" if they agree, and None if
    the text is left to libyaml.
    """
    tree = parse_everyday(text)
    if tree is None:
        return None
    try:
        expected = parse_yaml(text)
    except InputError as error:
        return f"{text!r}: libyaml's path refuses it: {error.message}"
    return "" if tree == expected else f"{text!r}:\n{tree.root}\n{expected.root}"


def manifests(folders: Iterable[str]) -> Iterator[str]:
    """Yield the documents of YAML in folders."""
    for folder in folders:
        for path in sorted(Path(folder).rglob("*.y*ml")):
            for raw in raw_documents([path.read_bytes()]) if path.is_file() else ():
                text = raw.data.decode(errors="replace")
                if text.strip() and json_start(text) is None:
                    yield text


def main() -> int:
    """Run the command line and return its exit status."""
    first, *rest = sys.argv[1:] or ["100000"]
    if first.isdecimal():
        chance = random.Random(int(rest[0]) if rest else 1)
        texts: Iterator[str] = (document(chance) for _ in range(int(first)))
    else:
        texts = manifests([first, *rest])
    count = taken = characters = characters_taken = different = 0
    for text in texts:
        found = difference(text)
        count, characters = count + 1, characters + len(text)
        if found is not None:
            taken, characters_taken = taken + 1, characters_taken + len(text)
        if found:
            different += 1
            print(found)
    print(f"{count} documents, {taken} taken ({taken / max(count, 1):.1%}),", end=" ")
    print(f"{characters_taken / max(characters, 1):.1%} of the characters; {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())

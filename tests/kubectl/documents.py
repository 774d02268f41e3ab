"""Small YAML documents of every shape, to ask kubectl about; the same ones each time.

Each is a ConfigMap with something under `probe`. Most are valid; in a few, something is wrong
that a person could get wrong: a tab, an indentation, a bracket, a key that stands twice. What a
document is about is its topic; it has a bit of everything besides.
"""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

COUNT = 300
"""Documents for each topic."""

_WORDS = (
    *(
        "a",
        "b",
        "key",
        "x y",
        "host-network",
        "a/b",
        "nginx:1.2",
        "-c",
        "a#b",
        "http://x/y",
        "é",
        "日本",
    ),
    *(
        "😀",
        "a:b",
        ":x",
        "?x",
        "-",
        "x:",
        "==",
        "=",
        "<<",
        "10.0.0.1",
        "1:30",
        "2020-01-01",
        "128Mi",
    ),
)
_CONSTANTS = (
    *("true", "false", "yes", "No", "on", "OFF", "y", "N", "null", "~", "Null", "tRue", "nil", ""),
    *("0", "1", "-1", "+1", "017", "0o17", "0x1F", "0b11", "1_000", "09", "1.0", ".5", "1.", "1e3"),
    *("-1.5e-3", "1e21", "1e-7", "0.1", "9223372036854775807", "9223372036854775808", "-0", "-0.0"),
    *(
        "18446744073709551615",
        "18446744073709551616",
        "12345678901234567890.5",
        "1e400",
        ".inf",
        ".nan",
    ),
)
_ESCAPES = (
    *(
        r"\n",
        r"\t",
        r"\"",
        r"\\",
        r"\/",
        r"\0",
        r"\x41",
        r"\u00e9",
        r"\U0001F600",
        r"\e",
        r"\_",
        r"\N",
    ),
    *(
        r"\L",
        r"\P",
        r"\a",
        r"\v",
        r"\ ",
        r"\ud83d\ude00",
        r"\ud83d",
        r"\q",
        r"\x4",
        r"\b",
        r"\r",
        "\\\n  ",
    ),
)
_TAGS = (
    *("!!str", "!!int", "!!float", "!!bool", "!!null", "!!map", "!!seq", "!!binary", "!!timestamp"),
    *("!!set", "!!omap", "!x", "!", "!!foo", "!<tag:yaml.org,2002:str>", "!e!x"),
)
_ANCHORS = ("a", "b", "x-1")


class Document(NamedTuple):
    """A document, and what it is about."""

    topic: str
    text: str


class _Text:
    """Writes one document; `wild` is how often something unusual is done, `wrong` something bad."""

    def __init__(self, chance: random.Random, topic: str, wrong: float) -> None:
        self.chance = chance
        self.topic = topic
        self.wrong = wrong
        self.known: list[str] = []
        self.step = chance.choice((2, 2, 2, 2, 1, 3, 4, 8))

    def is_now(self, topic: str, otherwise: float) -> bool:
        """Whether to do what a topic is about: often if it is ours, else `otherwise`."""
        return self.chance.random() < (0.45 if topic == self.topic else otherwise)

    def goes_wrong(self, topic: str = "") -> bool:
        often = 3 if topic == self.topic else 1
        return self.chance.random() < self.wrong * often

    def pick(self, *choices: str) -> str:
        return self.chance.choice(choices)

    # --- scalars ----------------------------------------------------------------------------------

    def number(self) -> str:
        chance = self.chance
        whole = str(chance.randrange(10 ** chance.choice((1, 3, 10, 18, 19, 20, 25))))
        sign = self.pick("", "", "-", "+")
        form = chance.randrange(6)
        if form == 0:
            return f"{sign}{whole}.{chance.randrange(10 ** chance.randint(1, 17))}"
        if form == 1:
            return f"{sign}{whole[:5]}{self.pick('.5', '', '.')}e{chance.randint(-330, 330)}"
        if form == 2:
            return f"{sign}{self.pick('0x', '0o', '0', '0b')}{whole}"
        if form == 3:
            return f"{sign}{'_'.join(whole)}"
        return sign + whole

    def plain(self) -> str:
        if self.is_now("numbers", 0.1):
            return self.number()
        return self.chance.choice(_CONSTANTS if self.chance.random() < 0.4 else _WORDS)

    def single(self, indent: int) -> str:
        parts = [
            self.pick("a", "''", " b", "#c", ": d", "\\n", "é", '"', "\t", "1") for _ in range(3)
        ]
        if self.is_now("folding", 0.1):
            parts.insert(1, self.pick("\n", "\n\n", " \n\t\n") + " " * (indent + 1))
        return f"'{''.join(parts)}'"

    def double(self, indent: int) -> str:
        parts = [self.pick("a", " ", "é", "'", "#", ": ", "1") for _ in range(3)]
        if self.is_now("escapes", 0.15):
            parts += [self.chance.choice(_ESCAPES) for _ in range(2)]
        if self.is_now("folding", 0.1):
            parts.insert(1, self.pick("\n", "\n\n", "\\\n", " \n\t\n") + " " * (indent + 1))
        self.chance.shuffle(parts)
        return f'"{"".join(parts)}"' + ("'" if self.goes_wrong("escapes") else "")

    def several_lines(self, indent: int) -> str:
        lines = [self.pick("a", "b c", "1", "d:e", "f#", "- g", "'h", "- ") for _ in range(2)]
        gap = self.pick("\n", "\n", "\n\n", " \n")
        if self.goes_wrong("folding"):
            gap = self.pick(" # c\n", ": x\n")
        pad = " " * (indent + self.chance.choice((1, 1, 2, 4)))
        return f"{self.pick('x', 'y z', '1', 'true')}{gap}{pad}{(chr(10) + pad).join(lines)}"

    def block_scalar(self, indent: int) -> str:
        """Return `|` or `>` with its lines, from the indicator on."""
        explicit = self.chance.random() < 0.3
        own = self.chance.randint(1, 4)
        header = self.pick("|", ">") + self.pick("", "-", "+")
        if explicit:
            header += str(own if not self.goes_wrong("blocks") else self.chance.randint(0, 9))
        header += self.pick("", "", " # c", " ")
        pad = " " * (indent + own)
        lines = [header]
        for _ in range(self.chance.randint(0, 4)):
            lines.append(
                self.pick(
                    f"{pad}text", f"{pad}a: b", f"{pad} more", f"{pad}\ttab", "", pad,
                    f"{pad}# no comment", f"{pad}--- x", f"{pad}{{a", f"{pad}é",
                )
            )  # fmt: skip
        if explicit:
            lines.insert(1, f"{pad}  first")
        return "\n".join(lines)

    def scalar(self, indent: int, *, flow: bool = False) -> str:
        if self.is_now("quotes", 0.12) or self.is_now("escapes", 0.05):
            return self.chance.choice((self.single, self.double))(indent)
        if not flow and self.is_now("blocks", 0.08):
            return self.block_scalar(indent)
        if not flow and self.is_now("folding", 0.03):
            return self.several_lines(indent)
        text = self.plain()
        if flow and any(mark in text for mark in ",[]{}"):
            return "a"
        return text

    # --- properties, keys, comments ---------------------------------------------------------------

    def properties(self) -> str:
        found = ""
        if self.is_now("tags", 0.02):
            found += self.chance.choice(_TAGS) + self.pick(" ", " ", "  ")
        if self.is_now("anchors", 0.06) or self.is_now("merges", 0.1):
            found += f"&{self.chance.choice(_ANCHORS)} "
            if self.goes_wrong("anchors"):
                self.knows(found)
        return found

    def knows(self, properties: str) -> None:
        """Note that the node with these properties is written, so aliases may name it."""
        self.known += re.findall(r"&(\S+)", properties)

    def alias(self) -> str:
        if self.known and not self.goes_wrong("anchors"):
            return "*" + self.chance.choice(self.known)
        return "*nothing" if self.goes_wrong("anchors") else "v"

    def key(self, indent: int, *, flow: bool = False) -> str:
        if self.is_now("keys", 0.03):
            form = self.chance.randrange(8)
            if form == 0 and self.known:
                return self.alias() + " "
            if form == 1:
                return f"{self.chance.choice(_TAGS[:6])} {self.plain()}"
            if form == 2:
                return self.chance.choice(_CONSTANTS)
            if form == 3:
                return self.number()
            if form == 4:
                return self.pick("'q'", '"d"', "'1'", '"~"', '"a\\nb"', "''")
            if form == 5 and not flow:
                return (
                    f"? {self.pick('k', '[a]', '{a: b}', '|' + chr(10) + ' ' * (indent + 2) + 't')}"
                )
            if form == 6:
                return self.pick("&k k", "k #", "k k", "k: k", "!!null ''")
        if self.is_now("duplicates", 0.0):
            # Not 1 beside '1': of keys that are the same only as text, kubectl takes any.
            return self.pick("d", "d", "'d'", "e", '"d"', "1", "0x1", "true", "y")
        return f"k{self.chance.randrange(1000)}"

    def blank(self, indent: int) -> str:
        """Return lines that mean nothing, between two others."""
        if not self.is_now("comments", 0.05):
            return ""
        pad = " " * self.chance.choice((0, indent, indent + 1, indent + 4))
        if self.is_now("tabs", 0.05):
            pad += "\t"
        return self.pick(f"{pad}# c\n", "\n", f"{pad}\n", f"{pad}#c\n{pad}# d\n", "#\n")

    def tail(self) -> str:
        """Return the end of a line."""
        if self.is_now("tabs", 0.02):
            return self.pick("\t", " \t", "\t# c", "\t\t") + "\n"
        return self.pick("", "", "", " ", " # c", " #", "# c" if self.goes_wrong() else "") + "\n"

    def gap(self) -> str:
        """Return what stands behind a colon or a dash."""
        return (
            self.pick("\t", " \t") if self.is_now("tabs", 0.01) else self.pick(" ", " ", " ", "   ")
        )

    # --- collections ------------------------------------------------------------------------------

    def flow(self, indent: int, depth: int) -> str:
        """Return a flow collection."""
        is_mapping = self.chance.random() < 0.6
        items = []
        for _ in range(self.chance.randint(0, 3)):
            deep = depth > 0 and self.chance.random() < 0.3
            value = self.flow(indent, depth - 1) if deep else self.scalar(indent, flow=True)
            if self.known and (self.is_now("anchors", 0.1) or self.is_now("merges", 0.05)):
                value = self.alias()
            else:
                properties = self.properties()
                value = properties + value
                self.knows(properties)
            if is_mapping:
                value = self.flow_entry(indent, value)
            elif self.is_now("flow", 0.03):
                value = self.pick(f"k: {value}", f"? k : {value}", value)
            items.append(value)
        space = self.pick("", " ", "", "\n" + " " * (indent + 1), " # c\n" + " " * (indent + 1))
        comma = self.pick(",", ", ", " , ", ",\n" + " " * (indent + 1)) if items else ""
        body = comma.join(items) + (
            self.pick(",", ", ") if items and self.is_now("flow", 0.05) else ""
        )
        opening, closing = "{}" if is_mapping else "[]"
        if self.goes_wrong("flow"):
            closing = self.pick("", "]", "}", ",,]")
        return f"{opening}{space}{body}{space}{closing}"

    def flow_entry(self, indent: int, value: str) -> str:
        if self.is_now("merges", 0.02):
            return f"<<: {self.alias() if self.known else '{m: 1}'}"
        if self.is_now("flow", 0.05):
            key = self.pick('"j"', "'s'", "p", "a:b", "?q", "-m")
            colon = self.pick(":", ": ", " : ", "")
            return self.pick(
                f"{key}{colon}{value}", key, f"{key}:", f"? {key}{colon}{value}", f": {value}"
            )
        return f"{self.key(indent, flow=True)}: {value}"

    def node(self, indent: int, depth: int, *, after_dash: bool = False) -> str:
        """Return what follows a `key:` or a dash, to the end of its last line.

        `indent` is that of the collection that it stands in.
        """
        if self.known and (self.is_now("anchors", 0.08) or self.is_now("merges", 0.05)):
            return self.gap() + self.alias() + self.tail()
        properties = self.properties()
        text = self.own_node(indent, depth, properties, after_dash)
        self.knows(properties)
        return text

    def own_node(self, indent: int, depth: int, properties: str, after_dash: bool) -> str:
        if depth <= 0 or self.chance.random() < 0.35:
            text = self.scalar(indent)
            return self.gap() + properties + text + ("\n" if text[:1] in "|>" else self.tail())
        if self.is_now("flow", 0.2):
            return self.gap() + properties + self.flow(indent, 2) + self.tail()
        is_mapping = self.chance.random() < 0.65
        inner = indent + self.step
        if self.is_now("indentation", 0.05):
            inner = indent + self.chance.choice((0, 1, 2, 3, 7))
        if not is_mapping and not after_dash and self.chance.random() < 0.4:
            inner = indent
        body = (self.mapping if is_mapping else self.sequence)(inner, depth - 1)
        if after_dash and not properties and self.chance.random() < 0.6:
            return " " * (inner - indent - 1) + body.lstrip(" ") if inner > indent else " " + body
        return (
            (" " + properties.rstrip() if properties else "")
            + self.tail()
            + self.blank(inner)
            + body
        )

    def mapping(self, indent: int, depth: int) -> str:
        lines = ""
        more = self.topic in ("duplicates", "merges", "keys")
        for _ in range(self.chance.randint(2, 5) if more else self.chance.randint(1, 3)):
            pad = " " * indent
            if self.is_now("indentation", 0.0) and self.goes_wrong("indentation"):
                pad = " " * self.chance.choice((max(indent - 1, 0), indent + 1))
            if self.is_now("tabs", 0.0) and self.goes_wrong("tabs"):
                pad = self.pick("\t", pad + "\t")
            if self.is_now("merges", 0.01):
                lines += f"{pad}<<: {self.merge()}{self.tail()}"
                continue
            key = self.key(indent)
            if key.startswith("? "):
                lines += f"{pad}{key}\n" + self.pick(f"{pad}:{self.node(indent, depth)}", "")
            else:
                colon = self.pick(":", " :") if self.is_now("keys", 0.01) else ":"
                lines += f"{pad}{key}{colon}{self.node(indent, depth)}"
            lines += self.blank(indent)
        return lines

    def merge(self) -> str:
        return self.pick(
            self.alias(), self.alias(), f"[{self.alias()}, {{m: 1}}]", "{m: 1, k1: 2}", "[]",
            f"[{self.alias()}, {self.alias()}]", "x" if self.goes_wrong("merges") else "{}",
        )  # fmt: skip

    def sequence(self, indent: int, depth: int) -> str:
        lines = ""
        for _ in range(self.chance.randint(1, 3)):
            lines += (
                f"{' ' * indent}-{self.node(indent, depth, after_dash=True)}{self.blank(indent)}"
            )
        return lines


def documents(count: int = COUNT) -> Iterator[Document]:
    """Yield `count` documents for each topic; the first of a topic are the same for any count."""
    for topic in _TOPICS:
        chance = random.Random(f"kubectl {topic}")
        for number in range(count):
            text = _Text(chance, topic, 0.02 if number % 3 else 0.0)
            yield Document(topic, _TOPICS[topic](text, f"{topic}-{number}"))


def _usual(text: _Text, name: str) -> str:
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
    return head + text.blank(0) + f"probe:{text.node(0, 4)}"


def _whole_flow(text: _Text, name: str) -> str:
    head = f"apiVersion: v1, kind: ConfigMap, metadata: {{name: {name}}}"
    inner = text.pick("", "\n ", "  ")
    return f"{{{head}, {inner}probe: {text.flow(0, 3)}{inner}}}{text.tail()}"


def _colons(text: _Text, name: str) -> str:
    """Flow text full of colons, many of them before a comma or a bracket."""
    head = f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"
    return f"{head}probe: {_flow_with_colons(text, 2, text.pick('[]', '{}'))}\n"


def _flow_with_colons(text: _Text, depth: int, brackets: str) -> str:
    items = []
    for number in range(text.chance.randint(1, 4)):
        word = f"k{number}" + text.pick(":", "::", ":x:", " x:", "#:", "\n x:", "-:", ":/:", "")
        if depth and text.chance.random() < 0.3:
            inner = _flow_with_colons(text, depth - 1, text.pick("[]", "{}"))
            word = text.pick(inner, f"{word}: {inner}", f"'{word}':{inner}", f"{word}{inner}")
        elif text.chance.random() < 0.4:
            value = text.pick("fd00::", "a:", ":a:", "1:", "'a:'", "&a b:", "!!str a:", "? a:", "")
            word += text.pick(": ", ": ", " : ", ":\n  ", ":") + value
        items.append(word)
    comma = text.pick(",", ", ", " , ", ",\n  ")
    end = text.pick("", "", " ", ",", " # c:\n")
    return f"{brackets[0]}{comma.join(items)}{end}{brackets[1]}"


def _json(text: _Text, name: str) -> str:
    head = f'"apiVersion": "v1", "kind": "ConfigMap", "metadata": {{"name": "{name}"}}'
    space = text.pick("", " ", "\n", "\r\n\t")
    value = _json_value(text, 3)
    above = text.pick("", "", " ", "\n")
    return f'{above}{{{head},{space}"probe":{space}{value}{space}}}{space}'


def _json_value(text: _Text, depth: int) -> str:
    if text.goes_wrong():
        return text.pick(
            "01", "NaN", "+1", "'a'", '"a', "[1,]", '{"a":}', "tru", '"\t"', "1.", "0x1"
        )
    space = text.pick("", " ", "\n")
    if depth and text.chance.random() < 0.5:
        items = [_json_value(text, depth - 1) for _ in range(text.chance.randint(0, 3))]
        if text.chance.random() < 0.5:
            return f"[{space}{f',{space}'.join(items)}{space}]"
        entries = [f'"{text.pick("a", "b", "c", "", "é")}"{space}:{item}' for item in items]
        return f"{{{space}{f',{space}'.join(entries)}{space}}}"
    return text.pick(
        *(
            '"a"',
            '""',
            '"\\u00e9\\n"',
            '"\\ud83d\\ude00"',
            '"\\ud83d"',
            '"\\/"',
            '"é"',
            '"\\u0000"',
        ),
        *('"\\u2028"', '"\u2028"', "true", "null", "0", "-1", "1.5", "1e3", "1E-7", "1e21", "-0"),
        *("9223372036854775808", "123456789012345678901234", "1e400"),
    )


def _marked(text: _Text, name: str) -> str:
    above = text.pick(
        "", "# c\n", "\n", "\ufeff", "%YAML 1.1\n", "%YAML 1.2\n", "%TAG !e! tag:e,2000:\n"
    )
    above += text.pick(
        "---\n", "--- # c\n", "---\t\n", "---\n\n", "--- \n", "---\n# c\n", "---\n\ufeff"
    )
    below = text.pick("", "...\n", "... # c\n", "...\n# c\n", "# c\n", "\n\n", "   \n", "...")
    return above + text.chance.choice((_usual, _whole_flow))(text, name) + below


def _ended(text: _Text, name: str) -> str:
    """Line ends other than a newline, or none at the end."""
    whole = _usual(text, name)
    if text.chance.random() < 0.4:
        whole = whole.rstrip("\n" if text.chance.random() < 0.5 else " \n")
    return whole.replace("\n", text.pick("\r\n", "\r", "\n", "\r\n"))


def _odd_characters(text: _Text, name: str) -> str:
    whole = _usual(text, name)
    at = text.chance.randrange(whole.index("probe:") + 6, len(whole) + 1)
    odd = text.pick(
        "\ufeff",
        "\u2028",
        "\x85",
        "\x07",
        "\x7f",
        "\x00",
        "\ufffe",
        "\u200b",
        "\xa0",
        "@",
        "`",
        "%",
    )
    return whole[:at] + odd + whole[at:]


_TOPICS: Mapping[str, Callable[[_Text, str], str]] = {
    **dict.fromkeys(
        (
            *(
                "numbers",
                "quotes",
                "escapes",
                "folding",
                "blocks",
                "tags",
                "anchors",
                "merges",
                "keys",
            ),
            *("duplicates", "comments", "tabs", "flow", "indentation", "mixed"),
        ),
        _usual,
    ),
    "whole-flow": _whole_flow,
    "json": _json,
    "marked": _marked,
    "line-ends": _ended,
    "odd-characters": _odd_characters,
    "colons": _colons,
}

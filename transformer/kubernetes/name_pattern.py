"""Regular expressions of kustomize (those of Go, RE2), matched against a whole name.

Python's `re` is not used: a pattern from the input could keep it busy for years. Here a part of a
pattern is tried at all positions of the text at once, and the number of steps is limited.
"""

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

_LONGEST = 1000
"""The most characters of a pattern, and the greatest `{n}` (this is the limit of RE2, too)."""

_DIGITS = frozenset(string.digits)
_WORD = frozenset(string.ascii_letters + string.digits + "_")
_SPACE = frozenset("\t\n\f\r ")
_CLASSES = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_ESCAPED = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_POSIX = {
    "alnum": frozenset(string.ascii_letters + string.digits),
    "alpha": frozenset(string.ascii_letters),
    "digit": _DIGITS,
    "lower": frozenset(string.ascii_lowercase),
    "upper": frozenset(string.ascii_uppercase),
    "punct": frozenset(string.punctuation),
    "space": _SPACE | {"\v"},
    "word": _WORD,
    "xdigit": frozenset(string.hexdigits),
}

_Test: TypeAlias = Callable[[str], bool]

_MOST_STEPS = 20_000
"""After so many steps a pattern matches nothing."""

_DEEPEST = 50
"""The maximum depth of groups."""


class _Unsupported(Exception):
    """The pattern is not valid, or uses something that no name needs."""


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """One part of a pattern: `kind` is `char`, `at` (a position), `all`, `any` or `repeat`.

    `at` looks at the characters on both sides; at an end of the text there is none.
    """

    kind: str
    parts: tuple["_Node", ...] = ()
    test: _Test = lambda _: False
    look: Callable[[str, str], bool] = lambda *_: False
    least: int = 0
    most: int | None = None


@lru_cache(maxsize=10_000)
def matches(pattern: str, name: str) -> bool:
    """Whether the pattern matches all of `name`; an empty one matches everything.

    A pattern that kustomize refuses matches nothing.
    """
    if not pattern:
        return True
    node = _compiled(pattern)
    return node is not None and bool(_Matcher(name).ends(node, 1) >> len(name))


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> _Node | None:
    try:
        return _Parser(pattern).parse() if len(pattern) <= _LONGEST else None
    except (_Unsupported, IndexError):
        return None


@dataclass(slots=True)
class _Matcher:
    """Where parts of a pattern can end in a text. Sets of positions are the bits of a number."""

    text: str
    left: int = _MOST_STEPS

    def ends(self, node: _Node, starts: int) -> int:
        """Return where a part can end that begins at any of `starts`."""
        self.left -= 1
        if not starts or self.left < 0:
            return 0
        if node.kind == "char":
            return sum(2 << at for at in _bits(starts) if self._fits(node, at))
        if node.kind == "at":
            return sum(1 << at for at in _bits(starts) if node.look(*self._beside(at)))
        if node.kind == "any":
            found = 0
            for part in node.parts:
                found |= self.ends(part, starts)
            return found
        for part in node.parts if node.kind == "all" else ():
            starts = self.ends(part, starts)
        return starts if node.kind == "all" else self._repeated(node, starts)

    def _fits(self, node: _Node, at: int) -> bool:
        return at < len(self.text) and node.test(self.text[at])

    def _beside(self, at: int) -> tuple[str, str]:
        return self.text[max(at - 1, 0) : at], self.text[at : at + 1]

    def _repeated(self, node: _Node, starts: int) -> int:
        (part,) = node.parts
        for _ in range(node.least):
            starts = self.ends(part, starts)
        found, more = starts, node.most
        while starts and (more is None or more > node.least):
            starts = self.ends(part, starts) & ~found
            found |= starts
            more = more if more is None else more - 1
        return found


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


@dataclass(slots=True)
class _Parser:
    pattern: str
    at: int = 0
    folds: bool = False
    dot_all: bool = False
    depth: int = 0

    def parse(self) -> _Node:
        node = self._any()
        if self.at < len(self.pattern):
            raise _Unsupported  # a ) too many
        return node

    def _peek(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _take(self) -> str:
        self.at += 1
        return self.pattern[self.at - 1]

    def _takes(self, text: str) -> bool:
        if not self.pattern.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def _any(self) -> _Node:
        parts = [self._all()]
        while self._takes("|"):
            parts.append(self._all())
        return _Node("any", tuple(parts))

    def _all(self) -> _Node:
        parts: list[_Node] = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeat(self._one()))
        return _Node("all", tuple(parts))

    def _repeat(self, node: _Node) -> _Node:
        is_repeated = False
        while (limits := self._limits()) is not None:
            if is_repeated:
                raise _Unsupported  # a**
            is_repeated = True
            least, most = limits
            node = _Node("repeat", (node,), least=least, most=most)
            self._takes("?")  # not greedy: that does not matter for a whole name
        return node

    def _limits(self) -> tuple[int, int | None] | None:
        for sign, limits in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._takes(sign):
                return limits
        inside, closing, _ = self.pattern[self.at + 1 :].partition("}")
        least, comma, most = inside.partition(",")
        if self._peek() != "{" or not closing or not least.isdecimal():
            return None  # a { stands for itself
        if comma and most and not most.isdecimal():
            return None
        found = int(least[:5]), int(most[:5]) if most else None if comma else int(least[:5])
        if max(found[0], found[1] or 0) > _LONGEST or (found[1] or found[0]) < found[0]:
            raise _Unsupported
        self.at += len(inside) + 2
        return found

    def _one(self) -> _Node:
        sign = self._take()
        if sign == "(":
            return self._group()
        if sign == "[":
            return _Node("char", test=self._folded(self._choice()))
        if sign == ".":
            dot_all = self.dot_all
            return _Node("char", test=lambda char: dot_all or char != "\n")
        if sign == "^":
            return _Node("at", look=lambda before, _: not before)
        if sign == "$":
            return _Node("at", look=lambda _, after: not after)
        if sign == "\\":
            return self._escaped()
        if sign in "*+?":
            raise _Unsupported
        return _Node("char", test=self._folded(frozenset(sign).__contains__))

    def _group(self) -> _Node:
        before = self.folds, self.dot_all
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Unsupported
        if self._takes("?"):
            if self._takes("P<") or self._takes("<"):
                self.at = self.pattern.index(">", self.at) + 1 if ">" in self.pattern else -1
                if self.at < 0:
                    raise _Unsupported
            elif self._flags() == ")":
                self.depth -= 1
                return _Node("all")  # for the rest of the group around it
        node = self._any()
        if not self._takes(")"):
            raise _Unsupported
        self.folds, self.dot_all = before
        self.depth -= 1
        return node

    def _flags(self) -> str:
        is_on = True
        while (flag := self._take()) not in ":)":
            if flag == "-":
                is_on = False
            elif flag == "i":
                self.folds = is_on
            elif flag == "s":
                self.dot_all = is_on
            elif flag not in "U":
                raise _Unsupported
        return flag

    def _escaped(self) -> _Node:
        sign = self._take()
        if sign in "bB":
            return _Node("at", look=lambda *sides: _is_border(*sides) is (sign == "b"))
        if sign == "A":
            return _Node("at", look=lambda before, _: not before)
        if sign == "z":
            return _Node("at", look=lambda _, after: not after)
        if sign == "Q":
            text, _, _ = self.pattern[self.at :].partition("\\E")
            self.at = min(self.at + len(text) + 2, len(self.pattern))
            chars = [_Node("char", test=self._folded(frozenset(one).__contains__)) for one in text]
            return _Node("all", tuple(chars))
        return _Node("char", test=self._folded(self._class_or_char(sign)))

    def _class_or_char(self, sign: str) -> _Test:
        """Return the test for what stands after a backslash."""
        if sign.lower() in _CLASSES:
            chars = _CLASSES[sign.lower()]
            return chars.__contains__ if sign.islower() else lambda char: char not in chars
        return frozenset(self._char(sign)).__contains__

    def _char(self, sign: str) -> str:
        if sign == "x":
            is_long = self._takes("{")
            digits = self.pattern[self.at :].partition("}")[0] if is_long else self._take_two()
            self.at += len(digits) + 1 if is_long else 0
            try:
                return chr(int(digits, 16))
            except (ValueError, OverflowError):
                raise _Unsupported from None
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign.isascii() and sign.isalnum():
            raise _Unsupported
        return sign

    def _take_two(self) -> str:
        return self._take() + self._take()

    def _choice(self) -> _Test:
        """Return the test for what stands in brackets."""
        is_not = self._takes("^")
        tests: list[_Test] = []
        is_first = True
        while is_first or self._peek() != "]":
            is_first = False
            tests.append(self._member())
        self._take()
        return lambda char: any(test(char) for test in tests) is not is_not

    def _member(self) -> _Test:
        if self._takes("[:"):
            is_not = self._takes("^")
            word, closing, _ = self.pattern[self.at :].partition(":]")
            if not closing or word not in _POSIX:
                raise _Unsupported
            self.at += len(word) + 2
            return lambda char: (char in _POSIX[word]) is not is_not
        sign = self._take()
        if sign == "\\":
            sign = self._take()
            if sign.lower() in _CLASSES:
                return self._class_or_char(sign)
            sign = self._char(sign)
        if self._peek() == "-" and self.pattern[self.at + 1] != "]":
            self._take()
            last = self._take()
            last = self._char(self._take()) if last == "\\" else last
            if last < sign:
                raise _Unsupported
            return lambda char: sign <= char <= last
        return frozenset(sign).__contains__

    def _folded(self, test: _Test) -> _Test:
        """Return the test for either case, after `(?i)`."""
        if not self.folds:
            return test
        return lambda char: test(char) or test(char.lower()) or test(char.upper())


def _is_border(before: str, after: str) -> bool:
    return (before in _WORD) is not (after in _WORD)

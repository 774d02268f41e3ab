"""Patterns for files, folders and objects: the only place where any is matched.

Files and folders are chosen by the patterns of gitignore, with the answers of `git check-ignore`
in a repository whose top is the folder of the configuration. As there, the last pattern that
matches decides, and nothing is taken back below a folder that is chosen. Three differences: `./`
may begin a pattern, `?` is a character rather than a byte, and a path outside of that folder
is matched as an absolute one.

pathspec says whether one pattern matches. How several go together is decided here: its releases
disagree on that, and on negated ones with Git.
"""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from transformer.regexes import regex

if TYPE_CHECKING:
    from pathspec.pattern import Pattern

MAX_WILDCARDS = 4
"""More `*` in one pattern can take minutes over a name that was made for it."""

_WHOLE = regex(r"(?>(?:[^\\\[]|\\.|\[[!^]?+\]?+(?:[^\]\[\\/&|~-]|-(?!-))*\])*)", re.DOTALL)
"""A pattern in which every bracket is closed, and every backslash has something to escape."""

_ANY_DEPTH, _ANYWHERE = 0, -1


class _Compiled(NamedTuple):
    """A pattern, and the depth of the paths that it can match (1: at the top), or one of
    `_ANY_DEPTH` (it matches the last name of a path) and `_ANYWHERE` (it has a `**`).
    """

    pattern: "Pattern"
    depth: int

    def matches(self, path: str) -> bool:
        """Whether it matches `path` itself (a folder ends with a slash), not a folder above it."""
        slashes = path.count("/", 0, -1)
        if self.depth == _ANY_DEPTH:
            path = path[path.rfind("/", 0, -1) + 1 :]
        elif self.depth not in (_ANYWHERE, slashes + 1):
            return False
        found = self.pattern.match_file(path)
        if found is None or "ps_d" not in found.match.re.groupindex:
            return found is not None
        return found.match.end("ps_d") in (-1, len(path))  # the slash of the folder that it matches


def is_chosen(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether patterns choose a file or a folder above it."""
    return bool(outermost(path, patterns))


def outermost(path: str, patterns: tuple[str, ...]) -> str:
    """Return what patterns choose of `path` and the folders above it: the outermost, or nothing.

    A folder ends with a slash. `path` has forward slashes.
    """
    if not patterns:
        return ""
    path = path.removeprefix("./")
    return next((part for part in _from_the_top(path) if _is_chosen_itself(part, patterns)), "")


def _from_the_top(path: str) -> Iterator[str]:
    """Yield the folders above `path`, the outermost first, then `path` itself."""
    at = path.find("/", 1)
    while 0 < at < len(path) - 1:
        yield path[: at + 1]
        at = path.find("/", at + 1)
    if path:
        yield path


@lru_cache(maxsize=4096)
def _is_chosen_itself(path: str, patterns: tuple[str, ...]) -> bool:
    for compiled in _compiled(patterns):
        if compiled.matches(path.removeprefix("/")):
            return bool(compiled.pattern.include)
    return False


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> tuple[_Compiled, ...]:
    """Return the patterns, the last one first: it is the first to be asked."""
    from pathspec import GitIgnoreSpec  # slow to import; only needed with patterns

    plain = [_plain(pattern) for pattern in patterns]
    found = GitIgnoreSpec.from_lines(plain).patterns
    return tuple(map(_Compiled, found, map(_depth, plain)))[::-1]


def _plain(pattern: str) -> str:
    """Return the pattern as Git knows it, in the form that pathspec reads as Git does."""
    pattern = re.sub(r"\A(!?)\./", r"\1/", pattern)
    pattern = re.sub(r"/\*\*(/?)\Z", r"/**/*\1", pattern)  # what is below a folder, not the folder
    # `**/name` is `name`, which pathspec reads better.
    return re.sub(r"\A(!?)/?(?:\*\*/)+(?=[^/#!][^/]*/?\Z)", r"\1", pattern)


def _depth(pattern: str) -> int:
    """Return the depth of a plain pattern, as in `_Compiled`."""
    body = pattern.removeprefix("!").removesuffix("/")
    if "/" not in body:
        return _ANY_DEPTH
    parts = body.removeprefix("/").split("/")
    return _ANYWHERE if "**" in parts else len(parts)


def flaw_of(pattern: str) -> str:
    """Return why a pattern can match nothing, or is refused; an empty string if it is right."""
    if pattern.startswith("#"):
        return 'to git this is a comment: begin with "\\#" if a name does'
    body = re.sub(r"\A!?(\./|/)?", "", pattern.rstrip()).removesuffix("/")
    parts = body.split("/")
    if not {"", ".", ".."}.isdisjoint(parts):
        return "write the path from the folder of the configuration, without empty parts and .."
    wildcards = sum(1 if part == "**" else part.count("*") for part in parts if part != "*")
    if wildcards > MAX_WILDCARDS:
        return f"use at most {MAX_WILDCARDS} wildcards, not counting each * that is a whole name"
    try:
        is_whole = _WHOLE.fullmatch(pattern) is not None and bool(_compiled((pattern,)))
    except (ValueError, re.error):  # such as a range from z to a
        is_whole = False
    return "" if is_whole else "close each bracket; put a backslash before one that is in a name"


def matches_name(name: str, pattern: str) -> bool:
    """Whether a pattern of names matches: `*`, `?` and `[...]`."""
    return fnmatchcase(name, pattern)


def matches_object(reference: str, pattern: str) -> bool:
    """Whether a pattern `Kind/namespace/name` or `Kind/name` matches an object.

    `reference` is one of these too, `Kind/name` for an object without a namespace, or empty. A
    pattern without a namespace matches every namespace.
    """
    kind, *middle, name = reference.split("/") if "/" in reference else ("", reference)
    wanted_kind, *wanted_middle, wanted_name = pattern.split("/")
    namespace = middle[0] if middle else ""
    return (
        matches_name(kind, wanted_kind)
        and matches_name(name, wanted_name)
        and (not wanted_middle or matches_name(namespace, wanted_middle[0]))
    )

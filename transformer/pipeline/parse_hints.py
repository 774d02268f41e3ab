"""Hints for a text that cannot be read, or is not a manifest: separators, blanks, joined files.

Nothing is decided here: hints only improve the message of an error.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from transformer.errors import InputError
from transformer.kubernetes.invisible_characters import STRANGE, strange_blank
from transformer.regexes import regex

_LINE_START = r"(?:\A\ufeff?|(?<=[\r\n])\ufeff?)"

_SEPARATOR = regex(
    rf"{_LINE_START}(?P<marker>-{{3,}}(?:[^\s-]|[{STRANGE}])[^\r\n:]{{0,100}}"
    r"|-{4,}(?=[ \t]*(?:[\r\n]|\Z)))"
)
"""A line that is intended as `---` but is not: text directly after it, or too many dashes."""

_TEMPLATE = regex(rf"{_LINE_START}[^#\r\n]*?\{{[{{%]")
_IN_COMMENT = regex(rf"{_LINE_START}(?:[^#\r\n]*[ \t])?#(?:(?P<ytt>@)|[^\r\n]*\{{[{{%])")

_BELOW = r"[^\r\n]*[\r\n]+(?:#[^\r\n]*[\r\n]+)*(?:apiVersion|kind|metadata):"
_GLUED_HEAD = regex(rf"[^\s\"'{{,\ufeff](?:apiVersion|kind):[ \t]+(?={_BELOW})")
_GLUED_END = regex(rf"[^\s-]---(?=[ \t]*[\r\n])(?={_BELOW})|[^\s#]#(?={_BELOW})")
"""A line that ends with what should begin the next file: its first key, its `---`, or a comment."""


_STRANGE_HEAD = regex(
    rf"(?:\A|(?<=[\r\n]))[ \t]*+(?P<blank>[{STRANGE}]?)[ \t{STRANGE}]*+"
    rf"(?P<key>apiVersion|kind)(?P<behind>[{STRANGE}]?)[ \t{STRANGE}]*+:"
)


class Template(NamedTuple):
    """The offset at which a text shows that it is a template, and which kind of template."""

    offset: int
    what: str
    hint: str


def template(text: str, rule: str) -> Template | None:
    """Return why a text that cannot be read, which `rule` reports, is a template, or None."""
    found = _IN_COMMENT.search(text)
    if found is not None and found["ytt"]:
        hint = "render it first (ytt -f) and transform the result"
        return Template(found.end(), "this is a ytt template", hint)
    found = (_TEMPLATE.search(text) if rule == "HN901" else None) or found
    if found is None:
        return None
    hint = "render it first (helm template, kustomize build) and transform the result"
    return Template(found.end(), "this looks like a template", hint)


def explained(error: InputError, text: str) -> InputError:
    """Return `error`, or the error for an invalid `---` line if there is one above it."""
    offset = len(text) if error.offset is None else error.offset
    found = list(_separators(text, offset))
    if not found:
        return error if error.hint else _explained_by_blank(error, text, offset)
    at, marker = found[-1]
    return replace(
        error,
        message=f"`{marker}` is not a document separator, so two documents run together here",
        offset=at,
        other=found[-2][0] if found[:-1] else error.other,
        hint=_separate(marker),
    )


def _explained_by_blank(error: InputError, text: str, offset: int) -> InputError:
    """Return the error with a hint about an unusual blank that indents its line, or is at the
    beginning or end of the one above.
    """
    end = text.find("\n", offset)
    own, *above = reversed(text[: end if end >= 0 else None].rsplit("\n", 2))
    ends = (
        f"{line.removesuffix(line.lstrip())}{line.rstrip()[-1:]}{line[len(line.rstrip()) :]}"
        for line in above[:1]
    )
    for part in (own, *ends):
        if (blank := strange_blank(part)) is not None:
            where = "this line" if part is own else "the line above"
            return replace(error, hint=f"{blank} in {where}: use an ordinary space")
    return error


class Advice(NamedTuple):
    """What is probably wrong in the line of `offset`, and what to do: the text of the hint is
    `before`, the line, and `after`.
    """

    offset: int
    before: str
    after: str


def advice(text: str) -> Advice | None:
    """Return what is probably wrong in a text that is not a manifest, or None."""
    if (marker := next(_separators(text, len(text)), None)) is not None:
        after = f" is not a document separator: {_separate(marker[1])}"
        return Advice(marker[0], f"`{marker[1]}` ", after)
    for head in _STRANGE_HEAD.finditer(text):
        blank = head["behind"] or head["blank"]
        if blank and blank != "\ufeff":
            before = f"{strange_blank(blank)} next to {head['key']} "
            return Advice(head.start(), before, ": use an ordinary space")
    if (glued := _glued(text)) is not None:
        after = (
            " a file seems to be joined to one without a newline at its end;"
            " end each file with a newline"
        )
        return Advice(glued, "", after)
    return None


def _glued(text: str) -> int | None:
    """Return where a file seems to be joined to one without a newline at its end, or None.

    The text before the first key must be a whole line: an entry of a mapping or of a sequence.
    """
    for pattern in (_GLUED_HEAD, _GLUED_END):
        for found in islice(pattern.finditer(text), _MOST):
            line = text[text.rfind("\n", 0, found.start()) + 1 : found.start() + 1][:_LONG]
            is_entry = ": " in line or "- " in line or pattern is _GLUED_END
            if "#" not in line and is_entry:
                return found.start()
    return None


_MOST, _LONG = 100, 1000
"""Matches that are checked, and characters of each line."""


def _separate(marker: str) -> str:
    return "write `---`" if not marker.strip("-") else "put a newline after `---`"


def _separators(text: str, end: int) -> Iterator[tuple[int, str]]:
    """Yield offset and text of lines that are intended as `---`, up to the line of offset `end`."""
    if "---" not in text:
        return
    for found in _SEPARATOR.finditer(text):
        if found.start("marker") > end:
            return
        yield found.start("marker"), found["marker"].rstrip()

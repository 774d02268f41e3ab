"""Texts in Markdown for a pull request: names as text, and no more than a comment holds.

Names come from manifests, so all that means something in Markdown or HTML is escaped in them. What
mentions people, issues or labels is looked for in the text as it is shown, where an escaped sign is
like any other: there a space of no width follows the sign.
"""

from collections.abc import Iterable, Iterator

from transformer.regexes import regex
from transformer.report.formatting import clean, count

MOST_BYTES = 60_000
"""A comment of GitHub has at most 65,536 characters, and a footer still comes."""

_SPECIAL = regex(r"[\\`*_\[\]<>#!|~&@$%]|:(?=//)|(?<=www)\.|\A[-+=]|(?<=\A[0-9])[.)]")
_MENTIONS = regex(r"(&#(?:33|35|36|37|38|64|126);|\bGH-)(?=[\w\"])")
_APART = "&#8203;"

_COMMAND = regex(
    r"(`(?:(?:hostnet-transform|validate|placement|kubectl) [\w ./=:,-]+|--[\w-]+|kind: \w+)`)"
)
"""What our texts have between backticks, and names do not: commands, options, `---`."""


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is, on one line, and that mentions nobody."""
    plain = _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", clean(text))
    return _MENTIONS.sub(lambda found: found.group() + _APART, plain)


def in_words(line: str) -> str:
    """Return a line of our own, in which a command or an option is between backticks."""
    parts = _COMMAND.split(clean(line))
    return "".join(part if number % 2 else escaped(part) for number, part in enumerate(parts))


def fitting(pieces: Iterable[str], rest: str, size: int = 0) -> Iterator[str]:
    """Yield the pieces that fit in a comment which has `size` bytes already, and how many lines do
    not; `rest` says where they are.
    """
    left = 0
    for lines in pieces:
        size += len(lines.encode("utf-8", "backslashreplace"))
        if size <= MOST_BYTES:
            yield lines
        else:
            left += lines.count("\n")
    if left:
        yield f"\n{count(left, 'further line')} left out, for the size of a comment: {rest}\n\n"

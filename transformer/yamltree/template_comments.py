"""Comments that are program: those of templates that happen to be YAML.

ytt takes its directives from comments that begin with `#@`; Helm and Jinja run what stands in
`{{ }}` and `{% %}`, and people put it into comments so that editors read the rest as YAML.
"""

import re
from bisect import bisect_right

from transformer.yamltree.syntax import Scalar, Tree, scalars

_COMMENT = re.compile(r"(?:\A|(?<=[ \t\r\n\ufeff]))#[^\r\n]*")
_BREAK = re.compile(r"[\r\n]")
_PROGRAM = re.compile(r"#@|[^\r\n]*\{[{%]")


def find_template_comment(tree: Tree) -> tuple[int, str] | None:
    """Return offset and text of the first comment of a document that is program, or None."""
    if not may_have_template_comment(tree.text):
        return None
    spans = [_content(scalar, tree.text) for scalar in scalars(tree.root)]
    starts = [start for start, _ in spans]
    at = 0
    while (found := _COMMENT.search(tree.text, at)) is not None:
        above = bisect_right(starts, found.start()) - 1
        if above >= 0 and found.start() < spans[above][1]:  # in a text, or in a plain scalar
            at = spans[above][1]
        elif _PROGRAM.match(found.group()):
            return found.start(), found.group().rstrip()
        else:
            at = found.end()
    return None


def may_have_template_comment(text: str) -> bool:
    """Whether a text could hold such a comment, by a quick look."""
    return "#@" in text or ("#" in text and ("{{" in text or "{%" in text))


def _content(scalar: Scalar, text: str) -> tuple[int, int]:
    """Return start and end of what a scalar says."""
    start = scalar.start
    if scalar.style in ("|", ">"):  # a comment may follow on the line of its header
        found = _BREAK.search(text, start, scalar.end)
        start = found.start() if found else scalar.end
    return start, scalar.end

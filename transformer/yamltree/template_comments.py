"""Comments that contain template code, in templates that happen to be YAML.

ytt reads its directives from comments that begin with `#@`. Helm and Jinja execute the code in
`{{ }}` and `{% %}`, which people put into comments so that editors read the rest as YAML.
"""

from bisect import bisect_right

from transformer.regexes import regex
from transformer.yamltree.syntax import Scalar, Tree, scalars

_COMMENT = regex(r"(?:\A|(?<=[ \t\r\n\ufeff]))#[^\r\n]*")
_BREAK = regex(r"[\r\n]")
_CODE = regex(r"#@|[^\r\n]*\{[{%]")


def find_template_comment(tree: Tree) -> tuple[int, str] | None:
    """Return offset and text of the first comment with template code in a document, or None."""
    text = tree.text
    if not ("#@" in text or ("#" in text and ("{{" in text or "{%" in text))):
        return None
    spans = [_content(scalar, text) for scalar in scalars(tree.root)]
    starts = [start for start, _ in spans]
    at = 0
    while (found := _COMMENT.search(text, at)) is not None:
        above = bisect_right(starts, found.start()) - 1
        if above >= 0 and found.start() < spans[above][1]:  # inside a scalar
            at = spans[above][1]
        elif _CODE.match(found.group()):
            return found.start(), found.group().rstrip()
        else:
            at = found.end()
    return None


def _content(scalar: Scalar, text: str) -> tuple[int, int]:
    """Return start and end of the content of a scalar."""
    start = scalar.start
    if scalar.style in ("|", ">"):  # its header line may have a comment
        found = _BREAK.search(text, start, scalar.end)
        start = found.start() if found else scalar.end
    return start, scalar.end

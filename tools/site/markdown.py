"""The text of a page as Python-Markdown reads it, and with links that hold in the site.

The pages are written for GitHub. Two things differ there: what belongs to an item of a list is
indented by the width of its marker, not by four spaces; and links lead to any file.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_FENCE = re.compile(r" *(?P<mark>`{3,}|~{3,})")
_ITEM = re.compile(r"(?P<marker>[-*] |\d+\. )")
_NOTE = re.compile(r"^ *<!-- test.*-->\n", re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^\[\]]+)\]\((?P<target>[^()\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:")


class BrokenLinkError(Exception):
    """A link leads to a file that is not in the repository."""


def adapted(text: str, source: str, places: Mapping[str, str], root: Path, repository: str) -> str:
    """Return the text of the page `source`, a path in the repository, for the site.

    `places` has the path of each page in the site, by its path in the repository, which is the
    folder `root`; `repository` is its address, or empty.

    Raises:
        BrokenLinkError: a link leads to no file.
    """

    def link(found: re.Match[str]) -> str:
        return _link(found["text"], found["target"], source, places, root, repository)

    parts = _parts(text)
    return "".join(
        part if is_code else _LINK.sub(link, _NOTE.sub("", part)) for is_code, part in parts
    )


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the text in parts, which are code or not, with items of lists indented by four."""
    fence, width, prose = "", 0, ""
    for line in text.splitlines(keepends=True):
        found, item = _FENCE.match(line), _ITEM.match(line)
        if not fence and line.strip() and not line.startswith(" "):
            width = len(item["marker"]) if item else 0
        if width and line.startswith(" " * width):
            line = " " * 4 + line[width:]
        was_code = bool(fence)
        if found and not fence:
            fence = found["mark"]
        elif found and line.strip() == fence:
            fence = ""
        if was_code or fence:
            if prose:
                yield False, prose
                prose = ""
            yield True, line
        else:
            prose += line
    yield False, prose


def _link(
    text: str,
    target: str,
    source: str,
    places: Mapping[str, str],
    root: Path,
    repository: str,
) -> str:
    """Return a link as it is to be in the site; without an address of the repository, a link to a
    file that is no page becomes the name of the file.
    """
    path, mark, fragment = target.partition("#")
    if not path or _ELSEWHERE.match(target):
        return f"[{text}]({target})"
    wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if wanted in places:
        here = posixpath.dirname(places[source])
        return f"[{text}]({posixpath.relpath(places[wanted], here)}{mark}{fragment})"
    if wanted.startswith("../") or not (root / wanted).exists():
        raise BrokenLinkError(f"{source}: a link to {target}, which is no file")
    if repository:
        return f"[{text}]({repository}/blob/HEAD/{wanted})"
    return text if "`" in text else f"{text} (`{wanted}`)"

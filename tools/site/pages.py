"""Which file of the repository is which page of the site."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
INDEX = "docs/README.md"
RULES = "docs/rules/README.md"

_NAMED = {
    "README.md": "overview.md",  # index.md is the landing page
    INDEX: "pages.md",
    "SECURITY.md": "security.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
}
_OTHERS = ("integrations/README.md", "integrations/*/README.md", "kustomize-plugin/README.md")
_ITEM = re.compile(r"^- \[(?P<title>[^\]]+)\]\((?P<target>[^)#]+)\)", re.MULTILINE)


def pages() -> dict[str, str]:
    """Return the path of each page in the site, by its path in the repository."""
    docs = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md")]
    others = [path.relative_to(ROOT).as_posix() for name in _OTHERS for path in ROOT.glob(name)]
    found = {name: name.removeprefix("docs/") for name in docs} | {name: name for name in others}
    return dict(sorted((found | _NAMED).items()))


def navigation(places: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the navigation: what the index of the documentation lists, in its order.

    Below a page that is the README of a folder are the other pages in that folder.
    """
    nav: list[dict[str, Any]] = [{"Home": "index.md"}, {"Overview": places["README.md"]}]
    text = (ROOT / INDEX).read_text(encoding="utf-8")
    for group in re.split(r"^\*\*", text, flags=re.MULTILINE)[1:]:
        title, _, body = group.partition("**")
        items = [
            {item["title"]: _with_folder(_source(item["target"]), places)}
            for item in _ITEM.finditer(body)
        ]
        nav.append({title: items})
    project = {"All pages": INDEX, "Contributing": "CONTRIBUTING.md", "Changelog": "CHANGELOG.md"}
    nav.append({"The project": [{title: places[name]} for title, name in project.items()]})
    return nav


def _source(target: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(INDEX), target))


def _with_folder(source: str, places: Mapping[str, str]) -> str | list[str | dict[str, str]]:
    """Return a page, or those of the folder whose README it is."""
    folder = posixpath.dirname(source) + "/"
    if posixpath.basename(source) != "README.md":
        return places[source]
    return [places[source], *_inside(folder, source, places)]


def _inside(folder: str, source: str, places: Mapping[str, str]) -> Iterator[str | dict[str, str]]:
    """Yield the other pages of a folder; those of rules by id, since their titles are long."""
    for name, place in places.items():
        if name.startswith(folder) and name != source:
            yield (
                {posixpath.basename(name).removesuffix(".md"): place} if source == RULES else place
            )

"""Pages of placement, and what is in their elements."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from transformer.config.package_data import read
from transformer.report.placement_page import RESOURCES, Parts, render
from transformer.report.placement_page_model import Cluster, views_of

PARTS = Parts(*(read(name).decode() for name in RESOURCES))


def page_of(value: Mapping[str, Any]) -> str:
    return "".join(render(value, PARTS))


class Page(HTMLParser):
    """The elements of a page, the rows of its tables, and the text of its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.raw: dict[str, str] = {}
        self._raw = self._is_cell = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.elements.append((tag, known))
        self._raw = f"{tag} {known.get('type', '')}".strip() if tag in ("script", "style") else ""
        if tag in ("td", "th", "tr", "thead", "tbody", "table", "p"):
            is_row, is_cell = known.get("scope") == "row", tag == "td" and "class" in known
            self._is_cell = tag if is_row or is_cell else ""
            if is_row:
                self.rows.append([""])
            elif is_cell:
                self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "table"):
            self._raw = self._is_cell = ""

    def handle_data(self, data: str) -> None:
        if self._raw:
            self.raw[self._raw] = self.raw.get(self._raw, "") + data
        elif self._is_cell:
            self.rows[-1][-1] += data.strip("\n")

    @property
    def data(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.raw["script application/json"])
        return value

    def attribute(self, tag: str, name: str, **known: str) -> str:
        (value,) = (
            attributes[name]
            for each, attributes in self.elements
            if each == tag and known.items() <= attributes.items()
        )
        assert value is not None
        return value


def in_page(value: Mapping[str, Any]) -> tuple[list[str], Counter[tuple[str, ...]]]:
    """Return the pools of the table that needs no script, and how many workloads have which
    verdicts, `breaks!` for one with an error; none of them is a copy.
    """
    found: Counter[tuple[str, ...]] = Counter()
    for names, *cells in Page(page_of(value)).rows:
        words = [cell.split(" ", 1)[1] for cell in cells]
        found[tuple(words)] += len(re.findall(r"[A-Z]\w+/\w+", names))
    return [pool["name"] for pool in Cluster(value, views_of([value])).pools], found

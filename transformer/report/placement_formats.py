"""The formats of `placement`, each with the module of this folder that renders it.

To add a format, add a module with a function `render(report)` and one line to `FORMATS`. Only the
module of the format that a run asks for is imported.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformer.placements import PlacementReport

FORMATS: Mapping[str, str] = {
    "table": "placement_table",
    "markdown": "placement_markdown",
    "json": "placement_json",
}

PAGE = "html"
"""The format of `placement_page`, which needs package data besides the report."""


def renderer(name: str) -> "Callable[[PlacementReport], Iterator[str]]":
    """Return the function that yields the text of a report in the format `name`."""
    render: Callable[[PlacementReport], Iterator[str]]
    render = import_module(f"transformer.report.{FORMATS[name]}").render
    return render

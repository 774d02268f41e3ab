"""The formats of reports, each with the module of this folder that renders it, and the outputs of
`transform`.

To add a format, add a module with a function `render(report)` and one line to `FORMATS` or to
`PLACEMENT_FORMATS`. Only the module of the format that a run asks for is imported.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformer.placements import PlacementReport
    from transformer.report.report import Report

FORMATS: Mapping[str, str] = {
    "text": "as_console",
    "json": "as_json",
    "sarif": "as_sarif",
    "github": "as_github",
    "gitlab": "as_gitlab",
    "junit": "as_junit",
    "markdown": "as_markdown",
    "rdjsonl": "as_rdjsonl",
}
"""Of `validate`."""

WITH_FIXES = frozenset(("json", "sarif", "rdjsonl"))
"""Those that show the edits that resolve findings."""

PLACEMENT_FORMATS: Mapping[str, str] = {
    "table": "placement_table",
    "markdown": "placement_markdown",
    "json": "placement_json",
}
"""Of `placement`."""

RUN_FORMATS = ("text", "json", "markdown")
"""Of `transform`; `outputs/report_files.py` has what writes them."""

PAGE = "html"
"""The format of `placement_page`, which needs package data besides the report."""

OUTPUTS = ("manifests", "json-patch", "kustomize-patches", "kubectl")
"""What `transform` can print on standard output; `commands/transform.py` has what writes it."""


_BEGINNINGS = (
    b'{\n  "documents": ',  # json
    b'{\n  "$schema": "https://json.schemastore.org/sarif-2.1.0.json"',
    b'[\n  {\n    "description": ',  # gitlab
    b"[]\n",
    b'{"message": ',  # rdjsonl
    b'{\n"version": 1,\n"cluster',  # placement
)
"""How those reports begin that a search of a folder may find, because they are JSON."""


def is_report(head: bytes) -> bool:
    """Whether a file with this beginning is a report of an earlier run, in JSON."""
    return head.startswith(_BEGINNINGS)


def renderer(name: str) -> "Callable[[Report], Iterator[str]]":
    """Return the function that yields the text of a validation report in the format `name`."""
    render: Callable[[Report], Iterator[str]]
    render = import_module(f"transformer.report.{FORMATS[name]}").render
    return render


def placement_renderer(name: str) -> "Callable[[PlacementReport], Iterator[str]]":
    """Return the function that yields the text of a placement report in the format `name`."""
    render: Callable[[PlacementReport], Iterator[str]]
    render = import_module(f"transformer.report.{PLACEMENT_FORMATS[name]}").render
    return render

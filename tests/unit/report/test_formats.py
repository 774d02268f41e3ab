"""The formats of a validation report."""

import re
from importlib import import_module
from pathlib import Path

from transformer.report import formats


def test_every_module_that_renders_a_report_is_a_format() -> None:
    files = Path(formats.__file__).parent.glob("as_*.py")
    modules = {file.stem for file in files}
    renders = {
        name for name in modules if hasattr(import_module(f"transformer.report.{name}"), "render")
    }
    assert set(formats.FORMATS.values()) == renders


def test_each_format_has_a_row_in_the_documents() -> None:
    page = (Path(__file__).parents[3] / "docs/validation.md").read_text("utf-8")
    table = page[page.index("| format | for |") :].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == list(formats.FORMATS)

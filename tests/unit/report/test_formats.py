"""The formats of a validation report."""

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

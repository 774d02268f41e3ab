"""The page of placement in a real browser: Debian's `chromium`, driven by Playwright."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.chromium import launched
from tests.requirements import ROOT, require_module, require_tool
from transformer.config.package_data import read
from transformer.report.placement_page import RESOURCES, Parts, render

SCREENSHOTS = ROOT / ".screenshots"
"""Where screenshots are kept; not in Git."""

AXE = "axe_playwright_python"
"""The package that brings axe-core, of which only the script is used."""


@contextmanager
def browsing() -> Iterator[Any]:
    """Yield a browser, or skip as `require_module` and `require_tool` do."""
    require_module("playwright")
    with launched(require_tool("chromium")) as browser:
        yield browser


def write(value: dict[str, Any], path: Path) -> Path:
    """Write the page of a placement; return its path."""
    parts = Parts(*(read(name).decode() for name in RESOURCES))
    path.write_text("".join(render(value, parts)), encoding="utf-8")
    return path


@contextmanager
def opened(browser: Any, path: Path, fragment: str = "", **context: Any) -> Iterator[Any]:
    """Yield an open page that must log nothing, ask nothing and load nothing but itself."""
    with browser.new_context(**context) as session:
        page = session.new_page()
        heard: list[str] = []
        page.on("console", lambda message: heard.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: heard.append(f"error: {error}"))
        page.on("dialog", lambda dialog: heard.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: heard.append(request.url.partition("#")[0]))
        page.goto(path.as_uri() + fragment)
        yield page
        assert {*heard} == {path.as_uri()}


def axe() -> str:
    """Return the script of axe-core."""
    require_module(AXE)
    spec = find_spec(AXE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).with_name("axe.min.js").read_text(encoding="utf-8")

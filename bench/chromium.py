"""A browser for pages: Debian's `chromium`, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any


def program() -> str | None:
    """Return the path of the browser, if it and what drives it are there."""
    return shutil.which("chromium") if find_spec("playwright") is not None else None


@contextmanager
def launched(program: str) -> Iterator[Any]:
    """Yield a browser without windows, which is the program at a path.

    Raises:
        ImportError: Playwright is not installed.
    """
    playwright = import_module("playwright.sync_api").sync_playwright
    # Root has no sandbox in a container; the browser opens nothing but pages of our own.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=options)
        yield browser
        browser.close()

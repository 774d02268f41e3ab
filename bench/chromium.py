"""A browser for pages: Debian's `chromium`, driven by Playwright."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


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

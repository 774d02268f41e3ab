"""The site: built without a warning, whole, the same offline, and readable on a phone."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.effort import only_in_ci
from tests.integration import pages
from tests.integration.cli_runs import ROOT, invoke
from tests.requirements import require_tool

pytestmark = [only_in_ci, pytest.mark.slow]

PHONE = {"width": 360, "height": 740}


class Document(HTMLParser):
    """What a page refers to, and the ids in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.ids |= {values[name] for name in ("id", "name") if name in values}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif "src" in values or (tag == "link" and "href" in values):
            self.loads.append(values.get("src") or values["href"])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require_tool("mkdocs")
    target = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    variables = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(build, cwd=ROOT, env=variables, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert "WARNING" not in run.stderr
    return target


@pytest.fixture(scope="module")
def documents(site: Path) -> dict[Path, Document]:
    files = sorted(path for path in site.rglob("*.html") if path.name != "404.html")
    assert len(files) > 80
    return {path: Document(path.read_text(encoding="utf-8")) for path in files}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with pages.browsing() as opened:
        yield opened


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    """Return the address of the site on a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_each_link_leads_to_a_place_and_nothing_is_loaded_from_elsewhere(
    documents: dict[Path, Document],
) -> None:
    broken = []
    for path, document in documents.items():
        broken += [f"{path}: loads {url}" for url in document.loads if urlsplit(url).netloc]
        for url in [*document.links, *document.loads]:
            parts = urlsplit(url)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            other = documents.get(target)
            fragment = unquote(parts.fragment)
            is_place = not fragment or other is None or fragment in other.ids
            if not target.is_file() or not is_place:
                broken.append(f"{path}: {url}")
    assert broken == []


def test_no_page_complains_asks_another_host_or_is_wider_than_a_phone(
    site: Path, documents: dict[Path, Document], browser: Any
) -> None:
    faults: list[str] = []
    with browser.new_context(viewport=PHONE) as session:
        page = session.new_page()
        page.on("console", lambda message: faults.append(f"{page.url}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        requests: set[str] = set()
        page.on("request", lambda request: requests.add(request.url))
        for path in documents:
            page.goto(path.as_uri())
            width = page.evaluate("() => document.documentElement.scrollWidth")
            if width > PHONE["width"]:
                faults.append(f"{path}: {width} wide")
    assert faults == []
    outside = ("data:", "blob:", "about:", site.as_uri())
    assert [url for url in requests if not url.startswith(outside)] == []


@pytest.mark.parametrize("scheme", ["file", "http"])
def test_it_can_be_searched(scheme: str, site: Path, served: str, browser: Any) -> None:
    with browser.new_context() as session:
        page = session.new_page()
        page.goto(f"{site.as_uri() if scheme == 'file' else served}/editing.html")
        page.locator("input[name=query]").click()
        page.keyboard.type("HN402")
        page.locator(".md-search-result__link[href*='rules/HN402']").first.click()
        page.wait_for_url("**/rules/HN402.html**")
        assert page.locator("h1").inner_text().startswith("HN402")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_light_or_dark_as_the_system_is(scheme: str, site: Path, browser: Any) -> None:
    with browser.new_context(color_scheme=scheme) as session:
        page = session.new_page()
        page.goto((site / "index.html").as_uri())
        color = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
        red = int(color.partition("(")[2].partition(",")[0])
        assert (red > 127) == (scheme == "light")


def test_the_landing_page_shows_what_the_tool_prints(site: Path, browser: Any) -> None:
    demo = str(ROOT / "testdata" / "demo")
    arguments = (
        "placement",
        "--before-after",
        "--enable",
        "keep-off",
        "--format",
        "markdown",
        demo,
    )
    printed = [
        line for line in invoke(*arguments).out.decode().splitlines() if line.startswith("| ")
    ]
    expected = [
        [cell.strip().replace("**", "") for cell in line.strip("|").split("|")]
        for line in printed
        if "---" not in line
    ]
    with browser.new_context() as session:
        page = session.new_page()
        page.goto((site / "index.html").as_uri())
        rows = "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()))"
        assert page.locator("article table tr").evaluate_all(rows) == expected
        before, after = page.locator(".grid pre code").all_text_contents()
        inserted = page.locator(".grid .hll").all_text_contents()
    assert "hostnetwork" not in before
    assert [
        line for line in after.splitlines() if f"{line}\n" not in inserted
    ] == before.splitlines()
    assert len(inserted) == 4

"""The page of placement: how large it is, and how long a browser needs

Pages of made-up placements: 200 workloads on 10 pools, and 5,000 workloads on 50 pools. The larger
one is opened from a file in headless Chromium, and then filtered by text and by verdict. Wall is
the time until the browser has drawn what it shows, CPU that of the thread of the page, which also
lays out and paints. Without Chromium and Playwright (`make browser`), only sizes are measured.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import chromium
from bench.equality import expect
from bench.figures import Found, Spread, Verdict
from bench.place import Place
from bench.placements import made_up
from transformer.config.package_data import read
from transformer.report.placement_page import RESOURCES, Parts, render

_WORDS = ("breaks", "breaks", "unknown", "unknown")
_SEARCHED = ("c", "ca", "cart", "hn401", "team-01", "")
_DRAWN = "await new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
_OPEN = f"async () => {{ {_DRAWN}; return performance.now() }}"
_TIMED = f"""async (text) => {{
    const start = performance.now();
    %s;
    {_DRAWN};
    return performance.now() - start;
}}"""
_SEARCH = _TIMED % (
    "const field = document.getElementById('search'); field.value = text;"
    " field.dispatchEvent(new Event('input'))"
)
_FILTER = _TIMED % "document.querySelector(`#verdicts button[value=${text}]`).click()"


def measure(place: Place) -> Iterator[Found]:
    """Measure sizes, and times if there is a browser."""
    for workloads, pools, goal in ((200, 10, 0.3), (5000, 50, 5.0)):
        size = (workloads, pools) if not place.is_quick else (workloads // 10, pools // 5)
        path = place.folder / f"{workloads}.html"
        caption = f"{size[0]:,} workloads on {size[1]} pools"
        path.write_text("".join(render(made_up(*size), _parts())), encoding="utf-8")
        yield Verdict(f"{caption}: size", Spread.of([path.stat().st_size / 1e6]), " MB", goal)
    program = chromium.program()
    if program is not None:
        yield from _timed(caption, path, program, place)


def _parts() -> Parts:
    return Parts(*(read(name).decode() for name in RESOURCES))


def _timed(caption: str, path: Path, program: str, place: Place) -> Iterator[Verdict]:
    rounds = range(place.size(3, 1))
    with chromium.launched(program) as browser:
        opened = []
        for _ in rounds:
            page = browser.new_page()
            thread = _Thread(page)
            page.goto(path.as_uri())
            opened.append((page.evaluate(_OPEN), thread.taken()))
        count = page.inner_text("#count")
        expect(f"{caption.split()[0]} of" in count, f"the page says: {count}")

        def timed(script: str, *given: str) -> list[tuple[float, float]]:
            page.evaluate(script, given[0])  # the first time, the script is compiled
            thread.taken()
            return [(page.evaluate(script, one), thread.taken()) for _ in rounds for one in given]

        searched = timed(_SEARCH, *_SEARCHED)
        filtered = timed(_FILTER, *_WORDS)
    goals = (("to open", opened, 2.0), ("to search", searched, 0.2), ("to filter", filtered, 0.2))
    for what, found, goal in goals:
        for measure, figures in zip(("wall", "CPU"), zip(*found, strict=True), strict=True):
            seconds = Spread.of(milliseconds / 1000 for milliseconds in figures)
            yield Verdict(f"{caption}: {measure}, {what}", seconds, " s", goal)


class _Thread:
    """The processor time that the thread of a page takes."""

    def __init__(self, page: Any) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = 0.0
        self.taken()

    def taken(self) -> float:
        """Return how many milliseconds it took since it was last asked."""
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        (now,) = (each["value"] for each in metrics if each["name"] == "TaskDuration")
        before, self._before = self._before, now
        return float(now - before) * 1000

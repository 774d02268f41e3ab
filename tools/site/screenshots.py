"""Take pictures of the built site in Chromium, to look at: `make screenshots`.

python -m tools.site.screenshots SITE FOLDER
"""

import shutil
import sys
from pathlib import Path

from bench.chromium import launched

PAGES = {"landing": "index.html", "reference": "validation.html", "rule": "rules/HN402.html"}
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")


def take(site: Path, folder: Path) -> None:
    """Write a picture of each page, in each width and colour scheme, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is not on PATH")
    with launched(program) as browser:
        for name, page in PAGES.items():
            for device, (width, height) in WIDTHS.items():
                for scheme in SCHEMES:
                    size = {"width": width, "height": height}
                    view = browser.new_page(viewport=size, color_scheme=scheme)
                    view.goto((site / page).resolve().as_uri())
                    target = folder / f"{name}-{device}-{scheme}.png"
                    view.screenshot(path=target, full_page=name != "reference")
                    view.close()
                    print(target)


if __name__ == "__main__":
    take(*map(Path, sys.argv[1:3]))

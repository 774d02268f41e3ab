"""Write what schemastore.org lists of our schemas: editors know files by their names from it.

    python -m tools.schema_store FILE

The entries lack `url`, and cannot be proposed there yet, while `Repository` of [project.urls] in
pyproject.toml names no repository on GitHub. The `$id` of a schema stays what it is, a name.

Source: SchemaStore, src/schema-catalog.json: `name`, `description`, `fileMatch`, `url`.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tools.project_urls import urls
from transformer.config.first_files import BASELINE
from transformer.config.package_data import SUFFIX, schemas
from transformer.config.resolve import NAME

FILES = {"config": (NAME,), "baseline": (BASELINE,)}
"""Files that people edit, by the name of their schema."""

_ON_GITHUB = r"https://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?"


def entries(address: str) -> list[dict[str, Any]]:
    """Return the entries; with `url` if `address` is that of a repository on GitHub."""
    found = re.fullmatch(_ON_GITHUB, address)
    root = f"https://raw.githubusercontent.com/{found[1]}/HEAD/schemas/" if found else ""
    known = schemas()
    return [
        {
            "name": known[name]["title"],
            "description": known[name]["description"],
            "fileMatch": list(files),
            **({"url": f"{root}{name}{SUFFIX}"} if root else {}),
        }
        for name, files in FILES.items()
    ]


def main(target: Path) -> None:
    """Write the entries to a file, and say what is missing."""
    found = entries(urls().get("Repository", ""))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"schemas": found}, indent=2) + "\n", encoding="utf-8")
    if "url" not in found[0]:
        message = "without addresses: Repository of [project.urls] names no repository on GitHub"
        print(message, file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""The version of the tool: pyproject.toml has it, and the other files that name it follow.

python -m tools.version        print it, and fail if another file names another one
python -m tools.version 0.3.0  set it everywhere; then run `make sbom`
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PLACES = {
    "pyproject.toml": r'^version = "(.*)"$',
    "transformer/config/templates/hooks.yaml": r"^  rev: v(.*)$",
    "transformer/cli/subcommands.py": r"hostnet-transform@v(\S+)$",
    "transformer/commands/init.py": r"\{given\}@v([^\"]+)\"",
    "integrations/helm/hostnet-transform/plugin.yaml": r"^version: (.*)$",
    "docs/pre-commit.md": r"^  rev: v(.*)$",
    "integrations/argocd/README.md": r"newTag: v(.*)-argocd",
    "integrations/github/README.md": r"`@v(\S+)` is release",
    "integrations/kpt/README.md": r"hostnet-transform:v([^\"]+)",
    "docs/fleet.md": r"hostnet-transform:v(.*)$",
    "docs/install.md": r"(?:hostnet-transform[=-]=?|@v|rev: v|:v)(\d+\.\d+\.\d+)",
}
"""Files that name the version, each with how: the group is the version."""


def project() -> dict[str, str]:
    """Return the `[project]` table of pyproject.toml, of which `version` is the version."""
    table: dict[str, str] = tomllib.loads(_read("pyproject.toml"))["project"]
    return table


def named() -> dict[str, set[str]]:
    """Return the versions that each file names, by file."""
    return {name: set(re.findall(how, _read(name), re.M)) for name, how in PLACES.items()}


def set_everywhere(version: str) -> None:
    """Write another version into each file that names one."""
    for name, how in PLACES.items():
        text = re.sub(how, lambda found: _with(found, version), _read(name), flags=re.M)
        (ROOT / name).write_text(text, encoding="utf-8")


def _with(found: re.Match[str], version: str) -> str:
    start, end = found.start(1) - found.start(), found.end(1) - found.start()
    return found[0][:start] + version + found[0][end:]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def notes(version: str) -> str:
    """Return what CHANGELOG.md says of a version; nothing if it has no section."""
    how = rf"^## \[{re.escape(version)}\].*\n((?:(?!## ).*\n?)*)"
    found = re.search(how, _read("CHANGELOG.md"), re.M)
    return found[1].strip() + "\n" if found else ""


def differences(tag: str | None) -> list[str]:
    """Return what names another version than pyproject.toml; with a tag, what a release lacks."""
    version = project()["version"]
    lines = [
        f"{name} names {', '.join(sorted(found)) or 'none'}, not {version}"
        for name, found in named().items()
        if found != {version}
    ]
    if tag is not None and tag != f"v{version}":
        lines.append(f"the tag {tag} is not v{version}")
    if tag is not None and not notes(version):
        lines.append(f"CHANGELOG.md has no section [{version}]")
    return lines


def main() -> int:
    """Run the command line and return its exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("version", nargs="?")
    parser.add_argument("--tag")
    parser.add_argument("--notes", action="store_true")
    options = parser.parse_args()
    if options.version is not None:
        if not re.fullmatch(r"\d+\.\d+\.\d+", options.version):
            parser.error(f"{options.version!r} is no version, such as 0.3.0")
        set_everywhere(options.version)
    version = project()["version"]
    print(notes(version) if options.notes else version)
    lines = differences(options.tag)
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())

"""Generate docs/rules/ from the rules: `make docs`."""

from pathlib import Path

from transformer.commands.explain import rule_pages

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"


def main() -> None:
    """Write the pages, and remove those of rules that are no more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    pages = rule_pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, "utf-8", newline="\n")


if __name__ == "__main__":
    main()

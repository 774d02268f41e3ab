"""The examples in the documents are run, and links followed, so that they cannot rot.

A fenced block under `<!-- test -->` is run: shell blocks must end with status 0 (with 1 under
`<!-- test: 1 -->`; `<!-- test: kustomize -->` takes that program), and what a block prints, to
standard output and standard error together, must be the block `text`, `diff` or `markdown` that
follows it: a line `...` stands for any lines. `before` and `after` mark the two halves of a
transformation. The blocks of a document are run in their order, each in the folder in which the one
before ended; the first is in a folder that holds a copy of the examples.

HOSTNET_GOLDEN=rewrite writes what is printed into the documents, except where there is a `...`.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.requirements import has_go_tool
from transformer import transform

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(ROOT.glob("docs/*.md")),
    *(ROOT / "kustomize-plugin/README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"),
]
DOCUMENTS = [
    str(page.relative_to(ROOT))
    for page in PAGES
    if re.search(r"^<!-- test", page.read_text(encoding="utf-8"), re.MULTILINE)
]

_BLOCK = re.compile(
    r"^<!-- test(?:: (?P<mark>\w+))? -->\n```(?P<language>\w+)\n(?P<text>.*?)^```\n"
    r"(?:\n```(?:text|diff|markdown)\n(?P<printed>.*?)^```\n)?",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """A marked block of a document, and what it prints if the document says so."""

    document: str
    line: int
    mark: str
    language: str
    text: str
    printed: str | None


def _blocks() -> list[Block]:
    found = []
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        for match in _BLOCK.finditer(text):
            line = text.count("\n", 0, match.start("text")) + 1
            mark = match["mark"] or "0"
            found.append(
                Block(document, line, mark, match["language"], match["text"], match["printed"])
            )
    return found


BLOCKS = _blocks()


def test_every_mark_belongs_to_a_block() -> None:
    marks = sum(
        (ROOT / document).read_text(encoding="utf-8").count("<!-- test") for document in DOCUMENTS
    )
    assert marks == len(BLOCKS)
    assert {block.language for block in BLOCKS} == {"sh", "python", "yaml"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_to_a_page_and_a_heading(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for file, heading in re.findall(r"\]\((?!http)([^)#]*)(?:#([^)]+))?\)", text):
        target = page.parent / file if file else page
        assert target.exists(), file
        assert not heading or heading in _anchors(target), f"{file}#{heading}"


def _anchors(page: Path) -> set[str]:
    """Return the headings of a page as GitHub makes anchors of them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_examples_end_and_print_as_the_document_says(document: str, tmp_path: Path) -> None:
    for example in ("testdata/demo", "testdata/day-one", "kustomize-plugin/examples"):
        shutil.copytree(ROOT / example, tmp_path / example)
    folder = tmp_path
    for block in BLOCKS:
        if block.document != document or block.language == "yaml":
            continue
        if block.mark == "kustomize" and not has_go_tool("kustomize"):
            continue
        place = f"{document}:{block.line}"
        done, folder = _run(block, folder, home=tmp_path)
        assert done.returncode == int(block.mark == "1"), f"{place}: {done.stdout}"
        assert "Traceback" not in done.stdout, place
        if block.printed is not None and not _is_said(done.stdout, block.printed):
            assert _is_rewritten(block, done.stdout) or done.stdout == block.printed, place


def _is_said(printed: str, said: str) -> bool:
    """Whether a document says what is printed; a line `...` stands for any lines."""
    parts = map(re.escape, re.split(r"^\.\.\.\n", said, flags=re.MULTILINE))
    return re.fullmatch(r"(?:.*\n)*".join(parts), printed) is not None


def _is_rewritten(block: Block, printed: str) -> bool:
    """Write what is printed into the document, if that is asked for."""
    said = block.printed or ""
    if os.environ.get("HOSTNET_GOLDEN") != "rewrite" or "\n...\n" in f"\n{said}":
        return False
    assert "CI" not in os.environ, "expectations are not rewritten in CI"
    page = ROOT / block.document
    old = rf"({re.escape(block.text)}```\n\n```\w+\n){re.escape(said)}```\n"
    text = page.read_text(encoding="utf-8")
    new = re.sub(old, lambda found: f"{found[1]}{printed}```\n", text, count=1)
    page.write_text(new, encoding="utf-8")
    return new != text


def test_before_becomes_after() -> None:
    before, after = (
        next(block.text for block in BLOCKS if block.mark == mark) for mark in ("before", "after")
    )
    assert transform(before.encode()).data.decode() == after


def _run(
    block: Block, folder: Path, *, home: Path
) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Run a block in `folder`, with the tool under test on PATH, and return where it ended."""
    programs = Path(sys.executable).parent
    path = os.pathsep.join([str(programs), os.environ.get("PATH", "")])
    ended = home / ".ended"
    command = [sys.executable, "-c", block.text]
    if block.language == "sh":
        command = ["bash", "-e", "-c", f"trap 'pwd > \"{ended}\"' EXIT\n{block.text}"]
    person = {f"GIT_{who}_{what}": "you" for who in ("AUTHOR", "COMMITTER") for what in _OF_GIT}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **person, "PATH": path, "HOME": str(home), "XDG_CONFIG_HOME": ""},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done, Path(ended.read_text().strip()) if block.language == "sh" else folder


_OF_GIT = ("NAME", "EMAIL")
"""What Git asks of who commits."""

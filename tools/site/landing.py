"""The landing page, with what the tool really prints for the example in testdata/demo."""

import re
import subprocess
import sys
from difflib import SequenceMatcher
from pathlib import Path
from string import Template

from tools.site.pages import ROOT

_TOOL = Path(sys.executable).with_name("hostnet-transform")
_DEMO = ROOT / "testdata" / "demo"
_PLACEMENT = ("placement", "--before-after", "--enable", "keep-off")
_VERDICTS = ("breaks!", "breaks", "unknown", "kept off", "runs", "cannot")
_IS_VERDICT = re.compile(rf"\*{{0,2}}({'|'.join(map(re.escape, _VERDICTS))})\*{{0,2}}")


def files() -> dict[str, str]:
    """Return the landing page and the page of `placement` that it leads to, by path."""
    text = _printed(*_PLACEMENT, "--format", "markdown", ".")
    before = _first_document(_DEMO.joinpath("apps.yaml").read_text(encoding="utf-8"))
    after = _first_document(_printed("--pools", "pools.yaml", "apps.yaml"))
    template = Template(Path(__file__).with_name("landing.md").read_text(encoding="utf-8"))
    page = template.substitute(
        summary="\n".join(_lines(text, "- ")[:4]),
        table="\n".join(_row(line) for line in _lines(text, "| ")),
        before=before,
        after=after,
        changed=" ".join(map(str, _inserted(before.splitlines(), after.splitlines()))),
    )
    html = _printed(*_PLACEMENT, "--format", "html", ".")
    return {"index.md": page, "demo/placement.html": html}


def _printed(*arguments: str) -> str:
    """Return what the tool prints in the folder of the example.

    Raises:
        ChildProcessError: it cannot do what is asked.
    """
    run = subprocess.run(
        [_TOOL, *arguments], cwd=_DEMO, capture_output=True, text=True, encoding="utf-8"
    )
    if run.returncode > 1:  # 1: an error is reported, on purpose
        raise ChildProcessError(f"{' '.join(arguments)}: {run.stderr}")
    return run.stdout


def _first_document(text: str) -> str:
    """Return the first document of a stream, without the comment that introduces it."""
    first = text.partition("\n---\n")[0].strip("\n")
    return re.sub(r"\A(#.*\n)+", "", first)


def _lines(text: str, start: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(start)]


def _inserted(before: list[str], after: list[str]) -> list[int]:
    """Return the numbers (1-based) of the lines that are only in `after`."""
    blocks = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [
        line + 1 for tag, _, _, start, end in blocks if tag != "equal" for line in range(start, end)
    ]


def _row(line: str) -> str:
    """Return a row of the table of placement, with coloured verdicts and with links to rules."""
    head, *cells = line.split(" | ")
    cells = [_IS_VERDICT.sub(_colored, cell) for cell in cells]
    cells[-1] = re.sub(r"\b(HN\d{3})\b", r"[\1](rules/\1.md)", cells[-1])
    return " | ".join([head, *cells])


def _colored(found: re.Match[str]) -> str:
    name = found[1].rstrip("!").replace(" ", "-")
    return f'<span class="verdict {name}">{found[1]}</span>'

"""Names that are not UTF-8 or hold line breaks, locales without UTF-8: every report is whole."""

import json
import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.integration.faults import run
from tests.manifests import guarded
from transformer.report.formats import FORMATS, OUTPUTS

NAMES = (b"caf\xe9.yaml", b"a\nb.yaml", b"\xff\xfe.yaml", "\u00e9\u2713.yaml".encode())
SHOWN = {
    "sarif": ("caf%E9.yaml", "a%0Ab.yaml", "%FF%FE.yaml"),
    "markdown": (r"caf\udce9.yaml", "a&#92;nb.yaml", r"\udcff\udcfe.yaml"),
    "rdjsonl": (r"caf\\udce9.yaml", r"a\nb.yaml", r"\\udcff\\udcfe.yaml"),
}
"""How the first three are written in formats with rules of their own."""

LOCALES = {
    "C": {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"},
    "strict": {"PYTHONIOENCODING": "ascii:strict"},
    "latin-1": {"PYTHONIOENCODING": "latin-1"},
    "usual": {},
}
TEXT = guarded("w\u00e9b").replace(b'"true"', b'"yes"')


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Return a repository with files of such names, and an error in each."""
    path = tmp_path / "work"
    path.mkdir()
    for name in NAMES:
        try:
            (path / os.fsdecode(name)).write_bytes(TEXT)
        except OSError:
            pytest.skip("this filesystem takes no such names")
    git = ["git", "-C", str(path), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], check=True)
    return path


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("report", FORMATS)
def test_a_report_names_every_file_whatever_its_name_and_the_locale(
    report: str, locale: str, work: Path
) -> None:
    args = ("validate", "--format", report, "--base", "HEAD", ".")
    done = run(*args, cwd=work, env=LOCALES[locale])
    assert done.status == 1
    text = done.out.decode()
    for shown in SHOWN.get(report, (r"caf\udce9.yaml", r"a\nb.yaml", r"\udcff\udcfe.yaml")):
        assert shown in text, text
    if report == "junit":
        assert ElementTree.fromstring(text).tag == "testsuites"
    elif report in ("json", "sarif", "gitlab"):
        assert json.loads(text)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize(
    "args",
    [
        ("--diff", "."),
        *(("--output", output, ".") for output in OUTPUTS),
        ("--report", "json", "--check", "."),
        ("validate", "--staged"),
        ("rules", "w\u00e9b"),
        ("\u00e9\u2713-gone.yaml",),
        ("--help",),
    ],
    ids=lambda args: " ".join(args)[:20],
)
def test_no_locale_ends_a_run(args: tuple[str, ...], locale: str, work: Path) -> None:
    done = run(*(arg.encode() for arg in args), cwd=work, env=LOCALES[locale])
    assert done.status in (0, 1, 2)
    assert "bug" not in done.err


@pytest.mark.parametrize("locale", LOCALES)
def test_manifests_are_bytes_in_every_locale(locale: str, work: Path) -> None:
    text = guarded("w\u00e9b\u2713")
    for name in NAMES:
        (work / os.fsdecode(name)).write_bytes(text)
    assert run("--write", ".", cwd=work, env=LOCALES[locale]).status == 0
    for name in NAMES:
        data = (work / os.fsdecode(name)).read_bytes()
        assert data.startswith(text)
        assert b"hostnetwork" in data
    done = run("--write", *NAMES, cwd=work, env=LOCALES[locale])
    assert done.status == 0
    assert "0 changed" in done.err

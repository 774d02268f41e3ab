"""Patterns choose what `git check-ignore` says that they choose."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transformer.globs import flaw_of, is_chosen

PARTS = (
    "a", "b", "ab", "x.y", "*", "**", "?", "*b*", "a*", "*.y", "[ab]", "[!a]", "[^a]", "[]a]",
    "[a-b]", "\\a", "\\*", "\\#", "\\!a", "a b", "a\\ ", "{a,b}", "A", "[", "[b-a]", "#", "..",
)  # fmt: skip
NAMES = ("a", "b", "ab", "x.y", "a.y", "A", "c", "*", "#", "!a", "a b", "a ", "]", "{a,b}", ".x")


patterns = st.builds(
    lambda negated, start, parts, end: negated + start + "/".join(parts) + end,
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3),
    st.sampled_from(["", "", "/"]),
).filter(lambda pattern: not flaw_of(pattern))
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=4).map("/".join)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    top = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", top], check=True)
    return top


@example(("a/**/", "!a"), ["a/a/b", "a/b", "a/b/c"])
@settings(max_examples=150, deadline=None)
@given(
    chosen_by=st.lists(patterns, min_size=1, max_size=4).map(tuple),
    files=st.lists(paths, min_size=20, max_size=40, unique=True),
)
def test_patterns_choose_what_git_would_ignore(
    repository: Path, chosen_by: tuple[str, ...], files: list[str]
) -> None:
    exclude = repository / ".git" / "info" / "exclude"
    exclude.write_text("".join(f"{pattern}\n" for pattern in chosen_by), encoding="utf-8")
    done = subprocess.run(
        ["git", "-C", repository, "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(files),
        capture_output=True,
        text=True,
        check=False,
    )
    ignored = {file for file in done.stdout.split("\0") if file}
    assert {file for file in files if is_chosen(file, chosen_by)} == ignored

"""Names in Markdown stay text, as a real reader of Markdown shows them."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer.findings import Finding, ObjectRef, Related
from transformer.report.as_markdown import render
from transformer.report.formatting import clean
from transformer.report.report import Report

markdown_it = pytest.importorskip("markdown_it", reason="markdown-it-py comes with make setup")
READER = markdown_it.MarkdownIt("commonmark").enable(["table", "strikethrough"])

names = st.lists(
    st.sampled_from(
        [*"`*_[]()<>#!|~&@$%\\-+=.:;1a \n", "``", "&#96;", "<b>", "](x)", "http://x.y", "![a](b)"]
    ),
    max_size=12,
).map("".join)
TAGS = {"h3", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong", "br", "code", "p"}


def shown(html: str) -> str:
    """Return the text of a page without blanks, and with backticks where it has code."""
    text = re.sub(r"</?code>", "`", html)
    return re.sub(r"[\s\u200b]", "", unescape(re.sub(r"<[^>]*>", "", text)))


def plain(text: str) -> str:
    return re.sub(r"\s", "", clean(text))


@given(names)
def test_names_are_shown_as_they_are(name: str) -> None:
    hint = f"rename {name}: run `validate --fix` or `hostnet-transform rules HN401`, not {name}"
    ref = ObjectRef("", "v1", "Pod", "", name)
    found = Finding("HN401", "error", f"{name} is", name, 1, 2, 0, object=ref, hint=hint)
    found = found._replace(related=(Related(name, 1, 1, f"{name} too", None),), related_total=1)
    html = READER.render("".join(render(Report(1, 1, (found,)))))
    assert {tag for tag in re.findall(r"</?(\w+)", html)} <= TAGS
    assert f"{plain(name)}is" in shown(html)
    assert f"help:{plain(hint)}" in shown(html)
    assert f"also{plain(name)}:1:{plain(name)}too" in shown(html)


def test_commands_and_options_are_code() -> None:
    hint = "write `---`, run `validate --fix` or `hostnet-transform rules HN401`; not `<b>`"
    found = Finding("HN401", "error", "it is", "a", 1, 2, 0, hint=hint)
    html = READER.render("".join(render(Report(1, 1, (found,)))))
    assert re.findall("<code>(.*?)</code>", html) == [
        "---",
        "validate --fix",
        "hostnet-transform rules HN401",
    ]
    assert "not `&lt;b&gt;`" in html

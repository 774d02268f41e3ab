"""A rule's documentation as Markdown: what `rules ID` prints and `docs/rules/` contains."""

import re
from collections.abc import Iterator, Sequence
from inspect import cleandoc
from itertools import groupby

from transformer.regexes import regex
from transformer.report.report import RuleHelp

_LABEL = regex(r"\A(Bad|Good|Before|After|Old|New|Fix|Source)\b(?=[:,]| )")


def page(rule: RuleHelp) -> str:
    """Return the page of a rule."""
    return f"# {rule.id}: {rule.title}\n\n*{rule.summary}*\n\n{markdown(rule)}"


def markdown(rule: RuleHelp) -> str:
    """Return a rule's documentation, with examples as code and their labels in bold."""
    lead, *rest = re.split(r"\n{2,}", rule.text)
    lead = lead.removeprefix(f"{rule.id}: ")
    is_title = lead.lower().rstrip(".") == rule.title.lower()
    paragraphs = rest if is_title else [lead[:1].upper() + lead[1:], *rest]
    blocks = groupby(paragraphs, key=lambda paragraph: paragraph.startswith("    "))
    parts = [
        block
        for is_example, group in blocks
        for block in (_example(group) if is_example else map(_prose, group))
    ]
    return "\n\n".join(parts) + "\n"


def _prose(paragraph: str) -> str:
    return _LABEL.sub(r"**\1**", paragraph)


def _example(paragraphs: Iterator[str]) -> Iterator[str]:
    """Yield one example; its own blank lines separate the `paragraphs`."""
    text = cleandoc("\n" + "\n\n".join(paragraphs))
    yield f"```yaml\n{text}\n```"


def index(rules: Sequence[RuleHelp]) -> str:
    """Return the page that lists all rules."""
    rows = [f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.summary} |" for rule in rules]
    head = ["# Rules", "", _INTRODUCTION, "", "| rule | about | when |", "| --- | --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


_INTRODUCTION = (
    "These pages are made from the rules themselves (`make docs`);"
    " `hostnet-transform rules ID` prints the same text."
)

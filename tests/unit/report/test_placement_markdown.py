"""The Markdown of `placement`: it fits in a comment, and names in it are text."""

import html
import re
from typing import Any

import pytest

from tests.builders import CONTAINER, host_pool
from tests.placement_runs import report_of
from transformer.placements import PlacementReport, WorldPlacement
from transformer.report.markdown import escaped
from transformer.report.placement_markdown import render


def deployment(name: str, namespace: str = "shop") -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"spec": {"containers": [CONTAINER]}}},
    }


def markdown(*objects: Any) -> str:
    return "".join(render(report_of(*objects)))


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("a|b", r"\|"),
        ("`x`", "`"),
        ("<img src=x>", "[<>]"),
        ("**x**", r"\*"),
        ("[x](y)", r"[\[\]]"),
        ("![x](y)", r"[!\[\]]"),
        ("https://evil.example", "//(?<=:..)"),
        ("www.evil.example", r"www\."),
        ("a\nb", "\n"),
        ("- x", r"\A-"),
        ("1. x", r"\A1\."),
        ("# x", "#(?!3)"),
        ("=== x", r"\A="),
        ("&lt;", "&l"),
        ("\\|", r"\\"),
    ],
)
def test_what_would_be_markup_is_text(name: str, mark: str) -> None:
    shown = escaped(name)
    assert re.search(mark, name)
    assert not re.search(mark, shown)
    assert html.unescape(shown).replace("\\n", "\n").replace("\u200b", "") == name


@pytest.mark.parametrize(
    "name", ["@octocat", "#123", "a/b#1", "GH-12", "!1", "$3", "~bug", '%"next"', "&4"]
)
def test_nobody_and_nothing_is_mentioned_also_when_entities_are_resolved(name: str) -> None:
    shown = html.unescape(escaped(f"{name} x"))
    assert not re.search(r'([@#!$~%&]|GH-)[\w"]', shown)
    assert shown.replace("\u200b", "") == f"{name} x"


def test_a_name_stays_in_its_cell_and_its_line() -> None:
    name = "a|b`c`\n- <b>@octocat #1 [x](y)"
    text = markdown(host_pool("hz|<i>"), deployment(name, "@team"))
    heads, rule, *rows = [line for line in text.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in (heads, rule, *rows)} == {5}
    assert len(rows) == 1
    assert not re.search(r"[<>`@]|\]\(", text.split("\n**")[0])


def test_the_words_that_occur_are_explained_in_one_line_and_what_is_unknown_is_named() -> None:
    search = deployment("search")
    search["spec"]["template"]["spec"]["nodeSelector"] = {"disk_a": "ssd"}
    lines = markdown(host_pool("hz"), search, deployment("web")).splitlines()
    (legend,) = (line for line in lines if line.startswith("**"))
    assert legend == (
        "**breaks**: can be scheduled there, and does not work there (warnings or less);"
        " **unknown**: depends on what is not in the input;"
        " **runs**: can be scheduled there, and works;"
        " **HN...**: rules, which `hostnet-transform rules HN420` and the like explain"
    )
    assert "- unknown, depending on the node label disk&#95;a: Deployment/shop/search" in lines


def test_without_a_table_there_is_no_legend() -> None:
    assert "**" not in markdown(host_pool("hz"))


def test_the_report_fits_in_a_comment_and_says_what_it_leaves_out() -> None:
    few = [deployment(f"{number}-{'x' * 240}") for number in range(20)]
    assert "left out" not in markdown(host_pool("hz"), *few)
    worlds = [
        WorldPlacement(f"cluster-{number}", (), (), (), ("ü" * 1000, "|" * 100))
        for number in range(100)
    ]
    text = "".join(render(PlacementReport(tuple(worlds))))
    assert 55_000 < len(text.encode()) < 65_000
    (left,) = re.findall(r"\n(\d+) further lines left out, for the size of a comment: ", text)
    assert int(left) > 100
    assert text.splitlines()[-1].startswith("not judged: ")


def test_few_lines_say_what_moves() -> None:
    world = WorldPlacement("", (), (), (), tuple(f"line {number}" for number in range(30)))
    lines = "".join(render(PlacementReport((world,)))).splitlines()
    assert "- 18 further lines: `--format json` has all of them" in lines

"""The report of hooks: what makes them fail, and a line each on the rest."""

from transformer.findings import Finding, ObjectRef, Severity, Unseen
from transformer.report.brief import render
from transformer.report.report import LeftOut, Report

NODE = ObjectRef("", "v1", "Node", "", "edge-1")
UNSEEN = (
    Unseen("chart", "a/Chart.yaml", 1, "Chart/a", "it is not rendered"),
    Unseen("kustomization", "b/kustomization.yaml", 1, "b", "it is not built", "with plugins"),
    Unseen("kustomization", "c/kustomization.yaml", 1, "c", "it is not built"),
)


def finding(severity: Severity, patches: tuple[str, ...] = ()) -> Finding:
    place = ("a.yaml", 3, 5, 0)
    return Finding("HN303", severity, f"an {severity}", *place, object=NODE, patches=patches)


def text(report: Report, *fail_on: str) -> str:
    return "".join(render(report, fail_on))


def test_errors_are_shown_and_the_rest_is_counted() -> None:
    found = (finding("error"), finding("warning"), finding("info"), finding("info"))
    assert text(Report(9, 9, found)) == (
        "a.yaml\n  3:5 error[HN303] Node/edge-1: an error\n\n"
        "1 error; not shown: 1 warning, 2 notes (-v shows them)\n"
    )


def test_warnings_that_make_the_run_fail_are_shown() -> None:
    found = (finding("warning"), finding("warning", ("patch.yaml",)), finding("info"))
    shown = text(Report(9, 9, found), "warning")
    assert shown.count("warning[HN303]") == 1
    assert shown.endswith("\n1 warning; not shown: 1 warning, 1 note (-v shows them)\n")


def test_a_run_that_finds_nothing_says_so() -> None:
    assert text(Report(9, 9, ())) == "no errors\n"


def test_what_was_not_checked_is_one_short_line() -> None:
    skipped = (("no Node (cluster a)", ("HN311", "HN312")), ("no Node (cluster b)", ("HN311",)))
    undecided = (("the node label a", 2), ("the node label b", 1))
    report = Report(9, 9, (), skipped_rules=skipped, undecided=undecided, unseen=UNSEEN)
    assert text(report) == (
        "no errors\n"
        "not looked into: 1 chart, 2 kustomizations; skipped: 2 rules;"
        " unknown: where 3 workloads can run (-v says more)\n"
    )


def test_what_was_not_looked_into_is_named_where_it_makes_the_run_fail() -> None:
    shown = text(Report(9, 9, (), unseen=UNSEEN), "unseen")
    assert "\n  a/Chart.yaml:1 chart Chart/a: it is not rendered\n" in shown
    assert shown.count("it is not built") == 2


def test_known_findings_are_counted_by_where_they_are_known_from() -> None:
    left_out = (LeftOut("known.yaml", 12, ("HN311 Node/a",)), LeftOut("the old state", 1))
    assert text(Report(9, 9, (), left_out=left_out)) == (
        "no errors\n"
        "left out: 12 findings that known.yaml has\nleft out: 1 finding that the old state has\n"
    )

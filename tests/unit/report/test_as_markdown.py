"""Findings as Markdown: bounded, ordered, and names stay text."""

from transformer.findings import Change, Finding, ObjectRef, Related, Severity
from transformer.report.as_markdown import render
from transformer.report.report import Report

HOSTILE = "</td><img src=x onerror=alert(1)> | `@all` #1 [a](b) ![c](d) **e** www.f.org \n\n# g"


def finding(rule: str = "HN401", severity: Severity = "error", name: str = "cart") -> Finding:
    ref = ObjectRef("apps", "v1", "Deployment", "shop", name)
    return Finding(
        rule, severity, f"{name} is wrong", f"{name}.yaml", 3, 5, 0, object=ref, hint="mend"
    )


def text_of(*findings: Finding, changes: tuple[Change, ...] = ()) -> str:
    return "".join(render(Report(len(findings), 1, findings, changes=changes)))


def test_no_finding_is_said_in_words() -> None:
    text = text_of()
    assert text.startswith("### hostnet-transform: no findings\n")
    assert "|" not in text


def test_errors_come_first_and_rules_are_counted() -> None:
    text = text_of(finding("HN405", "warning"), finding(), finding(name="search"))
    assert "| HN401 | 2 |  |  |\n| HN405 |  | 1 |  |\n" in text
    assert text.index("**error HN401**") < text.index("**warning HN405**")


def test_ten_thousand_findings_fit_in_a_comment_and_are_all_counted() -> None:
    found = [finding(name=f"cart-{number}" * 9) for number in range(5_000)]
    found += [finding("HN405", "warning", f"w{number}" * 9) for number in range(5_000)]
    text = text_of(*found)
    assert len(text.encode()) < 60_000
    assert "| HN401 | 5000 |  |  |\n| HN405 |  | 5000 |  |" in text
    shown = text.count("- **error HN401**")
    assert f"{5_000 - shown} further errors left out" in text
    assert "5000 further warnings left out" in text


def test_one_finding_that_is_too_large_is_counted() -> None:
    text = text_of(finding(name="x" * 70_000))
    assert len(text.encode()) < 60_000
    assert "1 further error left out" in text


def test_names_that_look_like_markup_stay_text() -> None:
    also = Related(HOSTILE, 1, 1, HOSTILE, None)
    change = Change("pod-guard", HOSTILE, 1, 0, "", ObjectRef("", "v1", "Pod", "", HOSTILE), ())
    text = text_of(
        finding(name=HOSTILE)._replace(related=(also,), related_total=9), changes=(change,)
    )
    for part in ("<img", "</td>", "`@", "@all", "](", "**e**", "www.f", " #1", "\n# g"):
        assert part not in text, part
    assert "and 8 further places" in text

"""A validation report as JUnit XML, for CI servers that show test results.

Each rule is a test. It passes, or fails once for each error that it found, or is skipped with a
reason. Warnings and notes are tests that pass and have the finding as their output, because they do
not fail the run either. What was not looked into is in properties. The same
report always gives the same bytes.
"""

from collections.abc import Iterator

from transformer.findings import Finding
from transformer.regexes import regex
from transformer.report import coverage
from transformer.report.formatting import clean, message, message_and_hint
from transformer.report.report import Report

_NO_XML = regex(r"[\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot contain, apart from those that `clean` escapes."""


def render(report: Report) -> Iterator[str]:
    """Yield the text of the report."""
    from junitparser import Failure, JUnitXml, Skipped, TestCase, TestSuite  # slow to import

    reasons: dict[str, str] = {}
    for reason, rules in report.skipped_rules:
        reasons |= {
            rule: f"{reasons[rule]}, {reason}" if rule in reasons else reason for rule in rules
        }
    by_rule: dict[str, list[Finding]] = {}
    for found in report.findings:
        by_rule.setdefault(found.rule, []).append(found)
    titles = {rule.id: rule.title for rule in report.rules()}
    suite = TestSuite("hostnet-transform validate")
    if report.unseen:
        suite.add_property("unseen", coverage.counts(report.unseen))
        for number, line in enumerate(coverage.names(report.unseen), 1):
            suite.add_property(f"unseen.{number}", _plain(line))
    for rule in sorted({*report.checks, *by_rule}):
        title = titles.get(rule, rule)
        for found in by_rule.get(rule, ()):
            case = TestCase(_plain(f"{title}: {_where(found)}"), rule)
            if found.severity == "error":
                case.result = [Failure(_plain(message(found)), rule)]
                case.result[0].text = _plain(_line(found))
            else:
                case.system_out = _plain(f"{found.severity}: {_line(found)}")
            suite.add_testcase(case)
        if rule not in by_rule:
            case = TestCase(title, rule)
            if rule in reasons:
                case.result = [Skipped(f"skipped: {reasons[rule]}")]
            suite.add_testcase(case)
    suite.update_statistics()  # type: ignore[no-untyped-call]  # it lacks annotations
    xml = JUnitXml()
    xml.add_testsuite(suite)
    text: bytes = xml.tostring()  # type: ignore[no-untyped-call]  # as above
    yield text.decode() + "\n"


def _where(found: Finding) -> str:
    return f"{found.file}:{found.line}:{found.column}"


def _line(found: Finding) -> str:
    """Return place, message and hint of a finding, on one line."""
    return f"{_where(found)}: {message_and_hint(found)}"


def _plain(text: str) -> str:
    return _NO_XML.sub(lambda char: f"\\u{ord(char.group()):04x}", clean(text))

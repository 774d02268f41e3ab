"""The cases of the YAML test suite, valid and invalid: none of them concerns us.

Each case is a folder with `in.yaml`; `error` beside it says that the text is no YAML.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.cases import for_each
from tests.shared_material import YAML_SUITE, files, needs
from transformer import Result, transform

pytestmark = needs(YAML_SUITE)

CASES = [name.partition("/")[0] for name in files(YAML_SUITE, "*/in.yaml")]

# Valid cases that are refused with --strict. kubectl refuses them too, but for those named in a
# comment; the limits are those of libyaml and of Kubernetes' decoder.
UNREADABLE = {
    "an empty key": """
        2JQS 6M2F CFD4 M2N8-00 NHX8 NKF9 S3PD SM9W-01 UKK6-00
    """,
    # `{a: :b}`, `{"a"::b}`, `[::a]`, `{a:,`, `{? a :,`, or a key that ends on another line.
    "a colon or a question mark in flow text that libyaml 0.2.5 does not understand": """
        4MUZ-01 4MUZ-02 58MP 5MUD 5T43 9SA2 DBG4 FRK4 HM87-00 K3WX NJ66 UT92 VJP3-01
    """,
    "a tab where libyaml wants spaces": """
        6BCT 6CA3 96NN-00 96NN-01 A2M4 DK95-00 DK95-03 DK95-04 R4YG Y79Y-001 Y79Y-010
    """,
    "a directive that libyaml does not know, or YAML 1.3": """
        2LFX 6LVF BEC7 MUS6-05 MUS6-06
    """,
    # In XLQ9 the text is a plain scalar, and the document is cut there. kubectl reads it, and the
    # first document of M7A3.
    "text at the root that begins a line with %": """
        M7A3 W4TN XLQ9
    """,
    "folded text at the root without indentation": """
        DK3J FP8R
    """,
    "an anchor of other characters than letters, digits, - and _": """
        2SXE 8XYN W5VH
    """,
    "a `...` that ends no document": """
        HWV9 QT73
    """,
    "a mapping or sequence as a key: no JSON": """
        4FJ6 6BFJ 6PBE 9MMW KK5P LX3P M2N8-01 M5DY Q9WF RZP5 SBG9 V9D5 X38W XW4D
    """,
    "null as a key: no JSON": """
        DFF7 FH7J PW8X
    """,
    "an array at the root: no Kubernetes object": """
        4RWC 7TMG 8UDB CN3R CT4Q DHP8 FUP4 HM87-01 QF4Y
    """,
}

# Invalid cases that are read all the same; kubectl reads them too, but for the two marked *.
TOLERATED = {
    "a comma too many, or - in flow text": "9C9N G5U8 Y79Y-003",
    "indentation of quoted or block text": "DK95-01 QB6E S98Z",
    "a comment without a blank above it": "SU5Z X4QW MUS6-00*",
    "a directive below content: a document is cut there": "9HCY EB22 RHX7 MUS6-01*",
}

POD = b"""\
apiVersion: v1
kind: Pod
metadata:
  name: last
  annotations:
    apps.openyurt.io/exclude-host-network-pool: "true"
spec:
  containers:
    - name: main
      image: nginx:1.2
"""
GUARDED_POD = (
    POD
    + b"""\
  affinity:
    nodeAffinity:
      requiredDuringSchedulingIgnoredDuringExecution:
        nodeSelectorTerms:
          - matchExpressions:
              - key: nodepool.openyurt.io/hostnetwork
                operator: NotIn
                values:
                  - "true"
"""
)

# Cases below which the Pod is not found, or not edited right. There are none: whatever a case
# leaves open (quotes, brackets, block text, directives), a `---` line ends the document.
SWALLOWING: frozenset[str] = frozenset()


@cache
def case(name: str) -> bytes:
    return (YAML_SUITE / name / "in.yaml").read_bytes()


def is_valid(name: str) -> bool:
    return not (YAML_SUITE / name / "error").exists()


def above(name: str) -> bytes:
    """Return the case and the `---` line that ends it."""
    data = case(name)
    return data + (b"" if data.endswith(b"\n") or not data else b"\n") + b"---\n"


def strict(data: bytes, on_invalid: str) -> Result:
    config: dict[str, Any] = {
        "apiVersion": "transform.hostnet.io/v1alpha1",
        "kind": "HostnetTransform",
        "spec": {"strict": True, "onInvalid": on_invalid},
    }
    return transform(data, config=config)


def names(groups: dict[str, str]) -> Iterator[str]:
    for group in groups.values():
        yield from group.replace("*", "").split()


def test_the_suite_is_complete() -> None:
    assert len(CASES) == 402


@for_each(CASES)
def test_a_case_comes_out_as_it_came_in(name: str) -> None:
    result = transform(case(name))
    assert (result.data, result.changes, result.failed) == (case(name), (), False)


@for_each(CASES)
def test_a_pod_below_a_case_is_guarded(name: str) -> None:
    result = transform(above(name) + POD)
    is_right = result.data == above(name) + GUARDED_POD
    assert is_right or name in SWALLOWING
    assert [change.object.name for change in result.changes] == ["last"] * is_right


@for_each(CASES)
def test_a_strict_run_reads_a_case_or_reports_it_and_goes_on(name: str) -> None:
    failing, passing = (strict(above(name) + POD, choice) for choice in ("fail", "pass"))
    assert failing.data == passing.data == above(name) + GUARDED_POD
    errors = [finding for finding in failing.findings if finding.severity == "error"]
    assert not failing.failed or errors
    assert not passing.failed
    assert all(finding.message and finding.line > 0 for finding in failing.findings)


def test_the_valid_cases_that_cannot_be_read_are_among_these() -> None:
    assert {name for name in CASES if is_valid(name) and is_refused(name)} <= set(names(UNREADABLE))


def test_the_invalid_cases_that_are_read_are_among_these() -> None:
    read = {name for name in CASES if not is_valid(name) and not is_refused(name)}
    assert read <= set(names(TOLERATED))


def is_refused(name: str) -> bool:
    return any(
        finding.rule in ("HN901", "HN902") for finding in strict(case(name), "fail").findings
    )

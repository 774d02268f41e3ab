"""What was not looked into, in words and in each format."""

import json
import xml.etree.ElementTree as ET
from typing import get_args

from transformer.findings import Unseen, UnseenKind
from transformer.report import as_github, as_json, as_junit, as_sarif, coverage, validation_summary
from transformer.report.report import Report

UNSEEN = (
    Unseen("kustomization", "a/kustomization.yaml", 1, "a", "it is not built"),
    Unseen("kustomization", "b/kustomization.yaml", 1, "b", "it is not built"),
    Unseen("HelmRelease", "c.yaml", 3, "HelmRelease/c", "it is not rendered"),
    Unseen("unread", "d\x1b.yaml", 7, "d\x1b.yaml", "bad"),
)
REPORT = Report(4, 4, (), unseen=UNSEEN)
NOT_BUILT = "2 kustomizations (not built; --build builds them)"
COUNTS = f"{NOT_BUILT}, 1 HelmRelease, 1 document that cannot be read"


def test_the_summary_counts_on_one_line() -> None:
    assert validation_summary.summary(REPORT) == [
        "4 documents in 4 files: no findings",
        f"not looked into: {COUNTS}",
    ]


def test_kinds_can_be_counted_without_reasons() -> None:
    kinds = "2 kustomizations, 1 HelmRelease, 1 document that cannot be read"
    assert coverage.kinds(UNSEEN) == kinds
    kinds_of_all = coverage.kinds([Unseen(what, "a", 1, "a", "b") for what in get_args(UnseenKind)])
    assert "(" not in kinds_of_all


def test_names_are_there_if_they_are_wanted() -> None:
    assert validation_summary.summary(REPORT, with_names=True)[2:] == [
        "  a/kustomization.yaml:1 kustomization a: it is not built",
        "  b/kustomization.yaml:1 kustomization b: it is not built",
        "  c.yaml:3 HelmRelease/c: it is not rendered",
        "  d\\x1b.yaml:7 document that cannot be read: bad",
    ]


def test_what_was_not_built_is_counted_by_groups() -> None:
    groups = ("used by these", "", "with plugins", "used by these", "failed", "with Helm charts")
    unseen = [Unseen("kustomization", "a", 1, "a", "it is not built", group) for group in groups]
    assert coverage.counts(unseen) == (
        "6 kustomizations (not built: 1 failed, 1 with Helm charts, 1 with plugins,"
        " 2 used by these, 1 other)"
    )
    assert coverage.counts(UNSEEN[:1]) == "1 kustomization (not built; --build builds it)"
    told = json.loads("".join(as_json.render(Report(1, 1, (), unseen=unseen))))["unseen"]
    assert [one.get("group", "") for one in told] == list(groups)


def test_nothing_is_told_of_nothing() -> None:
    report = Report(1, 1, ())
    assert len(validation_summary.summary(report, with_names=True)) == 1
    for module in (as_json, as_sarif, as_junit, as_github):
        assert "unseen" not in "".join(module.render(report))


def test_every_kind_has_words() -> None:
    for what in get_args(UnseenKind):
        one = Unseen(what, "a", 1, "a", "x")
        assert coverage.counts([one]).startswith("1 ")
        assert coverage.counts([one, one]).startswith("2 ")


def test_json_and_sarif_have_all_of_it() -> None:
    wanted = [one.as_dict() for one in UNSEEN]
    told = json.loads("".join(as_json.render(REPORT)))
    assert (told["unseen"], told["unseenTotal"]) == (wanted, 4)
    (run,) = json.loads("".join(as_sarif.render(REPORT)))["runs"]
    assert run["properties"] == {"unseen": wanted, "unseenTotal": 4}


def test_junit_has_properties_before_its_tests() -> None:
    suite = ET.fromstring("".join(as_junit.render(REPORT))).find("testsuite")
    assert suite is not None
    assert suite[0].tag == "properties"
    properties = {one.get("name"): one.get("value") for one in suite[0]}
    assert properties["unseen"] == COUNTS
    assert properties["unseen.3"] == "c.yaml:3 HelmRelease/c: it is not rendered"
    assert len(properties) == 5


def test_folders_of_charts_and_objects_of_unknown_kinds_have_names_and_a_way_out() -> None:
    names = [f"charts/{name}/templates" for name in ("my shop", "b", "c", "d")]
    unseen = [
        *(Unseen("templates", "Chart.yaml", 1, name, "not rendered") for name in names),
        Unseen("pod template", "a%0A.yaml", 7, "Fleet/shop/a", "not known"),
    ]
    fleet = "1 object with a pod template of an unknown kind (Fleet/shop/a, a%0A.yaml:7)"
    folders = "charts/my shop/templates, charts/b/templates, charts/c/templates and 1 more"
    counts = f"4 folders of chart templates ({folders}), {fleet}"
    assert coverage.counts(unseen) == counts
    for_people = validation_summary.summary(REPORT._replace(unseen=tuple(unseen)))
    assert for_people[2:] == [
        "  help: `helm template 'charts/my shop' | hostnet-transform validate` looks into a chart",
        "  help: a row under `podTemplates` in the configuration says where a kind has its pod"
        " templates",
    ]
    (notice,) = as_github.render(REPORT._replace(unseen=tuple(unseen)))
    assert "a%250A.yaml" in notice
    assert list(coverage.helps(UNSEEN, "validate")) == []


def test_github_gets_one_notice() -> None:
    assert "".join(as_github.render(REPORT)) == f"::notice title=not looked into::{COUNTS}\n"

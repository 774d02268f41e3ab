"""`validate` on files, folders and standard input: what it says, and how it ends."""

import json
import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.integration.cli_runs import ROOT, TOOL, environment, invoke, spawn
from tests.manifests import CONFIG_MAP, LABEL, TEMPLATE, guarded, joined, kept_off, node, pool
from transformer.report.formats import FORMATS

CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"

SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas/report.schema.json").read_text()))

LOST = """\
apiVersion: apps.openyurt.io/v1beta1
kind: NodePool
metadata:
  name: p   # an old one
spec: {type: Edge, hostNetwork: true}
"""


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, data: bytes | str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def report(*args: str | Path, stdin: bytes = b"") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(
        invoke("validate", "--format", "json", *args, stdin=stdin).out
    )
    SCHEMA.validate(told)
    return told


def findings(*args: str | Path, stdin: bytes = b"") -> list[dict[str, Any]]:
    return list(report(*args, stdin=stdin)["findings"])


def rules(*args: str | Path, stdin: bytes = b"") -> list[str]:
    return [found["rule"] for found in findings(*args, stdin=stdin)]


# --- exit status, input of every sort -----------------------------------------------------------


def test_all_is_well() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p") + LABEL))
    run = invoke("validate", "all.yaml")
    assert run.status == 0
    assert b"no findings" in run.out


def test_an_error_ends_with_1_and_names_the_place() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    run = invoke("validate", "all.yaml")
    assert run.status == 1
    assert b"HN311" in run.out
    assert b"all.yaml" in run.out


def test_warnings_alone_end_with_0() -> None:
    write("node.yaml", node("n1", "elsewhere"))
    run = invoke("validate", "node.yaml")
    assert run.status == 0
    assert b"HN313" in run.out


RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: shop, namespace: shop}
spec: {chart: {spec: {chart: shop}}}
"""


def test_warnings_end_with_1_where_that_is_asked_for() -> None:
    write("node.yaml", node("n1", "elsewhere"))
    assert invoke("validate", "--fail-on", "error", "--fail-on", "unseen", ".").status == 0
    run = invoke("validate", "-q", "--fail-on", "warning", ".")
    assert (run.status, run.out) == (1, b"")
    assert run.err == "failed because of --fail-on warning: 1 warning\n"


def test_what_was_not_looked_into_ends_with_1_where_that_is_asked_for() -> None:
    write("release.yaml", RELEASE)
    run = invoke("validate", ".")
    assert run.status == 0
    assert b"\nnot looked into: 1 HelmRelease\n" in run.out
    run = invoke("validate", "-q", "--fail-on", "warning", "--fail-on", "unseen", ".")
    assert (run.status, run.out) == (1, b"")
    assert run.err == "failed because of --fail-on unseen: 1 HelmRelease\n"


def test_an_error_needs_no_other_reason_and_what_cannot_be_read_comes_first() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p"), RELEASE.encode()))
    run = invoke("validate", "--fail-on", "unseen", ".")
    assert (run.status, run.err) == (1, "")
    write("bad.yaml", "a: [b\n")
    assert invoke("validate", "--fail-on", "unseen", ".").status == 3


def unseen(*args: str | Path) -> list[tuple[str, str, int]]:
    told = report(*args).get("unseen", [])
    return [(one["what"], one["file"], one["line"]) for one in told]


def test_what_cannot_be_read_is_not_looked_into_whatever_that_means_for_the_exit_status() -> None:
    write("chart/t.yaml", TEMPLATE)
    write("long.yaml", joined(node("n1", "p"), b"# " + 300 * b"x" + b"\n" + CONFIG_MAP))
    Path("nowhere.yaml").symlink_to("gone")
    assert unseen(".") == [("unread", "chart/t.yaml", 6), ("unread", "nowhere.yaml", 1)]
    found = unseen("--max-document", "200", "long.yaml")
    assert [(what, file) for what, file, _ in found] == [("unread", "long.yaml")]


def test_a_patch_of_a_release_is_no_release() -> None:
    write("a/kustomization.yaml", "resources: [release.yaml]\npatches: [{path: patch.yaml}]\n")
    write("a/release.yaml", RELEASE)
    write("a/patch.yaml", RELEASE)
    assert unseen(".") == [
        ("kustomization", "a/kustomization.yaml", 1),
        ("HelmRelease", "a/release.yaml", 1),
    ]


def test_nothing_is_told_where_all_was_looked_into() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p") + LABEL))
    assert "unseen" not in report(".")
    assert b"not looked into" not in invoke("validate", "-v", ".").out


@pytest.mark.parametrize("name", sorted({*FORMATS} - {"text"}))
def test_the_summary_beside_each_format_counts_too(name: str) -> None:
    write("release.yaml", RELEASE)
    run = invoke("validate", "-v", "--format", name, ".")
    assert "not looked into: 1 HelmRelease" in run.err
    assert "release.yaml:1 HelmRelease/shop/shop" in run.err


def test_files_stay_as_they_are() -> None:
    path = write("all.yaml", joined(pool("p"), node("n1", "p")))
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    invoke("validate", ".")
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_pools_may_come_after_their_nodes_and_from_standard_input() -> None:
    assert rules(stdin=joined(node("n1", "p"), pool("p"))) == ["HN311"]
    assert rules("-", stdin=joined(node("n1", "p"), pool("p"))) == ["HN311"]


def test_standard_input_has_the_name_that_is_given_to_it() -> None:
    found = findings("--stdin-filename", "live.yaml", stdin=joined(node("n1", "p"), pool("p")))
    assert [entry["file"] for entry in found] == ["live.yaml"]


def test_pools_from_elsewhere_count() -> None:
    write("pools.yaml", pool("p"))
    assert rules("--pools", "pools.yaml", stdin=node("n1", "p")) == ["HN311"]


@pytest.mark.parametrize("data", [b"", b"\n", b"---\n", b"# nothing\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_finding(data: bytes) -> None:
    assert findings(stdin=data) == []


def test_line_ends_and_json_make_no_difference() -> None:
    crlf = joined(pool("p"), node("n1", "p")).replace(b"\n", b"\r\n")
    (found,) = findings(stdin=crlf)
    assert (found["rule"], found["document"]) == ("HN311", 1)
    one = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "labels": {}}}
    one["metadata"]["labels"] = {"apps.openyurt.io/nodepool": "p"}  # type: ignore[index]
    as_list = {"apiVersion": "v1", "kind": "List", "items": [one]}
    write("pool.yaml", pool("p"))
    (found,) = findings("--pools", "pool.yaml", stdin=json.dumps(as_list).encode())
    assert (found["rule"], found["item"]) == ("HN311", "/items/0")


def test_what_cannot_be_read_ends_with_3_and_the_rest_is_judged_all_the_same() -> None:
    write("a.yaml", joined(pool("p"), b"a: [b\n", node("n1", "p")))
    run = invoke("validate", "a.yaml")
    assert run.status == 3
    assert b"HN901" in run.out
    assert b"HN311" in run.out


def test_a_parse_error_is_told_even_where_nothing_could_matter() -> None:
    assert invoke("validate", stdin=b"a: [b\n").status == 3
    assert invoke("-q", stdin=b"a: [b\n").status == 0


def test_a_template_is_an_error_by_name_and_a_note_in_a_folder() -> None:
    write("chart/t.yaml", TEMPLATE)
    assert invoke("validate", "chart/t.yaml").status == 3
    run = invoke("validate", "chart")
    assert run.status == 0
    assert b"template" in run.out


def test_a_file_that_cannot_be_opened_is_told_and_the_others_are_judged() -> None:
    write("a.yaml", joined(pool("p"), node("n1", "p")))
    Path("b.yaml").symlink_to("nowhere")
    run = invoke("validate", ".")
    assert run.status == 3
    assert b"b.yaml" in run.out
    assert b"HN311" in run.out


def test_wrong_usage_ends_with_2() -> None:
    write("a.yaml", CONFIG_MAP)
    for args in (
        ("missing.yaml",),
        ("--old", "a.yaml", "--base", "HEAD", "a.yaml"),
        ("--fix",),
        ("--fix", "--staged", "a.yaml"),
        ("-", "a.yaml"),
        ("-q", "-v", "a.yaml"),
        ("--old", "missing.yaml", "a.yaml"),
        ("--disable", "HN999", "a.yaml"),
    ):
        run = invoke("validate", *args)
        assert run.status == 2, args
        assert "error: " in run.err
        assert "Traceback" not in run.err


def test_a_reader_that_leaves_ends_it_quietly() -> None:
    many = joined(*(node(f"n{number}", "p") for number in range(3000)), pool("p"))
    write("many.yaml", many)
    script = f"{' '.join(TOOL)} validate many.yaml | head -c 10 >out"
    run = subprocess.run(["sh", "-c", script], capture_output=True, env=environment(), timeout=60)
    assert run.stderr == b""
    assert Path("out").stat().st_size == 10


def test_silence_does_not_look_like_safety() -> None:
    run = invoke("validate", stdin=guarded())
    text = run.out.decode()
    assert "skipped: " in text
    assert "no NodePool in the input" in text
    assert "nothing in an old state" in text


def test_rules_are_switched_and_weighed() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    assert rules("--disable", "HN311", "all.yaml") == []
    write(".hostnet-transform.yaml", CONFIG + "spec: {rules: {HN311: info}}\n")
    run = invoke("validate", "all.yaml")
    assert run.status == 0
    assert b"HN311" in run.out


def test_quiet_says_nothing_where_there_is_no_error() -> None:
    run = invoke("validate", "-q", stdin=node("m", "elsewhere"))
    assert (run.status, run.out, run.err) == (0, b"", "")


def test_a_pool_from_elsewhere_that_says_otherwise_is_told() -> None:
    write("live.yaml", pool("p"))
    write("all.yaml", pool("p", host_network=False))
    (found,) = findings("--pools", "live.yaml", "all.yaml")
    assert (found["rule"], found["severity"], found["line"]) == ("HN313", "warning", 4)
    assert "`clusters`" in found["hint"]
    run = invoke("--pools", "live.yaml", "--check", "all.yaml")
    assert run.err.count("HN313") == 1


def test_the_configuration_is_named_as_files_are() -> None:
    entry = "    - {rules: [HN311], object: Node/n1, reason: none}\n"
    write(".hostnet-transform.yaml", f"{CONFIG}spec:\n  ignore:\n{entry}")
    write("deep/all.yaml", joined(pool("p"), node("n1", "p") + LABEL))
    (found,) = findings("deep")
    assert found["file"] == ".hostnet-transform.yaml"
    os.chdir("deep")
    (found,) = findings("all.yaml")
    assert found["file"] == "../.hostnet-transform.yaml"


def test_quiet_leaves_errors_only() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p"), node("m", "elsewhere")))
    run = invoke("validate", "-q", "all.yaml")
    assert b"HN311" in run.out
    assert b"HN313" not in run.out
    assert run.err == ""


def test_the_machine_gets_its_own_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    invoke("validate", "--report-file", "report.json", "all.yaml")
    told = json.loads(Path("report.json").read_text())
    assert [found["rule"] for found in told["findings"]] == ["HN311"]
    monkeypatch.setenv("HOSTNET_REPORT_FILE", "other.json")
    invoke("validate", "all.yaml")
    assert json.loads(Path("other.json").read_text()) == told


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_is_written_with_and_without_findings(form: str) -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    run = invoke("validate", "--format", form, "all.yaml")
    assert run.status == 1
    assert b"HN311" in run.out
    again = invoke("validate", "--format", form, "all.yaml")
    assert again.out == run.out
    assert invoke("validate", "--format", form, stdin=CONFIG_MAP).status == 0


# --- several files, several clusters ------------------------------------------------------------


def test_findings_come_file_by_file_from_top_to_bottom() -> None:
    write("a.yaml", joined(node("n1", "p"), node("n2", "p")))
    write("b.yaml", joined(pool("p"), node("n1", "p")))
    places = [(found["file"], found["line"]) for found in findings("b.yaml", "a.yaml")]
    assert places == sorted(places, key=lambda place: ("ba".index(place[0][0]), place[1]))


def test_the_same_object_in_two_files_is_a_warning_that_names_both() -> None:
    write("a.yaml", kept_off())
    write("b.yaml", kept_off())
    (found,) = findings("a.yaml", "b.yaml")
    assert (found["rule"], found["severity"], found["file"]) == ("HN107", "warning", "b.yaml")
    assert "a.yaml:1" in found["message"] or "a.yaml" in found["message"]
    (found,) = findings(stdin=joined(kept_off(), kept_off()))
    assert (found["rule"], found["severity"]) == ("HN107", "error")


def three_clusters() -> None:
    for cluster in ("one", "two", "three"):
        is_host_network = cluster == "two"
        write(f"clusters/{cluster}/pool.yaml", pool("p", host_network=is_host_network))
        write(
            f"clusters/{cluster}/node.yaml",
            node("n1", "p") + (LABEL if is_host_network else b""),
        )


def test_clusters_that_reuse_names_are_told_apart_by_scopes() -> None:
    three_clusters()
    write(".hostnet-transform.yaml", CONFIG + 'spec: {scopes: ["clusters/*"]}\n')
    assert findings(".") == []
    assert findings("clusters") == []


def test_without_scopes_the_message_points_to_them() -> None:
    three_clusters()
    run = invoke("validate", ".")
    assert b"`clusters`" in run.out
    assert run.status == 0


def test_an_old_state_is_compared_scope_by_scope() -> None:
    three_clusters()
    write(".hostnet-transform.yaml", CONFIG + 'spec: {scopes: ["clusters/*"]}\n')
    subprocess.run(["cp", "-r", "clusters", "old"], check=True)
    assert findings("--old", "old", "clusters") == []
    write("clusters/one/pool.yaml", pool("p", host_network=True))
    found = findings("--old", "old", "clusters")
    assert {entry["file"] for entry in found if entry["rule"] == "HN201"} == {
        "clusters/one/pool.yaml"
    }


# --- an old state -------------------------------------------------------------------------------


def test_a_change_from_an_old_file_is_found() -> None:
    write("old.yaml", pool("p", host_network=False))
    write("new.yaml", pool("p"))
    assert rules("--old", "old.yaml", "new.yaml") == ["HN201"]
    assert rules("--old", "old.yaml", stdin=pool("p")) == ["HN201"]
    assert rules("--old", "new.yaml", "new.yaml") == []


def test_an_object_is_found_again_wherever_it_moved() -> None:
    write("old/pools.yaml", joined(pool("p", host_network=False), pool("q")))
    write("new/p.yaml", pool("p"))
    write("new/deep/q.json", json.dumps({"apiVersion": "v1", "kind": "List", "items": []}))
    write("new/q.yaml", pool("q"))
    found = findings("--old", "old", "new")
    assert [(entry["rule"], entry["file"]) for entry in found] == [("HN201", "new/p.yaml")]


def test_an_old_state_that_cannot_be_read_is_an_error() -> None:
    write("old.yaml", joined(pool("p"), b"kind: Node\na: [\n"))
    write("new.yaml", pool("p"))
    run = invoke("validate", "--old", "old.yaml", "new.yaml")
    assert run.status == 3
    assert b"in the old state, and therefore not compared" in run.out


@pytest.mark.parametrize("old", [b"", CONFIG_MAP])
def test_an_old_state_without_anything_to_compare_judges_no_change(old: bytes) -> None:
    write("old.yaml", old)
    write("new.yaml", pool("p"))
    told = report("--old", "old.yaml", "new.yaml")["skippedRules"]
    reasons = {rule: entry["reason"] for entry in told for rule in entry["rules"]}
    assert "nothing in an old state" in reasons["HN201"]


def test_an_old_state_that_cannot_be_opened_is_an_error() -> None:
    Path("old").mkdir()
    Path("old/pool.yaml").symlink_to("nowhere")
    write("new/pool.yaml", pool("p"))
    run = invoke("validate", "--old", "old", "new")
    assert run.status == 3
    assert b"in the old state, and therefore not compared: the file cannot be read" in run.out


def test_what_cannot_be_read_elsewhere_has_no_part_in_what_was_removed() -> None:
    write("old/all.yaml", joined(pool("hangzhou"), node("n1", "hangzhou") + LABEL))
    write("new/all.yaml", node("n1", "hangzhou") + LABEL)
    write("new/other.yaml", b"kind: Pod\nmetadata: {name: {{ .x }}}\n")
    assert "HN204" in rules("--old", "old", "new")
    write("new/other.yaml", b"kind: NodePool\nmetadata: {name: hangzhou, labels: {{ .x }}}\n")
    assert "HN204" not in rules("--old", "old", "new")


def test_the_old_state_may_come_from_a_pipe_for_fix_too() -> None:
    write("old.yaml", pool("p", host_network=False))
    write("new.yaml", joined(pool("p"), node("n1", "p")))
    script = f"{' '.join(TOOL)} validate --fix --old <(cat old.yaml) new.yaml"
    run = subprocess.run(
        ["bash", "-c", script], capture_output=True, env=environment(), timeout=60, check=False
    )
    assert run.returncode == 1, run.stderr
    assert b"HN201" in run.stdout
    assert Path("new.yaml").read_bytes() == joined(pool("p"), node("n1", "p"))


def test_what_cannot_be_read_now_was_not_removed() -> None:
    write("old.yaml", pool("p"))
    write("new.yaml", joined(node("n1", "p") + LABEL, pool("p") + b"  type: Edge\n"))
    assert rules("--old", "old.yaml", "new.yaml") == ["HN313", "HN902"]
    write("new.yaml", node("n1", "p") + LABEL)
    assert rules("--old", "old.yaml", "new.yaml") == ["HN313", "HN204"]


# --- suppression --------------------------------------------------------------------------------


def test_a_suppression_in_the_configuration_is_told_when_it_is_of_no_use() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    entry = '    - {rules: [HN311], object: "Node/n1", reason: it is being reset}\n'
    write(".hostnet-transform.yaml", f"{CONFIG}spec:\n  ignore:\n{entry}")
    assert findings("all.yaml") == []
    write("all.yaml", joined(pool("p"), node("n1", "p") + LABEL))
    (found,) = findings("all.yaml")
    assert (found["rule"], found["line"]) == ("HN906", 5)
    assert found["file"].endswith(".hostnet-transform.yaml")
    write("all.yaml", joined(pool("p"), node("another", "p") + LABEL))
    assert findings("all.yaml") == []


@pytest.mark.parametrize(
    ("days", "expected"), [(-1, ["HN907", "HN311"]), (0, []), (1, [])], ids=str
)
def test_a_suppression_counts_to_the_end_of_its_last_day(days: int, expected: list[str]) -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    until = datetime.now(UTC).date() + timedelta(days)
    entry = f'    - {{rules: [HN311], object: "Node/n1", reason: it is reset, until: {until}}}\n'
    write(".hostnet-transform.yaml", f"{CONFIG}spec:\n  ignore:\n{entry}")
    found = findings("all.yaml")
    assert [one["rule"] for one in found] == expected
    assert {one["line"] for one in found if one["rule"] == "HN907"} <= {5}
    write("all.yaml", joined(pool("p"), node("another", "p") + LABEL))
    assert findings("all.yaml") == []


def test_an_annotation_spares_its_object_and_no_other() -> None:
    ignore = b'  annotations: {transform.hostnet.io/ignore: "HN311,HN107"}\n'
    spared = node("n1", "p") + ignore
    found = findings(stdin=joined(pool("p"), spared, spared, node("m", "p")))
    assert [(entry["rule"], entry["document"]) for entry in found] == [
        ("HN906", 1),  # HN107 is reported at the second one, where it is suppressed
        ("HN311", 3),
    ]


# --- --fix --------------------------------------------------------------------------------------


def test_fix_mends_what_transform_would_and_the_lost_annotation() -> None:
    write("pool.yaml", LOST)
    write("all.yaml", joined(node("n1", "p"), guarded()))
    run = invoke("validate", "--fix", ".")
    assert Path("pool.yaml").read_text() == LOST.replace(
        "  name: p   # an old one\n",
        '  name: p   # an old one\n  annotations:\n    nodepool.openyurt.io/hostnetwork: "true"\n',
    )
    assert Path("all.yaml").read_bytes() == joined(node("n1", "p") + LABEL, kept_off())
    assert run.status == 0
    assert "HN106" in run.err
    assert "node-label" in run.err


def test_fix_reports_a_node_that_it_brings_into_an_edge_pool() -> None:
    labels = "{apps.openyurt.io/desired-nodepool: p}"
    named = f"apiVersion: v1\nkind: Node\nmetadata:\n  name: edge-1\n  labels: {labels}\n"
    write("all.yaml", joined(pool("p"), named.encode()))
    run = invoke("validate", "--fix", ".")
    assert run.out.decode().count("HN306") == 1
    assert run.status == 0


def test_fix_makes_no_host_network_pool_of_one_that_is_standard() -> None:
    write("old.yaml", LOST)
    path = write("new.yaml", joined(LOST.encode(), node("n1", "p")))
    before = path.read_bytes()
    run = invoke("validate", "--fix", "--old", "old.yaml", "new.yaml")
    assert run.status == 1
    assert path.read_bytes() == before
    cloud = write("cloud.yaml", LOST.replace("type: Edge", "type: Cloud"))
    before = cloud.read_bytes()
    invoke("validate", "--fix", "cloud.yaml")
    assert cloud.read_bytes() == before


def test_fix_of_pools_that_were_standard_in_any_file() -> None:
    for folder, label in (("a", "x"), ("b", "y")):
        labelled = LOST.replace("  name: p ", f"  labels: {{z: {label}}}\n  name: p ")
        write(f"old/{folder}/pool.yaml", labelled.replace(", hostNetwork: true", ""))
    path = write("new/a/pool.yaml", LOST)
    invoke("validate", "--fix", "--old", "old", "new")
    assert path.read_text() == LOST


SPARED = b'  annotations: {transform.hostnet.io/ignore: "HN311"}\n'


@pytest.mark.parametrize(
    ("by", "document"),
    [
        ((), node("n1", "p") + SPARED),
        (("--disable", "HN311"), node("n1", "p")),
        (("--config", "c.yaml"), node("n1", "p")),
    ],
)
def test_fix_leaves_alone_what_is_suppressed(by: tuple[str, ...], document: bytes) -> None:
    entry = "    - {rules: [HN311], object: Node/n1, reason: none}\n"
    write("c.yaml", f"{CONFIG}spec:\n  ignore:\n{entry}")
    path = write("all.yaml", joined(pool("p"), document))
    before = path.read_bytes()
    run = invoke("validate", "--fix", *by, "all.yaml")
    assert run.status == 0
    assert path.read_bytes() == before


def test_fix_leaves_what_it_cannot_mend_and_says_so() -> None:
    path = write("all.yaml", joined(pool("p"), node("n1", "p"), b"a: [b\n"))
    before = path.read_bytes()
    run = invoke("validate", "--fix", "all.yaml")
    assert run.status == 3
    assert path.read_bytes() == before
    assert b"HN311" in run.out


def test_fix_tells_of_a_file_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    monkeypatch.setattr(os, "access", lambda *_: False)
    run = invoke("validate", "--fix", "all.yaml")
    assert run.status == 3
    assert b"the file cannot be written: permission denied" in run.out
    assert b"HN311" in run.out


def test_fix_lists_its_changes_in_the_report() -> None:
    write("all.yaml", joined(pool("p"), node("n1", "p")))
    write("lost.yaml", LOST.replace("name: p ", "name: q "))
    made = report("--fix", ".")["changed"]
    assert [(change["rule"], change["file"]) for change in made] == [
        ("node-label", "all.yaml"),
        ("HN106", "lost.yaml"),
    ]


def test_many_documents_are_judged_as_one_by_one() -> None:
    documents = [node(f"n{number}", "p") for number in range(300)]
    write("all.yaml", joined(*documents, pool("p")))
    found = findings("all.yaml")
    assert [entry["object"]["name"] for entry in found] == [f"n{number}" for number in range(300)]
    assert spawn("validate", "-q", "all.yaml").status == 1

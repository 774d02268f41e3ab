"""Findings of an old repository are kept in a baseline: only new ones are reported."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.hook_repository import add, commit, git, hook, start
from tests.manifests import CONFIG_MAP, LABEL, guarded, joined, kept_off, node, pool

CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\nspec: {%s}\n"
BASELINE = "known.yaml"
AT = "/spec/template/metadata/annotations/apps.openyurt.io~1exclude-host-network-pool"


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(tmp_path, monkeypatch)


def wrong(name: str) -> bytes:
    """Return a Deployment with one finding: HN403, an error."""
    return kept_off(name).replace(b'"true"', b'"yes"')


def reported(*args: str) -> tuple[int, list[tuple[str, str]], list[Any]]:
    """Return the exit status of `validate`, rule and object of each finding, and what was left
    out.
    """
    run = invoke("validate", "--format", "json", *args)
    report = json.loads(run.out)
    found = [(one["rule"], one["object"]["name"]) for one in report["findings"]]
    return run.status, found, report.get("leftOut", [])


def adopted(number: int = 200) -> None:
    for index in range(number):
        Path(f"{index}.yaml").write_bytes(wrong(f"w{index}"))
    assert reported(".")[0] == 1
    run = invoke("validate", "--write-baseline", BASELINE, ".")
    assert (run.status, run.err.splitlines()[0]) == (
        0,
        f"{BASELINE}: {number} findings in {number} entries",
    )


def test_a_repository_of_200_findings_becomes_green() -> None:
    adopted(200)
    status, found, (left_out,) = reported("--baseline", BASELINE, ".")
    assert (status, found) == (0, [])
    assert left_out == {"where": BASELINE, "findings": 200, "unneeded": [], "elsewhere": []}


def test_a_new_finding_is_reported_and_a_resolved_one_is_named() -> None:
    adopted(20)
    Path("new.yaml").write_bytes(wrong("new"))
    Path("3.yaml").write_bytes(kept_off("w3"))
    Path("4.yaml").unlink()
    status, found, (left_out,) = reported("--baseline", BASELINE, ".")
    assert (status, found) == (1, [("HN403", "new")])
    assert left_out["unneeded"] == [f"HN403 Deployment/w3 {AT}"]
    assert left_out["elsewhere"] == [f"HN403 Deployment/w4 {AT}"]
    run = invoke("validate", "--baseline", BASELINE, ".")
    assert "1 entry no longer needed there: HN403 Deployment/w3" in run.out.decode()
    drops = f"hostnet-transform validate --baseline {BASELINE} --write-baseline {BASELINE} PATH"
    assert f"  help: `{drops}` drops them, and adds none\n" in run.out.decode()
    Path("new.yaml").unlink()
    before = Path(BASELINE).read_text().splitlines()
    invoke("validate", "--write-baseline", BASELINE, ".")
    dropped = [line for line in before if line not in Path(BASELINE).read_text().splitlines()]
    assert [line.split(",")[1] for line in dropped] == [
        " object: Deployment/w3",
        " object: Deployment/w4",
    ]


def test_moved_lines_and_files_change_nothing() -> None:
    adopted(3)
    written = Path(BASELINE).read_bytes()
    Path("0.yaml").write_bytes(b"# a comment\n" * 7 + wrong("w0"))
    Path("deep/down").mkdir(parents=True)
    Path("1.yaml").rename("deep/down/other.yaml")
    Path("2.yaml").write_bytes(joined(CONFIG_MAP, wrong("w2")))
    status, found, (left_out,) = reported("--baseline", BASELINE, ".")
    assert (status, found, left_out["findings"]) == (0, [], 3)
    assert left_out["unneeded"] == left_out["elsewhere"] == []
    invoke("validate", "--write-baseline", BASELINE, ".")
    assert Path(BASELINE).read_bytes() == written


def test_one_more_of_the_same_is_reported_with_those_that_were_known() -> None:
    Path("a.yaml").write_bytes(joined(wrong("a"), wrong("a")))
    invoke("validate", "--write-baseline", BASELINE, "--disable", "HN107", ".")
    assert "count: 2" in Path(BASELINE).read_text()
    Path("b.yaml").write_bytes(wrong("a"))
    status, found, _ = reported("--baseline", BASELINE, "--disable", "HN107", ".")
    assert (status, found) == (1, [("HN403", "a")] * 3)


def test_two_branches_that_resolve_different_findings_merge() -> None:
    adopted(9)
    git("add", ".")
    git("commit", "-qm", "adopted")
    main = git("branch", "--show-current").strip()
    for branch, index in (("one", 1), ("two", 6)):
        git("checkout", "-qb", branch, main)
        Path(f"{index}.yaml").write_bytes(kept_off(f"w{index}"))
        assert invoke("validate", "--write-baseline", BASELINE, ".").status == 0
        git("commit", "-qam", branch)
    git("merge", "-q", "one")
    status, found, (left_out,) = reported("--baseline", BASELINE, ".")
    assert (status, found, left_out["findings"], left_out["unneeded"]) == (0, [], 7, [])


def test_what_cannot_be_read_is_never_known() -> None:
    Path("bad.yaml").write_bytes(b"a: [\n")
    Path("a.yaml").write_bytes(wrong("a"))
    run = invoke("validate", "--write-baseline", BASELINE, ".")
    assert (run.status, "HN901" in run.out.decode()) == (0, True)
    assert "HN901" not in Path(BASELINE).read_text()
    run = invoke("validate", "--baseline", BASELINE, ".")
    assert (run.status, "HN901" in run.out.decode()) == (3, True)


def test_the_configuration_names_the_baseline_relative_to_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    adopted(2)
    Path(".hostnet-transform.yaml").write_text(CONFIG % f"baseline: {BASELINE}")
    Path("apps").mkdir()
    Path("apps/new.yaml").write_bytes(wrong("new"))
    assert reported(".")[1] == [("HN403", "new")]
    monkeypatch.chdir("apps")
    assert reported(".", "../0.yaml")[1] == [("HN403", "new")]
    # It is not read where it is to be written.
    Path("../known.yaml").write_text("kind: HostnetBaseline\n{")
    assert invoke("validate", "--write-baseline", "../known.yaml", "..").status == 0
    assert reported("..")[:2] == (0, [])


def test_a_finding_that_becomes_true_in_another_cluster_is_new_there() -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
    Path("one/a.yaml").write_bytes(wrong("a"))
    Path(".hostnet-transform.yaml").write_text(CONFIG % 'scopes: ["*"]')
    invoke("validate", "--write-baseline", BASELINE, "one", "two")
    assert "cluster: one" in Path(BASELINE).read_text()
    Path("two/a.yaml").write_bytes(wrong("a"))
    run = invoke("validate", "--baseline", BASELINE, "--format", "json", "one", "two")
    assert [one["clusters"] for one in json.loads(run.out)["findings"]] == [["two"]]


def test_a_hook_reports_only_what_is_new() -> None:
    adopted(3)
    add({".hostnet-transform.yaml": CONFIG % f"baseline: {BASELINE}"})
    commit({"0.yaml": b"# moved\n" + wrong("w0")})
    add({"0.yaml": wrong("w0"), "new.yaml": wrong("new")})
    run = hook("validate", "0.yaml", "new.yaml")
    assert (run.status, run.out.decode().count("HN403")) == (1, 1)
    assert "not in the input" not in run.err + run.out.decode()
    git("rm", "-qf", "new.yaml")
    run = hook("validate", "0.yaml")
    assert (run.status, "neither passed nor changed" in run.err) == (0, False)


@pytest.mark.parametrize("how", [("--base", "HEAD"), ("--staged",), ("--old",)], ids=str)
def test_only_new_findings_are_those_that_the_old_state_lacks(
    how: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    old = tmp_path_factory.mktemp("old")
    how = (*how, str(old)) if how == ("--old",) else how
    (old / "a.yaml").write_bytes(wrong("a"))
    (old / "nameless.yaml").write_bytes(b"apiVersion: v1\n")
    commit({"a.yaml": wrong("a"), "nameless.yaml": b"apiVersion: v1\n"})
    add({"moved.yaml": b"# moved\n" + wrong("a"), "new.yaml": wrong("new")})
    git("rm", "-qf", "a.yaml")
    status, found, (left_out,) = reported("--only-new", *how, ".")
    assert (status, found) == (1, [("HN403", "new")])
    assert left_out["where"] == "the old state"


def test_without_an_old_state_nothing_can_be_only_new() -> None:
    run = invoke("validate", "--only-new", ".")
    assert (run.status, "give --base, --old or --staged" in run.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "does not exist"),
        ("", "the baseline is empty"),
        (
            "<<<<<<< HEAD\n- {rule: HN403}\n=======\n",
            "known.yaml:1:1: error: the baseline has a conflict of a merge",
        ),
        (
            "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetBaseline\n"
            "entries:\n- {rule: HN403, object: Pod/a, line: 7}\n",
            'known.yaml:4:32: error: unknown key "line"',
        ),
        (
            "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetBaseline\n"
            "entries:\n- {rule: HN403, object: Pod/a, file: a.yaml}\n",
            "expected an entry with either an object or a file",
        ),
        (CONFIG % "", "HostnetBaseline"),
    ],
)
def test_a_file_that_is_no_baseline_is_refused(text: str | None, message: str) -> None:
    if text is not None:
        Path(BASELINE).write_text(text)
    run = invoke("validate", "--baseline", BASELINE, ".")
    assert (run.status, run.out) == (2, b"")
    assert message in run.err
    assert "--write-baseline" in run.err or text


def test_a_baseline_that_cannot_be_written_is_an_error() -> None:
    Path("a.yaml").write_bytes(wrong("a"))
    run = invoke("validate", "--write-baseline", "no/folder.yaml", ".")
    assert (run.status, "no/folder.yaml: error: the baseline cannot be written" in run.err) == (
        2,
        True,
    )


@pytest.mark.parametrize("name", ["a.yaml", "fifo"])
def test_nothing_but_a_baseline_is_replaced(name: str) -> None:
    Path("a.yaml").write_bytes(wrong("a"))
    os.mkfifo("fifo")
    before = Path(name).lstat()
    run = invoke("validate", "--write-baseline", name, "a.yaml")
    assert (run.status, f"{name}: error: this file is not a baseline" in run.err) == (2, True)
    assert (Path(name).lstat().st_ino, Path(name).lstat().st_size) == (
        before.st_ino,
        before.st_size,
    )


def test_of_nothing_no_baseline_is_written() -> None:
    adopted(2)
    before = Path(BASELINE).read_bytes()
    run = invoke("validate", "--write-baseline", BASELINE, stdin=b"")
    assert (run.status, "no manifest was read" in run.err) == (2, True)
    assert Path(BASELINE).read_bytes() == before


def test_a_baseline_with_the_marks_of_a_conflict_is_written_again() -> None:
    adopted(2)
    before = Path(BASELINE).read_bytes()
    Path(BASELINE).write_bytes(before + b"<<<<<<< HEAD\n=======\n>>>>>>> mine\n")
    assert invoke("validate", "--write-baseline", BASELINE, ".").status == 0
    assert Path(BASELINE).read_bytes() == before


def test_a_baseline_is_written_of_all_findings() -> None:
    run = invoke("validate", "--write-baseline", "a", "--only-new", ".")
    assert (run.status, "cannot be used together" in run.err) == (2, True)
    assert not Path("a").exists()


def test_what_is_no_longer_needed_is_dropped_and_nothing_is_added() -> None:
    adopted(4)
    Path("1.yaml").write_bytes(kept_off("w1"))
    Path("2.yaml").unlink()
    Path("new.yaml").write_bytes(wrong("new"))
    run = invoke("validate", "--baseline", BASELINE, "--write-baseline", BASELINE, ".")
    assert run.err.splitlines()[0] == f"{BASELINE}: 2 findings in 3 entries (1 dropped)"
    assert (run.status, "Deployment/new" in run.out.decode()) == (1, True)
    # What is not in the input may be in another run.
    left = [line for line in Path(BASELINE).read_text().splitlines() if "HN403" in line]
    assert [line.split("/")[1].split(",")[0] for line in left] == ["w0", "w2", "w3"]
    written = Path(BASELINE).read_bytes()
    invoke("validate", "--baseline", BASELINE, "--write-baseline", BASELINE, "0.yaml")
    assert Path(BASELINE).read_bytes() == written


def test_writing_it_again_says_what_changes() -> None:
    adopted(4)
    Path("1.yaml").write_bytes(kept_off("w1"))
    Path("new.yaml").write_bytes(wrong("new"))
    run = invoke("validate", "--write-baseline", BASELINE, ".")
    assert run.err.splitlines()[0] == f"{BASELINE}: 4 findings in 4 entries (1 new, 1 dropped)"


def test_the_same_entry_of_two_branches_covers_what_one_does() -> None:
    adopted(2)
    text = Path(BASELINE).read_text()
    Path(BASELINE).write_text(text + text.splitlines()[-1] + "\n")
    Path("again.yaml").write_bytes(wrong("w1"))
    status, found, _ = reported("--baseline", BASELINE, "--disable", "HN107", ".")
    assert (status, found) == (1, [("HN403", "w1")] * 2)


def bare(name: str) -> bytes:
    """Return a Deployment that may run on any pool, and needs a network."""
    return guarded(name).replace(b"apps.openyurt.io/exclude-host-network-pool", b"example.com/a")


def test_a_workload_that_lands_is_new_also_if_another_is_mended() -> None:
    Path("pool.yaml").write_bytes(pool("hz"))
    for name in ("web", "job"):
        Path(f"{name}.yaml").write_bytes(bare(name))
    invoke("validate", "--write-baseline", BASELINE, ".")
    Path("job.yaml").write_bytes(kept_off("job"))
    Path("api.yaml").write_bytes(bare("api"))
    run = invoke("validate", "--baseline", BASELINE, "--format", "json", ".")
    (found,) = [one for one in json.loads(run.out)["findings"] if one["rule"] == "HN420"]
    assert found["message"].startswith("the pods of Deployment/api can be scheduled")
    assert [one["file"] for one in found["related"]] == ["api.yaml"]
    (left_out,) = json.loads(run.out)["leftOut"]
    assert left_out["unneeded"] == ["HN420 Deployment/job with NodePool/hz"]


def test_without_the_pools_nothing_is_said_to_be_mended() -> None:
    Path("pool.yaml").write_bytes(pool("hz"))
    Path("web.yaml").write_bytes(bare("web"))
    invoke("validate", "--write-baseline", BASELINE, ".")
    _, _, (left_out,) = reported("--baseline", BASELINE, "web.yaml")
    assert (left_out["unneeded"], len(left_out["elsewhere"])) == ([], 1)
    Path("web.yaml").write_bytes(kept_off("web"))
    _, _, (left_out,) = reported("--baseline", BASELINE, "--pools", "pool.yaml", "web.yaml")
    assert left_out["unneeded"] == ["HN420 Deployment/web with NodePool/hz"]


def test_a_change_is_reported_whatever_was_known(tmp_path_factory: pytest.TempPathFactory) -> None:
    commit({"pool.yaml": pool("hz")})
    Path("pool.yaml").write_bytes(pool("hz").replace(b"true", b"false"))
    run = invoke("validate", "--base", "HEAD", "--write-baseline", BASELINE, ".")
    assert (run.status, "HN201" in run.out.decode()) == (0, True)
    assert "HN201" not in Path(BASELINE).read_text()


def test_an_entry_of_one_cluster_is_not_decided_by_another() -> None:
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "a.yaml").write_bytes(wrong("a"))
    Path(".hostnet-transform.yaml").write_text(CONFIG % 'scopes: ["*"]')
    invoke("validate", "--write-baseline", BASELINE, ".")
    Path("two/a.yaml").write_bytes(kept_off("a"))
    _, _, (left_out,) = reported("--baseline", BASELINE, "--cluster", "two", ".")
    assert left_out["unneeded"] == [f"HN403 Deployment/a {AT} in cluster two"]
    assert left_out["elsewhere"] == [f"HN403 Deployment/a {AT} in cluster one"]
    assert reported("--baseline", BASELINE, "two")[2][0]["unneeded"] == left_out["unneeded"]


def landing_in(report: bytes) -> list[tuple[str, int, str, list[str]]]:
    """Return file, line and object of each HN420, and the files of the workloads that it names."""
    return [
        (one["file"], one["line"], one["object"]["name"], [at["file"] for at in one["related"]])
        for one in json.loads(report)["findings"]
        if one["rule"] == "HN420"
    ]


def in_a_hook(*files: str) -> tuple[int, list[tuple[str, int, str, list[str]]]]:
    """Return the exit status of the hook for warnings, and HN420 as `landing_in` returns it."""
    report = Path(".git/report.json")
    run = hook("validate", "--fail-on", "warning", "--report-file", str(report), *files)
    return run.status, landing_in(report.read_bytes())


def test_a_new_workload_that_lands_is_reported_where_it_is() -> None:
    Path("pool.yaml").write_bytes(pool("hz"))
    for name in ("web", "job"):
        Path(f"{name}.yaml").write_bytes(bare(name))
    invoke("validate", "--write-baseline", BASELINE, ".")
    Path("api.yaml").write_bytes(joined(CONFIG_MAP, bare("api")))
    run = invoke("validate", "--baseline", BASELINE, "--format", "json", ".")
    assert landing_in(run.out) == [("api.yaml", 12, "api", ["api.yaml"])]
    (found,) = json.loads(run.out)["findings"]
    assert found["document"] == 1
    run = invoke("validate", "--baseline", BASELINE, "--format", "sarif", ".")
    (result,) = json.loads(run.out)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "api.yaml"
    assert place["region"]["snippet"] == {"text": "    metadata:"}


def test_a_hook_reports_a_workload_that_lands_at_its_file() -> None:
    commit({"pool.yaml": pool("hz"), "web.yaml": bare("web")})
    add({"api.yaml": joined(CONFIG_MAP, bare("api"))})
    run = hook("validate", "--fail-on", "warning", "api.yaml")
    assert run.status == 1
    assert run.out.decode().startswith(
        "api.yaml\n  12:5 warning[HN420] the pods of Deployment/api can be scheduled to"
    )
    assert "web" not in run.out.decode()
    add({"pool.yaml": pool("hz") + b"# changed\n"})
    landing = ("pool.yaml", 7, "hz", ["web.yaml", "api.yaml"])
    assert in_a_hook("api.yaml", "pool.yaml") == (1, [landing])


def test_a_hook_with_a_baseline_counts_each_workload_once() -> None:
    commit({"pool.yaml": pool("hz"), "web.yaml": bare("web"), "job.yaml": bare("job")})
    invoke("validate", "--write-baseline", BASELINE, ".")
    commit({".hostnet-transform.yaml": CONFIG % f"baseline: {BASELINE}"})
    changed = bare("web") + b"# changed\n"
    add({"web.yaml": changed})
    assert in_a_hook("web.yaml") == (0, [])
    add({"web.yaml": joined(changed, bare("api"))})
    assert in_a_hook("web.yaml") == (1, [("web.yaml", 22, "api", ["web.yaml"])])


def test_a_hook_does_not_fail_for_a_workload_that_a_patch_may_keep_off() -> None:
    patch = "patches: [{path: patch.yaml}]\nresources: [api.yaml]\n"
    commit({"pool.yaml": pool("hz"), "web.yaml": bare("web"), "edge/kustomization.yaml": patch})
    add({"edge/api.yaml": bare("api"), "edge/patch.yaml": bare("api")})
    run = hook("validate", "-v", "--fail-on", "warning", "edge/api.yaml", "edge/patch.yaml")
    assert run.status == 0
    assert "info[HN420] the pods of Deployment/api can" in run.out.decode()
    assert "(without the patch in edge/patch.yaml)" in run.out.decode()


LABELED = node("n1", "hz") + LABEL
UNLABELED = LABELED.replace(LABEL, b"")
WRONG = LABELED.replace(b'"true"', b'"false"')
JOINS = UNLABELED.replace(b"/nodepool:", b"/desired-nodepool:")
JOB = guarded("job").replace(b"Deployment", b"Job").replace(b"apps/v1", b"batch/v1")
PLAIN_JOB = JOB.replace(b"exclude-host-network-pool", b"other")


@pytest.mark.parametrize(
    ("rule", "before", "now"),
    [
        ("HN303", UNLABELED, WRONG),
        ("HN306", JOINS, JOINS),
        ("HN311", LABELED, UNLABELED),
        ("HN426", PLAIN_JOB, JOB),
    ],
)
def test_with_an_old_state_no_entry_is_unneeded_for_what_may_be_found_in_one_state(
    rule: str, before: bytes, now: bytes
) -> None:
    commit({"pool.yaml": pool("hz"), "a.yaml": before})
    Path("a.yaml").write_bytes(now)
    invoke("validate", "--write-baseline", BASELINE, ".")
    assert f"rule: {rule}" in Path(BASELINE).read_text()
    _, _, (left_out,) = reported("--base", "HEAD", "--baseline", BASELINE, ".")
    assert left_out["unneeded"] == left_out["elsewhere"] == []
    written = Path(BASELINE).read_bytes()
    drops = ("--baseline", BASELINE, "--write-baseline", BASELINE)
    invoke("validate", "--base", "HEAD", *drops, ".")
    assert Path(BASELINE).read_bytes() == written


def test_a_rule_without_anything_to_check_in_one_cluster_is_decided_in_another() -> None:
    spec = "clusters: [{name: one, paths: [one]}, {name: two, paths: [two]}]"
    Path(".hostnet-transform.yaml").write_text(CONFIG % spec)
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "pool.yaml").write_bytes(pool("hz"))
    Path("one/node.yaml").write_bytes(UNLABELED)
    Path("pool.yaml").write_bytes(pool("p"))
    outside = node("m", "p")
    Path("node.yaml").write_bytes(outside)
    invoke("validate", "--write-baseline", BASELINE, ".")
    Path("one/node.yaml").write_bytes(LABELED)
    Path("node.yaml").write_bytes(outside + LABEL)
    _, _, (left_out,) = reported("--baseline", BASELINE, ".")
    assert [one for one in left_out["unneeded"] if "HN311" in one] == [
        "HN311 Node/m /metadata/labels",
        "HN311 Node/n1 /metadata/labels in cluster one",
    ]
    assert left_out["elsewhere"] == []


def test_a_hook_leaves_what_is_new_in_other_files_to_others() -> None:
    commit({"pool.yaml": pool("hz"), "web.yaml": bare("web"), "cli.yaml": bare("cli")})
    invoke("validate", "--write-baseline", BASELINE, ".")
    commit({".hostnet-transform.yaml": CONFIG % f"baseline: {BASELINE}", "job.yaml": bare("job")})
    add({"web.yaml": bare("web") + b"# changed\n"})
    assert in_a_hook("web.yaml") == (0, [])
    add({"api.yaml": bare("api")})
    assert in_a_hook("web.yaml", "api.yaml") == (1, [("api.yaml", 7, "api", ["api.yaml"])])

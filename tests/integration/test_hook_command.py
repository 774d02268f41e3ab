"""The `hook` commands, as pre-commit runs them: at the top of a repository, with files."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.integration.hook_repository import add, commit, git, hook, start
from tests.manifests import LABEL, TEMPLATE, guarded, joined, kept_off, node, pool

CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n"

CLAIM = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: {name}}}
spec:
  template:
    spec:
      hostNetwork: true
      dnsPolicy: ClusterFirstWithHostNet
      nodeSelector: {{apps.openyurt.io/nodepool: p}}
      containers: [{{name: one, image: "one:1", ports: [{{containerPort: 9100}}]}}]
"""


@pytest.fixture(autouse=True)
def _repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start(tmp_path, monkeypatch)


# --- validate: what was not looked into ---------------------------------------------------------


def test_what_was_not_looked_into_counts_in_the_files_that_are_reported() -> None:
    release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: %s}\n"
    commit({"a.yaml": release % "a"})
    add({"b.yaml": release % "b"})
    run = hook("validate", "--fail-on", "unseen", "b.yaml")
    assert (run.status, "--fail-on unseen: 1 HelmRelease" in run.err) == (1, True)
    git("commit", "-qm", "m")
    add({"c.yaml": pool("p")})
    assert hook("validate", "--fail-on", "unseen", "c.yaml").status == 0


# --- transform, check ---------------------------------------------------------------------------


def test_only_the_files_that_are_passed_are_mended() -> None:
    add({"a.yaml": guarded(), "b.yaml": guarded()})
    run = hook("transform", "a.yaml")
    assert run.status == 1
    assert "a file was changed: review the changes" in run.err
    assert run.out == b""
    assert Path("a.yaml").read_bytes() == kept_off()
    assert Path("b.yaml").read_bytes() == guarded()
    assert hook("transform", "a.yaml").status == 0


def test_check_says_what_would_change() -> None:
    add({"a.yaml": guarded()})
    run = hook("check", "a.yaml")
    assert run.status == 1
    assert "would change" in run.err
    assert Path("a.yaml").read_bytes() == guarded()


def test_the_name_of_a_file_is_no_option() -> None:
    off = f"{CONFIG}spec: {{rules: {{pod-guard: false}}}}\n"
    report = "--report-file=victim.yaml"
    add({"--config=off.yaml": guarded(), "off.yaml": off, report: guarded(), "-q.yaml": guarded()})
    Path("victim.yaml").write_text("precious")
    names = ("--config=off.yaml", report, "-q.yaml")
    assert hook("check", *names).status == 1
    assert hook("transform", *names).status == 1
    assert [Path(name).read_bytes() for name in names] == [kept_off()] * 3
    assert Path("victim.yaml").read_text() == "precious"
    git("add", "--all")
    assert hook("validate", *names).status == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tsconfig.json", b'{"a": [1,],}\n'),
        ("values.yaml", b"a: 1\na: 2\n"),
        ("broken.yaml", b"a:\n\t- b\n"),
        ("latin.yaml", b"a: caf\xe9\n"),
    ],
)
def test_a_file_that_is_no_manifest_passes_with_a_note(name: str, data: bytes) -> None:
    commit({"pool.yaml": pool("p")})
    add({name: data})
    for command in ("transform", "check"):
        assert hook(command, name).status == 0
    run = hook("validate", "-v", name)
    assert run.status == 0
    assert b"info[HN90" in run.out
    broken = b"apiVersion: v1\nkind: Node\na: [\n"
    add({"manifest.yaml": broken})
    assert hook("validate", "manifest.yaml").status == 3


def test_a_file_above_the_working_folder_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    commit({"pool.yaml": pool("p", host_network=False), "deep/a.yaml": guarded()})
    add({"pool.yaml": pool("p")})
    monkeypatch.chdir("deep")
    run = hook("validate", "../pool.yaml")
    assert run.status == 2
    assert "run it in the top folder of the repository" in run.err


def test_no_files_are_no_standard_input() -> None:
    assert hook("transform") == hook("transform")
    assert hook("transform").status == 0
    assert hook("check").status == 0


def test_an_error_and_what_cannot_be_read_end_with_1_and_3() -> None:
    on_workload = (
        b"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations:\n"
        b'    apps.openyurt.io/exclude-host-network-pool: "true"\n'
        b"spec: {template: {spec: {containers: [{name: web, image: w}]}}}\n"
    )
    add({"a.yaml": on_workload, "b.yaml": guarded() + b"  a: [\n"})
    run = hook("transform", "a.yaml")
    assert (run.status, "HN402" in run.err) == (1, True)
    run = hook("transform", "b.yaml")
    assert (run.status, "HN901" in run.err) == (3, True)


def test_pools_come_from_all_that_git_has_and_from_nothing_else() -> None:
    add({"n.yaml": node("n", "p"), "infra/p.yaml": pool("p"), "clusters/q.json": "{}\n"})
    Path("ignored.yaml").write_bytes(pool("p", host_network=False))
    assert hook("transform", "n.yaml").status == 1
    assert Path("n.yaml").read_bytes() == node("n", "p") + LABEL


def test_each_part_of_a_split_list_is_right_by_itself() -> None:
    add({"n.yaml": node("n", "p"), "o.yaml": node("o", "p"), "p.yaml": pool("p")})
    for name in ("p.yaml", "n.yaml", "o.yaml"):
        hook("transform", name)
    assert Path("n.yaml").read_bytes() == node("n", "p") + LABEL
    assert Path("o.yaml").read_bytes() == node("o", "p") + LABEL


def test_pools_of_another_scope_do_not_count() -> None:
    add(
        {
            ".hostnet-transform.yaml": f'{CONFIG}spec: {{scopes: ["clusters/*"]}}\n',
            "clusters/a/p.yaml": pool("p"),
            "clusters/a/n.yaml": node("n", "p"),
            "clusters/b/p.yaml": pool("p", host_network=False),
            "clusters/b/n.yaml": node("n", "p"),
        }
    )
    hook("transform", "clusters/a/n.yaml", "clusters/b/n.yaml")
    assert Path("clusters/a/n.yaml").read_bytes() == node("n", "p") + LABEL
    assert Path("clusters/b/n.yaml").read_bytes() == node("n", "p")


def test_what_the_configuration_leaves_out_is_left_out() -> None:
    config = f"{CONFIG}spec: {{exclude: [old], pools: [elsewhere.yml]}}\n"
    add(
        {
            ".hostnet-transform.yaml": config,
            "old/a.yaml": guarded(),
            "old/p.yaml": pool("p", host_network=False),
            "n.yaml": node("n", "p"),
        }
    )
    Path("elsewhere.yml").write_bytes(pool("p"))
    hook("transform", "old/a.yaml", "n.yaml")
    assert Path("old/a.yaml").read_bytes() == guarded()
    assert Path("n.yaml").read_bytes() == node("n", "p") + LABEL


def test_a_template_is_a_note() -> None:
    add({"t.yaml": TEMPLATE})
    run = hook("transform", "-v", "t.yaml")
    assert run.status == 0
    assert "this looks like a template" in run.err


# --- validate -----------------------------------------------------------------------------------


def test_nothing_is_judged_where_no_manifest_is_at_stake() -> None:
    commit({"all.yaml": joined(pool("p"), pool("p"))})
    add({"notes.txt": "nothing\n"})
    run = hook("validate", "notes.txt")
    assert (run.status, run.out, run.err) == (0, b"", "")


def test_errors_elsewhere_are_counted_and_stop_nothing() -> None:
    commit(
        {
            "old.yaml": joined(pool("p"), pool("p")),
            "broken.yaml": b"apiVersion: v1\nkind: Pod\na: [\n",
        }
    )
    add({"new.yaml": guarded()})
    run = hook("validate", "new.yaml")
    assert run.status == 0
    assert b"old.yaml" not in run.out
    assert "2 errors in files that were neither passed nor changed" in run.err
    assert hook("validate", "old.yaml").status == 1
    assert hook("validate", "broken.yaml").status == 3


def test_what_is_staged_counts_and_not_what_is_on_the_disk() -> None:
    commit({"p.yaml": pool("p")})
    add({"p.yaml": pool("p", host_network=False)})
    Path("p.yaml").write_bytes(pool("p"))
    run = hook("validate")
    assert run.status == 1
    assert b"HN201" in run.out


def test_what_moved_is_found_again() -> None:
    commit({"p.yaml": pool("p"), "n.yaml": node("n", "p") + LABEL})
    git("mv", "p.yaml", "q.yaml")
    assert hook("validate", "q.yaml").status == 0


def test_the_first_commit_has_nothing_before_it() -> None:
    add({"all.yaml": joined(pool("p"), node("n", "p"))})
    run = hook("validate", "all.yaml")
    assert run.status == 1
    assert b"HN311" in run.out


@pytest.mark.parametrize("name", ["a.yaml", "z.yaml"])
def test_of_two_that_collide_the_changed_one_is_told_of(name: str) -> None:
    there = CLAIM.format(name="there")
    commit({"m.yaml": joined(pool("p"), node("n", "p") + LABEL, there.encode())})
    add({name: CLAIM.format(name="new")})
    run = hook("validate", name)
    assert run.status == 1, run.out
    assert run.out.startswith(name.encode())
    assert b"HN408" in run.out


def test_a_link_to_a_changed_file_is_changed() -> None:
    commit({".shared/p.yaml": pool("p")})
    Path("p.yaml").symlink_to(".shared/p.yaml")
    commit({})
    add({".shared/p.yaml": joined(pool("p"), pool("p"))})
    assert hook("validate", ".shared/p.yaml").status == 1


def test_a_link_that_is_passed_is_what_is_told_of() -> None:
    commit({"shared/p.yaml": joined(pool("p"), pool("p"))})
    Path("z.yaml").symlink_to("shared/p.yaml")
    commit({})
    linked, itself = hook("validate", "z.yaml"), hook("validate", "shared/p.yaml")
    assert (linked.status, linked.out.splitlines()[0]) == (1, b"z.yaml")
    assert (itself.status, itself.out.splitlines()[0]) == (1, b"shared/p.yaml")


def test_what_others_merged_is_not_laid_at_the_door_of_a_merge() -> None:
    commit({"p.yaml": pool("p"), "x.txt": "1\n"})
    git("checkout", "-qb", "mine")
    commit({"x.txt": "2\n", "q.yaml": guarded()})
    git("checkout", "-q", "main")
    other = commit({"p.yaml": pool("p", host_network=False), "x.txt": "3\n"})
    git("checkout", "-q", "mine")
    subprocess.run(["git", "merge", "-q", other], check=False, capture_output=True)
    add({"x.txt": "4\n"})
    assert hook("validate", "x.txt").status == 0
    add({"p.yaml": joined(pool("p", host_network=False), node("n", "p") + LABEL)})
    assert hook("validate", "p.yaml").status == 1


def test_two_commits_are_compared_where_pre_commit_names_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = commit({"p.yaml": pool("p")})
    new = commit({"p.yaml": pool("p", host_network=False)})
    commit({"p.yaml": pool("p")})
    assert hook("validate", "p.yaml").status == 0
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", old)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", new)
    run = hook("validate", "p.yaml")
    assert run.status == 1
    assert b"HN201" in run.out


def test_histories_that_have_nothing_in_common_are_compared_as_they_are() -> None:
    commit({"p.yaml": pool("p")})
    git("checkout", "-q", "--orphan", "rendered")
    commit({"p.yaml": pool("p", host_network=False)})
    run = hook("validate", "--from-ref", "main", "--to-ref", "rendered")
    assert run.status == 1
    assert b"HN201" in run.out


def test_one_ref_alone_is_wrong_usage() -> None:
    run = hook("validate", "--from-ref", "HEAD")
    assert run.status == 2
    assert "must be used together" in run.err


def test_a_report_is_written_even_if_nothing_is_at_stake() -> None:
    commit({"notes.txt": "nothing\n"})
    assert hook("validate", "--report-file", "report.json").status == 0
    assert json.loads(Path("report.json").read_text())["findings"] == []

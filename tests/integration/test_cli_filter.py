"""As a filter: standard input to standard output."""

import json
from pathlib import Path

import pytest

from tests.integration.cli_runs import invoke
from tests.manifests import CONFIG_MAP, LABEL, TEMPLATE, guarded, joined, kept_off, node, pool


def test_empty_input_gives_empty_output() -> None:
    assert invoke() == (0, b"", "0 documents: 0 changed\n")


@pytest.mark.parametrize(
    "data",
    [
        CONFIG_MAP,
        CONFIG_MAP.rstrip(b"\n"),
        CONFIG_MAP.replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + CONFIG_MAP,
        b"# only a comment",
        b"---\n---\n...\n",
        b'{"kind":"ConfigMap","apiVersion":"v1"}\n{"kind":"ConfigMap","apiVersion":"v1"}\n',
    ],
)
def test_what_needs_no_change_comes_out_byte_for_byte(data: bytes) -> None:
    run = invoke(stdin=data)
    assert (run.status, run.out) == (0, data)


def test_only_manifests_go_to_standard_output() -> None:
    run = invoke(stdin=guarded())
    assert run.out == kept_off()
    assert run.err.splitlines() == [
        "<stdin>:1: pod-guard: Deployment/web:"
        ' added node affinity nodepool.openyurt.io/hostnetwork NotIn ["true"]'
        " (annotated exclude-host-network-pool)",
        "1 document: 1 changed",
    ]


def test_a_dash_is_standard_input() -> None:
    assert invoke("-", stdin=guarded()).out == kept_off()


def test_the_default_command_can_be_named() -> None:
    assert invoke("transform", "-q", stdin=guarded()).out == kept_off()


def test_line_ends_are_those_of_the_input() -> None:
    crlf = guarded().replace(b"\n", b"\r\n")
    assert invoke(stdin=crlf).out == kept_off().replace(b"\n", b"\r\n")


def test_json_lines_stay_json_lines() -> None:
    lines = b"".join(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": name,
                    "annotations": {"apps.openyurt.io/exclude-host-network-pool": "true"},
                },
                "spec": {"containers": [{"name": "x", "image": "y"}]},
            }
        ).encode()
        + b"\n"
        for name in ("a", "b")
    )
    out = invoke(stdin=lines).out.splitlines()
    assert [json.loads(line)["metadata"]["name"] for line in out] == ["a", "b"]
    assert all("affinity" in json.loads(line)["spec"] for line in out)


def test_output_stops_at_the_first_document_that_failed_and_all_are_reported() -> None:
    run = invoke(stdin=joined(guarded("a"), TEMPLATE, guarded("b")))
    assert run.status == 3
    assert run.out == kept_off("a")
    assert "error[HN901]: this looks like a template (line 20)" in run.err
    assert "help: render it first" in run.err
    assert "the output ends before <stdin>:14, which failed" in run.err
    assert "Deployment/b" in run.err


def test_with_pass_an_unreadable_document_goes_through_untouched() -> None:
    run = invoke("--on-invalid", "pass", stdin=joined(TEMPLATE, guarded()))
    assert run.status == 0
    assert run.out == TEMPLATE + b"---\n" + kept_off()
    assert "warning[HN901]" in run.err


def test_all_or_nothing_prints_nothing_on_failure() -> None:
    run = invoke("--all-or-nothing", stdin=joined(guarded(), TEMPLATE))
    assert (run.status, run.out) == (3, b"")
    assert "nothing is printed, because something failed" in run.err


def test_all_or_nothing_prints_everything_where_nothing_failed() -> None:
    run = invoke("--all-or-nothing", stdin=joined(guarded(), CONFIG_MAP))
    assert (run.status, run.out) == (0, kept_off() + b"---\n" + CONFIG_MAP)


def test_check_prints_nothing_and_tells_a_change_by_its_status() -> None:
    changed, unchanged = invoke("--check", stdin=guarded()), invoke("--check", stdin=kept_off())
    assert (changed.status, changed.out) == (1, b"")
    assert "1 would change" in changed.err
    assert (unchanged.status, unchanged.out) == (0, b"")


def test_check_with_diff_shows_what_would_change() -> None:
    run = invoke("--check", "--diff", "--all-or-nothing", stdin=guarded())
    assert run.status == 1
    assert b"+      affinity:\n" in run.out


def test_an_error_finding_is_status_1_and_does_not_stop_the_output() -> None:
    lost = pool("a").replace(b"v1beta2", b"v1beta1")
    run = invoke(stdin=joined(lost, guarded()))
    assert run.status == 1
    assert run.out == lost + b"---\n" + kept_off()
    assert "error[HN106]" in run.err


def test_unreadable_input_outranks_an_error_finding() -> None:
    lost = pool("a").replace(b"v1beta2", b"v1beta1")
    assert invoke("--check", stdin=joined(lost, guarded(), TEMPLATE)).status == 3


def test_a_document_over_the_limit_is_an_error() -> None:
    run = invoke("--max-document", "100", stdin=guarded())
    assert (run.status, run.out) == (3, b"")
    assert "the document is larger than 100 bytes" in run.err
    assert "--max-document" in run.err


def test_a_document_over_the_limit_passes_on_request() -> None:
    data = joined(guarded("a" * 900), guarded("b"))
    run = invoke("--max-document", "1KiB", "--on-invalid", "pass", stdin=data)
    assert run.status == 0
    assert run.out == guarded("a" * 900) + b"---\n" + kept_off("b")


@pytest.mark.parametrize("size", ["0", "many", "-1", "1.5M", ""])
def test_a_limit_that_is_no_size_is_wrong_usage(size: str) -> None:
    run = invoke("--max-document", size)
    assert run.status == 2
    assert "64MiB" in run.err


def test_standard_input_can_be_given_a_name() -> None:
    run = invoke("--stdin-filename", "built.yaml", stdin=guarded())
    assert run.err.startswith("built.yaml:1: pod-guard")


def test_pools_may_come_after_nodes_and_the_order_stays() -> None:
    run = invoke(stdin=joined(guarded("a"), node("n1", "p"), guarded("b"), pool("p")))
    assert run.status == 0
    assert run.out == joined(kept_off("a"), node("n1", "p") + LABEL, kept_off("b"), pool("p"))


def test_a_node_of_a_pool_that_never_comes_is_left_alone_and_reported() -> None:
    run = invoke(stdin=joined(node("n1", "p"), pool("q")))
    assert run.status == 0
    assert run.out == joined(node("n1", "p"), pool("q"))
    assert (
        "<stdin>:6:32: warning[HN313]: node n1 is in pool p, which is not in the input" in run.err
    )


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_pools_are_read_from_what_kubectl_prints(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"pools.{form}"
    item = {
        "apiVersion": "apps.openyurt.io/v1beta2",
        "kind": "NodePool",
        "metadata": {"name": "p"},
        "spec": {"hostNetwork": True},
    }
    if form == "json":
        file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": [item]}, indent=4))
    else:
        file.write_bytes(
            b"apiVersion: v1\nitems:\n- "
            + pool("p").rstrip(b"\n").replace(b"\n", b"\n  ")
            + b"\nkind: List\n"
        )
    assert invoke("--pools", file, stdin=node("n1", "p")).out == node("n1", "p") + LABEL


def test_pools_can_be_named_more_than_once_and_in_folders(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.yaml").write_bytes(pool("a"))
    (tmp_path / "b.yaml").write_bytes(pool("b"))
    nodes = joined(node("m", "a"), node("n1", "b"))
    run = invoke("--pools", tmp_path / "folder", "--pools", tmp_path / "b.yaml", stdin=nodes)
    assert run.out == joined(node("m", "a") + LABEL, node("n1", "b") + LABEL)


def test_two_pools_of_one_name_decide_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(pool("p"))
    (tmp_path / "b.yaml").write_bytes(pool("p", host_network=False))
    (tmp_path / "node.yaml").write_bytes(node("n1", "p"))
    for arguments in ((), (tmp_path / "node.yaml",)):
        both = ("--pools", tmp_path / "a.yaml", "--pools", tmp_path / "b.yaml")
        run = invoke(*both, *arguments, stdin=node("n1", "p"))
        assert run.out == node("n1", "p")
        assert "there are different NodePools" in run.err


def test_pools_that_do_not_exist_are_wrong_usage() -> None:
    run = invoke("--pools", "nowhere.yaml", stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert "there is no file or folder 'nowhere.yaml'" in run.err


@pytest.mark.parametrize("content", [TEMPLATE, b"\xff\xfe", b"a: b: c"])
def test_pools_that_cannot_be_read_are_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "pools.yaml").write_bytes(content)
    run = invoke("--pools", tmp_path / "pools.yaml", stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert f"{tmp_path / 'pools.yaml'}: error: the pools cannot be read: " in run.err


def test_rules_are_switched_off_and_on() -> None:
    assert invoke("--disable", "pod-guard", stdin=guarded()).out == guarded()
    assert invoke("--disable", "POD_GUARD", stdin=guarded()).out == guarded()
    labelled = pool("p") + b"  labels: {a: b}\n"
    run = invoke("--enable", "pool-attributes", stdin=joined(labelled, node("n1", "p")))
    assert run.out.endswith(b"    a: b\n" + LABEL) or run.out.endswith(LABEL + b"    a: b\n")


def test_a_check_can_be_switched_off() -> None:
    lost = pool("a").replace(b"v1beta2", b"v1beta1")
    run = invoke("--disable", "hn106", stdin=lost)
    assert (run.status, run.err) == (0, "1 document: 0 changed\n")


def test_an_unknown_rule_is_wrong_usage_and_the_one_meant_is_named() -> None:
    run = invoke("--enable", "pod-gaurd", stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert "there is no rule 'pod-gaurd', did you mean 'pod-guard'?" in run.err
    assert "`hostnet-transform rules` lists them" in run.err


def test_an_unknown_option_is_wrong_usage() -> None:
    run = invoke("--chekc", stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert "--check" in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("-w",),
        ("-w", "--check", "."),
        ("-w", "--diff", "."),
        ("-w", "--all-or-nothing", "."),
        ("-w", "--output", "json-patch", "."),
        ("--diff", "--output", "json-patch"),
        ("-q", "-v"),
        ("-", "."),
    ],
)
def test_options_that_contradict_are_wrong_usage(arguments: tuple[str, ...]) -> None:
    run = invoke(*arguments, stdin=guarded())
    assert (run.status, run.out) == (2, b"")
    assert "error: " in run.err


def test_quiet_leaves_only_errors() -> None:
    lost = pool("a").replace(b"v1beta2", b"v1beta1")
    assert invoke("-q", stdin=guarded()).err == ""
    assert invoke("-q", stdin=lost).err.count("\n") == 2


def test_verbose_counts_what_was_screened_parsed_and_edited() -> None:
    run = invoke("-v", stdin=joined(CONFIG_MAP, guarded(), kept_off("b")))
    assert run.err.endswith("3 documents: 1 changed, 1 screened, 1 parsed, 1 edited\n")


def test_colour_is_for_terminals_and_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in invoke(stdin=guarded()).err
    assert "\x1b[" not in invoke("--color", "never", stdin=guarded()).err
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32mpod-guard\x1b[0m" in invoke("--color", "always", stdin=guarded()).err


def test_an_item_of_a_list_that_is_too_large_is_named() -> None:
    objects = b"".join(
        b"- kind: Pod\n  apiVersion: v1\n  a: '%b'\n" % (b"a" * n) for n in (1, 9999)
    )
    listed = b"apiVersion: v1\nitems:\n" + objects * 40 + b"kind: List\n"
    run = invoke("--max-document", "4K", stdin=listed)
    assert (run.status, run.out) == (3, b"")
    assert "error[HN901]: /items/1 of this List is larger than 4096 bytes" in run.err
    assert run.err.endswith("1 document: 0 changed, 1 error\n")


def test_a_list_that_is_cut_off_is_no_quiet_one() -> None:
    item = guarded().replace(b"\n", b"\n  ").rstrip(b" ")
    run = invoke(stdin=b"apiVersion: v1\nitems:\n- " + item)
    assert "warning[HN903]: this document has no kind" in run.err
    assert "it may be a List that is cut off" in run.err

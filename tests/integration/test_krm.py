"""As a KRM function: a ResourceList in, the same ResourceList out, with what was found."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.cli_runs import Run, invoke, spawn
from tests.list_reading import WHOLE, lists_longer_than
from tests.manifests import AFFINITY, CONFIG_MAP, LABEL, guarded, node, pool
from transformer.report.formats import OUTPUTS

HEAD = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
CONFIG = "apiVersion: transform.hostnet.io/v1alpha1\n  kind: HostnetTransform\n"

ODD = """\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
# first the items
items:
-   apiVersion: apps/v1   # odd, but valid
    kind: DaemonSet
    metadata:
        name:   'kube-proxy'
        namespace: "kube-system"
        labels: {k8s-app: kube-proxy,  tier: "node"}
        annotations:
            internal.config.kubernetes.io/path: base/proxy.yaml
            internal.config.kubernetes.io/index: '3'
            config.kubernetes.io/local-config: "false"

    spec:
        template:
            spec:
                containers:
                    - {name: kube-proxy,   image: registry.k8s.io/kube-proxy:v1.33.0}
                # the end
- {apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {"a": 'b'}}
"""


def indented(document: bytes) -> str:
    """Return a document as an item."""
    lines = document.decode().splitlines(keepends=True)
    return "- " + "  ".join(lines)


def listed(*items: bytes, config: str = "", head: str = HEAD) -> bytes:
    text = head + "items:\n" + "".join(map(indented, items))
    return (text + (f"functionConfig:\n  {config}" if config else "")).encode()


def results(run: Run) -> list[dict[str, Any]]:
    value = yaml.safe_load(run.out)
    assert value["kind"] == "ResourceList"
    return list(value.get("results", []))


# --- items --------------------------------------------------------------------------------------


def test_items_with_comments_and_odd_formatting_differ_by_insertions_only() -> None:
    run = invoke(stdin=ODD.encode())
    assert run.status == 0
    inserted = "".join(f"{' ' * 10}{line}\n" for line in AFFINITY.splitlines())
    lines = run.out.decode().splitlines(keepends=True)
    remaining = iter(lines)
    assert all(line in remaining for line in ODD.splitlines(keepends=True))
    assert len(lines) == len(ODD.splitlines()) + len(inserted.splitlines())
    assert yaml.safe_load(run.out)["items"][1:] == yaml.safe_load(ODD)["items"][1:]
    assert invoke(stdin=run.out).out == run.out


def test_nodes_find_the_pools_that_come_after_them() -> None:
    run = invoke(stdin=listed(node("n1", "p"), pool("p")))
    assert run.out == listed(node("n1", "p") + LABEL, pool("p"))


@pytest.mark.parametrize("version", ["v1", "v1beta1", "v1alpha1"])
def test_the_answer_has_the_version_of_the_request(version: str) -> None:
    head = HEAD.replace("/v1\n", f"/{version}\n")
    run = invoke(stdin=listed(guarded(), head=head))
    assert run.status == 0
    assert run.out.startswith(head.encode())
    assert b"NotIn" in run.out


def test_the_kind_may_come_last_and_the_list_may_be_json() -> None:
    items = [yaml.safe_load(guarded()), yaml.safe_load(pool("p"))]
    value = {"items": items, "apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList"}
    run = invoke(stdin=json.dumps(value).encode())
    answer = json.loads(run.out)
    assert list(answer) == list(value)
    assert answer["items"][1] == items[1]
    assert "affinity" in answer["items"][0]["spec"]["template"]["spec"]


def test_items_that_need_nothing_come_out_as_they_came() -> None:
    for data in (listed(pool("p")), (HEAD + "items: []\n").encode(), HEAD.encode()):
        run = invoke(stdin=data)
        assert (run.status, run.out) == (0, data)


def test_another_list_is_no_function_call() -> None:
    text = listed(guarded()).replace(b"config.kubernetes.io/v1", b"example.com/v1")
    run = invoke(stdin=text + b"---\n" + pool("p"))
    assert run.status == 0
    assert b"results" not in run.out


# --- results ------------------------------------------------------------------------------------


def test_a_finding_is_a_result_with_all_that_is_known() -> None:
    wrong = ODD.replace("local-config", "x").replace(
        'config.kubernetes.io/x: "false"', 'apps.openyurt.io/exclude-host-network-pool: "true"'
    )
    run = invoke(stdin=wrong.encode())
    assert run.status == 1
    (result,) = results(run)
    assert result.pop("message").startswith("the annotation has no effect here")
    assert result == {
        "severity": "error",
        "resourceRef": {
            "apiVersion": "apps/v1",
            "kind": "DaemonSet",
            "name": "kube-proxy",
            "namespace": "kube-system",
        },
        "field": {"path": "metadata.annotations.apps.openyurt.io/exclude-host-network-pool"},
        "file": {"path": "base/proxy.yaml", "index": 3},
        "tags": {"rule": "HN402"},
    }
    assert "error[HN402]" in run.err


def test_with_an_error_the_list_is_whole_and_the_rest_is_done() -> None:
    wrong = guarded("wrong").replace(b'"true"', b'"True"')
    run = invoke(stdin=listed(wrong, guarded("right")))
    assert run.status == 1
    value = yaml.safe_load(run.out)
    assert len(value["items"]) == 2
    assert "affinity" in value["items"][1]["spec"]["template"]["spec"]
    assert [result["severity"] for result in value["results"]] == ["error"]


def test_results_of_others_stay() -> None:
    data = listed(node("n1", "nowhere")) + b"results:\n- message: of another   # function\n"
    run = invoke(stdin=data)
    assert run.out.startswith(data)
    first, second = results(run)
    assert first["message"] == "of another"
    assert second["tags"] == {"rule": "HN313"}


def test_a_warning_is_a_result_and_no_failure() -> None:
    run = invoke(stdin=listed(node("n1", "nowhere")))
    assert run.status == 0
    assert [result["severity"] for result in results(run)] == ["warning"]


def test_of_what_cannot_be_read_nothing_is_printed() -> None:
    data = listed(guarded()) + b"items: []\n"
    run = invoke(stdin=data)
    assert (run.status, run.out) == (3, b"")
    assert "HN902" in run.err


# --- functionConfig -----------------------------------------------------------------------------


def test_the_function_config_is_the_configuration() -> None:
    config = CONFIG + "  spec:\n    rules: {pod-guard: false}\n"
    data = listed(guarded(), config=config)
    assert invoke(stdin=data).out == data
    assert b"NotIn" in invoke("--enable", "pod-guard", stdin=data).out


def test_a_config_map_is_one_too() -> None:
    config = (
        "apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: x}\n"
        '  data:\n    rules: "{pod-guard: false}"\n    strict: "true"\n'
    )
    data = listed(guarded(), config=config)
    assert invoke(stdin=data).out == data
    wrong = invoke(stdin=listed(guarded(), config=config.replace("strict", "strickt")))
    assert (wrong.status, wrong.out) == (2, b"")
    assert 'did you mean "strict"?' in wrong.err
    unreadable = invoke(stdin=listed(guarded(), config=config.replace("{pod", "{{pod")))
    assert unreadable.status == 2
    assert "the value of rules is not readable as YAML" in unreadable.err


def test_another_kind_is_refused() -> None:
    run = invoke(stdin=listed(guarded(), config="apiVersion: v1\n  kind: Secret\n"))
    assert (run.status, run.out) == (2, b"")
    assert "functionConfig: error: " in run.err


def test_a_validator_hands_the_items_back_with_what_it_found() -> None:
    config = CONFIG.replace("Transform", "Validate")
    data = listed(pool("p"), node("n1", "p"), config=config)
    run = invoke(stdin=data)
    assert run.status == 1
    assert run.out.startswith(data)
    assert [result["tags"]["rule"] for result in results(run)] == ["HN311"]
    assert "error[HN311]" in run.err
    data = listed(pool("p"), node("n1", "p") + LABEL, config=config)
    run = invoke(stdin=data)
    assert (run.status, run.out) == (0, data)


@pytest.mark.parametrize(
    "option", ["--check", "--diff", *(f"--output={name}" for name in OUTPUTS[1:])]
)
@pytest.mark.parametrize("item", [guarded(), pool("p")])
def test_an_option_for_another_answer_is_refused_since_a_host_would_delete(
    option: str, item: bytes
) -> None:
    run = invoke(option, stdin=listed(item))
    assert (run.status, run.out) == (2, b"")
    assert "not supported for a ResourceList" in run.err


def test_a_configuration_beside_the_function_config_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("apiVersion: transform.hostnet.io/v1alpha1\nkind: HostnetTransform\n")
    run = invoke("--config", file, stdin=listed(guarded(), config=CONFIG))
    assert (run.status, run.out) == (2, b"")
    assert invoke("--config", file, stdin=listed(guarded())).status == 0


@pytest.mark.parametrize("after", [b"---\n", b"---\na: b\n", b"...\n", b"# end\n"])
def test_results_are_there_whatever_follows(after: bytes) -> None:
    run = invoke(stdin=listed(node("n1", "nowhere")) + after)
    assert run.out.endswith(after) or after == b"# end\n"
    (value, *_) = yaml.safe_load_all(run.out)
    assert [result["tags"]["rule"] for result in value["results"]] == ["HN313"]


# --- pipes --------------------------------------------------------------------------------------


def test_an_interactive_stream_is_not_held_back_by_the_look_ahead() -> None:
    data = guarded("a") + b"---\n" + guarded("b")
    assert spawn(stdin=data).out == invoke(stdin=data).out


@given(st.binary(max_size=40))
def test_whatever_stands_for_items_no_list_gets_lost(rest: bytes) -> None:
    data = HEAD.encode() + b"items:\n- " + rest
    run = invoke(stdin=data)
    assert run.status in (0, 1, 2, 3)
    assert "Traceback" not in run.err
    assert run.status in (2, 3) or run.out.startswith(data[:40])


def test_what_is_found_behind_the_resource_list_is_told_without_a_file_of_its_items() -> None:
    own = node("a", "x") + b"  annotations: {config.kubernetes.io/path: a.yaml}\n"
    behind = b"---\napiVersion: v1\nkind: List\nitems:\n"
    behind += (indented(node("b", "x")) + indented(node("c", "x"))).encode()
    run = invoke(stdin=listed(own) + behind)
    told = results(run._replace(out=run.out.partition(b"---\n")[0]))
    assert [result.get("file") for result in told] == [{"path": "a.yaml"}, None, None]


@pytest.mark.parametrize("kind", ["", "HostnetTransform", "HostnetValidate"])
@pytest.mark.parametrize("more", ["", "results:\n- message: known\n"])
def test_the_answer_is_the_same_whether_the_list_is_read_whole_or_item_by_item(
    kind: str, more: str
) -> None:
    path = b"  annotations: {config.kubernetes.io/path: a.yaml}\n"
    config = f"apiVersion: transform.hostnet.io/v1alpha1\n  kind: {kind}\n" if kind else ""
    items = (node("a", "x") + path, guarded("a"), node("b", "x"), guarded("b"))
    for stdin in (listed(*items, config=config), listed(*items, config=config, head=HEAD + more)):
        with lists_longer_than(WHOLE):
            whole = invoke(stdin=stdin)
        with lists_longer_than(0):
            item_by_item = invoke(stdin=stdin)
        assert item_by_item.out == whole.out
        assert item_by_item.status == whole.status
        assert results(whole)


@pytest.mark.parametrize("kind", ["HostnetTransform", "HostnetValidate"])
def test_another_list_behind_a_resource_list_stays_behind_it(kind: str) -> None:
    behind = "---\napiVersion: v1\nkind: List\nitems:\n"
    behind += "".join(indented(node(name, "x")) for name in "bcd")
    config = f"apiVersion: transform.hostnet.io/v1alpha1\n  kind: {kind}\n"
    stdin = listed(node("a", "x"), guarded("a"), config=config) + behind.encode()
    with lists_longer_than(WHOLE):
        whole = invoke(stdin=stdin)
    with lists_longer_than(0):
        item_by_item = invoke(stdin=stdin)
    assert item_by_item.out == whole.out
    assert item_by_item.status == whole.status
    assert whole.out.endswith(behind.encode())


def test_a_long_list_has_the_findings_after_its_items() -> None:
    path = b"  annotations: {config.kubernetes.io/path: a.yaml}\n"
    large = CONFIG_MAP + b"data:\n  large: " + b"x" * 300_000 + b"\n"
    run = invoke(stdin=listed(node("a", "x") + path, large, guarded()))
    assert [result.get("file") for result in results(run)] == [{"path": "a.yaml"}]
    assert run.out.count(b"NotIn") == 1
    assert run.err.endswith("1 document: 1 of 3 objects changed, 1 warning\n")

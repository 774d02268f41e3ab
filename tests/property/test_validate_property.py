"""`validate` on anything: it never crashes, and what it cannot read is an error with a message."""

import json
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.integration.cli_runs import invoke
from tests.property.manifests import streams
from transformer import Finding, validate
from transformer.kubernetes.pod_template import ROWS, table

RULES = Path(__file__).parents[2] / "testdata/rules"
SAMPLES = [file.read_bytes() for file in sorted(RULES.glob("HN*/*/in.*"))]

WORDS = (
    *("apiVersion", "kind", "metadata", "name", "namespace", "labels", "annotations", "items"),
    *("spec", "status", "nodes", "template", "jobTemplate", "workload", "workloadTemplate"),
    *("deploymentTemplate", "pools", "nodepoolSelector", "topology", "patch", "workloadTweaks"),
    *("tweaks", "patches", "path", "type", "hostNetwork", "interConnectivity", "taints", "key"),
    *("leaderElectionStrategy", "leaderReplicas", "value", "effect", "operator", "values"),
    *("affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution"),
    *("nodeSelectorTerms", "matchExpressions", "matchFields", "matchLabels", "nodeSelector"),
    *("tolerations", "containers", "initContainers", "ports", "containerPort", "hostPort"),
    *("hostIP", "protocol", "env", "args", "command", "dnsPolicy", "selector", "restartPolicy"),
    *("externalTrafficPolicy", "internalTrafficPolicy", "ownerReferences", "controller", "sops"),
    *("generateName", "mac", "tasks", "apps.openyurt.io/nodepool", "openyurt.io/is-edge-worker"),
    *("nodepool.openyurt.io/hostnetwork", "apps.openyurt.io/desired-nodepool"),
    *("apps.openyurt.io/exclude-host-network-pool", "transform.hostnet.io/ignore"),
)
SCALARS = st.one_of(
    st.sampled_from(
        ("true", "false", "hangzhou", "Local", "NotIn", "In", "Gt", "Edge", "HN311", "")
    ),
    st.sampled_from((None, True, False, 0, 1, 8080, -1, 1.5)),
    st.text(max_size=3),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4)
    ),
    max_leaves=25,
)
KINDS = st.sampled_from(
    [
        *(("apps.openyurt.io/v1beta2", "NodePool"), ("apps.openyurt.io/v1beta1", "NodePool")),
        *(("v1", "Node"), ("v1", "Service"), ("v1", "List"), ("apps.openyurt.io/v9", "NodePool")),
        *((f"{group}/v1".removeprefix("/"), kind) for group, kind in table(ROWS)),
    ]
)


@st.composite
def objects(draw: st.DrawFn) -> dict[str, Any]:
    """Objects of the kinds that rules look at, with values of any type anywhere."""
    api_version, kind = draw(KINDS)
    value: dict[str, Any] = {"apiVersion": api_version, "kind": kind}
    value["metadata"] = draw(VALUES | st.just({"name": "one", "labels": {"a": "b"}}))
    value["spec"] = draw(VALUES)
    return value | draw(st.dictionaries(st.sampled_from(WORDS[4:]), VALUES, max_size=2))


def told_in_order(findings: tuple[Finding, ...]) -> bool:
    places = [(found.line, found.column, found.rule) for found in findings]
    return places == sorted(places) and all(line > 0 and column > 0 for line, column, _ in places)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@example(b"\xff\xfe")
@example(b"\0")
@example(b"{")
@example(b"%YAML 9.9\n---\n")
@example(b"&a [*a]\n")
@example(b"<<: [1]\n")
@example("- ? \U0001f600\ud7ff".encode())
def test_any_bytes_end_with_a_status_and_a_message(data: bytes) -> None:
    run = invoke("validate", stdin=data)
    assert run.status in (0, 1, 3)
    assert "Traceback" not in run.err
    assert "bug" not in run.err
    if run.status:
        assert b"error[HN" in run.out


@given(st.lists(objects(), max_size=4), st.lists(objects(), max_size=3))
def test_values_of_any_type_anywhere_are_judged(new: list[Any], old: list[Any]) -> None:
    state, before = ("\n".join(map(json.dumps, values)).encode() for values in (new, old))
    assert told_in_order(validate(state, old=before))
    assert told_in_order(validate(state, old=state))


@given(st.sampled_from(SAMPLES), st.data())
def test_a_broken_manifest_is_judged_too(sample: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(start + 40, len(sample))))
    put = data.draw(st.binary(max_size=4) | st.sampled_from((b": ", b"- ", b"\n", b"*a", b"&a ")))
    assert told_in_order(validate(sample[:start] + put + sample[end:], old=sample))


@given(streams())
def test_a_state_compared_with_itself_has_no_change(stream: Any) -> None:
    data = stream.text.encode()
    found = {found.rule for found in validate(data, old=data)}
    changes = {*(f"HN20{number}" for number in range(1, 5)), "HN301", "HN302", "HN304", "HN305"}
    assert not found & changes

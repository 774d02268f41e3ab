"""The rules that edit, and those that say in `transform` what is left undone and why."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import CONTAINER, POOL, found, host_pool, node, pod, stream, subjects
from transformer.errors import PatchError
from transformer.kubernetes.objects import controller_of
from transformer.operations import Operation
from transformer.rules.base import TransformRule
from transformer.rules.components import workload_of
from transformer.rules.context import RuleContext
from transformer.rules.edits.cni_isolation import RULE as CNI_ISOLATION
from transformer.rules.edits.host_network_pods import RULE as HOST_NETWORK_PODS
from transformer.rules.edits.node_label import RULE as NODE_LABEL
from transformer.rules.edits.pod_guard import RULE as POD_GUARD
from transformer.rules.edits.pool_attributes import RULE as POOL_ATTRIBUTES
from transformer.rules.nodes.hn313_unknown_pool import RULE as HN313
from transformer.rules.pools.hn106_lost_host_network import RULE as HN106
from transformer.rules.workloads.hn402_annotation_on_workload import RULE as HN402
from transformer.rules.workloads.hn403_annotation_value import RULE as HN403
from transformer.rules.workloads.hn412_static_pod import RULE as HN412
from transformer.rules.workloads.hn413_empty_term import RULE as HN413
from transformer.rules.workloads.hn414_unknown_kind import RULE as HN414
from transformer.rules.workloads.hn415_partial_object import RULE as HN415
from transformer.rules.workloads.hn417_encrypted import RULE as HN417
from transformer.rules.workloads.hn419_template import RULE as HN419

DESIRED = "apps.openyurt.io/desired-nodepool"
LABEL = "nodepool.openyurt.io/hostnetwork"
EXCLUDE = "apps.openyurt.io/exclude-host-network-pool"
CNI = "transform.hostnet.io/cni"
EXCLUDE_AT = "/metadata/annotations/apps.openyurt.io~1exclude-host-network-pool"
POOL_AT = "/metadata/labels/apps.openyurt.io~1nodepool"
LABEL_AT = "/metadata/labels/nodepool.openyurt.io~1hostnetwork"
PINNED = {POOL: "p"}


def last(*objects: Any, **state: Any) -> RuleContext:
    """Return the last of `objects` as rules see it, in a world made of all of them."""
    return subjects(stream(*objects), **state)[-1]


def planned(rule: TransformRule, *objects: Any, **state: Any) -> list[Operation]:
    return rule.plan(last(*objects, **state))


# --- node-label ---------------------------------------------------------------------------------


def test_a_node_that_only_is_to_join_a_pool_gets_the_pools_own_label_too() -> None:
    plan = planned(NODE_LABEL, host_pool(), node({DESIRED: "p"}))
    assert plan == [Operation("add", POOL_AT, "p"), Operation("add", LABEL_AT, "true")]


def test_the_pools_own_label_is_not_written_again() -> None:
    assert planned(NODE_LABEL, host_pool(), node({POOL: "p"})) == [
        Operation("add", LABEL_AT, "true")
    ]


def test_a_pool_that_was_standard_does_not_become_host_network_by_a_new_manifest() -> None:
    old = stream(host_pool(hostNetwork=False))
    assert planned(NODE_LABEL, host_pool(), node({POOL: "p"}), old=old) == []
    other = stream(host_pool("other", hostNetwork=False), host_pool())
    assert planned(NODE_LABEL, host_pool(), node({POOL: "p"}), old=other) != []


@pytest.mark.parametrize("label", [POOL, DESIRED])
def test_a_pool_label_that_is_no_string_is_refused_where_it_stands(label: str) -> None:
    with pytest.raises(PatchError, match="a string") as caught:
        NODE_LABEL.plan(replace_labels(last(host_pool(), node({})), {label: 1}))
    assert caught.value.pointer == "/metadata/labels/" + label.replace("/", "~1")


def replace_labels(context: RuleContext, labels: dict[str, Any]) -> RuleContext:
    value = {**context.manifest.value, "metadata": {"name": "n", "labels": labels}}
    return replace(context, manifest=replace(context.manifest, value=value))


# --- pool-attributes ----------------------------------------------------------------------------

TAINT = {"key": "k", "effect": "NoSchedule"}


def test_a_pool_does_not_move_its_nodes_nor_take_their_network_by_its_labels() -> None:
    labels = {POOL: "q", DESIRED: "q", LABEL: "false", "a": "1"}
    added = Operation("add", "/metadata/labels/a", "1")
    assert planned(POOL_ATTRIBUTES, host_pool(labels=labels), node(PINNED)) == [added]
    standard = host_pool(labels={LABEL: "true"}, hostNetwork=False)
    assert planned(POOL_ATTRIBUTES, standard, node(PINNED)) == [Operation("add", LABEL_AT, "true")]


@pytest.mark.parametrize(
    ("spec", "operation"),
    [
        ({}, Operation("add", "/spec", {"taints": [TAINT]})),
        ({"spec": {}}, Operation("add", "/spec/taints", [TAINT])),
        ({"spec": {"taints": None}}, Operation("add", "/spec/taints", [TAINT])),
        (
            {"spec": {"taints": [{**TAINT, "effect": "NoExecute"}]}},
            Operation("add", "/spec/taints/-", TAINT),
        ),
    ],
)
def test_a_taint_is_added_where_taints_are_or_will_be(spec: Any, operation: Operation) -> None:
    cluster = host_pool(taints=[TAINT, {**TAINT, "value": "again"}])
    assert planned(POOL_ATTRIBUTES, cluster, node(PINNED, **spec)) == [operation]


@pytest.mark.parametrize(
    ("spec", "at", "expected"),
    [
        ({"spec": []}, "/spec", "a mapping"),
        ({"spec": {"taints": {}}}, "/spec/taints", "a list"),
    ],
)
def test_where_no_taint_can_be_added_it_is_said(spec: Any, at: str, expected: str) -> None:
    with pytest.raises(PatchError, match=expected) as caught:
        planned(POOL_ATTRIBUTES, host_pool(taints=[TAINT]), node(PINNED, **spec))
    assert caught.value.pointer == at


def test_a_taint_counts_by_key_and_effect_whatever_else_stands_in_the_list() -> None:
    present = ["x", None, {**TAINT, "value": "v"}]
    assert (
        planned(POOL_ATTRIBUTES, host_pool(taints=[TAINT]), node(PINNED, spec={"taints": present}))
        == []
    )


# --- host-network-pods --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spec", "op"),
    [({}, "add"), ({"hostNetwork": False}, "replace"), ({"hostNetwork": None}, "replace")],
)
def test_a_pod_of_a_host_network_pool_goes_on_the_hosts_network(spec: Any, op: Any) -> None:
    plan = planned(HOST_NETWORK_PODS, host_pool(), pod(nodeSelector=PINNED, **spec))
    assert plan == [Operation(op, "/spec/hostNetwork", True)]


def ported(*ports: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**CONTAINER, "ports": list(ports)}]


def unfixable(*objects: Any) -> list[tuple[str, str]]:
    assert HOST_NETWORK_PODS.unfixable is not None
    told = HOST_NETWORK_PODS.unfixable(last(host_pool(), *objects))
    return [(violation.pointer, violation.message) for violation in told]


def test_ports_that_two_containers_want_stand_in_the_way_unless_the_addresses_differ() -> None:
    def one(ip: str, port: int = 80) -> dict[str, Any]:
        return {"containerPort": port, "hostPort": port, "hostIP": ip}

    apart = pod(nodeSelector=PINNED, containers=ported(one("10.0.0.1"), one("10.0.0.2")))
    assert unfixable(apart) == []
    assert len(planned(HOST_NETWORK_PODS, host_pool(), apart)) == 1
    ((at, message),) = unfixable(
        pod(
            nodeSelector=PINNED,
            containers=ported(one("10.0.0.1"), one("10.0.0.2"), one("10.0.0.2")),
        )
    )
    assert at == "/spec/containers/0/ports/2"
    assert "port 80/TCP" in message
    assert "/spec/containers/0/ports/1" in message


def test_what_is_never_edited_is_not_said_to_be_left_undone() -> None:
    double = pod(nodeSelector=PINNED, containers=ported({"containerPort": 80, "hostPort": 81}))
    assert [at for at, _ in unfixable(double)] == ["/spec/containers/0/ports/0/hostPort"]
    owned = {"ownerReferences": [{"kind": "ReplicaSet", "name": "rs", "controller": True}]}
    assert unfixable({**double, "metadata": {**double["metadata"], **owned}}) == []


# --- cni-isolation and pod-guard ----------------------------------------------------------------


def test_a_component_may_be_known_by_the_image_of_an_init_container() -> None:
    init = [{"name": "i", "image": "registry.example/init:1"}, "no container"]
    context = last(pod(initContainers=init))
    assert workload_of(context.manifest, context.templates[0]).images == (
        "registry.example/init:1",
        "busybox:1.36",
    )


def test_each_reason_is_told_once_and_in_words() -> None:
    context = last(pod(annotations={CNI: "true", EXCLUDE: "true"}))
    assert CNI_ISOLATION.reason(context) == f"annotated {CNI}"
    (template,) = context.templates
    twice = replace(context, templates=(template, template))
    assert CNI_ISOLATION.reason(twice) == f"annotated {CNI}"
    assert POD_GUARD.reason(context) == "annotated exclude-host-network-pool"


def test_a_template_for_which_there_is_no_reason_is_left_out_of_it() -> None:
    context = last(pod())
    assert CNI_ISOLATION.reason(context) == ""


def test_several_reasons_are_told_in_the_order_of_the_templates() -> None:
    flannel = {"labels": {"app": "flannel", "tier": "node"}, "namespace": "kube-flannel"}
    image = {"name": "f", "image": "ghcr.io/flannel-io/flannel:v0.25.1"}
    known = pod(metadata={**flannel, "name": "kube-flannel-ds"}, containers=[image])
    known["kind"], known["apiVersion"] = "DaemonSet", "apps/v1"
    known["spec"] = {"template": {"metadata": {"labels": flannel["labels"]}, "spec": known["spec"]}}
    context = last(known)
    (template,) = context.templates
    own = replace(template, value={**template.value, "metadata": {"annotations": {CNI: "true"}}})
    both = replace(context, templates=(own, template))
    first, second = CNI_ISOLATION.reason(both).split(", ")
    assert first == f"annotated {CNI}"
    assert second.startswith("recognized as flannel")


# --- HN106: what the conversion would lose ------------------------------------------------------


def planned_fix(*, old: dict[str, Any] | None = None, **more: Any) -> list[Operation]:
    assert HN106.fix is not None
    context = last(host_pool(version="v1beta1", **more), old=stream(old) if old else None)
    return HN106.fix(context)


def test_the_annotation_is_added_that_survives_the_conversion() -> None:
    (operation,) = planned_fix()
    assert operation == Operation("add", "/metadata/annotations", {LABEL: "true"})
    other = host_pool("other", hostNetwork=False)
    assert planned_fix(old=host_pool()) == planned_fix(old=other) == [operation]


def test_it_is_not_added_to_what_cannot_become_host_network() -> None:
    assert planned_fix(type="Cloud") == []
    assert planned_fix(old=host_pool(hostNetwork=False)) == []
    assert planned_fix(hostNetwork=False) == []


# --- HN313: pools that are unknown or contradict each other -------------------------------------


def test_a_pool_that_one_from_elsewhere_contradicts_is_told_with_what_to_do() -> None:
    ((at, severity, message),) = found(
        HN313, stream(host_pool()), config={"pools": [host_pool(hostNetwork=False)]}
    )
    assert (at, severity) == ("/metadata/name", None)
    assert "NodePool p conflicts" in message
    assert "--pools" in message
    assert HN313.check is not None
    (violation,) = HN313.check(last(host_pool(), config={"pools": [host_pool(hostNetwork=False)]}))
    assert "`clusters`" in violation.hint
    assert found(HN313, stream(host_pool()), config={"pools": [host_pool()]}) == []


@pytest.mark.parametrize("name", ["${POOL}", "$pool"])
def test_a_pool_whose_name_is_yet_to_be_filled_in_is_not_missed(name: str) -> None:
    assert found(HN313, stream(node({POOL: name}))) == []
    assert [at for at, _, _ in found(HN313, stream(node({POOL: "nowhere"})))] == [POOL_AT]


# --- the annotation in the wrong place ----------------------------------------------------------


def deployment(value: Any, **template: Any) -> dict[str, Any]:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "annotations": {EXCLUDE: value}},
        "spec": {"template": {"spec": {"containers": [CONTAINER]}, **template}},
    }


@pytest.mark.parametrize(
    ("value", "rules"),
    [("true", ["HN402"]), ("false", []), ("yes", ["HN403"]), (True, ["HN403"]), ("", ["HN403"])],
)
def test_the_annotation_on_a_workload_is_reported_once(value: Any, rules: list[str]) -> None:
    text = stream(deployment(value))
    told = {rule.id: [at for at, _, _ in found(rule, text)] for rule in (HN402, HN403)}
    assert told == {rule.id: [EXCLUDE_AT] * (rule.id in rules) for rule in (HN402, HN403)}


@pytest.mark.parametrize(("value", "is_told"), [("true", True), ("false", False), ("", True)])
def test_the_annotation_is_as_much_without_effect_deeper_in_a_workload(
    value: str, is_told: bool
) -> None:
    inner = {"metadata": {"annotations": {EXCLUDE: value}}}
    claim = {**deployment("false"), "kind": "StatefulSet"}
    claim["spec"] = {**claim["spec"], "volumeClaimTemplates": [inner]}
    at = [f"/spec/volumeClaimTemplates/0{EXCLUDE_AT}"] if is_told else []
    assert [place for place, _, _ in found(HN402, stream(claim))] == at


def test_an_annotation_without_a_value_is_shown_as_empty() -> None:
    ((_, _, message),) = found(HN403, stream(deployment(None)))
    assert message.startswith("'' does not ask for the guard")


def test_in_an_unknown_kind_each_place_with_the_annotation_is_told_but_those_that_say_no() -> None:
    def holder(value: str) -> dict[str, Any]:
        return {"metadata": {"annotations": {EXCLUDE: value}}}

    kind = {"apiVersion": "example.org/v1", "kind": "App", "metadata": {"name": "a"}}
    text = stream({**kind, "one": holder("false"), "two": holder("true"), "three": holder("no")})
    assert [at for at, _, _ in found(HN414, text)] == [f"/two{EXCLUDE_AT}", f"/three{EXCLUDE_AT}"]
    assert "App example.org/v1" in found(HN414, text)[0][2]
    core = stream({**kind, "apiVersion": "v1", "kind": "PodThing", "x": holder("true")})
    assert "PodThing v1," in found(HN414, core)[0][2]


# --- what is never edited -----------------------------------------------------------------------

BOTH = {"pod-guard": [Operation("add", "/spec/affinity", {})]}
BOTH["cni-isolation"] = BOTH["pod-guard"]
BOTH_RULES = "pod-guard and cni-isolation would apply to Pod/web"


def test_a_patch_is_told_once_with_all_the_rules_that_it_would_be_for() -> None:
    assert HN415.check is not None
    context = replace(last(pod(containers=[])), is_patch=True, planned=BOTH)
    (violation,) = HN415.check(context)
    assert violation.pointer == ""
    assert violation.message == f"{BOTH_RULES}, but this is a patch"
    assert "guard the base" in violation.hint
    assert list(HN415.check(replace(context, planned={}))) == []


def test_a_template_without_containers_is_told_where_it_stands() -> None:
    assert HN415.check is not None
    partial = deployment("true", spec={"affinity": {}})
    at = "/spec/template"
    inside = {"pod-guard": [Operation("add", f"{at}/spec/affinity/nodeAffinity", {})]}
    inside["cni-isolation"] = inside["pod-guard"]
    (violation,) = HN415.check(replace(last(partial), planned=inside))
    assert violation.pointer == at
    assert violation.message.startswith("pod-guard and cni-isolation would apply to Deployment/web")


def test_a_patch_with_terms_of_its_own_would_erase_those_of_a_guarded_base() -> None:
    assert HN415.check is not None
    required: dict[str, Any] = {"nodeSelectorTerms": [{"matchExpressions": []}]}
    node_affinity = {"requiredDuringSchedulingIgnoredDuringExecution": required}
    context = last(pod(containers=[], affinity={"nodeAffinity": node_affinity}))
    (violation,) = HN415.check(replace(context, is_patch=True, planned=BOTH))
    assert "replaces the node selector terms" in violation.hint
    assert "guard the base" not in violation.hint


@pytest.mark.parametrize("spelt", ["\u00a0containers", "containers\u200b"])
def test_containers_with_a_strange_blank_are_told_at_their_key(spelt: str) -> None:
    assert HN415.check is not None
    plain = deployment("true", spec={"affinity": {}, spelt: []})
    inside = {"pod-guard": [Operation("add", "/spec/template/spec/affinity/nodeAffinity", {})]}
    (violation,) = HN415.check(replace(last(plain), planned=inside))
    assert violation.pointer == f"/spec/template/spec/{spelt}"
    assert violation.at_key
    assert "(U+00A0)" in violation.message or "(U+200B)" in violation.message
    assert violation.message.startswith("Deployment/web has no containers")
    assert violation.hint == "use an ordinary space"


def test_of_two_templates_one_that_is_a_placeholder_does_not_hide_the_other() -> None:
    assert HN415.check is not None
    annotated = {"metadata": {"annotations": {EXCLUDE: "true"}}}
    tasks = [
        {"template": {**annotated, "spec": "${SPEC}"}},
        {"template": {**annotated, "spec": {}}},
    ]
    job = {
        "apiVersion": "batch.volcano.sh/v1alpha1",
        "kind": "Job",
        "metadata": {"name": "web"},
        "spec": {"tasks": tasks},
    }
    planned = {
        "pod-guard": [
            Operation("add", f"/spec/tasks/{index}/template/spec/affinity", {}) for index in (0, 1)
        ]
    }
    found_at = [one.pointer for one in HN415.check(replace(last(job), planned=planned))]
    assert found_at == ["/spec/tasks/1/template"]


def test_a_template_that_happens_to_be_yaml_is_told_once_with_all_the_rules() -> None:
    assert HN419.check is not None
    context = replace(last(pod(containers=[{}])), planned=BOTH, template_comment="`#@ x` in line 2")
    (violation,) = HN419.check(context)
    assert violation.message == f"{BOTH_RULES}, but this is a template: `#@ x` in line 2 is code"
    assert violation.severity is None
    (unnamed,) = HN419.check(replace(context, is_named=False))
    assert unnamed.severity == "info"
    for spared in (replace(context, planned={}), replace(context, template_comment="")):
        assert list(HN419.check(spared)) == []
    assert list(HN419.check(replace(context, is_patch=True))) == []


def test_what_is_encrypted_is_told_with_all_the_rules_that_it_would_be_for() -> None:
    assert HN417.check is not None
    encrypted = {**pod(), "sops": {"mac": "ENC[x]"}}
    (violation,) = HN417.check(replace(last(encrypted), planned=BOTH))
    assert violation.message.startswith(f"{BOTH_RULES}, but an edit")


OWNED = [
    ({"kind": "ReplicaSet", "name": "rs"}, "ReplicaSet rs"),
    ({"kind": "ReplicaSet"}, "ReplicaSet"),
    ({"name": "rs"}, "rs"),
    ({}, "another object"),
]


@pytest.mark.parametrize(("owner", "words"), OWNED)
def test_what_a_controller_makes_is_told_with_what_is_known_of_it(owner: Any, words: str) -> None:
    references = [{"kind": "Other", "name": "o"}, "malformed", {**owner, "controller": True}]
    context = last(pod(metadata={"ownerReferences": references}))
    assert controller_of(context.manifest) == words
    assert HN412.check is not None
    (violation,) = HN412.check(replace(context, planned=BOTH))
    assert violation.pointer == "/metadata/ownerReferences"
    assert violation.message == f"{BOTH_RULES}, but {words} controls it"
    assert violation.severity == "info"


def test_the_terms_of_static_pods_are_left_to_the_rule_that_says_they_have_no_effect() -> None:
    terms: dict[str, Any] = {"nodeSelectorTerms": [{}]}
    required = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": terms}}
    assert len(found(HN413, stream(pod(affinity=required)))) == 1
    mirror = pod(annotations={"kubernetes.io/config.mirror": "x"}, affinity=required)
    assert found(HN413, stream(mirror)) == []
    assert [at for at, _, _ in found(HN412, stream(mirror))] == ["/spec/affinity"]

"""The rules on workloads and Services: what is told apart, and what no example file shows."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import (
    CONTAINER,
    POOL,
    FoundAt,
    found,
    host_pool,
    node,
    pod,
    pool,
    required_affinity,
    stream,
)
from transformer import transform, validate
from transformer.findings import ObjectRef, Place
from transformer.rules.base import LocatedObservation, ValidationRule
from transformer.rules.workloads.hn401_pinned_without_host_network import RULE as HN401
from transformer.rules.workloads.hn404_guarded_and_pinned import RULE as HN404
from transformer.rules.workloads.hn405_dns_policy import RULE as HN405
from transformer.rules.workloads.hn406_unguarded_component import RULE as HN406
from transformer.rules.workloads.hn407_local_service import RULE as HN407
from transformer.rules.workloads.hn408_host_port_taken import RULE as HN408
from transformer.rules.workloads.hn408_host_port_taken import finalize
from transformer.rules.workloads.hn409_cluster_host_name import RULE as HN409
from transformer.rules.workloads.hn410_host_port_differs import RULE as HN410
from transformer.rules.workloads.hn411_daemon_set_lands import RULE as HN411
from transformer.rules.workloads.hn412_static_pod import RULE as HN412
from transformer.rules.workloads.hn418_tweak_of_affinity import RULE as HN418
from transformer.rules.workloads.hn424_network_chart import RULE as HN424
from transformer.rules.workloads.hn425_manifest_inside import RULE as HN425

LABEL = "nodepool.openyurt.io/hostnetwork"
ON_HOST: dict[str, Any] = {"hostNetwork": True}
HEAD = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
EXCLUDED = {"apps.openyurt.io/exclude-host-network-pool": "true"}


def in_pool(name: str) -> dict[str, str]:
    return {POOL: name}


def workload(kind: str, name: str, **spec: Any) -> dict[str, Any]:
    """Return a workload of group apps on the host's network, with its containers' ports."""
    ports = [{"containerPort": port} for port in spec.pop("ports", ())]
    spec = {"containers": [{**CONTAINER, "ports": ports}], **ON_HOST, **spec}
    value = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}}
    return {**value, "spec": {"template": {"spec": spec}}}


def requiring(*expressions: Any) -> dict[str, Any]:
    return required_affinity({"matchExpressions": list(expressions)})


def places(rule: ValidationRule, *objects: Any, **state: Any) -> list[str]:
    return [at for at, _, _ in found(rule, stream(*objects), **state)]


def the_one(rule: ValidationRule, *objects: Any, **state: Any) -> FoundAt:
    (only,) = found(rule, stream(*objects), **state)
    return only


GUARD = {"key": LABEL, "operator": "NotIn", "values": ["true"]}
HZ, SH = host_pool("hz"), pool("sh")
N1, N2 = (node(in_pool("hz"), name) for name in ("n1", "n2"))


# --- HN401 and HN404: pinned, kept off ----------------------------------------------------------


def test_a_finding_stands_where_the_host_network_is_denied_or_else_where_the_pool_is_chosen() -> (
    None
):
    selector = {"kubernetes.io/os": "linux", **in_pool("hz")}
    chosen = "/spec/nodeSelector/apps.openyurt.io~1nodepool"
    assert places(HN401, HZ, pod(nodeSelector=selector)) == [chosen]
    assert places(HN401, HZ, pod(nodeSelector=selector, hostNetwork=False)) == ["/spec/hostNetwork"]
    by_label = pod(nodeSelector={LABEL: "true"})
    assert places(HN401, by_label) == ["/spec/nodeSelector/nodepool.openyurt.io~1hostnetwork"]
    required = requiring({"key": POOL, "operator": "In", "values": ["hz"]})
    other = {"kubernetes.io/os": "linux"}
    assert places(HN401, HZ, pod(nodeSelector=other, affinity=required)) == ["/spec/affinity"]


def test_a_pool_that_is_lost_in_conversion_is_meant_to_be_host_network() -> None:
    lost = {**HZ, "apiVersion": "apps.openyurt.io/v1beta1"}
    assert len(places(HN401, lost, pod(nodeSelector=in_pool("hz")))) == 1


def test_a_missing_pool_gets_a_note_whatever_the_pods_say_of_the_host_network() -> None:
    without: dict[str, Any] = {}
    for spec in (without, ON_HOST):
        _, severity, message = the_one(HN401, HZ, pod(nodeSelector=in_pool("nowhere"), **spec))
        assert severity == "info"
        assert "pool nowhere is not in the input" in message


def test_there_is_no_note_where_a_missing_pool_cannot_matter() -> None:
    required = requiring({"key": POOL, "operator": "In", "values": ["nowhere", "sh"]})
    assert places(HN401, SH, pod(affinity=required)) == []
    guarded = requiring({"key": POOL, "operator": "In", "values": ["nowhere"]}, GUARD)
    assert places(HN401, pod(affinity=guarded)) == []
    assert places(HN401, pod(annotations=EXCLUDED, nodeSelector=in_pool("nowhere"))) == []


def test_pools_that_contradict_each_other_decide_nothing() -> None:
    text = stream(HZ, pool("hz"), pod(nodeSelector=in_pool("hz")))
    ((_, severity, message),) = found(HN401, text)
    assert severity == "info"
    assert "the definitions of pool hz differ" in message
    text = stream(HZ, pool("hz"), pod(nodeSelector=in_pool("sh")), SH)
    assert found(HN401, text) == []


KEPT_OFF = [
    pytest.param({"annotations": EXCLUDED}, id="annotation"),
    pytest.param({"affinity": requiring(GUARD)}, id="guard"),
]


@pytest.mark.parametrize("kept_off", KEPT_OFF)
def test_pods_that_are_kept_off_the_only_pool_are_reported_once(kept_off: dict[str, Any]) -> None:
    names = [{"name": "TO", "value": "http://gateway.metrics.svc"}]
    spec = {
        "nodeSelector": in_pool("hz"),
        "dnsPolicy": "ClusterFirstWithHostNet",
        "containers": [{**CONTAINER, "env": names, "ports": [{"containerPort": 80}]}],
        **kept_off,
    }
    text = stream(HZ, pod("one", **spec), pod("two", **spec))
    assert len(found(HN404, text)) == 2
    for rule in (HN401, HN405, HN408, HN409):
        assert found(rule, text) == [], rule.id


def job(*templates: dict[str, Any]) -> dict[str, Any]:
    """Return an object with several pod templates; each is a Pod whose head is left out."""
    replicas = {
        f"role{number}": {"template": {"metadata": one["metadata"], "spec": one["spec"]}}
        for number, one in enumerate(templates)
    }
    head = {"apiVersion": "kubeflow.org/v1", "kind": "TFJob", "metadata": {"name": "j"}}
    return {**head, "spec": {"tfReplicaSpecs": replicas}}


def test_a_pod_template_of_which_there_is_nothing_to_say_does_not_hide_the_next() -> None:
    first, second = "/spec/tfReplicaSpecs/role0/template", "/spec/tfReplicaSpecs/role1/template"
    kept_off = pod(annotations=EXCLUDED, nodeSelector=in_pool("hz"))
    free, pinned = pod(), pod(nodeSelector=in_pool("hz"))
    asking = pod(nodeSelector=in_pool("hz"), dnsPolicy="ClusterFirstWithHostNet", **ON_HOST)
    at = f"{second}/spec/nodeSelector/apps.openyurt.io~1nodepool"
    assert places(HN401, HZ, job(kept_off, pinned)) == [at]
    assert [place.startswith(second) for place in places(HN404, HZ, job(free, kept_off))] == [True]
    assert places(HN405, HZ, job(free, asking)) == [f"{second}/spec/dnsPolicy"]
    ports = {"containers": [{**CONTAINER, "ports": [{"containerPort": 80}]}], **ON_HOST}
    pinned_ports = pod(nodeSelector=in_pool("hz"), **ports)
    state = (HZ, job(kept_off, pinned_ports), pod("other", nodeSelector=in_pool("hz"), **ports))
    assert len(places(HN408, *state)) == 1
    assert places(HN401, HZ, job(pinned, kept_off)) == [at.replace(second, first)]


def test_a_template_that_makes_no_pods_takes_no_port() -> None:
    ports = {"containers": [{**CONTAINER, "ports": [{"containerPort": 80}]}], **ON_HOST}
    one = pod("one", nodeSelector=in_pool("hz"), **ports)
    stored = {
        "apiVersion": "v1",
        "kind": "PodTemplate",
        "metadata": {"name": "t"},
        "template": {"metadata": {}, "spec": one["spec"]},
    }
    assert len(places(HN408, HZ, one, {**one, "metadata": {"name": "two"}})) == 1
    assert places(HN408, HZ, one, stored) == []


def test_what_makes_a_component_unreadable_is_told_as_transform_tells_it() -> None:
    odd = pod(annotations={"transform.hostnet.io/cni": "maybe"})
    ((at, _, message),) = found(HN406, stream(HZ, odd))
    assert at == "/metadata/annotations/transform.hostnet.io~1cni"
    assert '"true" or "false"' in message


def test_pods_that_are_kept_off_a_standard_pool_are_fine() -> None:
    assert places(HN404, SH, pod(annotations=EXCLUDED, nodeSelector=in_pool("sh"))) == []
    assert places(HN404, HZ, SH, pod(annotations=EXCLUDED)) == []


@pytest.mark.parametrize(
    "value",
    [
        {
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "name": "a",
                "ownerReferences": [{"kind": "Deployment", "name": "a", "controller": True}],
            },
            "spec": {"template": {"spec": {"nodeSelector": in_pool("hz")}}},
        },
        {**pod(nodeSelector=in_pool("hz")), "status": {"phase": "Succeeded"}},
        {
            "apiVersion": "v1",
            "kind": "PodTemplate",
            "metadata": {"name": "a"},
            "template": {"spec": {"nodeSelector": in_pool("hz")}},
        },
    ],
    ids=lambda value: str(value["kind"]),
)
def test_what_makes_no_pods_of_its_own_has_no_finding(value: dict[str, Any]) -> None:
    assert validate(stream(HZ, SH, value).encode()) == ()


def test_nodes_that_are_away_for_now_do_not_pin_pods_and_keep_none_off() -> None:
    status = {"nodes": ["n1"]}
    away = {"taints": [{"key": "node.kubernetes.io/unreachable", "effect": "NoSchedule"}]}
    pools = {**HZ, "status": status}, {**SH, "status": {"nodes": ["n2"]}}
    either = pod(affinity=requiring({"key": POOL, "operator": "In", "values": ["hz", "sh"]}))
    for spec in ({"unschedulable": True}, away):
        gone = node(in_pool("sh"), "n2", spec=spec)
        assert places(HN401, *pools, N1, gone, either) == []
        n1 = node(in_pool("hz"), "n1", spec=spec)
        pinned = pod(nodeSelector=in_pool("hz"), **ON_HOST)
        assert places(HN404, *pools, n1, pinned) == []


def test_a_node_in_no_pool_that_still_has_the_label_is_a_host_network_node() -> None:
    stray = node({LABEL: "true"}, "stray")
    assert places(HN401, HZ, stray, pod(nodeSelector={LABEL: "true"})) != []
    assert places(HN401, HZ, stray, pod(nodeName="stray")) == ["/spec/nodeName"]


def test_definitions_of_a_pool_that_differ_in_taints_decide_nothing_alone() -> None:
    tainted = host_pool("hz", taints=[{"key": "edge", "effect": "NoSchedule"}])
    on_host = pod(nodeSelector=in_pool("hz"), **ON_HOST)
    cordoned = node(in_pool("hz"), "n1", spec={"unschedulable": True})
    known = {**tainted, "status": {"nodes": ["n1"]}}
    assert "the taint edge:NoSchedule" in the_one(HN404, known, cordoned, on_host)[2]
    for pools in ((tainted, HZ), (HZ, tainted)):
        assert places(HN404, *pools, on_host) == []
        assert places(HN401, *pools, pod(nodeSelector=in_pool("hz"))) != []
    assert places(HN404, tainted, on_host) != []


def test_the_subsets_of_a_united_deployment_are_not_known() -> None:
    united: dict[str, Any] = {
        "apiVersion": "apps.kruise.io/v1alpha1",
        "kind": "UnitedDeployment",
        "metadata": {"name": "a"},
        "spec": {
            "template": {"deploymentTemplate": {"spec": {"template": pod()}}},
            "topology": {"subsets": [{"name": "hz", "patch": {"spec": ON_HOST}}]},
        },
    }
    assert [one.rule for one in validate(stream(HZ, SH, united).encode())] == []
    config = {**HEAD, "spec": {"rules": {"keep-off": True}}}
    assert transform(stream(HZ, SH, united).encode(), config=config).changes == ()
    united["spec"]["topology"]["subsets"] = [{"name": "hz", "replicas": 1}]
    assert [one.rule for one in validate(stream(HZ, SH, united).encode())] == ["HN420"]


# --- HN406: components --------------------------------------------------------------------------

PROXY: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "DaemonSet",
    "metadata": {
        "name": "kube-proxy",
        "namespace": "kube-system",
        "labels": {"k8s-app": "kube-proxy"},
    },
    "spec": {
        "template": {
            "metadata": {"labels": {"k8s-app": "kube-proxy"}},
            "spec": {"containers": [{"name": "c", "image": "registry.k8s.io/kube-proxy:v1.33.0"}]},
        }
    },
}
OWNER = {"apiVersion": "v1", "kind": "Keeper", "name": "k", "controller": True}


def test_a_component_is_reported_whether_or_not_the_transform_rule_is_on() -> None:
    assert places(HN406, PROXY) == ["/spec/template/spec/affinity"]
    off = {"rules": {"cni-isolation": False}}
    assert places(HN406, PROXY, config=off) == ["/spec/template/spec/affinity"]


@pytest.mark.parametrize(
    "changed",
    [
        {"metadata": {**PROXY["metadata"], "ownerReferences": [OWNER]}},
        {"spec": {"template": {"metadata": PROXY["metadata"], "spec": {"hostNetwork": True}}}},
        {"sops": {"mac": "ENC[x]"}},
    ],
)
def test_what_is_never_edited_is_left_to_the_rules_that_say_why(changed: dict[str, Any]) -> None:
    assert places(HN406, {**PROXY, **changed}) == []


def test_a_wrong_opt_in_is_reported_once() -> None:
    metadata = {**PROXY["metadata"], "annotations": {"transform.hostnet.io/cni": "yes"}}
    text = stream({**PROXY, "metadata": metadata})
    (only,) = [one for one in validate(text.encode()) if one.severity == "error"]
    assert (only.rule, only.pointer) == (
        "HN406",
        "/metadata/annotations/transform.hostnet.io~1cni",
    )


# --- HN407: Services ----------------------------------------------------------------------------


def service(**spec: Any) -> dict[str, Any]:
    spec = {"internalTrafficPolicy": "Local", "selector": {"app": "web"}, **spec}
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": spec}


def web(name: str, **spec: Any) -> Any:
    return pod(name, metadata={"labels": {"app": "web"}}, **ON_HOST, **spec)


def test_a_service_is_told_of_only_where_all_its_pods_are_on_host_network_pools() -> None:
    pinned = web("a", nodeSelector=in_pool("hz"))
    at = ["/spec/internalTrafficPolicy"]
    assert places(HN407, HZ, service(), pinned) == at
    assert places(HN407, HZ, pinned, service()) == at
    assert (
        places(HN407, HZ, service(), pinned, pod("b", metadata={"labels": {"app": "other"}})) == at
    )
    assert places(HN407, HZ, service(), pinned, web("b")) == []
    missing = web("b", nodeSelector=in_pool("nowhere"))
    assert places(HN407, HZ, service(), pinned, missing) == []
    assert places(HN407, HZ, service()) == []


def test_no_namespace_is_a_namespace_of_its_own() -> None:
    named = web("a", nodeSelector=in_pool("hz"))
    named["metadata"]["namespace"] = "default"
    assert places(HN407, HZ, service(), named) == []


def test_a_yurtappset_makes_pods_of_a_service() -> None:
    template = {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [CONTAINER]}}
    inner = {"deploymentTemplate": {"spec": {"template": template}}}
    value = {"apiVersion": "apps.openyurt.io/v1beta1", "kind": "YurtAppSet"}
    spec = {"pools": ["hz"], "workload": {"workloadTemplate": inner}}
    app_set = {**value, "metadata": {"name": "web"}, "spec": spec}
    assert len(places(HN407, HZ, app_set, service())) == 1


# --- HN408: host ports --------------------------------------------------------------------------


def severities(*objects: Any) -> list[str | None]:
    return [severity for _, severity, _ in found(HN408, stream(*objects))]


def deployment(name: str, in_pools: str = "hz", **spec: Any) -> dict[str, Any]:
    return workload("Deployment", name, nodeSelector=in_pool(in_pools), ports=[80], **spec)


def daemon_set(name: str, selector: Any, port: int = 80) -> dict[str, Any]:
    return workload("DaemonSet", name, nodeSelector=selector, ports=[port])


def test_daemon_sets_collide_for_sure_and_others_where_there_is_one_node() -> None:
    one, two = deployment("one"), deployment("two")
    assert severities(HZ, one, two) == ["warning"]
    assert severities(HZ, N1, one, two) == ["error"]
    assert severities(HZ, N1, N2, one, two) == ["warning"]
    assert severities(HZ, N1, node(in_pool("sh"), "n2"), one, two) == ["error"]
    daemons = [daemon_set(name, in_pool("hz")) for name in ("one", "two")]
    assert severities(HZ, *daemons) == ["error"]
    assert severities(HZ, daemons[0], two) == ["warning"]


def test_one_node_is_no_proof_where_the_pods_may_run_in_another_pool() -> None:
    either = requiring({"key": POOL, "operator": "In", "values": ["hz", "nb"]})
    one, two = (
        workload("Deployment", name, affinity=either, ports=[80]) for name in ("one", "two")
    )
    assert severities(HZ, host_pool("nb"), N1, one, two) == ["warning"]
    assert severities(HZ, host_pool("nb"), N1, one, deployment("two")) == ["warning"]


def test_pods_in_several_common_pools_collide_once() -> None:
    everywhere = {LABEL: "true"}
    one, two = daemon_set("one", everywhere), daemon_set("two", everywhere)
    _, _, message = the_one(HN408, HZ, host_pool("nb"), one, two)
    assert "DaemonSet/one (in.yaml:2), which runs on the host-network pools hz, nb" in message


def test_without_a_pool_in_the_input_the_label_stands_for_all_of_them() -> None:
    one, two = daemon_set("one", {LABEL: "true"}), daemon_set("two", {LABEL: "true"})
    _, severity, message = the_one(HN408, one, two)
    assert severity == "error"
    assert "runs on host-network pools too" in message


def test_the_label_does_not_stand_for_pools_that_the_selection_leaves_out() -> None:
    others = {"key": POOL, "operator": "NotIn", "values": ["hz"]}
    selection = {"nodeSelector": {LABEL: "true"}, "affinity": requiring(others)}
    elsewhere = workload("DaemonSet", "elsewhere", **selection, ports=[80])
    assert severities(HZ, elsewhere, daemon_set("here", in_pool("hz"))) == []


def test_each_is_reported_against_the_first_that_has_the_port() -> None:
    text = stream(
        HZ,
        host_pool("nb"),
        daemon_set("nb", in_pool("nb")),
        daemon_set("hz", in_pool("hz")),
        daemon_set("both", {LABEL: "true"}),
        daemon_set("free", {LABEL: "true"}, port=81),
    )
    ((_, _, message),) = found(HN408, text)
    assert "DaemonSet/nb " in message


def test_the_same_object_twice_is_another_matter() -> None:
    assert severities(HZ, daemon_set("one", in_pool("hz")), daemon_set("one", in_pool("hz"))) == []


def test_containers_of_one_pod_cannot_share_a_port() -> None:
    ports = {"ports": [{"containerPort": 80}]}
    both = [{**CONTAINER, **ports}, {**CONTAINER, "name": "d", **ports}]
    at, _, message = the_one(HN408, HZ, pod(**ON_HOST, nodeSelector=in_pool("hz"), containers=both))
    assert at == "/spec/containers/1/ports/0"
    assert "by the same pod" in message


def test_without_the_host_network_only_host_ports_count() -> None:
    def translated(name: str, **port: int) -> Any:
        containers = [{**CONTAINER, "ports": [{"containerPort": 80, **port}]}]
        return pod(name, nodeSelector=in_pool("hz"), containers=containers)

    assert severities(HZ, translated("one"), translated("two")) == []
    pair = translated("one", hostPort=8080), translated("two", hostPort=8080)
    assert severities(HZ, *pair) == ["warning"]


def sightings_of_one_port(pools: int, each: int) -> Iterator[LocatedObservation]:
    for number in range(pools * each):
        ref = ObjectRef("apps", "v1", "Deployment", "", f"web-{number}")
        value = ("", (f"pool-{number // each}",), (), False, ((),), "TCP 80", "/spec/template", "")
        yield LocatedObservation(value, Place("in.yaml", number, 1, number, object=ref))


def sightings_on_one_node_each(nodes: int, each: int) -> Iterator[LocatedObservation]:
    for number in range(nodes * each):
        ref = ObjectRef("apps", "v1", "Deployment", "", f"web-{number}")
        host = ("kubernetes.io/hostname", "In", (f"node-{number // each}",))
        wanted = (((POOL, "In", ("hz",)), host),)
        value = ("", ("hz",), (), False, wanted, "TCP 80", "/spec/template", "")
        yield LocatedObservation(value, Place("in.yaml", number, 1, number, object=ref))


@pytest.mark.parametrize("sightings", [sightings_of_one_port, sightings_on_one_node_each])
def test_thousands_may_use_one_port_each_in_a_pool_or_on_a_node_of_their_own(
    sightings: Callable[[int, int], Iterator[LocatedObservation]],
) -> None:
    assert list(finalize(list(sightings(20_000, 1)))) == []
    found = [violation for _, violation in finalize(list(sightings(5_000, 2)))]
    assert sum(violation.is_reported for violation in found) == 5_000
    assert len({violation.affected for violation in found}) == 10_000


def test_an_error_is_not_hidden_by_a_warning_before_it() -> None:
    deployment = workload("Deployment", "a", nodeSelector=in_pool("hz"), ports=[80])
    one, two = daemon_set("b", in_pool("hz")), daemon_set("c", in_pool("hz"))
    assert severities(HZ, deployment, one, two) == ["warning", "error"]
    assert severities(HZ, one, two, deployment) == ["error", "warning"]


def test_a_node_without_a_pool_is_no_pool_of_one_node() -> None:
    alone = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "alone"}}
    pair = [workload("Deployment", name, nodeSelector={LABEL: "true"}, ports=[80]) for name in "ab"]
    assert severities(SH, alone, *pair) == ["warning"]


def test_what_a_daemon_set_tolerates_by_itself_does_not_keep_it_off() -> None:
    taints = [{"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}]
    closed = host_pool("hz", taints=taints)
    one, two = daemon_set("one", in_pool("hz")), daemon_set("two", in_pool("hz"))
    assert severities(closed, one, two) == ["error"]


def test_who_may_run_anywhere_meets_those_on_single_nodes() -> None:
    anywhere = daemon_set("anywhere", in_pool("hz"))
    there = daemon_set("there", {**in_pool("hz"), "kubernetes.io/hostname": "n1"})
    elsewhere = daemon_set("elsewhere", {**in_pool("hz"), "kubernetes.io/hostname": "n2"})
    assert severities(HZ, there, elsewhere) == []
    assert severities(HZ, there, elsewhere, anywhere) == ["warning"]
    assert severities(HZ, anywhere, there, elsewhere) == ["warning", "warning"]
    assert severities(HZ, anywhere, daemon_set("too", in_pool("hz"))) == ["error"]


def test_pods_that_each_name_a_node_of_their_own_do_not_meet() -> None:
    ports = [{"containerPort": 80}]
    pods = [
        pod(name, nodeName=f"n{at}", containers=[{**CONTAINER, "ports": ports}], **ON_HOST)
        for name, at in (("a", 1), ("b", 2), ("c", 1))
    ]
    assert severities(HZ, N1, N2, *pods[:2]) == []
    assert severities(HZ, N1, N2, *pods) == ["warning"]


def test_a_pool_whose_taint_keeps_a_pod_off_has_no_port_to_quarrel_about() -> None:
    tainted = host_pool("hz", taints=[{"key": "edge", "effect": "NoSchedule"}])
    one, two = daemon_set("one", in_pool("hz")), daemon_set("two", in_pool("hz"))
    assert severities(tainted, one, two) == []
    assert severities(HZ, one, two) == ["error"]


def test_what_has_no_pods_wants_no_port() -> None:
    alone = N1
    one = workload("Deployment", "one", nodeSelector=in_pool("hz"), ports=[80])
    two = workload("Deployment", "two", nodeSelector=in_pool("hz"), ports=[80])
    assert severities(HZ, alone, one, two) == ["error"]
    two["spec"]["replicas"] = 0
    assert severities(HZ, alone, one, two) == []


def test_static_pods_are_not_judged_by_where_they_may_run() -> None:
    guarded = requiring(GUARD)
    static = workload(
        "YurtStaticSet", "static", nodeSelector=in_pool("hz"), affinity=guarded, ports=[80]
    )
    static["apiVersion"] = "apps.openyurt.io/v1alpha1"
    rules = {one.rule for one in validate(stream(HZ, static).encode())}
    assert rules == {"HN412"}


def test_a_daemon_set_that_also_runs_on_a_pool_takes_its_ports_too() -> None:
    everywhere = workload("DaemonSet", "a", ports=[80])
    pinned = workload("Deployment", "b", ports=[80], nodeSelector=in_pool("hz"))
    assert "DaemonSet/a" in the_one(HN408, HZ, SH, everywhere, pinned)[2]
    anywhere = workload("Deployment", "a", ports=[80])
    assert places(HN408, HZ, SH, anywhere, pinned) == []
    elsewhere = workload("Deployment", "b", ports=[80], nodeSelector=in_pool("sh"))
    assert places(HN408, HZ, SH, everywhere, elsewhere) == []


def test_a_daemon_set_that_also_runs_on_a_pool_lacks_dns_and_services_there() -> None:
    spec = {
        "dnsPolicy": "ClusterFirstWithHostNet",
        "containers": [{**CONTAINER, "args": ["http://a.b.svc"]}],
    }
    also = "the pods also run on the host-network pool hz"
    everywhere = workload("DaemonSet", "a", **spec)
    assert the_one(HN405, HZ, SH, everywhere)[2].startswith(also)
    assert the_one(HN409, HZ, SH, everywhere)[2].startswith(also)
    for other in (
        workload("Deployment", "a", **spec),
        workload("DaemonSet", "a", nodeSelector=in_pool("sh"), **spec),
    ):
        assert places(HN405, HZ, SH, other) == []
        assert places(HN409, HZ, SH, other) == []


# --- HN409: names of Services -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("gateway.metrics.svc", "gateway.metrics.svc"),
        ("gateway.svc", "gateway.svc"),
        ("http://u:p@gateway.metrics.svc:80/x", "gateway.metrics.svc"),
        ("a,gateway.metrics.svc.cluster.local.,b", "gateway.metrics.svc.cluster.local"),
        ("GATEWAY.Metrics.SVC.Cluster.Local", "GATEWAY.Metrics.SVC.Cluster.Local"),
        ("--to=gateway.metrics.svc.", "gateway.metrics.svc"),
        ("$(HOST)-0.peers.$(NS).svc", "$(HOST)-0.peers.$(NS).svc"),
        ("exec curl ${HOST}.metrics.svc; true", "${HOST}.metrics.svc"),
        ("nc $HOST.metrics.svc 80", "$HOST.metrics.svc"),
        ("x=$(curl gateway.metrics.svc)", "gateway.metrics.svc"),
        ("srv+_http._tcp.gateway.svc", "_http._tcp.gateway.svc"),
    ],
)
def test_a_name_that_only_the_cluster_knows_is_found(text: str, name: str) -> None:
    for field in ("args", "command"):
        container = {**CONTAINER, field: ["-v", text]}
        both = [CONTAINER, container]
        at, _, message = the_one(HN409, HZ, pod(nodeSelector=in_pool("hz"), containers=both))
        assert at == f"/spec/containers/1/{field}/1"
        assert f"where {name} cannot" in message


@pytest.mark.parametrize(
    "text",
    [
        "foo.svc.example.com",
        "foo.svc.cluster.local.example.com",
        "foo.svc-mesh",
        "foo.svcs",
        "my-svc",
        "svc",
        ".svc,.svc.cluster.local",
        "*.svc",
        "svc.cluster.local",
        "gateway.metrics",
        "foo.svc_name",
    ],
)
def test_another_name_is_not(text: str) -> None:
    container = {**CONTAINER, "args": [text], "env": [{"name": "A", "value": text}]}
    assert places(HN409, HZ, pod(nodeSelector=in_pool("hz"), containers=[container])) == []


def test_a_place_is_reported_once_and_init_containers_count() -> None:
    text = "a.b.svc c.d.svc"
    init = {**CONTAINER, "env": [{"name": "X", "value": text}]}
    both = pod(nodeSelector=in_pool("hz"), initContainers=[init])
    assert places(HN409, HZ, both) == ["/spec/initContainers/0/env/0/value"]


def test_a_long_text_is_searched_in_no_time() -> None:
    words = [
        "a" * 200_000,
        "a." * 100_000,
        "$(a" * 70_000,
        "a.svc" * 40_000 + "x",
        "-" * 200_000 + "svc",
    ]
    container = {**CONTAINER, "args": words}
    assert places(HN409, HZ, pod(nodeSelector=in_pool("hz"), containers=[container])) == []


def test_a_name_that_host_aliases_resolve_needs_no_dns() -> None:
    container = {**CONTAINER, "args": ["--to=http://a.b.svc:1", "--and=http://c.d.svc:1"]}
    aliases = [{"ip": "10.0.0.1", "hostnames": ["a.b.svc"]}]
    spec = {"nodeSelector": in_pool("hz"), "containers": [container], **ON_HOST}
    assert places(HN409, HZ, pod(**spec)) == [
        "/spec/containers/0/args/0",
        "/spec/containers/0/args/1",
    ]
    assert places(HN409, HZ, pod(hostAliases=aliases, **spec)) == ["/spec/containers/0/args/1"]


SERVICES = [
    {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "t"},
        "spec": spec,
    }
    for name, spec in (
        ("my-db", {"clusterIP": "10.96.7.7", "clusterIPs": ["10.96.7.7"]}),
        ("peers", {"clusterIP": "None"}),
        ("far", {"type": "ExternalName", "externalName": "a.example.com"}),
    )
]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://10.96.7.7:80", "my-db.t (10.96.7.7)"),
        ("$(MY_DB_SERVICE_HOST)", "my-db ($MY_DB_SERVICE_HOST)"),
        ("http://10.96.7.8:80", ""),
        ("http://None", ""),
        ("$PEERS_SERVICE_HOST $FAR_SERVICE_HOST $OTHER_SERVICE_HOST", ""),
    ],
)
def test_a_service_is_known_by_its_address_and_its_variables(text: str, shown: str) -> None:
    container = {**CONTAINER, "env": [{"name": "X", "value": text}]}
    there = pod(nodeSelector=in_pool("hz"), containers=[container], **ON_HOST)
    there["metadata"]["namespace"] = "t"
    told = found(HN409, stream(HZ, *SERVICES, there))
    assert [message for _, _, message in told] == [
        f"the pods run on the host-network pool hz only, where {name} cannot be resolved or reached"
        for name in filter(None, (shown,))
    ]


def test_variables_are_those_of_services_in_the_namespace_and_addresses_are_of_all() -> None:
    texts = ["$MY_DB_SERVICE_HOST", "10.96.7.7"]
    container = {**CONTAINER, "args": texts}
    elsewhere = pod(nodeSelector=in_pool("hz"), containers=[container], **ON_HOST)
    assert places(HN409, HZ, *SERVICES, elsewhere) == ["/spec/containers/0/args/1"]


def test_the_variables_of_the_api_server_lead_to_yurthub() -> None:
    container = {**CONTAINER, "args": ["$KUBERNETES_SERVICE_HOST"]}
    there = pod(nodeSelector=in_pool("hz"), containers=[container], **ON_HOST)
    there["metadata"]["namespace"] = "default"
    kubernetes = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kubernetes", "namespace": "default"},
        "spec": {"clusterIP": "10.96.0.1"},
    }
    assert places(HN409, HZ, kubernetes, there) == []


def test_a_name_server_that_is_a_service_is_not_reached() -> None:
    servers: dict[str, Any] = {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.96.7.7"]}}
    there = pod(nodeSelector=in_pool("hz"), **ON_HOST, **servers)
    assert places(HN409, HZ, *SERVICES, there) == ["/spec/dnsConfig/nameservers/0"]


# --- HN410 and HN420 -----------------------------------------------------------------------------


def test_a_host_port_that_is_not_the_container_port_is_told_where_pods_can_be_on_the_host() -> None:
    ports = [{"containerPort": 80, "hostPort": 80}, {"containerPort": 80, "hostPort": 81}]
    containers = [{**CONTAINER, "ports": ports}]
    on_host = pod(containers=containers, **ON_HOST)
    assert places(HN410, HZ, on_host) == ["/spec/containers/0/ports/1/hostPort"]
    assert places(HN410, HZ, pod(containers=containers)) == []
    elsewhere = pod(containers=containers, nodeSelector=in_pool("sh"), **ON_HOST)
    assert places(HN410, HZ, SH, elsewhere) == []
    assert places(HN410, SH, on_host) == []


def test_user_namespaces_do_not_go_with_the_network_of_the_host() -> None:
    assert places(HN410, HZ, pod(hostUsers=False, **ON_HOST)) == ["/spec/hostUsers"]
    assert places(HN410, HZ, pod(hostUsers=False), pod(hostUsers=True, **ON_HOST)) == []


def test_a_host_port_is_compared_in_each_copy_with_its_tweaks() -> None:
    containers = [{**CONTAINER, "ports": [{"containerPort": 80, "hostPort": 81}]}]
    patch = {
        "path": "/spec/template/spec/hostNetwork",
        "operation": "add",
        "value": True,
    }
    tweak = {"pools": ["hz"], "tweaks": {"patches": [patch]}}
    app_set = {
        "apiVersion": "apps.openyurt.io/v1beta1",
        "kind": "YurtAppSet",
        "metadata": {"name": "a"},
        "spec": {
            "pools": ["hz", "sh"],
            "workload": {
                "workloadTemplate": {
                    "deploymentTemplate": {
                        "metadata": {"labels": {"a": "b"}},
                        "spec": {"template": {"spec": {"containers": containers}}},
                    }
                },
                "workloadTweaks": [tweak],
            },
        },
    }
    at = "/spec/workload/workloadTemplate/deploymentTemplate/spec/template/spec/containers/0/ports"
    assert places(HN410, HZ, SH, app_set) == [f"{at}/0/hostPort"]
    tweak["pools"] = ["sh"]
    assert places(HN410, HZ, SH, app_set) == []


def test_what_can_land_on_a_pool_without_a_manifest_is_told_at_the_first_workload() -> None:
    given = stream(HZ).encode()
    (alone,) = validate(stream(pod("b")).encode(), pools=given)
    assert (alone.rule, str(alone.object), alone.line) == ("HN420", "Pod/b", 1)
    (told,) = validate(stream(pod("b"), pod("a")).encode(), pools=given)
    assert told.message.startswith("the pods of Pod/b and 1 more can be scheduled to NodePool/hz")
    (told,) = validate(stream(pod("b"), pod("a"), HZ).encode())
    assert str(told.object) == "NodePool/hz"


# --- All nodes are known ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "rules"),
    [({}, []), ({"nodes": "partial"}, []), ({"nodes": "complete"}, ["HN401"])],
    ids=["by default", "partial", "complete"],
)
def test_pods_are_pinned_by_any_label_where_the_nodes_in_the_input_are_complete(
    config: dict[str, Any], rules: list[str]
) -> None:
    on_arm = pod(nodeSelector={"kubernetes.io/arch": "arm64"})
    nodes = [
        node({**in_pool(name), "kubernetes.io/arch": arch}, f"node-{arch}")
        for name, arch in (("hz", "arm64"), ("sh", "amd64"))
    ]
    controller = node({"kubernetes.io/arch": "amd64"}, "controller")
    data = stream(HZ, SH, *nodes, controller, on_arm).encode()
    found = validate(data, config={**HEAD, "spec": config})
    assert [one.rule for one in found if one.object and one.object.kind == "Pod"] == rules


# --- HN411 to HN418 -----------------------------------------------------------------------------


def lands(*objects: Any, **spec: Any) -> bool:
    daemon = workload("DaemonSet", "d", **{"hostNetwork": False, **spec})
    return bool(places(HN411, *objects, daemon))


def test_a_daemon_set_lands_where_no_selection_and_no_taint_keeps_it_off() -> None:
    taint = {"key": "edge", "effect": "NoExecute"}
    tainted = host_pool("hz", taints=[taint])
    assert lands(HZ)
    assert not lands(SH)
    assert not lands()
    assert lands(HZ, pool("hz"))  # of two clusters, probably
    assert lands(HZ, nodeSelector={"kubernetes.io/os": "linux"})
    assert not lands(HZ, SH, nodeSelector=in_pool("sh"))
    assert not lands(tainted)
    assert lands(tainted, tolerations=[{"operator": "Exists"}])
    assert lands(tainted, host_pool("nb"))
    assert lands(host_pool("hz", taints=[{**taint, "key": "node.kubernetes.io/not-ready"}]))
    assert not lands(HZ, hostNetwork=True)
    assert not lands(HZ, affinity=requiring(GUARD))
    assert not lands(HZ, affinity=requiring({"key": LABEL, "operator": "DoesNotExist"}))


def test_a_daemon_set_of_which_another_rule_speaks_is_left_to_it() -> None:
    assert not lands(HZ, nodeSelector=in_pool("hz"))
    assert places(HN411, HZ, PROXY) == []
    other = {**PROXY, "metadata": {"name": "agent"}}
    other["spec"] = {"template": {"spec": {"containers": [CONTAINER]}}}
    assert places(HN411, HZ, other) == ["/spec/template/spec"]


def test_a_daemon_set_lands_whatever_it_says_that_cannot_be_understood_of_the_network() -> None:
    odd = workload("DaemonSet", "d", hostNetwork=False)
    odd["metadata"]["annotations"] = {"transform.hostnet.io/cni": "maybe"}
    assert places(HN411, HZ, odd) == ["/spec/template/spec"]


STATIC = {
    "apiVersion": "apps.openyurt.io/v1alpha1",
    "kind": "YurtStaticSet",
    "metadata": {"name": "proxy"},
}


def static_set(annotations: Any = None, **spec: Any) -> dict[str, Any]:
    template = {"metadata": {"annotations": annotations or {}}, "spec": spec}
    return {**STATIC, "spec": {"template": {**template, "spec": {"containers": [{}], **spec}}}}


def test_a_static_pod_is_reported_once_for_what_is_planned_or_else_for_its_affinity() -> None:
    affinity: Any = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": []}}
    assert places(HN412, static_set(affinity=affinity)) == ["/spec/template/spec/affinity"]
    assert places(HN412, static_set(EXCLUDED, affinity=affinity)) == [""]
    assert places(HN412, static_set()) == []
    assert places(HN412, static_set(affinity={})) == []


@pytest.mark.parametrize(
    ("path", "is_told"),
    [
        ("/spec/template/spec/affinity", True),
        ("/spec/template/spec/affinity/", True),
        ("/spec/template/spec/affinity/podAffinity", True),
        ("/spec/template/spec", True),
        ("/spec/template/spec/", True),
        ("/spec/template", True),
        ("/spec", True),
        ("", True),
        ("/spec/template/spec/affinities", False),
        ("/spec/template/spec/containers/0", False),
        ("/spec/template/metadata/annotations/affinity", False),
        (None, False),
        (["/spec"], False),
    ],
)
def test_a_json_patch_at_or_above_the_affinity_is_told(path: Any, is_told: bool) -> None:
    tweaks = [{"pools": ["hz"], "tweaks": {"patches": [{"operation": "replace", "path": path}]}}]
    value = {"apiVersion": "apps.openyurt.io/v1beta1", "kind": "YurtAppSet"}
    app_set = {**value, "spec": {"workload": {"workloadTweaks": tweaks}}}
    at = "/spec/workload/workloadTweaks/0/tweaks/patches/0/path"
    assert places(HN418, app_set) == ([at] if is_told else [])
    assert places(HN418, {**app_set, "apiVersion": "example.com/v1"}) == []
    assert places(HN418, {**app_set, "kind": "YurtAppDaemon"}) == ([at] if is_told else [])
    assert places(HN418, {**app_set, "kind": "YurtStaticSet"}) == []


@pytest.mark.parametrize(
    ("patch", "at"),
    [
        ({"spec": {"template": {"spec": {"affinity": {}}}}}, "/spec/template/spec/affinity"),
        ({"spec": {"template": {"spec": {"affinity": None}}}}, "/spec/template/spec/affinity"),
        ({"spec": {"template": {"spec": None}}}, "/spec/template/spec"),
        ({"spec": {"template": {"$patch": "replace"}}}, "/spec/template"),
        ({"spec": {"template": {"$patch": "delete"}}}, "/spec/template"),
        ({"spec": {"template": {"$patch": "merge"}}}, None),
        ({"spec": {"template": {"spec": {"nodeSelector": None}}}}, None),
        ({"metadata": {"labels": {"affinity": "x"}}}, None),
        ({}, None),
        (None, None),
        ("affinity", None),
    ],
)
def test_a_merge_that_changes_the_affinity_or_takes_away_what_holds_it_is_told(
    patch: Any, at: str | None
) -> None:
    value = {"apiVersion": "apps.openyurt.io/v1alpha1", "kind": "YurtAppSet"}
    app_set = {**value, "spec": {"topology": {"pools": [{"name": "hz", "patch": patch}]}}}
    base = "/spec/topology/pools/0/patch"
    assert places(HN418, app_set) == ([] if at is None else [f"{base}{at}"])


# --- all of them --------------------------------------------------------------------------------

JUNK: tuple[Any, ...] = (
    None,
    "x",
    "",
    5,
    True,
    [],
    {},
    [None],
    ["x"],
    [[]],
    {"a": 1},
    {"containers": 1},
)
FIELDS = ("containers", "initContainers", "hostNetwork", "dnsPolicy", "nodeSelector", "affinity")


def malformed() -> Iterator[dict[str, Any]]:
    base = {"nodeSelector": in_pool("hz"), **ON_HOST}
    for value in JUNK:
        for field in (*FIELDS, "tolerations"):
            yield {"spec": {**base, "containers": [CONTAINER], field: value}}
        for field in ("ports", "env", "args", "command"):
            yield {"spec": {**base, "containers": [{**CONTAINER, field: value}]}}
        for field in ("containerPort", "hostPort", "protocol", "hostIP"):
            port = {"containerPort": 80, "hostPort": 81, field: value}
            yield {"spec": {**base, "containers": [{**CONTAINER, "ports": [port]}]}}
        yield {"spec": {**base, "affinity": requiring(value)}}
        yield {"spec": {**base, "affinity": requiring({"key": POOL, "operator": value})}}
        yield {"metadata": value, "spec": base}
        yield {"spec": value}


def test_nothing_malformed_hides_what_comes_after_it() -> None:
    objects = []
    for number, template in enumerate(malformed()):
        head = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": f"d{number}"}}
        objects.append({**head, "spec": {"template": template}})
    for number, value in enumerate(JUNK):
        named = {"apiVersion": "v1", "metadata": {"name": f"s{number}"}}
        spec = {"internalTrafficPolicy": "Local", "selector": value, "clusterIP": value}
        objects.append({**named, "kind": "Service", "spec": spec})
        objects.append(host_pool(f"p{number}", taints=value, labels=value))
    last = pod("last", nodeSelector=in_pool("hz"))
    text = stream(HZ, *objects, last)
    told = [one for one in validate(text.encode()) if one.object and one.object.name == "last"]
    assert [one.rule for one in told] == ["HN401"]


# --- edits that must not be wrong ---------------------------------------------------------------


def edited(*objects: Any, **spec: Any) -> tuple[list[str], list[str]]:
    """Return the names of the objects that are edited, and the rules of what is not."""
    result = transform(stream(*objects).encode(), config={**HEAD, "spec": spec})
    return [change.object.name for change in result.changes], [one.rule for one in result.findings]


KEEP_OFF = {"rules": {"keep-off": True}}
ON_HOST_RULE = {"rules": {"host-network-pods": True}}


def test_pods_are_kept_off_only_if_they_surely_run_elsewhere() -> None:
    either = pod(affinity=requiring({"key": POOL, "operator": "In", "values": ["hz", "sh"]}))
    assert edited(HZ, SH, either, **KEEP_OFF) == (["web"], [])
    assert edited(HZ, either, **KEEP_OFF) == ([], [])
    assert edited(HZ, SH, host_pool("sh"), either, **KEEP_OFF)[0] == []


def test_what_a_tweak_has_the_last_word_on_is_not_edited() -> None:
    def app_set(value: bool) -> dict[str, Any]:
        path = "/spec/template/spec/hostNetwork"
        patches = [{"path": path, "operation": "add", "value": value}]
        template = {"spec": {"template": {"spec": {"containers": [CONTAINER]}}}}
        return {
            "apiVersion": "apps.openyurt.io/v1beta1",
            "kind": "YurtAppSet",
            "metadata": {"name": "a"},
            "spec": {
                "pools": ["hz"],
                "workload": {
                    "workloadTemplate": {"deploymentTemplate": template},
                    "workloadTweaks": [{"pools": ["hz"], "tweaks": {"patches": patches}}],
                },
            },
        }

    assert edited(HZ, app_set(False), **ON_HOST_RULE)[0] == []
    at = "/spec/workload/workloadTweaks/0/tweaks/patches/0/value"
    assert places(HN401, HZ, app_set(False)) == [at]
    assert places(HN401, HZ, app_set(True)) == []


def test_pods_that_the_nodes_pin_are_put_on_the_host_as_others() -> None:
    of_pool = node({**in_pool("hz"), LABEL: "true"}, "n1")
    nodes = [of_pool, node({}, "c", spec={"taints": [CONTROL]})]
    data = (HZ, *nodes, pod())
    assert edited(*data, **ON_HOST_RULE, nodes="complete") == (["web"], [])
    assert edited(*data, **ON_HOST_RULE) == ([], [])


CONTROL = {"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}


def test_pod_security_refuses_what_pinned_pods_need() -> None:
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "edge", "labels": {ENFORCE: "restricted"}},
    }
    pinned = pod(metadata={"namespace": "edge"}, nodeSelector=in_pool("hz"))
    found = validate(stream(HZ, namespace, pinned).encode())
    assert [one.rule for one in found] == ["HN401", "HN421"]


ENFORCE = "pod-security.kubernetes.io/enforce"


def test_a_taint_of_any_type_leaves_the_rest_of_the_report() -> None:
    odd = host_pool("hz", taints=[{"key": ["a"], "effect": "NoSchedule"}])
    daemons = workload("DaemonSet", "a")
    assert {one.rule for one in validate(stream(odd, daemons).encode())} == {"HN101"}


# --- HN424 --------------------------------------------------------------------------------------


def helm_chart(chart: str) -> dict[str, Any]:
    return {
        "apiVersion": "helm.cattle.io/v1",
        "kind": "HelmChart",
        "metadata": {"name": "network", "namespace": "kube-system"},
        "spec": {"chart": chart},
    }


def test_a_chart_of_a_component_of_the_configuration_is_told_and_of_one_switched_off_is_not() -> (
    None
):
    own = {"id": "ours", "kinds": ["DaemonSet"], "names": ["ours"], "namespaces": ["net"]}
    assert places(HN424, helm_chart("ours")) == []
    config = {"components": [{**own, "charts": ["ours"]}]}
    assert places(HN424, helm_chart("ours"), config=config) == ["/spec/chart"]
    assert places(HN424, helm_chart("cilium")) == ["/spec/chart"]
    off = {"components": [{"id": "cilium", "enabled": False}]}
    assert places(HN424, helm_chart("cilium"), config=off) == []


# --- HN425 --------------------------------------------------------------------------------------

ASKING = workload("Deployment", "web")
ASKING["spec"]["template"]["metadata"] = {"annotations": EXCLUDED}
TEMPLATE = {
    "apiVersion": "template.openshift.io/v1",
    "kind": "Template",
    "metadata": {"name": "t"},
    "objects": [ASKING],
}


def config_map(*objects: Any) -> dict[str, Any]:
    data = {"a.yaml": stream(*objects)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data}


def test_of_many_objects_in_a_text_some_are_named_and_the_others_counted() -> None:
    many = [{**ASKING, "metadata": {"name": f"web-{index}"}} for index in range(5)]
    at, _, message = the_one(HN425, config_map(*many))
    assert at == "/data/a.yaml"
    assert message.count("annotated") == 3
    assert "web-2" in message
    assert "web-3" not in message
    assert "and 2 more" in message


def test_an_object_in_a_text_is_judged_by_the_rows_of_the_configuration() -> None:
    fleet = {
        "apiVersion": "example.com/v1",
        "kind": "Fleet",
        "metadata": {"name": "f"},
        "spec": {"pod": {"metadata": {"annotations": EXCLUDED}, "spec": {}}},
    }
    assert places(HN425, config_map(fleet)) == ["/data/a.yaml"]
    guarded = json.loads(json.dumps(fleet))
    guarded["spec"]["pod"]["spec"] = {"affinity": requiring(GUARD), "containers": [CONTAINER]}
    assert places(HN425, config_map(guarded)) == ["/data/a.yaml"]
    row = {"group": "example.com", "kinds": ["Fleet"], "pointer": "/spec/pod"}
    assert places(HN425, config_map(guarded), config={"podTemplates": [row]}) == []


def test_what_cannot_be_planned_in_a_text_is_told_with_its_reason() -> None:
    broken = workload("DaemonSet", "kube-proxy", affinity="none")
    broken["metadata"]["namespace"] = "kube-system"
    assert "not a mapping" in the_one(HN425, config_map(broken))[2]


@pytest.mark.parametrize("words", ["kube-proxy", "containers", "exclude-host-network", "kind: x"])
def test_a_config_map_without_a_hint_is_not_parsed_again(
    words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = config_map()
    value["data"]["a.yaml"] = f"apiVersion: v1\ntext: {words}\n"
    monkeypatch.setattr("transformer.kubernetes.embedded.parse", None)
    assert places(HN425, value) == []


def test_a_template_is_told_of_once_in_validation() -> None:
    assert [one.rule for one in validate(stream(TEMPLATE).encode())] == ["HN425"]
    assert [one.rule for one in transform(stream(TEMPLATE).encode()).findings] == ["HN414"]


def test_where_hn425_is_off_a_template_is_told_of_as_an_unknown_kind() -> None:
    head = {"apiVersion": "transform.hostnet.io/v1alpha1", "kind": "HostnetTransform"}
    config = {**head, "spec": {"rules": {"HN425": "off"}}}
    assert [one.rule for one in validate(stream(TEMPLATE).encode(), config=config)] == ["HN414"]

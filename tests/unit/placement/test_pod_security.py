"""The Pod Security level of a namespace, and what it refuses (`tests/oracle` asks Kubernetes)."""

from typing import Any

import pytest

from tests.builders import CONTAINER, pod
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.pod_security import REFUSING, add_level, refused

ENFORCE = "pod-security.kubernetes.io/enforce"


def levels(labels: Any, **more: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    value = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}, **more}
    value["metadata"] = {"name": "shop", "labels": labels}
    add_level(found, next(manifests(value)))
    return found


@pytest.mark.parametrize(
    ("value", "level"),
    [
        ("privileged", "privileged"),
        ("baseline", "baseline"),
        ("restricted", "restricted"),
        ("Baseline", "restricted"),
        ("none", "restricted"),
        ("", "restricted"),
    ],
)
def test_a_value_that_is_no_level_is_the_strictest(value: str, level: str) -> None:
    assert levels({ENFORCE: value}) == {"shop": level}


@pytest.mark.parametrize(
    ("labels", "more"),
    [
        ({}, {}),
        (None, {}),
        ({"pod-security.kubernetes.io/warn": "baseline"}, {}),
        ({ENFORCE: "${LEVEL}"}, {}),
        ({ENFORCE: True}, {}),
        ({ENFORCE: "baseline"}, {"apiVersion": "example.com/v1"}),
        ({ENFORCE: "baseline"}, {"kind": "Pod"}),
    ],
)
def test_no_level_is_known_without_the_label(labels: Any, more: dict[str, str]) -> None:
    assert levels(labels, **more) == {}


def port(host: Any = None) -> dict[str, Any]:
    return {"containerPort": 80, **({} if host is None else {"hostPort": host})}


def with_ports(*ports: Any, **more: Any) -> dict[str, Any]:
    return {**CONTAINER, "ports": [*ports], **more}


@pytest.mark.parametrize(
    ("spec", "at"),
    [
        ({}, ""),
        ({"containers": [with_ports(port())]}, ""),
        ({"containers": [with_ports(port(0))]}, ""),
        ({"containers": [with_ports(port(8080))]}, "containers/0/ports/0/hostPort"),
        ({"containers": [CONTAINER, with_ports(port(), port(1))]}, "containers/1/ports/1/hostPort"),
        (
            {"initContainers": [with_ports(port(8080))], "containers": [with_ports(port(81))]},
            "initContainers/0/ports/0/hostPort",
        ),
        (
            {"initContainers": [with_ports(port(8080), restartPolicy="Always")]},
            "initContainers/0/ports/0/hostPort",
        ),
        ({"containers": [with_ports(port("${PORT}"))]}, ""),
        ({"containers": [with_ports(port(True), None)]}, ""),
    ],
)
def test_a_host_port_of_any_container_is_refused(spec: dict[str, Any], at: str) -> None:
    template = PodTemplate(pod(**spec), "/spec/template")
    expected = at and f"/spec/template/spec/{at}"
    assert refused(template, is_on_host=False) == expected


def test_the_network_of_the_host_is_refused_whatever_the_ports_are() -> None:
    template = PodTemplate(pod(containers=[with_ports(port(8080))]), "/spec/template")
    assert refused(template, is_on_host=True) == "/spec/template/spec/hostNetwork"
    assert "privileged" not in REFUSING

"""Which ports a pod takes on its node."""

from typing import Any

import pytest

from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.ports import Port, host_ports, overlap, ports


def template(**spec: Any) -> PodTemplate:
    return PodTemplate({"spec": spec}, "/spec/template")


def taken(pod: PodTemplate, *, host_network: bool) -> list[tuple[int, str, str]]:
    found = host_ports(pod, host_network=host_network)
    return [(port.host, port.protocol, port.ip) for port in found]


def test_a_port_says_where_it_stands_and_what_it_is_by_default() -> None:
    pod = template(containers=[{}, {"ports": [{}, {"containerPort": 80}]}])
    assert list(ports(pod)) == [Port("/spec/template/spec/containers/1/ports/1", 80, 0, "TCP", "")]


def test_on_the_host_network_each_container_port_is_a_port_of_the_host() -> None:
    listed = [
        {"containerPort": 80},
        {"containerPort": 53, "protocol": "UDP"},
        {"containerPort": 8080, "hostPort": 81, "hostIP": "10.0.0.1"},
        {"containerPort": 82, "hostPort": 0},
    ]
    pod = template(containers=[{"ports": listed}])
    assert taken(pod, host_network=True) == [
        (80, "TCP", ""),
        (53, "UDP", ""),
        (81, "TCP", "10.0.0.1"),
        (82, "TCP", ""),
    ]
    assert taken(pod, host_network=False) == [(81, "TCP", "10.0.0.1")]


def test_of_init_containers_only_sidecars_hold_their_ports() -> None:
    pod = template(
        initContainers=[
            {"ports": [{"containerPort": 1}]},
            {"ports": [{"containerPort": 2}], "restartPolicy": "Never"},
            {"ports": [{"containerPort": 3}], "restartPolicy": "Always"},
        ],
        containers=[{"ports": [{"containerPort": 4}]}],
    )
    assert [(port.container, port.is_sidecar) for port in ports(pod)] == [(3, True), (4, False)]


@pytest.mark.parametrize(
    "port",
    [
        None,
        "80",
        {"containerPort": "80"},
        {"containerPort": True},
        {"containerPort": -1},
        {"containerPort": 0},
        {"hostPort": 80},
    ],
)
def test_what_is_no_port_is_left_out(port: Any) -> None:
    pod = template(containers=[{"ports": [port, {"containerPort": 443}]}])
    assert taken(pod, host_network=True) == [(443, "TCP", "")]


@pytest.mark.parametrize("field", ["hostPort", "protocol", "hostIP"])
@pytest.mark.parametrize("value", [None, [], {"a": 1}, True])
def test_a_field_of_a_wrong_type_counts_as_absent(field: str, value: Any) -> None:
    pod = template(containers=[{"ports": [{"containerPort": 443, field: value}]}])
    assert taken(pod, host_network=True) == [(443, "TCP", "")]


@pytest.mark.parametrize("value", [None, "80", {"containerPort": 80}, 80])
def test_what_is_no_list_of_ports_has_none(value: Any) -> None:
    assert list(ports(template(containers=[{"ports": value}]))) == []
    assert list(ports(template(containers=value))) == []


@pytest.mark.parametrize(
    ("one", "other", "is_common"),
    [
        ("", "", True),
        ("", "10.0.0.1", True),
        ("0.0.0.0", "10.0.0.1", True),
        ("::", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("127.0.0.1", "::1", False),
    ],
)
def test_host_addresses_overlap_where_they_are_equal_or_mean_all(
    one: str, other: str, is_common: bool
) -> None:
    assert overlap(one, other) is is_common
    assert overlap(other, one) is is_common

"""Which texts name a Service, certainly or possibly, and where pods get texts from."""

from typing import Any

import pytest

from tests.builders import CONTAINER, pod
from transformer.kubernetes.objects import manifests
from transformer.kubernetes.pod_template import PodTemplate
from transformer.placement.service_names import (
    Text,
    certain_name,
    config_maps_of,
    possible_names,
    texts_of,
    texts_of_config,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("web.shop.svc", "web.shop.svc"),
        ("web.shop.svc.cluster.local", "web.shop.svc.cluster.local"),
        ("web.shop.svc.cluster.local.", "web.shop.svc.cluster.local"),
        ("http://web.shop.svc:8080/path", "web.shop.svc"),
        ("postgres://user:word@db.shop.svc/orders", "db.shop.svc"),
        ("--to=web.shop.svc, and more", "web.shop.svc"),
        ("WEB.SHOP.SVC", "WEB.SHOP.SVC"),
        ("web-0.web.shop.svc", "web-0.web.shop.svc"),
        ("web.svc", "web.svc"),
        ("$(NAME).shop.svc", "$(NAME).shop.svc"),
        ("${NAME}.shop.svc", "${NAME}.shop.svc"),
        ("$NAME.shop.svc", "$NAME.shop.svc"),
        ("a.b.svc c.d.svc", "a.b.svc"),
        # No names of Services.
        ("svc", ""),
        (".svc", ""),
        ("web.shop.svc.example.com", ""),
        ("web.shop.svcs", ""),
        ("web.shop.svc-2", ""),
        ("/etc/web.shop.svc", ""),
        ("path/to/web.svc", ""),
        ("web.shop", ""),
        ("", ""),
    ],
)
def test_what_ends_in_svc_is_certainly_a_service(text: str, name: str) -> None:
    assert certain_name(Text("", text)) == name


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("http://web", ["web"]),
        ("http://web/path?to=db", ["web"]),
        ("http://web.shop:8080", ["web.shop"]),
        ("redis://user:word@cache:6379/0", ["cache"]),
        ("http://a, http://b", ["a", "b"]),
        ("http://a http://a", ["a"]),
        ("web:8080", ["web"]),
        ("--to=web.shop:8080", ["web.shop"]),
        ("kafka-0:9092,kafka-1:9092", ["kafka-0", "kafka-1"]),
        # No host can stand there, or it is none of a Service.
        ("web", []),
        ("web.shop", []),
        ("web:latest", []),
        ("http://10.0.0.1:80", ["10.0.0.1"]),
        ("10.0.0.1:80,10.0.0.2:80", ["10.0.0.1", "10.0.0.2"]),
        ("10.0.0.1", ["10.0.0.1"]),
        ("--to=10.0.0.1", ["10.0.0.1"]),
        ("10.0.0.0/16", []),
        ("10.0.0.1,10.0.0.2", []),
        ("version 10.0.0.1", []),
        ("a=1.2.3.4.5", []),
        ("http://web.example.com", []),
        ("web.example.com:443", []),
        ("http://$(WEB):80", []),
        ("registry/web:8080", []),
        ("http://Web", []),
        ("http://web_1", []),
        ("web:123456", []),
        ("", []),
    ],
)
def test_where_a_host_can_stand_a_name_may_be_that_of_a_service(
    text: str, names: list[str]
) -> None:
    assert [*possible_names(Text("", text))] == names


@pytest.mark.parametrize(
    ("text", "variable", "is_host", "names"),
    [
        ("web", "WEB_HOST", False, ["web"]),
        ("web.shop", "DB_ADDR", False, ["web.shop"]),
        ("web", "web.address", False, ["web"]),
        ("web", "API_URL", False, ["web"]),
        ("web.", "UPSTREAM_SERVER", False, ["web"]),
        ("web", "ENDPOINT", False, ["web"]),
        ("web", "", True, ["web"]),
        ("web:80", "WEB_HOST", False, ["web"]),
        ("web", "", False, []),
        ("web", "HOSTED", False, []),
        ("web", "HOST_MODE", False, []),
        ("web server", "WEB_HOST", False, []),
        ("web.shop.example", "WEB_HOST", False, []),
        ("10.0.0.1", "WEB_HOST", False, ["10.0.0.1"]),
        ("10.0.0.1", "NO_PROXY", False, []),
        ("", "WEB_HOST", True, []),
    ],
)
def test_a_whole_text_may_be_a_host_if_its_variable_says_so(
    text: str, variable: str, is_host: bool, names: list[str]
) -> None:
    assert [*possible_names(Text("", text, variable, is_host))] == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("curl $DB_SERVICE_HOST:$DB_SERVICE_PORT", ["$DB"]),
        ("http://$(MY_DB_SERVICE_HOST)/", ["$MY_DB"]),
        ("${DB_SERVICE_HOST} $DB_PORT_5432_TCP_ADDR", ["$DB", "$DB"]),
        ("DB_SERVICE_HOST", []),
        ("$DB_SERVICE_HOSTS $DB_HOST $_SERVICE_HOST", []),
        ("$$(DB_SERVICE_HOST)", []),
    ],
)
def test_the_variables_of_a_service_name_it(text: str, names: list[str]) -> None:
    own = [{"name": "OTHER_SERVICE_HOST", "value": "x"}]
    container = {"args": [f"{text} $OTHER_SERVICE_HOST"], "env": own}
    found, _ = texts_of(template(container))
    assert [*possible_names(found)] == names
    for without in (
        template({**container, "envFrom": [{"configMapRef": {"name": "a"}}]}),
        template(container, enableServiceLinks=False),
    ):
        assert possible_names(next(texts_of(without))) == ()


def test_pods_ask_the_first_name_server_that_they_have_of_their_own() -> None:
    servers = {"nameservers": ["10.96.0.10", "8.8.8.8"]}
    (found,) = texts_of(template({}, dnsPolicy="None", dnsConfig=servers))
    assert found == Text("/spec/dnsConfig/nameservers/0", "10.96.0.10", is_host=True)
    assert not [*texts_of(template({}, dnsConfig=servers))]


def template(*containers: dict[str, Any], **spec: Any) -> PodTemplate:
    found = [{**CONTAINER, **container} for container in containers]
    return PodTemplate(pod(containers=found, **spec), "")


def test_pods_get_texts_from_commands_variables_and_the_hosts_of_probes() -> None:
    found = template(
        {
            "command": ["run", 1, "--to=a"],
            "args": ["b"],
            "env": [{"name": "C_HOST", "value": "c"}, {"name": "D", "value": 5}, None],
            "livenessProbe": {"httpGet": {"host": "e", "port": 80}},
            "readinessProbe": {"tcpSocket": {"host": "f"}},
            "startupProbe": {"httpGet": {"port": 80}, "exec": {"command": ["g"]}},
        },
        initContainers=[{"name": "i", "args": ["h"]}],
    )
    at = "/spec/containers/0"
    assert [*texts_of(found)] == [
        Text("/spec/initContainers/0/args/0", "h", has_links=True),
        Text(f"{at}/command/0", "run", has_links=True),
        Text(f"{at}/command/2", "--to=a", has_links=True),
        Text(f"{at}/args/0", "b", has_links=True),
        Text(f"{at}/env/0/value", "c", "C_HOST", has_links=True),
        Text(f"{at}/livenessProbe/httpGet/host", "e", is_host=True),
        Text(f"{at}/readinessProbe/tcpSocket/host", "f", is_host=True),
    ]


def test_pods_use_config_maps_as_variables_and_as_files() -> None:
    found = template(
        {
            "envFrom": [{"configMapRef": {"name": "a"}}, {"secretRef": {"name": "no"}}, None],
            "env": [
                {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "b", "key": "k"}}},
                {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "a", "key": "k"}}},
            ],
        },
        volumes=[
            {"name": "v", "configMap": {"name": "c"}},
            {"name": "w", "projected": {"sources": [{"configMap": {"name": "d"}}, "e"]}},
            {"name": "x", "configMap": {"name": ""}},
            {"name": "y", "emptyDir": {}},
        ],
    )
    assert [*config_maps_of(found)] == ["a", "b", "c", "d"]
    assert not config_maps_of(template({"env": "none", "envFrom": 1}, volumes={}))


def test_the_keys_of_a_config_map_are_names_of_variables() -> None:
    value = {"kind": "ConfigMap", "data": {"WEB_HOST": "web", "a/b": "x", "n": 1}}
    assert [*texts_of_config(next(manifests(value)))] == [
        Text("/data/WEB_HOST", "web", "WEB_HOST"),
        Text("/data/a~1b", "x", "a/b"),
    ]

"""Services that need kube-proxy on the nodes of their pods."""

from typing import Any

import pytest

from transformer.kubernetes.objects import Manifest, manifests
from transformer.kubernetes.services import LocalService, local_policies, local_service

EXTERNAL, INTERNAL = "externalTrafficPolicy", "internalTrafficPolicy"


def service(spec: Any, api_version: str = "v1") -> Manifest:
    value = {"apiVersion": api_version, "kind": "Service", "metadata": {"name": "web"}}
    (manifest,) = manifests({**value, "spec": spec})
    return manifest


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({EXTERNAL: "Local"}, [EXTERNAL]),
        ({EXTERNAL: "Local", INTERNAL: "Local"}, [EXTERNAL, INTERNAL]),
        ({EXTERNAL: "Cluster", INTERNAL: "Local"}, [INTERNAL]),
        ({EXTERNAL: "Cluster"}, []),
        ({}, []),
        (None, []),
        ({INTERNAL: "Local", "clusterIP": "None"}, []),
        ({INTERNAL: "Local", "type": "ExternalName"}, []),
        ({INTERNAL: "Local", "clusterIP": "10.96.0.10", "type": "ClusterIP"}, [INTERNAL]),
    ],
)
def test_the_fields_that_keep_traffic_on_the_node(spec: Any, fields: list[str]) -> None:
    assert local_policies(service(spec)) == fields


def test_a_service_of_another_group_is_none() -> None:
    spec = {INTERNAL: "Local", "selector": {"app": "web"}}
    assert local_service(service(spec)) == LocalService("web", (("app", "web"),))
    assert local_service(service(spec, "serving.knative.dev/v1")) is None


@pytest.mark.parametrize("selector", [None, {}, "app=web", {"app": None}, {"app": 1, "tier": "x"}])
def test_without_a_proper_selector_its_pods_are_not_known(selector: Any) -> None:
    assert local_service(service({INTERNAL: "Local", "selector": selector})) is None


def test_it_selects_pods_that_carry_all_its_labels() -> None:
    found = LocalService("web", (("app", "web"), ("tier", "edge")))
    assert found.selects({"app": "web", "tier": "edge", "more": "x"})
    assert not found.selects({"app": "web"})
    assert not found.selects({"app": "web", "tier": ["edge"]})

"""What OpenYurt's manager needs in a cluster, and whether it does its part.

CRDs and webhook configurations are read from the chart in OpenYurt's module, and kept nowhere.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.cluster.client import Client

_CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_POOLS = "/apis/apps.openyurt.io/{}/nodepools?dryRun=All"
_RIGHTS = "rbac.authorization.k8s.io"
_FAIL_OPEN = ("core.v1.node.openyurt.io", "core.v1.pod.openyurt.io")
_KINDS = ("CustomResourceDefinition", "WebhookConfiguration")


def install(client: Client, module: Path) -> None:
    """Create what the chart has: CRDs, webhooks, and all rights for the manager's controllers."""
    for value in _of_chart(module / "charts" / "yurt-manager"):
        for webhook in value.get("webhooks", ()):
            # On a busy machine, one that is late would otherwise let a pod pass without its guard.
            if webhook["name"].endswith(_FAIL_OPEN):
                webhook["failurePolicy"] = "Fail"
        client.create(f"/apis/{value['apiVersion']}/{value['kind'].lower()}s", value)
    group = {"kind": "Group", "name": "system:serviceaccounts:kube-system"}
    binding = {
        "metadata": {"name": "openyurt"},
        "roleRef": {"apiGroup": _RIGHTS, "kind": "ClusterRole", "name": "cluster-admin"},
        "subjects": [{"apiGroup": _RIGHTS, **group}],
    }
    client.create(f"/apis/{_RIGHTS}/v1/clusterrolebindings", binding)


def _of_chart(chart: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects; the only variable in these files is the namespace."""
    generated = chart / "templates" / "yurt-manager-auto-generated.yaml"
    for path in (*sorted((chart / "crds").glob("*.yaml")), generated):
        text = path.read_text(encoding="utf-8").replace("{{ .Release.Namespace }}", "kube-system")
        for value in yaml.load_all(text, Loader=yaml.CSafeLoader):
            if value and value["kind"].endswith(_KINDS):
                yield value


def answers_webhooks(client: Client) -> bool:
    """Whether a pool gets its defaults, and a wrong one is refused."""
    wrong = client.ask("POST", _POOLS.format("v1beta2"), _pool("v1beta2", "Cloud", True))
    right = client.ask("POST", _POOLS.format("v1beta2"), _pool("v1beta2"))
    is_defaulted = right.is_taken and right.value["spec"].get("type") == "Edge"
    return is_defaulted and "denied the request" in wrong.message


def converts_versions(client: Client, port: int) -> bool:
    """Whether older versions are converted; the manager leaves its `port` out of the address."""
    url = f"https://localhost:{port}/convert"
    for value in client.items(_CRDS):
        found = value["spec"].get("conversion", {}).get("webhook", {}).get("clientConfig", {})
        if found.get("url", url) != url:
            conversion = {"webhook": {"clientConfig": {"url": url}}}
            patch = {"spec": {"conversion": conversion}}
            client.merge(f"{_CRDS}/{value['metadata']['name']}", patch)
    return client.ask("POST", _POOLS.format("v1beta1"), _pool("v1beta1")).is_taken


def _pool(version: str, pool_type: str = "", host_network: bool = False) -> dict[str, Any]:
    spec = {"type": pool_type} if pool_type else {}
    return {
        "apiVersion": f"apps.openyurt.io/{version}",
        "kind": "NodePool",
        "metadata": {"name": "asks"},
        "spec": {**spec, **({"hostNetwork": True} if host_network else {})},
    }

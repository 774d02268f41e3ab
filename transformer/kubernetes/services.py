"""Services: their addresses, and what needs kube-proxy on the nodes of their pods."""

from collections.abc import Mapping
from typing import NamedTuple

from transformer.kubernetes.objects import Manifest, list_at, mapping_at

_POLICIES = ("externalTrafficPolicy", "internalTrafficPolicy")


def is_service(manifest: Manifest) -> bool:
    """Whether `manifest` is a core Service."""
    return manifest.ref.kind == "Service" and manifest.ref.group == ""


def has_cluster_ip(manifest: Manifest) -> bool:
    """Whether a Service has an address of its own: it is neither headless nor an ExternalName."""
    spec = manifest.spec
    return spec.get("clusterIP") != "None" and spec.get("type") != "ExternalName"


def cluster_ips(manifest: Manifest) -> tuple[str, ...]:
    """Return the addresses that a manifest gives its Service."""
    if not has_cluster_ip(manifest):
        return ()
    given = (manifest.spec.get("clusterIP"), *list_at(manifest.spec, "clusterIPs"))
    return tuple(dict.fromkeys(one for one in given if isinstance(one, str) and one))


class LocalService(NamedTuple):
    """A Service with a `Local` traffic policy: its name, and the labels of the pods it selects."""

    name: str
    selector: tuple[tuple[str, str], ...]

    def selects(self, labels: Mapping[str, object]) -> bool:
        """Whether the Service selects pods with `labels`."""
        return all(labels.get(key) == value for key, value in self.selector)


def local_policies(manifest: Manifest) -> list[str]:
    """Return the fields of a Service's spec that keep its traffic on the node.

    They have no effect if the Service has no address of its own (headless, ExternalName).
    """
    if manifest.ref.kind != "Service" or manifest.ref.group:
        return []
    if not has_cluster_ip(manifest):
        return []
    return [name for name in _POLICIES if manifest.spec.get(name) == "Local"]


def local_service(manifest: Manifest) -> LocalService | None:
    """Return a Service that has such a field and selects pods, or None for other objects."""
    selector = mapping_at(manifest.spec, "selector")
    if not local_policies(manifest) or not selector:
        return None
    pairs = tuple((key, value) for key, value in selector.items() if isinstance(value, str))
    return LocalService(manifest.ref.name, pairs) if len(pairs) == len(selector) else None

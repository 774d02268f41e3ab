"""The ports that a pod uses on its node."""

from collections.abc import Iterator
from typing import NamedTuple

from transformer.kubernetes.objects import list_at, text_of
from transformer.kubernetes.pod_template import PodTemplate, containers

_ALL_ADDRESSES = ("", "0.0.0.0", "::")


class Port(NamedTuple):
    """A port of a container, at `pointer` of its object; `host` is 0 if it has no host port.

    `is_sidecar`: its container is an init container that keeps running.
    """

    pointer: str
    container: int
    host: int
    protocol: str
    ip: str
    is_sidecar: bool = False


def ports(template: PodTemplate, *, at_start: bool = False) -> Iterator[Port]:
    """Yield the ports of the containers that run as long as the pod, including sidecars.

    `at_start` adds those of init containers that end.
    """
    for at, container in containers(template):
        is_initial = at.rpartition("/")[0].endswith("/initContainers")
        is_sidecar = is_initial and container.get("restartPolicy") == "Always"
        if is_initial and not (is_sidecar or at_start):
            continue
        for index, port in enumerate(list_at(container, "ports")):
            if isinstance(port, dict) and _is_number(port.get("containerPort")):
                yield Port(
                    f"{at}/ports/{index}",
                    port["containerPort"],
                    port["hostPort"] if _is_number(port.get("hostPort")) else 0,
                    text_of(port.get("protocol")) or "TCP",
                    text_of(port.get("hostIP")),
                    is_sidecar,
                )


def host_ports(template: PodTemplate, *, host_network: bool) -> Iterator[Port]:
    """Yield the ports that the pod uses on its node; `host` is that port.

    With `host_network` each container port is one, as the API server defaults it.
    """
    for port in ports(template):
        taken = port.host or (port.container if host_network else 0)
        if taken:
            yield port._replace(host=taken)


def differing_ports(template: PodTemplate) -> Iterator[Port]:
    """Yield the ports that the API server refuses with `hostNetwork: true`: those whose host port
    differs. It looks at `containers` only.
    """
    for port in ports(template):
        if not port.is_sidecar and port.host not in (0, port.container):
            yield port


def repeated_ports(template: PodTemplate, *, host_network: bool) -> Iterator[tuple[Port, Port]]:
    """Yield the ports of the node that the pod uses twice, each with the first such port."""
    known: dict[tuple[str, int], list[Port]] = {}
    for port in host_ports(template, host_network=host_network):
        same = known.setdefault((port.protocol, port.host), [])
        if (first := next((one for one in same if overlap(one.ip, port.ip)), None)) is not None:
            yield port, first
        same.append(port)


def is_any_address(ip: str) -> bool:
    """Whether a host IP means all addresses of the node."""
    return ip in _ALL_ADDRESSES


def overlap(one: str, other: str) -> bool:
    """Whether two host IPs have an address in common."""
    return one == other or is_any_address(one) or is_any_address(other)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0

"""The ports that a pod takes on its node."""

from collections.abc import Iterator
from dataclasses import dataclass

from transformer.manifest.containers import containers
from transformer.manifest.pod_template import PodTemplate

_ALL_ADDRESSES = ("", "0.0.0.0", "::")


@dataclass(frozen=True, slots=True)
class Port:
    """An entry of a container's ports, at `pointer` of its object; `host` 0: not on the host."""

    pointer: str
    container: int
    host: int
    protocol: str
    ip: str


def ports(template: PodTemplate) -> Iterator[Port]:
    """Yield the ports of the containers that run while the pod does, sidecars among them."""
    for at, container in containers(template):
        is_for_the_start = at.rpartition("/")[0].endswith("/initContainers")
        if is_for_the_start and container.get("restartPolicy") != "Always":
            continue
        found = container.get("ports")
        for index, port in enumerate(found if isinstance(found, list) else ()):
            if isinstance(port, dict) and _is_number(port.get("containerPort")):
                yield Port(
                    f"{at}/ports/{index}",
                    port["containerPort"],
                    port["hostPort"] if _is_number(port.get("hostPort")) else 0,
                    port.get("protocol") or "TCP",
                    port.get("hostIP") or "",
                )


def host_ports(template: PodTemplate, *, host_network: bool) -> Iterator[Port]:
    """Yield the ports that the pod takes on its node; `host` is that port.

    With `host_network` every container port is one, as the API server defaults it.
    """
    for port in ports(template):
        taken = port.host or (port.container if host_network else 0)
        if taken:
            yield Port(port.pointer, port.container, taken, port.protocol, port.ip)


def overlap(one: str, other: str) -> bool:
    """Whether two host IPs mean a common address."""
    return one == other or one in _ALL_ADDRESSES or other in _ALL_ADDRESSES


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0

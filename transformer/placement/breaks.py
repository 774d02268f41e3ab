"""What breaks the pods of a workload copy on the host-network nodes where they land, or anywhere.

Here is what the copy, its namespace and the nodes tell. Whether another workload takes a port
(HN408), and whether a word is the name of a Service (HN409), depends on other objects: these rules
add it.

What breaks pods breaks them wherever they land, whether they can run elsewhere or not. Pods that
only wait for a port or a node (HN408, HN422) run elsewhere if they can: these two are for pods that
cannot, and for DaemonSets.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.pools import GROUP
from transformer.kubernetes.ports import differing_ports, repeated_ports
from transformer.placement.placed import Placed, selection_at
from transformer.placement.pod_security import PRIVILEGED, REFUSING, refused
from transformer.placement.roll_out import stuck
from transformer.placement.service_names import certain_name, texts_of
from transformer.placement.truth import Truth
from transformer.placements import OR_ON_HOST
from transformer.wording import some_of


class Break(NamedTuple):
    """What breaks pods on host-network nodes: the id of the rule that reports it, and where it is
    in the manifest.

    `message` says it of a pool that is named elsewhere. `subject` is the name that it is about, if
    it is about one.
    """

    rule: str
    pointer: str
    message: str = ""
    hint: str = ""
    subject: str = ""


def breaks(
    placed: Placed,
    source: PodTemplate,
    level: str = "",
    node_count: Callable[[str], int] = lambda _: 0,
) -> Iterator[Break]:
    """Yield what breaks the pods of a copy where they land on host-network pools.

    `source` is the pod template as the manifest has it, `level` the level of Pod Security that its
    namespace enforces. `node_count` returns how many nodes a pool has, or 0 if it is not known.
    """
    if not placed.can_land:
        return
    template = placed.template
    if placed.is_on_host is Truth.FALSE:
        yield _without_network(placed, source)
    if placed.looks_up_on:
        if template.spec.get("dnsPolicy") == "ClusterFirstWithHostNet":
            at = placed.copy.place(f"{template.pointer}/spec/dnsPolicy")
            yield Break("HN405", at, _NO_DNS, _dns_hint(placed))
        yield from _services(placed)
    yield from breaks_anywhere(placed, source, level)
    if (one := stuck(placed, node_count)) is not None:
        yield Break("HN422", *one)


def breaks_anywhere(placed: Placed, source: PodTemplate, level: str) -> Iterator[Break]:
    """Yield what breaks the pods of a copy on nodes of any pool: that no pod is created.

    `source` and `level` as for `breaks`.
    """
    if level in REFUSING and (at := _refused(placed, source)):
        message = f"Pod Security ({level}) refuses pods that use {refused_use(placed)}"
        yield Break("HN421", at, message, PRIVILEGED)
    is_on_host = placed.is_on_host is Truth.TRUE
    if is_on_host:
        yield from _refused_on_host(placed)
    for port, first in repeated_ports(placed.template, host_network=is_on_host):
        message = f"the port is already used by the same pod, at {first.pointer}"
        yield Break(
            "HN408", placed.copy.place(port.pointer), message, "change one of the two ports"
        )


def _refused_on_host(placed: Placed) -> Iterator[Break]:
    """Yield what the API server refuses with `hostNetwork: true`."""
    template, why = placed.template, "which the API server refuses with hostNetwork: true"
    for port in differing_ports(template):
        message = f"hostPort {port.host} differs from containerPort {port.container}, {why}"
        hint = f"make the container listen on {port.host}, or remove hostPort"
        yield Break("HN410", placed.copy.place(f"{port.pointer}/hostPort"), message, hint)
    if template.spec.get("hostUsers") is False:
        at = placed.copy.place(f"{template.pointer}/spec/hostUsers")
        yield Break("HN410", at, f"hostUsers is false, {why}", "remove hostUsers")


_NO_NETWORK = "the pods need a network of their own, and there is no CNI"
_NO_DNS = "the pods use the cluster DNS, which cannot be reached"
_KEEP_OFF = (
    'annotate the pod template with apps.openyurt.io/exclude-host-network-pool: "true" and run'
    " hostnet-transform on it"
)
SERVICE_HINT = "use an address that is reachable from outside the cluster"


def not_reached(name: str) -> str:
    """Return how a verdict says that pods use the name of a Service."""
    return f"the pods use the Service {name}, which cannot be resolved or reached"


def _services(placed: Placed) -> Iterator[Break]:
    """Yield the texts of the containers that can only be the name of a Service."""
    for text in texts_of(placed.template):
        if name := certain_name(text):
            at = placed.copy.place(text.pointer)
            yield Break("HN409", at, not_reached(name), SERVICE_HINT, name)


def refused_use(placed: Placed) -> str:
    """Return what Pod Security refuses, in words."""
    if placed.is_on_host is Truth.TRUE:
        return "the network of the host"
    if placed.pinned_to:
        return "the network of the host, which these need (HN401)"
    return "a port of the host"


def _refused(placed: Placed, source: PodTemplate) -> str:
    """Return where what Pod Security refuses is, or nothing.

    Pinned pods need the network of the host.
    """
    if placed.pinned_to and placed.is_on_host is Truth.FALSE:
        return _without_network(placed, source).pointer
    at = refused(placed.template, is_on_host=placed.is_on_host is Truth.TRUE)
    return placed.copy.place(at) if at else ""


def _without_network(placed: Placed, source: PodTemplate) -> Break:
    """Return the rule for pods that need a network of their own, by where else they can run."""
    at = placed.template.pointer
    if placed.pinned_to:
        said = f"{at}/spec/hostNetwork"
        is_said = "hostNetwork" in placed.template.spec or placed.copy.is_patched(said)
        place = placed.copy.place(said if is_said else selection_at(source))
        by = " by a tweak for this pool" if _takes_tweaks(placed) else ""
        hint = f"set hostNetwork: true{besides(placed)}{by}, or let them run elsewhere"
        return Break("HN401", place, _NO_NETWORK, hint)
    hint = _KEEP_OFF
    if not any(map(certain_name, texts_of(placed.template))):
        hint += f"{OR_ON_HOST}{besides(placed)}"
    if placed.is_daemon_set:
        return Break("HN411", f"{at}/spec", _NO_NETWORK, hint)
    return Break("HN420", placed.copy.place(at), _NO_NETWORK, hint)


def besides(placed: Placed) -> str:
    """Return what a help says is to be changed together with `hostNetwork: true`, which the API
    server refuses otherwise.
    """
    ports = [
        f"hostPort {one.host} equal to containerPort {one.container}"
        for one in differing_ports(placed.template)
    ]
    changes = [f"make {some_of(ports)}"] if ports else []
    changes += ["remove hostUsers"] if placed.template.spec.get("hostUsers") is False else []
    return "".join(f" and {one}" for one in changes)


def _dns_hint(placed: Placed) -> str:
    """Return what to do, without taking the cluster DNS from pods on other nodes."""
    if _takes_tweaks(placed):
        return "set dnsPolicy: Default by a tweak for this pool"
    if placed.pinned_to and not placed.copy.pool:
        return "remove dnsPolicy, or set it to Default"
    return (
        "make two workloads, one for each type of pool: without dnsPolicy, the pods on other nodes"
        " lose the cluster DNS"
    )


def _takes_tweaks(placed: Placed) -> bool:
    """Whether the copy is one that a tweak can change without changing those of other pools."""
    source = placed.copy.source
    return (source.get("kind"), source.get("apiVersion")) == ("YurtAppSet", f"{GROUP}/v1beta1")

"""Names and addresses of Services in texts that pods get: variables, commands, probes, ConfigMaps,
and the name server.

A name that ends in `.svc` or `.svc.cluster.local` is that of a Service wherever it is. Others may
be, if there is such a Service and a host can stand there: in a URL, before a port, as the host of a
probe, or as the value of a variable whose name says so. An address may be that of a Service there,
and as a whole text, too. The variables that the kubelet sets for a Service name it in capitals.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from transformer import pointer
from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.kubernetes.pod_template import PodTemplate, containers
from transformer.regexes import regex

# A variable, as the kubelet or a shell puts it in, may be a part of the name. What follows a single
# slash is a path.
_PART = r"(?:\$\(\w+\)|\$\{\w+\}|\$?[-\w])+"
_CERTAIN = regex(
    rf"(?<![-\w.$)}}])(?<!(?<!/)/)(?:{_PART}\.)+svc(?:\.cluster\.local)?(?=\.?(?![-\w.]))",
    re.IGNORECASE | re.ASCII,
)

_LABEL = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?"
_IP = r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
_HOST = rf"(?:{_LABEL}(?:\.{_LABEL})?|{_IP})"
_IN_URL = regex(rf"://(?:[^/@\s]*@)?({_HOST})(?![-\w.])", re.ASCII)
_BEFORE_PORT = regex(rf"(?<![-\w.$)}}/])({_HOST}):[0-9]{{1,5}}(?![-\w.])", re.ASCII)
_WHOLE = regex(rf"({_HOST})\.?", re.ASCII)
_ADDRESS = regex(rf"(?:\A|=)({_IP})\Z", re.ASCII)
_VARIABLE = regex(
    r"(?<!\$)\$[({]?(([A-Z][A-Z0-9_]*?)_(?:SERVICE_HOST|PORT_[0-9]+_(?:TCP|UDP|SCTP)_ADDR))\b",
    re.ASCII,
)
_SET_FOR_SERVICES = ("_SERVICE_HOST", "_ADDR")
_OF_HOSTS = regex(r"(?:HOST|ADDR|ADDRESS|URL|SERVER|ENDPOINT)\Z", re.IGNORECASE)


class Text(NamedTuple):
    """A text at `pointer` of its object.

    `is_host`: the whole text is a host. `variable` is the name of the variable that it is the value
    of, or an empty string. `resolved` are the names that `hostAliases` resolve for the pods, and
    the variables that these set themselves. `has_links`: it gets the variables of Services.
    """

    pointer: str
    text: str
    variable: str = ""
    is_host: bool = False
    resolved: frozenset[str] = frozenset()
    has_links: bool = False


def certain_name(text: Text) -> str:
    """Return the first name in a text that can only be that of a Service, or an empty string."""
    found = _CERTAIN.findall(text.text) if "svc" in text.text.lower() else ()
    return next((name for name in found if name not in text.resolved), "")


def possible_names(text: Text) -> tuple[str, ...]:
    """Return what in a text may be a Service: `name`, `name.namespace`, an IP address, or `$NAME`
    for its variables.
    """
    found = [*_IN_URL.findall(text.text), *_BEFORE_PORT.findall(text.text)]
    whole = _WHOLE.fullmatch(text.text)
    if whole and (text.is_host or _OF_HOSTS.search(text.variable)):
        found.append(whole[1])
    if text.variable.upper() != "NO_PROXY" and (address := _ADDRESS.search(text.text)):
        found.append(address[1])
    found = [name for name in dict.fromkeys(found) if name not in text.resolved]
    if text.has_links and "$" in text.text:
        every = _VARIABLE.findall(text.text)
        found += [service_variable(name) for full, name in every if full not in text.resolved]
    return tuple(found)


def service_variable(name: str) -> str:
    """Return how `possible_names` calls a Service by its variables."""
    return f"${name.upper().replace('-', '_')}"


def texts_of(template: PodTemplate) -> Iterator[Text]:
    """Yield the texts of the containers (variables, commands, arguments, hosts of probes), and the
    name server that is asked first.
    """
    aliases = [list_at(alias, "hostnames") for alias in list_at(template.spec, "hostAliases")]
    names = frozenset(name for found in aliases for name in found if isinstance(name, str))
    for text in _texts_of_containers(template):
        yield text._replace(resolved=text.resolved | names) if names else text
    servers = list_at(mapping_at(template.spec, "dnsConfig"), "nameservers")
    if template.spec.get("dnsPolicy") == "None" and servers and isinstance(servers[0], str):
        yield Text(f"{template.pointer}/spec/dnsConfig/nameservers/0", servers[0], is_host=True)


def _texts_of_containers(template: PodTemplate) -> Iterator[Text]:
    for at, container in containers(template):
        links = _links(template, container)
        for field in ("command", "args"):
            for index, word in enumerate(list_at(container, field)):
                if isinstance(word, str):
                    yield Text(f"{at}/{field}/{index}", word, **links)
        for index, variable in enumerate(list_at(container, "env")):
            if isinstance(variable, dict) and isinstance(variable.get("value"), str):
                name = variable.get("name")
                yield Text(
                    f"{at}/env/{index}/value",
                    variable["value"],
                    name if isinstance(name, str) else "",
                    **links,
                )
        yield from _hosts_of_probes(at, container)


def _links(template: PodTemplate, container: dict[str, Any]) -> dict[str, Any]:
    """Return which variables of Services a container gets: none if `envFrom` may set them, too."""
    if template.spec.get("enableServiceLinks") is False or container.get("envFrom"):
        return {}
    names = (mapping_at(one).get("name") for one in list_at(container, "env"))
    own = (one for one in names if isinstance(one, str) and one.endswith(_SET_FOR_SERVICES))
    return {"has_links": True, "resolved": frozenset(own)}


def _hosts_of_probes(at: str, container: dict[str, Any]) -> Iterator[Text]:
    for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
        for action in ("httpGet", "tcpSocket"):
            host = mapping_at(container, probe, action).get("host")
            if isinstance(host, str):
                yield Text(f"{at}/{probe}/{action}/host", host, is_host=True)


def texts_of_config(manifest: Manifest) -> Iterator[Text]:
    """Yield the texts of a ConfigMap; the key of each counts as the name of a variable."""
    for key, value in mapping_at(manifest.value, "data").items():
        if isinstance(value, str):
            yield Text(pointer.join("/data", key), value, key)


def config_maps_of(template: PodTemplate) -> tuple[str, ...]:
    """Return the names of the ConfigMaps that the pods use: as variables or as files."""
    found: list[Any] = []
    for _, container in containers(template):
        for source in list_at(container, "envFrom"):
            found.append(mapping_at(source, "configMapRef").get("name"))
        for variable in list_at(container, "env"):
            found.append(mapping_at(variable, "valueFrom", "configMapKeyRef").get("name"))
    for volume in list_at(template.spec, "volumes"):
        found.append(mapping_at(volume, "configMap").get("name"))
        for source in list_at(mapping_at(volume, "projected"), "sources"):
            found.append(mapping_at(source, "configMap").get("name"))
    return tuple(dict.fromkeys(name for name in found if isinstance(name, str) and name))

"""Names of Services in texts that pods get: variables, commands, probes, ConfigMaps.

A name that ends in `.svc` or `.svc.cluster.local` is that of a Service wherever it is. Others may
be, if there is such a Service and a host can stand there: in a URL, before a port, as the host of a
probe, or as the value of a variable whose name says so.
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
_HOST = rf"{_LABEL}(?:\.{_LABEL})?"
_IN_URL = regex(rf"://(?:[^/@\s]*@)?({_HOST})(?![-\w.])", re.ASCII)
_BEFORE_PORT = regex(rf"(?<![-\w.$)}}/])({_HOST}):[0-9]{{1,5}}(?![-\w.])", re.ASCII)
_WHOLE = regex(rf"({_HOST})\.?", re.ASCII)
_OF_HOSTS = regex(r"(?:HOST|ADDR|ADDRESS|URL|SERVER|ENDPOINT)\Z", re.IGNORECASE)


class Text(NamedTuple):
    """A text at `pointer` of its object.

    `is_host`: the whole text is a host. `variable` is the name of the variable that it is the value
    of, or an empty string. `resolved` are the names that `hostAliases` resolve for the pods.
    """

    pointer: str
    text: str
    variable: str = ""
    is_host: bool = False
    resolved: frozenset[str] = frozenset()


def certain_name(text: Text) -> str:
    """Return the first name in a text that can only be that of a Service, or an empty string."""
    found = _CERTAIN.findall(text.text) if "svc" in text.text.lower() else ()
    return next((name for name in found if name not in text.resolved), "")


def possible_names(text: Text) -> tuple[str, ...]:
    """Return the names in a text, as `name` or `name.namespace`, that may be those of Services."""
    found = [*_IN_URL.findall(text.text), *_BEFORE_PORT.findall(text.text)]
    whole = _WHOLE.fullmatch(text.text)
    if whole and (text.is_host or _OF_HOSTS.search(text.variable)):
        found.append(whole[1])
    return tuple(name for name in dict.fromkeys(found) if name not in text.resolved)


def texts_of(template: PodTemplate) -> Iterator[Text]:
    """Yield the texts of the containers: variables, commands, arguments, hosts of probes."""
    aliases = [list_at(alias, "hostnames") for alias in list_at(template.spec, "hostAliases")]
    names = frozenset(name for found in aliases for name in found if isinstance(name, str))
    for text in _texts_of_containers(template):
        yield text._replace(resolved=names) if names else text


def _texts_of_containers(template: PodTemplate) -> Iterator[Text]:
    for at, container in containers(template):
        for field in ("command", "args"):
            for index, word in enumerate(list_at(container, field)):
                if isinstance(word, str):
                    yield Text(f"{at}/{field}/{index}", word)
        for index, variable in enumerate(list_at(container, "env")):
            if isinstance(variable, dict) and isinstance(variable.get("value"), str):
                name = variable.get("name")
                yield Text(
                    f"{at}/env/{index}/value",
                    variable["value"],
                    name if isinstance(name, str) else "",
                )
        yield from _hosts_of_probes(at, container)


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

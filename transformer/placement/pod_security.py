"""What Pod Security Admission refuses of pods on host-network nodes.

Source: k8s.io/pod-security-admission, checks `hostNamespaces` and `hostPorts` of the level
`baseline`, `ParseLevel`.
"""

from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.ports import ports

REFUSING = ("baseline", "restricted")
"""The levels that refuse pods on the network of the host, or with a port of it."""

PRIVILEGED = "move it to a namespace whose label pod-security.kubernetes.io/enforce is privileged"
_LEVELS = ("privileged", *REFUSING)
_ENFORCE_LABEL = "pod-security.kubernetes.io/enforce"


def add_level(levels: dict[str, str], manifest: Manifest) -> None:
    """Add the level that a Namespace enforces to `levels`, under its name, if it has the label.

    A value that is none of the levels counts as `restricted`.
    """
    value = manifest.labels.get(_ENFORCE_LABEL)
    is_namespace = (manifest.ref.group, manifest.ref.kind) == ("", "Namespace")
    if is_namespace and isinstance(value, str) and not is_placeholder(value):
        levels[manifest.ref.name] = value if value in _LEVELS else "restricted"


def refused(template: PodTemplate, *, is_on_host: bool) -> str:
    """Return the pointer of what the levels `baseline` and `restricted` refuse, or an empty string.

    `is_on_host`: the pods use the network of the host, whatever the template says. The ports that
    are then those of the host as well need no mention of their own.
    """
    if is_on_host:
        return f"{template.pointer}/spec/hostNetwork"
    taken = (port for port in ports(template, at_start=True) if port.host)
    return next((f"{port.pointer}/hostPort" for port in taken), "")

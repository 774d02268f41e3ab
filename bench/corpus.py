"""Made-up manifests for measurements: as people write them, and the same in every run.

Endless mixes of documents, from which as many are taken as a measurement needs:

- `small`: Deployments of about 0.5 KB, little more than names and an image, each annotated.
- `all_edited`: Deployments of about 1.2 KB with the exclude annotation on their pod template,
  with comments, flow text, two ways to indent a list, and now and then another affinity.
- `mixed`: a cluster. Two NodePools, five Nodes and three cluster-network components, then per app
  a Deployment (one in three is annotated), a Service, a ConfigMap and a ServiceAccount.
- `untouched`: the apps of that cluster, none of them annotated.
- `deployments`: the Deployments of that cluster alone.
- `config maps`: ConfigMaps, in which there is nothing to do.
- `one in forty`: an annotated Deployment, then thirteen times a Deployment, a Service and a
  ConfigMap that need no edit.
- `apps`: annotated Deployments, each with a Service and a ServiceAccount.

No two documents of a mix have the same kind and name. No Deployment has node selector terms of its
own: a strategic-merge patch would erase them, and there would be nothing to compare.
"""

import textwrap
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice, repeat
from pathlib import Path
from typing import Literal

Edit = Literal["", "requirement", "label"]

HOST_NETWORK_POOL = "edge-hostnet"
NEEDS_POD_NETWORK = "example.com/needs-pod-network"
"""A label on annotated Deployments, for kustomize: it cannot select by a pod's annotations."""

_APPS = ("checkout", "catalog", "search", "billing", "mailer", "reports", "gateway", "ledger")
_COMPONENTS = (
    ("DaemonSet", "kube-flannel-ds", "kube-flannel", "flannel", "ghcr.io/flannel-io/flannel:v0.27"),
    ("DaemonSet", "kube-proxy", "kube-system", "kube-proxy", "registry.k8s.io/kube-proxy:v1.34.1"),
    ("Deployment", "coredns", "kube-system", "kube-dns", "registry.k8s.io/coredns/coredns:v1.12.4"),
)
_TEAMS = ("storefront", "payments", "platform", "insight")


@dataclass(frozen=True, slots=True)
class Document:
    """A manifest, and which edit it needs (none: an empty string)."""

    text: str
    edit: Edit = ""


def all_edited() -> Iterator[Document]:
    """Yield annotated Deployments without end."""
    for index in count():
        yield Document(_deployment(index, is_annotated=True), "requirement")


def small() -> Iterator[Document]:
    """Yield small annotated Deployments without end."""
    for index in count():
        name = _name(index)
        text = f"""\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  labels:
    {NEEDS_POD_NETWORK}: "true"
spec:
  selector:
    matchLabels:
      app: {name}
  template:
    metadata:
      labels:
        app: {name}
      annotations:
        apps.openyurt.io/exclude-host-network-pool: "true"
    spec:
      containers:
      - name: app
        image: registry.example.com/{name}:1.{index % 10}
        ports:
        - containerPort: 8080
"""
        yield Document(text, "requirement")


def mixed() -> Iterator[Document]:
    """Yield a cluster: what it has once, then apps without end."""
    yield from _cluster()
    for index in count():
        is_annotated = index % 3 == 0
        yield from _app(index, is_annotated)


def untouched() -> Iterator[Document]:
    """Yield apps that need no edit, without end."""
    for index in count():
        yield from _app(index, is_annotated=False)


def deployments() -> Iterator[Document]:
    """Yield Deployments without end, of which every third is annotated."""
    for index in count():
        is_annotated = index % 3 == 0
        yield Document(_deployment(index, is_annotated), "requirement" if is_annotated else "")


def config_maps() -> Iterator[Document]:
    """Yield ConfigMaps without end."""
    return (Document(_config_map(index)) for index in count())


def one_in_forty() -> Iterator[Document]:
    """Yield documents without end of which one in forty is to be edited."""
    for index in count():
        yield Document(_deployment(index, index % 14 == 0), "" if index % 14 else "requirement")
        if index % 14:
            yield from (Document(_service(index)), Document(_config_map(index)))


def apps() -> Iterator[Document]:
    """Yield apps without end of which each Deployment is to be edited."""
    for index in count():
        yield Document(_deployment(index, is_annotated=True), "requirement")
        yield from (Document(_service(index)), Document(_service_account(index)))


MIXES: dict[str, Callable[[], Iterator[Document]]] = {
    "small": small,
    "all edited": all_edited,
    "mixed": mixed,
    "untouched": untouched,
    "deployments": deployments,
    "config maps": config_maps,
    "one in forty": one_in_forty,
    "apps": apps,
}


def take(mix: str, number: int) -> list[Document]:
    """Return the first `number` documents of a mix."""
    return list(islice(MIXES[mix](), number))


def joined(documents: Iterable[Document]) -> bytes:
    """Return the documents as one stream, each below a `---` line."""
    return "".join(f"---\n{document.text}" for document in documents).encode()


def write(path: Path, mix: str, number: int, *, times: int = 1) -> Path:
    """Write `number` documents of a mix to a file, so many times over, and return its path."""
    data = joined(islice(MIXES[mix](), number))
    with path.open("wb") as file:
        file.writelines(repeat(data, times))
    return path


def _app(index: int, is_annotated: bool) -> Iterator[Document]:
    yield Document(_deployment(index, is_annotated), "requirement" if is_annotated else "")
    yield Document(_service(index))
    yield Document(_config_map(index))
    yield Document(_service_account(index))


def _name(index: int) -> str:
    return f"{_APPS[index % len(_APPS)]}-{index:04d}"


def _team(index: int) -> str:
    return _TEAMS[index % len(_TEAMS)]


def _deployment(index: int, is_annotated: bool) -> str:
    name, team = _name(index), _team(index)
    label = f'\n    {NEEDS_POD_NETWORK}: "true"' if is_annotated else ""
    annotation = (
        "\n        # talks to cluster addresses only"
        '\n        apps.openyurt.io/exclude-host-network-pool: "true"'
        if is_annotated
        else ""
    )
    pod_spec = textwrap.indent(_pod_spec(index), "      ")
    return f"""\
# {name}: team {team}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {name}
  namespace: {team}
  labels:
    app.kubernetes.io/name: {name}{label}
spec:
  replicas: {index % 3 + 1}
  selector:
    matchLabels: {{app.kubernetes.io/name: {name}}}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {name}
      annotations:
        prometheus.io/port: "9090"{annotation}
    spec:
{pod_spec}"""


def _pod_spec(index: int) -> str:
    name, team = _name(index), _team(index)
    item = "  - " if index % 2 else "- "
    inside = " " * len(item)
    affinity = (
        """\
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 50
      podAffinityTerm: {topologyKey: kubernetes.io/hostname}
"""
        if index % 5 == 4
        else ""
    )
    container = textwrap.indent(
        f"""\
image: registry.example.com/{team}/{_APPS[index % len(_APPS)]}:1.{index % 40}.0
args: ["--listen=:8080", '--log-level=info']
ports:
{item}{{name: http, containerPort: 8080}}
env:
{item}name: DATABASE_URL
{inside}valueFrom:
{inside}  secretKeyRef: {{name: {name}, key: url}}
resources:
  requests: {{cpu: {index % 9 + 1}00m, memory: 128Mi}}
  limits:
    memory: 256Mi   # no CPU limit: it only throttles
readinessProbe:
  httpGet: {{path: /healthz, port: http}}
  periodSeconds: 10
""",
        inside,
    )
    return f"""\
{affinity}serviceAccountName: {name}
containers:
{item}name: server
{container}"""


def _service(index: int) -> str:
    name = _name(index)
    return f"""\
apiVersion: v1
kind: Service
metadata:
  name: {name}
  namespace: {_team(index)}
  labels: {{app.kubernetes.io/name: {name}}}
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: {name}
  ports:
  - name: http
    port: 80
    targetPort: http   # the container says which
"""


def _config_map(index: int) -> str:
    name = _name(index)
    return f"""\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: {_team(index)}
data:
  LOG_FORMAT: json
  application.properties: |
    # read at start; a change needs a restart
    server.threads={index % 16 + 4}
    server.name={name}
    cache.ttl=300s

    upstream.url=http://catalog.storefront.svc.cluster.local:80/v1
  settings.json: |
    {{
      "kind": "settings",
      "features": {{"search": true, "recommendations": {str(index % 2 == 0).lower()}}},
      "limits": [10, 100, 1000]
    }}
"""


def _service_account(index: int) -> str:
    return f"""\
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {_name(index)}
  namespace: {_team(index)}
automountServiceAccountToken: false
"""


def _cluster() -> Iterator[Document]:
    for pool, is_host_network in (("edge-standard", "false"), (HOST_NETWORK_POOL, "true")):
        yield Document(f"""\
apiVersion: apps.openyurt.io/v1beta2
kind: NodePool
metadata:
  name: {pool}
spec:
  type: Edge
  hostNetwork: {is_host_network}   # cannot be changed later
""")
    for index in range(5):
        is_edited = index < 3
        pool = HOST_NETWORK_POOL if is_edited else "edge-standard"
        text = f"""\
apiVersion: v1
kind: Node
metadata:
  name: edge-{index}
  labels:
    kubernetes.io/arch: arm64
    kubernetes.io/os: linux
    apps.openyurt.io/nodepool: {pool}
spec:
  podCIDR: 10.244.{index}.0/24
"""
        yield Document(text, "label" if is_edited else "")
    for component in _COMPONENTS:
        yield Document(_component(*component), "requirement")


def _component(kind: str, name: str, namespace: str, app: str, image: str) -> str:
    return f"""\
apiVersion: apps/v1
kind: {kind}
metadata:
  name: {name}
  namespace: {namespace}
  labels:
    k8s-app: {app}
spec:
  selector:
    matchLabels:
      k8s-app: {app}
  template:
    metadata:
      labels:
        k8s-app: {app}
    spec:
      priorityClassName: system-node-critical
      nodeSelector:
        kubernetes.io/os: linux
      containers:
      - name: {name}
        image: {image}
        args: [ "--config", "/etc/config/config.conf" ]
        volumeMounts:
        - mountPath: /etc/config
          name: config
      volumes:
      - name: config
        configMap:
          name: {name}
"""

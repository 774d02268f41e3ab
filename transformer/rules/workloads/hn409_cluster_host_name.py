"""HN409: pods for a host-network pool use host names that only the cluster's DNS knows.

Names that end in `.svc` or `.svc.cluster.local` are those of Services. On a host-network node there
is no cluster DNS to look them up, and no kube-proxy to reach a Service's address. Environment
variables, commands and arguments are checked.

Bad, where `hangzhou` is a host-network pool:

    apiVersion: v1
    kind: Pod
    metadata: {name: collector}
    spec:
      hostNetwork: true
      nodeSelector: {apps.openyurt.io/nodepool: hangzhou}
      containers:
      - name: collector
        image: collector:1
        args: [--to=http://gateway.metrics.svc:9090]

Fix: use an address that is reachable from outside the cluster, such as that of a load balancer or a
node.

Source: OpenYurt, documentation of host-network NodePools, "Pod Network Limitations on Host Network
Nodes".
"""

import re
from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.objects import list_at
from transformer.kubernetes.pod_template import PodTemplate, containers
from transformer.rules.base import RuleContext, ValidationRule
from transformer.rules.pinned import pinned_to, pool_words

# A variable, as the kubelet or a shell puts it in, may be a part of the name. What follows a single
# slash is a path.
_PART = r"(?:\$\(\w+\)|\$\{\w+\}|\$?[-\w])+"
_NAME = re.compile(
    rf"(?<![-\w.$)}}])(?<!(?<!/)/)(?:{_PART}\.)+svc(?:\.cluster\.local)?(?=\.?(?![-\w.]))",
    re.IGNORECASE | re.ASCII,
)


def check(context: RuleContext) -> Iterator[Violation]:
    for template in context.templates:
        named = list(_named(template))
        pools = pinned_to(context, template) if named else ()
        for at, name in named if pools else ():
            yield Violation(
                at,
                f"the pods run on {pool_words(pools)} only, where {name} cannot be resolved or"
                " reached",
                hint="use an address that is reachable from outside the cluster",
            )


def _named(template: PodTemplate) -> Iterator[tuple[str, str]]:
    """Yield where a container names a Service's host, and the name."""
    for at, text in _texts(template):
        if "svc" in text.lower() and (found := _NAME.search(text)):
            yield at, found.group()


def _texts(template: PodTemplate) -> Iterator[tuple[str, str]]:
    for at, container in containers(template):
        for field in ("command", "args"):
            for index, word in enumerate(list_at(container, field)):
                if isinstance(word, str):
                    yield f"{at}/{field}/{index}", word
        for index, variable in enumerate(list_at(container, "env")):
            if isinstance(variable, dict) and isinstance(variable.get("value"), str):
                yield f"{at}/env/{index}/value", variable["value"]


RULE = ValidationRule(
    "HN409",
    "a Service's host name on a host-network pool",
    "warning",
    check,
    ("workloads", "pools"),
)

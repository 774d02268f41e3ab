"""HN411: a DaemonSet can run on host-network nodes, but its pods need a network of their own.

A DaemonSet runs on every node that its selection and its tolerations allow. If it neither uses the
host's network nor is kept off, it also runs on the nodes of host-network pools, where its pods do
not start because there is no CNI. The pools in the input are checked, with their labels and taints.

Bad, where there is a host-network pool without taints:

    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: log-shipper}
    spec:
      template:
        spec:
          containers: [{name: log-shipper, image: "log-shipper:1"}]

Fix: annotate the pod template with `apps.openyurt.io/exclude-host-network-pool: "true"` and run
`hostnet-transform`; or set `hostNetwork: true`.

Source: OpenYurt, documentation of host-network NodePools, "Step 3: Exclude CNI-Dependent Pods from
Host Network Nodes"; Kubernetes documentation of DaemonSets.
"""

from collections.abc import Iterator

from transformer.findings import Violation
from transformer.kubernetes.node_match import Truth
from transformer.kubernetes.placeholders import is_placeholder
from transformer.kubernetes.pod_template import PodTemplate
from transformer.kubernetes.scheduling import placement, selects
from transformer.kubernetes.tolerations import tolerates
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import RuleContext, ValidationRule
from transformer.rules.edits import cni_isolation
from transformer.rules.pinned import asks_to_be_kept_off, pool_words

_DECISIVE = ("affinity", "hostNetwork", "nodeSelector")
_GROUPS = ("apps", "extensions", "apps.kruise.io")


def check(context: RuleContext) -> Iterator[Violation]:
    ref = context.manifest.ref
    if ref.kind != "DaemonSet" or ref.group not in _GROUPS:
        return
    for template in context.templates:
        if template.spec.get("hostNetwork") is True or asks_to_be_kept_off(template):
            continue
        decisive = (
            template.annotations.get(EXCLUDE_ANNOTATION),
            *map(template.spec.get, _DECISIVE),
        )
        if any(map(is_placeholder, decisive)):
            continue  # not known before substitution
        pools = _reached(context, template)
        if pools and not cni_isolation.is_surely_component(context, template):
            yield Violation(
                f"{template.pointer}/spec",
                f"the pods of {ref} can also run on {pool_words(pools)}, where there is no CNI for"
                " them",
                hint="annotate the pod template with apps.openyurt.io/exclude-host-network-pool:"
                ' "true" and transform it, or set hostNetwork: true',
            )


def _reached(context: RuleContext, template: PodTemplate) -> tuple[str, ...]:
    """Return the host-network pools of the input that the pods can run on, among others."""
    pools = context.cluster.pools
    known = [pool for pool in pools.all() if pool.is_meant_host_network]
    if selects(template):
        found = placement(template, pools)
        if found.pinned is Truth.TRUE:
            return ()  # HN401
        known = [pool for pool in known if pool.name in found.pools]
    return tuple(
        pool.name
        for pool in known
        if not pools.is_ambiguous(pool.name)
        and tolerates(template, pool.taints, is_daemon_set=True)
    )


RULE = ValidationRule(
    "HN411", "a DaemonSet can run on host-network nodes", "warning", check, ("workloads", "pools")
)

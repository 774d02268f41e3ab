"""HN406: a cluster-network component is not kept off host-network nodes.

Flannel, kube-proxy, CoreDNS and similar components must not run on the nodes of host-network pools,
and no webhook ensures that: their manifests must contain the node affinity. The catalog
(docs/cni-catalog.md) lists these workloads. `transform` adds the affinity.

Bad:

    apiVersion: apps/v1
    kind: DaemonSet
    metadata: {name: kube-proxy, namespace: kube-system, labels: {k8s-app: kube-proxy}}
    spec:
      template:
        spec:
          hostNetwork: true
          containers: [{name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.33.0"}]

Fix: run `hostnet-transform` or `validate --fix`; or annotate the workload with
`transform.hostnet.io/cni: "false"` if it is not one of these components.

Source: OpenYurt, documentation of host-network NodePools, "Prerequisites".
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.errors import PatchError, PlaceholderError
from transformer.findings import Violation
from transformer.kubernetes.well_known import CNI_ANNOTATION, HOST_NETWORK_LABEL
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.edits import cni_isolation
from transformer.rules.exempt import AS_BUILT, editable


def check(context: RuleContext) -> Iterator[Violation]:
    try:
        missing = editable(context, cni_isolation.plan(context))
    except PlaceholderError:
        return  # HN428 reports it
    except PatchError as error:
        if error.pointer.endswith(pointer.join("", CNI_ANNOTATION)):  # else HN101 reports it
            yield Violation(error.pointer, error.message, error.hint)
        return
    hint = "enable cni-isolation, and run `hostnet-transform -w`"
    if cni_isolation.RULE.id in context.planned:
        hint = "`hostnet-transform -w` and `validate --fix` add the node affinity"
    for template in context.templates:
        if any(operation.path.startswith(f"{template.pointer}/spec/") for operation in missing):
            yield Violation(
                f"{template.pointer}/spec/affinity",
                f"{context.manifest.ref} ({cni_isolation.reason(context)}) lacks the node affinity"
                f' {HOST_NETWORK_LABEL} NotIn ["true"], which keeps it off host-network nodes',
                hint=hint,
                built_hint=f"set it there, or {AS_BUILT}",
            )


RULE = ValidationRule(
    "HN406",
    "a network component is not kept off host-network nodes",
    "error",
    check,
    ("workloads",),
    on=("workloads",),
)

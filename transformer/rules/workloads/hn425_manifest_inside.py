"""HN425: a manifest that needs a guard is inside another object, where it is not edited.

A ConfigMap or Secret can hold manifests as text (a ClusterResourceSet of Cluster API applies them
to the clusters that it creates), and an OpenShift Template holds them under `objects`. `transform`
edits neither, and no other rule checks them. This rule reports manifests of network components
(docs/cni-catalog.md) and those with the annotation `apps.openyurt.io/exclude-host-network-pool`, if
they lack the guard. Text that is not YAML, such as a template with `{{`, is skipped.

Bad:

    apiVersion: v1
    kind: ConfigMap
    metadata: {name: proxy}
    data:
      kube-proxy.yaml: |
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: kube-proxy, namespace: kube-system}
        spec:
          template:
            spec:
              containers: [{name: kube-proxy, image: "registry.k8s.io/kube-proxy:v1.33.0"}]

Fix: keep the manifest in a file of its own, transform that, and create the ConfigMap from the
result; for a Template, transform what `oc process` prints, or write the affinity by hand.

Source: Cluster API, ClusterResourceSet, `spec.resources`; OpenShift, Template, `objects`;
docs/editing.md, "What is never edited".
"""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from transformer import pointer
from transformer.errors import PatchError
from transformer.findings import Violation
from transformer.kubernetes.embedded import embedded
from transformer.kubernetes.generators import TEMPLATES
from transformer.kubernetes.node_affinity import add_guards
from transformer.kubernetes.objects import Manifest, places_of
from transformer.kubernetes.pod_template import pod_templates
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.rules.base import ValidationRule
from transformer.rules.context import ClusterContext, RuleContext
from transformer.rules.edits import cni_isolation
from transformer.rules.exempt import editable

_NAMED = 3
"""Objects that a message names; it gives the number of the others."""


def check(context: RuleContext) -> Iterator[Violation]:
    ref, cluster = context.manifest.ref, context.cluster
    is_template = (ref.group, ref.kind) in TEMPLATES
    reported = [
        (at, f"{inner.ref} ({reason})")
        for at, inner in embedded(context.manifest, cluster.may_match)
        if (reason := _reason(inner, cluster))
    ]
    if is_template and reported:
        names = _names([name for _, name in reported])
        yield Violation(reported[0][0], f"{ref} contains {names}, and is not edited", _PROCESS)
    elif reported:
        for at, group in groupby(reported, itemgetter(0)):
            names = _names([name for _, name in group])
            place = "/".join(pointer.split(at))
            message = f"{place} of {ref} contains {names} as text, which is not edited"
            yield Violation(at, message, _FILE.format(ref.kind))


_FILE = "keep the manifest in a file of its own, transform that, and create the {} from the result"
_PROCESS = "transform what `oc process` prints, or write the node affinity by hand"


def _reason(inner: Manifest, cluster: ClusterContext) -> str:
    """Return why a guard is needed in `inner`, which has none; empty if it is not."""
    context = RuleContext(inner, pod_templates(inner, cluster.rows), cluster, inner.value)
    try:
        if editable(context, cni_isolation.plan(context)):
            return cni_isolation.reason(context)
        return f"annotated {EXCLUDE_ANNOTATION}" if _is_annotated(context) else ""
    except PatchError as error:
        return error.message


def _is_annotated(context: RuleContext) -> bool:
    manifest = context.manifest
    if all(found == "false" for _, found in places_of(manifest.value, EXCLUDE_ANNOTATION)):
        return False
    if not context.templates:  # a custom kind may pass its annotations on to pods
        return "." in manifest.ref.group and not manifest.ref.group.endswith(".k8s.io")
    return bool(editable(context, add_guards(context.templates)))


def _names(names: list[str]) -> str:
    """Return `a, b and 4 more`."""
    more = len(names) - _NAMED
    if more > 0:
        return f"{', '.join(names[:_NAMED])} and {more} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


RULE = ValidationRule("HN425", "a manifest inside text or a Template", "warning", check)

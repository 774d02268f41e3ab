"""HN416: the guard changes a pod template that cannot be changed.

The pod template of a Job, and the affinity of a Pod, cannot be changed once the object exists: the
API server refuses the update. If a guard is added to (or removed from) an object that is in the
cluster already, the change takes effect only when the object is created again. This is also
reported if the change adds the exclude annotation, for which `hostnet-transform` would add the
guard. (A Job that was suspended is not reported: its affinity may change until it starts.) Reported
only where the input has a host-network pool.

Bad, where `hangzhou` is a host-network pool:

    # before
    apiVersion: batch/v1
    kind: Job
    metadata: {name: report}
    spec:
      template:
        spec:
          containers: [{name: report, image: "report:1"}]
    ---
    # now
    apiVersion: batch/v1
    kind: Job
    metadata: {name: report}
    spec:
      template:
        spec:
          affinity:
            nodeAffinity:
              requiredDuringSchedulingIgnoredDuringExecution:
                nodeSelectorTerms:
                - matchExpressions:
                  - {key: nodepool.openyurt.io/hostnetwork, operator: NotIn, values: ["true"]}
          containers: [{name: report, image: "report:1"}]

Fix: delete the object and create it again, or give it another name.

Source: Kubernetes API validation, `ValidateJobUpdate` and `ValidatePodUpdate`.
"""

from collections.abc import Iterator
from itertools import chain

from transformer.findings import Violation
from transformer.kubernetes.node_affinity import has_guard
from transformer.kubernetes.pod_template import pod_templates
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import asks_anew, is_unchangeable


def check(context: RuleContext) -> Iterator[Violation]:
    ref, before = context.manifest.ref, context.before
    if before is None or not is_unchangeable(context):
        return
    if not context.cluster.has_host_network_pools:
        return
    was = any(map(has_guard, pod_templates(before, context.cluster.rows)))
    for template in context.templates:
        at = f"{template.pointer}/spec/affinity"
        planned = chain(*context.planned.values())
        if was and not has_guard(template):
            change = f"the guard is removed from {ref}"
        elif not was and has_guard(template):
            change = f"the guard is added to {ref}"
        elif asks_anew(context, template) and any(one.path.startswith(at) for one in planned):
            change = f"`hostnet-transform` would add the guard to {ref}"
        else:
            continue
        yield Violation(
            at,
            f"{change}, which exists already: its pod template cannot be changed",
            hint=f"delete the {ref.kind} and create it again, or give it another name",
        )


RULE = ValidationRule(
    "HN416",
    "the guard changes an immutable pod template",
    "warning",
    check,
    ("workloads", "old"),
    on=("workloads",),
)

"""The edit that is compared: the guard of an annotated Deployment, in every tool's own words.

No Deployment of `bench.corpus` has node selector terms of its own, which a patch of kustomize would
replace.
"""

from typing import Any

from bench.corpus import NEEDS_POD_NETWORK

_ANNOTATION = "apps.openyurt.io/exclude-host-network-pool"
_KEY = "nodepool.openyurt.io/hostnetwork"
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_TERMS = [{"matchExpressions": [{"key": _KEY, "operator": "NotIn", "values": ["true"]}]}]
_WHERE = "spec.template.spec.affinity.nodeAffinity"


def add(value: Any) -> None:
    """Add the guard to a plain value, if it is an annotated Deployment."""
    if value["kind"] != "Deployment":
        return
    template = value["spec"]["template"]
    if (template["metadata"].get("annotations") or {}).get(_ANNOTATION) == "true":
        affinity = template["spec"].setdefault("affinity", {})
        affinity["nodeAffinity"] = {_REQUIRED: {"nodeSelectorTerms": _TERMS}}


FOR_YQ = f"""\
with(
  select(
    .kind == "Deployment"
    and .spec.template.metadata.annotations["{_ANNOTATION}"] == "true"
  );
  .{_WHERE}.{_REQUIRED}.nodeSelectorTerms =
    [{{"matchExpressions": [{{"key": "{_KEY}", "operator": "NotIn", "values": ["true"]}}]}}]
)"""


def for_kustomize(resources: str) -> str:
    """Return a kustomization that patches annotated Deployments in a file."""
    return f"""\
resources: [{resources}]
patches:
- target: {{kind: Deployment, labelSelector: {NEEDS_POD_NETWORK}=true}}
  patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: any
    spec:
      template:
        spec:
          affinity:
            nodeAffinity:
              {_REQUIRED}:
                nodeSelectorTerms:
                - matchExpressions:
                  - {{key: {_KEY}, operator: NotIn, values: ["true"]}}
"""

"""HN105: the annotations that a NodePool puts on its nodes are not valid.

The entries of `spec.annotations` are copied to every node of the pool, so the NodePool webhook
checks them as the API server checks annotations. A key is a name of at most 63 letters, digits,
`-`, `_` and `.` that begins and ends with a letter or digit, with an optional prefix: a DNS domain
and `/`. All keys and values together have at most 256 KiB.

Bad:

    apiVersion: apps.openyurt.io/v1beta2
    kind: NodePool
    metadata: {name: hangzhou}
    spec:
      annotations: {"example.com/rack no": "7"}

Fix: write a key such as `example.com/rack-no`; keep large texts in a ConfigMap.

Source: OpenYurt `validateNodePoolSpecAnnotations`, pkg/yurtmanager/webhook/nodepool/v1beta2/
nodepool_validation.go; Kubernetes `ValidateAnnotations`, k8s.io/apimachinery/pkg/api/validation/
objectmeta.go.
"""

from collections.abc import Iterator

from transformer import pointer
from transformer.findings import Violation
from transformer.kubernetes.objects import mapping_at
from transformer.kubernetes.placeholders import is_placeholder
from transformer.placement.node_match import LABEL_KEY
from transformer.rules.base import ValidationRule
from transformer.rules.context import RuleContext
from transformer.wording import shown

_MAX_BYTES = 256 * 1024


def check(context: RuleContext) -> Iterator[Violation]:
    manifest = context.manifest
    annotations = mapping_at(manifest.spec, "annotations")
    for key in annotations:
        if not LABEL_KEY.fullmatch(key.lower()) and not is_placeholder(key):
            yield Violation(
                pointer.join("/spec/annotations", key),
                f"{shown(key)} cannot be the key of an annotation on the nodes of NodePool"
                f" {manifest.ref.name}",
                hint="write a name of letters, digits, -, _ and . (at most 63), with an optional"
                " domain as prefix, such as example.com/rack",
                at_key=True,
            )
    size = sum(map(_size, annotations)) + sum(map(_size, annotations.values()))
    if size > _MAX_BYTES:
        yield Violation(
            "/spec/annotations",
            f"the annotations for the nodes of NodePool {manifest.ref.name} have {size} bytes,"
            f" more than {_MAX_BYTES}",
            hint="keep large texts elsewhere, for example in a ConfigMap",
        )


def _size(text: object) -> int:
    """Return the size of a key or value in bytes; 0 if it is not text, which HN101 reports."""
    return len(text.encode(errors="surrogatepass")) if isinstance(text, str) else 0


RULE = ValidationRule(
    "HN105", "annotations for nodes that are not valid", "error", check, ("pools",), on=("pools",)
)

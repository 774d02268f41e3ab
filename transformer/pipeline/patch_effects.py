"""Whether a patch may decide where pods run: which nodes they select and tolerate, whether they use
the network of the node, and whether they ask to be kept off host-network pools.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from transformer.kubernetes.objects import list_at, mapping_at, text_of
from transformer.kubernetes.pod_template import ROWS
from transformer.kubernetes.well_known import EXCLUDE_ANNOTATION
from transformer.pointer import split

_DECIDING = (
    "affinity",
    "hostNetwork",
    "nodeName",
    "nodeSelector",
    "tolerations",
    EXCLUDE_ANNOTATION,
)

_REPLACING = ("$patch", "$retainKeys")
"""Directives of a strategic merge that remove what they do not name."""

_ABOVE = frozenset(
    name
    for row in ROWS
    for token in (*split(row.pointer), "spec")
    for name in token.strip("{}").split(",")
)
"""The keys on the way to what decides: what replaces the value of one replaces all in it."""

_HARMLESS = frozenset(
    {
        "AnnotationsTransformer",
        "HashTransformer",
        "ImageTagTransformer",
        "LabelTransformer",
        "NamespaceTransformer",
        "PatchTransformer",
        "PrefixTransformer",
        "PrefixSuffixTransformer",
        "ReplicaCountTransformer",
        "SuffixTransformer",
    }
)
"""The transformers of kustomize that change other fields, and the one whose patches are known."""


def decides(contents: Sequence[Any]) -> bool:
    """Whether a patch with the plain values `contents` may decide where pods run; one of which
    nothing is known may.
    """
    known = [one for one in contents if isinstance(one, dict | list)]
    return not known or any(map(_decides, known))


def transformer_decides(version: str, kind: str, value: Any) -> bool:
    """Whether a transformer of kustomize, other than of patches, may decide it; one that is not
    known may.
    """
    return version != "builtin" or kind not in _HARMLESS or _has_deciding(mapping_at(value))


def replacement_decides(replaced: Mapping[str, Any]) -> bool:
    """Whether an entry of the `targets` of a replacement may decide it."""
    paths = (text_of(path) for path in list_at(replaced, "fieldPaths"))
    return any(name in path for path in paths for name in _DECIDING)


def _decides(value: Any) -> bool:
    if isinstance(value, list):
        return any(_operation_decides(mapping_at(one)) for one in value)
    is_deletion = value.get("$patch") == "delete"
    return not is_deletion and (_has_deciding(value) or _replaces(value))


def _operation_decides(operation: Mapping[str, Any]) -> bool:
    """Whether an operation of RFC 6902 does."""
    if operation.get("op") == "test":
        return False
    ways = [split(text_of(operation[name])) for name in ("path", "from") if name in operation]
    return _has_deciding(operation.get("value")) or any(
        not set(way).isdisjoint(_DECIDING) or all(map(_is_above, way)) for way in ways
    )


def _is_above(token: str) -> bool:
    return token in _ABOVE or token.isdecimal() or token == "-"


def _has_deciding(value: Any) -> bool:
    """Whether a key in a value, at any depth, is one that decides."""
    if isinstance(value, list):
        return any(map(_has_deciding, value))
    return isinstance(value, dict) and any(
        key in _DECIDING or _has_deciding(item) for key, item in value.items()
    )


def _replaces(value: Mapping[str, Any]) -> bool:
    """Whether a merge replaces something on the way to what decides."""
    if any(name in value for name in _REPLACING):
        return True
    below = (item for key, item in value.items() if key in _ABOVE)
    return any(not isinstance(item, dict) or _replaces(item) for item in below)

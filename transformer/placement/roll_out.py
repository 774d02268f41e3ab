"""How many pods of a Deployment may be missing during a rolling update.

Source: Kubernetes Deployment controller, `ResolveFenceposts` and `MaxUnavailable`; defaults of
apps/v1.
"""

import math
from collections.abc import Mapping
from typing import Any

from transformer.kubernetes.objects import mapping_at
from transformer.regexes import regex

_PERCENT = regex(r"([0-9]+)%")
_DEFAULT = "25%"


def unavailable(spec: Mapping[str, Any]) -> int:
    """Return how many pods may be missing during an update of the Deployment with this `spec`.

    All, if pods are removed before new ones are created, or if a value is not valid or not known.
    """
    replicas = 1 if spec.get("replicas") is None else spec["replicas"]
    strategy = mapping_at(spec, "strategy")
    if (strategy.get("type") or "RollingUpdate") != "RollingUpdate" or not _is_number(replicas):
        return _ALL
    rolling = mapping_at(strategy, "rollingUpdate")
    surge = _scaled(rolling.get("maxSurge"), replicas, math.ceil)
    missing = _scaled(rolling.get("maxUnavailable"), replicas, math.floor)
    if surge is None or missing is None:
        return _ALL
    # Both at 0 would never make any progress, so the controller takes 1.
    return min(missing if surge or missing else 1, replicas)


_ALL = 2**31 - 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _scaled(value: Any, replicas: int, rounded: Any) -> int | None:
    """Return a number or percentage (None: the default) of the replicas, or None if it is wrong."""
    value = _DEFAULT if value is None else value
    if _is_number(value):
        return int(value)
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    return rounded(int(found[1]) * replicas / 100) if found else None

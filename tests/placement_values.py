"""Values of `placement --format json` for the page of placement."""

from collections.abc import Sequence
from typing import Any

HOSTILE = '</script><img src=x onerror="alert(1)"><!--'
"""A name that no cluster takes, and a manifest can have."""

Json = dict[str, Any]


def pool(name: str, *, host_network: bool = False) -> Json:
    """Return a pool; the one without a name is that of nodes in no pool."""
    known: Json = {"nodes": 2, "file": "pools.yaml", "line": 3} if name else {"nodes": None}
    sort = "Edge" if name else ""
    return {"name": name, "hostNetwork": host_network, "type": sort, "known": True, **known}


POOLS = (pool("barriers", host_network=True), pool("sensors", host_network=True), pool("city"))
ALL = [one["name"] for one in POOLS]


def outcome(verdict: str, *pools: str, **more: Any) -> Json:
    """Return what happens on the pools, or on all."""
    decided = {"decidedBy": "", "reasons": []}
    return {"pools": [*pools] or ALL, "verdict": verdict, **decided, **more}


def breaks(*pools: str, severity: str = "error", message: str = "there is no CNI") -> Json:
    """Return an outcome with a reason."""
    place = {"file": "web.yaml", "line": 20, "column": 9}
    reason = {"rule": "HN401", "severity": severity, "message": message, **place}
    reason |= {"hint": "set hostNetwork: true", "pointer": "/spec/template/spec"}
    edit: Json = {"rule": "keep-off", "message": "add the node affinity"}
    edit |= {"verdict": "kept off", "enabled": False}
    return outcome("breaks", *pools, severity=severity, reasons=[reason], edit=edit)


def kept_off(*pools: str) -> Json:
    """Return an outcome of the guard."""
    place = {"file": "web.yaml", "line": 12, "column": 7}
    decided = {"decidedBy": "guard", "pointer": "/spec/template/spec/affinity"}
    return outcome("kept off", *pools, **decided, **place)


def workload(name: str, *verdicts: Json, namespace: str = "shop", **more: Any) -> Json:
    """Return a Deployment; it runs everywhere unless there are other outcomes."""
    return {
        "kind": "Deployment",
        "apiVersion": "apps/v1",
        "namespace": namespace,
        "name": name,
        "pool": "",
        "template": "/spec/template",
        "file": "web.yaml",
        "line": 1,
        "column": 1,
        "component": "",
        "verdicts": [*verdicts] or [outcome("runs")],
        **more,
    }


def placement(*workloads: Json, pools: Sequence[Json] = POOLS, **more: Any) -> Json:
    """Return a placement of one cluster."""
    empty: Json = {"gone": [], "summary": [], "notJudged": [], "notLookedInto": []}
    parts = {"pools": [*pools], "workloads": [*workloads]}
    return {"version": 1, "cluster": "", **parts, **empty, **more}


def shop() -> Json:
    """Return a shop whose edges are to become host-network pools, before and after a transform."""
    here, there = ("barriers", "sensors"), ("city",)
    runs = outcome("runs", *there)
    guarded = [kept_off(*here), runs]
    return placement(
        workload("cart", breaks(*here), runs, after=[kept_off(*here)]),
        workload("search", breaks(*here), runs, after=[kept_off(*here)]),
        workload(
            "mailer", breaks("barriers", severity="warning"), outcome("unknown", "sensors"), runs
        ),
        workload("ledger", *guarded, namespace="bank"),
        workload("vault", *guarded, namespace="bank"),
        workload("gates", outcome("runs", "barriers"), outcome("cannot", "sensors", "city")),
        workload("kube-flannel-ds", *guarded, namespace="kube-system", component="flannel"),
        summary=["2 workloads break on barriers"],
        notJudged=["resources", "volumes"],
        notLookedInto=[
            {"reason": "chart: not rendered", "count": 1, "files": ["charts/web/Chart.yaml"]}
        ],
    )

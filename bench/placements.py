"""Made-up values of `placement --format json`: so many workloads on so many pools."""

import random
from typing import Any

Json = dict[str, Any]

_APPS = (
    "cart",
    "checkout",
    "search",
    "ledger",
    "mailer",
    "importer",
    "gateway",
    "reports",
    "cache",
)
_KINDS = ("Deployment", "Deployment", "Deployment", "StatefulSet", "DaemonSet", "CronJob")
_COMPONENTS = (("kube-flannel-ds", "flannel"), ("kube-proxy", "kube-proxy"), ("coredns", "coredns"))
_SPEC = "/spec/template/spec"
_REASONS = (
    (
        *("HN401", "error", _SPEC),
        "the pods run only on host-network pools, where there is no CNI, and do not use the host's"
        " network",
        "set hostNetwork: true, or let them run elsewhere",
    ),
    (
        *("HN405", "warning", f"{_SPEC}/dnsPolicy"),
        "the pods also run on the host-network pool {pool}, where there is no cluster DNS",
        "remove dnsPolicy, or set it to Default",
    ),
    (
        *("HN408", "error", f"{_SPEC}/containers/0/ports/0"),
        "the port is already used by DaemonSet/edge/node-agent (edge/agent.yaml:36), which runs on"
        " the host-network pool {pool} too",
        "give one of them another port, or pin it to another pool",
    ),
    (
        *("HN409", "warning", f"{_SPEC}/containers/0/env/2/value"),
        "the pods also run on the host-network pool {pool}, where {name}.metrics.svc cannot be"
        " resolved or reached",
        "use an address that is reachable from outside the cluster",
    ),
)


def made_up(workloads: int, pools: int) -> Json:
    """Return a placement, the same one each time, with what a transform would change.

    A third of the pools is host-network, and a few of all workloads are network components.
    """
    chance = random.Random(workloads * 1000 + pools)
    listed = [_pool(number) for number in range(pools - 1)]
    listed.append({"name": "", "hostNetwork": False, "type": "", "nodes": None, "known": True})
    made = [_workload(number, listed, chance) for number in range(workloads)]
    return {
        "version": 1,
        "cluster": "",
        "pools": listed,
        "workloads": made,
        "gone": [],
        "summary": [f"the guard would keep {workloads // 9} more workloads off"],
        "notJudged": ["resources", "topology spread", "volumes", "preemption"],
        "notLookedInto": [{"reason": "charts", "count": 1, "files": ["charts/web/Chart.yaml"]}],
    }


def _pool(number: int) -> Json:
    name = f"{('site', 'plant', 'store')[number % 3]}-{number:02d}"
    known: Json = {"known": True, "file": "pools.yaml", "line": 1 + 9 * number}
    return {"name": name, "hostNetwork": number % 3 == 0, "type": "Edge", "nodes": 4, **known}


def _workload(number: int, pools: list[Json], chance: random.Random) -> Json:
    component, namespace = "", f"team-{number // 40:03d}"
    name, kind = f"{chance.choice(_APPS)}-{number}", chance.choice(_KINDS)
    if number < len(_COMPONENTS):
        (name, component), namespace, kind = _COMPONENTS[number], "kube-system", "DaemonSet"
    file = f"{namespace}/{name}.yaml"
    decided: Json = {
        "pointer": f"{_SPEC}/affinity",
        "file": file,
        "line": 9 + number % 7,
        "column": 7,
    }
    host_network = [pool["name"] for pool in pools if pool["hostNetwork"]]
    others = [pool["name"] for pool in pools if not pool["hostNetwork"]]
    kept_off: Json = {"verdict": "kept off", "decidedBy": "guard", **decided}
    runs: Json = {"verdict": "runs", "decidedBy": ""}
    fate = 0.5 if component else chance.random()
    there: list[str] = []
    if fate < 0.35:
        chosen = set(chance.sample([pool["name"] for pool in pools], 1 + len(pools) // 6))
        there = [name for name in host_network if name in chosen]
        rest = [pool["name"] for pool in pools if pool["name"] not in chosen]
        cannot: Json = {"verdict": "cannot", "decidedBy": "NodeAffinity", **decided}
        fates = [
            ([name for name in others if name in chosen], runs),
            (there, _broken(name, file, chance)),
            (rest, cannot),
        ]
    elif fate < 0.9:
        fates = [(others, runs), (host_network, kept_off)]
    else:
        unknown: Json = {"verdict": "unknown", "decidedBy": "NodeAffinity", **decided}
        unknown["undecided"] = ["example.com/zone"]
        fates = [([*host_network, *others], unknown)]
    verdicts = [{"reasons": [], "pools": names, **outcome} for names, outcome in fates if names]
    workload: Json = {
        "kind": kind,
        "apiVersion": "batch/v1" if kind == "CronJob" else "apps/v1",
        "namespace": namespace,
        "name": name,
        "pool": "",
        "template": "/spec/template",
        "file": file,
        "line": 1,
        "column": 1,
        "component": component,
        "verdicts": verdicts,
    }
    if fate < 0.15 and there:
        workload["after"] = [{"reasons": [], "pools": there, **kept_off}]
    return workload


def _broken(name: str, file: str, chance: random.Random) -> Json:
    chosen = chance.sample(_REASONS, 1 + (chance.random() < 0.3))
    reasons = [
        {
            "rule": rule,
            "severity": severity,
            "message": message.format(pool="site-00", name=name),
            "hint": hint,
            "pointer": pointer,
            "file": file,
            "line": chance.randrange(5, 80),
            "column": 9,
        }
        for rule, severity, pointer, message, hint in chosen
    ]
    severity = "error" if any(one["severity"] == "error" for one in reasons) else "warning"
    edit: Json = {"rule": "keep-off", "message": "keep pods that need a pod network off"}
    edit |= {"verdict": "kept off", "enabled": False}
    return {
        "verdict": "breaks",
        "severity": severity,
        "decidedBy": "",
        "nodes": {"fitting": 3, "known": 4},
        "reasons": reasons,
        "edit": edit,
    }

"""The scenario of OpenYurt's documentation: a standard pool, a host-network pool, and what runs.

What can land wrongly is reported by name; after `-w` exactly the workloads are left that only their
owners can decide.
"""

import json
import shutil
from pathlib import Path

from tests.integration.cli_runs import invoke

SCENARIO = Path(__file__).resolve().parents[2] / "testdata" / "scenarios" / "two-pools"


def reported(folder: Path) -> set[tuple[str, str]]:
    """Return rule and object of each finding; the workloads of HN420 are named one by one."""
    done = invoke("validate", "--format", "json", folder)
    found = json.loads(done.out)["findings"]
    places = [one for finding in found for one in (finding, *finding.get("related", ()))]
    rules = [finding["rule"] for finding in found for _ in (finding, *finding.get("related", ()))]
    names = [f"{one['object']['kind']}/{one['object']['name']}" for one in places]
    return set(zip(rules, names, strict=True))


def test_what_can_land_wrongly_is_named_and_what_is_left_is_for_the_owners(tmp_path: Path) -> None:
    work = tmp_path / "work"
    shutil.copytree(SCENARIO, work)
    assert reported(work) == {
        ("HN406", "DaemonSet/kube-flannel-ds"),
        ("HN406", "DaemonSet/kube-proxy"),
        ("HN406", "Deployment/coredns"),
        ("HN426", "Deployment/annotated"),
        ("HN420", "NodePool/hangzhou"),
        ("HN420", "Deployment/plain"),
        ("HN401", "YurtAppSet/everywhere"),
    }
    assert invoke("-w", work).status == 0
    assert reported(work) == {
        ("HN420", "NodePool/hangzhou"),
        ("HN420", "Deployment/plain"),
        ("HN401", "YurtAppSet/everywhere"),
    }

"""What needs a control plane while it is tested: `make cluster-oracle` sets `HOSTNET_CLUSTER=1`."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster.control_plane import ControlPlane, control_plane
from tests.integration.test_corpus import GUARDED, VALID, content, transformed
from tests.requirements import ROOT, find_tool
from tests.shared_material import CORPUS, needs

pytestmark = pytest.mark.skipif(
    os.environ.get("HOSTNET_CLUSTER") != "1", reason="only `make cluster-oracle` runs it"
)

_STARTS = """\
from tests.cluster.control_plane import control_plane
with control_plane() as plane:
    print(plane.folder, *plane.processes.values(), flush=True)
    input()
"""


@pytest.fixture(scope="module")
def plane() -> Iterator[ControlPlane]:
    with control_plane() as started:
        yield started


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_of_a_control_plane_outlives_the_one_who_started_it(number: int) -> None:
    command = [sys.executable, "-c", _STARTS]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        folder, *processes = starter.stdout.readline().split()
        assert len(processes) == 5
        starter.send_signal(number)
        starter.wait(30)
    end = time.monotonic() + 10
    while any(map(is_running, processes)) and time.monotonic() < end:
        time.sleep(0.1)
    assert [one for one in processes if is_running(one)] == []
    if number == signal.SIGKILL:  # nobody is left who could delete it
        shutil.rmtree(folder)
    assert not Path(folder).exists()


def is_running(process: str) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@needs(CORPUS)
def test_the_server_takes_each_edited_manifest_of_which_it_took_the_original(
    plane: ControlPlane, tmp_path: Path
) -> None:
    make_namespaces(plane)
    different, taken = {}, 0
    for name in GUARDED:
        path = tmp_path / "manifests.yaml"
        path.write_bytes(content(name))
        before = accepted(plane, path)
        path.write_bytes(transformed(name).data)
        lost = before - accepted(plane, path)
        taken += len(before)
        if lost:
            different[name] = lost
    assert different == {}
    assert taken > len(GUARDED)


def make_namespaces(plane: ControlPlane) -> None:
    """Create the namespaces of the corpus: the server takes nothing in one that is not there."""
    found = set()
    for name in VALID:
        for value in yaml.load_all(content(name), Loader=yaml.CSafeLoader):
            if isinstance(value, dict):
                found.add((value.get("metadata") or {}).get("namespace"))
    for namespace in found - {None, "default", "kube-system"}:
        plane.client.create("/api/v1/namespaces", {"metadata": {"name": namespace}})


def accepted(plane: ControlPlane, path: Path) -> set[str]:
    """Return which objects of a file pass a strict server-side dry run, as kubectl names them."""
    kubectl = find_tool("kubectl")
    assert kubectl is not None
    command = [
        *(kubectl, "--kubeconfig", str(plane.kubeconfig), "apply", "--server-side"),
        *("--dry-run=server", "--validate=strict", "--output=name", "--filename", str(path)),
    ]
    environment = {"HOME": str(plane.folder)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return set(ran.stdout.split())

"""What the figures were measured on: the machine, and the versions of all programs."""

import os
import platform
import re
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench.programs import beside

_PEERS = {"kubectl": ("version", "--client"), "yq": ("--version",), "kubeconform": ("-v",)}


def known() -> dict[str, str]:
    """Return date, machine and versions, by name."""
    load = os.getloadavg()[0]
    return {
        "date": date.today().isoformat(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()}; load {load:.1f}",
        "hostnet-transform": f"{version('hostnet-transform')}, revision {_revision()}",
        "Python": f"{platform.python_version()}, PyYAML {version('PyYAML')}",
        "ruamel.yaml": version("ruamel.yaml"),
        **{name: _version(name, *arguments) for name, arguments in _PEERS.items()},
    }


def _processor() -> str:
    found = None
    if (path := Path("/proc/cpuinfo")).exists():
        found = re.search("model name.*: (.*)", path.read_text())
    return found[1] if found else platform.machine()


def _revision() -> str:
    command = ("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def _version(name: str, *arguments: str) -> str:
    """Return the last word of the first line that a peer says of its version."""
    path = beside(name)
    if path is None:
        return "not installed, so not measured"
    said = subprocess.run([path, *arguments], capture_output=True, check=True, text=True).stdout
    return said.splitlines()[0].split()[-1]

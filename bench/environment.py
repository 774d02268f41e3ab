"""What the figures were measured on: the machine, and the versions of all programs."""

import os
import platform
import re
import subprocess
from datetime import date
from importlib.metadata import version
from pathlib import Path

from bench import chromium
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
        **{name: _version(beside(name), *options) for name, options in _PEERS.items()},
        "Chromium": _version(chromium.program(), "--version"),
    }


def _processor() -> str:
    found = None
    if (path := Path("/proc/cpuinfo")).exists():
        found = re.search("model name.*: (.*)", path.read_text())
    return found[1] if found else platform.machine()


def _revision() -> str:
    command = ("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"


def _version(path: str | None, *options: str) -> str:
    """Return the version in what a program says of itself."""
    if path is None:
        return "not installed, so not measured"
    said = subprocess.run([path, *options], capture_output=True, check=True, text=True).stdout
    found = re.search(r"v?\d+(\.\d+)+", said)
    return found[0] if found else said.strip()

"""The programs of a control plane: built once from their Go modules, and kept outside of the
repository.

The folder is `hostnet-transform/cluster` in the user's cache; the environment variable
`HOSTNET_CLUSTER_PROGRAMS` names another one. A build takes some ten minutes, once for each state of
the modules. etcd is not built: it comes from PATH (Debian's package is `etcd-server`).
"""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).parent
VERSION = "v1.34.1"
_KUBERNETES = ("kube-apiserver", "kube-scheduler", "kube-controller-manager")
_STAMPED = f"-X k8s.io/component-base/version.gitVersion={VERSION}"


@dataclass(frozen=True, slots=True)
class Programs:
    """Where each program is, by its name, and the folder of OpenYurt's module."""

    paths: Mapping[str, Path]
    openyurt: Path


def programs() -> Programs:
    """Return the programs; build those that are missing.

    Raises:
        FileNotFoundError: etcd or kubectl is not installed.
        subprocess.CalledProcessError: a program cannot be built.
    """
    built = {name: _built(HERE / "kubernetes", name, _STAMPED) for name in _KUBERNETES}
    manager = _built(HERE / "yurt-manager", "yurt-manager", "")
    return Programs(
        {**built, "yurt-manager": manager, "etcd": _installed("etcd", "the package etcd-server")},
        _folder_of("github.com/openyurtio/openyurt", HERE / "yurt-manager"),
    )


def _installed(name: str, hint: str) -> Path:
    path = shutil.which(name)
    if path is None:
        raise FileNotFoundError(f"{name} is not on PATH; it comes with {hint}")
    return Path(path)


def _built(module: Path, name: str, flags: str) -> Path:
    program = _cache() / _digest(module) / name
    if not program.is_file():
        print(f"building {name} into {program.parent}", flush=True)
        package = f"./{name}" if (module / name).is_dir() else "."
        unfinished = program.with_suffix(f".{os.getpid()}")
        command = ["go", "build", "-ldflags", f"-s -w {flags}", "-o", str(unfinished), package]
        subprocess.run(command, cwd=module, check=True)
        unfinished.replace(program)
    return program


def _cache() -> Path:
    named = os.environ.get("HOSTNET_CLUSTER_PROGRAMS")
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return (Path(named) if named else caches / "hostnet-transform" / "cluster").absolute()


def _digest(module: Path) -> str:
    """Return what stands for the state of a module: other sources, another folder."""
    files = (path for path in sorted(module.rglob("*")) if path.is_file())
    contents = (path.relative_to(module).as_posix().encode() + path.read_bytes() for path in files)
    return f"{module.name}-{sha256(b''.join(contents)).hexdigest()[:12]}"


def _folder_of(dependency: str, module: Path) -> Path:
    """Return the folder of a Go module that `module` requires, in Go's module cache."""
    command = ["go", "list", "-m", "-json", dependency]
    listed = subprocess.run(command, cwd=module, check=True, stdout=subprocess.PIPE)
    return Path(json.loads(listed.stdout)["Dir"])

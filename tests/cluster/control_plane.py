"""A control plane on this machine, in a temporary folder, on free ports of 127.0.0.1.

etcd, kube-apiserver, kube-scheduler, kube-controller-manager and OpenYurt's yurt-manager; there is
no kubelet, so pods get a node and stay pending. OpenYurt's CRDs and webhook configurations are read
from its module's own folder. Nothing outlives `with control_plane() as plane:`, whatever ends it:
the programs are killed when it is left, and by the kernel should this process die.
"""

import ctypes
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.cluster import openyurt
from tests.cluster.client import Client, RefusedError
from tests.cluster.programs import Programs, programs

_CONTROLLERS = ("deployment", "replicaset", "daemonset", "statefulset", "job")
_YURT_CONTROLLERS = ("nodepool", "yurt-app-set", "yurt-node-conversion")
_ENVIRONMENT = {"GOMEMLIMIT": "500MiB"}  # they would keep what they no longer need
_DEATH_OF_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """A control plane that answers."""

    client: Client
    folder: Path
    kubeconfig: Path
    processes: Mapping[str, int]

    def memory(self) -> dict[str, int]:
        """Return the memory that each program had at the most, in MiB."""
        found = {}
        for name, process in self.processes.items():
            status = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
            (most,) = (line.split()[1] for line in status if line.startswith("VmHWM"))
            found[name] = int(most) // 1024
        return found


class StartError(Exception):
    """A program of the control plane ended or does not answer."""


@contextmanager
def control_plane(found: Programs | None = None) -> Iterator[ControlPlane]:
    """Start a control plane, and stop it.

    Raises:
        StartError: it does not start, or a program ends; the message ends with the last lines of
            its log.
    """
    with tempfile.TemporaryDirectory(prefix="control-plane-") as name, _stopped_by_signals():
        start = _Start(found or programs(), Path(name))
        try:
            yield start.all()
            start.check()
        except Exception as error:
            start.check(error)
            raise
        finally:
            start.stop()


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Turn SIGTERM and SIGHUP into an exit that cleans up, as SIGINT is one."""

    def leave(number: int, _: Any) -> None:
        raise SystemExit(128 + number)

    before = {one: signal.signal(one, leave) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


class _Start:
    """The programs that run; the last one that was started is stopped first."""

    def __init__(self, found: Programs, folder: Path) -> None:
        self.programs = found
        self.folder = folder
        self.token = secrets.token_hex(16)
        names = ("etcd", "peers", "apiserver", "scheduler", "controllers", "webhooks", "health")
        self.ports = dict(zip((*names, "metrics"), _free_ports(len(names) + 1), strict=True))
        self.kubeconfig = folder / "kubeconfig"
        self.client = Client(self.ports["apiserver"], self.token)
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def all(self) -> ControlPlane:
        self._etcd()
        self._apiserver()
        self._until("kube-apiserver", lambda: self.client.ask("GET", "/readyz").is_taken)
        openyurt.install(self.client, self.programs.openyurt)
        self._kubernetes("kube-scheduler", "scheduler")
        controllers = ",".join(f"{name}-controller" for name in _CONTROLLERS)
        self._kubernetes("kube-controller-manager", "controllers", f"--controllers={controllers}")
        self._yurt_manager()
        webhooks = self.ports["webhooks"]
        self._until("yurt-manager", lambda: openyurt.answers_webhooks(self.client))
        self._until("yurt-manager", lambda: openyurt.converts_versions(self.client, webhooks))
        self._until("kube-scheduler", lambda: _is_open(self.ports["scheduler"]))
        self._until("kube-controller-manager", lambda: _is_open(self.ports["controllers"]))
        processes = {name: process.pid for name, process in self.running.items()}
        return ControlPlane(self.client, self.folder, self.kubeconfig, processes)

    def check(self, error: Exception | None = None) -> None:
        """Make sure that all programs run; `error` is what happened, perhaps for that reason."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise StartError(
                    f"{name} ended with {process.returncode}: {self._log(name)}"
                ) from error

    def stop(self) -> None:
        self.client.close()
        for process in reversed(self.running.values()):
            process.kill()  # what they hold is in the temporary folder
        for process in self.running.values():
            process.wait()

    def _run(self, name: str, *options: str, environment: Mapping[str, str] | None = None) -> None:
        command = [str(self.programs.paths[name]), *options]
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**_ENVIRONMENT, "HOME": str(self.folder), **(environment or {})},
                preexec_fn=_die_with_parent,
                process_group=0,  # Ctrl-C is for us: we stop them in order
            )

    def _etcd(self) -> None:
        client, peers = (f"http://127.0.0.1:{self.ports[name]}" for name in ("etcd", "peers"))
        self._run(
            "etcd",
            *(f"--data-dir={self.folder / 'etcd'}", "--unsafe-no-fsync"),
            *(f"--listen-client-urls={client}", f"--advertise-client-urls={client}"),
            *(f"--listen-peer-urls={peers}", f"--initial-advertise-peer-urls={peers}"),
            f"--initial-cluster=default={peers}",
        )

    def _apiserver(self) -> None:
        tokens = self.folder / "tokens.csv"
        tokens.write_text(f"{self.token},admin,admin,system:masters\n", encoding="utf-8")
        key = self.folder / "accounts.key"
        command = ["openssl", "genrsa", "-out", str(key), "2048"]
        subprocess.run(command, check=True, capture_output=True)
        self._kubeconfig()
        self._run(
            "kube-apiserver",
            f"--etcd-servers=http://127.0.0.1:{self.ports['etcd']}",
            *(f"--secure-port={self.ports['apiserver']}", "--bind-address=127.0.0.1"),
            *(f"--cert-dir={self.folder / 'certificates'}", f"--token-auth-file={tokens}"),
            *(f"--service-account-{which}-file={key}" for which in ("key", "signing-key")),
            "--service-account-issuer=https://localhost",
            *("--authorization-mode=RBAC", "--allow-privileged=true"),
            "--service-cluster-ip-range=10.0.0.0/8",
            # There are no kubelets, which would take that taint off.
            "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
            *("--event-ttl=30s", "--etcd-compaction-interval=30s"),
            *("--max-requests-inflight=2000", "--max-mutating-requests-inflight=1000"),
        )

    def _kubeconfig(self) -> None:
        server = f"https://127.0.0.1:{self.ports['apiserver']}"
        value = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": "c", "cluster": {"server": server, "insecure-skip-tls-verify": True}}
            ],
            "users": [{"name": "u", "user": {"token": self.token}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "current-context": "x",
        }
        self.kubeconfig.write_text(yaml.safe_dump(value), encoding="utf-8")

    def _kubernetes(self, program: str, port: str, *more: str) -> None:
        config = f"kubeconfig={self.kubeconfig}"
        self._run(
            program,
            *(f"--{config}", f"--authentication-{config}", f"--authorization-{config}"),
            *("--leader-elect=false", f"--secure-port={self.ports[port]}"),
            *("--bind-address=127.0.0.1", f"--cert-dir={self.folder / program}"),
            *("--kube-api-qps=500", "--kube-api-burst=1000", *more),
        )

    def _yurt_manager(self) -> None:
        controllers = ",".join(f"{name}-controller" for name in _YURT_CONTROLLERS)
        self._run(
            "yurt-manager",
            *(f"--kubeconfig={self.kubeconfig}", "--leader-elect=false"),
            f"--controllers={controllers}",
            *("--rest-config-qps=500", "--rest-config-burst=1000"),
            f"--webhook-port={self.ports['webhooks']}",
            f"--metrics-addr=127.0.0.1:{self.ports['metrics']}",
            f"--health-probe-addr=127.0.0.1:{self.ports['health']}",
            environment={
                "WEBHOOK_HOST": "localhost",
                "WEBHOOK_PORT": str(self.ports["webhooks"]),
                "WEBHOOK_CERT_DIR": str(self.folder / "webhooks"),
            },
        )

    def _until(self, program: str, is_ready: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.check()
            try:
                if is_ready():
                    return
            except (OSError, RefusedError):
                pass
            time.sleep(0.1)
        raise StartError(f"{program} does not answer after {seconds} s: {self._log(program)}")

    def _log(self, name: str) -> str:
        lines = (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(lines.splitlines()[-20:])


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_DEATH_OF_PARENT, signal.SIGKILL)


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _is_open(port: int) -> bool:
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        return True

"""The `kustomize` program, and how it is run: with the network shut, and with limits.

HOSTNET_KUSTOMIZE is a command line with options; without it, `kustomize build` is taken, or
`kubectl kustomize`. This and `git` are the only programs that the tool starts.
"""

import os
import shlex
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from transformer.errors import SettingsError, reason_of

VARIABLE = "HOSTNET_KUSTOMIZE"
SECONDS = 120
MOST = 256 * 1024 * 1024
"""The limits of one build: time, and bytes of output."""

_KNOWN = (("kustomize", "build"), ("kubectl", "kustomize"))
_NOWHERE = "http://127.0.0.1:9"
"""The port of the discard protocol: nobody listens there."""

_SHUT = {
    **{f"{name}_proxy": _NOWHERE for name in ("http", "https", "all")},
    **{f"{name}_PROXY": _NOWHERE for name in ("HTTP", "HTTPS", "ALL")},
    "NO_PROXY": "",
    "no_proxy": "",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_TERMINAL_PROMPT": "0",
}
_WAIT = 0.02


class Printed(NamedTuple):
    """What a build printed: the manifests, or (with a `failure`) why there are none."""

    manifests: bytes = b""
    failure: str = ""


def program(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command that builds a folder, without the folder.

    Raises:
        SettingsError: there is no such program, or the variable is not a command line.
    """
    if given := environment.get(VARIABLE):
        try:
            command = tuple(shlex.split(given))
        except ValueError as error:
            raise SettingsError(f"{VARIABLE} is not a command line: {error}") from None
        if command and shutil.which(command[0]):
            return command
        raise SettingsError(f"{VARIABLE}: there is no program {given!r}")
    for command in _KNOWN:
        if shutil.which(command[0]):
            return command
    raise SettingsError(
        "kustomizations cannot be built: there is neither kustomize nor kubectl on PATH",
        hint=f"install one of them, or set {VARIABLE}",
    )


def run(
    command: tuple[str, ...],
    folder: Path,
    options: tuple[str, ...] = (),
    *,
    seconds: float = SECONDS,
    most: int = MOST,
    stop: threading.Event | None = None,
) -> Printed:
    """Build a folder, until `stop` is set; the output goes to a file in it, so it can be of any
    size.

    Raises:
        SettingsError: the program cannot be run.
    """
    out, err = folder / ".out", folder / ".err"
    with out.open("wb") as output, err.open("wb") as errors:
        try:
            process = subprocess.Popen(
                [*command, str(folder), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                env={**os.environ, **_SHUT},
                start_new_session=True,
            )
        except OSError as error:
            raise SettingsError(f"{command[0]} cannot be run: {reason_of(error)}") from None
        failure = _watched(process, out, seconds, most, stop or threading.Event())
    if not failure and process.returncode:
        failure = err.read_text(encoding="utf-8", errors="replace").strip()
        failure = failure or f"{command[0]} ended with status {process.returncode}"
    return Printed(failure=failure) if failure else Printed(out.read_bytes())


def _watched(
    process: "subprocess.Popen[bytes]", out: Path, seconds: float, most: int, stop: threading.Event
) -> str:
    """Wait for the process; return why it was ended, if it was."""
    end, failure = time.monotonic() + seconds, ""
    try:
        while process.poll() is None and not failure:
            if time.monotonic() > end:
                failure = f"it took more than {seconds:.0f} s"
            elif out.stat().st_size > most:
                failure = f"it printed more than {most // 1024**2} MB"
            elif stop.is_set():
                failure = "it was stopped"
            time.sleep(_WAIT)
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return failure

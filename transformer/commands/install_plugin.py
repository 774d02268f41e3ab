"""The `kustomize install` command: launchers for the legacy exec plugin, where kustomize looks.

`kubectl kustomize` and `kustomize build` look for an executable
`<home>/transform.hostnet.io/v1alpha1/<kind in lower case>/<kind>`.
"""

import os
import shlex
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from transformer.errors import SettingsError, reason_of

GROUP_VERSION = "transform.hostnet.io/v1alpha1"
KINDS = ("HostnetTransform", "HostnetValidate")

_MARK = "Made by `hostnet-transform kustomize install`"


def install(home: Path | None = None, *, is_forced: bool = False) -> Iterator[Path]:
    """Install launchers in the plugin home of kustomize, and yield the path of each.

    Raises:
        SettingsError: another file exists there, or a launcher cannot be written.
    """
    home = home or _home()
    for kind in KINDS:
        path = home / GROUP_VERSION / kind.lower() / kind
        try:
            _refuse_to_replace(path, is_forced=is_forced)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, _launcher(kind))
        except OSError as error:
            message = f"cannot be written: {reason_of(error)}"
            raise SettingsError(message, file=str(path)) from None
        yield path


def _write(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, "utf-8")
        new.chmod(0o755)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _home() -> Path:
    """Return the folder that kustomize searches: the first that exists, else the usual one.

    $KUSTOMIZE_PLUGIN_HOME is used even if it does not exist yet.
    """
    if named := os.environ.get("KUSTOMIZE_PLUGIN_HOME"):
        return Path(named)
    above = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    usual = above / "kustomize/plugin"
    places = (usual, Path.home() / ".config/kustomize/plugin", Path.home() / "kustomize/plugin")
    return next((place for place in places if place.is_dir()), usual)


def _refuse_to_replace(path: Path, *, is_forced: bool) -> None:
    if path.is_dir():
        message = "a folder exists in the place of the plugin"
        raise SettingsError(message, file=str(path), hint="remove it")
    if is_forced or not os.path.lexists(path):
        return
    if path.is_file() and not path.is_symlink() and _MARK.encode() in path.read_bytes():
        return
    raise SettingsError("another file exists already", file=str(path), hint="--force replaces it")


def _launcher(kind: str) -> str:
    command = " ".join(map(shlex.quote, _command()))
    return (
        "#!/bin/sh\n"
        f"# {_MARK}; kustomize runs it for objects of kind {kind}.\n"
        f'exec {command} kustomize plugin "$@"\n'
    )


def _command() -> list[str]:
    """Return the command that starts this program, and imports nothing from the working folder
    (`-P`) or from folders that the environment names (`-E`).
    """
    program = Path(sys.argv[0]).absolute()
    if program.is_file() and zipfile.is_zipfile(program):
        return [sys.executable, str(program)]
    return [sys.executable, "-E", "-P", "-m", "transformer"]

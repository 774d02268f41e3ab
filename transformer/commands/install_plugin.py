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

from transformer.errors import SettingsError

GROUP_VERSION = "transform.hostnet.io/v1alpha1"
KINDS = ("HostnetTransform", "HostnetValidate")

_MARK = "Made by `hostnet-transform kustomize install`"


def install(home: Path | None = None, *, is_forced: bool = False) -> Iterator[Path]:
    """Put launchers into kustomize's plugin home, and yield each that is there now.

    Raises:
        SettingsError: there is another file, or it cannot be written.
    """
    home = home or _home()
    for kind in KINDS:
        path = home / GROUP_VERSION / kind.lower() / kind
        try:
            _refuse_to_replace(path, is_forced=is_forced)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, _launcher(kind))
        except OSError as error:
            reason = (error.strerror or "unknown error").lower()
            raise SettingsError(f"cannot be written: {reason}", file=str(path)) from None
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
    """Return the folder in which kustomize looks: the first that exists, else its usual one.

    One that the environment names is meant, whether it exists yet or not.
    """
    if named := os.environ.get("KUSTOMIZE_PLUGIN_HOME"):
        return Path(named)
    above = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    usual = above / "kustomize/plugin"
    places = (usual, Path.home() / ".config/kustomize/plugin", Path.home() / "kustomize/plugin")
    return next((place for place in places if place.is_dir()), usual)


def _refuse_to_replace(path: Path, *, is_forced: bool) -> None:
    if path.is_dir():
        message = "a folder is there, where the plugin has to be"
        raise SettingsError(message, file=str(path), hint="remove it")
    if is_forced or not os.path.lexists(path):
        return
    if path.is_file() and not path.is_symlink() and _MARK.encode() in path.read_bytes():
        return
    raise SettingsError(
        "something else is there already", file=str(path), hint="--force replaces it"
    )


def _launcher(kind: str) -> str:
    command = " ".join(map(shlex.quote, _command()))
    return (
        "#!/bin/sh\n"
        f"# {_MARK}; kustomize runs it for objects of kind {kind}.\n"
        f'exec {command} kustomize plugin "$@"\n'
    )


def _command() -> list[str]:
    """Return what starts this very program, and imports nothing from where it runs (`-P`) or the
    environment says (`-E`).
    """
    program = Path(sys.argv[0]).absolute()
    if program.is_file() and zipfile.is_zipfile(program):
        return [sys.executable, str(program)]
    return [sys.executable, "-E", "-P", "-m", "transformer"]

"""As a legacy exec plugin of kustomize: configuration in a file, resources on standard input.

`kubectl kustomize` and `kustomize build` look for an executable
`<home>/transform.hostnet.io/v1alpha1/<kind in lower case>/<kind>`, and run it in the folder of the
kustomization. What it prints replaces the resources; what it does not print is deleted. So all or
nothing is printed, and from a validator nothing at all (see `kustomization`).
"""

import os
import shlex
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from transformer.commands.transform import Options
from transformer.config.function_config import FunctionConfig, function_config
from transformer.config.resolve import from_host, plugin_root
from transformer.errors import InputError, SettingsError
from transformer.hosts import command_line
from transformer.hosts.kustomize_fields import is_validator
from transformer.inputs.reading import Rewound, chunks, values
from transformer.system import stdio
from transformer.text.framing import MAX_DOCUMENT

GROUP_VERSION = "transform.hostnet.io/v1alpha1"
KINDS = ("HostnetTransform", "HostnetValidate")

_MARK = "Made by `hostnet-transform kustomize install`"


def run(config: Path, options: Mapping[str, Any]) -> int:
    """Do what the object in the file `config` asks for, and return the exit status.

    Raises:
        SettingsError: the file cannot be read, or is no such object.
    """
    handed = _handed(config)
    if handed.only_validates:
        return _validate(handed, options)
    chosen = Options(
        write=False,
        check=False,
        diff=False,
        output="manifests",
        allow_reformat=False,
        all_or_nothing=True,
        report=None,
        **options,
    )
    return command_line.transform((), chosen, handed)


def _handed(config: Path) -> FunctionConfig:
    try:
        with config.open("rb") as file:
            found = list(values(file, MAX_DOCUMENT))
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        message = f"the configuration cannot be read: {reason}"
        hint = "kustomize runs this: list an object of ours under `transformers`"
        raise SettingsError(message, file=str(config), hint=hint) from None
    except InputError as error:
        raise SettingsError(error.message, file=str(config), hint=error.hint) from None
    return function_config(found[0] if found else None)


def _validate(handed: FunctionConfig, options: Mapping[str, Any]) -> int:
    from transformer.commands import validate  # slow to import, and not needed to transform

    chosen = validate.plugin_options(options)
    data = b"".join(chunks(stdio.standard_input()))
    settings, root = from_host(handed, chosen, plugin_root())
    status = validate.run_as_plugin(Rewound([data], iter(())), chosen, settings, root)
    if status == 0 and not is_validator(root, "HostnetValidate"):
        out = stdio.standard_output()
        out.write(data)
        out.flush()
    return status


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

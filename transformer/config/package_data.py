"""The data files that ship with the code, wherever the package is: in a folder, wheel or zip.

A wheel has the folder `schemas/` inside the package; in a checkout, and in an editable install, it
is next to the package. The module loader reads the bytes because it supports zip files, and because
`importlib.resources` is slow to import.
"""

import json
from pathlib import Path
from typing import Any, Protocol, cast

from transformer.errors import InternalError

SUFFIX = ".schema.json"
_PACKAGE = Path(__file__).parent.parent


class _Loader(Protocol):
    def get_data(self, path: str) -> bytes: ...


def read(name: str) -> bytes:
    """Return the resource `name`, such as `schemas/config.schema.json` or
    `kubernetes/components.json` (relative to the package, with slashes).

    Raises:
        InternalError: there is no such resource.
    """
    loader = cast("_Loader", __spec__.loader)
    for folder in _places(name):
        try:
            return loader.get_data(str(folder / name))
        except OSError:
            continue
    raise InternalError(f"the resource {name} was not shipped")


def schemas() -> dict[str, Any]:
    """Return the shipped JSON Schemas as plain values, by name without `.schema.json`."""
    return {name: json.loads(read(f"schemas/{name}{SUFFIX}")) for name in schema_names()}


def schema_names() -> tuple[str, ...]:
    """Return the names of the shipped schemas, sorted and without `.schema.json`."""
    for folder in _places("schemas/"):
        if names := _listed(folder / "schemas"):
            return names
    return ()


def _places(name: str) -> tuple[Path, ...]:
    return (_PACKAGE, _PACKAGE.parent) if name.startswith("schemas/") else (_PACKAGE,)


def _listed(folder: Path) -> tuple[str, ...]:
    archive: str | None = getattr(__spec__.loader, "archive", None)
    if archive is None:
        names = [file.name for file in folder.glob("*")]
    else:
        import zipfile  # slow to import; rarely needed

        inside = zipfile.Path(archive, f"{folder.relative_to(archive).as_posix()}/")
        names = [file.name for file in inside.iterdir()]
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX)))

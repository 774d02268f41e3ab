"""The data files that ship with the code, wherever the package is: in a folder, wheel or zip.

A wheel has the folder `schemas/` inside the package; in a checkout, and in an editable install, it
is next to the package. The module loader reads the bytes because it supports zip files, and because
`importlib.resources` is slow to import.
"""

import json
import posixpath
from pathlib import Path
from typing import Any, Protocol, cast

from transformer.errors import InternalError

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
    return {
        name.removesuffix(".schema.json"): json.loads(read(f"schemas/{name}"))
        for name in schema_names()
    }


def schema_names() -> tuple[str, ...]:
    """Return the file names of the shipped schemas, sorted, without the `schemas/` that `read`
    needs.
    """
    for folder in _places("schemas/"):
        if names := _listed(folder / "schemas"):
            return names
    return ()


def _places(name: str) -> tuple[Path, ...]:
    return (_PACKAGE, _PACKAGE.parent) if name.startswith("schemas/") else (_PACKAGE,)


def _listed(folder: Path) -> tuple[str, ...]:
    archive: str | None = getattr(__spec__.loader, "archive", None)
    if archive is None:
        return tuple(sorted(path.name for path in folder.glob("*.json")))
    import zipfile  # slow to import; rarely needed

    inside = folder.relative_to(archive).as_posix()
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
    return tuple(
        sorted(
            posixpath.basename(name)
            for name in names
            if posixpath.dirname(name) == inside and name.endswith(".json")
        )
    )

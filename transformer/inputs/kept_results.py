"""Results of `fleet` that are kept: of a tree of Git, with these settings, by this tool.

Only what depends on nothing else is kept: no result that failed, none of a work tree, and none with
builds. Each result is a file (`cache_files.py`), so runs that use one folder do not disturb each
other: the worst is that something is worked out twice.
"""

from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from transformer.config.fleet_tasks import Settings
from transformer.inputs.cache_files import load, save
from transformer.inputs.discovery import DiscoveryOptions, discover
from transformer.pipeline.plain_form import digest
from transformer.pipeline.settings import Settings as Configuration

_MOST = 400
"""Files in each of the 256 folders, among which results are spread; the oldest are removed."""

_FOREVER = date.max.isoformat()


def key_of(tree: str, settings: Settings) -> str:
    """Return what stands for a result.

    Raises:
        SettingsError: a file of pools does not exist.
        OSError: one cannot be read.
    """
    pools = []
    for source in discover(settings.pools, DiscoveryOptions(Path("/"))):
        with source.open() as file:
            pools.append((source.name, sha256(file.read()).hexdigest()))
    counted = (settings.mode, settings.fail_on, settings.enable, settings.disable)
    rest = (settings.on_invalid, settings.strict, settings.max_document)
    return digest(_tool(), tree, *counted, *rest, pools)


def known(folder: str, key: str) -> dict[str, Any] | None:
    """Return the kept result, if there is one that still holds today."""
    found = load(_place(folder, key), key)
    until, result = found.get("until"), found.get("result")
    if not isinstance(until, str) or not isinstance(result, dict) or _today() > until:
        return None
    return result


def keep(folder: str, key: str, result: dict[str, Any], configuration: Configuration) -> None:
    """Keep a result, as long as the suppressions of the configuration that apply today apply."""
    ends = [one.until for one in configuration.suppressions if one.until and not one.is_expired]
    until = min(ends, default=_FOREVER)
    save(_place(folder, key), key, {"until": until, "result": result}, _MOST)


def _place(folder: str, key: str) -> Path:
    return Path(folder, key[:2])


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


@cache
def _tool(package: Path = Path(__file__).parents[1]) -> str:
    """Return a hash of the code of this tool and its data: the same on every machine."""
    if not package.is_dir():  # in one file
        return sha256(package.parent.read_bytes()).hexdigest()
    beside = package.with_name("schemas").glob("*.json")  # in a checkout
    files = sorted([*package.rglob("*.py"), *package.rglob("*.json"), *beside])
    whole = sha256()
    for file in files:
        data = file.read_bytes()
        whole.update(f"{file.relative_to(package.parent)} {len(data)}\n".encode())
        whole.update(data)
    return whole.hexdigest()

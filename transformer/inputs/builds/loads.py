"""The files that a kustomization loads besides the objects that it lists, as written."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from transformer.kubernetes.objects import list_at, mapping_at
from transformer.pipeline.kustomization_graph import LISTS, PATCHES, patch_files

PLUGINS = ("generators", "transformers", "validators")
CHARTS = ("helmCharts", "helmChartInflationGenerator")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_FILES = ("crds", "configurations")
_WITH_PATHS = ("replacements", "openapi")
_INSIDE = ("files", "envs", "env", "path", "paths", "patch", "target")
_ENTRIES = (*_GENERATORS, *_WITH_PATHS, *PATCHES)
_SPELLED = {
    name.casefold(): name for name in (*LISTS, *PLUGINS, *CHARTS, *_FILES, *_ENTRIES, *_INSIDE)
}


def as_read(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a kustomization with its keys as they are usually spelled: kustomize reads
    `Resources` as `resources`, and so in the entries of generators and patches.
    """
    found = _spelled(value)
    for name in _ENTRIES:
        entries = found.get(name)
        if isinstance(entries, list):
            found[name] = [_spelled(one) if isinstance(one, dict) else one for one in entries]
        elif isinstance(entries, dict):
            found[name] = _spelled(entries)
    return found


def _spelled(value: Mapping[Any, Any]) -> dict[Any, Any]:
    keys = sorted(value, key=str)  # of two spellings of a key, the last one holds
    return {_SPELLED.get(str(key).casefold(), key): value[key] for key in keys}


def loaded(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and URLs that a kustomization loads besides its objects."""
    yield from patch_files(value)
    for name in _GENERATORS:
        for one in list_at(value, name):
            yield from _of_generator(one)
    for name in _FILES:
        yield from _files(list_at(value, name))
    for one in (mapping_at(value, "openapi"), *list_at(value, "replacements")):
        yield from _files([one.get("path")] if isinstance(one, dict) else [])


def loaded_by_builtin(value: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files and URLs that a plugin of kustomize itself loads."""
    found = as_read(value)
    yield from loaded(found)
    yield from _of_generator(found)
    yield from _files([found.get("path"), *list_at(found, "paths")])


def is_remote_file(entry: str) -> bool:
    """Whether a file is fetched."""
    return entry.lower().startswith(("http://", "https://"))


def _of_generator(one: Any) -> Iterator[str]:
    if isinstance(one, dict):
        named = _files(list_at(one, "files"))
        yield from (path if equals else name for name, equals, path in map(_parted, named))
        yield from _files([*list_at(one, "envs"), one.get("env")])


def _parted(entry: str) -> tuple[str, str, str]:
    return entry.partition("=")


def _files(entries: Iterable[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str) and entry and "\n" not in entry and "\0" not in entry:
            yield entry

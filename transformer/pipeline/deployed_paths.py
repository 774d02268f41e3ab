"""Where the paths that Flux and Argo CD deploy are in the repository, and which do not exist."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from transformer.kubernetes.deployments import normal
from transformer.pipeline.deployments import (
    ARTIFACT,
    Copy,
    Deployment,
    Part,
    inside,
    lineage,
)

_BUILT_SOURCES = (ARTIFACT, "OCIRepository ", "Bucket ")


def unpacked(
    deployments: Iterable[Deployment], copies: Collection[Copy], known: Collection[str]
) -> list[Deployment]:
    """Return the deployments with paths in artifacts as those that were copied there, if `known`.

    Generators of the same folder come first: others may make other artifacts of the same name.
    """

    def real(part: Part, folder: str) -> Part:
        own = [one for one in copies if one.source == part.source]
        beside = [one for one in own if one.folder == folder] or own
        found = _sources_of(normal(part.written), beside)
        if len(found) == 1 and found[0] in known:
            return part._replace(path=found[0])
        is_all = part.source.startswith(ARTIFACT) and part.path == "."
        return part._replace(path="") if is_all else part

    return [
        one._replace(parts=tuple(real(part, one.folder) for part in one.parts))
        for one in deployments
    ]


def _sources_of(path: str, copies: Iterable[Copy]) -> list[str]:
    """Return what may have been copied to `path`; of folders in each other, the innermost count."""
    for to in lineage(path):
        rest = inside(path, to) or "."
        found = {normal(f"{one.path}/{rest}") for one in copies if one.to == to}
        if found:
            return sorted(found)
    return []


class Located(NamedTuple):
    """Deployments with only those of their `total` paths that exist.

    The others are `missing`, each with the file of its object. `shifts` has the folders that are
    the top of sources here; the sources that are `elsewhere` are other repositories.
    """

    deployments: list[Deployment]
    missing: list[tuple[Part, str]]
    total: int
    shifts: dict[str, str]
    elsewhere: list[str]


def located(deployments: Sequence[Deployment], known: Collection[str]) -> Located:
    """Return which paths of the deployments are `known`: files, and the folders above them.

    A repository of Git of which no path exists is another one, if paths of some repository exist.
    Without a source, as in a patch, a path counts only if it exists.
    """
    parts = [part for one in deployments for part in one.parts if part.path != "."]
    here = {part.source for part in parts if part.path in known}
    absent = {part.source for part in parts if part.source} - here
    elsewhere = {one for one in absent if _is_git(one)} if any(map(_is_git, here)) else set()
    shifts = {
        source: folder
        for source in sorted(absent)
        if not _is_git(source)
        and (folder := _shift({part.path for part in parts if part.source == source}, known))
    }
    moved = [
        one._replace(parts=tuple(_moved(part, shifts) for part in one.parts)) for one in deployments
    ]
    missing = [
        (part, one.file)
        for one in moved
        for part in one.parts
        if part.path != "." and part.path not in known and part.source not in {"", *elsewhere}
    ]
    kept = [
        one._replace(parts=tuple(part for part in one.parts if _exists(part, known, here)))
        for one in moved
    ]
    total = len(missing) + sum(part.path != "." for one in kept for part in one.parts)
    return Located(kept, missing, total, shifts, sorted(elsewhere))


def _moved(part: Part, shifts: Mapping[str, str]) -> Part:
    folder = shifts.get(part.source, ".")
    return part if folder == "." else part._replace(path=normal(f"{folder}/{part.path}"))


def _exists(part: Part, known: Collection[str], here: Collection[str]) -> bool:
    """Whether a path is in the repository; all of it is only what the repository itself has."""
    return part.path in known and (
        part.path != "." or (part.source in here and _is_git(part.source))
    )


def _is_git(source: str) -> bool:
    return bool(source) and not source.startswith(_BUILT_SOURCES)


def _shift(paths: Collection[str], known: Collection[str]) -> str:
    """Return the only folder in which all paths exist; an empty text if there are several.

    A single path may be found by accident.
    """
    ends = tuple(f"/{path}" for path in paths)
    tops = {one.removesuffix(end) for one in known for end in ends[:1] if one.endswith(end)}
    found = [top for top in tops if all(f"{top}{end}" in known for end in ends)]
    return found[0] if len(found) == 1 and len(ends) > 1 else ""

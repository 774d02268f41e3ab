"""Where clusters begin: with the objects of Flux and Argo CD that no other object deploys."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from transformer.pipeline.deployments import Deployment, is_in, lineage

Links: TypeAlias = Mapping[str, Collection[str]]
"""For each file and folder, the paths that what is in it leads to."""


class Start(NamedTuple):
    """A folder whose objects nothing else deploys, their files, and all `paths` that they lead to.

    It `is_own` if these objects deploy themselves. It `is_shared` if what begins elsewhere deploys
    other objects in the folder.
    """

    folder: str
    files: tuple[str, ...]
    paths: frozenset[str]
    is_own: bool = False
    is_shared: bool = False


def linked(pairs: Iterable[tuple[str, Collection[str]]], known: Collection[str]) -> Links:
    """Return the links from places to paths, as far as these are `known`."""
    links: dict[str, set[str]] = defaultdict(set)
    for place, paths in pairs:
        there = {path for path in paths if path in known}
        for above in lineage(place):
            links[above] |= there
    return links


def merged(one: Links, other: Links) -> Links:
    """Return the links of both."""
    return {path: {*one.get(path, ()), *other.get(path, ())} for path in {*one, *other}}


def spread(paths: Iterable[str], links: Links) -> frozenset[str]:
    """Return the paths, and all that they lead to."""
    found = set(paths)
    ahead = list(found)
    while ahead:
        new = set(links.get(ahead.pop(), ())) - found
        found |= new
        ahead += new
    return frozenset(found)


def covers(paths: Collection[str], path: str) -> bool:
    """Whether `path` is one of the paths, or in one."""
    return any(above in paths for above in lineage(path))


def starts(objects: Sequence[Deployment], links: Links) -> list[Start]:
    """Return where clusters may begin; `links` are those of kustomizations and objects."""
    by = _deployed_by(objects, [spread(one.paths, links) for one in objects])
    deploys: dict[int, set[int]] = defaultdict(set)
    below: dict[str, set[int]] = defaultdict(set)
    for number, one in enumerate(objects):
        for other in by[number]:
            deploys[other].add(number)
        for above in lineage(one.file):
            below[above].add(number)
    groups: dict[int | str, list[int]] = defaultdict(list)
    for number, one in enumerate(objects):
        if by[number] <= deploys[number]:  # nothing does, or they deploy each other
            groups[min(by[number], default=one.folder)].append(number)
    found = []
    for group in groups.values():
        files = tuple(dict.fromkeys(objects[number].file for number in group))
        folder = _folder([objects[number] for number in group], files)
        is_shared = any(by[number] - below[folder] for number in below[folder])
        is_own = bool(by[group[0]])
        found.append(Start(folder, files, spread([folder], links), is_own, is_shared))
    return found


def _deployed_by(
    objects: Sequence[Deployment], reached: Sequence[Collection[str]]
) -> list[set[int]]:
    """Return for each object the numbers of those that deploy it; it may be one of them."""
    holders: dict[str, set[int]] = defaultdict(set)
    for number, paths in enumerate(reached):
        for path in paths:
            holders[path].add(number)
    return [
        set().union(*(holders.get(above, ()) for above in lineage(one.file))) for one in objects
    ]


def _folder(group: Sequence[Deployment], files: Collection[str]) -> str:
    """Return the outermost path with `files` in it that their objects deploy, or their folder."""
    paths = {path for one in group for path in one.paths}
    around = [path for path in paths if any(is_in(file, path) for file in files)]
    return min(around, key=lambda path: (len(path), path), default=group[0].folder)


def chosen(every: Collection[Start]) -> list[Start]:
    """Return the starts that are clusters: those that deploy themselves, if there are any."""
    own = [one for one in every if one.is_own]
    folders = {one.folder for one in every}
    apart = [one for one in every if folders.isdisjoint(set(lineage(one.folder)) - {one.folder})]
    return own or [one for one in apart if not one.is_shared]


def left_over(every: Iterable[Start], clusters: Iterable[Start]) -> Iterator[str]:
    """Yield the files of objects that nothing deploys and that are in none of the clusters."""
    paths = {path for cluster in clusters for path in cluster.paths}
    for one in every:
        yield from (file for file in one.files if not covers(paths, file))

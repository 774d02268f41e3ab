"""The `clusters` that follow from what Flux and Argo CD deploy from a repository.

A cluster is what begins with objects that no other object deploys. If the Applications of Argo CD
name several destinations, it is what goes to one of these. Where both are possible, nothing
follows. All paths are relative to the configuration's folder, which is "."; with forward slashes.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from transformer.pipeline.cluster_destinations import Target, by_destination, left_out, targets
from transformer.pipeline.cluster_paths import cluster_of, names_of
from transformer.pipeline.cluster_starts import (
    Start,
    chosen,
    covers,
    left_over,
    linked,
    merged,
    starts,
)
from transformer.pipeline.deployed_paths import Located, located
from transformer.pipeline.deployments import (
    APPLICATION,
    APPLICATION_SET,
    FLUX,
    IN_CLUSTER,
    Deployment,
)
from transformer.pipeline.settings import Cluster
from transformer.wording import some_of


class Suggestion(NamedTuple):
    """At least two clusters, or the `reason` why there are none; and what else is to be said."""

    clusters: list[Cluster]
    notes: list[str]
    reason: str = ""


def suggested(
    deployments: Sequence[Deployment],
    built: Mapping[str, Collection[str]],
    known: Collection[str],
) -> Suggestion:
    """Return the clusters that follow, or why none do.

    `built` has for the folder of each kustomization the files and folders that it lists, `known`
    are all files, and the folders above them.
    """
    found = located(deployments, known)
    objects = [one for one in found.deployments if one.kind in (FLUX, APPLICATION)]
    notes = [*_unread(deployments), *_located_notes(found)]
    if not objects:
        reason = "there is no Flux Kustomization and no Argo CD Application in the input"
        return Suggestion([], notes, reason)
    if len(found.missing) * 2 > found.total:
        return Suggestion([], notes, f"{_missing(found)}: what the clusters read is unknown")
    if found.missing:
        notes.append(f"{_missing(found)}: what these objects deploy is left out")
    lists = linked(built.items(), known)
    deploys = linked(((one.file, one.paths) for one in objects), known)
    every = starts(objects, merged(lists, deploys))
    goals = targets(found.deployments, lists, known)
    doubt = _doubt(objects, every, goals)
    if doubt:
        return Suggestion([], notes, doubt)
    if _named(objects, goals) - {IN_CLUSTER}:
        reason = "what goes to several destinations cannot be told apart"
        made = Suggestion(by_destination(objects, goals, lists), [*left_out(goals)], reason)
    else:
        made = _by_start(every)
    enough = len(made.clusters) > 1
    said = [*notes, *made.notes]
    return Suggestion(made.clusters, said) if enough else Suggestion([], said, made.reason)


def _named(objects: Iterable[Deployment], goals: Iterable[Target]) -> set[str]:
    """Return the destinations that are named, by Applications for what is in the repository."""
    flux = {one.destination for one in objects if one.kind == FLUX}
    return (flux | {one.destination for one in goals}) - {""}


def _doubt(objects: Sequence[Deployment], every: Sequence[Start], goals: Sequence[Target]) -> str:
    """Return why it is in doubt what a cluster is; an empty text if it is clear.

    Each Argo CD has a destination for its own cluster, and there may be one in each folder. What
    Flux deploys is in its own cluster, unless it says otherwise.
    """
    named = _named(objects, goals)
    local = [one.by.file for one in goals if one.destination == IN_CLUSTER]
    folders = [one.folder for one in every if any(covers(one.paths, file) for file in local)]
    if any(one.kind == FLUX for one in objects):
        folders = [one.folder for one in every]
        is_twofold = bool(named - {IN_CLUSTER})
    else:
        is_twofold = len(folders) > 1
    if is_twofold:
        return (
            "two readings are possible: a cluster for each folder of objects that nothing deploys"
            f" ({some_of(sorted(folders))}), or for each destination ({some_of(sorted(named))})"
        )
    is_one = len(named) == 1 and not any(one.kind == FLUX for one in objects)
    return f"what Applications deploy goes to one destination, {min(named)}" if is_one else ""


def _by_start(every: Sequence[Start]) -> Suggestion:
    """Return a cluster for each start that is one."""
    found = sorted(chosen(every), key=lambda one: one.folder)
    folders = [one.folder for one in found]
    alone = sorted(left_over(every, found))
    left = f"nothing deploys the objects in {some_of(alone)}: they are taken for no cluster"
    names = names_of(folders)
    clusters = [cluster_of(names[one.folder], one.paths, one.folder) for one in found]
    if len(found) == 1 and found[0].is_own:
        reason = f"only one cluster follows, which begins in the folder {folders[0]}"
    elif len(every) == 1:
        reason = f"all objects that nothing deploys are in the folder {every[0].folder}"
    else:
        reason = (
            "the folders with objects that nothing deploys lie in each other, or one deploys part"
            f" of another: {some_of(sorted(one.folder for one in every))}"
        )
    return Suggestion(clusters, [left] if alone else [], reason)


def _unread(deployments: Iterable[Deployment]) -> Iterator[str]:
    sets = [one.file for one in deployments if one.kind == APPLICATION_SET]
    if sets:
        what = "1 ApplicationSet is" if len(sets) == 1 else f"{len(sets)} ApplicationSets are"
        yield f"{what} not read: {some_of(sorted(set(sets)))}"


def _located_notes(found: Located) -> Iterator[str]:
    for source, folder in found.shifts.items():
        yield f"paths of {source} are taken to be in {folder}, where all of them exist"
    if found.elsewhere:
        yield f"taken for other repositories, of which no path exists: {some_of(found.elsewhere)}"


def _missing(found: Located) -> str:
    named = [f"{part.written} in {file}" for part, file in found.missing]
    verb = "does" if len(named) == 1 else "do"
    return (
        f"{len(named)} of {found.total} paths {verb} not exist in this repository"
        f" ({some_of(named, 3)})"
    )

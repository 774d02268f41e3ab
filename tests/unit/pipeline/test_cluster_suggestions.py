"""Which clusters follow from what Flux and Argo CD deploy."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.unit.pipeline.repositories import known
from transformer.pipeline.cluster_suggestions import Suggestion, suggested
from transformer.pipeline.deployments import Deployment, Part

FILES = ("c/prod/a.yaml", "c/test/a.yaml", "apps/prod/a.yaml", "apps/base/a.yaml", "infra/a.yaml")


def flux(file: str, *paths: str, destination: str = "", source: str = "GitRepository g") -> Any:
    parts = tuple(Part(f"./{path}", source, path) for path in paths)
    return Deployment(file, "Kustomization", parts, destination)


def argo(file: str, *paths: str, to: str = "", kind: str = "Application") -> Deployment:
    return Deployment(file, kind, tuple(Part(path, "https://here", path) for path in paths), to)


def of(
    *deployments: Deployment,
    files: Sequence[str] = FILES,
    built: Mapping[str, Sequence[str]] | None = None,
) -> Suggestion:
    return suggested(deployments, built or {}, known(*files, *(one.file for one in deployments)))


def clusters(suggestion: Suggestion) -> dict[str, tuple[str, ...]]:
    assert not suggestion.reason
    return {one.name: one.paths for one in suggestion.clusters}


def why_not(suggestion: Suggestion) -> str:
    assert suggestion.clusters == []
    return suggestion.reason


# --- clusters that begin with objects -----------------------------------------------------------


def test_each_folder_of_objects_that_nothing_deploys_is_a_cluster() -> None:
    found = of(
        flux("c/prod/a.yaml", "apps/prod", "infra"),
        flux("c/test/a.yaml", "infra"),
        built={"apps/prod": ["apps/base", "apps/prod/a.yaml", "other"]},
    )
    assert clusters(found) == {
        "prod": ("/c/prod", "/apps/base", "/apps/prod", "/infra"),
        "test": ("/c/test", "/infra"),
    }
    assert found.notes == []


def test_objects_that_deploy_themselves_are_clusters_and_others_are_not() -> None:
    found = of(
        flux("c/prod/flux-system/sync.yaml", "c/prod"),
        flux("c/prod/apps.yaml", "apps/prod"),
        flux("c/test/flux-system/sync.yaml", "c/test"),
        flux("setup/first.yaml", "infra"),
        flux("apps/base/unused.yaml"),
    )
    assert clusters(found) == {"prod": ("/c/prod", "/apps/prod"), "test": ("/c/test",)}
    assert found.notes == [
        "nothing deploys the objects in apps/base/unused.yaml, setup/first.yaml: they are taken"
        " for no cluster"
    ]


def test_what_the_objects_of_a_deployed_file_deploy_belongs_to_the_cluster() -> None:
    found = of(
        flux("c/prod/a.yaml", "c/prod"),
        flux("c/test/a.yaml", "c/test"),
        flux("apps/web.yaml", "infra"),
        flux("apps/old.yaml", "apps/base"),
        built={"c/prod": ["apps/web.yaml"]},
    )
    assert clusters(found) == {
        "prod": ("/c/prod", "/apps/web.yaml", "/infra"),
        "test": ("/c/test",),
    }
    assert "apps/old.yaml" in found.notes[0]


def test_a_folder_of_which_a_cluster_deploys_some_objects_is_none() -> None:
    found = of(
        flux("c/prod/a.yaml", "apps/web"),
        flux("c/test/a.yaml", "apps/web"),
        flux("apps/web/a.yaml"),
        flux("apps/old.yaml"),
    )
    assert list(clusters(found)) == ["prod", "test"]
    assert "apps/old.yaml" in found.notes[0]


def test_one_cluster_is_not_told_apart() -> None:
    found = of(
        flux("c/prod/a.yaml", "c/prod", "apps"),
        flux("apps/web/a.yaml", "infra"),
        flux("templates/a.yaml", "infra"),
        flux("unused/a.yaml", "infra"),
    )
    assert why_not(found) == "only one cluster follows, which begins in the folder c/prod"
    assert "templates/a.yaml, unused/a.yaml" in found.notes[0]


@pytest.mark.parametrize(
    ("deployments", "reason"),
    [
        ([flux("c/prod/a.yaml", "apps/prod")], "are in the folder c/prod"),
        ([flux("sync.yaml", "c"), flux("c/prod/a.yaml")], "are in the folder ."),
        ([flux("c/prod/a.yaml", "c/test"), flux("c/test/a.yaml")], "are in the folder c/prod"),
        (
            [flux("c/prod/a.yaml", "c/test"), flux("c/test/a.yaml", "c/prod")],
            "begins in the folder c/prod",
        ),
        (
            [flux(f"c/{name}/a.yaml") for name in "abcdef"] + [flux("c/a.yaml", "infra")],
            "lie in each other, or one deploys part of another: c, c/a, c/b, c/c, c/d and 2 more",
        ),
        ([], "there is no Flux Kustomization and no Argo CD Application in the input"),
    ],
)
def test_it_is_said_why_there_are_not_two(deployments: list[Deployment], reason: str) -> None:
    assert why_not(of(*deployments)).endswith(reason)


def test_folders_of_the_same_name_are_told_apart_by_those_above() -> None:
    found = of(flux("c/eu/prod/a.yaml"), flux("c/us/prod/a.yaml"))
    assert clusters(found) == {"eu/prod": ("/c/eu/prod",), "us/prod": ("/c/us/prod",)}
    assert list(clusters(of(flux("a/p/a.yaml"), flux("b/p/a.yaml")))) == ["a/p", "b/p"]


def test_characters_of_patterns_in_paths_are_escaped() -> None:
    found = of(flux("c/[a]*/x.yaml"), flux("c/b?/x.yaml"))
    assert sorted(clusters(found).values()) == [("/c/\\[a]\\*",), ("/c/b\\?",)]


# --- paths that do not exist --------------------------------------------------------------------


def test_paths_that_do_not_exist_are_counted_and_named() -> None:
    found = of(flux("c/prod/a.yaml", "apps/prod", "infra", "gone"), flux("c/test/a.yaml", "infra"))
    assert list(clusters(found)) == ["prod", "test"]
    assert found.notes == [
        "1 of 4 paths does not exist in this repository (./gone in c/prod/a.yaml): what these"
        " objects deploy is left out"
    ]


def test_nothing_follows_if_most_paths_do_not_exist() -> None:
    found = of(
        flux("c/prod/a.yaml", "1", "2", source="Bucket b"),
        flux("c/test/a.yaml", "3", "4", source="Bucket b"),
    )
    assert why_not(found) == (
        "4 of 4 paths do not exist in this repository (./1 in c/prod/a.yaml, ./2 in c/prod/a.yaml,"
        " ./3 in c/test/a.yaml and 1 more): what the clusters read is unknown"
    )


def test_it_is_said_where_paths_were_found_and_where_they_are_not_looked_for() -> None:
    found = of(
        flux("k8s/c/prod/a.yaml", "c/prod", "apps/prod", source="Bucket b"),
        flux("k8s/c/test/a.yaml", "c/test", source="Bucket b"),
        flux("k8s/c/test/b.yaml", "k8s/apps/prod"),
        flux("k8s/c/test/c.yaml", "x", source="GitRepository other"),
        files=["k8s/apps/prod/a.yaml"],
    )
    assert clusters(found) == {
        "prod": ("/k8s/c/prod", "/k8s/apps/prod"),
        "test": ("/k8s/c/test", "/k8s/apps/prod"),
    }
    assert found.notes == [
        "paths of Bucket b are taken to be in k8s, where all of them exist",
        "taken for other repositories, of which no path exists: GitRepository other",
    ]


# --- clusters that are destinations -------------------------------------------------------------


def test_applications_of_one_folder_are_told_apart_by_their_destinations() -> None:
    found = of(
        argo("c/all.yaml", "apps/prod", to="prod"),
        argo("c/all.yaml", "infra", to="prod"),
        argo("c/test.yaml", "infra", to="test"),
        built={"apps/prod": ["apps/base"]},
    )
    assert clusters(found) == {
        "prod": ("/apps/base", "/apps/prod", "/infra"),
        "test": ("/infra",),
    }


def test_an_application_of_applications_is_no_cluster() -> None:
    found = of(
        argo("argo/root.yaml", "argo/apps", to="in-cluster"),
        argo("argo/apps/project.yaml", kind="AppProject"),
        argo("argo/apps/prod/a.yaml", "apps/prod", to="prod"),
        argo("argo/apps/test/a.yaml", "infra", to="test"),
        files=(*FILES, "argo/apps/kustomization.yaml"),
    )
    assert clusters(found) == {
        "prod": ("/apps/prod", "/argo/apps/prod"),
        "test": ("/argo/apps/test", "/infra"),
    }
    assert found.notes == []


def test_what_is_beside_applications_goes_to_a_cluster_only_if_nothing_else_is_there() -> None:
    objects = [
        argo("root.yaml", "all", to="hub"),
        argo("all/one.yaml", "all/apps", to="hub"),
        argo("all/two.yaml", "infra", to="edge"),
    ]
    files = (*FILES, "all/apps/a.yaml")
    assert clusters(of(*objects, files=files)) == {"edge": ("/infra",), "hub": ("/all",)}
    objects[1] = argo("all/one.yaml", "all/apps", to="edge")
    mixed = of(*objects, argo("c/prod/a.yaml", "infra", to="hub"), files=files)
    assert clusters(mixed) == {"edge": ("/all/apps", "/infra"), "hub": ("/c/prod", "/infra")}
    assert mixed.notes == [
        "all, which root.yaml deploys, is left out: what goes to other destinations is in it"
    ]
    assert why_not(of(*objects, files=files)) == (
        "what goes to several destinations cannot be told apart"
    )


def test_applications_without_a_destination_are_named() -> None:
    found = of(
        argo("c/prod.yaml", "apps/prod", to="prod"),
        argo("c/test.yaml", "infra", to="test"),
        argo("c/base.yaml", "apps/base"),
    )
    assert list(clusters(found)) == ["prod", "test"]
    assert found.notes == ["left out, because they name no destination: c/base.yaml"]


def test_application_sets_are_not_read() -> None:
    sets = [argo("c/set.yaml", kind="ApplicationSet"), argo("c/more.yaml", kind="ApplicationSet")]
    found = of(*sets)
    assert found.notes == ["2 ApplicationSets are not read: c/more.yaml, c/set.yaml"]
    assert why_not(found).startswith("there is no Flux Kustomization")
    found = of(sets[0], flux("c/prod/a.yaml"), flux("c/test/a.yaml"))
    assert list(clusters(found)) == ["prod", "test"]
    assert found.notes == ["1 ApplicationSet is not read: c/set.yaml"]


# --- what can be read in two ways ---------------------------------------------------------------


def test_applications_without_destinations_are_told_apart_by_their_folders() -> None:
    found = of(argo("c/prod/a.yaml", "apps/prod"), argo("c/test/a.yaml", "infra"))
    assert clusters(found) == {"prod": ("/c/prod", "/apps/prod"), "test": ("/c/test", "/infra")}


@pytest.mark.parametrize(
    ("deployments", "folders", "destinations"),
    [
        (
            [
                argo("c/prod/a.yaml", "apps/prod", to="in-cluster"),
                argo("c/test/a.yaml", "infra", to="in-cluster"),
            ],
            "c/prod, c/test",
            "in-cluster",
        ),
        (
            [flux("c/hub/a.yaml", "infra", destination="eu/x"), flux("c/hub/b.yaml", "c/hub")],
            "c/hub",
            "eu/x",
        ),
        (
            [flux("c/hub/a.yaml", "argo"), argo("argo/a.yaml", "infra", to="edge")],
            "c/hub",
            "edge",
        ),
    ],
)
def test_nothing_follows_where_two_readings_are_possible(
    deployments: list[Deployment], folders: str, destinations: str
) -> None:
    assert why_not(of(*deployments)) == (
        "two readings are possible: a cluster for each folder of objects that nothing deploys"
        f" ({folders}), or for each destination ({destinations})"
    )


@pytest.mark.parametrize("to", ["in-cluster", "prod"])
def test_one_destination_is_one_cluster(to: str) -> None:
    folder = "c" if to == "in-cluster" else "c/{}"
    every = [argo(f"{folder.format(path)}/{path}.yaml", path, to=to) for path in ("apps", "infra")]
    assert why_not(of(*every)) == f"what Applications deploy goes to one destination, {to}"


def test_flux_may_deploy_applications_into_its_own_cluster() -> None:
    found = of(
        flux("c/prod/a.yaml", "argo/prod"),
        flux("c/test/a.yaml", "argo/test"),
        argo("argo/prod/a.yaml", "apps/prod", to="in-cluster"),
        argo("argo/test/a.yaml", "infra", to="in-cluster"),
    )
    assert clusters(found) == {
        "prod": ("/c/prod", "/apps/prod", "/argo/prod"),
        "test": ("/c/test", "/argo/test", "/infra"),
    }

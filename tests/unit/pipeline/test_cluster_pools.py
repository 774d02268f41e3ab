"""Which clusters follow from folders that define a NodePool differently."""

from collections.abc import Mapping, Sequence

import pytest

from tests.unit.pipeline.repositories import known
from transformer.kubernetes.pools import Pool
from transformer.pipeline.cluster_pools import PoolAt, clusters_by_pools
from transformer.pipeline.cluster_suggestions import Suggestion


def of(built: Mapping[str, Sequence[str]] | None = None, **hosts: str) -> Suggestion:
    """Return what follows from pools `name`, each with the files that define it, `+` in front of
    those in which it is host-network.
    """
    pools = [
        PoolAt(file.lstrip("+"), Pool(name, file.startswith("+")))
        for name, files in hosts.items()
        for file in files.split()
    ]
    listed = (path for paths in (built or {}).values() for path in paths)
    return clusters_by_pools(pools, built or {}, known(*(one.file for one in pools), *listed))


def clusters(suggestion: Suggestion) -> dict[str, tuple[str, ...]]:
    assert not suggestion.reason
    return {one.name: one.paths for one in suggestion.clusters}


def test_a_cluster_is_the_outermost_folder_in_which_nothing_differs() -> None:
    assert clusters(of(p="+c/prod/a/b.yaml c/test/pools.yaml")) == {
        "prod": ("/c/prod",),
        "test": ("/c/test",),
    }
    assert clusters(of(p="+prod/a.yaml test/a.yaml")) == {"prod": ("/prod",), "test": ("/test",)}


def test_regions_are_no_clusters_if_pools_differ_within_them() -> None:
    found = of(p="+eu/prod/a.yaml eu/test/a.yaml +us/prod/a.yaml us/test/a.yaml")
    assert list(clusters(found)) == ["eu/prod", "eu/test", "us/prod", "us/test"]
    found = of(p="+eu/prod/a.yaml eu/test/a.yaml +us/a.yaml")
    assert list(clusters(found)) == ["prod", "test", "us"]


def test_what_a_kustomization_of_the_folder_lists_belongs_to_it() -> None:
    built = {"c/prod": ["apps/web"], "apps/web": ["apps/base"], "apps/other": ["apps/base"]}
    found = of(built, p="+c/prod/a.yaml c/test/a.yaml")
    assert clusters(found)["prod"] == ("/c/prod", "/apps/base", "/apps/web")


def test_folders_beside_them_with_pools_are_clusters_too() -> None:
    assert list(clusters(of(p="+c/prod/a.yaml c/test/a.yaml", q="c/dev/x/q.yaml"))) == [
        "dev",
        "prod",
        "test",
    ]
    assert list(clusters(of(p="+prod/a.yaml test/a.yaml", q="shared/q.yaml"))) == ["prod", "test"]


def test_pools_that_are_the_same_say_nothing() -> None:
    assert of(p="+c/prod/a.yaml +c/test/a.yaml", q="a.yaml") == Suggestion([], [])
    assert of() == Suggestion([], [])


def test_what_matters_to_the_pool_only_makes_no_difference() -> None:
    pools = [PoolAt("a/p.yaml", Pool("p", True)), PoolAt("b/p.yaml", Pool("p", True, node_count=3))]
    assert clusters_by_pools(pools, {}, ()) == Suggestion([], [])


@pytest.mark.parametrize(
    "files",
    [
        "+a/x.yaml a/y.yaml",
        "+a/x.yaml a/b/y.yaml",
        "+x.yaml a/y.yaml",
        "+a/x.yaml a/y.yaml b/z.yaml",
    ],
)
def test_folders_in_each_other_cannot_be_told_apart(files: str) -> None:
    names = ", ".join(file.lstrip("+") for file in files.split())
    reason = f"the NodePool p has different definitions in {names}"
    assert of(p=files) == Suggestion([], [], reason)

"""Where the paths that Flux and Argo CD deploy are in the repository."""

from tests.unit.pipeline.repositories import known
from transformer.pipeline.deployed_paths import located, unpacked
from transformer.pipeline.deployments import Copy, Deployment, Part

FILES = known("k8s/apps/prod/a.yaml", "k8s/infra/a.yaml", "c/prod/a.yaml")
GIT = "GitRepository here"


def of(*parts: tuple[str, str], file: str = "c/a.yaml") -> Deployment:
    return Deployment(
        file, "Kustomization", tuple(Part(f"./{to}", source, to) for to, source in parts)
    )


def test_only_paths_that_exist_are_kept() -> None:
    found = located([of(("c/prod", GIT), ("gone", GIT), (".", GIT), (".", "Bucket x"))], FILES)
    assert found.deployments[0].paths == ("c/prod", ".")
    assert [(part.written, file) for part, file in found.missing] == [("./gone", "c/a.yaml")]
    assert (found.total, found.shifts, found.elsewhere) == (2, {}, [])


def test_a_git_repository_of_which_nothing_exists_is_another_one() -> None:
    other = ("gone", "GitRepository other"), ("x", "https://host/other")
    found = located([of(("c/prod", GIT), *other)], FILES)
    assert (found.missing, found.total) == ([], 1)
    assert found.elsewhere == ["GitRepository other", "https://host/other"]
    alone = located([of(*other)], FILES)
    assert (len(alone.missing), alone.total, alone.elsewhere) == (2, 2, [])


def test_a_path_without_a_source_is_that_of_a_patch() -> None:
    found = located([of(("gone", ""), ("c/prod", ""))], FILES)
    assert (found.deployments[0].paths, found.missing, found.total) == (("c/prod",), [], 1)


def test_a_built_source_may_have_its_top_in_a_folder() -> None:
    found = located([of(("apps/prod", "Bucket b")), of(("infra", "Bucket b"))], FILES)
    assert [one.paths for one in found.deployments] == [("k8s/apps/prod",), ("k8s/infra",)]
    assert (found.missing, found.shifts) == ([], {"Bucket b": "k8s"})


def test_the_top_of_a_source_is_not_guessed() -> None:
    one_path = [of(("apps/prod", "Bucket b"))]
    of_git = [of(("apps/prod", GIT), ("infra", GIT))]
    partly = [of(("apps/prod", "Bucket b"), ("infra", "Bucket b"), ("gone", "Bucket b"))]
    for deployments in (one_path, of_git, partly):
        found = located(deployments, FILES)
        assert (found.shifts, len(found.missing)) == ({}, found.total)
    twice = {*FILES, "old/apps/prod", "old/infra"}
    assert located([of(("apps/prod", "Bucket b"), ("infra", "Bucket b"))], twice).shifts == {}


def test_paths_in_an_artifact_are_those_that_were_copied() -> None:
    source = "ExternalArtifact apps"
    copies = [
        Copy("c", source, ".", "k8s"),
        Copy("c", source, "production", "k8s/apps/prod"),
        Copy("c", source, "gone", "x"),
    ]
    parts = ("infra", source), ("production", source), (".", source), ("gone", source)
    (found,) = unpacked([of(*parts, ("infra", GIT))], copies, FILES)
    assert found.paths == ("k8s/infra", "k8s/apps/prod", "k8s", "gone", "infra")


def test_generators_of_the_same_folder_come_first() -> None:
    source = "ExternalArtifact apps"
    copies = [Copy("c", source, ".", "k8s/apps/prod"), Copy("d", source, ".", "k8s/infra")]
    every = [of((".", source), file=f"{folder}/a.yaml") for folder in "cde"]
    assert [one.paths for one in unpacked(every, copies, FILES)] == [
        ("k8s/apps/prod",),
        ("k8s/infra",),
        ("",),
    ]
    assert len(located(unpacked(every, copies, FILES), FILES).missing) == 1

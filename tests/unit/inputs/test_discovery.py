"""Which files PATHs stand for."""

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from transformer.errors import SettingsError
from transformer.inputs.discovery import (
    DiscoveredFile,
    DiscoveryOptions,
    Source,
    discover,
    is_taken,
    scope_of,
)
from transformer.pipeline.settings import Cluster


@pytest.fixture(autouse=True)
def _work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def touch(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(*paths: str, **globs: list[str]) -> list[str]:
    options: dict[str, Any] = globs
    chosen = {key: tuple(patterns) for key, patterns in options.items()}
    found = discover(paths, DiscoveryOptions(Path.cwd(), **chosen))
    return [source.name for source in found]


def test_a_named_file_is_taken_whatever_it_is_called() -> None:
    touch("a.txt", ".hidden/b")
    assert discover(["a.txt", ".hidden/b"], DiscoveryOptions(Path.cwd())) == [
        Source(Path("a.txt"), "a.txt", True, (), "a.txt"),
        Source(Path(".hidden/b"), ".hidden/b", True, (), ".hidden/b"),
    ]


def test_a_folder_gives_its_manifests_sorted_and_above_those_of_its_folders() -> None:
    touch("d/z.yaml", "d/b.yml", "d/a/x.json", "d/c.txt", "d/Kustomization", "d/yaml")
    assert names("d") == ["d/Kustomization", "d/b.yml", "d/z.yaml", "d/a/x.json"]
    assert not any(source.is_named for source in discover(["d"], DiscoveryOptions(Path.cwd())))


def test_a_search_leaves_out_what_is_hidden_and_what_is_no_manifest() -> None:
    touch("d/.x.yaml", "d/.git/x.yaml", "d/node_modules/x.yaml", "d/in/node_modules/y/x.yaml")
    os.mkfifo(Path("d") / "pipe.yaml")
    assert names("d") == []


def test_templates_are_left_out_beside_a_chart_only() -> None:
    touch("d/templates/x.yaml", "d/c/Chart.yaml", "d/c/templates/x.yaml", "d/c/in/templates/x.yaml")
    touch("d/c/charts/e/Chart.yaml", "d/c/charts/e/templates/x.yaml")
    assert names("d") == [
        "d/c/Chart.yaml",
        "d/c/charts/e/Chart.yaml",
        "d/c/in/templates/x.yaml",
        "d/templates/x.yaml",
    ]


def test_what_is_left_out_can_be_named() -> None:
    touch("d/node_modules/x.yaml", "c/Chart.yaml", "c/templates/x.yaml")
    assert names("d/node_modules", "c/templates") == ["d/node_modules/x.yaml", "c/templates/x.yaml"]


def test_each_file_comes_once_and_is_named_if_any_path_names_it() -> None:
    touch("d/a.yaml", "d/b.yaml")
    Path("link").symlink_to("d")
    Path("c.yaml").symlink_to("d/b.yaml")
    found = discover(["./d", "d/a.yaml", "link", "c.yaml", "d/../d"], DiscoveryOptions(Path.cwd()))
    assert found == [
        Source(Path("d/a.yaml"), "d/a.yaml", True, (), "d/a.yaml"),
        Source(Path("c.yaml"), "c.yaml", True, (), "c.yaml"),
    ]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a.yaml"], "a.yaml"),
        (["."], "d/b.yaml"),
        ([".", "a.yaml"], "a.yaml"),
        (["a.yaml", "."], "a.yaml"),
        (["d/b.yaml", "a.yaml"], "d/b.yaml"),
        ([".", "e.yaml", "d/b.yaml"], "e.yaml"),
        (["link"], "link/b.yaml"),
        (["link", "."], "link/b.yaml"),
        (["link", "link/b.yaml", "d"], "link/b.yaml"),
    ],
)
def test_a_file_has_the_name_that_was_asked_for_or_else_its_own(
    paths: list[str], expected: str
) -> None:
    touch("d/b.yaml")
    Path("link").symlink_to("d")
    for name in ("a.yaml", "e.yaml"):
        Path(name).symlink_to("d/b.yaml")
    (found,) = discover(paths, DiscoveryOptions(Path.cwd()))
    assert (found.name, found.is_named) == (expected, expected in paths)


def test_a_link_to_nowhere_in_a_folder_is_kept_so_that_reading_it_tells() -> None:
    touch("d/a.yaml")
    Path("d/b.yaml").symlink_to("nowhere")
    assert names("d") == ["d/a.yaml", "d/b.yaml"]


@pytest.mark.parametrize("path", ["nowhere", "a.yaml/b", "", "link"])
def test_a_path_that_does_not_exist_is_an_error_with_a_hint(path: str) -> None:
    touch("a.yaml")
    Path("link").symlink_to("nowhere")
    with pytest.raises(SettingsError) as caught:
        names("a.yaml", path)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ([], [], ["a.yaml", "in/b.yaml", "in/deep/c.yaml"]),
        (["in"], [], ["in/b.yaml", "in/deep/c.yaml"]),
        (["in/"], ["in/deep"], ["in/b.yaml"]),
        (["**/c.yaml"], [], ["in/deep/c.yaml"]),
        (["**/a.yaml"], [], ["a.yaml"]),
        (["./a.yaml"], [], ["a.yaml"]),
        ([], ["**/deep/**", "a.*"], ["in/b.yaml"]),
        (["*.yaml"], ["*"], []),
    ],
)
def test_globs_choose_files_or_folders_above_them(
    include: list[str], exclude: list[str], expected: list[str]
) -> None:
    touch("a.yaml", "in/b.yaml", "in/deep/c.yaml")
    assert names(".", include=include, exclude=exclude) == expected


def test_globs_are_relative_to_the_root_and_do_not_concern_named_files(tmp_path: Path) -> None:
    touch("in/a.yaml", "b.yaml")
    found = discover([str(tmp_path)], DiscoveryOptions(tmp_path / "in", exclude=("a.yaml",)))
    assert [source.path.name for source in found] == ["b.yaml"]
    assert names("in/a.yaml", exclude=["in"]) == ["in/a.yaml"]


def test_scopes_are_folders_that_a_glob_names() -> None:
    touch("clusters/a/in/x.yaml", "clusters/x.yaml", "x.yaml")
    found = discover(["."], DiscoveryOptions(Path.cwd(), scopes=("clusters/*",)))
    assert {source.name: source.clusters for source in found} == {
        "clusters/a/in/x.yaml": ("clusters/a",),
        "clusters/x.yaml": (),
        "x.yaml": (),
    }


CLUSTERS = (Cluster("prod", ("prod/", "base/")), Cluster("test", ("test/", "base/", "!base/x")))


def test_a_file_may_belong_to_several_clusters() -> None:
    touch("prod/a.yaml", "test/a.yaml", "base/a.yaml", "base/x/a.yaml", "other/a.yaml")
    options = DiscoveryOptions(Path.cwd(), clusters=CLUSTERS, scopes=("other", "test"))
    assert {source.name: source.clusters for source in discover(["."], options)} == {
        "prod/a.yaml": ("prod",),
        "test/a.yaml": ("test",),
        "base/a.yaml": ("prod", "test"),
        "base/x/a.yaml": ("prod", "test"),
        "other/a.yaml": ("other",),
    }


def test_a_link_is_read_only_in_clusters_that_do_not_have_its_file() -> None:
    touch("base/a.yaml", "prod/b.yaml", "other/c.yaml")
    for link in ("prod/a.yaml", "more/a.yaml"):
        Path(link).parent.mkdir(exist_ok=True)
        Path(link).symlink_to("../base/a.yaml")
    options = DiscoveryOptions(Path.cwd(), clusters=CLUSTERS, scopes=("more",))
    assert {source.name: source.clusters for source in discover(["."], options)} == {
        "base/a.yaml": ("prod", "test"),
        "prod/b.yaml": ("prod",),
        "other/c.yaml": (),
        "more/a.yaml": ("more",),
    }


def test_of_chosen_clusters_and_of_none_files_are_read() -> None:
    touch("prod/a.yaml", "test/a.yaml", "base/a.yaml", "other/a.yaml")
    options = DiscoveryOptions(Path.cwd(), clusters=CLUSTERS, only=("test",))
    assert {source.name: source.clusters for source in discover(["."], options)} == {
        "test/a.yaml": ("test",),
        "base/a.yaml": ("test",),
        "other/a.yaml": (),
    }


def elsewhere(name: str) -> Iterator[DiscoveredFile]:
    """Find the file `x.yaml` at each PATH but `nowhere`."""
    if name != "nowhere":
        yield DiscoveredFile(
            Path(name, "x.yaml"), name == "named", "one", lambda: BytesIO(b"there")
        )


def test_files_may_be_looked_for_elsewhere_than_on_the_disk() -> None:
    touch("a/x.yaml")
    paths = ["nowhere", "a", "named", "s/in"]
    found = discover(
        paths, DiscoveryOptions(Path.cwd(), exclude=("b",), scopes=("s",)), look=elsewhere
    )
    assert [source._replace(opener=None) for source in found] == [
        Source(Path("named/x.yaml"), "named/x.yaml", True, (), "named/x.yaml"),
        Source(Path("s/in/x.yaml"), "s/in/x.yaml", False, ("s",), "s/in/x.yaml"),
    ]
    with found[0].open() as file:
        assert file.read() == b"there"
    assert discover(["b"], DiscoveryOptions(Path.cwd(), exclude=("b",)), look=elsewhere) == []


def test_an_empty_path_is_an_error_wherever_files_are_looked_for() -> None:
    with pytest.raises(SettingsError, match="empty"):
        discover([""], DiscoveryOptions(Path.cwd()), look=elsewhere)


@pytest.mark.parametrize(
    ("file", "scope"),
    [
        ("a/b/c/x.yaml", "a/b"),
        ("a/x.yaml", ""),
        ("prod/x.yaml", "prod"),
        ("prod/a/b/x.yaml", "prod"),
        ("other/a/b/x.yaml", ""),
    ],
)
def test_the_outermost_folder_that_fits_is_the_scope(file: str, scope: str) -> None:
    assert scope_of(file, ("./a/*/", "prod", "prod/a")) == scope


def test_folders_said_many_times_are_said_once() -> None:
    assert is_taken("a/b.yaml", ("**/" * 5000 + "b.yaml",), ())
    assert not is_taken("a/b.yaml", ("**/" * 5000 + "c.yaml",), ())

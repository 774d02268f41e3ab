"""Where clusters begin."""

from transformer.pipeline.cluster_starts import Start, chosen, covers, left_over, linked, spread

LINKS = linked(
    [("a/x.yaml", ["b", "gone"]), ("b/c/y.yaml", ["a", "d/z.yaml"])], {"a", "b", "d/z.yaml"}
)


def test_what_is_in_a_folder_leads_on_and_a_circle_ends() -> None:
    assert spread(["a"], LINKS) == {"a", "b", "d/z.yaml"}
    assert spread(["b/c"], LINKS) == {"a", "b", "b/c", "d/z.yaml"}
    assert spread(["d"], LINKS) == {"d"}


def test_paths_cover_what_is_in_them() -> None:
    assert covers(["a"], "a/b/c")
    assert not covers(["a"], "ab")
    assert covers(["."], "a")


def start(folder: str, *, is_own: bool = False, is_shared: bool = False) -> Start:
    return Start(folder, (f"{folder}/a.yaml",), frozenset({folder}), is_own, is_shared)


def test_starts_that_deploy_themselves_come_before_folders() -> None:
    own, other = start("a", is_own=True), start("b")
    assert chosen([own, other]) == [own]
    assert list(left_over([own, other], [own])) == ["b/a.yaml"]


def test_of_other_starts_those_count_that_share_nothing() -> None:
    every = [start("a"), start("a/b"), start("c"), start("d", is_shared=True)]
    assert [one.folder for one in chosen(every)] == ["a", "c"]

"""Which kustomizations build a file: directly, through others, in circles."""

from transformer.pipeline.kustomization_graph import Kustomization, KustomizationGraph, listed
from transformer.rules.context import NOT_LISTED, KustomizationUsage


def test_a_file_is_built_by_what_lists_it_and_by_what_lists_that() -> None:
    base = Kustomization("/base", ("/base/a.yaml",))
    north = Kustomization("/north", ("/base", "/north/b.yaml"), moves=True)
    south = Kustomization("/south", ("/base", "/south/c.yaml"), renames=True)
    all_of = KustomizationGraph([base, north, south])
    assert all_of.of("/base/a.yaml") == KustomizationUsage((1, 2), moves=True, renames=True)
    assert all_of.of("/north/b.yaml") == KustomizationUsage((1,), moves=True)
    assert all_of.of("/south/c.yaml") == KustomizationUsage((2,), renames=True)


def test_what_one_outermost_kustomization_builds_meets() -> None:
    all_of = KustomizationGraph(
        [
            Kustomization("/a", ("/a/x",)),
            Kustomization("/b", ("/b/x",)),
            Kustomization("/", ("/a", "/b")),
            Kustomization("/c", ("/b",)),
        ]
    )
    assert all_of.of("/a/x").roots == (2,)
    assert all_of.of("/b/x").roots == (2, 3)


def test_a_file_that_is_not_listed_is_left_out_if_a_kustomization_stands_beside_it() -> None:
    all_of = KustomizationGraph([Kustomization("/a", ("/b/x",))])
    assert all_of.of("/a/y") == KustomizationUsage(is_left_out=True)
    assert all_of.of("/b/y") == NOT_LISTED
    assert all_of.of("/a/b/y") == NOT_LISTED
    assert KustomizationGraph().of("/a/y") == NOT_LISTED


def test_a_circle_has_no_outermost_and_ends() -> None:
    circle = [Kustomization("/a", ("/b", "/a/x")), Kustomization("/b", ("/a",), moves=True)]
    assert KustomizationGraph(circle).of("/a/x") == KustomizationUsage((0, 1), moves=True)


def test_entries_are_texts_that_can_be_paths() -> None:
    value = {
        "resources": ["a", 5, "kind: x\n", {"b": 1}, "b\0"],
        "bases": "c",
        "components": ["d"],
        "patches": ["e"],
    }
    assert list(listed(value)) == ["a", "d"]

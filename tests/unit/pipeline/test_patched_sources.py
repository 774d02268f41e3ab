"""What becomes of objects: through layers of kustomizations, components, and in circles."""

from collections.abc import Mapping
from time import process_time
from typing import Any

from transformer.findings import ObjectRef
from transformer.kubernetes.objects import Manifest, manifests
from transformer.pipeline.kustomization_graph import Kustomization
from transformer.pipeline.kustomize_layers import Layer, Patch, Target, patch_of
from transformer.pipeline.patched_sources import PatchedSources
from transformer.rules.context import AS_IT_IS, PatchedSource

EVERYTHING = Target()


def manifest(name: str = "web", kind: str = "Deployment", **metadata: Any) -> Manifest:
    value = {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name, **metadata}}
    return next(manifests(value))


def patched(tree: Mapping[str, tuple[tuple[str, ...], Layer]]) -> PatchedSources:
    """Return the patched of kustomizations: by folder, what each lists and what it does."""
    kustomizations = [Kustomization(folder, entries) for folder, (entries, _) in tree.items()]
    return PatchedSources(kustomizations, [layer for _, layer in tree.values()])


def patch(file: str, target: Target | None = EVERYTHING, **more: Any) -> Patch:
    return Patch(file, target, **more)


def test_an_object_gets_the_patches_of_all_that_build_it() -> None:
    found = patched(
        {
            "/base": (("/base/a",), Layer(prefix="pre-")),
            "/north": (("/base",), Layer((patch("n", Target(name="pre-.*")),))),
            "/south": (("/base",), Layer((patch("s", Target(name="web")),))),
            "/other": (("/other/a",), Layer((patch("o"),))),
        }
    )
    assert found.of([0], manifest()).patches == ("n", "s")
    assert found.of([0], manifest("api")).patches == ("n",)
    assert found.of([3], manifest()).patches == ("o",)


def test_a_name_in_between_is_known_to_patches_without_a_target_only() -> None:
    by_name = Patch("by-name", objects=(ObjectRef("apps", "v1", "Deployment", "", "pre-web"),))
    found = patched(
        {
            "/base": (("/base/a",), Layer(prefix="pre-", suffix="-end")),
            "/top": (("/base",), Layer((by_name, patch("by-target", Target(name="pre-web"))))),
        }
    )
    assert found.of([0], manifest()).patches == ("by-name",)


def test_a_component_patches_what_lists_it_and_is_patched_by_what_comes_after_it() -> None:
    first, second = Layer((patch("first"),)), Layer((patch("second"),))
    found = patched(
        {
            "/top": (("/top/a", "/c", "/d"), Layer((patch("top"),), components=("/c", "/d"))),
            "/c": (("/c/a",), first),
            "/d": (("/d/a",), second),
        }
    )
    assert found.of([0], manifest()).patches == ("first", "second", "top")
    assert found.of([1], manifest()).patches == ("first", "second", "top")
    assert found.of([2], manifest()).patches == ("second", "top")


def test_late_patches_see_the_namespace_and_the_labels() -> None:
    target = Target(namespace="shop", labels="tier=front", annotations="!a")
    layer = Layer((patch("early", target),), "shop", labels=(("tier", "front"),))
    found = patched({"/": (("/a",), layer)})
    assert found.of([0], manifest()).patches == ()
    late = Layer((), "shop", labels=(("tier", "front"),), late_patches=(patch("late", target),))
    found = patched({"/": (("/a",), late)})
    assert found.of([0], manifest()).patches == ("late",)
    assert found.of([0], manifest(annotations={"a": "b"})).patches == ()
    assert found.of([0], manifest(kind="Node")) == AS_IT_IS


def test_a_patch_can_set_labels_for_those_after_it() -> None:
    patches = (
        patch("sets", labels=(("new", "yes"), ("old", None))),
        patch("new", Target(labels="new=yes")),
        patch("old", Target(labels="old")),
    )
    found = patched({"/": (("/a",), Layer(patches))})
    assert found.of([0], manifest(labels={"old": "x"})).patches == ("sets", "new")
    merge = {"kind": "Deployment", "metadata": {"labels": None, "annotations": None}}
    cleared = patch_of("clears", EVERYTHING, [merge])
    assert cleared is not None
    found = patched({"/": (("/a",), Layer((cleared, *patches[1:])))})
    assert found.of([0], manifest(labels={"old": "x"})).patches == ("clears",)


def test_nothing_patches_an_object_that_is_deleted() -> None:
    layer = Layer((patch("gone", Target(name="web"), deletes=True), patch("late")))
    found = patched({"/": (("/a",), layer)})
    assert found.of([0], manifest()).patches == ("gone",)
    assert found.of([0], manifest("api")).patches == ("late",)


def test_our_own_transformer_counts_if_it_is_in_each_build() -> None:
    own = Layer(handled=frozenset({"HN406"}))
    tree = {"/base": (("/base/a",), Layer()), "/north": (("/base",), own)}
    assert patched(tree).of([0], manifest()) == PatchedSource((), frozenset({"HN406"}))
    assert patched({**tree, "/south": (("/base",), Layer())}).of([0], manifest()) == AS_IT_IS
    assert patched({**tree, "/other": (("/other/a",), Layer())}).of([2], manifest()) == AS_IT_IS


def test_circles_and_missing_folders_come_to_an_end() -> None:
    circle = {
        "/a": (("/b", "/a/x"), Layer((patch("p"),), prefix="a-", components=("/c", "/gone"))),
        "/b": (("/a",), Layer(prefix="b-")),
        "/c": (("/c",), Layer((patch("c"),), components=("/c",))),
    }
    assert patched(circle).of([0], manifest()).patches == ("c", "p")


def test_many_ways_to_the_top_do_not_take_for_ever() -> None:
    tree: dict[str, tuple[tuple[str, ...], Layer]] = {"/0": (("/0/a",), Layer())}
    for level in range(1, 40):
        below = tuple(folder for folder in tree if folder.startswith(f"/{level - 1}"))
        tree[f"/{level}l"] = (below, Layer(prefix="l"))
        tree[f"/{level}r"] = (below, Layer(prefix="r"))
    tree["/top"] = (tuple(tree), Layer((patch("p"),)))
    before = process_time()
    assert patched(tree).of([0], manifest()).patches == ("p",)
    assert process_time() - before < 5


def test_without_a_change_there_is_nothing_to_do() -> None:
    plain = {"/a": (("/a/x",), Layer()), "/b": (("/a",), Layer(labels=(("a", "b"),)))}
    assert not patched(plain)
    assert patched({**plain, "/c": (("/b",), Layer((patch("p"),)))})


def test_what_an_object_is_called_in_the_end() -> None:
    found = patched(
        {
            "/base": (("/base/a",), Layer()),
            "/north": (("/base",), Layer(namespace="north")),
            "/south": (("/base",), Layer(prefix="s-")),
        }
    )
    assert found.of([0], manifest()) == PatchedSource(namespaces=("north", ""), is_renamed=True)
    assert found.of([0], manifest(namespace="own")).namespaces == ("north", "own")
    assert found.of([1], manifest(namespace="north")) == AS_IT_IS
    pool = {"apiVersion": "apps.openyurt.io/v1beta2", "kind": "NodePool", "metadata": {"name": "a"}}
    assert found.of([1], next(manifests(pool))) == AS_IT_IS
    homeless = patched({"/": (("/a",), Layer(for_homeless="shop"))})
    assert homeless.of([0], manifest()).namespaces == ("shop",)
    assert homeless.of([0], manifest(namespace="own")) == AS_IT_IS
    assert homeless.of([0], manifest(kind="Node")) == AS_IT_IS
    gone = patched({"/": (("/a",), Layer((patch("p", deletes=True),), namespace="n"))})
    assert gone.of([0], manifest()) == PatchedSource(("p",))


def test_what_is_deployed_is_built_by_the_deployment_only() -> None:
    base = Layer((patch("base"),), namespace="own", prefix="pre-")
    top = Layer((patch("ks", Target(name="web")), patch("no", Target(name="pre-web"))), "moved")
    kustomizations = [
        Kustomization("/a", ("/a/x",)),
        Kustomization("\0ks", ("/a/x",)),
        Kustomization("/above", ("/b",)),
        Kustomization("/b", ("/b/x",)),
    ]
    layers = [base, base.with_deployment(top), Layer(namespace="above"), Layer()]
    found = PatchedSources(kustomizations, layers, [0, 3], ["ks"])
    assert found.listed_by("/a/x") == [0, 1]
    assert found.listed_by("/a/y") == ()
    assert found.of([0, 1], manifest()) == PatchedSource(
        ("base", "ks"), namespaces=("moved",), is_renamed=True, not_built=("ks",)
    )
    assert found.of([3], manifest()).namespaces == ("above",)


def test_what_a_patch_holds() -> None:
    merge = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "s", "labels": {"a": "b", "c": None, "d": 5}},
        "$patch": "delete",
    }
    ref = ObjectRef("", "v1", "Service", "", "s")
    assert patch_of("f", None, [merge]) == Patch(
        "f", None, (ref,), (("a", "b"), ("c", None)), deletes=True
    )
    assert patch_of("f", None, [merge, merge]) == Patch("f", None, (ref, ref))
    steps = [
        {"op": "add", "path": "/metadata/labels/a~1b", "value": "x"},
        {"op": "remove", "path": "/metadata/annotations/y"},
        {"op": "replace", "path": "/metadata/annotations", "value": {"z": "1"}},
        {"op": "test", "path": "/metadata/labels/q", "value": "x"},
        {"op": "add", "path": "/spec"},
        5,
    ]
    labels, annotations, clears = (("a/b", "x"),), (("z", "1"),), frozenset({"annotations"})
    assert patch_of("f", EVERYTHING, [steps]) == Patch(
        "f", EVERYTHING, (), labels, annotations, clears, decides=True
    )
    assert patch_of("f", None, [steps]) is None
    assert patch_of("f", None, []) == Patch("f", decides=True)
    assert patch_of("f", None, [5]) is None

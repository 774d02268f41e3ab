"""The catalog of cluster-network components: workloads that must stay off host-network nodes.

The entries are data (`components.json`, with the schema `schemas/components.schema.json`). This
module decides whether a workload is one of them. Kind and name must match the entry, and so must at
least one more sign, because names alone are not reserved:

- If the name is as upstream writes it, or followed by architectures and operating systems
  (`kube-flannel-ds-arm64`), one namespace, label or image repository must match.
- If the name is inside a longer one, between dashes (`rke2-coredns-rke2-coredns`), a label and an
  image repository must match. The namespace does not count, because kube-system contains many
  other workloads.

Some names are generic: any workload can be called `galaxy` or `csi-node-driver`, and be labelled
so. With such a name, a label or image that only repeats the name, or a part of it, is not a sign.

Names and namespaces before a kustomize prefix, suffix or namespace count like current ones. A
component whose guard is `pod-network` is not recognised if its pods have hostNetwork.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Literal, NamedTuple

from transformer.errors import SettingsError

Guard = Literal["always", "pod-network"]

_ARCHITECTURES = frozenset(
    ("386", "amd64", "arm", "armv7", "arm64", "aarch64", "ppc64le", "s390x", "riscv64", "loong64")
)
_PLATFORMS = _ARCHITECTURES | {"linux", "windows"}


class Component(NamedTuple):
    """One entry. `labels` are pairs of key and value, each of which is a sign.

    `images` are repositories without tag: with a slash, the end of a path; without one, the last
    segment of a path, whole or after a dash. `generic` are those of its names that are common
    words. `charts` are Helm charts that render it; of `istio/cni`, `istio` must be in the origin of
    the chart. (The family and role of an entry are for people.)
    """

    id: str
    kinds: tuple[str, ...]
    names: tuple[str, ...]
    namespaces: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    images: tuple[str, ...] = ()
    guard: Guard = "always"
    generic: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()


class Workload(NamedTuple):
    """The owner of a pod template.

    `names` and `namespaces` begin with the current one; those before kustomize's changes follow.
    `labels` are those of the workload and of its pods, `images` those of all its containers, as
    written.
    """

    kind: str
    names: tuple[str, ...]
    namespaces: tuple[str, ...]
    labels: frozenset[tuple[str, str]]
    images: tuple[str, ...]
    host_network: bool


class Catalog(NamedTuple):
    """The entries, with three indexes of them.

    `by_name`: entries by kind and name. `by_segment`, by kind and first dash-separated segment of a
    name: the name between dashes, and its entry. `by_chart`, by name of a chart: what must be in
    its origin, and its entry.
    """

    components: tuple[Component, ...]
    by_name: Mapping[tuple[str, str], Sequence[Component]]
    by_segment: Mapping[tuple[str, str], Sequence[tuple[str, Component]]]
    by_chart: Mapping[str, Sequence[tuple[str, Component]]]


def catalog_of(components: Iterable[Component]) -> Catalog:
    """Return the catalog with `components`."""
    entries = tuple(components)
    by_name: dict[tuple[str, str], list[Component]] = {}
    by_segment: dict[tuple[str, str], list[tuple[str, Component]]] = {}
    by_chart: dict[str, list[tuple[str, Component]]] = {}
    for component in entries:
        for chart in component.charts:
            origin, _, last = chart.rpartition("/")
            by_chart.setdefault(last, []).append((origin, component))
        for kind, name in product(component.kinds, component.names):
            by_name.setdefault((kind, name), []).append(component)
            segment = (kind, name.partition("-")[0])
            by_segment.setdefault(segment, []).append((f"-{name}-", component))
    return Catalog(entries, by_name, by_segment, by_chart)


def recognise(catalog: Catalog, workload: Workload) -> Component | None:
    """Return the component that `workload` is and that needs a guard, or None."""
    found = next(_upstream_named(catalog, workload), None)
    if found is None:
        longest = max(_longer_named(catalog, workload), key=lambda match: match[0], default=None)
        found = longest[1] if longest else None
    if found is None or (found.guard == "pod-network" and workload.host_network):
        return None
    return found


def tokens(catalog: Catalog) -> tuple[str, ...]:
    """Return the fewest strings of which each recognised workload has one in a name."""
    kept: list[str] = []
    names = {name for component in catalog.components for name in component.names}
    for name in sorted(names, key=lambda name: (len(name), name)):
        if not any(token in name for token in kept):
            kept.append(name)
    return tuple(sorted(kept))


def parse(data: Mapping[str, Any]) -> Catalog:
    """Return the catalog that the decoded JSON of `components.json` contains.

    The data is not checked here: a test compares the shipped file with its schema.
    """
    return catalog_of(map(_component, data["components"]))


def revise(catalog: Catalog, changes: Sequence[Mapping[str, Any]]) -> Catalog:
    """Return `catalog` after the user's `changes`, in their order (`spec.components`).

    A change is a whole entry, which replaces the one with its id or is new, or an id with
    `enabled: false`. New entries are tried before the others. `pipeline.settings.check` has
    compared the changes with the schema.

    Raises:
        SettingsError: a change switches off an id that no entry has.
    """
    if not changes:
        return catalog
    kept = {component.id: component for component in catalog.components}
    added: dict[str, Component] = {}
    for change in changes:
        name = change["id"]
        if change.get("enabled", True):
            (kept if name in kept else added)[name] = _component(change)
        elif kept.pop(name, None) is None and added.pop(name, None) is None:
            raise SettingsError(
                f"no component has the id {name}, so it cannot be switched off",
                hint=_near(name, [*added, *kept]),
            )
    return catalog_of((*added.values(), *kept.values()))


def _upstream_named(catalog: Catalog, workload: Workload) -> Iterator[Component]:
    """Yield the entries with one of the workload's names and a namespace, label or image."""
    for name in workload.names:
        for spelling in dict.fromkeys((name, _any_platform(name))):
            for component in catalog.by_name.get((workload.kind, spelling), ()):
                word = spelling if spelling in component.generic else ""
                if (
                    any(namespace in component.namespaces for namespace in workload.namespaces)
                    or _has_label(component, workload, word)
                    or _has_image(component, workload, word)
                ):
                    yield component


def _longer_named(catalog: Catalog, workload: Workload) -> Iterator[tuple[int, Component]]:
    """Yield the entries whose name is inside one of the workload's, with a label and an image.

    The length of the entry's name precedes each entry.
    """
    for name in workload.names:
        dashed = f"-{name}-"
        for segment in set(name.split("-")):
            for inner, component in catalog.by_segment.get((workload.kind, segment), ()):
                word = inner.strip("-") if inner.strip("-") in component.generic else ""
                if (
                    inner in dashed
                    and _has_label(component, workload)
                    and _has_image(component, workload, word)
                ):
                    yield len(inner), component


def _has_label(component: Component, workload: Workload, word: str = "") -> bool:
    """Whether `workload` has a label of the entry that does not just repeat the generic `word`."""
    return any(pair in workload.labels and not _repeats(pair[1], word) for pair in component.labels)


def _has_image(component: Component, workload: Workload, word: str) -> bool:
    """Whether `workload` has an image of the entry that does not just repeat the generic `word`."""
    repositories = [_repository(image) for image in workload.images]
    repositories += [_any_platform(repository) for repository in repositories]
    return any(_is_of(entry, path, word) for path in repositories for entry in component.images)


def _repeats(text: str, word: str) -> bool:
    """Whether `text` is the generic `word`, or a part of it between dashes."""
    return f"-{text}-" in f"-{word}-"


def _repository(image: str) -> str:
    """Return `image` without tag and digest, but with the registry."""
    folder, slash, last = image.partition("@")[0].rpartition("/")
    return folder + slash + last.partition(":")[0]


def _any_platform(name: str) -> str:
    """Return `name` without the architectures and operating systems at its end."""
    start, _, last = name.rpartition("-")
    while start and last in _PLATFORMS:
        name = start
        start, _, last = name.rpartition("-")
    return name


def _is_of(entry: str, repository: str, word: str) -> bool:
    """Whether `repository` is the one that `entry` names, or a mirror of it.

    If the entry only repeats the generic `word`, its whole path must match.
    """
    flat = entry.replace("/", "-")
    if not _repeats(flat, word):
        last = repository.rpartition("/")[2]
        return f"/{repository}".endswith(f"/{entry}") or f"-{last}".endswith(f"-{flat}")
    return "/" in entry and f"/{repository}".endswith(f"/{entry}")


def _component(entry: Mapping[str, Any]) -> Component:
    """Return the entry that a mapping of the schema's form describes."""
    return Component(
        id=entry["id"],
        kinds=tuple(entry["kinds"]),
        names=tuple(entry["names"]),
        namespaces=tuple(entry.get("namespaces", ())),
        labels=tuple(
            (k, value) for k, values in entry.get("labels", {}).items() for value in values
        ),
        images=tuple(entry.get("images", ())),
        guard=entry.get("guard", "always"),
        generic=tuple(entry.get("generic", ())),
        charts=tuple(entry.get("charts", ())),
    )


def _near(word: str, words: Sequence[str]) -> str:
    """Return a hint that names the words most like `word`, or all of them."""
    from difflib import get_close_matches  # rarely needed

    near = get_close_matches(word, words, n=3, cutoff=0.5)
    near += [other for other in words if word in other and other not in near]
    return f"did you mean {' or '.join(near[:3])}" if near else f"known: {', '.join(words)}"

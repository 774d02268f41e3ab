"""What was not looked into, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from shlex import quote

from transformer.findings import Unseen, UnseenKind
from transformer.report.formatting import clean

_NOUNS: Mapping[UnseenKind, tuple[str, str]] = {
    "kustomization": ("kustomization", "kustomizations"),
    "Flux Kustomization": ("Flux Kustomization", "Flux Kustomizations"),
    "HelmRelease": ("HelmRelease", "HelmReleases"),
    "Application": ("Argo CD Application", "Argo CD Applications"),
    "ApplicationSet": ("Argo CD ApplicationSet", "Argo CD ApplicationSets"),
    "chart": ("chart", "charts"),
    "templates": ("folder of chart templates", "folders of chart templates"),
    "remote": ("remote base", "remote bases"),
    "patched": ("patched pool or node (see --build)", "patched pools and nodes (see --build)"),
    "deployed": (
        "object patched by Flux or Argo CD (not applied)",
        "objects patched by Flux or Argo CD (not applied)",
    ),
    "text": ("text with manifests", "texts with manifests"),
    "pod template": (
        "object with a pod template of an unknown kind",
        "objects with pod templates of unknown kinds",
    ),
    "encrypted": ("encrypted document", "encrypted documents"),
    "unread": ("document that cannot be read", "documents that cannot be read"),
    "unread (old)": (
        "document of the old state that cannot be read",
        "documents of the old state that cannot be read",
    ),
    "static pods": ("object with static pods", "objects with static pods"),
    "controlled": (
        "object of a controller (not in the input)",
        "objects of controllers (not in the input)",
    ),
    "no pool": ("workload that selects no pool", "workloads that select no pool"),
}


def noun(what: UnseenKind) -> str:
    """Return what something is that was not looked into, such as `chart`."""
    return _NOUNS[what][0].split(" (")[0]


def counts(unseen: Sequence[Unseen]) -> str:
    """Return what was not looked into, as in `2 charts, 1 remote base`."""
    totals = Counter(one.what for one in unseen)
    groups = Counter(one.group for one in unseen if one.what == "kustomization")
    folders = [one.name for one in unseen if one.what == "templates"]
    hidden = [f"{one.name}, {one.file}:{one.line}" for one in unseen if one.what == "pod template"]
    words: dict[UnseenKind, str] = {
        "kustomization": _not_built(groups),
        "templates": _some(folders, ", "),
        "pod template": _some(hidden, "; "),
    }
    return ", ".join(
        f"{number} {_NOUNS[what][number > 1]}" + (f" ({words[what]})" if what in words else "")
        for what, number in totals.items()
    )


def kinds(unseen: Sequence[Unseen]) -> str:
    """Return how much of each kind was not looked into, and no more about it."""
    totals = Counter(one.what for one in unseen)
    return ", ".join(
        f"{number} {_NOUNS[what][number > 1].split(' (')[0]}" for what, number in totals.items()
    )


_MOST_NAMES = 3


def _some(names: Sequence[str], separator: str) -> str:
    shown, more = separator.join(map(clean, names[:_MOST_NAMES])), len(names) - _MOST_NAMES
    return f"{shown} and {more} more" if more > 0 else shown


def helps(unseen: Sequence[Unseen], command: str) -> Iterator[str]:
    """Yield how `command` can look into what people can hand to it in another form."""
    folder = next((one.name for one in unseen if one.what == "templates"), "")
    if folder:
        chart = clean(quote(folder.rpartition("/")[0] or "."))
        yield f"help: `helm template {chart} | hostnet-transform {command}` looks into a chart"
    if any(one.what == "pod template" for one in unseen):
        where = "`podTemplates` in the configuration"
        yield f"help: a row under {where} says where a kind has its pod templates"


def can_build(unseen: Iterable[Unseen]) -> bool:
    """Whether there are kustomizations that only --build is missing for."""
    groups = {one.group for one in unseen if one.what == "kustomization"}
    return groups == {""}


def _not_built(groups: Mapping[str, int]) -> str:
    """Return why kustomizations are not built; `groups` has the number of those in each."""
    if not any(groups):
        return f"not built; --build builds {'it' if groups[''] == 1 else 'them'}"
    order = sorted(groups, key=lambda group: (not group, group.startswith("used"), group))
    return "not built: " + ", ".join(f"{groups[group]} {group or 'other'}" for group in order)


def names(unseen: Sequence[Unseen]) -> Iterator[str]:
    """Yield a line for each: the place, what it is, and why it was not looked into."""
    for one in unseen:
        kind = one.what.rpartition(" ")[2]
        words = [] if one.name.startswith(f"{kind}/") else [noun(one.what)]
        words += [] if one.name == one.file else [one.name]
        yield clean(f"{one.file}:{one.line} {' '.join(words)}: {one.why}")

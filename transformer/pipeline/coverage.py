"""What a run has not looked into: kustomizations, charts, remote bases, text, encrypted documents.

Silence about these must not look like safety, so they are counted, whatever rules are on.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, get_args

from transformer import pointer
from transformer.findings import Finding, Place, Unseen, UnseenKind, Violation, finding_at
from transformer.kubernetes.charts import charts_of, is_release
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.pipeline.kustomization_graph import LISTS
from transformer.regexes import regex
from transformer.rules.base import RuleContext
from transformer.rules.workloads import hn425_manifest_inside

_ORDER: tuple[UnseenKind, ...] = get_args(UnseenKind)
_OWN_KINDS: dict[str, UnseenKind] = {
    "HelmRelease": "HelmRelease",
    "Application": "Application",
    "ApplicationSet": "ApplicationSet",
}
"""Kinds that are counted by their own names; others that name a chart are charts."""

_KUSTOMIZE = "kustomize.config.k8s.io"
_HOLDERS = ("ConfigMap", "Secret", "Template")
"""Kinds that may contain manifests."""

_REMOTE = regex(
    r"[A-Za-z][A-Za-z0-9+.-]*:(?://|:)"  # https://, git::
    r"|[^/\s:@]+@[^/\s:@]+:"  # git@example.com:
    r"|(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)[/:]"
    r"|.*(?:\?(?:ref|version)=|\.git(?:/|$)|_git/)"
)
_USER = regex(r"(https?://)[^/@]*@")
"""What may hold a password in a URL."""


class Sighting(NamedTuple):
    """What is not looked into at a place of the input; without a `name`, all of the file."""

    what: UnseenKind
    place: Place
    name: str
    why: str


LeadBack: TypeAlias = Callable[[Iterable[Finding]], Iterable[Finding]]
"""Returns findings at the places where they come from."""


class Coverage:
    """Collects what was not looked into. `files`: those that are reported (None: all). `not_built`
    says why kustomizations are not built, by file.

    The files of a kustomization that was built are not in the input, and so do not count.
    """

    def __init__(
        self,
        files: Collection[str] | None = None,
        not_built: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._files = files
        self._not_built = not_built
        self._found: list[Sighting] = []

    def add(self, found: Iterable[Sighting]) -> None:
        """Add what a document or a file contains."""
        for one in found:
            if self._files is None or one.place.file in self._files:
                self._found.append(one)

    def unseen(self, led_back: LeadBack = lambda findings: findings) -> tuple[Unseen, ...]:
        """Return each once, kind by kind, and of each kind in the order of places."""
        found = {
            Unseen(one.what, led.file, led.line, one.name or led.file, self._why(one, led.file))
            for one in self._found
            for led in led_back([finding_at(one.place, "", "info", Violation("", one.why))])
        }
        return tuple(sorted(found, key=lambda one: (_ORDER.index(one.what), *one[1:])))

    def _why(self, one: Sighting, file: str) -> str:
        reason = self._not_built.get(file) if one.what == "kustomization" else None
        return f"{one.why}: {reason}" if reason else one.why


def unread(found: Finding) -> Sighting:
    """Return the sighting of a file or document that cannot be read."""
    place = Place(found.file, found.line, found.column, found.document, found.item)
    return Sighting("unread", place, "", found.message)


def unseen_in(context: RuleContext, locate: Callable[[str], Place]) -> Iterator[Sighting]:
    """Yield what an object contains that is not looked into; `locate` returns the place of a
    pointer in it.
    """
    manifest = context.manifest
    ref = manifest.ref
    is_holder, is_chart = ref.kind in _HOLDERS, ref.group == _KUSTOMIZE or is_release(ref)
    if not (is_holder or is_chart or "sops" in manifest.value):
        return  # nearly all objects
    name = str(ref)
    if not manifest.base and "mac" in mapping_at(manifest.value, "sops"):
        shown = "" if ref.kind.startswith("ENC[") else name
        yield Sighting("encrypted", locate(""), shown, "it is encrypted with SOPS")
    if ref.group == _KUSTOMIZE:
        yield from _of_kustomization(manifest, locate)
    elif is_chart:
        charts = ", ".join(chart.name for chart in charts_of(manifest))
        why = f"the chart is not rendered: {_shown(charts)}" if charts else "it is not rendered"
        yield Sighting(_OWN_KINDS.get(ref.kind, "chart"), locate(""), name, why)
    for violation in hn425_manifest_inside.check(context) if is_holder else ():
        at = "/".join(pointer.split(violation.pointer))
        why = "manifests inside other objects are not read"
        yield Sighting("text", locate(violation.pointer), f"{name} {at}", why)


def _of_kustomization(manifest: Manifest, locate: Callable[[str], Place]) -> Iterator[Sighting]:
    place = locate("")
    folder, file = posixpath.split(place.file)
    if manifest.ref.kind == "Kustomization" and file in KUSTOMIZATIONS:
        yield Sighting("kustomization", place, folder or ".", "it is not built")
    for chart in charts_of(manifest):
        why = "the chart is not rendered"
        yield Sighting("chart", locate(chart.pointer), _shown(chart.name), why)
    for name in LISTS:
        for index, entry in enumerate(list_at(manifest.value, name)):
            if isinstance(entry, str) and "\n" not in entry and is_url(entry):
                at = pointer.join("", name, index)
                yield Sighting("remote", locate(at), _shown(entry), "nothing is fetched")


def is_url(entry: str) -> bool:
    """Whether an entry of `resources` can only be fetched, unless a file has that name."""
    return _REMOTE.match(entry) is not None


def _shown(url: str) -> str:
    return _USER.sub(r"\1", url)

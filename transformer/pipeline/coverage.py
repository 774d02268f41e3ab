"""What a run has not looked into: kustomizations, charts, folders and bases that are elsewhere,
text, encrypted documents.

Silence about these must not look like safety, so they are counted, whatever rules are on.
"""

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, TypeAlias, get_args

from transformer import pointer
from transformer.findings import Finding, Place, Unseen, UnseenKind, Violation, finding_at
from transformer.kubernetes.charts import Chart, charts_of, is_release, lists_charts
from transformer.kubernetes.deployments import ARGO, FLUX, Deployed, deployed_by
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.kubernetes.helm_files import CHART_FILE
from transformer.kubernetes.objects import Manifest, list_at, mapping_at
from transformer.kubernetes.unlisted_templates import unlisted_template
from transformer.pipeline.input_folders import InputFolders
from transformer.pipeline.kustomization_graph import LISTS
from transformer.regexes import regex
from transformer.rules.context import PatchedSource, RuleContext
from transformer.rules.workloads import hn425_manifest_inside
from transformer.wording import without_patches

_ORDER: tuple[UnseenKind, ...] = get_args(UnseenKind)
_DEPLOYING: dict[tuple[str, str], UnseenKind] = {
    FLUX: "Flux Kustomization",
    ARGO: "Application",
}
"""Kinds that do not count if what they deploy is in the input."""

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
    """What is not looked into at a place of the input; without a `name`, all of the file.

    It does not count if what it deploys is in the input; otherwise that tells more of the reason.
    Nor does it count if `instead` names a workload that has verdicts in `world` (None: in any).
    """

    what: UnseenKind
    place: Place
    name: str
    why: str
    deploys: tuple[Deployed, ...] = ()
    world: str | None = ""
    instead: tuple[str, ...] = ()


class NotBuilt(NamedTuple):
    """Why a kustomization is not built, and the `group` of those that are counted together."""

    why: str
    group: str


Judged: TypeAlias = Collection[tuple[str | None, str]]
"""The workloads that have verdicts, each with its world; and each once more in any (None)."""

LeadBack: TypeAlias = Callable[[Iterable[Finding]], Iterable[Finding]]
"""Returns findings at the places where they come from."""


class Coverage:
    """Collects what was not looked into. `files`: those that are reported (None: all). `not_built`
    says why kustomizations are not built, by file. `folders` returns those of the input.

    The files of a kustomization that was built are not in the input, and so do not count.
    """

    def __init__(
        self,
        files: Collection[str] | None = None,
        not_built: Mapping[str, NotBuilt] = MappingProxyType({}),
        folders: Callable[[], InputFolders] = InputFolders,
    ) -> None:
        self._files = files
        self._not_built = not_built
        self._read_folders = folders
        self._found: list[Sighting] = []

    def add(self, found: Iterable[Sighting]) -> None:
        """Add what a document or a file contains."""
        for one in found:
            if self._files is None or one.place.file in self._files:
                self._found.append(one)

    def unseen(
        self,
        led_back: LeadBack = lambda findings: findings,
        judged: Callable[[], Judged] = frozenset,
    ) -> tuple[Unseen, ...]:
        """Return each once, kind by kind, and of each kind in the order of places."""
        found = {
            Unseen(
                one.what, led.file, led.line, one.name or led.file, why, self._group(one, led.file)
            )
            for one in self._counted(judged)
            for led in led_back([finding_at(one.place, "", "info", Violation("", one.why))])
            if (why := self._why(one, led.file))
        }
        return tuple(sorted(found, key=lambda one: (_ORDER.index(one.what), *one[1:])))

    def _counted(self, judged: Callable[[], Judged]) -> list[Sighting]:
        """Return what no workload stands for; for what a controller makes, the controller does, if
        it is counted itself.
        """
        if not any(one.instead for one in self._found):
            return self._found
        known = set(judged())
        counted = {(one.world, str(one.place.object)) for one in self._found}

        def stands(one: Sighting, name: str) -> bool:
            key = one.world, name
            return key in known or (one.what == "controlled" and key in counted)

        return [one for one in self._found if not any(stands(one, name) for name in one.instead)]

    @cached_property
    def _folders(self) -> InputFolders:
        return self._read_folders()

    def _why(self, one: Sighting, file: str) -> str:
        """Return why something was not looked into; nothing if it was."""
        if one.deploys:
            reasons = [self._folders.why_not(deployed) for deployed in one.deploys]
            return _shown("; ".join(dict.fromkeys(filter(None, reasons))))
        reason = self._reason(one, file)
        return reason.why if reason else one.why

    def _group(self, one: Sighting, file: str) -> str:
        reason = self._reason(one, file)
        return reason.group if reason else ""

    def _reason(self, one: Sighting, file: str) -> NotBuilt | None:
        return self._not_built.get(file) if one.what == "kustomization" else None


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
    kind = (ref.group, ref.kind)
    names_charts = kind in _DEPLOYING or is_release(ref) or lists_charts(ref)
    if not context.templates and (at := unlisted_template(manifest, context.cluster.rows)):
        why = "where objects of this kind have pod templates is not known"
        yield Sighting("pod template", locate(at), str(ref), why)
    if not (names_charts or ref.kind in _HOLDERS or "sops" in manifest.value):
        return  # nearly all objects
    name = str(ref)
    if not manifest.base and "mac" in mapping_at(manifest.value, "sops"):
        shown = "" if ref.kind.startswith("ENC[") else name
        yield Sighting("encrypted", locate(""), shown, "it is encrypted with SOPS")
    if names_charts:
        yield from _generated(manifest, locate)
    for violation in hn425_manifest_inside.check(context) if ref.kind in _HOLDERS else ():
        at = "/".join(pointer.split(violation.pointer))
        why = "manifests inside other objects are not read"
        yield Sighting("text", locate(violation.pointer), f"{name} {at}", why)


def unpatched_in(
    context: RuleContext, patched: PatchedSource, locate: Callable[[str], Place]
) -> Iterator[Sighting]:
    """Yield an object that rules read without its patches: a pool or a node, on which findings on
    others depend, and a workload with a patch that no build applies.
    """
    is_base = not context.subjects.isdisjoint(("pools", "nodes"))
    files = patched.patches if is_base else patched.not_built if context.templates else ()
    if files:
        is_built = not set(files) <= set(patched.not_built)
        why = f"it is read {without_patches(files)}{': use --build' if is_built else ''}"
        what: UnseenKind = "patched" if is_built else "deployed"
        yield Sighting(what, locate(""), str(context.manifest.ref), why)


def _generated(manifest: Manifest, locate: Callable[[str], Place]) -> Iterator[Sighting]:
    """Yield what is made from an object by the programs that it is for."""
    ref, charts = manifest.ref, list(charts_of(manifest))
    kind = (ref.group, ref.kind)
    names = _shown(", ".join(chart.name for chart in charts))
    if kind in _DEPLOYING:
        deploys = tuple(deployed_by(manifest))
        yield Sighting(_DEPLOYING[kind], locate(""), str(ref), "it is not rendered", deploys)
    elif kind == CHART_FILE:
        if charts:
            why = f"the charts that it depends on are not rendered: {names}"
            yield Sighting("chart", locate(""), str(ref) if ref.name else "", why)
    elif lists_charts(ref):
        yield from _of_list(manifest, charts, locate)
    elif ref.kind == "ApplicationSet":
        yield Sighting("ApplicationSet", locate(""), str(ref), "its Applications are not known")
    else:
        what: UnseenKind = "HelmRelease" if ref.kind == "HelmRelease" else "chart"
        why = f"the chart is not rendered: {names}" if charts else "it is not rendered"
        yield Sighting(what, locate(""), str(ref), why)


def _of_list(
    manifest: Manifest, charts: Iterable[Chart], locate: Callable[[str], Place]
) -> Iterator[Sighting]:
    """Yield what a kustomization or a helmfile lists."""
    place = locate("")
    folder, file = posixpath.split(place.file)
    if manifest.ref.kind == "Kustomization" and file in KUSTOMIZATIONS:
        yield Sighting("kustomization", place, folder or ".", "it is not built")
    for chart in charts:
        why = "the chart is not rendered"
        yield Sighting("chart", locate(chart.pointer), _shown(chart.name), why)
    for name in LISTS if manifest.ref.group == _KUSTOMIZE else ():
        for index, entry in enumerate(list_at(manifest.value, name)):
            if isinstance(entry, str) and "\n" not in entry and is_url(entry):
                at = pointer.join("", name, index)
                yield Sighting("remote", locate(at), _shown(entry), "nothing is fetched")


def is_url(entry: str) -> bool:
    """Whether an entry of `resources` can only be fetched, unless a file has that name."""
    return _REMOTE.match(entry) is not None


def _shown(url: str) -> str:
    return _USER.sub(r"\1", url)

"""A shell script of `kubectl patch` commands on standard output, written as objects are read."""

from collections.abc import Iterable
from dataclasses import replace
from typing import BinaryIO

from transformer.findings import DocumentResult, ObjectRef
from transformer.kubernetes.nodes import is_node, label_change
from transformer.kubernetes.objects import Manifest
from transformer.kubernetes.well_known import EDGE_WORKER_LABEL, HOST_NETWORK_LABEL
from transformer.operations import Operation, copy_of
from transformer.outputs.reporter import Reporter
from transformer.outputs.writers import Output, objects_of
from transformer.patch.verify import patched
from transformer.report.as_kubectl import HEADER, NOTHING, command, comment, guarded, is_possible
from transformer.report.by_object import by_object
from transformer.report.formatting import clean
from transformer.rules.exempt import is_refused


class KubectlScript(Output):
    """One command for each changed object; for one without, a comment and a line of `reporter`."""

    def __init__(self, out: BinaryIO, reporter: Reporter) -> None:
        self._out = out
        self._reporter = reporter
        self._patched: dict[ObjectRef, tuple[str, int]] = {}
        self._write(HEADER)
        self._is_empty = True

    def add(self, result: DocumentResult) -> None:
        """Write the commands for a document."""
        if result.failed and not result.continues:
            self._note(f"error: {result.file}:{result.line}: a document failed; nothing patches it")
        objects = {found.base: found for found in objects_of(result)} if result.changes else {}
        for changes, operations in by_object(result.changes):
            place = f"{changes[0].file}:{changes[0].line}"
            manifest = objects[changes[0].item]
            patch = guarded(manifest.value, operations)
            this = place, hash(repr(patch))
            first = self._patched.setdefault(manifest.ref, this)
            if is_refused(manifest, operations):
                self._warn(f"no command for {manifest.ref} ({place}): {_RECREATE}")
            elif reason := (
                _refusal(manifest) or _fixed_label(manifest, operations) or _conflict(first, this)
            ):
                self._fail(place, f"no command for {manifest.ref}: {reason}")
            elif first is this:
                found = [one for one in result.findings if one.item == manifest.base]
                self._write(command(changes, patch, found))

    def close(self) -> None:
        """Say so if there is nothing to do."""
        if self._is_empty:
            self._write(NOTHING)

    def _warn(self, message: str) -> None:
        self._reporter.say(f"warning: {message}")
        self._note(f"warning: {message}")

    def _fail(self, place: str, message: str) -> None:
        self._reporter.fail(place, clean(message))
        self._note(f"error: {place}: {message}")

    def _note(self, text: str) -> None:
        self._write(f"\n{comment(text)}")

    def _write(self, text: str) -> None:
        self._is_empty = False
        self._out.write(text.encode())


_RECREATE = (
    "the API server refuses to change its pods; delete it, and create it again with the edit"
)


def _refusal(manifest: Manifest) -> str:
    """Return why no command can name an object, or an empty string."""
    metadata, ref = manifest.metadata, manifest.ref
    if not manifest.is_named:
        return "it has no name of its own"
    if not is_possible(ref) or metadata.get("namespace") not in (None, ref.namespace):
        return "no object in a cluster can have this name, namespace, kind or apiVersion"
    if not (ref.namespace or metadata.get("uid") or (ref.group, ref.kind) == ("", "Node")):
        return (
            "it has no namespace; add the one that is meant, or pipe in `kubectl get -o yaml`, or"
            " `kubectl kustomize` of the folder that sets it"
        )
    return ""


def _fixed_label(manifest: Manifest, operations: Iterable[Operation]) -> str:
    """Return why the cluster refuses an edit of the labels of a node, or an empty string.

    It refuses the whole update. Source: `validateNodeUpdate` (HN303, HN305).
    """
    if not is_node(manifest):
        return ""
    after = replace(manifest, value=patched(copy_of(manifest.value), operations))
    if label_change(manifest, after, HOST_NETWORK_LABEL):
        remedy = "reset the node and join it again"
        return f"the cluster refuses to change its label {HOST_NETWORK_LABEL}; {remedy}"
    if manifest.labels.get(EDGE_WORKER_LABEL) != after.labels.get(EDGE_WORKER_LABEL):
        return f"only OpenYurt and the node itself may change its label {EDGE_WORKER_LABEL}"
    return ""


def _conflict(first: tuple[str, int], this: tuple[str, int]) -> str:
    """Return why an object that comes again needs another patch, or an empty string.

    Both are the place of an object, and a hash of its patch.
    """
    return f"it differs from the one at {first[0]}" if first[1] != this[1] else ""

"""Changes as the `patches:` of a kustomization, each with a target that matches only its object.

What a target matches was measured with kustomize 5.8. Its fields are anchored regular expressions;
an absent field matches everything. Name and namespace are compared independently, with those in
the object's source and with its current ones. In the layer that lists the source both are equal,
because patches precede `namespace` and `namePrefix`; in a layer above they differ. Therefore the
name in the source matches in all layers if the target has no namespace, and a name that a build
outputs matches only in layers above that build. An object without a namespace counts as in
`default`.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from typing import NamedTuple

from transformer.findings import DocumentResult, ObjectRef
from transformer.operations import Operation
from transformer.patch.render import scalar
from transformer.regexes import regex
from transformer.report.by_object import by_object
from transformer.report.formatting import clean

_FROM_FILES = """
# Made from files: for the kustomization.yaml that lists them, and for those above it.
"""
_FROM_STREAM = """
# Made from a stream. If that is a build, these patches fit a layer above it only, a kustomization
# that lists the built one. In the built one itself a target misses what that renames (namePrefix,
# nameSuffix) or, where the target has a namespace, moves. For the built one, make patches from its
# source files, given as PATHs.
"""
_ABOVE_ONLY = (
    "if the input is a build, these patches fit a layer above it only (a kustomization that lists"
    " the built one); for the built one itself make them from its source files, given as PATHs"
)
_SHOWN = 3
_SPECIAL = regex(r"[\\.+*?()|\[\]{}^$]")
"""Characters that have a meaning in Go's regular expressions."""


class _Name(NamedTuple):
    """The identity of an object, without its namespace."""

    group: str
    version: str
    kind: str
    name: str


class _Seen(NamedTuple):
    """An object: the namespace that kustomize sees it in, its patch, and its place.

    The patch is empty if the object does not change.
    """

    namespace: str
    patch: str
    place: str


class KustomizePatches:
    """Collects the patches of all documents, because only then it knows which targets are unique.

    `is_stream`: the input may be the output of a build. `warnings` say what the patches cannot do.
    """

    def __init__(self, *, is_stream: bool) -> None:
        self._is_stream = is_stream
        self._objects: dict[_Name, list[_Seen]] = {}
        self._texts: dict[str, str] = {}  # most patches are the same text
        self.warnings: list[str] = []

    def add(self, result: DocumentResult, named: Mapping[str, ObjectRef]) -> None:
        """Add a document, even an unchanged one, because no target may match its objects.

        `named` are those of its objects that have a name, by `item`.
        """
        changed = {made.item: (made, steps) for (made, *_), steps in by_object(result.changes)}
        for item, ref in named.items():
            made, steps = changed.pop(item, (None, []))
            namespace = "" if (ref.group, ref.kind) == ("", "Node") else ref.namespace or "default"
            patch = _patch(steps)
            place = f"{result.file}:{made.line if made else result.line}"
            seen = _Seen(namespace, self._texts.setdefault(patch, patch), place)
            name = _Name(ref.group, ref.version, ref.kind, ref.name)
            self._objects.setdefault(name, []).append(seen)
        for made, _ in changed.values():
            place = f"{made.file}:{made.line}"
            self._warn(f"no patch for {made.object} ({place}): it has no name of its own")

    def lines(self) -> Iterator[str]:
        """Yield the text of the list, with comments; `warnings` is complete then.

        It begins with an empty line, so that it can be appended to a file without a last line end.
        """
        entries = [
            entry for name, objects in self._objects.items() for entry in self._plan(name, objects)
        ]
        comments = [f"# warning: {clean(warning)}\n" for warning in self.warnings]
        if not entries:
            yield from ("\n" if comments else "", *comments, "patches: []\n")
            return
        yield _FROM_STREAM if self._is_stream else _FROM_FILES
        yield from (*comments, "patches:\n", *starmap(_rendered, entries))
        if self._is_stream:
            self._warn(_ABOVE_ONLY)

    def _plan(self, name: _Name, objects: Sequence[_Seen]) -> Iterator[tuple[_Name, str, str]]:
        """Yield the patches for the objects of one name, each with the namespace of its target:
        an empty one (none) unless that distinguishes several.
        """
        namespaces = dict.fromkeys(one.namespace for one in objects)
        may_have_moved = self._is_stream and "default" in namespaces and len(namespaces) > 1
        if may_have_moved and len({one.patch for one in objects}) == 1:
            namespaces, objects = {"": None}, [objects[0]._replace(namespace="")]
        for namespace in namespaces:
            alike = [one for one in objects if one.namespace == namespace]
            patch = alike[0].patch
            if any(one.patch != patch for one in alike):
                which = _several(name, alike)
                self._warn(f"no patch for {which}: they differ; make patches folder by folder")
            elif patch:
                if len(alike) > 1:
                    self._warn(f"one patch for {_several(name, alike)}")
                if may_have_moved and namespace == "default":
                    self._warn(
                        f"the patch for {name.kind}/{name.name} of the namespace default also fits"
                        " each other one that has no namespace in its source"
                    )
                yield name, namespace if len(namespaces) > 1 else "", patch

    def _warn(self, warning: str) -> None:
        self.warnings.append(warning)


def _several(name: _Name, objects: Sequence[_Seen]) -> str:
    """Return text that names objects which no target distinguishes."""
    places = [one.place for one in objects[:_SHOWN]]
    more = [f"{len(objects) - _SHOWN} more"] if len(objects) > _SHOWN else []
    return (
        f"{len(objects)} objects {name.kind}/{name.name} that no target can distinguish"
        f" ({', '.join(places + more)})"
    )


def _patch(operations: Iterable[Operation]) -> str:
    """Return the lines of a patch that fails the build if it would overwrite something.

    An `add` replaces an existing value, such as an affinity that another patch of the layer adds.
    """
    lines = []
    for operation in operations:
        is_whole = isinstance(operation.value, dict | list)
        if operation.op == "add" and is_whole and not operation.path.endswith("/-"):
            lines.append({"op": "test", "path": operation.path, "value": None})
        lines.append(operation.as_dict())
    return "".join(f"    - {json.dumps(line)}\n" for line in lines)


def _rendered(name: _Name, namespace: str, patch: str) -> str:
    target = {
        "group": _literal(name.group) or "^$",
        "version": _literal(name.version),
        "kind": _literal(name.kind),
        "name": _literal(name.name),
    }
    if namespace:
        target["namespace"] = _literal(namespace)
    fields = "".join(f"    {key}: {scalar(value)}\n" for key, value in target.items())
    return f"- target:\n{fields}  patch: |-\n{patch}"


def _literal(text: str) -> str:
    """Return a regular expression that matches only `text`."""
    return _SPECIAL.sub(r"\\\g<0>", text)

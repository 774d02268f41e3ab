"""JSON patches (RFC 6902) into text: step by step, each result read back.

An operation is resolved to steps on the plain value. Each step is spliced into the text, which is
then read again; what the steps make of the value is compared with what jsonpatch makes of it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from transformer import pointer
from transformer.errors import InternalError, PatchError
from transformer.operations import copy_of
from transformer.patch import aliases, step_placement, verify
from transformer.patch.json_patch import PatchOperation
from transformer.patch.render import Text
from transformer.patch.splice import refuse_hidden, written
from transformer.patch.steps import Step, resolved, value_at
from transformer.patch.text_values import carried, literal, with_comments
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse
from transformer.yamltree.syntax import Collection, Mapping, Tree


class Planned(NamedTuple):
    """The steps of an operation, from the document's root; `shifts`: one moves items of a list."""

    operation: PatchOperation
    steps: list[Step]
    shifts: bool


def planned(
    value: Any, operations: Sequence[PatchOperation], base: str = ""
) -> tuple[list[Planned], Any]:
    """Return the steps of a JSON patch on the object at pointer `base` of a document's value, and
    the value that they make of it.

    Raises:
        MisfitError: an operation does not fit the value, or a `test` fails.
        InternalError: jsonpatch would make another value of it; a bug of ours.
    """
    expected = copy_of(value)
    above = tuple(pointer.split(base))
    plan = []
    for operation in operations:
        steps, shifts = [], False
        try:
            for step in resolved(value_at(expected, above), operation):
                own = step._replace(
                    value=copy_of(step.value),  # of what later steps may change
                    tokens=above + step.tokens,
                    source=None if step.source is None else above + step.source,
                )
                steps.append(own)
                shifts = shifts or _shifts(expected, own)
                expected = verify.patched(expected, [own])
        except PatchError as error:
            raise replace(error, message=f"{operation}: {error.message}") from None
        plan.append(Planned(operation, steps, shifts))
    verify.check(verify.patched(copy_of(value), [one.below(base) for one in operations]), expected)
    return plan, expected


def _shifts(value: Any, step: Step) -> bool:
    """Whether a step gives items of a list other indexes, or removes one."""
    if step.op == "replace":
        return False
    parent = value_at(value, step.tokens[:-1])
    is_appended = step.op == "add" and step.tokens[-1] == str(len(parent))
    return isinstance(parent, list) and not is_appended


def spliced(tree: Tree, plan: Sequence[Planned], expected: Any) -> str:
    """Return the text of `tree` with a JSON patch spliced in; `plan` and `expected` are `planned`.

    Where text is shared by aliases, operations that need the same of each place are made at once:
    then the text of the anchor is edited, and the aliases stay.

    Raises:
        PatchError: an operation cannot be written into this text.
        InternalError: the new text would mean something else; a bug of ours.
    """
    if tree.has_aliases and len(plan) > 1 and not any(one.shifts for one in plan):
        try:
            return written(tree, aliases.place(tree, expected), expected)[0]
        except (PatchError, InternalError):
            pass  # one after the other they may fit
    patching = _Patching(tree)
    for operation, steps, _ in plan:
        try:
            patching.apply(operation, steps)
        except (PatchError, InternalError) as error:
            offset = error.offset if patching.tree is tree else None
            message = f"{operation}: {error.message}"
            if isinstance(error, PatchError):
                error = replace(error, pointer=operation.path)
            raise replace(error, message=message, offset=offset) from None
    verify.check(patching.value, expected)
    return patching.tree.text


class _Patching:
    """The text so far, as a tree, and its plain value."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.value = construct(tree.root)

    def apply(self, operation: PatchOperation, steps: Sequence[Step]) -> None:
        """Splice the steps of one operation."""
        try:
            self._apply(operation, steps)
        except InternalError:
            refuse_hidden(self.tree.text)
            raise

    def _apply(self, operation: PatchOperation, steps: Sequence[Step]) -> None:
        moved = None
        for step in steps:
            if operation.op == "move" and step.op == "remove":
                moved = self._moved(step)
            text = moved if operation.op == "move" else self._copied(step)
            for part in self._parts(step):
                self._splice(part, text or literal(part.value))

    def _moved(self, step: Step) -> Text | None:
        """Return the text of what is to be removed and added elsewhere, with its comments."""
        found = step_placement.located(self.tree, step.tokens[:-1])
        if found is None or self.tree.is_json or not isinstance(found[0], Collection):
            return None
        (parent, chain), last = found, step.tokens[-1]
        assert isinstance(parent, Collection)
        if isinstance(parent, Mapping) and last not in parent.keys:
            return None
        index = parent.keys.index(last) if isinstance(parent, Mapping) else int(last)
        return with_comments(self.tree, parent, chain, index)

    def _copied(self, step: Step) -> Text | None:
        if step.source is None:
            return None
        found = step_placement.located(self.tree, step.source)
        return None if found is None else carried(self.tree, found[0])

    def _parts(self, step: Step) -> Iterator[Step]:
        """Yield a step, after one that empties the collection that another one replaces."""
        is_over = step.op == "replace" and bool(step.tokens) and _is_filled(step.value)
        if is_over and _is_filled(value_at(self.value, step.tokens)):
            yield step._replace(value=type(step.value)())
        yield step

    def _splice(self, step: Step, text: Text | None) -> None:
        """Splice one step, with `text` for its value if that can be; else it is rendered."""
        wanted = verify.patched(self.value, [step])
        try:
            new = self._written(step, wanted, text)
        except (PatchError, InternalError):
            if text is None:
                raise
            new = self._written(step, wanted, None)
        self.tree, self.value = parse(new), wanted

    def _written(self, step: Step, wanted: Any, text: Text | None) -> str:
        placements = step_placement.place(self.tree, step, wanted, text)
        return written(self.tree, placements, wanted)[0]


def _is_filled(value: Any) -> bool:
    return isinstance(value, dict | list) and bool(value)

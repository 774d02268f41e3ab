"""What the edits of `transform` make of one object, and which verdicts they change.

What breaks pods because of other objects depends on the edits of these, too. So each observation
holds in some *states* of the input, as a mask: bit 0 is the input as it is, bit 1 that after the
edits of the rules that are on, and bit 2 + N that after the edits of rule N besides, if it is off.
"""

import marshal
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from transformer.errors import PatchError
from transformer.kubernetes.pod_template import pod_templates
from transformer.patch import verify
from transformer.pipeline.placement_shapes import PackedEdit, PackedVerdict
from transformer.placement.placed import Placed
from transformer.rules.base import TransformRule
from transformer.rules.context import RuleContext
from transformer.rules.exempt import editable
from transformer.rules.registry import transform_rules


@cache
def every_rule() -> tuple[TransformRule, ...]:
    """Return all transform rules."""
    return transform_rules()


ALL = -1
"""All states."""

NOW, AFTER = 1, 2


def after_rule(rule: str) -> int:
    """Return the state after the edits of a rule that is off."""
    return 4 << [one.id for one in every_rule()].index(rule)


class Edited(NamedTuple):
    """An object after the edit of a rule, what that does, and the copies by template and pool."""

    rule: str
    message: str
    context: RuleContext
    copies: Mapping[tuple[str, str], Placed]

    def copy_like(self, known: Placed) -> Placed | None:
        """Return the copy that `known` is before the edit."""
        return self.copies.get((known.template.pointer, known.copy.pool))


class Edits:
    """The edits of one object: those of rules that are on, one after another, and then those of
    each rule that is off, alone. They are made when they are asked for.
    """

    def __init__(self, context: RuleContext, rules: Sequence[TransformRule]) -> None:
        self._context, self._rules = context, rules
        self._enabled: list[Edited] | None = None
        self._optional: list[Edited] | None = None

    @property
    def enabled(self) -> list[Edited]:
        """The edits of rules that are on."""
        if self._enabled is None:
            self._enabled, context = [], self._context
            for rule in self._rules:
                if rule.id in context.planned and (made := edited(rule, context)) is not None:
                    self._enabled.append(made)
                    context = made.context
        return self._enabled

    @property
    def optional(self) -> list[Edited]:
        """The edits of rules that are off."""
        if self._optional is None:
            on = {rule.id for rule in self._rules}
            off = [rule for rule in every_rule() if rule.id not in on]
            made = (edited(rule, self._after) for rule in off)
            self._optional = [one for one in made if one is not None]
        return self._optional

    @property
    def _after(self) -> RuleContext:
        return self.enabled[-1].context if self.enabled else self._context

    def states(self) -> Iterator[tuple[int, RuleContext]]:
        """Yield the object in each state, equal ones together; of rules that are off only if their
        edits were asked for.
        """
        optional = self._optional or ()
        rest = ALL
        for one in optional:
            state = after_rule(one.rule)
            yield state, one.context
            rest &= ~state
        if self.enabled:
            yield rest & ~NOW, self._after
            rest = NOW
        yield rest, self._context


def edited(rule: TransformRule, context: RuleContext) -> Edited | None:
    """Return what a rule makes of an object; None if it does nothing."""
    try:
        operations = editable(context, rule.plan(context), rule.id)
        if not operations:
            return None
        value = marshal.loads(marshal.dumps(context.manifest.value, _UNSHARED))
        manifest = replace(context.manifest, value=verify.patched(value, operations))
    except (PatchError, ValueError):  # a value that is no plain one
        return None
    reason = rule.reason(context)
    message = f"{rule.summary} ({reason})" if reason else rule.summary
    templates = pod_templates(manifest, context.cluster.rows)
    made = replace(context, manifest=manifest, templates=templates, planned=context.planned)
    return Edited(rule.id, message, made, {_key(one): one for one in made.placed})


def _key(placed: Placed) -> tuple[str, str]:
    return placed.template.pointer, placed.copy.pool


_UNSHARED = 2
"""The last version of marshal's format in which no two values share an object."""


def differing(
    before: Sequence[PackedVerdict], now: Sequence[PackedVerdict]
) -> Iterator[PackedVerdict]:
    """Yield the verdicts of `now` on the pools where they differ from those of `before`."""
    for one in now:
        same = [other for other in before if other.outcome == one.outcome]
        columns = one.columns
        for other in same:
            columns &= ~other.columns
        names = tuple(name for name in one.names if not any(name in other.names for other in same))
        if columns or names:
            yield one._replace(columns=columns, names=names)


def changed(
    before: Sequence[PackedVerdict],
    now: Sequence[PackedVerdict],
    edit: Edited,
    *,
    is_enabled: bool,
) -> Iterator[PackedEdit]:
    """Yield the edit of a rule for the pools whose verdict it changes."""
    for one in differing(before, now):
        word = one.later or one.word
        yield PackedEdit(one.columns, one.names, edit.rule, edit.message, word, is_enabled)

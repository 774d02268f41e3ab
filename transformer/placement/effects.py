"""Patches of a YurtAppSet that fail, and patches that change nothing as OpenYurt applies them.

A patch changes nothing if the outcome of all patches up to it is that of those before. That alone
is no problem: it may set what is there already. It is one if the patched JSON asks for something
else, if the type has no such field, or if there is no value.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from transformer.findings import ObjectRef
from transformer.kubernetes.pools import PoolIndex
from transformer.placement.go_types import Reader, kind_at, written
from transformer.placement.json_patch import Misfit, tokens
from transformer.placement.tweaks import Object, Patcher, bare, copy_for, with_basics
from transformer.placement.yurt_app_set import CopyFailure, Taken, Tweak, YurtAppSet


class Problem(NamedTuple):
    """What is wrong at `pointer` of the manifest: why, and what to do.

    `refused`: the webhook refuses the YurtAppSet. `fails`: a copy is not made. `idle`: a patch has
    no effect.
    """

    pointer: str
    reason: str
    hint: str
    effect: Literal["refused", "fails", "idle"] = "idle"


def problems_of(source: YurtAppSet, ref: ObjectRef, pools: PoolIndex) -> dict[Problem, list[str]]:
    """Return the problems of the YurtAppSet `ref`, each with the names of the pools that have it.

    Of copies that get the same tweaks, one is looked at. What is refused may concern no pool.

    Raises:
        PoolsNeeded: it depends on pools that later input may contain.
    """
    names = source.pools.names_in(pools)
    if source.broken is not None:
        return {_failure(source.broken): names}
    taken = {name: source.taken(name, pools) for name in names}
    found: dict[Problem, list[str]] = {}
    for one in source.tweaks:
        for problem in problems(source.kind, bare(source), [one], base=source.base, pool=""):
            if problem.effect == "fails":
                takers = [name for name in names if one in taken[name].tweaks]
                found[problem._replace(effect="refused")] = takers
    refused = {problem.pointer for problem in found}
    for group, members in _groups(taken):
        made = copy_for(source, ref, members[0])
        its = [_failure(group.failure)] if group.failure else []
        its += [Problem(at, *_LOST) for tweak in group.tweaks for at in tweak.lost]
        its += problems(source.kind, made, group.tweaks, base=source.base, pool=members[0])
        for problem in its:
            if problem.pointer not in refused:
                found.setdefault(problem, []).extend(members)
    return found


_LOST = ("the conversion to v1beta1 drops it", "write v1beta1, with workloadTweaks")


def _failure(failure: CopyFailure) -> Problem:
    return Problem(failure.pointer, failure.reason, failure.hint, "fails")


def _groups(taken: Mapping[str, Taken]) -> list[tuple[Taken, list[str]]]:
    """Return pools that get the same tweaks together."""
    found: dict[Any, tuple[Taken, list[str]]] = {}
    for name, its in taken.items():
        key = its.failure or tuple(tweak.pointer for tweak in its.tweaks)
        found.setdefault(key, (its, []))[1].append(name)
    return list(found.values())


def problems(
    kind: str, value: Object, tweaks: Sequence[Tweak], *, base: str, pool: str
) -> Iterator[Problem]:
    """Yield the problems of the patches of `tweaks` with an object, up to the first that fails."""
    value, elsewhere = with_basics(value, tweaks)
    old = written(kind, value)
    patcher = Patcher(old, base, elsewhere, pool)
    outcome, asked = old, old
    try:
        for at, patch in (patch for one in tweaks for patch in one.patches):
            if not patcher.apply(at, patch):
                continue
            before, asked_before = outcome, asked
            outcome = patcher.outcome(kind).object
            asked = written(
                kind, Reader(base, elsewhere, {}).read_into(kind, patcher.document, None)
            )
            if outcome == before:
                yield from _idle(kind, at, patch, is_asked=asked != asked_before)
    except Misfit as misfit:
        reason, at = misfit.args
        yield Problem(at, reason, _MEND, "fails")


_MEND = "correct the patch, or add the missing parent with an earlier patch of the same tweak"


def _idle(kind: str, at: str, patch: Mapping[str, Any], *, is_asked: bool) -> Iterator[Problem]:
    """Yield the problem of a patch that changes nothing; `is_asked`: its JSON asks for a change."""
    operation, path = patch["operation"], patch["path"]
    *above, last = tokens(path)
    within, its = kind_at(kind, above), kind_at(kind, [*above, last])
    is_key = (within or "").startswith("map[")
    if its is None:
        reason = f"a {kind} has no field {path}" if path.startswith("/") else _NO_SLASH
        yield Problem(f"{at}/path", reason, "correct the path")
    elif operation == "remove":
        if is_asked:
            yield Problem(at, f"what it removes stays, {_BECAUSE}", _away(its, is_key))
    elif patch.get("value") is None:
        if is_asked or "value" not in patch:
            yield Problem(at, "it has no value, and null leaves it as it is", "give it a value")
    elif is_asked:
        yield Problem(f"{at}/value", f"what is not in the value stays, {_BECAUSE}", _merged(its))


_BECAUSE = "because OpenYurt merges the result into the existing workload"
_NO_SLASH = "the path does not begin with a slash, so its first part is ignored"


def _away(kind: str, is_key: bool) -> str:
    """Return how to take away a value of a type."""
    if is_key:
        return _KEYS
    if kind.startswith(("*", "[]", "map[")):
        return "to remove it, replace it with the value null"
    empty = _EMPTY.get(kind)
    return f"replace it with {empty}" if empty else "replace its fields one by one"


def _merged(kind: str) -> str:
    return _KEYS if kind.startswith("map[") else "give what is to go the value null"


_KEYS = "a key cannot be taken away: leave it out of the template, and add it for the other pools"
_EMPTY = {"string": 'an empty text ("")', "bool": "false", "int32": "0", "int64": "0"}

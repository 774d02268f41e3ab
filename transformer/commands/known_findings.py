"""Findings that are known, from a baseline or an old state, and that are left out of a report."""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath

from transformer.config import baseline_file
from transformer.errors import SettingsError, reason_of
from transformer.findings import Finding
from transformer.inputs.comparison import States
from transformer.outputs import atomic
from transformer.pipeline.baseline import (
    Baseline,
    Filtered,
    Key,
    Relative,
    always_reported,
    known_of,
    reduced,
    without_known,
)
from transformer.pipeline.context import RunContext
from transformer.report.formatting import count
from transformer.report.report import LeftOut
from transformer.runs.validate import Outcome, run_validate


def without_baseline(
    outcome: Outcome, path: Path, states: States, context: RunContext, *, is_reduced: bool = False
) -> tuple[Outcome, Baseline, LeftOut]:
    """Return the outcome without the findings in the baseline at `path`, and the baseline.

    If it `is_reduced`, it is without the entries that are no longer needed.

    Raises:
        SettingsError: it cannot be read.
    """
    before, relative = baseline_file.load(path), partial(_relative, folder=path.parent)
    never = always_reported(context.validation)
    is_decided = _decided(outcome, states, relative)
    found, others = outcome.findings, outcome.elsewhere
    filtered = without_known(found, before, never, is_decided, relative, others)
    if states.old is not None:
        filtered = _without_changes(filtered, context)
    left = before
    if is_reduced:
        left = reduced(before, known_of(_all(outcome), never, relative), filtered.unneeded)
        filtered = filtered._replace(unneeded=())
    is_whole = states.reported_files is None
    left_out = LeftOut(
        str(path),
        filtered.left_out,
        tuple(map(_in_words, filtered.unneeded)) if is_whole else (),
        tuple(map(_in_words, filtered.elsewhere)) if is_whole else (),
    )
    return _with(outcome, filtered), Baseline(left, filtered.left_out).since(before), left_out


def _without_changes(filtered: Filtered, context: RunContext) -> Filtered:
    """Return it without the entries of which an old state says nothing: in one state, there may be
    such a finding.
    """
    rules = {rule.id for rule in context.validation if rule.compares}
    unneeded = tuple(key for key in filtered.unneeded if key.rule not in rules)
    elsewhere = tuple(key for key in filtered.elsewhere if key.rule not in rules)
    return filtered._replace(unneeded=unneeded, elsewhere=elsewhere)


def _decided(outcome: Outcome, states: States, relative: Relative) -> Callable[[Key], bool]:
    """Return whether the input has all that the findings of a key depend on."""
    sources = {source.name for source in (*states.went_in, *states.new)}
    files = {(cluster, relative(name)) for cluster, name in outcome.names if name in sources}

    def is_decided(key: Key) -> bool:
        names = [name for name in (key.object, key.related) if name]
        return (
            (key.cluster, key.rule) not in outcome.unchecked
            and all((key.cluster, name) in outcome.names for name in names)
            and (not key.file or (key.cluster, key.file) in files)
        )

    return is_decided


def without_old(outcome: Outcome, states: States, context: RunContext) -> tuple[Outcome, LeftOut]:
    """Return the outcome without the findings that the old state has, too."""
    before = run_validate(states.before(), context)
    never = always_reported(context.validation)
    known = known_of(_all(before), never, _as_new(states))
    filtered = without_known(outcome.findings, known, never, others=outcome.elsewhere)
    return _with(outcome, filtered), LeftOut("the old state", filtered.left_out)


def as_baseline(outcome: Outcome, path: Path, context: RunContext) -> tuple[Outcome, Baseline]:
    """Return the findings that a baseline at `path` never has, and the baseline with the others.

    Raises:
        SettingsError: nothing was read.
    """
    if not outcome.documents or outcome.is_blank:
        message = "no manifest was read, so there is no baseline to write"
        raise SettingsError(message, file=str(path), hint="name the files and folders to validate")
    relative, never = partial(_relative, folder=path.parent), always_reported(context.validation)
    known = known_of(_all(outcome), never, relative)
    found, others = outcome.findings, outcome.elsewhere
    filtered = without_known(found, known, never, relative=relative, others=others)
    before = baseline_file.before(path)
    kept = Baseline(known, filtered.left_out)
    return _with(outcome, filtered), kept if before is None else kept.since(before)


def in_words(baseline: Baseline) -> str:
    """Return what a baseline has."""
    entries = count(len(baseline.known), "entry", "entries")
    what = f"{count(baseline.findings, 'finding')} in {entries}"
    changes = [f"{baseline.added} new"] if baseline.added else []
    changes += [f"{baseline.dropped} dropped"] if baseline.dropped else []
    return f"{what} ({', '.join(changes)})" if changes else what


def write(path: Path, baseline: Baseline) -> None:
    """Write a baseline to the file `path`.

    Raises:
        SettingsError: it cannot be written, or is a file of another kind.
    """
    try:
        if os.path.lexists(path) and not baseline_file.is_one(path):
            message = "this file is not a baseline, so it is not replaced"
            raise SettingsError(message, file=str(path), hint="name another file, or remove it")
        with path.open("ab"):
            pass
        atomic.replace(path, (line.encode() for line in baseline_file.render(baseline.known)))
    except OSError as error:
        message = f"the baseline cannot be written: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None


def _all(outcome: Outcome) -> tuple[Finding, ...]:
    """Return all findings, also those in files that are not reported."""
    return (*outcome.findings, *outcome.elsewhere)


def _with(outcome: Outcome, filtered: Filtered) -> Outcome:
    return outcome._replace(findings=filtered.findings, elsewhere=filtered.others)


def _relative(file: str, folder: Path) -> str:
    """Return the name of a file relative to `folder`, whatever the working folder is."""
    return file if file.startswith("<") else PurePath(os.path.relpath(file, folder)).as_posix()


def _as_new(states: States) -> Callable[[str], str]:
    """Return what gives the name that a file of the old state has in the new one."""
    if states.old_folder is None:
        return str
    new, old = states.old_folder

    def renamed(file: str) -> str:
        below = os.path.relpath(file, old)
        return file if below.startswith("..") else str(Path(new) / below)

    return renamed


def _in_words(key: Key) -> str:
    words = [key.rule, key.object or key.file, key.pointer]
    words += [f"with {key.related}"] if key.related else []
    words += [f"in cluster {key.cluster}"] if key.cluster else []
    return " ".join(filter(None, words))

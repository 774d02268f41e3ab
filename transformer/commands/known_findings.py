"""Findings that are known, from a baseline or an old state, and that are left out of a report."""

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePath

from transformer.config import baseline_file
from transformer.errors import SettingsError, reason_of
from transformer.findings import Finding
from transformer.inputs.comparison import States
from transformer.outputs import atomic
from transformer.pipeline.baseline import Filtered, Key, Known, known_of, without_known
from transformer.pipeline.context import RunContext
from transformer.report.report import LeftOut
from transformer.runs.validate import Outcome, run_validate


def without_baseline(outcome: Outcome, path: Path, states: States) -> tuple[Outcome, LeftOut]:
    """Return the outcome without the findings in the baseline at `path`.

    Raises:
        SettingsError: it cannot be read.
    """
    relative = partial(_relative, folder=path.parent)
    files = {relative(source.name) for source in (*states.went_in, *states.new)}

    def is_in_input(key: Key) -> bool:
        return key.object in outcome.names or key.file in files

    known = baseline_file.load(path)
    filtered = without_known(_all(outcome), known, is_in_input, relative)
    is_whole = states.reported_files is None
    left_out = LeftOut(
        str(path),
        filtered.left_out,
        tuple(map(_in_words, filtered.unneeded)) if is_whole else (),
        tuple(map(_in_words, filtered.elsewhere)) if is_whole else (),
    )
    return _with(outcome, filtered), left_out


def without_old(outcome: Outcome, states: States, context: RunContext) -> tuple[Outcome, LeftOut]:
    """Return the outcome without the findings that the old state has, too."""
    before = run_validate(states.before(), context)
    known = known_of(_all(before), _as_new(states))
    filtered = without_known(_all(outcome), known)
    return _with(outcome, filtered), LeftOut("the old state", filtered.left_out)


def write_baseline(outcome: Outcome, path: Path) -> tuple[Outcome, str]:
    """Write the findings of a run to `path`; return the others, and what was done in words.

    Raises:
        SettingsError: it cannot be written, is a file of another kind, or nothing was read.
    """
    if not outcome.documents or outcome.is_blank:
        message = "no manifest was read, so there is no baseline to write"
        raise SettingsError(message, file=str(path), hint="name the files and folders to validate")
    known, filtered = kept(_all(outcome), path)
    _write(path, known)
    count = filtered.left_out
    findings = f"{count} finding{'' if count == 1 else 's'}"
    entries = f"{len(known)} entr{'y' if len(known) == 1 else 'ies'}"
    return _with(outcome, filtered), f"{path}: {findings} in {entries}"


def kept(findings: Sequence[Finding], path: Path) -> tuple[Known, Filtered]:
    """Return what a baseline at `path` with these findings holds, and the findings without them."""
    relative = partial(_relative, folder=path.parent)
    known = known_of(findings, relative)
    return known, without_known(findings, known, relative=relative)


def _write(path: Path, known: Known) -> None:
    try:
        if os.path.lexists(path) and not baseline_file.is_one(path):
            message = "this file is not a baseline, so it is not replaced"
            raise SettingsError(message, file=str(path), hint="name another file, or remove it")
        with path.open("ab"):
            pass
        atomic.replace(path, (line.encode() for line in baseline_file.render(known)))
    except OSError as error:
        message = f"the baseline cannot be written: {reason_of(error)}"
        raise SettingsError(message, file=str(path)) from None


def _all(outcome: Outcome) -> tuple[Finding, ...]:
    """Return all findings: that there are more than are known may show only in other files."""
    return (*outcome.findings, *outcome.elsewhere)


def _with(outcome: Outcome, filtered: Filtered) -> Outcome:
    elsewhere = {found.file for found in outcome.elsewhere}
    return outcome._replace(
        findings=tuple(one for one in filtered.findings if one.file not in elsewhere),
        elsewhere=tuple(one for one in filtered.findings if one.file in elsewhere),
    )


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
    where = f" in cluster {key.cluster}" if key.cluster else ""
    return f"{key.rule} {key.object or key.file}{where}"

"""One repository of a fleet: a task in, the object of its line out.

The commands run in the folder of the repository as a person runs them there, with `.` as the PATH:
`validate --format json`, `--check --report json`, `--diff`, `placement --format json`. What they
answer is the report in the line. Errors are values: whatever happens, there is a result.

It changes the working folder and standard error of this process, so it runs in one that does
nothing else (`fleet_worker.py`).
"""

import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import chdir, contextmanager, redirect_stderr
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

from transformer.commands.host import Host, discovery_options
from transformer.config.fleet_tasks import Result, Task, failure, line_of
from transformer.config.options import Options, TransformOptions
from transformer.config.placement_options import PlacementOptions
from transformer.config.resolve import resolve, with_options
from transformer.config.validate_options import ValidateOptions
from transformer.errors import SettingsError, TransformError, reason_of
from transformer.inputs import kept_results, repositories
from transformer.inputs.comparison import opened_states
from transformer.inputs.discovery import Source, discover
from transformer.inputs.git.snapshots import Snapshot
from transformer.outputs.reporter import Reporter
from transformer.outputs.writers import DiffStream, Output
from transformer.pipeline.settings import Settings
from transformer.report.formats import placement_renderer, renderer
from transformer.runs.transform import Inputs

_HERE = (".",)
_SEVERITIES = ("error", "warning", "info")


def work(task: Task, scratch: Path) -> Result:
    """Return the result of a task; `scratch` is an empty folder for files of a revision."""
    commit = ""
    try:
        found = repositories.opened(task.folder, task.revision)
        if found.snapshot is None:
            with chdir(found.folder):
                rest, patch = _run(task, *resolve(_options(task)))
                return Result(line_of(task, "", rest), patch)
        commit = found.snapshot.commit
        return _of_revision(task, found.snapshot, scratch)
    except repositories.Unreadable as error:
        return failure(task, error.message, error.hint, commit=commit)
    except SettingsError as error:
        place = {"file": error.file, "line": error.line, "column": error.column}
        message = error.message.replace(f"{scratch}{os.sep}", "")
        return failure(task, message, error.hint, status=2, commit=commit, **place)
    except TransformError as error:
        return failure(task, error.message, error.hint, commit=commit)
    except OSError as error:
        where = str(error.filename or "a temporary file").removeprefix(f"{scratch}{os.sep}")
        return failure(task, f"{where}: {reason_of(error)}", commit=commit)


def _of_revision(task: Task, found: Snapshot, scratch: Path) -> Result:
    """Return the result for a commit: from an earlier run, or worked out in `scratch`.

    Raises:
        TransformError: there is none.
        repositories.Unreadable: the commit cannot be read.
        OSError: a file cannot be read or written.
    """
    folder = task.settings.cache
    key = kept_results.key_of(found.tree, task.settings) if folder and found.tree else ""
    kept = kept_results.known(folder, key) if key else None
    if kept is not None:
        return Result(line_of(task, found.commit, kept["line"]), kept["patch"], is_cached=True)
    with chdir(scratch):
        options = _options(task)
        own = repositories.written(found, scratch) or Settings()
        configuration = with_options(own, options)
        rest, patch = _run(task, configuration, Path.cwd())
    if key and not configuration.build and rest["status"] < 2:
        kept_results.keep(folder, key, {"line": rest, "patch": patch}, configuration)
    return Result(line_of(task, found.commit, rest), patch)


def _options(task: Task) -> Options:
    """Return the options that a person would give."""
    given = task.settings
    return Options(
        pools=given.pools,
        enable=given.enable,
        disable=given.disable,
        on_invalid=given.on_invalid,
        strict=given.strict,
        max_document=given.max_document,
        quiet=True,
    )


def _run(task: Task, configuration: Settings, root: Path) -> tuple[dict[str, Any], str]:
    """Return what a command says in the working folder, and the patch if one is asked for.

    Raises:
        TransformError: it cannot run.
        OSError: a temporary file cannot be written.
    """
    run = _COMMANDS.get(task.settings.mode, _transform)
    with redirect_stderr(io.StringIO()) as said:
        status, report, patch = run(task, configuration, root)
    plain = json.loads(report)
    rest = {
        "status": status,
        "counts": _counts_of_placement(plain)
        if task.settings.mode == "placement"
        else _counts(plain),
        "messages": said.getvalue().splitlines(),
        "report": plain,
    }
    return rest, patch


def _validate(task: Task, configuration: Settings, root: Path) -> tuple[int, str, str]:
    """Return the exit status of `validate` and its report as JSON."""
    from transformer.commands import validate

    shared = _shared(task)
    options = ValidateOptions(format="json", fail_on=task.settings.fail_on, **shared)
    told: list[str] = []
    host: validate.ValidateHost = Host(
        configuration,
        root,
        partial(opened_states, _HERE, options),
        lambda report: told.extend(renderer("json")(report)),
        workers=0,
    )
    return validate.run(options, host), "".join(told), ""


def _placement(task: Task, configuration: Settings, root: Path) -> tuple[int, str, str]:
    """Return the exit status of `placement` and its report as JSON."""
    from transformer.commands import placement

    shared = _shared(task)
    options = PlacementOptions(format="json", fail_on=task.settings.fail_on, **shared)
    told: list[str] = []
    host: placement.PlacementHost = Host(
        configuration,
        root,
        partial(opened_states, _HERE, options),
        lambda report: told.extend(placement_renderer("json")(report)),
        workers=0,
    )
    return placement.run(options, host), "".join(told), ""


def _transform(task: Task, configuration: Settings, root: Path) -> tuple[int, str, str]:
    """Return the exit status of `--check` or `--diff`, its report as JSON, and the diff."""
    from transformer.commands import transform

    is_check = task.settings.mode == "check"
    diff, report = io.BytesIO(), io.StringIO()
    options = TransformOptions(check=is_check, diff=not is_check, report="json", **_shared(task))
    sources = discover(_HERE, discovery_options(configuration, root))

    @contextmanager
    def answers(_: Reporter) -> Iterator[tuple[Output, Callable[[], object]]]:
        yield Output() if is_check else _Patch(diff), lambda: None

    inputs = Inputs(sources, roots=_HERE)
    host: transform.TransformHost = Host(configuration, root, inputs, answers, workers=0)
    with redirect_stderr(report):  # where `--report json` goes
        status = transform.run(options, host)
    return status, report.getvalue(), diff.getvalue().decode(errors="surrogateescape")


class _Patch(DiffStream):
    """A diff that `git apply` takes: what a link leads to is changed, and not the link."""

    def begin(self, source: Source | None) -> None:
        if source is not None and source.path.is_symlink():
            source = source._replace(name=os.path.relpath(os.path.realpath(source.path)))
        super().begin(source)


_COMMANDS = {"validate": _validate, "placement": _placement}
"""The others are those of `transform`."""


def _shared(task: Task) -> dict[str, Any]:
    options = _options(task)
    return {field.name: getattr(options, field.name) for field in fields(Options)}


def _counts(report: dict[str, Any]) -> dict[str, int]:
    found = Counter(one["severity"] for one in report["findings"])
    counts = {"documents": report["documents"], "changed": len(report["changed"])}
    return {**counts, **{severity: found[severity] for severity in _SEVERITIES}}


def _counts_of_placement(report: dict[str, Any]) -> dict[str, int]:
    worlds = report.get("clusters", [report])
    workloads = [workload for world in worlds for workload in world["workloads"]]
    breaks = sum(
        any(verdict["verdict"] == "breaks" for verdict in one["verdicts"]) for one in workloads
    )
    return {"workloads": len(workloads), "breaks": breaks}

"""The `validate` command: validate the states that the host reads, and answer and report."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO, TypeAlias

from transformer.commands.explain import rule_helps
from transformer.commands.host import Host, discovery_options, refuse
from transformer.config.package_data import read, schemas
from transformer.config.validate_options import ValidateOptions
from transformer.errors import SettingsError
from transformer.findings import Change, Finding, Severity
from transformer.inputs.clusters import check_clusters
from transformer.inputs.comparison import States, is_stdin
from transformer.inputs.discovery import DiscoveryOptions, Source
from transformer.inputs.prescan import given_pools
from transformer.inputs.reading import size_of
from transformer.outputs.report_files import opened_reports
from transformer.outputs.reporter import NO_MANIFEST, NOTHING_FOUND, NOTHING_READ
from transformer.outputs.terminal import Progress, is_capable, paint_for
from transformer.pipeline.baseline import Baseline
from transformer.pipeline.context import RunContext, build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import batches
from transformer.pipeline.settings import Settings
from transformer.report import as_console, as_text, brief, coverage
from transformer.report.formats import WITH_FIXES, renderer
from transformer.report.formatting import count
from transformer.report.report import LeftOut, Report
from transformer.report.validation_summary import summary
from transformer.rules.registry import rule_ids
from transformer.runs.old_states import former_pools
from transformer.runs.validate import Outcome, run_validate, told
from transformer.system import stdio
from transformer.system.version import tool_version
from transformer.text.framing import raw_batches

if TYPE_CHECKING:
    from transformer.runs.builds import Edits

Reads: TypeAlias = Callable[[DiscoveryOptions], AbstractContextManager[States]]
ValidateHost: TypeAlias = Host[Reads, Callable[[Report], object]]


def run(options: ValidateOptions, host: ValidateHost) -> int:
    """Validate the states that the host reads, and return the exit status.

    Raises:
        SettingsError: the configuration is invalid, or a state cannot be found.
        OSError: standard input or output, or a temporary file, fails.
    """
    context = build(
        host.settings,
        json.loads(read("kubernetes/components.json")),
        schemas=schemas(),
        max_document=options.max_document,
    )
    context = context._replace(lenient_on_non_manifests=host.is_lenient)
    pools = host.pool_sources(options.pools)
    discovery = discovery_options(host.settings, host.root, options.cluster)
    named = list(options.report_to)
    if options.report_file is not None:
        named.insert(0, ("json", options.report_file))
    baseline = _baseline(options, host)
    context = context._replace(settings=context.settings._replace(baseline=str(baseline or "")))
    is_built = options.build or bool(options.build_dirs) or host.settings.build
    if options.fix and host.settings.build:
        _refuse_to_fix_builds(host.settings)
    with (
        checked(host, discovery) as sources,
        built(sources, options.build_dirs, host.settings, discovery.root)
        if is_built
        else nullcontext(sources) as states,
        opened_reports(named, read_by(host, options, states, pools)) as files,
    ):
        changes, unfixed = _fixed(states, pools, context) if options.fix else ((), ())
        progress = progress_of(states, options, "validating")
        try:
            given = tuple(given_pools(pools, context))
            outcome = run_validate(
                states._replace(given=given),
                context,
                progress.advance,
                workers=host.workers,
                cache_folder=host.cache,
            )
        finally:
            progress.clear()
        outcome, left_out = _without_known(outcome, options, baseline, states, context, host.keeps)
        outcome = outcome._replace(findings=told(outcome, states, context))
        if not WITH_FIXES.isdisjoint((options.format, *(form for form, _ in named))):
            outcome = _with_fixes(outcome, states, pools, context)
        checks = tuple(rule.id for rule in context.validation)
        report = _report(states, outcome, changes, unfixed, checks, left_out)
        for form, file in files:
            file.writelines(renderer(form)(report))
        try:
            host.answers(report)
        except BrokenPipeError:
            stdio.discard_output()
        errors = sum(found.severity == "error" for found in outcome.elsewhere)
        if errors and not options.quiet:
            print(_elsewhere(errors), file=sys.stderr, flush=True)
        if options.write_baseline is not None and baseline is None:
            return 0
        reasons = (
            []
            if (status := _status(report, outcome, unfixed))
            else _failing(report, options, is_whole=states.reported_files is None)
        )
        for reason in reasons:
            print(reason, file=sys.stderr, flush=True)
        return 1 if reasons else status


def _refuse_to_fix_builds(settings: Settings) -> NoReturn:
    """Raise a `SettingsError`: what the configuration has built is in no file to fix."""
    message = "--fix and `build: true` cannot be used together"
    hint = "`hostnet-transform -w .` edits the sources; or use a --config without `build`"
    raise SettingsError(message, file=settings.name, line=settings.build_line, column=1, hint=hint)


def _baseline(options: ValidateOptions, host: ValidateHost) -> Path | None:
    """Return the file of the baseline to leave out, if there is one."""
    if options.baseline is not None or options.write_baseline is not None:
        return options.baseline
    return host.baseline


def _without_known(
    outcome: Outcome,
    options: ValidateOptions,
    baseline: Path | None,
    states: States,
    context: RunContext,
    keeps: Callable[[Baseline], object] | None,
) -> tuple[Outcome, tuple[LeftOut, ...]]:
    """Return the outcome without known findings, and how many of them were left out."""
    if baseline is None and options.write_baseline is None and not options.only_new:
        return outcome, ()
    from transformer.commands import known_findings  # few runs need it

    left_out, written = [], options.write_baseline
    if baseline is not None:
        outcome, kept, left = known_findings.without_baseline(
            outcome, baseline, states, context, is_reduced=written is not None
        )
        left_out.append(left)
    elif written is not None:
        outcome, kept = known_findings.as_baseline(outcome, written, context)
    if written is not None:
        (keeps or partial(known_findings.write, written))(kept)
        if not options.quiet:
            done = known_findings.in_words(kept)
            print(f"{written}: {done}", file=sys.stderr, flush=True)
    if options.only_new:
        outcome, left = known_findings.without_old(outcome, states, context)
        left_out.append(left)
    return outcome, tuple(left_out)


def read_by(
    host: Host[Reads, Any], options: ValidateOptions, states: States, pools: Sequence[Source]
) -> Iterator[Path]:
    """Yield all files that a run reads."""
    yield from host.own_files()
    yield from filter(None, (options.baseline, options.write_baseline))
    yield from states.files()
    yield from (source.path for source in pools)


@contextmanager
def checked(host: Host[Reads, Any], discovery: DiscoveryOptions) -> Iterator[States]:
    """Yield the states that the host reads, after a check that they have the clusters."""
    with host.reads(discovery) as states:
        check_clusters(states, discovery, host.settings.name)
        yield states


@contextmanager
def built(
    states: States,
    folders: tuple[str, ...],
    settings: Settings,
    configured: Path,
    edits: "Edits | None" = None,
) -> Iterator[States]:
    """Yield the states with what kustomize makes of them, also after `edits`."""
    from transformer.runs.builds import Builder, building, with_builds  # slow to import

    with building() as scratch:
        severity: Severity = "warning" if settings.on_invalid == "pass" else "error"
        builder = Builder(folders, scratch, os.environ, _transformed, severity, configured, edits)
        yield with_builds(states, builder)


def _transformed(configuration: Mapping[str, Any], manifests: bytes) -> bytes:
    """Return manifests as a transformer of ours in a kustomization changes them."""
    from transformer.config.function_config import function_config
    from transformer.inputs.prescan import pool_index
    from transformer.pipeline.stream import transform_as_it_comes

    settings = function_config(configuration).settings
    context = build(settings, json.loads(read("kubernetes/components.json")))
    index = pool_index(settings.inline_pools, complete=False)
    pieces = batches(raw_batches([manifests]))
    results = transform_as_it_comes(pieces, Origin(""), context.with_pools(index), list)
    return b"".join(result.data for result in results)


def refuse_contradictions(paths: tuple[str, ...], options: ValidateOptions) -> None:
    """Check that PATHs and options can be used together.

    Raises:
        SettingsError: two of them cannot.
    """
    if "-" in paths and paths != ("-",):
        refuse("- (standard input)", "other PATHs")
    if options.old is not None and (options.base is not None or options.staged):
        refuse("--old", "--base" if options.base is not None else "--staged")
    if "-" in paths and (options.base is not None or options.staged):
        refuse("- (standard input)", "--base" if options.base is not None else "--staged")
    if options.fix and options.staged:
        refuse("--fix", "--staged")
    if options.fix and (options.build or options.build_dirs):
        hint = "`hostnet-transform -w` edits the sources"
        raise SettingsError("--fix and --build cannot be used together", hint=hint)
    if options.write_baseline is not None and options.only_new:
        refuse("--write-baseline", "--only-new")
    if options.only_new and not (options.old or options.base or options.staged):
        raise SettingsError("--only-new needs an old state", hint="give --base, --old or --staged")
    if is_stdin(paths, options):
        _refuse_on_stdin(options)
    if options.quiet and options.verbose:
        refuse("--quiet", "--verbose")


def _refuse_on_stdin(options: ValidateOptions) -> None:
    """Check that the options can be used with standard input.

    Raises:
        SettingsError: one cannot.
    """
    hint = "name files or folders"
    if options.cluster:
        raise SettingsError("standard input belongs to no cluster", hint=hint)
    if options.fix:
        raise SettingsError("standard input cannot be fixed in place", hint=hint)
    if options.build or options.build_dirs:
        raise SettingsError("standard input cannot be built", hint=hint)


def progress_of(states: States, options: ValidateOptions, work: str) -> Progress:
    """Return the progress of a run over the states; `work` names the activity."""
    is_wanted = is_capable(sys.stderr) and not options.quiet
    progress = Progress(sys.stderr if is_wanted else None, work=work)
    for source in states.new if is_wanted else ():
        progress.expect(2 * size_of(source))
    return progress


def _with_fixes(
    outcome: Outcome, states: States, pools: Sequence[Source], context: RunContext
) -> Outcome:
    """Return the outcome with the edits that resolve findings."""
    from transformer.runs.fixes import with_fixes  # slow to import

    former = former_pools(states, context)
    findings = with_fixes(outcome.findings, states, pools, context, former)
    return outcome._replace(findings=findings)


def _fixed(
    states: States, pools: Sequence[Source], context: RunContext
) -> tuple[tuple[Change, ...], tuple[Finding, ...]]:
    """Fix the new state in place; return the changes, and findings on what cannot be fixed."""
    from transformer.runs.fix import fix  # slow to import

    return fix(states.new, pools, context, former_pools(states, context))


def _report(
    states: States,
    outcome: Outcome,
    changes: tuple[Change, ...],
    unfixed: tuple[Finding, ...],
    checks: tuple[str, ...],
    left_out: tuple[LeftOut, ...] = (),
) -> Report:
    known = {(found.rule, found.file, found.object) for found in outcome.findings}
    of_fixes = (found for found in unfixed if (found.rule, found.file, found.object) not in known)
    return Report(
        outcome.documents,
        len(states.new),
        (*of_fixes, *outcome.findings),
        rule_helps,
        outcome.skipped_rules,
        outcome.undecided,
        tool_version,
        changes,
        checks,
        is_blank=outcome.is_blank and not outcome.failed,
        unseen=outcome.unseen,
        rule_ids=rule_ids(),
        left_out=left_out,
        warns=cache(_warn),
    )


def _warn(message: str) -> None:
    print(f"warning: {message}", file=sys.stderr, flush=True)


def _elsewhere(errors: int) -> str:
    """Return the message on errors in files that were neither passed nor changed."""
    what, them = ("an error", "it") if errors == 1 else (f"{errors} errors", "them")
    hint = f"`hostnet-transform validate .` reports {them}"
    return f"{what} in files that were neither passed nor changed: {hint}"


def _status(report: Report, outcome: Outcome, unfixed: Sequence[Finding]) -> int:
    if outcome.failed or any(found.severity == "error" for found in unfixed):
        return 3
    return int(any(found.severity == "error" for found in report.findings))


def _failing(report: Report, options: ValidateOptions, *, is_whole: bool) -> list[str]:
    """Return why a run without errors fails nevertheless (`--fail-on`). `is_whole`: it reports on
    all of its input, which then must not be empty.
    """
    # A patch that was left out may be the remedy, so that is no reason to fail.
    warnings = sum(found.severity == "warning" and not found.patches for found in report.findings)
    found = {
        "warning": count(warnings, "warning") if warnings else "",
        "unseen": coverage.counts(report.unseen),
    }
    if is_whole and (not report.files or report.is_blank):
        found["unseen"] = NO_MANIFEST
    chosen = [(name, text) for name, text in found.items() if text and name in options.fail_on]
    return [f"failed because of --fail-on {name}: {text}" for name, text in chosen]


def _listing(report: Report, options: ValidateOptions, stream: TextIO | None) -> Iterator[str]:
    """Return the lines of the report for people; with `--quiet`, only errors."""
    paint = paint_for(stream, options.color)
    if options.quiet:
        errors = tuple(found for found in report.findings if found.severity == "error")
        return as_console.findings(report._replace(findings=errors), paint)
    if options.brief:
        return brief.render(report, options.fail_on, paint)
    return as_console.render(report, paint, with_related=options.verbose)


def print_for_people(options: ValidateOptions, report: Report) -> None:
    """Print the report for people on standard error: standard output belongs to the host."""
    sys.stderr.writelines(_listing(report, options, sys.stderr))
    sys.stderr.flush()


def print_report(options: ValidateOptions, report: Report) -> None:
    """Print the report, and on standard error what was fixed and, unless as text, the summary."""
    if not options.quiet:
        paint = paint_for(sys.stderr, options.color)
        lines = [as_text.change(change, paint) for change in report.changes]
        if not report.files:
            lines.append(NOTHING_FOUND)
        elif report.is_blank:
            lines.append(NOTHING_READ)
        if options.format != "text":
            lines += summary(report, with_names=options.verbose)
        print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr, flush=True)
    if options.format == "text":
        pieces = _listing(report, options, sys.stdout)
    else:
        pieces = renderer(options.format)(report)
    out = stdio.standard_output()
    for piece in pieces:
        out.write(piece.encode("utf-8", "backslashreplace"))
    out.flush()

"""The `validate` command put together: options in, a report on standard output, exit status out."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, TextIO

from transformer.commands.explain import rule_helps
from transformer.config.package_data import read, schemas
from transformer.config.resolve import configured
from transformer.errors import SettingsError
from transformer.inputs.comparison import DiscoveryOptions, States, is_stdin, read_states
from transformer.inputs.discovery import discover
from transformer.inputs.git.states import GitStates
from transformer.inputs.prescan import given_pools
from transformer.inputs.reading import Readable, size_of
from transformer.inputs.temp_copies import temp_folder
from transformer.outputs.reporter import NOTHING_FOUND, NOTHING_READ, opened_report
from transformer.outputs.terminal import Progress, is_capable, paint_for
from transformer.pipeline import context as engines
from transformer.pipeline.settings import Settings
from transformer.report import as_console, as_json, as_text
from transformer.report.report import Report
from transformer.runs.fix import Fixed, fix
from transformer.runs.validate import Outcome, former_pools, validate
from transformer.system import stdio
from transformer.system.version import tool_version

FORMATS: Mapping[str, str] = {
    "text": "as_listing",
    "json": "as_json",
    "sarif": "as_sarif",
    "github": "as_github",
    "gitlab": "as_gitlab",
    "junit": "as_junit",
}
"""The modules in `report/` that render each format."""


class Options(NamedTuple):
    """The options of `validate`, named as on the command line."""

    old: str | None
    base: str | None
    staged: bool
    format: str
    fix: bool
    report_file: Path | None
    pools: tuple[str, ...]
    config: Path | None
    enable: tuple[str, ...]
    disable: tuple[str, ...]
    on_invalid: Literal["fail", "pass"] | None
    strict: bool
    stdin_filename: str
    max_document: int
    quiet: bool
    verbose: bool
    color: str


def plugin_options(shared: Mapping[str, Any]) -> Options:
    """Return the options with which a plugin validates; `shared` are those of `transform` too."""
    return Options(old=None, base=None, staged=False, format="text", fix=False, **shared)


def run(paths: tuple[str, ...], options: Options) -> int:
    """Run the command and return its exit status.

    Raises:
        SettingsError: wrong usage, or a wrong configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    _refuse_contradictions(paths, options)
    return _judge_paths(paths, options, *configured(options), _tell)


def run_as_plugin(
    stdin: Readable,
    options: Options,
    settings: Settings,
    root: Path,
    take: Callable[[Report], object] = lambda _: None,
) -> int:
    """Judge what a host hands over, and return the exit status; `take` gets the report.

    People read on standard error, since standard output belongs to the host.
    """

    def tell(report: Report, options: Options) -> None:
        take(report)
        sys.stderr.writelines(_listing(report, options, sys.stderr))
        sys.stderr.flush()

    return _judge_paths((), options, settings, root, tell, stdin)


def run_as_hook(options: Options, take_states: Callable[[DiscoveryOptions], States]) -> int:
    """Judge the states that `take_states` finds, and return the exit status.

    Raises:
        SettingsError: a wrong configuration, or git cannot give the states.
        OSError: standard output, or a temporary file, fails.
    """
    settings, root = configured(options)
    return judge(take_states, options, settings, root, _tell, lenient_on_non_manifests=True)


def _judge_paths(
    paths: tuple[str, ...],
    options: Options,
    settings: Settings,
    root: Path,
    tell: Callable[[Report, Options], object],
    stdin: Readable | None = None,
) -> int:
    """Judge what PATHs stand for; `stdin` is what to read instead of standard input."""
    with temp_folder() as folder, GitStates() as git:

        def take_states(searched: DiscoveryOptions) -> States:
            return read_states(paths, options, searched, folder, git, stdin)

        return judge(take_states, options, settings, root, tell)


def judge(
    take_states: Callable[[DiscoveryOptions], States],
    options: Options,
    settings: Settings,
    root: Path,
    tell: Callable[[Report, Options], object],
    *,
    lenient_on_non_manifests: bool = False,
) -> int:
    """Judge what `take_states` finds, let `tell` say what is wrong, and return the exit status.

    Paths in `settings` are relative to `root`. `lenient_on_non_manifests` as in `RunContext`.
    """
    context = engines.build(
        settings,
        json.loads(read("kubernetes/components.json")),
        schemas=schemas(),
        max_document=options.max_document,
    )
    context = replace(context, lenient_on_non_manifests=lenient_on_non_manifests)
    pool_paths = [*options.pools, *(str(root / path) for path in settings.pool_paths)]
    pools = discover(pool_paths, root=root)
    searched = DiscoveryOptions(root, settings.include, settings.exclude, settings.scopes)
    report_file = opened_report(options.report_file) if options.report_file else nullcontext()
    with report_file as file:
        states = take_states(searched)
        fixed = Fixed((), 0, ())
        if options.fix:
            fixed = fix(states.new, pools, context, former_pools(states, context))
        progress = _progress(states, options)
        try:
            given = tuple(given_pools(pools, context))
            outcome = validate(states._replace(given=given), context, progress.advance)
        finally:
            progress.clear()
        checks = tuple(rule.id for rule in context.validation)
        report = _report(states, outcome, fixed, checks)
        if file is not None:
            file.writelines(as_json.render(report))
        try:
            tell(report, options)
        except BrokenPipeError:
            stdio.discard_output()
        if outcome.elsewhere and not options.quiet:
            print(_elsewhere(outcome.elsewhere), file=sys.stderr, flush=True)
        return _status(report, outcome, fixed)


def _refuse_contradictions(paths: tuple[str, ...], options: Options) -> None:
    def refuse(one: str, other: str) -> None:
        raise SettingsError(f"{one} and {other} contradict", hint="leave one of them out")

    if "-" in paths and paths != ("-",):
        refuse("- (standard input)", "other PATHs")
    if options.old is not None and (options.base is not None or options.staged):
        refuse("--old", "--base" if options.base is not None else "--staged")
    if "-" in paths and (options.base is not None or options.staged):
        refuse("- (standard input)", "--base" if options.base is not None else "--staged")
    if options.fix and options.staged:
        refuse("--fix", "--staged")
    if options.fix and is_stdin(paths, options):
        hint = "name files or folders"
        raise SettingsError("standard input cannot be mended in place", hint=hint)
    if options.quiet and options.verbose:
        refuse("--quiet", "--verbose")


def _progress(states: States, options: Options) -> Progress:
    is_wanted = is_capable(sys.stderr) and not options.quiet
    progress = Progress(sys.stderr if is_wanted else None, work="validating")
    for source in states.new if is_wanted else ():
        progress.expect(2 * size_of(source))
    return progress


def _report(states: States, outcome: Outcome, fixed: Fixed, checks: tuple[str, ...]) -> Report:
    return Report(
        outcome.documents,
        len(states.new),
        (*fixed.findings, *outcome.findings),
        rule_helps(),
        outcome.skipped_rules,
        tool_version(),
        fixed.changes,
        checks,
        is_blank=outcome.is_blank and not outcome.failed,
    )


def _elsewhere(errors: int) -> str:
    """Return what to say of errors in files that nobody asked about."""
    what = "an error" if errors == 1 else f"{errors} errors"
    tells = "`hostnet-transform validate .` tells"
    return f"{what} in files that were neither passed nor changed: {tells}"


def _status(report: Report, outcome: Outcome, fixed: Fixed) -> int:
    if outcome.failed or any(found.severity == "error" for found in fixed.findings):
        return 3
    return int(any(found.severity == "error" for found in report.findings))


def _listing(report: Report, options: Options, stream: TextIO | None) -> Iterator[str]:
    """Yield the report for people; if they want quiet, nothing but errors."""
    if not options.quiet:
        paint = paint_for(stream, options.color)
        return as_console.render(report, paint, with_related=options.verbose)
    errors = tuple(found for found in report.findings if found.severity == "error")
    shown = replace(report, findings=errors)
    return as_console.findings(shown, paint_for(stream, options.color))


def _tell(report: Report, options: Options) -> None:
    """Print the report, and tell people besides what was mended and, if it is no text, the sum."""
    if not options.quiet:
        paint = paint_for(sys.stderr, options.color)
        lines = [as_text.change(change, paint) for change in report.changes]
        if not report.files:
            lines.append(NOTHING_FOUND)
        elif report.is_blank:
            lines.append(NOTHING_READ)
        if options.format != "text":
            lines += as_console.summary(report)
        print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr, flush=True)
    if options.format == "text":
        pieces = _listing(report, options, sys.stdout)
    else:
        module = import_module(f"transformer.report.{FORMATS[options.format]}")
        pieces = module.render(report)
    out = stdio.standard_output()
    for piece in pieces:
        out.write(piece.encode("utf-8", "backslashreplace"))
    out.flush()

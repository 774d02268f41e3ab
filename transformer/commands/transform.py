"""The `transform` command: transform what the host reads, and answer and report the result."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, BinaryIO, TextIO, TypeAlias

from transformer.commands.host import Host, refuse
from transformer.config.options import TransformOptions
from transformer.config.package_data import read
from transformer.errors import SettingsError
from transformer.findings import DocumentResult
from transformer.inputs.discovery import Source
from transformer.inputs.reading import is_regular
from transformer.outputs import writers
from transformer.outputs.reporter import NOTHING_FOUND, NOTHING_READ, Reporter
from transformer.outputs.terminal import Progress, is_capable, paint_for
from transformer.pipeline.context import build
from transformer.runs.transform import Inputs, Outputs, run_transform
from transformer.system import stdio

if TYPE_CHECKING:
    from transformer.outputs.report_files import RunReport

Opened: TypeAlias = AbstractContextManager[tuple[writers.Output, Callable[[], object]]]
"""Where results go, and what to call before a wait, so that no results are held back."""

TransformHost: TypeAlias = Host[Inputs, Callable[[Reporter], Opened]]


def run(options: TransformOptions, host: TransformHost) -> int:
    """Transform what the host reads, and return the exit status.

    Raises:
        SettingsError: a file of pools or of the report cannot be opened.
        OSError: standard input or output, or a temporary file, fails.
    """
    context = build(
        host.settings,
        json.loads(read("kubernetes/components.json")),
        allow_reformat=options.allow_reformat,
        max_document=options.max_document,
    )
    inputs, pools = host.reads, host.pool_sources(options.pools)
    progress = _progress(options)
    with _report_files(options, host, pools) as files:
        reporter = _reporter(options, files, progress)
        if inputs.sources == []:
            reporter.say(NOTHING_FOUND)
        is_cut_off = False
        try:
            with host.answers(reporter) as (output, idle):
                outputs = Outputs(output, reporter, progress, idle)
                run_transform(
                    inputs,
                    pools,
                    context,
                    outputs,
                    is_pool_given=bool(options.pools),
                    workers=host.workers,
                )
        except BrokenPipeError:
            is_cut_off = True
            stdio.discard_output()
        finally:
            progress.clear()
        is_empty = not (reporter.has_read or reporter.has_failed or inputs.sources == [])
        if options.check and is_empty and not host.fails_on_change:
            reporter.say(NOTHING_READ)
        reporter.close(quietly=is_cut_off)
        if host.fails_on_change:
            for step in _next_steps(reporter, is_check=options.check):
                reporter.say(step)
    if (options.check or host.fails_on_change) and reporter.counts["changed"]:
        return reporter.status or 1
    return reporter.status


def _next_steps(reporter: Reporter, *, is_check: bool) -> Iterator[str]:
    """Yield what is to be done before the next try."""
    if number := reporter.counts["written"]:
        what = "a file was" if number == 1 else f"{number} files were"
        yield f"{what} changed: review the changes, `git add` them, and try again"
    if is_check and reporter.counts["changed"]:
        yield "make the changes (`hostnet-transform -w .` does), `git add` them, and try again"
    if reporter.status:
        yield "fix the errors, `git add` the files, and try again"


def refuse_contradictions(paths: tuple[str, ...], options: TransformOptions) -> None:
    """Check that PATHs and options can be used together.

    Raises:
        SettingsError: two of them cannot.
    """
    is_filter = not paths or paths == ("-",)
    if "-" in paths and not is_filter:
        refuse("- (standard input)", "other PATHs")
    if options.write:
        if is_filter:
            hint = "name files or folders"
            raise SettingsError("standard input cannot be written in place", hint=hint)
        for flag, is_set in (
            ("--check", options.check),
            ("--diff", options.diff),
            ("--all-or-nothing", options.all_or_nothing),
            (f"--output {options.output}", options.output != "manifests"),
        ):
            if is_set:
                refuse("--write", flag)
    if options.diff and options.output != "manifests":
        refuse("--diff", f"--output {options.output}")
    if options.quiet and options.verbose:
        refuse("--quiet", "--verbose")


@contextmanager
def opened_output(
    options: TransformOptions, inputs: Inputs, reporter: Reporter
) -> Iterator[tuple[writers.Output, Callable[[], object]]]:
    """Yield where results go according to the options, and what to call before a wait."""
    if options.write:
        yield writers.InPlace(reporter), lambda: None
        return

    def holds_back() -> bool:
        if reporter.has_failed:
            reporter.say("nothing is printed, because something failed")
        return reporter.has_failed

    stdout = stdio.standard_output()
    hold = stdio.held(stdout, holds_back)
    with hold if options.all_or_nothing else nullcontext(stdout) as out:

        def idle() -> None:
            out.flush()
            reporter.flush()

        yield _stream(out, options, inputs, reporter), idle
    stdout.flush()


def _stream(
    out: BinaryIO, options: TransformOptions, inputs: Inputs, reporter: Reporter
) -> writers.Output:
    def warn(message: str) -> None:
        reporter.say(f"warning: {message}")

    def stopped(result: DocumentResult) -> None:
        if not options.all_or_nothing:
            reporter.say(f"the output ends before {result.file}:{result.line}, which failed")

    if options.diff:
        return writers.DiffStream(out, options.stdin_filename)
    if options.output == "json-patch":
        return writers.JsonPatchStream(out)
    if options.output == "kustomize-patches":
        is_stream = not inputs.sources or not all(map(is_regular, inputs.sources))
        return writers.KustomizePatchStream(out, warn, is_stream=is_stream)
    if options.output == "kubectl":
        from transformer.outputs.kubectl_script import KubectlScript  # few runs need it

        return KubectlScript(out, reporter)
    return writers.Output() if options.check else writers.ManifestStream(out, stopped)


def _is_text_reported(options: TransformOptions) -> bool:
    return options.report in (None, "text")


def _progress(options: TransformOptions) -> Progress:
    """Return the progress to show: none if it would appear between lines of the result."""
    is_wanted = _is_text_reported(options) and not options.quiet and is_capable(sys.stderr)
    is_alone = options.write or options.check or sys.stdout is None or not sys.stdout.isatty()
    return Progress(sys.stderr if is_wanted and is_alone else None)


def _reporter(
    options: TransformOptions, files: Sequence[tuple[str, TextIO]], progress: Progress
) -> Reporter:
    return Reporter(
        sys.stderr if _is_text_reported(options) else None,
        lines=[file for form, file in files if form == "text"],
        reports=_reports(files),
        level=-1 if options.quiet else int(options.verbose),
        is_brief=options.brief,
        paint=paint_for(sys.stderr, options.color),
        before=progress.clear,
        changed="changed" if options.write or options.prints_manifests else "would change",
    )


def _reports(files: Sequence[tuple[str, TextIO]]) -> "list[RunReport]":
    if not files:
        return []
    from transformer.outputs.report_files import REPORTS  # most runs do not need it

    return [REPORTS[form](file) for form, file in files if form in REPORTS]


@contextmanager
def _report_files(
    options: TransformOptions, host: TransformHost, pools: Sequence[Source]
) -> Iterator[list[tuple[str, TextIO]]]:
    """Yield where reports go, and their formats, opened before anything else is done."""
    named = list(options.report_to)
    if options.report_file is not None:
        named.insert(0, ("text" if options.report == "text" else "json", options.report_file))
    on_stderr = (
        [("json", sys.stderr)] if options.report == "json" and options.report_file is None else []
    )
    if not named:
        yield on_stderr
        return
    from transformer.outputs.report_files import opened_reports  # most runs do not need it

    inputs = host.reads
    sources = (*(inputs.sources or ()), *inputs.context_files, *pools)
    reads = (*host.own_files(), *(source.path for source in sources))
    with opened_reports(named, reads) as files:
        yield [*on_stderr, *files]

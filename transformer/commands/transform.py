"""The `transform` command put together: options in, exit status out."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, TextIO, TypeAlias

from transformer.config.package_data import read
from transformer.errors import SettingsError
from transformer.findings import DocumentResult
from transformer.inputs.discovery import Source, discover
from transformer.inputs.reading import Readable, is_regular
from transformer.outputs import writers
from transformer.outputs.reporter import NOTHING_FOUND, NOTHING_READ, Reporter, opened_report
from transformer.outputs.terminal import Progress, is_capable, paint_for
from transformer.pipeline import context as engines
from transformer.pipeline.settings import Settings
from transformer.runs.transform import Inputs, Outputs, run
from transformer.system import stdio

Opens: TypeAlias = Callable[[], AbstractContextManager[tuple[writers.Output, Callable[[], object]]]]
"""Opens where results go: what takes them, and what to call before a wait."""


class Options(NamedTuple):
    """The options of `transform`, named as on the command line."""

    write: bool
    check: bool
    diff: bool
    output: str
    allow_reformat: bool
    all_or_nothing: bool
    report: str | None
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


def prints_manifests(options: Options) -> bool:
    return options.output == "manifests" and not (options.check or options.diff)


def carry_out(
    inputs: Inputs,
    options: Options,
    settings: Settings,
    *,
    output_for: Opens | None = None,
    is_hook: bool = False,
) -> int:
    """Transform what `inputs` say, and return the exit status.

    `output_for` opens where results go, if a host wants it otherwise than the options say.
    `is_hook`: a change is a failure.

    Raises:
        SettingsError: a file of pools or of the report cannot be opened.
        OSError: standard input or output, or a temporary file, fails.
    """
    context = engines.build(
        settings,
        json.loads(read("kubernetes/components.json")),
        allow_reformat=options.allow_reformat,
        max_document=options.max_document,
    )
    progress = _progress(options)
    with _report_file(options) as report_file:
        reporter = _reporter(options, report_file, progress)
        if inputs.sources == []:
            reporter.say(NOTHING_FOUND)
        is_cut_off = False
        is_stream = not inputs.sources or not all(map(is_regular, inputs.sources))
        output_for = output_for or partial(_output, options, reporter, is_stream=is_stream)
        try:
            with output_for() as (output, idle):
                run(inputs, context, Outputs(output, reporter, progress, idle))
        except BrokenPipeError:
            is_cut_off = True
            stdio.discard_output()
        finally:
            progress.clear()
        is_empty = not (reporter.has_read or reporter.has_failed or inputs.sources == [])
        if options.check and is_empty and not is_hook:
            reporter.say(NOTHING_READ)
        reporter.close(quietly=is_cut_off)
        if is_hook and (count := reporter.counts["written"]):
            what = "a file was" if count == 1 else f"{count} files were"
            reporter.say(f"{what} changed: look at the difference, `git add` it, and try again")
    if (options.check or is_hook) and reporter.counts["changed"]:
        return reporter.status or 1
    return reporter.status


def _is_told(options: Options) -> bool:
    return options.report in (None, "text")


def _progress(options: Options) -> Progress:
    """Return the progress to show: none where it would stand between lines of the result."""
    is_wanted = _is_told(options) and not options.quiet and is_capable(sys.stderr)
    is_alone = options.write or options.check or sys.stdout is None or not sys.stdout.isatty()
    return Progress(sys.stderr if is_wanted and is_alone else None)


def _reporter(options: Options, file: TextIO | None, progress: Progress) -> Reporter:
    return Reporter(
        sys.stderr if _is_told(options) else None,
        file=file,
        form="text" if options.report == "text" else "json",
        level=-1 if options.quiet else int(options.verbose),
        paint=paint_for(sys.stderr, options.color),
        before=progress.clear,
        changed="would change" if options.check or options.diff else "changed",
    )


def refuse_contradictions(paths: tuple[str, ...], is_filter: bool, options: Options) -> None:
    def refuse(one: str, other: str) -> None:
        raise SettingsError(f"{one} and {other} contradict", hint="leave one of them out")

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


def inputs_of(
    paths: tuple[str, ...], stdin: Readable | None, options: Options, settings: Settings, root: Path
) -> Inputs:
    sources = None
    if stdin is None:
        sources = discover(
            paths,
            root=root,
            include=settings.include,
            exclude=settings.exclude,
            scopes=settings.scopes,
        )
        if options.write and (pipe := next((s for s in sources if not is_regular(s)), None)):
            hint = "only files can be; leave out --write to get the result on standard output"
            raise SettingsError("this cannot be written in place", file=pipe.name, hint=hint)
    pools = [*options.pools, *(str(root / path) for path in settings.pool_paths)]
    return Inputs(
        sources,
        discover(pools, root=root),
        stdin,
        options.stdin_filename,
        bool(options.pools),
    )


@contextmanager
def _report_file(options: Options) -> Iterator[TextIO | None]:
    """Yield where the report goes, opened before anything is done, or None."""
    if options.report_file is None:
        yield sys.stderr if options.report == "json" else None
        return
    with opened_report(options.report_file) as file:
        yield file


@contextmanager
def _output(
    options: Options, reporter: Reporter, *, is_stream: bool
) -> Iterator[tuple[writers.Output, Callable[[], object]]]:
    """Yield where results go, and what to call before a wait, so that they are not kept back.

    `is_stream`: it is not files that are read, or some of them can be read only once.
    """

    def warn(message: str) -> None:
        reporter.say(f"warning: {message}")

    def stopped(result: DocumentResult) -> None:
        if not options.all_or_nothing:
            reporter.say(f"the output ends before {result.file}:{result.line}, which failed")

    def kept(source: Source) -> None:
        reporter.say(f"{source.name}: left as it was, because a document in it failed")

    def wrote(source: Source) -> None:
        reporter.counts["written"] += 1
        if options.verbose:
            reporter.say(f"{source.name}: written")

    def refused(source: Source, error: OSError) -> None:
        reason = (error.strerror or "unknown error").lower()
        reporter.fail(source.name, f"the file cannot be written: {reason}")

    if options.write:
        yield writers.InPlace(wrote, kept, refused), lambda: None
        return

    def holds_back() -> bool:
        if reporter.has_failed:
            reporter.say("nothing is printed, because something failed")
        return reporter.has_failed

    stdout = stdio.standard_output()
    hold = stdio.held(stdout, holds_back)
    with hold if options.all_or_nothing else nullcontext(stdout) as out:
        output: writers.Output
        if options.diff:
            output = writers.DiffStream(out, options.stdin_filename)
        elif options.output == "json-patch":
            output = writers.JsonPatchStream(out)
        elif options.output == "kustomize-patches":
            output = writers.KustomizePatchStream(out, warn, is_stream=is_stream)
        elif options.check:
            output = writers.BaseOutput()
        else:
            output = writers.ManifestStream(out, stopped)

        def idle() -> None:
            out.flush()
            reporter.flush()

        yield output, idle
    stdout.flush()

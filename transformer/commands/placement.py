"""The `placement` command: where the workloads of the input can land, and what breaks there."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from functools import partial
from typing import TypeAlias

from transformer.commands.host import Host, discovery_options, refuse
from transformer.commands.validate import Reads, built, checked, progress_of, read_by
from transformer.config.package_data import read, schemas
from transformer.config.placement_options import PlacementOptions
from transformer.errors import SettingsError
from transformer.inputs.prescan import given_pools
from transformer.outputs.report_files import opened_reports
from transformer.outputs.reporter import NO_MANIFEST, NOTHING_FOUND, NOTHING_READ
from transformer.outputs.terminal import is_capable, paint_for
from transformer.pipeline.context import build
from transformer.placements import PlacementReport, Workload
from transformer.report import as_text, coverage
from transformer.report.formats import PAGE, placement_renderer
from transformer.report.formatting import clean, count
from transformer.report.placement_copies import joined
from transformer.report.placement_pools import ambiguous
from transformer.runs.edit_in_place import edit_in_place
from transformer.runs.placement import PlacementOutcome, run_placement
from transformer.system import stdio
from transformer.wording import did_you_mean, some_of

PlacementHost: TypeAlias = Host[Reads, Callable[[PlacementReport], object]]


def run(options: PlacementOptions, host: PlacementHost) -> int:
    """Find out where workloads can land, answer the host, and return the exit status.

    Raises:
        SettingsError: the configuration is invalid, a state cannot be found, or there is no such
            pool or workload.
        OSError: standard input or output, or a temporary file, fails.
    """
    context = build(
        host.settings,
        json.loads(read("kubernetes/components.json")),
        schemas=schemas(),
        max_document=options.max_document,
    )
    pools = host.pool_sources(options.pools)
    discovery = discovery_options(host.settings, host.root, options.cluster)
    is_built = options.build or bool(options.build_dirs) or host.settings.build
    with (
        checked(host, discovery) as sources,
        built(
            sources,
            options.build_dirs,
            host.settings,
            discovery.root,
            partial(edit_in_place, pool_sources=pools, context=context),
        )
        if is_built
        else nullcontext(sources) as states,
        opened_reports(options.report_to, read_by(host, options, states, pools)) as files,
    ):
        progress = progress_of(states, options, "placing")
        try:
            given = tuple(given_pools(pools, context))
            outcome = run_placement(
                states._replace(given=given),
                context,
                progress.advance,
                shows_after=options.before_after,
                only=options.pool,
                explains=options.explain,
                workers=host.workers,
            )
        finally:
            progress.clear()
        reading, editing = _given(options)
        report = outcome.report._replace(
            reading=reading, editing=editing, folds=not options.verbose
        )
        outcome = outcome._replace(report=report)
        _say(options, outcome)
        _check_explained(outcome.report, options.explain)
        for form, file in files:
            file.writelines(_rendered(report, form))
        try:
            host.answers(outcome.report)
        except BrokenPipeError:
            stdio.discard_output()
        if status := _status(outcome):
            return status
        if "breaks" in options.fail_on:
            _warn_of_patches(outcome.report)
        reasons = list(_failing(outcome, options.fail_on))
        for reason in reasons:
            print(reason, file=sys.stderr, flush=True)
        return 1 if reasons else 0


def _given(options: PlacementOptions) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the options that say what is read, as words of a command, and those of them that
    `transform` has too.
    """
    config = () if options.config is None else (str(options.config),)
    both = [*_words("--config", config), *_words("--pools", options.pools)]
    built = ["--build"] if options.build and not options.build_dirs else []
    built += _words("--build-dir", options.build_dirs)
    return (*built, *_words("--cluster", options.cluster), *both), tuple(both)


def _words(option: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from (option, value)


def refuse_contradictions(options: PlacementOptions) -> None:
    """Check that options can be used together, besides those of `validate`.

    Raises:
        SettingsError: two of them cannot.
    """
    compares = {"--base": options.base, "--old": options.old, "--staged": options.staged}
    given = [name for name, value in compares.items() if value]
    for name, is_given in (("--plan", options.plan), ("--explain", bool(options.explain))):
        if is_given and options.format != "table":
            refuse(name, f"--format {options.format}")
        if is_given and (given or options.before_after):
            refuse(name, given[0] if given else "--before-after")
    if options.plan and options.explain:
        refuse("--plan", "--explain")
    if options.explain and options.explain.count("/") > 2:
        message = f'"{clean(options.explain)}" is not Kind/namespace/name, Kind/name or a name'
        raise SettingsError(message, hint="for example Deployment/shop/cart")
    if options.before_after and given and options.format in ("table", "markdown"):
        raise SettingsError(
            f"--format {options.format} cannot show --before-after and {given[0]} together",
            hint="remove one of them, or use --format html or json, which show both",
        )


def _check_explained(report: PlacementReport, explained: str) -> None:
    """Check that there is the workload to explain.

    Raises:
        SettingsError: there is none, or the name is that of several.
    """
    every = [one for one in report.explanations if not one.left_out] or report.explanations
    found = dict.fromkeys("/".join(filter(None, one.key[2:5])) for one in every)
    if "/" not in explained and len(found) > 1:
        message = f'"{clean(explained)}" is the name of {count(len(found), "workload")}'
        raise SettingsError(message, hint=f"which of them: {clean(some_of([*found]))}?")
    if every and every[0].left_out:
        where = f"{next(iter(found))} ({every[0].key[1]})"
        raise SettingsError(f"{where} has no verdict: {every[0].left_out}")
    if explained and not report.explanations:
        from transformer.report.placement_explained import known_names

        known = known_names(report.worlds)
        if "/" not in explained:
            known = [name.rpartition("/")[2] for name in known]
        hint = did_you_mean(explained, known)
        hint = hint or "`hostnet-transform placement` lists the workloads"
        raise SettingsError(f'there is no workload "{explained}" in the input', hint=hint)


def _say(options: PlacementOptions, outcome: PlacementOutcome) -> None:
    """Print on standard error what could not be read."""
    paint = paint_for(sys.stderr, options.color)
    lines = [
        as_text.finding(found, paint)
        for found in outcome.findings
        if found.severity == "error" or not options.quiet
    ]
    if not outcome.report.files and not options.quiet:
        lines.append(NOTHING_FOUND)
    elif outcome.is_blank and not outcome.failed and not options.quiet:
        lines.append(NOTHING_READ)
    if options.verbose:
        lines += [f"not looked into: {line}" for line in coverage.names(outcome.report.unseen)]
    print(*lines, sep="\n", end="\n" if lines else "", file=sys.stderr, flush=True)


def _status(outcome: PlacementOutcome) -> int:
    if outcome.failed:
        return 3
    return int(any(found.severity == "error" for found in outcome.findings))


def _failing(outcome: PlacementOutcome, fail_on: tuple[str, ...]) -> Iterator[str]:
    """Yield why a run fails that could read everything (`--fail-on`)."""
    report = outcome.report
    if "breaks" in fail_on:
        for world in report.worlds:
            # A patch that was left out may be the remedy, so that is no reason to fail.
            every = [parts for parts in joined(world.workloads) if _is_trouble(parts)]
            trouble = [parts for parts in every if not parts[0].patches]
            if broken := len(trouble):
                verb = "breaks" if broken == 1 else "break"
                where = f" in cluster {clean(world.name)}" if world.name else ""
                later = sum(map(_is_later, trouble))
                when = f", {later:,} of them once {_READY}" if later else ""
                when = f" once {_READY}" if later == broken else when
                left = len(every) - broken
                more = f" ({left} more judged without patches)" if left else ""
                workloads = f"{count(broken, 'workload')} {verb}{where}{when}{more}"
                yield f"failed because of --fail-on breaks: {workloads}"
    pools = [one for world in report.worlds for one in world.pools if one.name and one.is_known]
    # As for `validate`, what the old state had can no longer be fixed.
    of_now = [one for one in report.unseen if one.what != "unread (old)"]
    unseen = coverage.counts(of_now) or ("" if pools else "no NodePool in the input")
    unseen = ", ".join(filter(None, (unseen, *ambiguous(pools))))
    if not report.files or outcome.is_blank:
        unseen = NO_MANIFEST
    if "unseen" in fail_on and unseen:
        yield f"failed because of --fail-on unseen: {unseen}"


def _is_trouble(parts: Sequence[Workload]) -> bool:
    return any(verdict.is_trouble for one in parts for verdict in one.verdicts)


def _is_later(parts: Sequence[Workload]) -> bool:
    """Whether it breaks only once the nodes are ready and not cordoned."""
    verdicts = (verdict for one in parts for verdict in one.verdicts if verdict.is_trouble)
    return all(verdict.later for verdict in verdicts)


_READY = "the nodes are ready and not cordoned"


_MOST_PATCHES = 5


def _warn_of_patches(report: PlacementReport) -> None:
    """Print on standard error which workloads can not fail a run, because patches were left out."""
    patched = [
        parts[0] for world in report.worlds for parts in joined(world.workloads) if parts[0].patches
    ]
    if not patched:
        return
    files = list(dict.fromkeys(file for one in patched for file in one.patches))
    more = len(files) - _MOST_PATCHES
    names = ", ".join(map(clean, files[:_MOST_PATCHES])) + (f" and {more} more" if more > 0 else "")
    verb = "is" if len(patched) == 1 else "are"
    print(
        f"warning: {count(len(patched), 'workload')} {verb} judged without the patches that"
        f" kustomizations apply, and not counted by --fail-on breaks: {names}\n  help: "
        + (_USE_BUILD if coverage.can_build(report.unseen) else _NOT_BUILT),
        file=sys.stderr,
        flush=True,
    )


_USE_BUILD = "use --build, which judges what kustomize builds"
_NOT_BUILT = "these kustomizations are not built; --fail-on unseen fails a run then"


def print_report(options: PlacementOptions, report: PlacementReport) -> None:
    """Print the report on standard output."""
    out = stdio.standard_output()
    width = shutil.get_terminal_size().columns if is_capable(sys.stdout) else 0
    paint = paint_for(sys.stdout, options.color)
    if options.plan:
        from transformer.report import placement_plan

        pieces = placement_plan.render(report, paint, width)
    elif options.explain:
        from transformer.report import placement_explained

        pieces = placement_explained.render(report, paint, width)
    elif options.format == "table":
        from transformer.report import placement_table

        pieces = placement_table.render(report, paint, width)
    else:
        pieces = _rendered(report, options.format)
    for piece in pieces:
        out.write(piece.encode("utf-8", "backslashreplace"))
    out.flush()


def _rendered(report: PlacementReport, form: str) -> Iterator[str]:
    """Return the text of the report in a format, for a file or another program."""
    return _page(report) if form == PAGE else placement_renderer(form)(report)


def _page(report: PlacementReport) -> Iterator[str]:
    """Yield the text of the page, which is made from the JSON of the report."""
    from transformer.report import placement_page

    parts = placement_page.Parts(*(read(name).decode() for name in placement_page.RESOURCES))
    return placement_page.render(json.loads("".join(placement_renderer("json")(report))), parts)

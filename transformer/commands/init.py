"""The `init` command: a first configuration, hooks and a job for CI, shown and then written."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from transformer.commands import first_steps, validate
from transformer.commands.first_proposal import proposed
from transformer.commands.host import Host, discovery_options
from transformer.config import baseline_file
from transformer.config.config_file import load, parse
from transformer.config.first_configuration import Proposal, render
from transformer.config.first_files import (
    BASELINE,
    HOOKS,
    PIPELINE,
    SCHEMA,
    WORKFLOWS,
    Facts,
    FirstFile,
    Tool,
    plan,
    read_templates,
)
from transformer.config.init_options import InitOptions
from transformer.config.resolve import NAME, as_of_today, find
from transformer.config.validate_options import ValidateOptions
from transformer.errors import SettingsError
from transformer.inputs.builds.program import program
from transformer.inputs.comparison import opened_states
from transformer.inputs.discovery import discover
from transformer.inputs.git.hosting import hosting
from transformer.inputs.repository_top import git_top
from transformer.inputs.survey import DEPLOYING, POOLS, TEMPLATES, Survey
from transformer.kubernetes.generators import KUSTOMIZATIONS
from transformer.outputs.new_files import write_new
from transformer.outputs.reporter import NOTHING_FOUND
from transformer.pipeline.baseline import UNREAD, Baseline, Known
from transformer.pipeline.settings import Settings
from transformer.report import coverage
from transformer.report.formatting import clean
from transformer.report.report import Report
from transformer.system import stdio
from transformer.system.version import tool_source, tool_version
from transformer.text.framing import MAX_DOCUMENT
from transformer.wording import some_of

_MOST_READ = 1024 * 1024
_NO_EDITS = (
    "with `build: true`, findings come without edits: no suggestions, and --fix is refused;"
    " `hostnet-transform -w` edits the sources"
)

Confirms: TypeAlias = Callable[[str], bool]
"""Asks a question, and returns whether the answer is yes."""


class _Repository(NamedTuple):
    """A repository, which is the folder `top` if it `is_git`; `settings` are those that it has."""

    top: Path
    is_git: bool
    settings: Settings
    found: Survey
    there: dict[str, str]

    @property
    def has_own(self) -> bool:
        """Whether it has a configuration."""
        return NAME in self.there


def run(options: InitOptions, confirms: Confirms | None) -> int:
    """Show the files of a set-up, write them if that is wanted, and return the exit status.

    `confirms` asks the person at the terminal; None: there is none.

    Raises:
        SettingsError: an option or the configuration is invalid, or a file cannot be written.
    """
    tool = _tool(options.tool)
    repository = _opened(options)
    top = repository.top
    if not repository.found.manifests:
        _say_nothing_is_there(repository.found)
        return 0
    facts, left = _facts(options, repository, tool)
    files = plan(facts, read_templates())
    _show(files, top)
    new = {file.name: file.text for file in files if not file.is_there}
    if new and not (options.yes or (confirms is not None and confirms(_question(new)))):
        _say("nothing was written" + ("; --yes writes these files" if confirms is None else ""))
        return 0
    write_new(new, top)
    names = [os.path.relpath(top / name) for name in new]
    _say(f"wrote {', '.join(names)}" if new else "nothing to write: all files are there")
    for step in first_steps.lines(facts, files, left, os.path.relpath(top)):
        _say(step)
    return 0


def _facts(
    options: InitOptions, repository: _Repository, tool: Tool
) -> tuple[Facts, first_steps.Left]:
    """Return what the files of the set-up follow from, and what `validate` finds besides a
    baseline; say what is in doubt.
    """
    proposal, notes = proposed(repository.found, repository.settings, _no_program())
    for note in notes:
        _say(note)
    wants_baseline = options.baseline and not repository.settings.baseline
    proposal, report, kept = _validated(proposal, repository, wants_baseline=wants_baseline)
    if report.unseen:
        _say(f"not looked into: {coverage.counts(report.unseen)}")
    baseline = "".join(baseline_file.render(kept.known)) if kept and kept.known else ""
    known = kept.known if kept else _known(repository)
    left = first_steps.Left(tuple(report.findings), len(known))
    if options.baseline and not baseline:
        has_one = repository.settings.baseline
        _say(f"{NAME} has `baseline` already" if has_one else "no finding is left for a baseline")
    unread = sorted({one.file for one in report.findings if one.rule in UNREAD})
    if proposal.build:
        _say(_NO_EDITS)
    if baseline and unread:
        _say(f"no baseline covers what cannot be read: {some_of(unread)}; mend or `exclude` it")
    host, branch = hosting(repository.top) if repository.is_git else ("", "main")
    facts = Facts(
        proposal._replace(baseline=BASELINE if baseline else ""),
        baseline,
        repository.there,
        repository.is_git,
        _ci(options, repository, host),
        branch,
        tool,
        edits=repository.found.is_plain,
        builds=proposal.build or repository.settings.build,
    )
    return facts, left


def _known(repository: _Repository) -> Known:
    """Return what the baseline has that the configuration names."""
    named = repository.settings.baseline
    return baseline_file.load(Path(os.path.relpath(repository.top / named))) if named else {}


def _tool(given: str) -> Tool:
    """Return where the tool comes from: what is `given`, or where this one was installed from."""
    if not given:
        return Tool(*tool_source())
    if not given.isprintable() or not {" ", "$"}.isdisjoint(given):
        raise SettingsError(f"--tool {given!r} is no address", hint="https://HOST/PATH@REVISION")
    last = max(given.rfind("/"), given.rfind(":")) + 1
    name, _, revision = given[last:].partition("@")
    version = tool_version()
    if not revision and not version:
        raise SettingsError("--tool names no revision", hint=f"for example {given}@v0.2.0")
    return Tool(given[:last] + name, revision or f"v{version}")


def _opened(options: InitOptions) -> _Repository:
    """Return the repository around the working folder.

    Raises:
        SettingsError: its configuration is invalid, or a job is wanted and it is not one of Git.
    """
    here = Path.cwd()
    top, nearest = git_top(here), find(here)
    if top is None and options.ci in ("github", "gitlab"):
        hint = "`git init` makes one; or leave --ci out"
        raise SettingsError(f"--ci {options.ci} needs a repository of Git", hint=hint)
    root = top or (nearest.parent if nearest else here)
    there = _files_in(root)
    if top is None:
        _say("this is no repository of Git: without hooks and without a job for CI")
    settings = load(Path(os.path.relpath(root / NAME))) if NAME in there else Settings()
    found = Survey(root, (*DEPLOYING, *POOLS, *TEMPLATES))
    for source in discover((os.path.relpath(root),), discovery_options(settings, root)):
        found.take(source, MAX_DOCUMENT)
    _say_what_others_there_are(root, nearest, found.known)
    return _Repository(root, top is not None, as_of_today(settings), found, there)


def _say_what_others_there_are(root: Path, nearest: Path | None, known: Iterable[str]) -> None:
    """Name the configurations in `known` paths below the root, and the one that is `nearest`."""
    below = {root / path / NAME for path in known if path != "."}
    others = {path for path in below if os.path.lexists(path)}
    if nearest is not None and nearest.parent != root:
        others.add(nearest)
    if others:
        names = some_of(sorted(map(os.path.relpath, others)))
        _say(f"another configuration, read by commands that run in its folder: {names}")


def _files_in(root: Path) -> dict[str, str]:
    """Return the files of a set-up that are there, with what can be read of them."""
    jobs = sorted(path.name for path in (root / WORKFLOWS).glob("*.y*ml"))
    names = (NAME, BASELINE, SCHEMA, HOOKS, PIPELINE, *(f"{WORKFLOWS}{name}" for name in jobs))
    found = {}
    for name in names:
        if os.path.lexists(root / name):
            found[name] = ""
            with suppress(OSError):
                if (root / name).is_file():
                    with (root / name).open("rb") as file:
                        found[name] = file.read(_MOST_READ).decode(errors="replace")
    return found


def _say_nothing_is_there(found: Survey) -> None:
    """Say why nothing is written for a repository without manifests."""
    if found.templates:
        _say(f"no manifests found, but templates ({some_of(found.templates)}): render them first,")
        _say("and pass the result: `helm template CHART | hostnet-transform validate -`")
    elif found.unread:
        _say(f"no manifests found; this cannot be read: {some_of(found.unread)}")
    else:
        _say(NOTHING_FOUND)
    _say("nothing is written")


def _no_program() -> str:
    """Return why kustomize cannot be run; nothing if it can."""
    try:
        program(os.environ)
    except SettingsError as error:
        return error.message
    return ""


def _validated(
    proposal: Proposal, repository: _Repository, *, wants_baseline: bool
) -> tuple[Proposal, Report, Baseline | None]:
    """Return the proposal, what is found with it, and the baseline if one is wanted; without
    builds, if one of them fails.
    """
    settings = repository.settings
    if not repository.has_own:
        settings = parse(render(proposal).encode(), NAME)
    path = os.path.relpath(repository.top / BASELINE)
    if wants_baseline and BASELINE in repository.there:
        baseline_file.load(Path(path))  # it must be one
    report, kept = _report(settings, repository.top, Path(path) if wants_baseline else None)
    broken = [one.file for one in report.findings if _is_failed_build(one.rule, one.file)]
    if not broken or not proposal.build or repository.has_own:
        return proposal, report, kept
    _say(f"kustomize cannot build {some_of(broken)}; once it can, set `build: true`")
    proposal = proposal._replace(build=False)
    return _validated(proposal, repository, wants_baseline=wants_baseline)


def _is_failed_build(rule: str, file: str) -> bool:
    return rule == "HN901" and Path(file).name in KUSTOMIZATIONS


def _report(
    settings: Settings, root: Path, baseline: Path | None
) -> tuple[Report, Baseline | None]:
    """Return what `validate` finds in the repository, and what a `baseline` would have of it."""
    reports: list[Report] = []
    kept: list[Baseline] = []
    options = ValidateOptions(quiet=True, write_baseline=baseline)
    reads = partial(opened_states, (os.path.relpath(root),), options)
    validate.run(options, Host(settings, root, reads, reports.append, keeps=kept.append))
    return reports[0], kept[0] if kept else None


def _ci(options: InitOptions, repository: _Repository, host: str) -> str:
    """Return the service to write a job for: the one that is named, or that is used already."""
    if options.ci is not None:
        return "" if options.ci == "none" else options.ci
    used = {
        "github": (repository.top / ".github").is_dir(),
        "gitlab": PIPELINE in repository.there,
    }
    services = [name for name, is_used in used.items() if is_used and repository.is_git]
    if len(services) == 1:
        return services[0]
    return next((name for name in used if name in host), "")


def _show(files: Sequence[FirstFile], top: Path) -> None:
    """Print the files that would be written, and what to add by hand to others."""
    out = stdio.standard_output()
    with_text = [file for file in files if file.text]
    try:
        for file in with_text:
            what = "there already; to add by hand" if file.is_there else "new"
            head = clean(f"==> {os.path.relpath(top / file.name)} ({what}) <==")
            out.write(f"{head}\n{file.text}\n".encode("utf-8", "backslashreplace"))
        out.flush()
    except BrokenPipeError:
        stdio.discard_output()


def _question(new: dict[str, str]) -> str:
    return f"write {'this file' if len(new) == 1 else f'these {len(new)} files'}?"


def _say(message: str) -> None:
    if sys.stderr is not None:  # else it would go to standard output
        print(clean(message), file=sys.stderr, flush=True)

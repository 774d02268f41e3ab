"""The `fleet` command: one task for each repository of a list, one line for each task."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import TIMEOUT_MAX

from transformer.config.fleet_options import FleetOptions
from transformer.config.fleet_tasks import Mode, Settings, Task
from transformer.errors import SettingsError
from transformer.fleet import ExecutorLost, processes, run
from transformer.inputs.discovery import DiscoveryOptions, discover
from transformer.inputs.repository_list import listed
from transformer.outputs.fleet_results import FleetResults, made_folder
from transformer.outputs.terminal import Progress, is_capable
from transformer.rules.registry import resolve_rule_id
from transformer.system import stdio
from transformer.system.cache_folder import cache_folder
from transformer.system.dask_cluster import Cluster, cluster

_FOLDER = "fleet"
"""Of the results that are kept, in the tool's folder."""

_FAIL_ON = {
    "validate": ("error", "warning", "unseen"),
    "placement": ("breaks", "unseen"),
    "check": (),
    "patch": (),
}
_FEWEST = 64
"""Tasks in flight on a cluster, whose workers may be more than there are now."""

_NOTHING = (
    "warning: no repository is listed; if another command writes the list, check whether that"
    " command failed"
)
_NO_WORKER = (
    "warning: the cluster has no worker; waiting for one\n"
    "  help: see the log of the workers: one that lacks hostnet-transform ends at its first task"
)


def run_fleet(options: FleetOptions) -> int:
    """Do the tasks, print their lines and the summary, and return the exit status.

    Raises:
        SettingsError: wrong usage, a list that cannot be read, or no scheduler.
        OSError: standard output, or a patch, cannot be written.
    """
    settings = settings_of(options)
    patches = None if options.patch_dir is None else made_folder(options.patch_dir)
    err = None if options.quiet else sys.stderr
    has_progress = err is not None and is_capable(err) and not _is_terminal()
    progress = Progress(sys.stderr if has_progress else None, work="fleet", shown=_repositories)
    results = FleetResults(stdio.standard_output(), sys.stderr, progress, patches)
    tasks = (
        Task(one.path, one.revision or options.revision, settings) for one in listed(options.repos)
    )
    status = 0
    try:
        with _executor(options, progress) as where:
            flight = 2 * where.slots
            for result in run(tasks, where.executor, in_flight=flight, is_alive=where.is_alive):
                results.add(result.line, result.patch, is_cached=result.is_cached)
    except BrokenPipeError:
        stdio.discard_output()
        return 0
    except ExecutorLost as lost:
        status = 3
        progress.clear()
        print(*_lost(lost, options.scheduler, settings.cache), sep="\n", file=sys.stderr)
    finally:
        progress.clear()
        if err is not None and (results.statuses or sys.exception() is None):
            said = results.summary() if results.statuses or status else _NOTHING
            print(said, file=err, flush=True)
    found = {*results.statuses, status}
    return next(one for one in (2, 3, 1, 0) if one in found)


def _lost(lost: ExecutorLost, scheduler: str, cache: str) -> Iterator[str]:
    what = f"the scheduler at {scheduler} is gone, or is shutting down" if scheduler else ""
    yield f"error: {what or lost.message}; the lines above are complete"
    if cache:
        yield "  help: run the same command again: what is kept of revisions is not done again"


def settings_of(options: FleetOptions) -> Settings:
    """Return what holds for all tasks.

    Raises:
        SettingsError: options contradict each other, there is no such rule, or no such file.
    """
    mode = _mode(options)
    if wrong := [name for name in options.fail_on if name not in _FAIL_ON[mode]]:
        those = ", ".join(f"--fail-on {name}" for name in _FAIL_ON[mode])
        hint = f"here there is {those}" if those else "remove it: a change gives exit status 1"
        raise SettingsError(f"--fail-on {wrong[0]} is not for --{mode}", hint=hint)
    if not options.timeout <= TIMEOUT_MAX:  # it may be no number
        hint = "give a number such as 86400, a day, or leave it out (300)"
        raise SettingsError(f"--timeout {options.timeout:g} is no time to wait for", hint=hint)
    for rule in (*options.enable, *options.disable):
        resolve_rule_id(rule)
    discover(options.pools, DiscoveryOptions(Path.cwd()))
    folder = options.cache or (base / _FOLDER if (base := cache_folder()) else None)
    return Settings(
        mode=mode,
        fail_on=options.fail_on,
        pools=options.pools,
        enable=options.enable,
        disable=options.disable,
        on_invalid=options.on_invalid,
        strict=options.strict,
        max_document=options.max_document,
        timeout=options.timeout,
        cache="" if options.no_cache or folder is None else str(folder.absolute()),
    )


def _mode(options: FleetOptions) -> Mode:
    modes: dict[Mode, bool] = {
        "check": options.check,
        "validate": options.validate,
        "placement": options.placement,
        "patch": options.patch_dir is not None,
    }
    chosen = [mode for mode, is_chosen in modes.items() if is_chosen]
    if len(chosen) != 1:
        message = "one of --check, --validate, --placement and --patch-dir is needed"
        hint = "add one" if not chosen else "remove all but one; a second run does another"
        raise SettingsError(message, hint=hint)
    if options.no_cache and options.cache is not None:
        raise SettingsError("--cache and --no-cache contradict each other", hint="remove one")
    if options.scheduler and options.jobs is not None:
        hint = "remove --jobs: the workers of the cluster say how many tasks they do"
        raise SettingsError("--jobs is not for a cluster", hint=hint)
    return chosen[0]


@contextmanager
def _executor(options: FleetOptions, progress: Progress) -> Iterator[Cluster]:
    """Yield what does the tasks, and how many at a time."""
    if options.scheduler:
        with cluster(options.scheduler) as found:
            slots = max(found.slots, _FEWEST // 2)
            yield found._replace(slots=slots, is_alive=_looked_after(found, progress))
        return
    jobs = options.jobs or _processors()
    with processes(jobs) as executor:
        yield Cluster(executor, jobs)


def _looked_after(found: Cluster, progress: Progress) -> Callable[[], bool]:
    """Return `is_alive` of a cluster, which says besides, once, that nobody does the work."""
    lacks_worker = False

    def is_alive() -> bool:
        nonlocal lacks_worker
        if not found.is_alive():
            return False
        with suppress(OSError):  # the scheduler ends just now
            if not (lacks_worker or found.has_worker()):
                lacks_worker = True
                progress.clear()
                print(_NO_WORKER, file=sys.stderr, flush=True)
        return True

    return is_alive


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_terminal() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _repositories(done: int) -> str:
    return f"{done} repositories"

"""The `patch` command: a JSON patch spliced into what the host reads."""

import json
import sys
from collections.abc import Callable

from transformer.commands.host import Host
from transformer.commands.transform import Opened
from transformer.config.operations_file import load
from transformer.config.package_data import read
from transformer.config.patch_options import PatchOptions
from transformer.inputs.discovery import Source
from transformer.outputs.reporter import NOTHING_FOUND, Reporter
from transformer.outputs.terminal import Progress, paint_for
from transformer.pipeline.context import build
from transformer.pipeline.patch_targets import check_target
from transformer.runs.patch import JsonPatch, run_patch, run_patch_filter
from transformer.runs.transform import Outputs
from transformer.system import stdio

PatchHost = Host[list[Source] | None, Callable[[Reporter], Opened]]
"""What it reads are sources, or standard input if they are None."""


def run(options: PatchOptions, host: PatchHost) -> int:
    """Patch what the host reads, and return the exit status.

    Raises:
        SettingsError: the file of operations or the target is wrong.
        OSError: standard input or output, or a temporary file, fails.
    """
    patch = JsonPatch(load(options.operations), options.target)
    if options.target is not None:
        check_target(options.target)
    context = build(
        host.settings,
        json.loads(read("kubernetes/components.json")),
        allow_reformat=options.allow_reformat,
        max_document=options.max_document,
    )
    reporter = Reporter(
        sys.stderr,
        level=-1 if options.quiet else int(options.verbose),
        paint=paint_for(sys.stderr, options.color),
        changed="changed" if options.write or options.prints_manifests else "would change",
    )
    if host.reads == []:
        reporter.say(NOTHING_FOUND)
    is_cut_off = False
    try:
        with host.answers(reporter) as (output, idle):
            outputs = Outputs(output, reporter, Progress(None), idle)
            if host.reads is None:
                name = options.stdin_filename
                run_patch_filter(stdio.standard_input(), name, patch, context, outputs)
            else:
                run_patch(host.reads, patch, context, outputs)
    except BrokenPipeError:
        is_cut_off = True
        stdio.discard_output()
    reporter.close(quietly=is_cut_off)
    return reporter.status or int(options.check and reporter.counts["changed"] > 0)

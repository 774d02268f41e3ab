"""A person or a script: PATHs or standard input in, standard output or files out."""

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from transformer.commands.host import Host, discovery_options
from transformer.config.options import TransformOptions
from transformer.config.resolve import resolve
from transformer.errors import SettingsError
from transformer.inputs.discovery import Source, discover
from transformer.inputs.reading import RawStream, is_regular
from transformer.pipeline.settings import Settings
from transformer.system import stdio

if TYPE_CHECKING:
    from transformer.config.patch_options import PatchOptions
    from transformer.config.placement_options import PlacementOptions
    from transformer.config.validate_options import ValidateOptions

_HELM = "HELM_PLUGIN_NAME"
"""Set if Helm 4 runs this tool as a post-renderer: a partial output would be a partial release."""


def transform(paths: tuple[str, ...], options: TransformOptions) -> int:
    """Transform the files that PATHs name, or standard input, and return the exit status.

    A ResourceList on standard input is handled as the request of a KRM function.

    Raises:
        SettingsError: wrong usage, or an invalid configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    from transformer.commands import transform as transform_command  # slow to import
    from transformer.hosts import resource_list
    from transformer.runs.transform import Inputs

    transform_command.refuse_contradictions(paths, options)
    settings, root = resolve(options)
    if paths and paths != ("-",):
        roots = tuple(path for path in paths if Path(path).is_dir())
        inputs = Inputs(sources=_sources(paths, options, settings, root), roots=roots)
    else:
        stdin = RawStream(
            stdio.standard_input(), options.stdin_filename, max_document=options.max_document
        )
        if (request := resource_list.peek(stdin)) is not None:
            return resource_list.run(request, stdin, options, settings, root)
        if options.prints_manifests and os.environ.get(_HELM):
            options = replace(options, all_or_nothing=True)
        inputs = Inputs(stdin=stdin)
    answers = partial(transform_command.opened_output, options, inputs)
    return transform_command.run(options, Host(settings, root, inputs, answers))


def validate(paths: tuple[str, ...], options: "ValidateOptions") -> int:
    """Validate the files that PATHs name, or standard input, and return the exit status.

    Raises:
        SettingsError: wrong usage, or an invalid configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    from transformer.commands import validate as validate_command  # slow to import
    from transformer.inputs.comparison import opened_states

    validate_command.refuse_contradictions(paths, options)
    settings, root = resolve(options)
    reads = partial(opened_states, paths, options)
    answers = partial(validate_command.print_report, options)
    return validate_command.run(options, Host(settings, root, reads, answers))


def placement(paths: tuple[str, ...], options: "PlacementOptions") -> int:
    """Print where workloads of the files that PATHs name can land, and return the exit status.

    Raises:
        SettingsError: wrong usage, or an invalid configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    from transformer.commands import placement as placement_command  # slow to import
    from transformer.commands.validate import refuse_contradictions
    from transformer.inputs.comparison import opened_states

    refuse_contradictions(paths, options)
    placement_command.refuse_contradictions(options)
    settings, root = resolve(options)
    reads = partial(opened_states, paths, options)
    answers = partial(placement_command.print_report, options)
    return placement_command.run(options, Host(settings, root, reads, answers))


def patch(paths: tuple[str, ...], options: "PatchOptions") -> int:
    """Splice a JSON patch into the files that PATHs name, or standard input, and return the exit
    status.

    Raises:
        SettingsError: wrong usage, an invalid configuration, or a wrong file of operations.
        OSError: standard input or output, or a temporary file, fails.
    """
    from transformer.commands import patch as patch_command  # slow to import
    from transformer.commands import transform as transform_command
    from transformer.runs.transform import Inputs

    transform_command.refuse_contradictions(paths, options)
    settings, root = resolve(options)
    is_filter = not paths or paths == ("-",)
    sources = None if is_filter else _sources(paths, options, settings, root)
    answers = partial(transform_command.opened_output, options, Inputs(sources))
    return patch_command.run(options, Host(settings, root, sources, answers))


def _sources(
    paths: tuple[str, ...], options: TransformOptions, settings: Settings, root: Path
) -> list[Source]:
    """Return the files that PATHs name.

    Raises:
        SettingsError: a PATH does not exist, or is not a file that can be written in place.
    """
    sources = discover(paths, discovery_options(settings, root))
    if options.write and (pipe := next((s for s in sources if not is_regular(s)), None)):
        hint = "only files can be; leave out --write to get the result on standard output"
        raise SettingsError("this cannot be written in place", file=pipe.name, hint=hint)
    return sources

"""As a command: PATHs or standard input, which may be the ResourceList of a KRM function."""

import os
from pathlib import Path

from transformer.commands import transform as command
from transformer.commands.transform import Options
from transformer.config.function_config import FunctionConfig, function_config
from transformer.config.resolve import configured, from_host, plugin_root
from transformer.errors import SettingsError
from transformer.hosts import resource_list
from transformer.inputs.reading import Readable
from transformer.system import stdio

_HELM = "HELM_PLUGIN_NAME"
"""Set where Helm 4 runs us as a post-renderer: half an output would be half a release."""


def transform(
    paths: tuple[str, ...], options: Options, handed: FunctionConfig | None = None
) -> int:
    """Run the command and return its exit status; `handed` is the configuration of a host.

    Raises:
        SettingsError: wrong usage, or a wrong configuration.
        OSError: standard input or output, or a temporary file, fails.
    """
    is_filter = not paths or paths == ("-",)
    command.refuse_contradictions(paths, is_filter, options)
    if is_filter and command.prints_manifests(options) and os.environ.get(_HELM):
        options = options._replace(all_or_nothing=True)
    if handed is None:
        settings, root = configured(options)
    else:
        settings, root = from_host(handed, options, plugin_root())
    stdin: Readable | None = stdio.standard_input() if is_filter else None
    request = None
    if stdin is not None and handed is None:
        request, stdin = resource_list.look_ahead(stdin, options.max_document)
        if request is not None:
            _refuse_other_answers(options)
        if request is not None and request.function_config is not None:
            handed = function_config(request.function_config)
            settings, root = from_host(handed, options, Path.cwd())
            if handed.only_validates:
                from transformer.hosts import resource_list_validation  # slow to import

                return resource_list_validation.run(stdin, request, options, settings, root)
    inputs = command.inputs_of(paths, stdin, options, settings, root)
    output_for = None if request is None else resource_list.printed
    return command.carry_out(inputs, options, settings, output_for=output_for)


def _refuse_other_answers(options: Options) -> None:
    """Raise an error where something else than a ResourceList would be printed in answer to one:
    a host would delete what is not there.
    """
    if not command.prints_manifests(options):
        raise SettingsError(
            "a ResourceList is answered by a ResourceList",
            hint="leave out --check, --diff and --output; they are for streams of manifests",
        )

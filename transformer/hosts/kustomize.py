"""A legacy exec plugin of kustomize: configuration in a file, resources on standard input.

kustomize runs it in the folder of the kustomization. The output of the plugin replaces the
resources; a resource that is not printed is deleted. So all or nothing is printed, and a validator
prints nothing at all (see `inputs/kustomize_fields.py`).
"""

import io
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from transformer.commands import transform as transform_command
from transformer.commands.host import Host
from transformer.config.function_config import VALIDATE, FunctionConfig, function_config
from transformer.config.options import TransformOptions
from transformer.config.resolve import from_host
from transformer.config.validate_options import ValidateOptions
from transformer.errors import InputError, SettingsError, reason_of
from transformer.inputs.kustomize_fields import is_validator
from transformer.inputs.reading import RawStream, values
from transformer.runs.transform import Inputs
from transformer.system import stdio
from transformer.text.framing import MAX_DOCUMENT


def run(config: Path, options: Mapping[str, Any]) -> int:
    """Transform or validate, according to the object in the file `config`; return the exit status.

    Raises:
        SettingsError: the file cannot be read, or does not contain such an object.
        OSError: standard input or output, or a temporary file, fails.
    """
    given = _function_config(config)
    root = Path(os.environ.get("KUSTOMIZE_PLUGIN_CONFIG_ROOT") or Path.cwd())
    if given.only_validates:
        return _validate(given, ValidateOptions(**options), root, config)
    chosen = TransformOptions(all_or_nothing=True, **options)
    settings = from_host(given.settings, chosen)
    stdin = stdio.standard_input()
    inputs = Inputs(stdin=RawStream(stdin, chosen.stdin_filename, max_document=chosen.max_document))
    answers = partial(transform_command.opened_output, chosen, inputs)
    return transform_command.run(chosen, Host(settings, root, inputs, answers, config=config))


def _function_config(config: Path) -> FunctionConfig:
    try:
        with config.open("rb") as file:
            found = list(values(file, MAX_DOCUMENT))
    except OSError as error:
        message = f"the configuration cannot be read: {reason_of(error)}"
        hint = "kustomize runs this command: list a HostnetTransform under `transformers`"
        raise SettingsError(message, file=str(config), hint=hint) from None
    except InputError as error:
        raise SettingsError(error.message, file=str(config), hint=error.hint) from None
    return function_config(found[0] if found else None)


def _validate(given: FunctionConfig, options: ValidateOptions, root: Path, config: Path) -> int:
    """Validate the resources, and print them unchanged if there is no error."""
    from transformer.commands import validate as validate_command  # slow to import
    from transformer.inputs.comparison import opened_states

    data = stdio.standard_input().read()
    settings = from_host(given.settings, options)
    reads = partial(opened_states, (), options, stdin=io.BytesIO(data))
    answers = partial(validate_command.print_for_people, options)
    status = validate_command.run(options, Host(settings, root, reads, answers, config=config))
    if status == 0 and not is_validator(root, VALIDATE):
        out = stdio.standard_output()
        out.write(data)
        out.flush()
    return status

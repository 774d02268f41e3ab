"""The hooks of pre-commit, which runs them in the top folder of a repository and passes files.

Only these files are changed, and only findings that concern them are reported; but NodePools, and
kustomizations with the patches that they name, are read from the whole repository: a Node may
change while its pool does not. pre-commit splits a long list of files into several runs. What it
prints is read by somebody who waits for a commit: what makes the run fail, unless with `--verbose`.
"""

import os
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from transformer.commands import transform as transform_command
from transformer.commands.host import Host, discovery_options
from transformer.config.options import TransformOptions
from transformer.config.resolve import resolve
from transformer.config.validate_options import ValidateOptions
from transformer.errors import SettingsError
from transformer.inputs.comparison import States
from transformer.inputs.discovery import DiscoveryOptions
from transformer.inputs.git.states import GitStates
from transformer.inputs.passed_files import other_files, passed_files
from transformer.runs.transform import Inputs
from transformer.system.cache_folder import cache_folder

_IN_A_COMMIT = "fix what is reported, `git add` it, and commit again"
_IN_COMMITS = "fix what is reported, commit it, and try again"
"""What to do after a failed validation of what is staged, or of commits."""

_MERGED = "GITHEAD_"
"""`git merge` sets a variable for each parent: this prefix, followed by the commit."""


def transform(files: tuple[str, ...], options: Mapping[str, Any], *, check: bool) -> int:
    """Transform the files in place, or only `check` whether they change; return the exit status.

    Raises:
        SettingsError: wrong usage, or an invalid configuration.
        OSError: a temporary file fails.
    """
    brief = not options.get("verbose")
    chosen = TransformOptions(write=not check, check=check, brief=brief, **options)
    settings, root = resolve(chosen)
    discovery = discovery_options(settings, root)
    passed = passed_files(files, discovery)
    inputs = Inputs(passed, context_files=other_files(passed, discovery) if passed else ())
    answers = partial(transform_command.opened_output, chosen, inputs)
    return transform_command.run(
        chosen, Host(settings, root, inputs, answers, fails_on_change=True)
    )


def validate(
    files: tuple[str, ...],
    from_ref: str | None,
    to_ref: str | None,
    options: Mapping[str, Any],
    *,
    uses_cache: bool = True,
) -> int:
    """Validate what is staged against HEAD, or one commit against another; return the exit status.

    `uses_cache`: what earlier runs found in other files is looked up.

    Raises:
        SettingsError: wrong usage, an invalid configuration, or git cannot provide a state.
        OSError: standard output, or a temporary file, fails.
    """
    from transformer.commands import validate as validate_command  # slow to import
    from transformer.inputs.git import changes  # slow to import

    if bool(from_ref) != bool(to_ref):
        hint = "give both, or none to validate what is staged"
        raise SettingsError("--from-ref and --to-ref must be used together", hint=hint)
    chosen = ValidateOptions(staged=True, brief=not options.get("verbose"), **options)
    with GitStates() as git:
        if from_ref and to_ref:
            made = changes.between(git, from_ref, to_ref)
        else:
            made = changes.staged(git, _merged())
        changed = (*made.changed, *map(Path, files))
        is_idle = not any(map(changes.may_matter, changed))
        if is_idle and chosen.report_file is None and not (changed and _builds(chosen)):
            return 0
        settings, root = resolve(chosen)

        def reads(discovery: DiscoveryOptions) -> nullcontext[States]:
            return nullcontext(changes.states_of(made, files, discovery))

        answers = partial(validate_command.print_report, chosen)
        cache = cache_folder() if uses_cache else None
        status = validate_command.run(
            chosen, Host(settings, root, reads, answers, is_lenient=True, cache=cache)
        )
    if status and not chosen.quiet:
        print(_IN_A_COMMIT if not to_ref else _IN_COMMITS, file=sys.stderr, flush=True)
    return status


def _builds(options: ValidateOptions) -> bool:
    """Whether any file may go into what is validated, such as one of a ConfigMap generator."""
    return options.build or bool(options.build_dirs) or resolve(options)[0].build


def _merged() -> list[str]:
    """Return the commits that `git merge` is about to merge while it runs this hook."""
    return [name.removeprefix(_MERGED) for name in os.environ if name.startswith(_MERGED)]

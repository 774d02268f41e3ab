"""The hooks of pre-commit, which runs them at the top of a repository with the files at stake.

Only those files are changed, and only what concerns them is reported; but NodePools, and
kustomizations with the patches that they name, count wherever they are in the repository: a Node
may well change when its pool does not. pre-commit splits a long list of files into several runs.
"""

import os
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from transformer.commands import transform as transform_command
from transformer.commands.host import Host, discovery_options
from transformer.config.options import TransformOptions, ValidateOptions
from transformer.config.resolve import resolve
from transformer.errors import SettingsError
from transformer.inputs.comparison import States
from transformer.inputs.discovery import DiscoveryOptions, Source, discover, is_taken
from transformer.inputs.git.program import top_of
from transformer.inputs.git.states import GitStates
from transformer.runs.transform import Inputs

_MERGED = "GITHEAD_"
"""`git merge` sets a variable with this beginning, and the commit as its end, for each parent."""


def transform(files: tuple[str, ...], options: Mapping[str, Any], *, check: bool) -> int:
    """Transform the files in place, or only `check` whether they change; return the exit status.

    Raises:
        SettingsError: wrong usage, or a wrong configuration.
        OSError: a temporary file fails.
    """
    chosen = TransformOptions(write=not check, check=check, **options)
    settings, root = resolve(chosen)
    discovery = discovery_options(settings, root)
    passed = _passed(files, discovery)
    inputs = Inputs(passed, context_files=_others(passed, discovery) if passed else ())
    answers = partial(transform_command.opened_output, chosen, inputs)
    return transform_command.run(chosen, Host(settings, root, inputs, answers, is_hook=True))


def _passed(files: tuple[str, ...], discovery: DiscoveryOptions) -> list[Source]:
    """Return the files that pre-commit passes. It found them, and nobody named them: those that the
    configuration leaves out are left out, and a template among them is no error.
    """
    root, include, exclude, scopes = discovery
    return [
        source._replace(is_named=False)
        for source in discover(files, DiscoveryOptions(root, scopes=scopes))
        if is_taken(source.relative, include, exclude)
    ]


def _others(passed: list[Source], discovery: DiscoveryOptions) -> tuple[Source, ...]:
    """Return the other files in which Git has manifests, as they are on the disk: what is ignored,
    or not added yet, is not part of the repository.
    """
    known = {source.relative for source in passed}
    with GitStates() as git:
        tracked = git.in_index(top_of(Path.cwd()))
        found = discover(["."], discovery, look=tracked)
    return tuple(source._replace(opener=None) for source in found if source.relative not in known)


def validate(
    files: tuple[str, ...], from_ref: str | None, to_ref: str | None, options: Mapping[str, Any]
) -> int:
    """Validate what is staged against HEAD, or one commit against another; return the exit status.

    Raises:
        SettingsError: wrong usage, a wrong configuration, or git cannot give a state.
        OSError: standard output, or a temporary file, fails.
    """
    from transformer.commands import validate as validate_command  # slow to import
    from transformer.inputs.git import changes  # slow to import

    if bool(from_ref) != bool(to_ref):
        hint = "give both, or none to validate what is staged"
        raise SettingsError("--from-ref and --to-ref belong together", hint=hint)
    chosen = ValidateOptions(staged=True, **options)
    with GitStates() as git:
        if from_ref and to_ref:
            made = changes.between(git, from_ref, to_ref)
        else:
            made = changes.staged(git, _merged())
        is_idle = not any(map(changes.may_matter, (*made.changed, *map(Path, files))))
        if is_idle and chosen.report_file is None:
            return 0
        settings, root = resolve(chosen)

        def reads(discovery: DiscoveryOptions) -> nullcontext[States]:
            return nullcontext(changes.states_of(made, files, discovery))

        answers = partial(validate_command.print_report, chosen)
        return validate_command.run(chosen, Host(settings, root, reads, answers, is_hook=True))


def _merged() -> list[str]:
    """Return the commits that `git merge` is about to merge while it runs this hook."""
    return [name.removeprefix(_MERGED) for name in os.environ if name.startswith(_MERGED)]

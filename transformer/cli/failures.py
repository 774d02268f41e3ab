"""The end of a run that failed: a message on standard error, and the exit status."""

import click

from transformer.errors import InternalError, SettingsError, TransformError
from transformer.report.formatting import clean
from transformer.system.stdio import discard_output


def report_failure(error: BaseException) -> int:
    """Report why a run failed, and return the exit status."""
    if isinstance(error, (SettingsError, InternalError)):
        return _print_error(error)
    if isinstance(error, (BrokenPipeError, SystemExit)):  # click turns the former into the latter
        discard_output()
        return 0
    if isinstance(error, OSError):
        discard_output()
        what = error.filename or "writing the result, or a temporary file"
        return _print_error(InternalError(f"{what}: {(error.strerror or str(error)).lower()}"))
    import traceback

    traceback.print_exception(error)
    hint = "please report it with the lines above and the input"
    return _print_error(InternalError("this is a bug of hostnet-transform", hint=hint))


def _print_error(error: TransformError) -> int:
    place = ""
    if isinstance(error, SettingsError) and error.file:
        place = f"{error.file}:{error.line}:{error.column}: " if error.line else f"{error.file}: "
    click.echo(clean(f"{place}error: {error.message}"), err=True)
    if error.hint:
        click.echo(clean(f"  help: {error.hint}"), err=True)
    return 2 if isinstance(error, SettingsError) else 3

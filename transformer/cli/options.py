"""Options that several commands share."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


if TYPE_CHECKING:
    _IntParam = click.ParamType[int]
    _ReportParam = click.ParamType[tuple[str, Path]]
else:  # older releases of click have no type parameter
    _IntParam = _ReportParam = click.ParamType


class Size(_IntParam):
    """A number of bytes: `65536`, `64KiB`, `64M`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number of bytes in `value`."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+)\s*([kmg]?)(?:i?b)?", value.strip().lower())
        if found is None or int(found[1]) == 0:
            self.fail(f"{value!r} is not a size; write for example 64MiB", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


class ReportTo(_ReportParam):
    """A format and a file, as `FORMAT=FILE`."""

    name = "report"

    def __init__(self, formats: Iterable[str]) -> None:
        self._formats = tuple(formats)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Return the format and the file in `value`."""
        form, equals, file = value.partition("=")
        if form not in self._formats or not equals:
            choices = ", ".join(self._formats)
            self.fail(f"{value!r} is not FORMAT=FILE with one of {choices}", param, ctx)
        if not file or Path(file).is_dir():
            self.fail(f"{value!r} names no file", param, ctx)
        return form, Path(file)


def report_to_option(formats: Iterable[str]) -> Callable[..., Any]:
    """Return the option `--report-to` of a command with these formats of reports."""
    return click.option(
        "--report-to",
        type=ReportTo(formats),
        multiple=True,
        metavar="FORMAT=FILE",
        help=f"Write a further report to a file ({', '.join(formats)}); repeatable.",
    )


def _print_version(ctx: click.Context, _: click.Parameter, is_wanted: bool) -> None:
    if not is_wanted or ctx.resilient_parsing:
        return
    from transformer.system.version import tool_version

    click.echo(f"hostnet-transform {tool_version() or '(not installed)'}")
    ctx.exit()


paths_argument = click.argument(
    "paths", nargs=-1, metavar="[PATH]...", type=click.Path(readable=False)
)
"""A shell completes them as files. Whether one can be read is found out when it is read."""


version_option = click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version.",
)


_COMMON = {
    "pools": click.option(
        "--pools",
        multiple=True,
        metavar="PATH",
        help="Read NodePools from a file or folder; repeatable.",
    ),
    "config": click.option(
        "--config",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The configuration file (the nearest .hostnet-transform.yaml, here or above).",
    ),
    "enable": click.option(
        "--enable", multiple=True, metavar="RULE", help="Switch a rule on; repeatable."
    ),
    "disable": click.option(
        "--disable", multiple=True, metavar="RULE", help="Switch a rule off; repeatable."
    ),
    "on_invalid": click.option(
        "--on-invalid",
        type=click.Choice(["fail", "pass"]),
        help="Fail on a document that cannot be read, or pass it on unchanged (fail).",
    ),
    "strict": click.option(
        "--strict", is_flag=True, help="Parse every document; HN903 and HN904 are errors."
    ),
    "stdin_filename": click.option(
        "--stdin-filename",
        metavar="NAME",
        default="<stdin>",
        help="The name of standard input in messages.",
    ),
    "max_document": click.option(
        "--max-document",
        type=Size(),
        default="64MiB",
        metavar="SIZE",
        help="The maximum size of a document; a larger one is an error (64MiB).",
    ),
    "quiet": click.option("-q", "--quiet", is_flag=True, help="Print only errors."),
    "verbose": click.option(
        "-v",
        "--verbose",
        is_flag=True,
        help="Print counts of documents screened, parsed, edited; what was not looked into; and in"
        " `placement` a row for each workload.",
    ),
    "color": click.option(
        "--color",
        type=click.Choice(["auto", "always", "never"]),
        default="auto",
        help="Colour messages (auto: on a terminal, unless NO_COLOR is set).",
    ),
}


report_file_option = click.option(
    "--report-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="HOSTNET_REPORT_FILE",
    help="Write the report to a file as well, as JSON. The environment variable HOSTNET_REPORT_FILE"
    " sets it as well.",
)


build_option = click.option(
    "--build",
    is_flag=True,
    help="Read what kustomize builds from the input instead of the sources that go in.",
)

build_dir_option = click.option(
    "--build-dir",
    "build_dirs",
    multiple=True,
    metavar="DIR",
    help="Build only this kustomization; repeatable, and implies --build.",
)


fail_on_option = click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "unseen"]),
    multiple=True,
    help="What gives exit status 1: errors (always), warnings as well, or anything that was not"
    " looked into; repeatable.",
)


reformat_option = click.option(
    "--allow-reformat",
    is_flag=True,
    help="Re-serialize a document (formatting may change) if it cannot be edited in place.",
)


def common_options(function: Callable[..., int]) -> Callable[..., int]:
    """Add the options that `transform` and `validate` share, in the order of `_COMMON`."""
    return options_named(*_COMMON)(function)


def options_named(*names: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return what adds some of the options that `transform` and `validate` share."""

    def add(function: Callable[..., int]) -> Callable[..., int]:
        for name in reversed(names):
            function = _COMMON[name](function)
        return function

    return add

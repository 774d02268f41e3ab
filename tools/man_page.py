"""Generate man/hostnet-transform.1 from the help of the commands: `make man`.

One page for all commands. What is the same for several commands is explained once, with the default
command. It names neither version nor date, so it changes only when the help does.
"""

import re
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from transformer.cli.main import cli
from transformer.config.first_files import BASELINE
from transformer.config.resolve import NAME

TARGET = Path(__file__).resolve().parents[1] / "man" / "hostnet-transform.1"

_TOOL = "hostnet-transform"
_STATUS = "Exit status:"
_FILES = {
    NAME: "the configuration: the nearest one, in the working folder or above",
    BASELINE: "known findings, where `init --baseline` writes them",
}
_VARIABLES = {
    "HOSTNET_KUSTOMIZE": "the command line that builds, in place of `kustomize build`",
    "NO_COLOR": "no colors, unless `--color` says otherwise",
}
_SEE_ALSO = "`hostnet-transform rules` lists the rules; `hostnet-transform rules ID` explains one."


def page() -> str:
    """Return the page as roff, with the macros of man(7)."""
    top = click.Context(cli, info_name=_TOOL, **cli.context_settings)
    default = cli.commands["transform"]
    known = dict(_options(default, click.Context(default, top)))
    title, *paragraphs = _paragraphs(cli.help or "")
    lines = [
        '.\\" Made by `make man` from the help of the commands.',
        f'.TH {_TOOL.upper()} 1 "" "{_TOOL}" "User Commands"',
        ".SH NAME",
        f"{_escaped(_TOOL)} \\- {_escaped(title[0].lower() + title[1:].rstrip('.'))}",
        ".SH SYNOPSIS",
        *_synopsis(_TOOL, "[OPTIONS] [PATH]..."),
        ".br",
        *_synopsis(_TOOL, "COMMAND [ARGS]..."),
        ".SH DESCRIPTION",
        *_text([one for one in paragraphs if not one.startswith(_STATUS)]),
        ".SH OPTIONS",
        *_listed(known),
        ".SH COMMANDS",
        *_commands(cli, top, known),
        ".SH EXIT STATUS",
        *_statuses(paragraphs),
        ".SH ENVIRONMENT",
        *_listed(_variables(default) | _VARIABLES),
        ".SH FILES",
        *_listed(_FILES),
        ".SH SEE ALSO",
        _formatted(_SEE_ALSO),
        ".PP",
        ".BR kubectl (1)",
    ]
    return "\n".join(lines) + "\n"


def _commands(group: click.Group, context: click.Context, known: dict[str, str]) -> Iterator[str]:
    """Yield a section for each command below a group, except for the default one; options that are
    `known` are only named.
    """
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden or name == "transform":
            continue
        below = click.Context(command, context, name)
        usage = " ".join(command.collect_usage_pieces(below))
        path = below.command_path.removeprefix(f"{_TOOL} ")
        yield f'.SS "{_escaped(f"{path} {usage}")}"'
        yield from _text(_paragraphs(command.help or ""))
        own = dict(_options(command, below))
        yield from _listed({one: text for one, text in own.items() if known.get(one) != text})
        if same := [one for one, text in own.items() if known.get(one) == text]:
            yield ".PP"
            yield _formatted("Also, as above: " + ", ".join(f"`{one}`" for one in same) + ".")
        if isinstance(command, click.Group):
            yield from _commands(command, below, known)


def _options(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    """Yield each option with its help, as the help of the command has them."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            yield record


def _variables(command: click.Command) -> dict[str, str]:
    """Return the environment variables that set options."""
    return {
        str(option.envvar): f"sets `{option.opts[0]}`" for option in command.params if option.envvar
    }


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text; those that keep their lines begin with `\\b`."""
    return [one.strip("\n") for one in re.split(r"\n\s*\n", cleandoc(text))]


def _text(paragraphs: list[str]) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        if paragraph.lstrip().startswith("\b"):
            lines = paragraph.lstrip("\b \n").splitlines()
            yield from (".RS 4", ".EX", *(_escaped(line.strip()) for line in lines), ".EE", ".RE")
        else:
            yield _formatted(" ".join(paragraph.split()))


def _statuses(paragraphs: list[str]) -> Iterator[str]:
    """Yield what each exit status means, from the paragraph of the help that says it."""
    (told,) = (one for one in paragraphs if one.startswith(_STATUS))
    entries = " ".join(told.removeprefix(_STATUS).split()).rstrip(".").split("; ")
    return _listed(dict(entry.split(" ", 1) for entry in entries))


def _listed(entries: dict[str, str]) -> Iterator[str]:
    """Yield terms, each with its text."""
    for term, text in entries.items():
        yield from (".TP", f"\\fB{_escaped(term)}\\fR", _formatted(text))


def _synopsis(name: str, arguments: str) -> tuple[str, str]:
    return f".B {_escaped(name)}", _escaped(arguments)


def _formatted(text: str) -> str:
    """Return text with `code` in bold."""
    return re.sub(r"`([^`]+)`", r"\\fB\1\\fR", _escaped(text))


def _escaped(text: str) -> str:
    """Return text that roff prints as it is; hyphens can be copied."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + escaped if escaped.startswith((".", "'")) else escaped


def main() -> None:
    """Write the page."""
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

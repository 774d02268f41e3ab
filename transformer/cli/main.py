"""The program and its default command: options in, exit status out.

Exit status (docs/command-line.md): 0 success; 1 a finding with severity error, or `--check` found a
change; 2 wrong usage or configuration; 3 input that cannot be read, or a bug; 130 interrupted (143
by SIGTERM, 129 by SIGHUP: 128 plus the number of the signal). If several apply: 130, 2, 3, 1. A
closed pipe is not an error.
"""

import gc
import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from transformer.cli.options import (
    common_options,
    paths_argument,
    reformat_option,
    report_to_option,
    version_option,
)
from transformer.report.formats import OUTPUTS, RUN_FORMATS
from transformer.system import signals

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_PLUGINS = ("HostnetTransform", "HostnetValidate")
"""Names of kustomize plugins: a link with such a name runs this program as the plugin."""

_HOSTS = {"kubectl-hostnet": "kubectl hostnet", "flux-hostnet": "flux hostnet"}
"""Names of this program that other programs start, each with what people type then."""


class DefaultGroup(click.Group):
    """A group whose default command is `transform`: `tool FILE` is `tool transform FILE`.

    The other commands are imported when an argument may name one of them.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("-h", "--help", "--version")
        if ctx.resilient_parsing and not args:  # the shell completes the first word
            return super().parse_args(ctx, args)
        if not args or (args[0] not in own and self.get_command(ctx, args[0]) is None):
            args = ["transform", *args]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name != "transform" and not cmd_name.startswith("-"):
            self._import_others()
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        self._import_others()
        return super().list_commands(ctx)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem]":
        """Return the commands, and what the default command takes: its options, or a file."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            default = self.commands["transform"]
            return default.shell_complete(click.Context(default, ctx, "transform"), incomplete)
        return [*super().shell_complete(ctx, incomplete), CompletionItem(incomplete, type="file")]

    def _import_others(self) -> None:
        from transformer.cli.subcommands import SUBCOMMANDS

        for command in SUBCOMMANDS:
            self.add_command(command)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] [PATH]...")
        formatter.write_usage(ctx.command_path, "COMMAND [ARGS]...", prefix="       ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Show the options of the default command, and then the commands."""
        default = self.commands["transform"]
        default.format_options(click.Context(default, ctx, "transform"), formatter)
        self.format_commands(ctx, formatter)


@click.group(cls=DefaultGroup, context_settings={"help_option_names": ["-h", "--help"]})
@version_option
def cli() -> None:
    """Prepare Kubernetes manifests for OpenYurt host-network NodePools.

    Edits are spliced into the text of manifests, and no other byte changes. Without a PATH, or with
    -, standard input is transformed to standard output. With PATHs, the transformed files are
    written to standard output, or in place with --write; folders are searched for *.yaml, *.yml and
    *.json. Messages are written to standard error.

    \b
    kustomize build . | hostnet-transform | kubectl apply -f -
    hostnet-transform --write deploy/
    hostnet-transform --diff deploy/ flannel.yaml
    kubectl get ds,deploy -n kube-system -o yaml | hostnet-transform --output kubectl > apply.sh

    Exit status: 0 success; 1 an error was found, or --check found a change; 2 wrong usage or
    configuration; 3 something cannot be read or written; 130 interrupted.
    """


@cli.command()
@paths_argument
@click.option(
    "-w", "--write", is_flag=True, help="Edit files in place; a file without edits is not written."
)
@click.option(
    "--check", is_flag=True, help="Change nothing; exit with 1 if something would change."
)
@click.option("--diff", is_flag=True, help="Print a unified diff instead of manifests.")
@click.option(
    "--output",
    type=click.Choice(OUTPUTS),
    default="manifests",
    help="What to print on standard output (manifests). json-patch: one JSON object per line, each"
    " with a patch for `kubectl patch --type=json`. kustomize-patches: the `patches` of a"
    " kustomization. kubectl: a shell script of `kubectl patch` commands, to review and run.",
)
@reformat_option
@click.option(
    "--all-or-nothing",
    is_flag=True,
    help="Print the result only at the end, and nothing if something failed.",
)
@click.option(
    "--report",
    type=click.Choice(["text", "json", "none"]),
    help="The format of the report of changes and findings on standard error (text).",
)
@click.option(
    "--report-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="HOSTNET_REPORT_FILE",
    help="Write the report to a file, as JSON unless --report is text. The environment variable"
    " HOSTNET_REPORT_FILE sets it as well.",
)
@report_to_option(RUN_FORMATS)
@common_options
@version_option
def transform(paths: tuple[str, ...], **options: Any) -> int:
    """Transform manifests from standard input, or in files and folders.

    This is the default command; see `hostnet-transform --help`.
    """
    from transformer.config.options import TransformOptions
    from transformer.hosts import command_line

    return command_line.transform(paths, TransformOptions(**options))


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit."""
    from transformer.system.stdio import discard_output

    signals.listen()
    gc.set_threshold(50_000, 20, 50)
    if isinstance(sys.stderr, io.TextIOWrapper) and not sys.stderr.isatty():
        sys.stderr.reconfigure(line_buffering=False)  # a write for each message is slow
    if args is None and Path(sys.argv[0]).name in _PLUGINS:
        args = ["kustomize", "plugin", *sys.argv[1:]]
    status = run(args)
    discard_output()  # only what nobody reads: `run` has reported everything else
    os._exit(status)  # everything is closed, and to free each object takes a while


def run(args: list[str] | None = None) -> int:
    """Run the command line, report errors, and return the exit status."""
    from transformer.system.stdio import discard_unread

    try:
        status = cli.main(_unmistakable(args), prog_name=_name(), standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        discard_unread()
        click.echo("interrupted", err=True)
        return 130
    except signals.Terminated as terminated:
        discard_unread()
        click.echo(f"terminated by {terminated}", err=True)
        return terminated.status
    except (Exception, SystemExit) as error:
        from transformer.cli.failures import report_failure  # slow to import

        return report_failure(error)


def _name() -> str:
    """Return what people type to run this program."""
    return _HOSTS.get(Path(sys.argv[0]).name, "hostnet-transform")


def _unmistakable(args: list[str] | None) -> list[str]:
    """Return arguments in which no file name that is passed to a hook is read as an option."""
    args = sys.argv[1:] if args is None else args
    if args[:1] != ["hook"]:
        return args
    return [f"./{arg}" if arg.startswith("-") and os.path.lexists(arg) else arg for arg in args]

"""The command line (click; nowhere else): options in, exit status out.

Exit status (SPEC, section 10): 0 nothing wrong; 1 a finding of severity error, or `--check` found
a change; 2 usage or configuration; 3 input that cannot be read, or a bug of ours; 130 interrupted.
Where several apply: 130, 2, 3, 1. A closed pipe ends quietly.
"""

import contextlib
import gc
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import click

from transformer.errors import InternalError, SettingsError, TransformError
from transformer.pipeline.settings import Settings

_UNITS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class DefaultGroup(click.Group):
    """A group whose default command is `transform`: `tool FILE` is `tool transform FILE`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("-h", "--help", "--version", "--show-completion")
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["transform", *args]
        return super().parse_args(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, "[OPTIONS] [PATH]...\n| COMMAND [ARGS]...")


class Size(click.ParamType[int]):
    """A number of bytes: `65536`, `64KiB`, `64M`."""

    name = "size"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the bytes that `value` says."""
        if isinstance(value, int):
            return value
        found = re.fullmatch(r"(\d+)\s*([kmg]?)(?:i?b)?", value.strip().lower())
        if found is None or int(found[1]) == 0:
            self.fail(f"{value!r} is no size; write for example 64MiB", param, ctx)
        return int(found[1]) * _UNITS[found[2]]


@click.group(
    cls=DefaultGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=False,
)
@click.version_option(None, "--version", package_name="hostnet-transform")
def cli() -> None:
    """Prepare Kubernetes manifests for OpenYurt host-network NodePools.

    Without a command, `transform` runs: `cat *.yaml | hostnet-transform` is a filter, and
    `hostnet-transform -w deploy/` mends files in place. `hostnet-transform transform --help` says
    more.
    """


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("-w", "--write", is_flag=True, help="Change files in place; only those that change.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 if something would change.")
@click.option("--diff", is_flag=True, help="Print a unified diff instead of manifests.")
@click.option(
    "--output",
    type=click.Choice(["manifests", "json-patch", "kustomize-patches"]),
    default="manifests",
    help="What goes to standard output. json-patch: one JSON object a line.",
)
@click.option(
    "--allow-reformat", is_flag=True, help="Write a document anew where an edit cannot be spliced."
)
@click.option(
    "--all-or-nothing", is_flag=True, help="Print nothing until all is decided; nothing on failure."
)
@click.option(
    "--report",
    type=click.Choice(["text", "json", "none"]),
    default=None,
    help="What was done and why, on standard error (text).",
)
@click.option(
    "--report-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="HOSTNET_REPORT_FILE",
    help="Also write the report to a file; JSON unless --report says text.",
)
@click.option("--pools", multiple=True, metavar="PATH", help="Read NodePools from elsewhere too.")
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="The configuration."
)
@click.option("--enable", multiple=True, metavar="RULE", help="Switch a rule on.")
@click.option("--disable", multiple=True, metavar="RULE", help="Switch a rule off.")
@click.option(
    "--on-invalid",
    type=click.Choice(["fail", "pass"]),
    default=None,
    help="What to do with a document that cannot be read (fail).",
)
@click.option("--strict", is_flag=True, help="Parse every document; HN903 and HN904 are errors.")
@click.option(
    "--stdin-filename", metavar="NAME", default="<stdin>", help="What to call standard input."
)
@click.option(
    "--max-document",
    type=Size(),
    default="64MiB",
    metavar="SIZE",
    help="A larger document is an error (64MiB).",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("-v", "--verbose", is_flag=True, help="Count documents screened, parsed, edited.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
@click.pass_context
def transform(ctx: click.Context, paths: tuple[str, ...], **options: Any) -> None:
    """Splice the rules into manifests: from standard input, or from files and folders.

    No PATH, or `-`: a filter from standard input to standard output. Folders are searched for
    *.yaml, *.yml and *.json. Messages go to standard error, only manifests to standard output.
    """
    ctx.exit(_transform(paths, options))


def _transform(paths: tuple[str, ...], options: dict[str, Any]) -> int:
    from transformer.edges import outputs, transforming
    from transformer.edges.reporting import Reporter
    from transformer.edges.resources import read
    from transformer.edges.sources import Source, discover
    from transformer.pipeline import engine as engines

    from_stdin = not paths or paths == ("-",)
    _refuse_contradictions(paths, from_stdin, options)
    settings, root = _settings(options)
    engine = engines.build(
        settings,
        json.loads(read("manifest/components.json")),
        allow_reformat=options["allow_reformat"],
        max_document=options["max_document"],
    )
    sources = None if from_stdin else transforming.find_sources(paths, engine, root)
    pool_paths = [*options["pools"], *(str(root / path) for path in settings.pool_paths)]
    inputs = transforming.Inputs(
        sources,
        discover(pool_paths, root=root),
        sys.stdin.buffer,
        options["stdin_filename"],
        bool(options["pools"]),
    )
    reporter = Reporter(
        sys.stderr,
        text=options["report"] in (None, "text"),
        json=options["report"] == "json",
        file=options["report_file"],
        file_is_text=options["report"] == "text",
        level=(-1 if options["quiet"] else 1 if options["verbose"] else 0),
        paint=_paint(options["color"]),
    )

    def wrote(source: Source) -> None:
        if options["verbose"]:
            reporter.say(f"{source.name}: written")

    failed = lambda: _status(reporter.counts, options["check"]) != 0  # noqa: E731
    with _writer(options["all_or_nothing"], failed) as out:
        output: outputs.Output
        if options["diff"]:
            output = outputs.DiffStream(out)
        elif options["check"]:
            output = outputs.Silent()
        elif options["write"]:
            output = outputs.InPlace(wrote)
        elif options["output"] == "json-patch":
            output = outputs.JsonPatchStream(out)
        elif options["output"] == "kustomize-patches":
            output = outputs.KustomizePatchStream(out)
        else:
            output = outputs.ManifestStream(out)
        transforming.run(
            inputs, engine, output, reporter, idle=out.flush, progress=_progress(options)
        )
    reporter.close()
    return _status(reporter.counts, options["check"])


def _refuse_contradictions(
    paths: tuple[str, ...], from_stdin: bool, options: dict[str, Any]
) -> None:
    if "-" in paths and not from_stdin:
        raise click.UsageError("- (standard input) cannot be mixed with other PATHs")
    if options["write"]:
        if from_stdin:
            raise click.UsageError(
                "--write needs a PATH: standard input cannot be changed in place"
            )
        for other in ("check", "diff", "all_or_nothing"):
            if options[other]:
                raise click.UsageError(f"--write and --{other.replace('_', '-')} contradict")
        if options["output"] != "manifests":
            raise click.UsageError(f"--write and --output {options['output']} contradict")
    if options["diff"] and options["output"] != "manifests":
        raise click.UsageError(f"--diff and --output {options['output']} contradict")
    if options["quiet"] and options["verbose"]:
        raise click.UsageError("--quiet and --verbose contradict")


def _settings(options: dict[str, Any]) -> tuple[Settings, Path]:
    """Return the settings and the folder that their paths are relative to."""
    from transformer.edges.config_file import find, load

    path: Path | None = options["config"] or find(Path.cwd())
    settings, root = Settings(), Path.cwd()
    if path is not None:
        settings, root = load(path), path.absolute().parent
    switches = dict(settings.transform_rules)
    severities = dict(settings.severities)
    for names, on in ((options["enable"], True), (options["disable"], False)):
        for name in names:
            if re.fullmatch(r"HN\d{3}", name):
                severities.pop(name, None)
                if not on:
                    severities[name] = "off"
            else:
                switches[name] = on
    return (
        replace(
            settings,
            transform_rules=switches,
            severities=severities,
            strict=settings.strict or options["strict"],
            on_invalid=options["on_invalid"] or settings.on_invalid,
        ),
        root,
    )


def _status(counts: Any, is_check: bool) -> int:
    if counts["unreadable"] or counts["failed"]:
        return 3
    if counts["error"] or (is_check and counts["changed"]):
        return 1
    return 0


@contextlib.contextmanager
def _writer(is_held: bool, failed: Callable[[], bool]) -> Iterator[BinaryIO]:
    """Yield standard output, or a spool that is copied to it at the end if nothing failed."""
    if not is_held:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    with tempfile.SpooledTemporaryFile(max_size=16 * 1024 * 1024) as held:
        yield cast(BinaryIO, held)
        if not failed():
            held.seek(0)
            while chunk := held.read(1024 * 1024):
                sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def _paint(color: str) -> Callable[[str, str], str]:
    from transformer.report.as_text import unpainted

    wanted = color == "always" or (
        color == "auto" and sys.stderr.isatty() and "NO_COLOR" not in os.environ
    )
    if not wanted:
        return unpainted
    colors = {"error": "red", "warning": "yellow", "info": "blue", "change": "green"}

    def paint(text: str, what: str) -> str:
        return click.style(text, fg=colors.get(what), bold=what in ("place", "error"))

    return paint


def _progress(options: dict[str, Any]) -> Callable[[list[Any]], Iterable[Any]]:
    """Return what walks over the files: with a bar on a terminal, once it takes a while."""

    def walk(sources: list[Any]) -> Iterator[Any]:
        if not sys.stderr.isatty() or options["quiet"] or len(sources) < 2:
            yield from sources
            return
        started = time.monotonic()
        bar: Any = None
        for done, source in enumerate(sources):
            if bar is None and time.monotonic() - started > 1.5:
                bar = click.progressbar(
                    length=len(sources), file=cast("IO[str]", sys.stderr), label="transforming"
                )
                bar.__enter__()
                bar.update(done)
            yield source
            if bar is not None:
                bar.update(1)
        if bar is not None:
            bar.__exit__(None, None, None)

    return walk


@cli.command()
@click.argument("rule", required=False, metavar="[ID]")
@click.pass_context
def rules(ctx: click.Context, rule: str | None) -> None:
    """List the rules, or explain one."""
    from transformer.rules import registry

    if rule is not None:
        text = registry.documentation(rule) or registry.documentation(rule.upper())
        if text is None:
            raise click.UsageError(
                f"there is no rule {rule!r}; `hostnet-transform rules` lists them"
            )
        click.echo(text)
        return
    for transform_rule in registry.transform_rules():
        state = "" if transform_rule.on_by_default else " (off by default)"
        click.echo(f"{transform_rule.id:18} transform  {transform_rule.summary}{state}")
    for validation_rule in registry.validation_rules():
        click.echo(
            f"{validation_rule.id:18} {validation_rule.severity:9}  {validation_rule.summary}"
        )


@cli.command()
@click.argument("name", required=False, metavar="[NAME]")
def schema(name: str | None) -> None:
    """List the shipped JSON Schemas, or print one."""
    from transformer.edges.resources import read, schema_names

    names = {known.removesuffix(".schema.json"): known for known in schema_names()}
    if name is None:
        for known in sorted(names):
            click.echo(known)
        return
    wanted = name.removesuffix(".schema.json")
    if wanted not in names:
        raise click.UsageError(
            f"there is no schema {name!r}; there are: {', '.join(sorted(names))}"
        )
    click.echo(read(f"schemas/{names[wanted]}").decode(), nl=False)


def main(args: list[str] | None = None) -> None:
    """Run the command line and exit."""
    gc.set_threshold(50_000, 20, 50)
    try:
        status = cli.main(args, prog_name="hostnet-transform", standalone_mode=False)
        code = status if isinstance(status, int) else 0
        sys.stdout.flush()
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = 130
    except SettingsError as error:
        code = _complain(error, 2)
    except InternalError as error:
        code = _complain(error, 3)
    except BrokenPipeError:
        code = _leave_quietly()
    except OSError as error:
        code = _complain(SettingsError(f"{error.filename or 'output'}: {error.strerror}"), 3)
    sys.exit(code)


def _complain(error: TransformError, code: int) -> int:
    place = ""
    if isinstance(error, SettingsError) and error.file:
        place = f"{error.file}:{error.line}:{error.column}: " if error.line else f"{error.file}: "
    click.echo(f"{place}error: {error.message}", err=True)
    if error.hint:
        click.echo(f"  help: {error.hint}", err=True)
    return code


def _leave_quietly() -> int:
    """Whoever read our output has gone; keep the interpreter from complaining at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    return 0

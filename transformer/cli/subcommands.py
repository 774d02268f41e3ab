"""The commands besides `transform`, which is the default one.

They are imported only for a command line that names one of them, and for help.
"""

from pathlib import Path
from typing import Any

import click

from transformer.cli.options import (
    build_dir_option,
    build_option,
    common_options,
    fail_on_option,
    options_named,
    paths_argument,
    reformat_option,
    report_file_option,
    report_to_option,
    version_option,
)
from transformer.report.formats import FORMATS, PAGE, PLACEMENT_FORMATS


@click.command()
@paths_argument
@click.option("--old", metavar="PATH", help="The old state: a file, or a folder of files.")
@click.option(
    "--base",
    metavar="REV",
    help="The old state: the same PATHs at a Git revision. REV... means the merge base of REV and"
    " HEAD, as for a pull request.",
)
@click.option(
    "--staged",
    is_flag=True,
    help="Validate the Git index instead of the work tree; the old state is HEAD unless --base is"
    " set.",
)
@click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    default="text",
    help="The format of the report on standard output (text).",
)
@build_option
@build_dir_option
@click.option("--fix", is_flag=True, help="Apply safe fixes in place.")
@click.option(
    "--cluster",
    multiple=True,
    metavar="NAME",
    help="Validate only this cluster of the configuration; repeatable.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Leave out the findings that FILE lists, and name its entries that are no longer needed.",
)
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the findings to FILE for --baseline, and exit with 0; with --baseline, write those"
    " of its entries that are still needed.",
)
@click.option(
    "--only-new", is_flag=True, help="Leave out the findings that the old state has, too."
)
@fail_on_option
@report_file_option
@report_to_option(FORMATS)
@common_options
@version_option
def validate(paths: tuple[str, ...], **options: Any) -> int:
    """Report what the cluster would refuse, and what would not work there.

    Validates manifests in files and folders or, without a PATH or with -, on standard input. With
    an old state (--base, --staged, --old), every change from it is validated as well.

    \b
    hostnet-transform validate clusters/
    hostnet-transform validate --base origin/main... --format github .
    hostnet-transform validate --staged
    kubectl get nodepools,nodes -o yaml > live.yaml
    hostnet-transform validate --old live.yaml deploy/

    Exit status: 0 no errors; 1 an error was found, or what --fail-on names; 2 wrong usage or
    configuration; 3 something cannot be read; 130 interrupted.
    """
    from transformer.config.validate_options import ValidateOptions
    from transformer.hosts import command_line

    return command_line.validate(paths, ValidateOptions(**options))


def _one_workload(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> str:
    """Return the only workload to explain: a second one does not silently replace the first."""
    if len(values) > 1:
        raise click.UsageError("--explain can be given once; run the command for each workload")
    return "".join(values)


@click.command()
@paths_argument
@click.option(
    "--format",
    type=click.Choice([*PLACEMENT_FORMATS, PAGE]),
    default="table",
    help="The format of the result on standard output (table).",
)
@click.option(
    "--before-after", is_flag=True, help="Show what the edits of `transform` would change, too."
)
@click.option(
    "--explain",
    multiple=True,
    callback=_one_workload,
    metavar="KIND/NAMESPACE/NAME",
    help="Explain the verdicts on one workload, filter by filter; --pool limits it to pools."
    " KIND/NAME means any namespace, a NAME alone any kind.",
)
@click.option(
    "--plan",
    is_flag=True,
    help="Print the order of a safe roll-out: what to do, why, and what cannot be taken back.",
)
@click.option("--pool", multiple=True, metavar="NAME", help="Show only this pool; repeatable.")
@click.option("--old", metavar="PATH", help="Show what changes from this state: a file or folder.")
@click.option(
    "--base",
    metavar="REV",
    help="Show what changes from a Git revision. REV... means the merge base of REV and HEAD, as"
    " for a pull request.",
)
@click.option(
    "--staged",
    is_flag=True,
    help="Read the Git index instead of the work tree; the old state is HEAD unless --base is set.",
)
@build_option
@build_dir_option
@click.option(
    "--cluster",
    multiple=True,
    metavar="NAME",
    help="Only this cluster of the configuration; repeatable.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["breaks", "unseen"]),
    multiple=True,
    help="What gives exit status 1: workloads that break, or anything that was not looked into;"
    " repeatable.",
)
@report_to_option([*PLACEMENT_FORMATS, PAGE])
@common_options
@version_option
def placement(paths: tuple[str, ...], **options: Any) -> int:
    """Show which workloads can land on which pools, and what breaks there.

    Reads manifests in files and folders or, without a PATH or with -, from standard input.

    \b
    hostnet-transform placement clusters/
    hostnet-transform placement --pools new-pool.yaml --before-after deploy/
    hostnet-transform placement --base origin/main... --format markdown .
    hostnet-transform placement --format html clusters/ > placement.html
    hostnet-transform placement --explain Deployment/shop/cart --pool barriers clusters/
    hostnet-transform placement --fail-on breaks clusters/

    Exit status: 0 success; 1 what --fail-on names; 2 wrong usage or configuration; 3 something
    cannot be read; 130 interrupted.
    """
    from transformer.config.placement_options import PlacementOptions
    from transformer.hosts import command_line

    return command_line.placement(paths, PlacementOptions(**options))


@click.command()
@paths_argument
@click.option(
    "--operations",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help="The operations: a list in JSON or YAML, as RFC 6902 has it.",
)
@click.option(
    "--target",
    metavar="KIND/NAMESPACE/NAME",
    help="The objects to patch, with * for any text. KIND/NAME means any namespace. Without it,"
    " the input must hold one object.",
)
@click.option("-w", "--write", is_flag=True, help="Edit files in place.")
@click.option(
    "--check", is_flag=True, help="Change nothing; exit with 1 if something would change."
)
@click.option("--diff", is_flag=True, help="Print a unified diff instead of manifests.")
@reformat_option
@options_named(
    "config", "on_invalid", "stdin_filename", "max_document", "quiet", "verbose", "color"
)
@version_option
def patch(paths: tuple[str, ...], **options: Any) -> int:
    """Splice a JSON patch into manifests; no other byte changes.

    Reads standard input, or files and folders, and writes standard output, or files in place. The
    operations are add, remove, replace, move, copy and test, applied one after the other. If one
    of them fails, nothing is written, in no file.

    \b
    hostnet-transform patch --operations image.yaml --target Deployment/shop/cart -w deploy/
    kubectl get deploy cart -o yaml | hostnet-transform patch --operations fix.json --diff

    Exit status: 0 success; 1 an operation does not fit, a test fails, or --check found a change; 2
    wrong usage or operations; 3 something cannot be read or written, or an operation cannot be
    spliced; 130 interrupted.
    """
    from transformer.config.patch_options import PatchOptions
    from transformer.hosts import command_line

    return command_line.patch(paths, PatchOptions(**options))


@click.command()
@click.option(
    "--repos",
    multiple=True,
    required=True,
    metavar="LIST",
    help="What to run over: a file with one repository a line (PATH, or PATH, a tab and a"
    " REVISION), - for standard input, or a pattern of folders such as 'sites/*'; repeatable.",
)
@click.option("--check", is_flag=True, help="As `--check`: what would be edited.")
@click.option("--validate", is_flag=True, help="As `validate`.")
@click.option("--placement", is_flag=True, help="As `placement`.")
@click.option(
    "--patch-dir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="As `--diff`: write a patch for each repository that would change, for `git apply`.",
)
@click.option(
    "--revision",
    default="",
    metavar="REV",
    help="The revision of every repository for which the list has none (of a checkout: its work"
    " tree; of a bare repository: HEAD).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "unseen", "breaks"]),
    multiple=True,
    help="What gives a repository exit status 1, as for `validate` and `placement`; repeatable.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    metavar="N",
    help="The number of processes (as many as there are processors).",
)
@click.option(
    "--scheduler",
    default="",
    metavar="ADDRESS",
    help="Run on the Dask cluster of this scheduler; needs hostnet-transform[dask].",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    default=300,
    metavar="SECONDS",
    help="The time that one repository may take (300).",
)
@click.option(
    "--cache",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where results of revisions are kept (in $XDG_CACHE_HOME or ~/.cache).",
)
@click.option("--no-cache", is_flag=True, help="Do everything again, and keep nothing.")
@options_named("pools", "enable", "disable", "on_invalid", "strict", "max_document", "quiet")
@version_option
def fleet(**options: Any) -> int:
    """Run over many repositories, and print one JSON line for each.

    A repository is a checkout, a bare repository or a plain folder; its own configuration applies.
    Lines come as repositories are done, in any order. What cannot be read is a line with its error.
    What is known of a revision is kept, so a second run, or one after an interruption, does the
    rest.

    \b
    hostnet-transform fleet --repos '/srv/git/*.git' --validate > lines.json
    hostnet-transform fleet --repos sites.txt --revision HEAD --patch-dir patches/
    find /srv/git -name '*.git' -prune | hostnet-transform fleet --repos - --check

    Exit status: 0 no errors, no changes; 1 an error or a change was found, or what --fail-on names;
    2 wrong usage or configuration; 3 something cannot be read; 130 interrupted. Each line has that
    of its repository.
    """
    from transformer.commands.fleet import run_fleet
    from transformer.config.fleet_options import FleetOptions

    return run_fleet(FleetOptions(**options))


@click.command("suggest-clusters")
@paths_argument
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration file (the nearest .hostnet-transform.yaml, here or above).",
)
@version_option
def suggest_clusters(paths: tuple[str, ...], config: Path | None) -> int:
    """Propose `clusters` for a repository of Flux or Argo CD.

    Reads the Kustomizations of Flux and the Applications of Argo CD in files and folders (the
    working folder). A cluster is what begins with objects that no other object deploys, or what
    goes to one destination of Argo CD. The result can be pasted into .hostnet-transform.yaml; on
    standard error it is said what is not in it, or why nothing follows.
    """
    from transformer.commands import suggest_clusters
    from transformer.config.options import Options

    return suggest_clusters.run(paths, Options(config=config))


def _confirmed(question: str) -> bool:
    return click.confirm(question, err=True)


@click.command()
@click.option("--yes", is_flag=True, help="Write the files without asking.")
@click.option(
    "--baseline",
    is_flag=True,
    help="Keep the findings of today in a list, so that only new ones are reported.",
)
@click.option(
    "--ci",
    type=click.Choice(["github", "gitlab", "none"]),
    help="The service to write a job for (the one that the repository uses).",
)
@click.option(
    "--tool",
    default="",
    metavar="ADDRESS[@REVISION]",
    help="Where hooks and jobs install hostnet-transform from: a repository of Git, and a tag or"
    " commit of it (where this one was installed from).",
)
@version_option
def init(**options: Any) -> int:
    """Set up a repository: a configuration, hooks for pre-commit, a job for CI.

    Looks at the repository around the working folder, shows each file that it would write, and
    asks. What is there is never changed: the lines to add by hand are shown instead. Without a
    terminal, and without --yes, nothing is written.

    \b
    hostnet-transform init
    hostnet-transform init --yes --baseline
    hostnet-transform init --ci gitlab --tool https://git.example.com/hostnet-transform@v0.2.0

    Exit status: 0 success; 2 wrong usage, an invalid configuration, or a file that cannot be
    written; 130 interrupted.
    """
    from transformer.commands import init
    from transformer.config.init_options import InitOptions
    from transformer.system.stdio import is_interactive

    confirms = _confirmed if is_interactive() else None
    return init.run(InitOptions(**options), confirms)


@click.command()
@click.argument("rule", required=False, metavar="[ID]")
@version_option
def rules(rule: str | None) -> None:
    """List the rules, or explain one."""
    from transformer.commands import explain

    click.echo(explain.rules() if rule is None else explain.explained(rule))


@click.command()
@click.argument("name", required=False, metavar="[NAME]")
@version_option
def schema(name: str | None) -> None:
    """List the shipped JSON Schemas, or print one."""
    from transformer.commands import explain

    click.echo(explain.schemas() if name is None else explain.schema(name))


@click.group()
def kustomize() -> None:
    """Run as a plugin of kustomize."""


@kustomize.command()
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="The plugin home ($KUSTOMIZE_PLUGIN_HOME, or kustomize/plugin in $XDG_CONFIG_HOME or"
    " ~/.config).",
)
@click.option("--force", is_flag=True, help="Replace existing files, whatever they are.")
def install(home: Path | None, force: bool) -> None:
    """Install the legacy exec plugin in the plugin home of kustomize.

    With `--enable-alpha-plugins`, `kubectl kustomize` and `kustomize build` then support the kinds
    HostnetTransform (under transformers) and HostnetValidate (under validators).
    """
    from transformer.commands import install_plugin

    for path in install_plugin.install(home, is_forced=force):
        click.echo(path)


@kustomize.command()
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@report_file_option
@common_options
def plugin(file: Path, **options: Any) -> int:
    """Process resources from standard input to standard output; kustomize runs this.

    FILE contains the object of kind HostnetTransform or HostnetValidate.
    """
    from transformer.hosts import kustomize

    return kustomize.run(file, options)


@click.group()
def hook() -> None:
    """Run as a hook of pre-commit.

    Hooks print what makes them fail and count the rest, or print all of it with -v.
    """


@hook.command("transform")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@reformat_option
@report_file_option
@common_options
def hook_transform(files: tuple[str, ...], **options: Any) -> int:
    """Transform the FILEs in place; exit with 1 if one was changed.

    NodePools, and the patches that kustomizations name, are read from all files that Git tracks in
    the working folder and below it.
    """
    from transformer.hosts import pre_commit

    return pre_commit.transform(files, options, check=False)


@hook.command("check")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@reformat_option
@report_file_option
@common_options
def hook_check(files: tuple[str, ...], **options: Any) -> int:
    """Change nothing; exit with 1 if `hook transform` would change one of the FILEs."""
    from transformer.hosts import pre_commit

    return pre_commit.transform(files, options, check=True)


@hook.command("validate")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option(
    "--from-ref",
    metavar="REV",
    envvar="PRE_COMMIT_FROM_REF",
    help="The old state: the merge base of this commit and --to-ref (HEAD). The environment"
    " variable PRE_COMMIT_FROM_REF sets it as well.",
)
@click.option(
    "--to-ref",
    metavar="REV",
    envvar="PRE_COMMIT_TO_REF",
    help="The new state: a commit (what is staged). The environment variable PRE_COMMIT_TO_REF sets"
    " it as well.",
)
@click.option(
    "--no-cache",
    is_flag=True,
    help="Validate every file again, and keep nothing for later runs.",
)
@fail_on_option
@report_file_option
@common_options
def hook_validate(
    files: tuple[str, ...],
    from_ref: str | None,
    to_ref: str | None,
    no_cache: bool,
    **options: Any,
) -> int:
    """Validate what is staged against the last commit, or one commit against another.

    Both states of the working folder are read completely. Findings are reported for the FILEs and
    for files that differ. What was found in the others is kept in ~/.cache (or $XDG_CACHE_HOME).
    """
    from transformer.hosts import pre_commit

    return pre_commit.validate(files, from_ref, to_ref, options, uses_cache=not no_cache)


SUBCOMMANDS = (
    init,
    validate,
    placement,
    patch,
    fleet,
    suggest_clusters,
    rules,
    schema,
    kustomize,
    hook,
)

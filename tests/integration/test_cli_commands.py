"""Help, version, `rules` and `schema`."""

import json
from collections.abc import Iterator

import click
import pytest
from click.shell_completion import ShellComplete

from tests.integration.cli_runs import ROOT, invoke
from transformer.cli.main import cli


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of each command, beginning with none for the command itself."""
    yield words
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            one = command.get_command(context, name)
            assert one is not None
            yield from commands(one, (*words, name))


@pytest.mark.parametrize("option", ["-h", "--help"])
@pytest.mark.parametrize("words", list(commands(cli)), ids=" ".join)
def test_each_command_explains_itself(words: tuple[str, ...], option: str) -> None:
    run = invoke(*words, option)
    assert run.status == 0
    assert run.out.startswith(b"Usage: hostnet-transform")
    assert run.err == ""


def test_help_shows_the_options_of_the_default_command_and_the_commands() -> None:
    out = invoke("--help").out.decode()
    for word in ("--write", "--pools PATH", "Exit status", "kubectl"):
        assert word in out
    for name in cli.list_commands(click.Context(cli)):
        assert f"\n  {name} " in out


@pytest.mark.parametrize("arguments", [("--version",), ("rules", "--version"), ("-q", "--version")])
def test_the_version_is_printed(arguments: tuple[str, ...]) -> None:
    run = invoke(*arguments)
    assert run.status == 0
    assert run.out.startswith(b"hostnet-transform ")


@pytest.mark.parametrize(
    ("words", "incomplete", "expected"),
    [
        ([], "va", {"validate", "va"}),
        ([], "--wri", {"--write"}),
        ([], "deploy/", {"deploy/"}),
        (["--check"], "deploy/", {"deploy/"}),
        (["validate"], "--bui", {"--build", "--build-dir"}),
        (["validate"], "deploy/", {"deploy/"}),
        (["hook"], "t", {"transform"}),
    ],
)
def test_the_shell_completes(words: list[str], incomplete: str, expected: set[str]) -> None:
    shell = ShellComplete(cli, {}, "hostnet-transform", "_HOSTNET_TRANSFORM_COMPLETE")
    found = shell.get_completions(words, incomplete)
    assert {item.value for item in found} == expected
    assert all(item.type == "file" for item in found if item.value == incomplete)


def test_rules_are_listed_with_what_they_do() -> None:
    out = invoke("rules").out.decode()
    assert "  pod-guard        keep annotated pods off host-network nodes\n" in out
    assert "(off by default)" in out
    assert "  HN402  error    " in out


@pytest.mark.parametrize("name", ["pod-guard", "pod_guard", "Pod-Guard", "HN402", "hn402"])
def test_a_rule_is_explained(name: str) -> None:
    run = invoke("rules", name)
    assert run.status == 0
    known = "HN402" if name.lower() == "hn402" else "pod-guard"
    assert run.out == (ROOT / f"docs/rules/{known}.md").read_bytes()
    assert b"**Source**: " in run.out
    standing = (
        b"*Transforms, on by default.*",
        b"*Error. Reported by `validate` and `transform`.*",
    )
    assert run.out.splitlines()[2] in standing


def test_a_rule_that_does_not_exist_is_wrong_usage() -> None:
    run = invoke("rules", "pod-gard")
    assert (run.status, run.out) == (2, b"")
    assert "did you mean 'pod-guard'?" in run.err
    assert "did you mean" not in invoke("rules", "nonsense").err


def test_schemas_are_listed_and_printed() -> None:
    names = invoke("schema").out.decode().split()
    assert {"components", "config", "report"} <= set(names)
    for name in names:
        schema = json.loads(invoke("schema", name).out)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_schema_that_does_not_exist_is_wrong_usage() -> None:
    run = invoke("schema", "reprot")
    assert (run.status, run.out) == (2, b"")
    assert "did you mean 'report'?" in run.err

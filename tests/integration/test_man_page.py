"""The page of man: not stale, with every option, and right for those who check such pages."""

import subprocess

from tests.integration.cli_runs import ROOT
from tests.requirements import require_tool
from tools.man_page import TARGET, page
from transformer.cli.main import cli
from transformer.cli.subcommands import SUBCOMMANDS


def rendered() -> str:
    """Return the page as mandoc shows it, without bold."""
    command = [require_tool("mandoc"), "-T", "ascii", "-O", "width=200", str(TARGET)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    parts = text.split("\b")
    return "".join(part[:-1] for part in parts[:-1]) + parts[-1]


def test_the_page_is_that_of_the_commands_as_they_are_now() -> None:
    assert (ROOT / "man/hostnet-transform.1").read_text("utf-8") == page(), "run `make man`"


def test_mandoc_complains_only_that_it_has_no_date() -> None:
    command = [require_tool("mandoc"), "-T", "lint", "-W", "warning", str(TARGET)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    assert [line for line in told.splitlines() if "missing date" not in line] == []


def test_it_shows_every_command_and_option_as_it_is_typed() -> None:
    text = rendered()
    for command in SUBCOMMANDS:
        assert f"\n   {command.name} " in text
        for option in (name for one in command.params for name in one.opts if name[0] == "-"):
            assert option in text, f"{command.name} {option}"
    for option in (name for one in cli.commands["transform"].params for name in one.opts):
        assert option[0] != "-" or f"\n       {option}" in text or f", {option}" in text
    assert "hostnet-transform --write deploy/\n" in text
    assert "\n       130    interrupted" in text

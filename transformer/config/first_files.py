"""The files of a first set-up: those to write, and what to add by hand to those that are there.

The lines for hooks and jobs are in `templates/`, and the documents have the same (a test compares
them).
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from transformer.config.first_configuration import Proposal, additions, render, scalar
from transformer.config.package_data import read
from transformer.config.resolve import NAME

BASELINE = ".hostnet-transform-baseline.yaml"
SCHEMA = ".hostnet-transform.schema.json"
"""The JSON Schema of the configuration, where somebody keeps it for an editor."""
HOOKS = ".pre-commit-config.yaml"
WORKFLOWS = ".github/workflows/"
WORKFLOW = f"{WORKFLOWS}hostnet.yml"
PIPELINE = ".gitlab-ci.yml"

ACTION = "OWNER/hostnet-transform@REF"
"""Stands for the action in a workflow where it is not known where it is."""

ADDRESS = "HOSTNET_REPOSITORY"
"""The variable of a job of GitLab with the address of the tool."""

_ON_GITHUB = (
    r"(?:https://(?:[^@/]+@)?|(?:ssh://)?git@)github\.com[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)

_TEMPLATES = ("hooks", "local-hooks", "github", "gitlab")
_OURS = {HOOKS: "hostnet-validate", WORKFLOW: "hostnet-transform", PIPELINE: "hostnet-transform"}
"""What is in a file of this sort that has our lines already."""

_LOCAL = """\
# These run the hostnet-transform that is installed; see its docs/pre-commit.md for hooks that
# pre-commit installs.
"""
_EDITS = """\
# Without the hook hostnet-transform, which edits: what is built from one source may need different
# edits. Add it if all of that needs the same.
"""
_NEEDS_PROGRAM = (
    "    # Install kustomize or kubectl here, too: the configuration has `build: true`.\n"
)


class Tool(NamedTuple):
    """Where the tool comes from: an address for Git, and a tag or the hash of a commit there."""

    address: str = ""
    revision: str = ""


class Facts(NamedTuple):
    """What is known of a repository.

    `proposal` is what its configuration should say; if it has one, only what is missing there.
    `baseline` is the text of a list of known findings, if one is wanted. `there` has the text of
    each file of the set-up that exists, by name. `ci` is `github`, `gitlab` or empty; `branch` the
    one that is released from. `edits`: its manifests are applied as they are, so hooks may edit
    them. `builds`: what kustomize makes of them is validated.
    """

    proposal: Proposal = Proposal()
    baseline: str = ""
    there: Mapping[str, str] = {}
    is_git: bool = True
    ci: str = ""
    branch: str = "main"
    tool: Tool = Tool()
    edits: bool = True
    builds: bool = False


class FirstFile(NamedTuple):
    """A file with its `text`; if it `is_there`, the lines that it lacks (none: it has all)."""

    name: str
    text: str
    is_there: bool = False


def plan(facts: Facts, templates: Mapping[str, str]) -> list[FirstFile]:
    """Return the files of a set-up; `templates` as `read_templates` returns them."""
    has_own = NAME in facts.there
    schema = SCHEMA if facts.there.get(SCHEMA) else ""
    text = additions(facts.proposal) if has_own else render(facts.proposal, schema)
    files = [FirstFile(NAME, text, has_own)]
    if facts.baseline:
        is_there = BASELINE in facts.there
        files.append(FirstFile(BASELINE, "" if is_there else facts.baseline, is_there))
    if facts.is_git:
        lines = _hooks(facts, templates)
        files.append(_placed(HOOKS, lines, lines.replace("repos:\n", "", 1), facts))
    if facts.ci == "github":
        lines = _workflow(facts, templates)
        files.append(_placed(WORKFLOW, lines, lines, facts))
    if facts.ci == "gitlab":
        lines = _job(facts, templates)
        files.append(_placed(PIPELINE, lines, lines, facts))
    return files


def read_templates() -> dict[str, str]:
    """Return the lines for hooks and jobs, by name."""
    return {name: read(f"config/templates/{name}.yaml").decode() for name in _TEMPLATES}


def _placed(name: str, text: str, missing: str, facts: Facts) -> FirstFile:
    """Return a file with our lines: a new one, or what is missing in the one that is there. Of
    workflows, any may have them.
    """
    folder = WORKFLOWS if name == WORKFLOW else name
    for other, content in facts.there.items():
        if other.startswith(folder) and _OURS[name] in content:
            return FirstFile(other, "", is_there=True)
    is_there = name in facts.there
    return FirstFile(name, missing if is_there else text, is_there)


def _hooks(facts: Facts, templates: Mapping[str, str]) -> str:
    address, revision = facts.tool
    lines = templates["hooks"] if address else _LOCAL + templates["local-hooks"]
    lines = lines.replace("$REPOSITORY", scalar(address))
    rev = f"  rev: {scalar(revision)}"
    lines = re.sub(r"^  rev: .*", lambda _: rev, lines, flags=re.MULTILINE)
    if facts.edits:
        return lines
    return _EDITS + re.sub(r"  - id: hostnet-transform\n(?:    .*\n)*", "", lines)


def _workflow(facts: Facts, templates: Mapping[str, str]) -> str:
    lines = templates["github"].replace(ACTION, action_of(facts.tool) or ACTION)
    return lines.replace("[main]", f"[{scalar(facts.branch)}]")


def action_of(tool: Tool) -> str:
    """Return what `uses` of a workflow calls the tool; nothing if it is not on GitHub."""
    found = re.fullmatch(_ON_GITHUB, tool.address)
    return f"{found[1]}@{tool.revision}" if found else ""


def _as_url(address: str) -> str:
    """Return an address for pip, which knows no `user@host:path`."""
    return re.sub(r"^([^/:]+@[^/:]+):(?!//)/?", r"ssh://\1/", address)


def _job(facts: Facts, templates: Mapping[str, str]) -> str:
    lines = templates["gitlab"]
    if facts.tool.address:
        value = scalar(f"{_as_url(facts.tool.address)}@{facts.tool.revision}")
        lines = lines.replace("  variables:\n", f"  variables:\n    {ADDRESS}: {value}\n", 1)
    if facts.builds:
        lines = lines.replace("  script:\n", f"{_NEEDS_PROGRAM}  script:\n", 1)
    return lines

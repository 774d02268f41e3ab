"""What runs the bash steps of `action.yml` as a runner of GitHub does."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.integration.example_checkout import ROOT
from tests.integration.shell_blocks import path_with
from tests.requirements import require_tool

STEPS = [
    *("python", "install", "validate", "upload", "summary"),
    *("suggestions", "placement", "comment", "result"),
]


class Action(NamedTuple):
    """The bash steps of action.yml, in a runner's folders."""

    steps: Mapping[str, Any]
    defaults: Mapping[str, str]
    workspace: Path
    temp: Path

    def run(self, step: str, **values: str) -> int:
        """Run a step as GitHub does; `values` are those of the expressions in its `env`."""
        given = self.steps[step]
        assert given["shell"] == "bash"
        script = self.temp / f"{step}.sh"
        script.write_text(given["run"], encoding="utf-8")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **os.environ,
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_ENV": str(self.temp / "env"),
                "GITHUB_JOB": "check-all",
                "GITHUB_OUTPUT": str(self.temp / "output"),
                "GITHUB_REPOSITORY": "shop/manifests",
                "GITHUB_STEP_SUMMARY": str(self.temp / "summary"),
                "PATH": path_with(self.temp),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
                **{name: values[name] for name in given["env"]},
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        sys.stderr.write(done.stderr)
        (self.temp / "log").write_text(done.stdout, encoding="utf-8")
        return done.returncode

    def validate(self, **inputs: str) -> dict[str, str]:
        """Run the step `validate`, and return its outputs."""
        return self.outputs("validate", "args", inputs)

    def placement(self, **inputs: str) -> dict[str, str]:
        """Run the step `placement`, and return its outputs."""
        return self.outputs("placement", "placement-args", inputs)

    def outputs(self, step: str, args: str, inputs: Mapping[str, str]) -> dict[str, str]:
        """Run a step of the tool, and return its outputs."""
        values = {**self.defaults, **inputs}
        (self.temp / "output").write_text("")
        names = {"PATHS": "paths", "BASE": "base", "ARGS": args}
        given = {name: values[source] for name, source in names.items()}
        given["BEFORE"] = inputs.get("before", "")
        assert self.run(step, **given) == 0
        lines = (self.temp / "output").read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def summary(self, outputs: Mapping[str, str]) -> str:
        """Run the step `summary` after `validate` had these outputs; return what is there then."""
        given = {"STATUS": outputs.get("status", ""), "MARKDOWN": outputs.get("markdown", "")}
        assert self.run("summary", **given) == 0
        return (self.temp / "summary").read_text(encoding="utf-8")

    def suggest(self, rdjsonl: str) -> int:
        """Run the step `suggestions`, and return its exit status."""
        return self.run("suggestions", REVIEWDOG_GITHUB_API_TOKEN="secret", RDJSONL=rdjsonl)

    @property
    def log(self) -> str:
        """What the last step printed."""
        return (self.temp / "log").read_text(encoding="utf-8")

    def comment(self, markdown: str) -> None:
        """Run the step `comment` on pull request 7."""
        assert self.run("comment", GH_TOKEN="secret", MARKDOWN=markdown, PULL_REQUEST="7") == 0

    @property
    def comments(self) -> list[Any]:
        """The comments on the pull request, as the stand-in for `gh` has them."""
        found: list[Any] = json.loads((self.temp / "comments.json").read_bytes())
        return found

    def found(self) -> list[str]:
        """Return the rules of the report's results."""
        (run,) = json.loads((self.temp / "hostnet.sarif").read_bytes())["runs"]
        return [result["ruleId"] for result in run["results"]]


def installed(checkout: Path, temp: Path) -> Action:
    """Return the action, with the tool under test where its step `install` puts it."""
    given = yaml.safe_load((ROOT / "action.yml").read_bytes())
    assert given["runs"]["using"] == "composite"
    steps = {step["id"]: step for step in given["runs"]["steps"]}
    assert list(steps) == STEPS
    defaults = {name: spec["default"] for name, spec in given["inputs"].items()}
    (temp / "hostnet" / "bin").mkdir(parents=True)
    (temp / "hostnet" / "bin" / "hostnet-transform").symlink_to(require_tool("hostnet-transform"))
    return Action(steps, defaults, checkout, temp)

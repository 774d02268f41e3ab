"""The action for GitHub: its steps are run by what stands in for a runner."""

import json
import re
import shutil
import sys
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from tests.effort import only_in_ci
from tests.integration.example_checkout import RIGHT, documented, flip, git
from tests.integration.github_runner import Action, installed
from tests.integration.shell_blocks import INTEGRATIONS

FORMS = ("sarif", "markdown", "rdjsonl")
FLAGS = re.MULTILINE | re.DOTALL
SETUP = ["actions/checkout", "reviewdog/action-setup"]
"""What a job with suggestions needs before the action."""


@pytest.fixture
def action(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Action:
    return installed(checkout, tmp_path_factory.mktemp("runner temp"))


def test_the_action_hands_over_its_inputs_by_environment_only(action: Action) -> None:
    for step in action.steps.values():
        assert "${{" not in step.get("run", "")
    assert action.steps["validate"]["env"] == {
        "PATHS": "${{ inputs.paths }}",
        "BASE": "${{ inputs.base }}",
        "BEFORE": "${{ github.event_name == 'push' && github.event.before || '' }}",
        "ARGS": "${{ inputs.args }}",
    }
    assert action.steps["result"]["env"] == {
        "STATUS": "${{ steps.validate.outputs.status }}",
        "PLACEMENT": "${{ steps.placement.outputs.status }}",
    }
    assert action.steps["result"]["if"] == "always()"
    assert action.steps["upload"]["if"].startswith("always() && ")
    assert action.steps["upload"]["uses"].startswith("github/codeql-action/upload-sarif@")


def test_the_action_writes_the_report_and_fails_in_its_last_step(action: Action) -> None:
    outputs = action.validate()
    reports = {form: str(action.temp / f"hostnet.{form}") for form in FORMS}
    assert outputs == {"status": "1", **reports}
    assert sorted(action.found()) == ["HN311", "HN406", "HN426"]
    lines = Path(outputs["rdjsonl"]).read_text(encoding="utf-8").splitlines()
    assert sorted(json.loads(line)["code"]["value"] for line in lines) == sorted(action.found())
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 1


def test_the_action_passes_where_nothing_is_wrong(action: Action, mended: Path) -> None:
    outputs = action.validate()
    assert outputs["status"] == "0"
    assert action.found() == []
    assert outputs["sarif"]
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 0


def test_the_action_compares_with_a_base(action: Action, mended: Path) -> None:
    flip(mended)
    assert action.validate(base="HEAD")["status"] == "1"
    assert "HN201" in action.found()


def test_only_what_is_new_is_reported_of_a_pull_request_and_of_a_push(
    action: Action, mended: Path
) -> None:
    git(mended, "checkout", "--quiet", ".")
    (mended / "more.txt").write_text("")
    git(mended, "add", "more.txt")
    git(mended, "commit", "--quiet", "--message", "one more")
    only_new = "-q --only-new"
    for old in ({"base": "HEAD~"}, {"before": git(mended, "rev-parse", "HEAD~")}):
        assert action.validate(args=only_new, **old)["status"] == "0", old
        assert action.found() == []
    for nothing in ("", "0" * 40):  # of a scheduled run, and of a new branch
        assert action.validate(args=only_new, before=nothing)["status"] == "1"
        assert "all findings are reported" in action.log
        assert sorted(action.found()) == ["HN311", "HN406", "HN426"]


def test_the_action_takes_paths_by_line_and_options_by_word(action: Action) -> None:
    shutil.copy(action.workspace / "integrations/example/nodes.yaml", action.workspace / "a b.yaml")
    paths = "a b.yaml\nintegrations/example/network.yaml\n"
    outputs = action.validate(paths=paths, args="-q --disable\nHN311")
    assert outputs["status"] == "1"
    assert action.found() == ["HN406"]


def test_the_action_has_no_report_to_upload_after_wrong_usage(action: Action) -> None:
    outputs = action.validate(args="--config missing.yaml")
    assert outputs == {"status": "2"}
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 2


def test_the_reports_of_an_earlier_use_are_not_taken_for_those_of_a_run_that_failed(
    action: Action,
) -> None:
    assert action.validate()["sarif"]
    assert action.validate(args="--config missing.yaml") == {"status": "2"}


def test_the_log_has_the_findings_and_none_of_their_names_is_a_command(action: Action) -> None:
    name = "::set-output name=status::0"
    (action.workspace / f"{name}.yaml").write_text("apiVersion: v1\nkind: Node\na: [\n")
    tokens = set()
    for _ in range(2):
        assert action.validate()["status"] == "3"
        first, *lines, last = action.log.splitlines()
        assert f"{name}.yaml" in lines
        assert "error[HN406]" in action.log
        assert first == f"::stop-commands::{last.strip(':')}"
        tokens.add(first)
    assert len(tokens) == 2


def test_the_summary_has_what_was_found(action: Action) -> None:
    outputs = action.validate()
    text = action.summary(outputs)
    assert text == Path(outputs["markdown"]).read_text(encoding="utf-8")
    assert text.startswith("### hostnet-transform: 2 errors, 1 warning\n")
    assert len(text.encode()) < 60_000


def test_the_summary_says_that_the_run_failed(action: Action) -> None:
    outputs = action.validate(args="--config missing.yaml")
    assert "missing.yaml" in action.log
    text = action.summary(outputs)
    assert text.startswith("### hostnet-transform: the run failed\n")
    assert "exit status 2" in text
    assert "exit status unknown" in action.summary({})


def test_what_cannot_be_read_is_in_the_summary(action: Action) -> None:
    (action.workspace / "broken.yaml").write_text("apiVersion: v1\nkind: Node\na: [\n")
    outputs = action.validate()
    assert outputs["status"] == "3"
    assert "**error HN901** broken.yaml" in action.summary(outputs)


def test_a_summary_that_cannot_be_written_is_told_of_and_fails_nothing(action: Action) -> None:
    outputs = action.validate()
    (action.temp / "summary").mkdir()
    given = {"STATUS": outputs["status"], "MARKDOWN": outputs["markdown"]}
    assert action.run("summary", **given) == 0
    assert "::warning title=hostnet-transform::the summary" in action.log


def test_the_action_fails_where_it_did_not_get_as_far_as_validating(action: Action) -> None:
    assert action.run("result", STATUS="", PLACEMENT="") == 1


MARKER = "<!-- hostnet-transform placement check_all -->"
GH = f"""#!{sys.executable}
import json, pathlib, sys

file = pathlib.Path(sys.argv[0]).with_name("comments.json")
comments = json.loads(file.read_text())
api, *args = sys.argv[1:]
assert api == "api"
path = next(arg for arg in args if arg.startswith("repos/shop/manifests/issues/"))
if "--paginate" in args:
    assert path.endswith("/issues/7/comments?per_page=100")
    assert 'startswith("{MARKER}")' in args[args.index("--jq") + 1]
    assert '.user.type == "Bot"' in args[args.index("--jq") + 1]
    for one in comments:
        if one["user"]["type"] == "Bot" and one["body"].startswith("{MARKER}"):
            print(one["id"])
    sys.exit(0)
body = pathlib.Path(args[args.index("--field") + 1].removeprefix("body=@")).read_text()
method = args[args.index("--method") + 1]
if method == "POST":
    assert path.endswith("/issues/7/comments")
    comments.append({{"id": len(comments) + 1, "user": {{"type": "Bot"}}, "body": body}})
else:
    (found,) = [one for one in comments if path.endswith(f"/issues/comments/{{one['id']}}")]
    found["body"] = body
file.write_text(json.dumps(comments))
"""
"""What stands in for `gh`: it keeps the comments of a pull request in a file."""


@pytest.fixture
def with_gh(action: Action) -> Action:
    """The action where there is a `gh`, and where somebody wrote a comment that looks like ours."""
    program = action.temp / "gh"
    program.write_text(GH, encoding="utf-8")
    program.chmod(0o755)
    theirs = {"id": 1, "user": {"type": "User"}, "body": f"{MARKER}\nmine"}
    (action.temp / "comments.json").write_text(json.dumps([theirs]), encoding="utf-8")
    return action


def test_the_action_writes_what_moves_to_the_summary(
    with_gh: Action, mended: Path, example: Path
) -> None:
    git(mended, "commit", "--quiet", "--all", "--message", "two")
    shutil.copy(example / "shop.yaml", example / "more.yaml")
    text = (example / "more.yaml").read_text(encoding="utf-8").replace("name: web", "name: api")
    (example / "more.yaml").write_text(text.replace(RIGHT, "        team: shop\n"))
    outputs = with_gh.placement(base="HEAD")
    assert outputs == {"status": "0", "markdown": str(with_gh.temp / "hostnet-placement.md")}
    summary = (with_gh.temp / "summary").read_text(encoding="utf-8")
    assert summary == Path(outputs["markdown"]).read_text(encoding="utf-8")
    assert summary.startswith("### What this change moves\n\n- new: 1 workload\n")
    assert with_gh.placement(**{"placement-args": "--pool none"}) == {"status": "2"}
    assert with_gh.placement(**{"placement-args": "--fail-on breaks"})["status"] in "01"


def test_the_comment_of_the_action_is_updated_and_not_repeated(
    with_gh: Action, tmp_path: Path
) -> None:
    report = tmp_path / "report.md"
    for text in ("- 1 workload newly lands on hz", "- 2 workloads newly land on hz"):
        report.write_text(f"### What\n\n{text}\n", encoding="utf-8")
        with_gh.comment(str(report))
        theirs, ours = with_gh.comments
        assert theirs["body"] == f"{MARKER}\nmine"
        assert ours["body"] == f"{MARKER}\n### What\n\n{text}\n"
    report.write_text("### What\n\n- nothing changes\n", encoding="utf-8")
    with_gh.comment(str(report))
    assert "nothing changes" in with_gh.comments[1]["body"]


def test_the_action_does_not_comment_on_what_moves_nothing(with_gh: Action, mended: Path) -> None:
    with_gh.comment(with_gh.placement(base="HEAD")["markdown"])
    text = Path(with_gh.temp / "hostnet-placement.md").read_text(encoding="utf-8")
    assert "- nothing changes\n" in text or with_gh.comments[1:]


def test_the_action_warns_and_goes_on_where_it_may_not_comment(
    with_gh: Action, tmp_path: Path
) -> None:
    (with_gh.temp / "gh").write_text("#!/bin/sh\necho HTTP 403 >&2\nexit 1\n")
    report = tmp_path / "report.md"
    report.write_text("- 1 workload newly lands on hz\n", encoding="utf-8")
    with_gh.comment(str(report))
    assert with_gh.log.startswith("::warning title=hostnet-transform::")
    assert "pull-requests: write" in with_gh.log


def test_the_action_asks_for_no_permission_unless_it_is_to(action: Action) -> None:
    for name in ("suggestions", "placement", "comment"):
        assert action.defaults[name] == "false"
        assert f"inputs.{name} == 'true'" in action.steps[name]["if"]
        assert action.steps[name]["if"].startswith("always() && ")
    for name in ("suggestions", "comment"):
        assert "github.event.pull_request" in action.steps[name]["if"]
    assert action.defaults["summary"] == "true"
    assert action.steps["summary"]["if"] == "always() && inputs.summary == 'true'"


def test_the_action_fails_as_placement_does_if_nothing_else_failed(action: Action) -> None:
    assert action.run("result", STATUS="0", PLACEMENT="1") == 1
    assert action.run("result", STATUS="1", PLACEMENT="3") == 1
    assert action.run("result", STATUS="0", PLACEMENT="0") == 0


@pytest.mark.slow
@only_in_ci
def test_the_action_installs_the_tool_from_its_own_checkout(action: Action) -> None:
    shutil.rmtree(action.temp / "hostnet")
    if action.run("install", PYTHON=sys.executable) != 0:
        pytest.fail("the action's environment cannot be made: a package cannot be fetched")
    assert action.validate()["status"] == "1"
    assert sorted(action.found()) == ["HN311", "HN406", "HN426"]


def test_the_workflow_in_the_document_fits_the_action(action: Action) -> None:
    text = (INTEGRATIONS / "github" / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```yaml\n(.*?)^```\n", text, FLAGS)
    workflow = yaml.safe_load(block)
    checkout, ours = workflow["jobs"]["validate"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0}
    assert ours["with"].keys() <= action.defaults.keys()
    assert workflow["permissions"]["security-events"] == "write"
    assert workflow["permissions"]["pull-requests"] == "write"
    assert ours["with"]["comment"] is True
    for name in action.defaults:
        assert f"| `{name}` |" in text
    before = yaml.safe_load(dedent(re.findall(r"^  ```yaml\n(.*?)^  ```\n", text, FLAGS)[0]))
    assert [step["uses"].split("@")[0] for step in before] == SETUP
    assert before[0]["with"]["fetch-depth"] == 0


def test_the_documented_commands_for_github_run(checkout: Path) -> None:
    (printed,) = documented("github", checkout)
    assert printed.count("::error ") == 2

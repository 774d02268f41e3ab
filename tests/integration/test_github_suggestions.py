"""Suggestions of the action for GitHub: by what stands in for reviewdog, and by reviewdog itself,
which is answered as the API of GitHub does.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.integration.cli_runs import invoke
from tests.integration.example_checkout import git
from tests.integration.github_runner import Action, installed
from tests.requirements import require_tool

STAND_IN = f"""#!{sys.executable}
import json, os, pathlib, sys

file = pathlib.Path(sys.argv[0]).with_name("given.json")
token = os.environ["REVIEWDOG_GITHUB_API_TOKEN"]
file.write_text(json.dumps([sys.argv[1:], token, sys.stdin.read()]))
print("a line of the report")
print({{said!r}}, file=sys.stderr)
sys.exit({{status}})
"""
WARNING = "::warning title=hostnet-transform::the suggestions could not be written"
REFUSED = "reviewdog: This GitHub Token doesn't have write permission of Review API [1],"


@pytest.fixture
def action(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Action:
    return installed(checkout, tmp_path_factory.mktemp("runner temp"))


def stand_in(action: Action, said: str = "", status: int = 0) -> None:
    """Put a `reviewdog` on PATH that keeps what it gets, says something, and ends with a status."""
    program = action.temp / "reviewdog"
    program.write_text(STAND_IN.format(said=said, status=status), encoding="utf-8")
    program.chmod(0o755)


def test_reviewdog_gets_the_findings_with_their_edits(action: Action) -> None:
    stand_in(action)
    rdjsonl = action.validate()["rdjsonl"]
    assert action.suggest(rdjsonl) == 0
    args, token, given = json.loads((action.temp / "given.json").read_bytes())
    assert args == [
        "-f=rdjsonl",
        "-name=hostnet-transform check-all",
        "-reporter=github-pr-review",
        "-filter-mode=diff_context",
    ]
    assert token == "secret"
    assert given == Path(rdjsonl).read_text(encoding="utf-8")
    found = [json.loads(line) for line in given.splitlines()]
    assert [bool(one.get("suggestions")) for one in found] == [True] * 3
    assert WARNING not in action.log
    assert "a line of the report" not in action.log


def test_a_run_that_finds_nothing_still_calls_reviewdog_which_removes_old_comments(
    action: Action, mended: Path
) -> None:
    stand_in(action)
    rdjsonl = action.validate()["rdjsonl"]
    assert Path(rdjsonl).read_bytes() == b""
    assert action.suggest(rdjsonl) == 0
    assert json.loads((action.temp / "given.json").read_bytes())[2] == ""


@pytest.mark.parametrize(("said", "status"), [("HTTP 500", 1), (REFUSED, 0)])
def test_a_failure_of_reviewdog_is_told_of_and_hides_no_status(
    action: Action, said: str, status: int
) -> None:
    stand_in(action, said, status)
    outputs = action.validate()
    assert action.suggest(outputs["rdjsonl"]) == 0
    assert said in action.log
    assert WARNING in action.log
    assert "pull-requests: write" in action.log
    assert action.run("result", STATUS=outputs["status"], PLACEMENT="") == 1


def test_without_reviewdog_the_action_says_how_to_get_it(
    action: Action, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = tmp_path_factory.mktemp("programs")
    for name in ("bash", "cat", "grep"):
        (programs / name).symlink_to(require_tool(name))
    rdjsonl = action.validate()["rdjsonl"]
    monkeypatch.setattr("tests.integration.github_runner.path_with", lambda _: str(programs))
    assert action.suggest(rdjsonl) == 1
    assert action.log.startswith("::error title=hostnet-transform::")
    assert "reviewdog/action-setup" in action.log


def test_there_is_nothing_to_suggest_after_a_run_that_failed(action: Action) -> None:
    assert "rdjsonl" not in action.validate(args="--config missing.yaml")
    assert "steps.validate.outputs.rdjsonl != ''" in action.steps["suggestions"]["if"]


# --- reviewdog itself ---------------------------------------------------------------------------


class GitHub(ThreadingHTTPServer):
    """What answers as the API of GitHub does about pull request 7."""

    def __init__(self, diff: str) -> None:
        super().__init__(("127.0.0.1", 0), GitHubHandler)
        self.diff = diff
        self.is_read_only = False
        self.comments: list[Any] = []


class GitHubHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: GitHub

    def do_GET(self) -> None:  # the name is that of the standard library
        assert self.headers["Authorization"] == "Bearer secret"
        answers: dict[str, Any] = {
            "/repos/shop/manifests": {"html_url": "https://example.com/shop/manifests"},
            "/repos/shop/manifests/pulls/7": self.server.diff,
            "/repos/shop/manifests/pulls/7/comments?per_page=100": self.server.comments,
        }
        self.answer(200, answers[self.path])

    def do_POST(self) -> None:
        assert self.path == "/repos/shop/manifests/pulls/7/reviews"
        review = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.is_read_only:
            self.answer(403, {"message": "Resource not accessible by integration"})
            return
        for comment in review["comments"]:
            number = 1 + max((one["id"] for one in self.server.comments), default=0)
            self.server.comments.append({"id": number, **comment})
        self.answer(200, {"id": 1})

    def do_DELETE(self) -> None:
        number = int(self.path.removeprefix("/repos/shop/manifests/pulls/comments/"))
        self.server.comments[:] = [one for one in self.server.comments if one["id"] != number]
        self.answer(200, {})

    def answer(self, status: int, value: object) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write((value if isinstance(value, str) else json.dumps(value)).encode())

    def log_message(self, *args: object) -> None:
        """Print nothing."""


@pytest.fixture
def pull_request(
    action: Action, reviewdog: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GitHub]:
    """A pull request that adds the example, in a job where there is reviewdog."""
    (action.temp / "reviewdog").symlink_to(reviewdog)
    git(action.workspace, "init", "--quiet")
    git(action.workspace, "commit", "--quiet", "--allow-empty", "--message", "zero")
    git(action.workspace, "add", ".")
    git(action.workspace, "commit", "--quiet", "--message", "one")
    event = {
        "pull_request": {"number": 7, "head": {"sha": git(action.workspace, "rev-parse", "HEAD")}},
        "repository": {"owner": {"login": "shop"}, "name": "manifests"},
    }
    (action.temp / "event.json").write_text(json.dumps(event), encoding="utf-8")
    diff = git(action.workspace, "diff", "HEAD~", "HEAD")
    with GitHub(f"{diff}\n") as server:
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(action.temp / "event.json"))
        monkeypatch.setenv("GITHUB_API", f"http://127.0.0.1:{server.server_port}/")
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def commit_suggestions(folder: Path, comments: list[Any]) -> None:
    """Change files as GitHub does if somebody commits the suggestions of all comments."""
    for one in sorted(comments, key=lambda one: -int(one["line"])):
        (text,) = re.findall(r"^```suggestion\n(.*?)^```$", one["body"], re.MULTILINE | re.DOTALL)
        file = folder / one["path"]
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        lines[one.get("start_line", one["line"]) - 1 : one["line"]] = [text]
        file.write_text("".join(lines), encoding="utf-8")


def test_suggestions_that_are_committed_are_the_edits_of_a_fix(
    action: Action, pull_request: GitHub
) -> None:
    rdjsonl = action.validate()["rdjsonl"]
    for _ in range(2):  # the second run finds its comments there
        assert action.suggest(rdjsonl) == 0
        assert WARNING not in action.log
        assert len(pull_request.comments) == 3
    commit_suggestions(action.workspace, pull_request.comments)
    suggested = git(action.workspace, "diff")
    git(action.workspace, "checkout", "--quiet", ".")
    assert invoke("-w", action.workspace / "integrations" / "example").status == 0
    assert suggested == git(action.workspace, "diff") != ""


def test_comments_go_away_with_what_was_found(action: Action, pull_request: GitHub) -> None:
    theirs = {"id": 1, "path": "a.yaml", "line": 1, "body": "mine"}
    pull_request.comments.append(theirs)
    assert action.suggest(action.validate()["rdjsonl"]) == 0
    assert len(pull_request.comments) == 4
    assert invoke("-w", action.workspace / "integrations" / "example").status == 0
    assert action.suggest(action.validate()["rdjsonl"]) == 0
    assert pull_request.comments == [theirs]


def test_a_fork_gets_a_warning_in_place_of_suggestions(
    action: Action, pull_request: GitHub
) -> None:
    pull_request.is_read_only = True
    assert action.suggest(action.validate()["rdjsonl"]) == 0
    assert pull_request.comments == []
    assert WARNING in action.log


def test_only_what_the_pull_request_changes_is_commented_on(
    action: Action, pull_request: GitHub
) -> None:
    shown = re.split(r"^(?=diff --git )", pull_request.diff, flags=re.MULTILINE)
    pull_request.diff = "".join(one for one in shown if "nodes.yaml" in one)
    assert action.suggest(action.validate()["rdjsonl"]) == 0
    assert [one["path"] for one in pull_request.comments] == ["integrations/example/nodes.yaml"]


def test_reviewdog_filters_by_a_diff_on_the_command_line(
    action: Action, reviewdog: str, mended: Path
) -> None:
    git(mended, "rm", "--quiet", "--cached", "integrations/example/shop.yaml")
    git(mended, "commit", "--quiet", "--message", "two")
    git(mended, "checkout", "--quiet", "HEAD~", ".")
    given = Path(action.validate()["rdjsonl"]).read_bytes()
    command = [reviewdog, "-f=rdjsonl", "-diff=git diff HEAD", "-filter-mode=added"]
    done = subprocess.run(command, cwd=mended, input=given, capture_output=True, check=True)
    assert len(given.splitlines()) == 3
    assert [json.loads(line)["code"]["value"] for line in done.stdout.splitlines()] == ["HN426"]

"""The jobs for GitLab CI: their scripts are run, and answered as GitLab's API does."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.integration.cli_runs import invoke
from tests.integration.example_checkout import documented, flip, git
from tests.integration.shell_blocks import INTEGRATIONS, run_block


def gitlab(folder: Path, **more: str) -> tuple[int, list[Any]]:
    """Run the job, and return its status and its report."""
    job, status, _ = run_job("hostnet", folder, **more)
    assert job["artifacts"]["when"] == "always"
    found = json.loads((folder / job["artifacts"]["reports"]["codequality"]).read_bytes())
    assert isinstance(found, list)
    return status, found


def run_job(name: str, folder: Path, **more: str) -> tuple[dict[str, Any], int, str]:
    """Run a job; return what it is, its status, and what it printed."""
    jobs = yaml.safe_load((INTEGRATIONS / "gitlab" / "hostnet.gitlab-ci.yml").read_bytes())
    job: dict[str, Any] = jobs[name]
    variables = {**job["variables"], "CI_PROJECT_ID": "3", **more}
    done = run_block("\n".join(job["script"]), folder, env=variables)
    sys.stderr.write(done.stderr)
    return job, done.returncode, done.stdout


def test_the_job_for_gitlab_keeps_the_status_and_leaves_a_report(checkout: Path) -> None:
    status, found = gitlab(checkout)
    assert status == 1
    assert {entry["check_name"] for entry in found} == {"HN311", "HN406", "HN426"}
    assert len({entry["fingerprint"] for entry in found}) == len(found)
    for entry in found:
        assert {"description", "severity"} <= entry.keys()
        assert entry["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert (checkout / entry["location"]["path"]).is_file()
        assert entry["location"]["lines"]["begin"] >= 1


def test_the_job_for_gitlab_passes_with_an_empty_report(mended: Path) -> None:
    assert gitlab(mended) == (0, [])
    base = git(mended, "rev-parse", "HEAD")
    assert gitlab(mended, CI_MERGE_REQUEST_DIFF_BASE_SHA=base) == (0, [])


def test_the_job_for_gitlab_compares_with_the_base_of_a_merge_request(mended: Path) -> None:
    flip(mended)
    base = git(mended, "rev-parse", "HEAD")
    status, found = gitlab(mended, CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
    assert status == 1
    assert "HN201" in {entry["check_name"] for entry in found}


def test_the_job_for_gitlab_takes_paths_and_options(checkout: Path) -> None:
    paths = "integrations/example/network.yaml integrations/example/shop.yaml"
    status, found = gitlab(checkout, HOSTNET_PATHS=paths, HOSTNET_ARGS="-q --disable HN406")
    assert (status, [entry["check_name"] for entry in found]) == (0, ["HN426"])


def test_only_what_is_new_is_reported_of_a_merge_request_and_of_a_push(mended: Path) -> None:
    git(mended, "checkout", "--quiet", ".")
    git(mended, "commit", "--quiet", "--allow-empty", "--message", "one more")
    before = git(mended, "rev-parse", "HEAD~")
    for old in ("CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_COMMIT_BEFORE_SHA"):
        assert gitlab(mended, HOSTNET_ARGS="--only-new -q", **{old: before}) == (0, []), old
    for nothing in ({}, {"CI_COMMIT_BEFORE_SHA": "0" * 40}):
        status, found = gitlab(mended, HOSTNET_ARGS="-q --only-new", **nothing)
        assert (status, len(found)) == (1, 3)
    assert gitlab(mended, HOSTNET_ARGS="-q", CI_COMMIT_BEFORE_SHA=before)[0] == 1


class GitLab(ThreadingHTTPServer):
    """What answers as the API of GitLab does about the notes of a merge request."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), GitLabHandler)
        self.notes: list[Any] = [
            {"id": number, "author": {"id": 1}, "body": f"{NOTE}mine"} for number in range(150)
        ]


class GitLabHandler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: GitLab

    def do_GET(self) -> None:  # the name is that of the standard library
        assert self.headers["PRIVATE-TOKEN"] == "secret"
        if self.path == "/user":
            return self.answer({"id": 9})
        path, number = self.path.split("?per_page=100&page=")
        assert path == "/projects/3/merge_requests/7/notes"
        start = 100 * (int(number) - 1)
        return self.answer(self.server.notes[start : start + 100])

    def do_POST(self) -> None:
        note = {"id": len(self.server.notes), "author": {"id": 9}, **self.value}
        self.server.notes.append(note)
        self.answer(note)

    def do_PUT(self) -> None:
        note = self.server.notes[int(self.path.rpartition("/")[2])]
        note |= self.value
        self.answer(note)

    @property
    def value(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        return found

    def answer(self, value: object) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *args: object) -> None:
        """Print nothing."""


NOTE = "<!-- hostnet-transform placement -->\n"
FINDINGS = "<!-- hostnet-transform findings -->\n"


@pytest.fixture
def merge_request() -> Iterator[GitLab]:
    with GitLab() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def gitlab_placement(folder: Path, **more: str) -> tuple[int, str, str]:
    """Run the job; return its status, its artifact and what it printed."""
    job, status, printed = run_job("hostnet-placement", folder, CI_MERGE_REQUEST_IID="7", **more)
    (artifact,) = job["artifacts"]["paths"]
    return status, (folder / artifact).read_text(encoding="utf-8"), printed


def test_the_note_on_a_merge_request_is_updated_and_not_repeated(
    mended: Path, example: Path, merge_request: GitLab
) -> None:
    address = f"http://127.0.0.1:{merge_request.server_port}"
    given = {
        "CI_API_V4_URL": address,
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(mended, "rev-parse", "HEAD"),
        "HOSTNET_TOKEN": "secret",
    }
    git(mended, "checkout", "--quiet", ".")
    status, report, _ = gitlab_placement(mended, **given)
    assert (status, len(merge_request.notes)) == (0, 150)
    assert "- nothing changes\n" in report
    for name in ("api", "more"):
        text = (
            (example / "shop.yaml")
            .read_text(encoding="utf-8")
            .replace("name: web", f"name: {name}")
        )
        (example / f"{name}.yaml").write_text(text, encoding="utf-8")
        status, report, _ = gitlab_placement(mended, **given)
        assert (status, len(merge_request.notes)) == (0, 151)
        assert merge_request.notes[-1]["body"] == NOTE + report
        assert f"Deployment/shop/{name}" in report or "2 workloads" in report


def test_the_job_for_placement_needs_no_token(checkout: Path) -> None:
    status, report, printed = gitlab_placement(checkout, HOSTNET_PLACEMENT_ARGS="--fail-on breaks")
    assert (status, printed) == (0, "")
    assert report.startswith("### Where workloads can land\n")
    address = {"CI_API_V4_URL": "http://127.0.0.1:1", "HOSTNET_TOKEN": "secret"}
    status, _, printed = gitlab_placement(checkout, **address)
    assert status == 0
    assert printed.startswith("the note on the merge request could not be written: ")


def test_findings_are_an_artifact_and_a_note_that_is_updated(
    mended: Path, merge_request: GitLab
) -> None:
    given = {
        "CI_API_V4_URL": f"http://127.0.0.1:{merge_request.server_port}",
        "CI_MERGE_REQUEST_IID": "7",
        "HOSTNET_TOKEN": "secret",
    }

    def told(**more: str) -> tuple[int, list[str]]:
        """Run the job; return its status, and the notes that it has written."""
        _, status, _ = run_job("hostnet", mended, **given, **more)
        return status, [note["body"] for note in merge_request.notes[150:]]

    artifact = mended / "hostnet-findings.md"
    assert told() == (0, []), "nothing to tell"
    assert artifact.read_text(encoding="utf-8").startswith("### hostnet-transform: no findings\n")
    git(mended, "checkout", "--quiet", ".")
    assert told() == (1, [FINDINGS + artifact.read_text(encoding="utf-8")])
    assert "**error HN406**" in artifact.read_text(encoding="utf-8")
    assert invoke("-w", mended / "integrations" / "example").status == 0
    assert told() == (0, [FINDINGS + artifact.read_text(encoding="utf-8")])
    artifact.unlink()
    status, (note,) = told(HOSTNET_ARGS="--config missing.yaml")
    assert (status, artifact.exists()) == (2, False)
    assert note.startswith(f"{FINDINGS}### hostnet-transform: the run failed\n")


@pytest.mark.parametrize("name", ["hostnet", "hostnet-placement"])
def test_a_failed_run_is_told_of_in_a_note(mended: Path, merge_request: GitLab, name: str) -> None:
    given = {
        "CI_API_V4_URL": f"http://127.0.0.1:{merge_request.server_port}",
        "CI_MERGE_REQUEST_IID": "7",
        "HOSTNET_TOKEN": "secret",
    }
    wrong = {"HOSTNET_ARGS": "--config no.yaml", "HOSTNET_PLACEMENT_ARGS": "--config no.yaml"}
    for more, status in ((wrong, 2), ({}, 3)):
        (mended / "broken.yaml").write_text("apiVersion: v1\nkind: Node\na: [\n")
        assert run_job(name, mended, **given, **more)[1] == status
        (note,) = merge_request.notes[150:]
        assert ("the run failed" in note["body"]) == (status == 2)
        end = f"\nThe exit status is {status}: the job's log says why.\n"
        assert note["body"].endswith(end)
    (mended / "broken.yaml").unlink()
    assert run_job(name, mended, **given)[1] == 0
    (note,) = merge_request.notes[150:]
    assert "exit status" not in note["body"]


def test_a_note_that_cannot_be_written_is_told_of_and_hides_no_status(checkout: Path) -> None:
    given = {"CI_API_V4_URL": "http://127.0.0.1:1", "HOSTNET_TOKEN": "secret"}
    _, status, printed = run_job("hostnet", checkout, CI_MERGE_REQUEST_IID="7", **given)
    assert status == 1
    assert "the note on the merge request could not be written: " in printed
    _, status, printed = run_job("hostnet", checkout, **given)
    assert (status, "could not be written" in printed) == (1, False), "there is no merge request"


def test_the_job_prints_what_was_found(checkout: Path) -> None:
    _, status, printed = run_job("hostnet", checkout)
    assert (status, "error[HN406]" in printed) == (1, True)


def test_the_documented_commands_for_gitlab_run(checkout: Path) -> None:
    documented("gitlab", checkout)
    assert len(json.loads((checkout / "gl-hostnet.json").read_bytes())) == 3
    assert "**error HN406**" in (checkout / "hostnet-findings.md").read_text(encoding="utf-8")

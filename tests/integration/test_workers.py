"""Sharing the work among processes changes nothing but the time it takes."""

import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from bench import corpus
from tests.integration.cli_runs import TOOL, environment
from tests.manifests import joined, node, pool
from transformer.api import transform
from transformer.findings import DocumentResult
from transformer.pipeline.context import RunContext
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Document, batches
from transformer.pipeline.stream import shared_out, transform_all
from transformer.pipeline.transform_document import transform_document
from transformer.runs import workers
from transformer.runs.workers import Workers
from transformer.text.framing import raw_batches

ORIGIN = Origin("<stdin>")


@pytest.fixture(autouse=True)
def _three_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_processors", lambda: 3)


@pytest.fixture
def context() -> RunContext:
    from transformer import api

    return api._default_context()


def stream() -> list[list[Document]]:
    cluster, apps = corpus.take("mixed", 80), corpus.take("all edited", 200)
    data = corpus.joined([*apps[:100], *cluster, *apps[100:]])
    return list(
        batches(raw_batches(data[start : start + 60_000] for start in range(0, len(data), 60_000)))
    )


Sharing = Workers[tuple[Document, Origin], DocumentResult]


def workers_for(context: RunContext) -> Sharing:
    def work(task: tuple[Document, Origin]) -> DocumentResult:
        return transform_document(*task, context)

    return Workers(work)


def treated(
    context: RunContext, by: Sharing, batches: Iterable[Sequence[Document]] = ()
) -> list[DocumentResult]:
    return list(transform_all(batches or stream(), ORIGIN, context, shared_out(by.share)))


def test_results_and_their_order_are_those_of_one_process(context: RunContext) -> None:
    alone = list(transform_all(stream(), ORIGIN, context))
    with workers_for(context) as by:
        assert treated(context, by) == alone
        assert len(by._workers or ()) == 2


def test_workers_are_not_started_for_little_work(context: RunContext) -> None:
    few = list(batches(raw_batches([corpus.joined(corpus.take("all edited", 10))])))
    with workers_for(context) as by:
        assert len(treated(context, by, few)) == 10
        assert by._workers is None


def test_a_worker_that_is_killed_costs_no_result(context: RunContext) -> None:
    alone = list(transform_all(stream(), ORIGIN, context))
    with workers_for(context) as by:

        def killing() -> Iterator[Sequence[Document]]:
            for index, group in enumerate(stream()):
                if index == 2:
                    assert by._workers
                    by._workers[0].process.kill()
                yield group

        assert treated(context, by, killing()) == alone
        assert len(by._workers or ()) == 1


def test_workers_end_with_the_run(context: RunContext) -> None:
    with workers_for(context) as by:
        treated(context, by)
        pids = [worker.process.pid or 0 for worker in by._workers or ()]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_nodes_above_their_pool_are_labelled_among_much_else() -> None:
    apps = corpus.joined(corpus.take("all edited", 200))
    data = joined(apps, node("n1", "p"), apps, pool("p"))
    run = subprocess.run([*TOOL, "-q"], input=data, capture_output=True, env=environment())
    assert run.returncode == 0
    assert run.stdout == transform(data).data
    assert b'nodepool.openyurt.io/hostnetwork: "true"' in run.stdout


def test_an_interrupt_ends_all_processes_and_says_so() -> None:
    tool = subprocess.Popen(
        [*TOOL, "-q"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,
    )
    assert tool.stdin is not None
    assert tool.stdout is not None
    tool.stdin.write(corpus.joined(corpus.take("all edited", 100)))
    tool.stdin.flush()
    tool.stdout.read(1000)  # it is at work
    os.killpg(tool.pid, signal.SIGINT)
    _, err = tool.communicate(timeout=20)
    assert tool.returncode == 130
    assert b"Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.killpg(tool.pid, 0)


def test_a_consumer_that_leaves_ends_all_processes(tmp_path: Path) -> None:
    path = tmp_path / "all.yaml"
    path.write_bytes(corpus.joined(corpus.take("all edited", 2000)))
    script = f"cat {path} | {' '.join(TOOL)} -q | head -c 10 > {tmp_path}/out"
    run = subprocess.run(["sh", "-c", script], capture_output=True, env=environment(), timeout=60)
    assert run.stderr == b""
    assert (tmp_path / "out").stat().st_size == 10

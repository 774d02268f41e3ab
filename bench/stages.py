"""Where the time goes: each stage of the pipeline by itself, on Deployments that need the edit."""

import gc
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any

from yaml._yaml import CParser

from bench import corpus
from transformer.config.package_data import read as resource
from transformer.operations import Operation
from transformer.outputs.reporter import Reporter
from transformer.outputs.writers import ManifestStream
from transformer.patch import verify
from transformer.patch.splice import splice
from transformer.pipeline.context import build
from transformer.pipeline.diagnostics import Origin
from transformer.pipeline.documents import Part, parts
from transformer.pipeline.settings import Settings
from transformer.pipeline.transform_document import treat_document
from transformer.text.framing import frames
from transformer.text.prefilter import matters
from transformer.yamltree.construct import to_plain
from transformer.yamltree.parse import read

_ORIGIN = Origin("<stdin>")


@dataclass(frozen=True, slots=True)
class Stage:
    """Microseconds of processor time a document takes. `depth` 1: a part of the stage above."""

    name: str
    microseconds: float
    depth: int = 0


def measure(number: int, rounds: int) -> list[Stage]:
    """Return the stages in order, the best of `rounds` over `number` documents each."""
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)  # as the command line sets it
    try:
        return _Measurement(number, rounds).stages()
    finally:
        gc.set_threshold(*thresholds)


class _Measurement:
    """What each stage needs, made by the stages before it."""

    def __init__(self, number: int, rounds: int) -> None:
        self.rounds = rounds
        self.engine = build(Settings(), json.loads(resource("kubernetes/components.json")))
        self.data = corpus.joined(corpus.take("all edited", number))
        self.parts = list(parts(frames([self.data])))
        self.texts = [part.frame.data.decode() for part in self.parts]
        self.trees = [read(text) for text in self.texts]
        self.values = [to_plain(tree.root) for tree in self.trees]
        results = [treat_document(part, _ORIGIN, self.engine) for part in self.parts]
        self.plans = [
            [Operation(**step) for change in result.changes for step in change.operations]
            for result in results
        ]
        self.spliced = [result.data.decode() for result in results]
        self.expected = [to_plain(read(text).root) for text in self.spliced]

    def stages(self) -> list[Stage]:
        """Measure everything once."""
        trees, plans, expected = self.trees, self.plans, self.expected
        screen = self.engine.screen
        framed = self._each(lambda: [self.data], lambda data: list(parts(frames([data]))))
        screened = self._each(lambda: self.parts, lambda part: matters(screen, part.frame.data))
        events = self._each(lambda: self.texts, _events)
        tree = self._each(lambda: self.texts, read)
        plain = self._each(lambda: trees, lambda tree: to_plain(tree.root))
        patch = self._each(
            lambda: _pairs(map(_copy, self.values), plans), lambda pair: verify.patched(*pair)
        )
        spliced = self._each(
            lambda: list(zip(trees, plans, expected, strict=True)), lambda given: splice(*given)
        )
        read_back = self._each(lambda: self.spliced, lambda text: to_plain(read(text).root))
        compared = self._each(
            lambda: _pairs(map(_copy, expected), expected), lambda pair: verify.check(*pair)
        )
        treated = self._each(
            lambda: self.parts, lambda part: treat_document(part, _ORIGIN, self.engine)
        )
        told = max(self._each(lambda: [self.parts], self._tell) - treated, 0.0)
        return [
            Stage("frame", framed),
            Stage("screen", screened),
            Stage("read (text to tree with positions)", tree),
            Stage("of which libyaml's events", events, 1),
            Stage("plain (tree to plain value)", plain),
            Stage("plan (all that stands between)", treated - tree - plain - spliced),
            Stage("of which jsonpatch", patch, 1),
            Stage("splice, with verification", spliced),
            Stage("of which placed and written", spliced - read_back - compared, 1),
            Stage("of which read back", read_back, 1),
            Stage("of which compared", compared, 1),
            Stage("tell and write out", told),
            Stage("all", framed + screened + treated + told),
        ]

    def _each(self, inputs: Callable[[], Sequence[Any]], work: Callable[[Any], object]) -> float:
        """Return the microseconds a document of `work` on fresh `inputs`: the best round."""
        best = float("inf")
        for _ in range(self.rounds):
            items = inputs()
            started = time.process_time()
            for item in items:
                work(item)
            best = min(best, time.process_time() - started)
        return best / len(self.parts) * 1e6

    def _tell(self, given: Sequence[Part]) -> None:
        reporter, output = Reporter(StringIO()), ManifestStream(BytesIO())
        for part in given:
            result = treat_document(part, _ORIGIN, self.engine)
            reporter.add(result)
            output.add(result)


def _events(text: str) -> None:
    next_event = CParser(text).get_event
    while next_event() is not None:
        pass


def _pairs(first: Iterable[Any], second: Iterable[Any]) -> list[tuple[Any, Any]]:
    return list(zip(first, second, strict=True))


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))

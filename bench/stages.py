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
from transformer.pipeline.documents import Document, documents
from transformer.pipeline.settings import Settings
from transformer.pipeline.transform_document import transform_document
from transformer.text.prefilter import may_match
from transformer.yamltree.construct import construct
from transformer.yamltree.parse import parse

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
        self.context = build(Settings(), json.loads(resource("kubernetes/components.json")))
        self.data = corpus.joined(corpus.take("all edited", number))
        self.parts = list(documents([self.data]))
        self.texts = [document.raw.data.decode() for document in self.parts]
        self.trees = [parse(text) for text in self.texts]
        self.values = [construct(tree.root) for tree in self.trees]
        results = [transform_document(document, _ORIGIN, self.context) for document in self.parts]
        self.plans = [
            [Operation(**step) for change in result.changes for step in change.operations]
            for result in results
        ]
        self.spliced = [result.data.decode() for result in results]
        self.expected = [construct(parse(text).root) for text in self.spliced]

    def stages(self) -> list[Stage]:
        """Measure everything once."""
        trees, plans, expected = self.trees, self.plans, self.expected
        prefilter = self.context.prefilter
        framed = self._each(lambda: [self.data], lambda data: list(documents([data])))
        filtered_out = self._each(
            lambda: self.parts, lambda document: may_match(prefilter, document.raw.data)
        )
        events = self._each(lambda: self.texts, _events)
        tree = self._each(lambda: self.texts, parse)
        plain = self._each(lambda: trees, lambda tree: construct(tree.root))
        patch = self._each(
            lambda: _pairs(map(_copy, self.values), plans), lambda pair: verify.patched(*pair)
        )
        spliced = self._each(
            lambda: list(zip(trees, plans, expected, strict=True)), lambda given: splice(*given)
        )
        read_back = self._each(lambda: self.spliced, lambda text: construct(parse(text).root))
        compared = self._each(
            lambda: _pairs(map(_copy, expected), expected), lambda pair: verify.check(*pair)
        )
        treated = self._each(
            lambda: self.parts, lambda document: transform_document(document, _ORIGIN, self.context)
        )
        told = max(self._each(lambda: [self.parts], self._tell) - treated, 0.0)
        return [
            Stage("frame", framed),
            Stage("screen", filtered_out),
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
            Stage("all", framed + filtered_out + treated + told),
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

    def _tell(self, given: Sequence[Document]) -> None:
        reporter, output = Reporter(StringIO()), ManifestStream(BytesIO())
        for document in given:
            result = transform_document(document, _ORIGIN, self.context)
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

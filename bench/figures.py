"""What was measured: series of runs, in tables, and what they say of the goals."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.processes import Run

Measure = Literal["CPU", "wall"]

_MOST_GROWTH = 1.2


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, figures: Iterable[float]) -> "Spread":
        known = list(figures)
        return cls(statistics.median(known), min(known), max(known))


@dataclass(frozen=True, slots=True)
class Series:
    """The timed runs of one command, and its peak memory in the run that was watched."""

    name: str
    peak_bytes: int
    runs: Sequence[Run]

    def seconds(self, measure: Measure) -> Spread:
        """Return how long the runs took."""
        return Spread.of(self._all(measure))

    def over(self, other: "Series", measure: Measure) -> Spread:
        """Return how many times as long as `other` it took: by medians, and round by round.

        If one of them ran less often, there are no rounds to compare, and so no spread.
        """
        own, their = self._all(measure), other._all(measure)
        median = statistics.median(own) / statistics.median(their)
        if len(own) != len(their):
            return Spread.of([median])
        ratios = [first / second for first, second in zip(own, their, strict=True)]
        return Spread(median, min(*ratios, median), max(*ratios, median))

    def _all(self, measure: Measure) -> list[float]:
        return [run.cpu_seconds if measure == "CPU" else run.seconds for run in self.runs]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure, and the goal for it: it is to be at most (or at least) `goal`."""

    what: str
    figure: Spread
    unit: Literal["", "x", " s", " MB"]
    goal: float
    at_least: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the median is as good as it is to be."""
        median = self.figure.median
        return median >= self.goal if self.at_least else median <= self.goal


@dataclass(frozen=True, slots=True)
class Table:
    """Commands that were run in turn on the same input."""

    caption: str
    series: tuple[Series, ...]

    def named(self, name: str) -> Series | None:
        """Return the series of a command, if it was there to be measured."""
        return next((series for series in self.series if series.name == name), None)

    def ratio(
        self, measure: Measure, own: str, other: str, goal: float, *, at_least: bool = False
    ) -> tuple[Verdict, ...]:
        """Return how many times as long as `other` a command takes, if both were measured."""
        first, second = self.named(own), self.named(other)
        if first is None or second is None:
            return ()
        what = f"{self.caption}: {measure}, {own} / {other}"
        return (Verdict(what, first.over(second, measure), "x", goal, at_least),)


Found = Table | Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """What a section found, how long that took, and why it could not if it could not."""

    tables: tuple[Table, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    seconds: float = 0.0
    failure: str = ""


def peak(what: str, series: Series, goal: float) -> Verdict:
    """Return whether the peak memory is at most so many MB (millions of bytes)."""
    return Verdict(f"{what}: memory", Spread.of([series.peak_bytes / 1e6]), " MB", goal)


def growth(what: str, few: Series, many: Series, start: Series, factor: float) -> Verdict:
    """Return the CPU time of one of many, relative to one of few; there are `factor` times as many.

    What the program needs to start is not counted: it would make many look cheap.
    """
    begun = start.seconds("CPU").median
    base = max(few.seconds("CPU").median - begun, 1e-6) * factor
    each = (run.cpu_seconds - begun for run in many.runs)
    return Verdict(what, Spread.of(seconds / base for seconds in each), "x", _MOST_GROWTH)

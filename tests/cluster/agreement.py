"""How far the tool agrees with the control plane.

Run from the top of the repository, to print it as a table: `python -m tests.cluster.agreement`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import yaml

from tests.cluster.vectors import Vector, vectors
from tests.oracle.asking import stream
from tests.oracle.generated import DESIRED, EDGE_WORKER, HOST, POOL, WORLD
from tests.oracle.nodes import LOST, REPAIRED
from tests.oracle.vectors import Outcome
from transformer import transform, validate

UNEXPLAINED = "unexplained"

MAY_BE_THERE = "the pool is not in the input (HN313): a warning, as it may be in the cluster"
COPIED_ONCE = "the older label is copied once: the manifest is wrong, the node stays in its pool"
MAY_BE_ONE = "whether a new node is an edge worker already is not in its manifest"
IN_NO_POOL = "a new edge worker in no pool is reverted: HN302 tells of a label that is removed"
EMPTY_LABEL = "an empty hostnetwork label on a node that leaves its host-network pool"

_SAY_SO = {
    *("HN101", "HN102", "HN103", "HN104", "HN105", "HN106", "HN201", "HN202", "HN203", "HN204"),
    *("HN301", "HN303", "HN304", "HN305"),
}
"""The rules that tell of what the cluster refuses."""


def changed(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which changes of pools and nodes are refused."""
    for is_pool in (True, False):
        some = [one for one in asked if (_last(one)["kind"] == "NodePool") is is_pool]
        yield from _refused(some)


def _last(change: Vector) -> Any:
    return change.get("new", change.get("old"))


def _refused(asked: list[Vector]) -> Iterator[Outcome]:
    members = [member for one in asked for member in one.get("nodes", ())]
    pools = stream(WORLD)
    were_there = [one["old"] for one in asked if one["answer"]["old"] == ""]
    first = _told(validate(stream(one["old"] for one in asked if "old" in one), pools=pools))
    new = [*(one["new"] for one in asked if "new" in one), *members]
    found = _told(validate(stream(new), old=stream([*were_there, *members]), pools=pools))
    for one in asked:
        states = [(one["answer"]["new"], found[one["name"]])]
        if one["answer"]["old"] is not None:
            states.append((one["answer"]["old"], first[one["name"]]))
        different = [state for state in states if bool(state[0]) != bool(state[1] & _SAY_SO)]
        reasons = [_explained(one, *state) for state in different]
        yield one, not different, "" if "" in reasons else " ".join(dict.fromkeys(reasons))


def _told(findings: Iterable[Any]) -> defaultdict[str, set[str]]:
    """Return the rules by the names of objects: of those on what is refused, the errors only.

    HN305 is milder where a line is taken out: whether that is refused depends on who wrote it.
    """
    found = defaultdict(set)
    for one in findings:
        is_told = one.rule not in _SAY_SO or one.severity == "error" or one.rule == "HN305"
        if one.object is not None and is_told:
            found[one.object.name].add(one.rule)
    return found


def _explained(change: Vector, refused: str, rules: set[str]) -> str:
    labels = change["answer"].get("labels") or {}
    told = rules & _SAY_SO
    if "NodePool.apps.openyurt.io" in refused and "not found" in refused and "HN313" in rules:
        return MAY_BE_THERE
    if not refused and told == {"HN303"} and labels.get(HOST) == "true":
        return REPAIRED
    if not refused and told and told <= {"HN301", "HN304"}:
        old = change["old"]["metadata"]["labels"]
        stays = labels.get(POOL) == (old.get(POOL) or old.get(DESIRED))
        return COPIED_ONCE if stays else ""
    if HOST in refused and change["new"]["metadata"]["labels"].get(HOST) == "":
        return EMPTY_LABEL
    return ""


def cordoned(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which nodes a change gets cordoned: they are converted (HN306) or reverted (HN302).

    Not those that are cordoned anyway, because the old state had them converted.
    """
    some = [one for one in asked if _last(one)["kind"] == "Node" and not one["answer"]["old"]]
    new, old = (stream(one[state] for one in some) for state in ("new", "old"))
    told = _told(validate(new, old=old, pools=stream(WORLD)))
    for one in some:
        was, now = (one["answer"]["cordoned"][state] for state in ("old", "new"))
        if not one["answer"]["new"] and not was:
            yield one, now == bool(told[one["name"]] & {"HN302", "HN306"}), ""


def came(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare the labels that a new node gets."""
    result = transform(stream(one["node"] for one in asked), pools=stream(WORLD))
    unknown = {found.object.name for found in result.findings if found.object is not None}
    after = yaml.load_all(result.data, Loader=yaml.CSafeLoader)
    for one, value in zip(asked, after, strict=True):
        labels, answer = value["metadata"].get("labels") or {}, one["answer"]
        is_lost = value == one["node"] and (labels.get(POOL) or labels.get(DESIRED)) == "lost"
        if "refused" in answer:
            yield one, "not found" in answer["refused"] and one["name"] in unknown, ""
        else:
            yield one, labels == answer["labels"], LOST if is_lost else ""


def converted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare which new nodes are cordoned, because OpenYurt converts them."""
    some = [one for one in asked if "refused" not in one["answer"]]
    findings = validate(stream(one["node"] for one in some), old=b"", pools=stream(WORLD))
    told = _told(findings)
    for one in some:
        labels, is_cordoned = one["answer"]["labels"], one["answer"]["cordoned"]
        is_same = is_cordoned == ("HN306" in told[one["name"]])
        if is_cordoned and EDGE_WORKER not in labels:
            yield one, is_same, MAY_BE_ONE
        else:
            is_reverted = is_cordoned and labels[EDGE_WORKER] == "true" and not labels.get(POOL)
            yield one, is_same, IN_NO_POOL if is_reverted else ""


def admitted(asked: tuple[Vector, ...]) -> Iterator[Outcome]:
    """Compare the affinity of a pod that is admitted with the one of the transformed pod."""
    result = transform(stream(one["pod"] for one in asked), pools=b"")
    after = list(yaml.load_all(result.data, Loader=yaml.CSafeLoader))
    for one, value in zip(asked, after, strict=True):
        if "refused" not in one["answer"]:
            ours, theirs = value["spec"].get("affinity"), one["answer"]["affinity"]
            yield one, without_empty(ours) == without_empty(theirs), ""


def without_empty(value: Any) -> Any:
    """Return `value` without entries that are null or empty: Go leaves them out."""
    if isinstance(value, list):
        return [without_empty(item) or {} for item in value]
    if isinstance(value, dict):
        kept = {key: without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, {}, [])}
    return value


COMPARISONS: dict[tuple[str, str], Callable[[tuple[Vector, ...]], Iterator[Outcome]]] = {
    ("changes", "refused"): changed,
    ("changes", "cordoned"): cordoned,
    ("new-nodes", "labels"): came,
    ("new-nodes", "cordoned"): converted,
    ("admitted-pods", "guards"): admitted,
}
"""By the judge, and what is compared."""

EXPLAINED = {
    ("changes", "refused"): {**{MAY_BE_THERE: 16, REPAIRED: 8, COPIED_ONCE: 2, EMPTY_LABEL: 1}},
    ("new-nodes", "labels"): {LOST: 7},
    ("new-nodes", "cordoned"): {MAY_BE_ONE: 63, IN_NO_POOL: 15},
}
"""Why the tool says something else, and how often at the most."""


def differences(judge: str, what: str) -> dict[str, list[str]]:
    """Return the names of the questions to which the tool has another answer, by the explanation,
    or under `UNEXPLAINED`.
    """
    found: dict[str, list[str]] = {}
    for vector, is_same, explanation in COMPARISONS[judge, what](vectors(judge)):
        if not is_same:
            found.setdefault(explanation or UNEXPLAINED, []).append(vector["name"])
    return found


def main() -> None:
    """Print the table."""
    for judge, what in COMPARISONS:
        compared = sum(1 for _ in COMPARISONS[judge, what](vectors(judge)))
        found = differences(judge, what)
        print(f"{judge}, {what}: {compared} compared, {sum(map(len, found.values()))} differ")
        for explanation, names in sorted(found.items()):
            print(f"    {len(names)}: {explanation} ({json.dumps(names[:4])[1:-1]})")


if __name__ == "__main__":
    main()

"""The page of placement: what it holds, what it may load, and that nothing becomes markup."""

import base64
import hashlib
import json
import re
from typing import Any

import pytest

from bench.placements import made_up
from tests.builders import host_pool
from tests.kube_system import kube_proxy
from tests.placement_pages import PARTS, Page, page_of
from tests.placement_runs import report_of
from tests.placement_values import (
    ALL,
    HOSTILE,
    POOLS,
    breaks,
    kept_off,
    outcome,
    placement,
    pool,
    shop,
    workload,
)
from transformer.placements import MEANINGS
from transformer.report import placement_json, placement_page
from transformer.report.placement_page_model import MARKS


def hash_of(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


RUNS = [mark.word for mark in MARKS].index("runs")


def test_the_policy_allows_the_style_and_the_script_and_nothing_else() -> None:
    page = Page(page_of(shop()))
    policy = page.attribute("meta", "content", **{"http-equiv": "Content-Security-Policy"})
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    assert allowed == {
        "default-src": "'none'",
        "style-src": hash_of(page.raw["style"]),
        "script-src": hash_of(page.raw["script"]),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_refers_to_nothing_outside() -> None:
    text = page_of(shop())
    assert "://" not in text
    assert "url(" not in text
    assert "@import" not in text
    for tag, attributes in Page(text).elements:
        assert not {"src", "href", "srcset", "action", "style"} & {*attributes}, tag
        assert not any(name.startswith("on") for name in attributes), tag
        assert tag not in ("link", "iframe", "object", "embed", "base")


def test_the_script_makes_no_markup_of_text() -> None:
    for name in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval", "fetch"):
        assert name not in PARTS.script


HOSTILE_VALUE = placement(
    workload(
        HOSTILE,
        breaks("barriers", message=HOSTILE),
        outcome("unknown", HOSTILE, undecided=[HOSTILE], decidedBy="NodeAffinity", pointer=HOSTILE),
        namespace=HOSTILE,
        kind=HOSTILE,
        component=HOSTILE,
        pool=HOSTILE,
        file=HOSTILE,
        after=[kept_off(HOSTILE)],
    ),
    workload("back\u2028slash\x00\x1b]\ud800", namespace=""),
    pools=[*POOLS, {**pool(HOSTILE), "type": HOSTILE, "file": HOSTILE}],
    cluster=HOSTILE,
    summary=[HOSTILE],
    notJudged=[HOSTILE],
    notLookedInto=[{"reason": HOSTILE, "count": 1, "files": [HOSTILE]}],
)


def test_no_text_of_a_manifest_becomes_markup() -> None:
    text, plain = page_of(HOSTILE_VALUE), Page(page_of(shop()))
    page = Page(text)
    assert text.count("</script") == 2
    assert {tag for tag, _ in page.elements} == {tag for tag, _ in plain.elements}
    assert "<!--" not in text
    assert page.raw["script"] == plain.raw["script"]
    hostile, _ = page.data["clusters"][0]["workloads"]
    assert hostile["name"] == HOSTILE
    assert any(HOSTILE in name for name, *_ in page.rows)


def test_characters_that_cannot_be_seen_are_shown_by_their_numbers() -> None:
    text = page_of(HOSTILE_VALUE)
    assert "back\\u2028slash\\x00\\x1b]\\ud800" in text
    text.encode()


def test_the_script_is_small() -> None:
    assert len(Page(page_of(shop())).raw["script"].encode()) <= 15_000


@pytest.mark.parametrize("pools", [6, 30])
def test_the_page_of_200_workloads_has_at_most_300_kb(pools: int) -> None:
    assert len(page_of(made_up(200, pools)).encode()) <= 300_000


def words(value: dict[str, Any], one: dict[str, Any]) -> tuple[str, ...]:
    """Return the words of a row, in the order of the page."""
    said: dict[str, str] = {}
    for each in one["verdicts"]:
        is_error = each.get("severity") == "error"
        said |= dict.fromkeys(each["pools"], each["verdict"] + "!" * is_error)
    order = sorted(value["pools"], key=lambda each: (not each["hostNetwork"], not each["name"]))
    return tuple(said[each["name"]] for each in order)


@pytest.mark.parametrize("value", [shop(), made_up(60, 7)], ids=["shop", "made up"])
def test_the_table_without_script_has_each_distinct_row_once_with_all_names(
    value: dict[str, Any],
) -> None:
    expected: dict[tuple[bool, tuple[str, ...]], set[str]] = {}
    for one in value["workloads"]:
        row = (one["component"] != "", words(value, one))
        name = f"{one['kind']}/{one['namespace']}/{one['name']}"
        expected.setdefault(row, set()).add(name)
    letters = {mark.word: mark.letter for mark in MARKS}
    found = {
        (tuple(cells), frozenset(re.findall(r"[A-Z]\w+/[\w-]+/[\w-]+", names)))
        for names, *cells in Page(page_of(value)).rows
    }
    assert found == {
        (tuple(f"{letters[word]} {word}" for word in row), frozenset(names))
        for (_, row), names in expected.items()
    }


def test_no_two_verdicts_have_the_same_letter_shape_or_word() -> None:
    for looks in zip(*MARKS, strict=True):
        assert len(set(looks)) == len(MARKS)


def test_the_legend_has_the_words_and_meanings_of_the_table_in_a_terminal() -> None:
    said = re.findall(r"</b> ([^<]+)<dd>([^<]+)</div>", page_of(shop()))
    assert dict(said) == MEANINGS


def test_the_table_has_a_caption_and_heads_with_scope() -> None:
    page = Page(page_of(shop()))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("table") == tags.count("caption") == 1
    scopes = {known.get("scope") for tag, known in page.elements if tag == "th"}
    assert scopes == {"col", "colgroup", "row", "rowgroup"}


def test_rows_beyond_20000_cells_are_in_the_json_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert placement_page.STATIC_CELLS == 20_000
    monkeypatch.setattr(placement_page, "STATIC_CELLS", 10)
    workloads = [
        workload(f"app-{number}", outcome("runs", *runs), outcome("cannot", *others))
        for number, (runs, others) in enumerate(
            [(ALL[:1], ALL[1:]), (ALL[:2], ALL[2:]), (ALL[1:2], ALL[::2]), (ALL[2:], ALL[:2])]
        )
    ]
    page = Page(text := page_of(placement(*workloads)))
    assert len(page.rows) == 3
    assert "1 further row of verdicts: in the JSON only" in text
    assert len(page.data["clusters"][0]["workloads"]) == 4


def cell_of(data: dict[str, Any], name: str, pool: int, view: str) -> dict[str, Any]:
    """Return the outcome as the script finds it."""
    cluster = data["clusters"][0]
    (one,) = (one for one in cluster["workloads"] if one["name"] == name)
    found: dict[str, Any] = {}
    pairs = one.get(view, one[""])
    for numbers, result in zip(pairs[::2], pairs[1::2], strict=True):
        if pool in cluster["sets"][numbers]:
            found = cluster["outcomes"][result]
    return found


def test_the_script_gets_each_verdict_with_its_reasons_and_the_edit() -> None:
    data = Page(page_of(shop())).data
    found = cell_of(data, "cart", 0, "")
    assert data["marks"][found["rank"]][0] == "breaks!"
    reason, edit = ([data["texts"][text] for text in part] for part in found["parts"])
    assert reason[:3] == ["error", "HN401 error", "there is no CNI"]
    assert dict(zip(reason[3::2], reason[4::2], strict=True)) == {
        "What to do": "set hostNetwork: true",
        "Where": "web.yaml:20:9",
        "Field": "/spec/template/spec",
    }
    assert edit[:3] == [
        "edit",
        "transform can change this to kept off",
        "add the node affinity",
    ]
    assert data["marks"][cell_of(data, "cart", 0, "after")["rank"]][0] == "kept off"
    assert data["marks"][cell_of(data, "mailer", 0, "after")["rank"]][0] == "breaks"


@pytest.mark.parametrize(
    ("keys", "titles"),
    [
        ({}, {"": "Now"}),
        ({"after": []}, {"": "Now", "after": "After transform"}),
        ({"old": None}, {"old": "Old", "": "New"}),
        ({"old": [], "after": []}, {"old": "Old", "": "New", "after": "After transform"}),
    ],
)
def test_the_switch_has_the_states_that_there_are(
    keys: dict[str, Any], titles: dict[str, str]
) -> None:
    text = page_of(placement(workload("cart", **keys)))
    page = Page(text)
    assert page.data["views"] == titles
    switch = [known["value"] for tag, known in page.elements if known.get("type") == "radio"]
    assert switch == [*titles]


def test_a_new_workload_is_not_there_in_the_old_state_and_one_that_is_gone_in_the_new() -> None:
    value = placement(workload("new", old=None), workload("same"), gone=[workload("gone")])
    page = Page(page_of(value))
    assert [cell_of(page.data, "new", 0, view).get("rank") for view in ("old", "")] == [None, RUNS]
    assert [cell_of(page.data, "gone", 0, view).get("rank") for view in ("old", "")] == [RUNS, None]
    assert [name for name, *_ in page.rows] == ["Deployment/shop/new, Deployment/shop/same"]


def test_the_copies_of_an_object_for_several_pools_are_one_workload() -> None:
    rest = {"kind": "YurtAppSet", "template": "/spec/template"}
    copies = [
        workload("web", outcome("runs", one), outcome("cannot", *others), pool=one, **rest)
        for one, others in (("barriers", ALL[1:]), ("sensors", ALL[::2]))
    ]
    single = workload("web", namespace="other", pool="city")
    rows = Page(page_of(placement(*copies, single))).rows
    assert ["YurtAppSet/shop/web", "R runs", "R runs", "C cannot"] in rows
    assert ["Deployment/other/web for city", "R runs", "R runs", "R runs"] in rows


def test_copies_of_different_builds_are_different_workloads() -> None:
    breaks, runs = (outcome(word, *ALL) for word in ("breaks", "runs"))
    copies = [
        workload("web", verdict, pool="barriers", build=build)
        for build, verdict in (("prod", breaks), ("staging", runs))
    ]
    rows = Page(page_of(placement(*copies))).rows
    assert len(rows) == 2


def test_a_copy_that_is_new_is_not_there_in_the_old_state() -> None:
    copies = [workload("web", pool="barriers", old=[]), workload("web", pool="sensors", old=None)]
    page = Page(page_of(placement(*copies)))
    assert cell_of(page.data, "web", 0, "old")["rank"] == RUNS
    assert cell_of(page.data, "web", 1, "old") == {}
    assert cell_of(page.data, "web", 1, "")["rank"] == RUNS


def test_nothing_is_on_a_pool_that_the_old_state_does_not_have() -> None:
    value = placement(workload("web", old=[]), pools=[{**POOLS[0], "new": True}, *POOLS[1:]])
    page = Page(page_of(value))
    assert cell_of(page.data, "web", 0, "old") == {}
    assert cell_of(page.data, "web", 1, "old")["rank"] == RUNS


def test_pools_are_host_network_ones_first_then_known_ones_and_no_pool_last() -> None:
    pools = [
        pool(""),
        {**pool("elsewhere"), "known": False},
        {**pool("either"), "hostNetwork": None},
        pool("edge", host_network=True),
    ]
    value = placement(
        workload("web", outcome("runs", *(one["name"] for one in pools))), pools=pools
    )
    shown = Page(page_of(value)).data["clusters"][0]["pools"]
    assert [(one["title"], one["about"]) for one in shown] == [
        ("edge", "Edge, 2 nodes"),
        ("either", "host network or not is unknown, Edge, 2 nodes"),
        ("elsewhere", "not in the input, Edge, 2 nodes"),
        ("no pool", ""),
    ]


def test_a_workload_without_a_name_says_so() -> None:
    page = Page(page_of(placement(workload("", kind="Pod"))))
    assert page.rows[0][0] == "Pod/shop/(no name)"
    assert page.data["clusters"][0]["workloads"][0]["name"] == "(no name)"


def test_a_workload_that_is_judged_without_patches_says_so() -> None:
    page = Page(page_of(placement(workload("web", patches=["edge/patch.yaml"]))))
    assert page.rows[0][0] == "Deployment/shop/web (without patches)"
    texts = page.data["texts"]
    parts = cell_of(page.data, "web", 0, "")["parts"]
    assert "edge/patch.yaml" in [texts[number] for number in parts[-1]]


GUARDED = (kept_off("barriers", "sensors"), outcome("runs", "city"))


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (GUARDED, "✓ Isolation is complete: the network component cannot be scheduled to"),
        ((), "✕ Isolation is not complete: Deployment/shop/flannel can be scheduled to"),
        ([outcome("unknown")], "? Isolation is not certain: Deployment/shop/flannel may be"),
    ],
)
def test_the_page_says_whether_isolation_is_complete(verdicts: Any, said: str) -> None:
    value = placement(workload("flannel", *verdicts, component="flannel"), workload("cart"))
    assert said in page_of(value)


def test_without_a_network_component_nothing_is_said_about_isolation() -> None:
    assert "Isolation" not in page_of(placement(workload("cart")))


def test_the_summary_counts_each_workload_by_its_worst_verdict_on_host_network_pools() -> None:
    assert (
        "Of 7 workloads, on 2 host-network pools: Deployment/shop/cart, Deployment/shop/search"
        " break by an error; 1 breaks by warnings or less; 1 runs there; 3 stay off."
    ) in page_of(shop())


def test_the_page_says_once_how_many_workloads_there_are_and_whether_isolation_is_complete() -> (
    None
):
    lines = [
        "2 workloads, 3 pools, 1 of them host-network",
        "barriers: 2 workloads run",
        "1 network component is not kept off host-network pools",
        "1 workload can be scheduled nowhere",
    ]
    flannel = workload("flannel", component="flannel")
    pools = (POOLS[0], POOLS[2])
    page = page_of(placement(flannel, workload("cart"), pools=pools, summary=lines))
    assert [line for line in lines if f"<li>{line}" in page] == lines[3:]
    more = page_of(placement(flannel, workload("cart"), summary=lines))
    assert [line for line in lines if f"<li>{line}" in more] == [lines[1], lines[3]]


def test_no_line_on_what_a_change_moves_is_left_out() -> None:
    lines = ["new: NodePool/barriers", "1 workload newly lands on barriers"]
    page = page_of(placement(workload("cart", old=None), summary=lines))
    assert [line for line in lines if f"<li>{line}" in page] == lines


def test_the_sentences_that_the_page_leaves_out_are_those_of_the_summary() -> None:
    report = report_of(host_pool("barriers"), kube_proxy())
    page = page_of(json.loads("".join(placement_json.render(report))))
    assert "<ul><li><code>hostnet-transform -w</code>" in page


def test_the_old_state_is_told_by_what_pools_are_now() -> None:
    value = placement(workload("proxy", *GUARDED, component="kube-proxy", old=[outcome("runs")]))
    old, new = (Page(page_of(value)).data["clusters"][0]["words"][view] for view in ("old", ""))
    assert old == [
        "Of 1 workload, on what are now 2 host-network pools: none breaks; 1 runs there.",
        "✕ Isolation is not complete: Deployment/shop/proxy can be scheduled to what is now a"
        " host-network pool.",
    ]
    assert new[0] == "Of 1 workload, on 2 host-network pools: none breaks; 1 stays off."


def test_several_clusters_are_on_one_page() -> None:
    clusters = [{**shop(), "cluster": "north"}, {**placement(workload("web")), "cluster": "south"}]
    page = Page(page_of({"version": 1, "clusters": clusters}))
    assert [each["name"] for each in page.data["clusters"]] == ["north", "south"]
    assert [tag for tag, _ in page.elements].count("table") == 2


def test_a_placement_without_pools_or_workloads_is_a_page() -> None:
    text = page_of(placement(pools=[]))
    assert "No pool is a host-network pool." in text
    assert "No pool is a host-network pool." in page_of(
        placement(workload("web", outcome("runs", "")), pools=[pool("")])
    )

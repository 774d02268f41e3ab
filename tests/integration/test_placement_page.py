"""The page of placement as people use it: in a browser, with a mouse, a keyboard, or no script."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.placements import made_up
from tests.integration import pages
from tests.placement_values import HOSTILE, POOLS, breaks, outcome, placement, pool, shop, workload

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with pages.browsing() as opened:
        yield opened


@pytest.fixture(scope="module")
def shop_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.write(shop(), tmp_path_factory.mktemp("shop") / "placement.html")


@pytest.fixture
def page(browser: Any, shop_path: Path) -> Iterator[Any]:
    with pages.opened(browser, shop_path) as opened:
        yield opened


def rows(page: Any) -> dict[str, list[str]]:
    """Return the words of the rows of workloads, by what is said in front."""
    script = """() => {
        const said = (element) => element.innerText.replace(/\\s+/g, " ").trim();
        const rows = [...document.querySelectorAll("tbody tr")];
        return Object.fromEntries(rows.filter((row) => row.cells[0].scope === "row")
            .map((row) => [...row.cells].map(said)).map(([name, ...cells]) => [name, cells]));
    }"""
    found: dict[str, list[str]] = page.evaluate(script)
    return found


def names(page: Any) -> set[str]:
    """Return the names in all rows, of which folded ones hold several."""
    found: list[str] = page.locator("tbody th[scope=row] bdi").all_inner_texts()
    return set(found)


def focused(page: Any) -> str:
    """Return the text of the element that has the focus."""
    text: str = page.evaluate("() => document.activeElement.innerText.replace(/\\s+/g, ' ').trim()")
    return text


def fragment(page: Any) -> dict[str, list[str]]:
    """Return what the address says, after the script has had the time to say it."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 250))")
    return parse_qs(urlsplit(page.url).fragment, keep_blank_values=True)


EVERYWHERE = {
    "kube-flannel-ds Deployment, flannel": ["K kept off", "K kept off", "R runs"],
    "cart, search": [*["B breaks! will be kept off"] * 2, "R runs"],
    "mailer Deployment": ["W breaks", "? unknown", "R runs"],
    "gates Deployment": ["R runs", "C cannot", "C cannot"],
    "ledger, vault": ["K kept off", "K kept off", "R runs"],
}


def test_each_cell_shows_its_verdict_by_letter_and_word_and_rows_alike_are_one(page: Any) -> None:
    assert rows(page) == EVERYWHERE


def test_trouble_is_first_below_the_network_components(page: Any) -> None:
    titles = page.locator("tr.group bdi").all_inner_texts()
    assert titles == ["Network components", "shop", "bank"]
    assert page.get_by_text("✓ Isolation is complete").count() == 1
    assert [*rows(page)] == [*EVERYWHERE]


def test_verdicts_differ_in_shape(page: Any) -> None:
    look = """(mark) => { const style = getComputedStyle(mark);
        return [style.clipPath, style.borderRadius, style.borderStyle].join(" ") }"""
    marks = page.locator(".legend b")
    shapes = {marks.nth(number).evaluate(look) for number in range(marks.count())}
    assert len(shapes) == marks.count() == 7


def test_a_folded_row_opens_to_a_row_for_each(page: Any) -> None:
    page.get_by_role("button", name="cart, search").click()
    assert rows(page)["cart Deployment"] == rows(page)["search Deployment"]
    page.get_by_role("button", name="cart, search").click()
    assert rows(page) == EVERYWHERE


def test_search_finds_names_files_and_rules_and_the_count_is_told(page: Any) -> None:
    assert page.get_by_role("status").inner_text() == "7 of 7 workloads, 5 distinct rows"
    page.get_by_role("searchbox").fill("LED")
    assert names(page) == {"ledger"}
    assert page.get_by_role("status").inner_text() == "1 of 7 workloads, 1 distinct row"
    page.get_by_role("searchbox").fill("hn401 mail")
    assert names(page) == {"mailer"}
    assert fragment(page) == {"q": ["hn401 mail"]}
    page.get_by_role("searchbox").fill("nothing like it")
    assert page.get_by_role("status").inner_text() == "0 of 7 workloads, 0 distinct rows"
    page.get_by_role("button", name="Clear filters").click()
    assert rows(page) == EVERYWHERE


def test_filters_are_in_the_address_and_are_restored_from_it(
    page: Any, browser: Any, shop_path: Path
) -> None:
    page.get_by_role("button", name="B breaks! 2").click()
    assert names(page) == {"cart", "search"}
    page.get_by_role("button", name="unknown").click()
    assert names(page) == {"cart", "search", "mailer"}
    page.locator("#pool summary").click()
    page.get_by_role("checkbox", name="sensors").check()
    assert names(page) == {"cart", "search", "mailer"}
    assert page.locator("thead th[scope=col]").all_inner_texts()[1:] == ["sensors\nEdge, 2 nodes"]
    page.locator("#namespace summary").click()
    page.get_by_role("checkbox", name="shop").check()
    told = fragment(page)
    verdicts = ["breaks!", "unknown"]
    assert told == {"verdict": verdicts, "pool": ["sensors"], "namespace": ["shop"]}
    shown = rows(page)
    with pages.opened(browser, shop_path, f"#{urlsplit(page.url).fragment}") as other:
        assert rows(other) == shown
        other.evaluate("location.hash = '#namespace=bank'")
        other.wait_for_function("document.querySelectorAll('tr.group').length === 1")
        assert names(other) == {"ledger", "vault"}


def test_the_switch_shows_the_state_after_a_transform_and_what_changes(page: Any) -> None:
    page.get_by_role("radio", name="After transform").check(force=True)
    assert rows(page)["cart, search"] == [*["K kept off was breaks!"] * 2, "R runs"]
    assert "none breaks" in page.locator(".lead").inner_text()
    page.get_by_role("checkbox", name="Only changes").check()
    assert names(page) == {"cart", "search"}
    assert fragment(page) == {"view": ["after"], "changed": [""]}


def test_what_is_new_and_what_is_gone_is_seen_in_the_old_and_new_state(
    browser: Any, tmp_path: Path
) -> None:
    worse = workload("cart", breaks(), old=[outcome("runs")])
    value = placement(worse, workload("new", old=None), gone=[workload("gone")])
    with pages.opened(browser, pages.write(value, tmp_path / "page.html")) as page:
        assert rows(page) == {
            "cart Deployment": ["B breaks! was runs"] * 3,
            "new Deployment": ["R runs was not there"] * 3,
        }
        page.get_by_role("radio", name="Old").check(force=True)
        assert rows(page) == {
            "cart Deployment": ["R runs will be breaks!"] * 3,
            "gone Deployment": ["R runs will be not there"] * 3,
        }
        page.get_by_role("checkbox", name="Only changes").check()
        assert rows(page)["new Deployment"] == ["N not there will be runs"] * 3


def test_a_click_opens_reasons_places_and_the_edit(page: Any) -> None:
    page.locator("td.warns button").click()
    said = page.get_by_role("complementary").inner_text()
    for text in (
        "Deployment/shop/mailer on barriers",
        "host-network pool, Edge, 2 nodes, pools.yaml:3",
        "HN401 warning",
        "there is no CNI",
        "set hostNetwork: true",
        "web.yaml:20:9",
        "transform can change this to kept off",
        "Manifest: web.yaml:1",
    ):
        assert text in said
    page.get_by_role("button", name="Close details").click()
    assert not page.get_by_role("complementary").is_visible()


def test_the_details_of_a_folded_row_are_those_of_each_workload(page: Any) -> None:
    page.locator("td.breaks button").first.click()
    said = page.get_by_role("complementary").inner_text()
    assert "2 workloads on barriers" in said
    assert "Deployment/shop/cart" in said
    assert "Deployment/shop/search" in said
    assert page.locator("#details summary").all_inner_texts() == ["After transform"] * 2


def press(page: Any, *keys: str) -> str:
    for key in keys:
        page.keyboard.press(key)
    return focused(page)


def test_everything_can_be_done_by_keyboard_alone(page: Any) -> None:
    page.keyboard.press("Tab")
    page.keyboard.type("mail")
    assert names(page) == {"mailer"}
    press(page, "Control+A", "Delete")
    assert press(page, "Tab").startswith("Namespaces")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert names(page) == {"ledger", "vault"}
    page.keyboard.press("Space")
    assert press(page, "Escape").startswith("Namespaces")
    assert not page.get_by_role("checkbox", name="bank").is_visible()
    press(page, "Tab", "Tab", "ArrowRight")
    assert rows(page)["cart, search"][0] == "K kept off was breaks!"
    page.keyboard.press("ArrowLeft")
    assert press(page, "Tab", "Tab") == "B breaks! 2"
    page.keyboard.press("Enter")
    assert names(page) == {"cart", "search"}
    page.keyboard.press("Enter")
    for _ in range(10):  # the other verdicts, two buttons, the region that scrolls, the table
        page.keyboard.press("Tab")
    assert focused(page) == "Workload"
    assert press(page, "ArrowRight") == "barriers"
    assert press(page, "ArrowDown", "ArrowDown") == "K kept off"
    assert press(page, "ArrowDown", "ArrowDown", "ArrowRight") == "B breaks! will be kept off"
    assert press(page, "Enter") == "2 workloads on sensors"
    assert press(page, "Escape") == "B breaks! will be kept off"
    assert press(page, "Home") == "cart, search"
    assert press(page, "Enter") == "cart, search"
    assert "cart Deployment" in rows(page)
    assert press(page, "End") == "R runs"
    assert press(page, "Shift+Tab", "Tab") == "R runs"


def test_columns_sort_and_say_so(page: Any) -> None:
    def order() -> list[str]:
        return [name for name in rows(page) if "flannel" not in name]

    head = page.locator("thead th[scope=col]").nth(1)
    assert head.get_attribute("aria-sort") == "none"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    assert order() == ["cart, search", "mailer Deployment", "gates Deployment", "ledger, vault"]
    assert focused(page) == "barriers"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert order() == ["ledger, vault", "gates Deployment", "mailer Deployment", "cart, search"]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "none"
    page.get_by_role("button", name="Workload", exact=True).click()
    assert order() == ["ledger, vault", "cart, search", "gates Deployment", "mailer Deployment"]
    assert fragment(page) == {"sort": ["name"]}


def test_without_script_the_table_is_there(browser: Any, shop_path: Path) -> None:
    with pages.opened(browser, shop_path, java_script_enabled=False) as page:
        table = page.get_by_role("table")
        assert table.is_visible()
        assert not page.locator("#controls").is_visible()
        lines = [line.split("\t") for line in table.inner_text().splitlines()]
        said = {name: [cell.strip() for cell in cells] for name, *cells in lines}
        kept = ["K kept off", "K kept off", "R runs"]
        assert said["Deployment/bank/ledger, Deployment/bank/vault"] == kept
        assert "✓ Isolation is complete" in page.inner_text("header")


def test_print_shows_the_table_and_no_controls(page: Any) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    assert page.get_by_role("table").is_visible()
    assert not page.locator("#controls").is_visible()
    paper = "() => getComputedStyle(document.querySelector('tbody th[scope=row]')).backgroundColor"
    assert page.evaluate(paper) == "rgb(255, 255, 255)"
    assert page.evaluate("() => getComputedStyle(document.querySelector('#tables')).overflow") == (
        "visible"
    )
    pages.SCREENSHOTS.mkdir(exist_ok=True)
    assert page.pdf(path=pages.SCREENSHOTS / "shop.pdf", prefer_css_page_size=True)


def test_hostile_names_are_text(browser: Any, tmp_path: Path) -> None:
    bad = breaks("barriers", message=HOSTILE)
    rest = outcome("unknown", "sensors", HOSTILE, undecided=[HOSTILE], pointer=HOSTILE)
    hostile = {"namespace": HOSTILE, "kind": HOSTILE, "pool": HOSTILE, "file": HOSTILE}
    pools = [*POOLS[:2], {**pool(HOSTILE), "type": HOSTILE}]
    runs = outcome("runs", *(one["name"] for one in pools))
    value = placement(
        workload(HOSTILE, bad, rest, after=[runs], **hostile),
        *(workload(f"{HOSTILE}{number}", runs) for number in range(2)),
        pools=pools,
        cluster=HOSTILE,
        summary=[HOSTILE],
    )
    path = pages.write(value, tmp_path / "page.html")
    with pages.opened(browser, path) as page:
        page.get_by_role("button", name="B breaks! will be runs").click()
        assert page.get_by_role("complementary").inner_text().count(HOSTILE) >= 4
        page.get_by_role("button", name=f"{HOSTILE}0, {HOSTILE}1").click()
        assert page.locator("img, iframe, object").count() == 0
        assert page.locator("script").count() == 2
        page.locator("#namespace summary").click()
        page.get_by_role("checkbox", name=HOSTILE).check()
        assert fragment(page) == {"namespace": [HOSTILE]}
        page.reload()
    with pages.opened(browser, path, java_script_enabled=False) as page:
        assert page.locator("img, iframe, object").count() == 0


def test_several_clusters_can_be_chosen(browser: Any, tmp_path: Path) -> None:
    south = {**placement(workload("web")), "cluster": "south", "summary": ["all is well"]}
    value = {"version": 1, "clusters": [{**shop(), "cluster": "north"}, south]}
    with pages.opened(browser, pages.write(value, tmp_path / "page.html")) as page:
        assert rows(page) == EVERYWHERE
        page.get_by_role("combobox").select_option("south")
        assert rows(page) == {"web Deployment": ["R runs"] * 3}
        assert "all is well" in page.inner_text("header")
        assert "2 workloads break" not in page.inner_text("header")
        assert fragment(page) == {"cluster": ["south"]}


@pytest.fixture(scope="module")
def large_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pages.write(made_up(5000, 50), tmp_path_factory.mktemp("large") / "placement.html")


def test_5000_workloads_on_50_pools_are_shown_by_namespace_and_opened_on_demand(
    browser: Any, large_path: Path
) -> None:
    with pages.opened(browser, large_path) as page:
        assert page.get_by_role("status").inner_text().startswith("5,000 of 5,000 workloads")
        assert page.locator("tbody td").count() <= 3000
        rows_before = page.locator("tbody tr").count()
        page.get_by_role("button", name="Show more rows").click()
        assert page.locator("tbody tr").count() > rows_before
        rows_before = page.locator("tbody tr").count()
        page.locator("#tables").evaluate("(region) => region.scrollTo(0, region.scrollHeight)")
        page.wait_for_function(f"document.querySelectorAll('tbody tr').length > {rows_before}")
        page.locator("tbody .toggle").first.focus()
        assert page.evaluate("document.activeElement.textContent").startswith("Network components")
        for _ in range(rows_before):
            page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.closest('tr').rowIndex") == rows_before + 2
        page.get_by_role("searchbox").fill("-1234")
        assert page.locator("tbody th[scope=row]").count() == 1
        assert page.locator("tbody tr:last-child td").count() == 50


SERIOUS = """async () => (await axe.run(document)).violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html)])"""


@pytest.mark.parametrize(
    ("size", "scheme"), [((20, 5), "light"), ((20, 5), "dark"), ((20, 11), "light")]
)
def test_axe_finds_nothing_serious(
    browser: Any, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    script = pages.axe()
    path = pages.write(made_up(*size), tmp_path / "page.html")
    context: Any = {"color_scheme": scheme, "bypass_csp": True}
    with pages.opened(browser, path, **context) as page:
        page.locator("td.breaks button").first.click()
        page.locator("#namespace summary").click()
        page.evaluate(script)
        assert page.evaluate(SERIOUS) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("size", ["20", "5000"])
def test_pages_are_kept_as_pictures_and_do_not_scroll_sideways(
    browser: Any, tmp_path: Path, large_path: Path, size: str, width: int, scheme: str
) -> None:
    path = large_path if size == "5000" else pages.write(made_up(20, 5), tmp_path / "page.html")
    context: Any = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    pages.SCREENSHOTS.mkdir(exist_ok=True)
    with pages.opened(browser, path, **context) as page:
        name = f"{size}-{width}-{scheme}"
        page.screenshot(path=pages.SCREENSHOTS / f"{name}.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("tbody .toggle").nth(1).click()
        page.locator("td.breaks button, td.runs button").first.click()
        page.screenshot(path=pages.SCREENSHOTS / f"{name}-details.png")
        assert page.evaluate("document.documentElement.scrollWidth") <= width

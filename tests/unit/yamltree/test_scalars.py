import json
import math
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.cases import for_each
from transformer.errors import InputError
from transformer.yamltree.scalars import resolve, resolve_key

RECORDED = Path(__file__).parents[3] / "testdata" / "scalars" / "kubectl.json"
CORE = "tag:yaml.org,2002:"


Entry = dict[str, str]


@cache
def recorded(name: str) -> list[Entry]:
    """One case per scalar that was put to kubectl (see tests/integration/regenerate_scalars.py)."""
    entries: list[Entry] = json.loads(RECORDED.read_text(encoding="utf-8"))[name]
    return entries


def source(entry: Entry) -> str:
    return ascii(entry["yaml"])[:40]


def scalar_of(source: str) -> tuple[str, str, str | None]:
    """Return text, style and tag of the one scalar in a block of YAML."""
    (event,) = (
        e for e in yaml.parse(source + "\n", yaml.CLoader) if isinstance(e, yaml.ScalarEvent)
    )
    return event.value, event.style or "", event.tag


def printed(value: str | int | float | bool | None) -> str:
    """Return `value` as kubectl prints it: whole floats like integers, up to 1e21."""
    if not isinstance(value, float):
        return json.dumps(value)
    if value == 0:
        return "0"
    shortest = Decimal(repr(value)).normalize()
    if 1e-6 <= abs(value) < 1e21:
        return format(shortest, "f")
    return repr(value).replace("e-0", "e-")


@for_each(recorded("values"), source)
def test_reads_a_value_as_kubectl_did(entry: Entry) -> None:
    text, style, tag = scalar_of(f"- {entry['yaml']}")
    if "json" in entry:
        assert printed(resolve(text, style, tag)) == entry["json"]
    elif "unsupported value" in entry["refused"]:
        value = resolve(text, style, tag)
        assert isinstance(value, float)
        assert not math.isfinite(value)
    else:
        with pytest.raises(InputError):
            resolve(text, style, tag)


@for_each(recorded("keys"), source)
def test_reads_a_key_as_kubectl_did(entry: Entry) -> None:
    text, style, tag = scalar_of(f"- {entry['yaml']}")
    if "json" in entry:
        assert resolve_key(text, style, tag) == json.loads(entry["json"])
    else:
        with pytest.raises(InputError):
            resolve_key(text, style, tag)


def test_the_record_covers_values_and_keys() -> None:
    assert len(recorded("values")) > 300
    assert len(recorded("keys")) > 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e3", 1000.0),
        ("1.0", 1.0),
        ("017", 15),
        ("8080", 8080),
        ("9223372036854775807", 2**63 - 1),
    ],
)
def test_integers_and_floats_keep_their_types(text: str, value: float) -> None:
    read = resolve(text, "", None)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", ["9223372036854775808", "18446744073709551615", "1" + "0" * 30])
def test_an_integer_beyond_64_bits_is_a_float(text: str) -> None:
    assert resolve(text, "", None) == float(text)
    assert isinstance(resolve(text, "", None), float)


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000, "0x" + "f" * 5000])
def test_a_number_of_thousands_of_digits_is_a_string(text: str) -> None:
    assert resolve(text, "", None) == text


@pytest.mark.parametrize("style", ["'", '"', "|", ">"])
@pytest.mark.parametrize("text", ["true", "1", "", "~", ".inf"])
def test_a_quoted_or_block_scalar_is_a_string(text: str, style: str) -> None:
    assert resolve(text, style, None) == text
    assert resolve_key(text, style, None) == text


@pytest.mark.parametrize("tag", ["!!int", CORE + "int"])
def test_a_tag_may_be_written_short_or_in_full(tag: str) -> None:
    assert resolve("017", "'", tag) == 15


@pytest.mark.parametrize("tag", ["!", "!local", "!!unheard-of", CORE + "seq", "x:y"])
def test_any_other_tag_makes_a_string(tag: str) -> None:
    assert resolve("12", "", tag) == "12"
    assert resolve_key("y", "", tag) == "y"


def test_a_tag_that_does_not_fit_is_named_in_the_message() -> None:
    with pytest.raises(InputError, match=r"`1\.5` cannot be read as !!int"):
        resolve("1.5", "", CORE + "int")


def test_the_plain_merge_key_stays_as_it_is() -> None:
    assert resolve("<<", "", None) == "<<"
    assert resolve_key("<<", "", None) == "<<"


@pytest.mark.parametrize("text", ["", "~", "null", "Null", "NULL"])
def test_a_null_key_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(InputError, match="the key of a mapping is null") as caught:
        resolve_key(text, "", None)
    assert caught.value.hint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transformer.kubernetes.durations import is_duration


@pytest.mark.parametrize(
    "text",
    ["2h", "1h30m", "90m", "1.5h", ".5s", "1.h", "0", "-0", "-1h", "+1ns", "1us2µs3μs", "2562047h"],
)
def test_what_go_reads_is_a_duration(text: str) -> None:
    assert is_duration(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2d",
        "2",
        "2 h",
        "h",
        ".h",
        "1e3s",
        "00",
        "-",
        "2H",
        "1h 30m",
        "forever",
        "2562048h",
        "٢h",
    ],
)
def test_what_go_does_not_read_is_no_duration(text: str) -> None:
    assert not is_duration(text)


@given(st.integers(0, 1000), st.integers(0, 59), st.integers(0, 59))
def test_hours_minutes_and_seconds_are_a_duration(hours: int, minutes: int, seconds: int) -> None:
    assert is_duration(f"{hours}h{minutes}m{seconds}s")

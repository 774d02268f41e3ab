import pytest

from transformer.kubernetes.placeholders import is_placeholder


@pytest.mark.parametrize(
    "value", ["$ARCH", "${zone}", "a-${zone:=b}-c", "$(VAR)", "ENC[AES256_GCM,data:x]"]
)
def test_text_that_will_be_another_is_a_placeholder(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["", "a", "$", "5$", "$5", "${}", "$()", "an ENC[x]", True, None])
def test_other_values_are_what_they_are(value: object) -> None:
    assert not is_placeholder(value)

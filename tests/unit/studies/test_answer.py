"""An answer that is no answer is refused in words; one with a number that is not finite is not written."""

import math

import pytest

import samenspel
from samenspel import Answer, SamenspelError


@pytest.mark.parametrize("text", ["{}", "[", "3", "null", '{"schema": 1}', None, "[" * 100_000])
def test_what_is_no_answer_is_refused(text):
    with pytest.raises(SamenspelError, match="this is no answer"):
        Answer.from_json(text)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_named_by_its_place(number):
    answer = Answer("s", "NOT CALIBRATED", "k", {"assumptions": {"rows": [{"low": 1.0}, {"low": number}]}})
    with pytest.raises(SamenspelError, match=r"assumptions\.rows\.1\.low"):
        answer.to_json()


def test_the_facade_lists_what_it_has():
    assert set(samenspel.__all__) <= set(dir(samenspel))
    assert {"Any", "TYPE_CHECKING", "annotations"}.isdisjoint(dir(samenspel))
    assert all(hasattr(samenspel, name) for name in dir(samenspel))


@pytest.mark.parametrize("wrong", [{"engine": "nope"}, {"ladder": "nope"}, {"accuracy": "x"}, {"accuracy": math.nan},
                                   {"scenario": "nope"}, {"scenario": 7}])  # fmt: skip
def test_options_of_a_run_that_cannot_be_are_named(wrong):
    with pytest.raises(SamenspelError) as caught:
        samenspel.run(**{"scenario": "short-sleep", "worlds": 1, "people": 2, **wrong})
    assert "nope" in str(caught.value) or "scenario" in wrong or "accuracy" in str(caught.value)

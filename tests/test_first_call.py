"""Test the first call of random problems in a process with little memory and little time.

FASTCONV_TEST_FIRST_CALLS sets the number of calls, which `python tests/first_calls.py` takes too.
"""

import os
import sys

import first_calls
import pytest

from benchmarks.random_calls import random_call

#: number of calls, each of which has a number of its own
COUNT = int(os.environ.get("FASTCONV_TEST_FIRST_CALLS") or 480)
#: calls in one test
BATCH = 120


def test_numbers_decide_calls():
    calls = [random_call(number) for number in range(300)]
    assert calls == [random_call(number) for number in range(300)]
    names = {call.name.split(".")[0] for call in calls}
    assert {"signal", "ndimage", "convolve", "conv2d", "grad", "max_pool2d"} <= names


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits memory as Linux can")
@pytest.mark.parametrize("start", range(0, COUNT, BATCH))
def test_first_calls(start):
    numbers = range(start, min(start + BATCH, COUNT))
    faults = [found for found in first_calls.answers(numbers) if found["fault"]]
    assert not faults, "\n".join(f"{f['number']}: {f.get('call')}: {f['fault']}" for f in faults)

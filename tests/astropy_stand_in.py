"""Run astropy's own tests with fastconv's functions: a pytest plugin that test_astropy.py loads.

It replaces `convolve` and `convolve_fft` before astropy's test modules import them. The file named
by FASTCONV_ASTROPY_CALLS receives how often each function was called.
"""

import functools
import json
import os
import sys

import astropy.convolution

import fastconv.astropy

NAMES = ("convolve", "convolve_fft")
calls = dict.fromkeys(NAMES, 0)


def _counted(name):
    function = getattr(fastconv.astropy, name)

    @functools.wraps(function)
    def counting(*args, **kwargs):
        calls[name] += 1
        return function(*args, **kwargs)

    return counting


for _name in NAMES:
    _own = _counted(_name)
    setattr(astropy.convolution, _name, _own)
    setattr(sys.modules["astropy.convolution.convolve"], _name, _own)


def pytest_sessionfinish():
    with open(os.environ["FASTCONV_ASTROPY_CALLS"], "w") as file:
        json.dump(calls, file)

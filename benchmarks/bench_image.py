"""Filters of images: single-channel, with SciPy's boundaries."""

from . import common

KEYS, ALGORITHMS, THREADS = common.matrix("image")


class Planned(common.Plans):
    params = (KEYS, ALGORITHMS, THREADS)

    def time_plan(self, key, algorithm, threads):
        self.run()


class Eager(common.Calls):
    params = (KEYS, THREADS)

    def time_call(self, key, threads):
        self.run()

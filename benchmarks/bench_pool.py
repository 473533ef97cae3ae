"""Poolings and their gradients."""

from . import common

KEYS, ALGORITHMS, THREADS = common.matrix("pool")


class Planned(common.Plans):
    params = (KEYS, ALGORITHMS, THREADS)

    def time_plan(self, key, algorithm, threads):
        self.run()

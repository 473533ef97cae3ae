"""Time small calls, which are mostly overhead.

A sample is a thousand calls, so milliseconds in the results are microseconds per call.
"""

from . import common

KEYS = common.problems("small")
CALLS = 1000


class Eager(common.Calls):
    params = (KEYS, [1])

    def time_thousand_calls(self, key, threads):
        run = self.run
        for _ in range(CALLS):
            run()


class Planned(common.Plans):
    params = (KEYS, ["auto"], [1])

    def time_thousand_calls(self, key, algorithm, threads):
        run = self.run
        for _ in range(CALLS):
            run()

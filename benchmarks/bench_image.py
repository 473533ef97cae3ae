"""Time filters of images: with any kernel, and those that SciPy has functions for."""

from . import common

PARAMS, SKIPPED = common.matrix("image", "filters", "morphology")


class Planned(common.Plans):
    params = PARAMS
    skip_params = SKIPPED

    def time_plan(self, key, algorithm, threads):
        self.run()


class Eager(common.Calls):
    params = (PARAMS[0], common.THREADS)

    def time_call(self, key, threads):
        self.run()

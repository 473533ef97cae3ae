"""Time convolutions of signals along one axis, and changes of the sampling rate."""

from . import common

PARAMS, SKIPPED = common.matrix("signal", "resampling")


class Planned(common.Plans):
    params = PARAMS
    skip_params = SKIPPED

    def time_plan(self, key, algorithm, threads):
        self.run()


class Eager(common.Calls):
    params = (PARAMS[0], common.THREADS)

    def time_call(self, key, threads):
        self.run()

"""Time poolings and their gradients."""

from . import common

PARAMS, SKIPPED = common.matrix("pool", "pool_backward")


class Planned(common.Plans):
    params = PARAMS
    skip_params = SKIPPED

    def time_plan(self, key, algorithm, threads):
        self.run()

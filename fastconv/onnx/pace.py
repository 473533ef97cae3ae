"""How many threads the next run of a network uses, by the times of its last runs."""

#: runs on several threads one after the other that must be slower than one thread before it takes
#: over, and so many when they are tried again: threads that slept are slow to begin with
_SLOW, _SLOW_TRIALS = 4, 2
#: runs on several threads one after the other that must be faster before all is as in the beginning
_FAST = 4
#: runs on one thread before several are tried again; each trial that fails doubles them
_PATIENCE, _MOST_PATIENCE = 8, 32
#: share of the last run in the mean of runs on one thread
_SHARE = 0.25


class Pace:
    """The times of the runs of one program with one limit of threads.

    Threads wait for each other after every layer. Where other programs take away one of the CPUs,
    each wait lasts until the system lets a thread continue, often longer than the layer itself, and
    a run on one thread ends sooner. Results have the same bits for any number of threads, so it may
    change from run to run.

    The first run meets cold memory and does not count. The third is on one thread, to know what
    that takes.

    Parameters
    ----------
    most : int
        Largest number of threads.
    """

    def __init__(self, most):
        self.most = most
        self.runs = 0
        self.one = None  # mean seconds on one thread
        self.slow, self.allowed = 0, _SLOW  # slow runs on several threads, and what ends them
        self.fast = 0  # faster runs since the last slow one
        self.left = 0  # runs on one thread before several are tried again
        self.patience = _PATIENCE

    def threads(self):
        """Return the number of threads of the next run."""
        return 1 if self.left or self.runs == 2 else self.most

    def took(self, threads, seconds):
        """Learn how long a run took, and with how many threads."""
        self.runs += 1
        if self.most == 1 or self.runs == 1:
            return
        if threads == 1:
            before = seconds if self.one is None else self.one
            self.one = before + _SHARE * (seconds - before)
            self.left = max(0, self.left - 1)
            return
        if self.one is None:
            return
        if seconds <= self.one:
            self.slow, self.allowed = 0, _SLOW
            self.fast += 1
            if self.fast == _FAST:
                self.patience = _PATIENCE
            return
        self.slow, self.fast = self.slow + 1, 0
        if self.slow == self.allowed:
            self.left, self.slow, self.allowed = self.patience, 0, _SLOW_TRIALS
            self.patience = min(2 * self.patience, _MOST_PATIENCE)

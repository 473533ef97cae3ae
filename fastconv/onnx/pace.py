"""How many threads the next run of a network uses, by the times of its last runs."""

#: of so many runs on several threads, so many must be slower than one thread before it takes over
_WINDOW, _SLOW = 4, 3
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
        self.slow = []  # whether the last runs on several threads were slower than that
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
        trial = self.patience > _PATIENCE and not self.slow
        self.slow = [*self.slow[1 - _WINDOW :], seconds > self.one]
        if sum(self.slow) >= _SLOW or trial and self.slow[0]:
            self.left, self.slow = self.patience, []
            self.patience = min(2 * self.patience, _MOST_PATIENCE)
        elif len(self.slow) == _WINDOW:
            self.patience = _PATIENCE

"""The libraries of the contenders, in this process or each in a process of its own."""

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from ..alone import Alone
from . import cases, machine, ours
from .timing import Contender


def installed(names=None):
    """Return the modules of fastconv and of the peers that can be imported.

    Parameters
    ----------
    names : sequence of str, optional
        How the names of the peers may begin; all by default.
    """
    peers = [peer for peer in machine.PEERS if machine.installed(peer)]
    if names is not None:
        peers = [peer for peer in peers if peer.NAME.startswith(tuple(names))]
    return [ours, *peers]


@contextmanager
def libraries(alone, names=None):
    """Give what has `NAME` and `contenders` for each library, in processes if they are `alone`.

    Parameters
    ----------
    alone : bool
    names : sequence of str, optional
        Those of `installed`.
    """
    if not alone:
        yield installed(names)
        return
    with ExitStack() as stack:
        found = []
        for module in installed(names):
            process = Alone(_Library, module.NAME)
            stack.callback(process.close)
            found.append(_Remote(module.NAME, process))
        yield found


class _Library:
    """A library in its process, with its contenders for the latest case."""

    def __init__(self, name):
        self.module = next(module for module in installed() if name == module.NAME)
        self.limits, self.case, self.contenders = ExitStack(), None, []

    def open(self, key, remark, threads):
        """Make the contenders of a problem; return them without their functions."""
        self.limits.close()
        self.limits.enter_context(machine.limited(threads, (self.module,)))
        self.contenders = []  # ends the threads of the former ones
        self.case = cases.case(key, remark)  # peers read its arrays and do not keep them
        self.contenders = list(self.module.contenders(self.case, threads))
        return [replace(c, call=None, array=None) for c in self.contenders]

    def result(self, i):
        return self.contenders[i].result()

    def burst(self, i, *how):
        return self.contenders[i].burst(*how)


@dataclass
class _Remote:
    """Stands for the module of a library that is in a process."""

    NAME: str
    process: Alone

    def contenders(self, case, threads):
        described = enumerate(self.process.open(case.key, case.remark, threads))
        return [_RemoteContender(**vars(c), process=self.process, number=i) for i, c in described]


@dataclass
class _RemoteContender(Contender):
    """Stands for a contender that is in a process."""

    process: Alone | None = None
    number: int = 0

    def result(self):
        return self.process.result(self.number)

    def burst(self, *how):
        return self.process.burst(self.number, *how)

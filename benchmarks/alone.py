"""A process for each library, of which only the one that is asked runs.

Worker threads of a library spin for some milliseconds after a call, and take processors from the
library that is timed next. So each process is stopped as soon as it has answered.
"""

import functools
import multiprocessing
import os
import signal


class Alone:
    """An object in a process of its own. Its methods are called by the same names.

    Parameters
    ----------
    make : callable
        Class or function of a module; what it returns lives in the process.
    *arguments
        Its arguments.

    Raises
    ------
    Exception
        What `make` or a method raises; EOFError if the process ended.
    """

    def __init__(self, make, *arguments):
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other, make, arguments), daemon=True)
        self._process.start()
        other.close()
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def __getattr__(self, method):
        return functools.partial(self._ask, method)

    def _ask(self, method, *arguments):
        os.kill(self._process.pid, signal.SIGCONT)
        self._connection.send((method, arguments))
        return self._answer()

    def _answer(self):
        result, error = self._connection.recv()
        os.kill(self._process.pid, signal.SIGSTOP)
        if error is not None:
            raise error
        return result

    def close(self):
        """End the process."""
        self._process.kill()
        self._process.join()


def _serve(connection, make, arguments):
    """Make an object, and answer calls of its methods until the process is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    made, error = None, None
    try:
        made = make(*arguments)
    except Exception as raised:
        error = raised
    connection.send((None, error))
    while True:
        method, arguments = connection.recv()
        try:
            answer = getattr(made, method)(*arguments), None
        except Exception as raised:
            answer = None, raised
        connection.send(answer)

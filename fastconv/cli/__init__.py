"""The command line: ``python -m fastconv`` and a command, such as ``compare`` or ``accelerate``.

===========  =====================================================================
`problems`   problems from words: a key, or an op with ``name=value`` pairs
`compare`    the commands compare and explain
`sweep`      compare along a range of one dimension
`filter`     convolve a picture
`pictures`   read the pages of pictures; `picture_files` writes them
`network`    the command onnx
`accelerate` the command accelerate, which runs programs
`tiff`       TIFF files with samples that Pillow does not know
`machine`    the commands tune, wisdom and info
`output`     tables and progress, with rich if it is installed; errors
===========  =====================================================================

The exit status is 0 after success. After wrong arguments or files it is 2, and one line on standard
error says what is wrong.
"""

import argparse
import os
import sys
from contextlib import nullcontext

from .. import config
from . import accelerate, compare, filter, machine, network, sweep
from .output import UsageError, usage

_COMMANDS = (compare, sweep, filter, network, accelerate, machine)


class _Parser(argparse.ArgumentParser):
    """Parser that reports an error in one line and refers to ``--help``."""

    def error(self, message):
        self.exit(2, f"fastconv: {message} (see {self.prog} --help)\n")


def parser():
    """Return the argument parser with all commands."""
    top = _Parser(
        prog="python -m fastconv",
        description="Compare, explain and tune convolution algorithms; filter pictures.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    for module in _COMMANDS:
        module.add_commands(commands)
    return top


def main(argv=None):
    """Run one command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name. The default is those of the process.

    Returns
    -------
    int
        The exit status.

    Raises
    ------
    SystemExit
        If `argparse` finds a wrong argument. The exit status is then 2.

    Examples
    --------
    >>> from fastconv.cli import main
    >>> main(["explain", "no_such_op"])
    2
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    if argv[:1] == ["accelerate"]:
        return _accelerated(argv[1:])
    arguments = parser().parse_args(argv)
    try:
        with _threads(arguments):
            arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # a reader such as head has closed the pipe, which is not an error
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return 130
    except (UsageError, OSError, ImportError, MemoryError) as error:
        print(f"fastconv: {_one_line(error)}", file=sys.stderr)
        return 2
    return 0


def _accelerated(arguments):
    """Run a program, whose errors are its own; return the exit status of the command."""
    try:
        accelerate.run(arguments)
    except UsageError as error:
        print(f"fastconv: {error}", file=sys.stderr)
        return 2
    return 0


def _threads(arguments):
    """Return a context in which the number of threads is that of ``--threads``."""
    n = getattr(arguments, "threads", None)
    with usage():
        return (
            nullcontext() if n is None else config.threads(config.checked_threads(n, "--threads"))
        )


def _one_line(error):
    """Return the message of an error in one line, with the file's name for a file error."""
    if isinstance(error, OSError) and error.strerror:
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror}"
    text = " ".join(str(error).split())
    return f"not enough memory: {text}" if isinstance(error, MemoryError) else text

"""The command ``accelerate``: run a program with fastconv's functions in it."""

import os
import runpy
import sys

from .output import UsageError

_USAGE = "python -m fastconv accelerate [--report] script.py|-m module [args]"


def add_commands(commands):
    """Add the command to the parser, which lists it; `run` reads its arguments."""
    commands.add_parser(
        "accelerate",
        help="run a program with fastconv's functions in place of NumPy's and SciPy's",
        usage=_USAGE,
        add_help=False,
    )


def run(arguments):
    """Run a program as ``python script.py`` or ``python -m module`` does.

    Parameters
    ----------
    arguments : list of str
        The arguments after the name of the command.

    Raises
    ------
    UsageError
        If there is no program among them.
    """
    from .. import accel

    arguments, report = list(arguments), False
    while arguments and arguments[0] == "--report":
        report = True
        del arguments[0]
    if arguments and arguments[0] in ("-h", "--help"):
        print(f"usage: {_USAGE}\n\n{accel.install.__doc__.splitlines()[0]} Then run a program.")
        return
    is_module = arguments[:1] == ["-m"]
    if is_module:
        del arguments[0]
    if not arguments:
        raise UsageError(f"there is no program; usage: {_USAGE}")
    program = arguments[0]
    if not is_module and program.startswith("-"):
        raise UsageError(f"unknown option {program}; usage: {_USAGE}")
    if not is_module and not os.path.exists(program):
        raise UsageError(f"{program}: No such file or directory")
    sys.argv[:] = arguments
    accel.install()
    try:
        if is_module:
            runpy.run_module(program, run_name="__main__", alter_sys=True)
        else:
            sys.path[0] = os.path.dirname(os.path.abspath(program))
            runpy.run_path(program, run_name="__main__")
    finally:
        if report:
            print(accel.report(), file=sys.stderr)

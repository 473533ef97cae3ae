"""The commands about this machine.

``tune`` measures the cost model's constants, ``wisdom`` shows or forgets what was measured, and
``info`` shows what fastconv uses.
"""

import json
from dataclasses import asdict

from ..info import config_dict, config_text
from ..planner import store
from .output import progress_of, show_table, usage


def add_commands(commands):
    """Add the commands to the parser."""
    command = commands.add_parser(
        "tune", help="measure this machine for the cost model and save the constants"
    )
    command.set_defaults(run=_tune)
    command = commands.add_parser(
        "wisdom", help="show or forget the measured choices and constants in the cache file"
    )
    command.add_argument("action", choices=("show", "forget"))
    command.set_defaults(run=_wisdom)
    command = commands.add_parser("info", help="show versions, ISAs, threads and the cache file")
    command.add_argument("--json", action="store_true", help="print JSON")
    command.set_defaults(run=_info)


def _tune(arguments):
    """Run the command ``tune``."""
    from ..planner.tune import calibrate

    with usage():
        before = asdict(store.machine())
    with progress_of("measuring") as progress:
        after = calibrate(progress)
    lines = [
        [name, f"{before[name]:.3g}", f"{value:.3g}", _unit(name)] for name, value in after.items()
    ]
    show_table(["constant", "before", "measured", ""], lines, left=(0, 3))
    print(f"saved: {store.cache_file()}")


def _unit(name):
    """Return the unit of a constant of the cost model."""
    return "per second" if name.endswith("_rate") else "seconds"


def _wisdom(arguments):
    """Run the command ``wisdom``."""
    if arguments.action == "forget":
        count = store.wisdom_size()
        store.forget()
        print(f"forgotten: {count} choices and all constants; {store.cache_file()} is deleted")
        return
    rows = [
        [algorithm, where, accuracy, "prepared" if prepared else "", key]
        for where, accuracy, prepared, key, algorithm in store.entries()
    ]
    if rows:
        show_table(["algorithm", "ISA, threads", "accuracy", "weight", "problem"], rows,
                   left=range(5))  # fmt: skip
    print(f"{len(rows)} measured choices in {store.cache_file()}")


def _info(arguments):
    """Run the command ``info``."""
    with usage():
        found = config_dict()
    print(json.dumps(found, indent=1) if arguments.json else config_text(found))

"""Disassemble the extension, and fail if a hot kernel spills vectors to the stack.

    python tools/check_spills.py [objects or extensions ...]

Without arguments, the script checks fastconv.loops.simd. If the accumulators of a
register tile do not fit into the registers, results are right but slow, so no test notices.

The script prints a reason and exits with 0 if it cannot check: on other architectures than x86-64,
without objdump, or if GCC did not build the kernels.
"""

import platform
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

#: prefixes of the names of hot kernels
HOT = ("tile_", "stencil_", "multiply_add_", "dot_", "footprint_join")
#: Registers of whole vectors. A spilled accumulator is a whole vector; smaller parts on the stack
#: are integers that are used outside the loops.
WHOLE = {"avx512": "zmm", "avx2": "ymm", "baseline": "xmm"}
FUNCTION = re.compile(r"^[0-9a-f]+ <(\w+)>:")
STACK = re.compile(r"\(%rsp[^)]*\),")
NAME = re.compile(r"(\w+)_f(?:32|64)_(\w+?)$")


def spills(disassembly):
    """Return the hot functions, and a Counter of the vectors that each reads from the stack."""
    hot, found = set(), Counter()
    function = register = None
    for line in disassembly.splitlines():
        if match := FUNCTION.match(line):
            function = match[1]
            name = NAME.match(function)
            is_hot = name and name[1].startswith(HOT) and name[2] in WHOLE
            register = WHOLE[name[2]] if is_hot else None
            if is_hot:
                hot.add(function)
        # count reads only: a vector that is written and not read again costs little
        elif register and STACK.search(line) and f"%{register}" in line:
            found[function] += 1
    return hot, found


def reason_not_to():
    """Return why this machine cannot run the check, or None."""
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return f"the check knows x86-64 registers, not {platform.machine()}"
    if shutil.which("objdump") is None:
        return "there is no objdump (binutils)"
    return None


def built_extension():
    """Return the extension that holds the kernels, and the reason not to check it, or None."""
    sys.path.append(str(Path(__file__).resolve().parent.parent))  # built in place, not installed
    try:
        from fastconv.loops import simd
    except ImportError as error:
        return None, f"fastconv is not built: {error}"
    if not simd.compiler().startswith("GCC"):
        return None, f"the kernels were built by {simd.compiler()}; tiles are sized for GCC"
    return simd.__file__, None


def main(arguments):
    paths, reason = arguments, reason_not_to()
    if not reason and not paths:
        path, reason = built_extension()
        paths = [path]
    if reason:
        print(f"check_spills: not checked: {reason}")
        return 0
    failed = False
    for path in paths:
        command = ["objdump", "-d", "--no-show-raw-insn", str(path)]
        hot, found = spills(subprocess.run(command, capture_output=True, text=True).stdout)
        if not hot:
            print(f"check_spills: {path}: no hot kernels in its symbols; was it stripped?")
            failed = True
        for function, count in sorted(found.items()):
            print(f"check_spills: {function}: {count} vectors read from the stack")
            failed = True
        if hot and not found:
            print(f"check_spills: {Path(path).name}: {len(hot)} hot kernels, none spills")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

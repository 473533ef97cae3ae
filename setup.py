"""Build: each room of src/ once per instruction set, then one extension per .pyx.

Everything static lives in pyproject.toml. What is here is what setuptools has no words for: the
same C source compiled several times with different flags and linked into one extension, and only
what has changed compiled again.

Environment
-----------
FASTCONV_BUILD_ISAS   comma-separated instruction sets to build (default: all that make sense here)
FASTCONV_WERROR=1     only compile the rooms, with warnings as errors: a check, not a build
FASTCONV_DEBUG=1      keep debug information, which is most of a binary
FASTCONV_SANITIZE     sanitizers of the compiler, such as address,undefined: see tools/sanitize.sh
"""

import logging
import os
import platform
import re
import shlex
import subprocess
import sys
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, CompileError, ExecError, PlatformError
from setuptools.modified import newer, newer_group

ROOT = Path(__file__).parent
#: one object per room and instruction set, the largest first: they take the longest
ROOMS = sorted(
    (ROOT / "src").glob("*/*.c"),
    key=lambda room: -sum(p.stat().st_size for p in room.parent.glob("*.h")),
)
C_FLAGS = [
    "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math",
    "-fvisibility=hidden", "-Wno-psabi", "-Wall", "-Wextra",
]  # fmt: skip
X86_FLAGS = {
    "baseline": "",
    "avx2": "-mavx2 -mfma -mf16c",
    "avx512": ("-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c -mprefer-vector-width=512"),
}
#: instruction sets that add to another one what few rooms use: the other, flags, these rooms
EXTENSIONS = {"avx512vnni": ("avx512", "-mavx512vnni", ("fixed",))}
ARM_FLAGS = {"baseline": "", "neon": ""}
CHECKED = os.environ.get("FASTCONV_WERROR", "") == "1"
#: levels of rooms that higher ones take twice as long to compile, to code that is no faster
LEVELS = {"pooling": "-O2", "pooling_integers": "-O1", "unfold_integers": "-O2"}
#: the same of the instruction set that hardly any machine is limited to; other rooms get two thirds
#: of the size by -Os
BASELINE_LEVELS = {"grad": "-O2"}
#: the extension into which the kernels are linked
SIMD = "fastconv.loops.simd"
#: extensions with inner loops of their own, or in the way of every call; the others call C kernels,
#: or functions of the C library that take far longer than the loops around them
COMPUTE = re.compile(
    r"\.(naive(?!\.lp)|calls)\."
    r"|\.loops\.(polyphase|fft|footprint|morphology|operands|scratch|stride_phases)$"
)
#: calls of functions of Python and of the C library without a jump in between
DIRECT_CALLS = ["-fno-plt"] if sys.platform == "linux" else []
#: what nobody asks of an extension is left out: signatures of its functions, pickles of its objects
DIRECTIVES = {"binding": False, "auto_pickle": False}
DEBUG = os.environ.get("FASTCONV_DEBUG", "") == "1"
#: flags of all commands of a build with sanitizers, whose code needs to be fast to compile
SANITIZE = os.environ.get("FASTCONV_SANITIZE", "")
SANITIZE = ["-fsanitize=" + SANITIZE, "-g1", "-fno-omit-frame-pointer"] if SANITIZE else []
#: words of the commands that built Python: they make code larger or slower, or name its folders
INHERITED = re.compile(
    r"-g\d?|-O\w?|-fwrapv|-fno-strict-overflow|-flto.*|-Wl,-rpath.*|-L.*|-W(?!l,|p,).*"
)
COMPILE_ERRORS = (CCompilerError, ExecError, PlatformError, OSError)


def isa_flags():
    """Flags per instruction set for this type of machine, restricted by FASTCONV_BUILD_ISAS."""
    machine = platform.machine().lower()
    if machine in ("x86_64", "amd64"):
        flags = X86_FLAGS
    elif machine in ("aarch64", "arm64"):
        flags = ARM_FLAGS
    else:
        flags = {"baseline": ""}
    wanted = [n for n in os.environ.get("FASTCONV_BUILD_ISAS", "").replace(",", " ").split() if n]
    unknown = [name for name in wanted if name not in flags]
    if unknown:
        raise SystemExit(
            f"FASTCONV_BUILD_ISAS names {', '.join(unknown)}; on {machine} it may name: "
            + ", ".join(flags)
        )
    if not wanted and "neon" in flags:
        wanted = ["neon"]  # every such CPU has it: the baseline is the same code, optimised less
    return {name: flags[name].split() for name in wanted or flags}


def extensions():
    """One extension per .pyx below fastconv/."""
    return [
        Extension(
            ".".join(path.relative_to(ROOT).with_suffix("").parts),
            [str(path.relative_to(ROOT))],
            include_dirs=["src"],
            define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
        )
        for path in sorted((ROOT / "fastconv").rglob("*.pyx"))
    ]


def own_words(words, variables):
    """Return a command of setuptools without what Python was built with, and with the user's flags.

    setuptools has put both into the command. The user's are the environment variables.
    """
    user = [word for name in variables for word in shlex.split(os.environ.get(name, ""))]
    kept = [word for word in words if not INHERITED.fullmatch(word) and word not in user]
    return [*kept, *user]


def needs(depfile):
    """What the compiler read for a target, as it wrote into a depfile; nothing without one."""
    if not depfile.exists():
        return []
    text = depfile.read_text().replace("\\\n", " ").partition(": ")[2]
    return [name.replace("\\ ", " ") for name in re.split(r"(?<!\\)\s+", text.strip())]


def modified(path):
    return path.stat().st_mtime_ns if path.exists() else None


def report(what, start):
    print(f"  {time.perf_counter() - start:5.1f} s  {what}", flush=True)


def kernel_level(isa, room):
    if CHECKED or SANITIZE:
        return "-O1" if SANITIZE and room.stem not in LEVELS else "-O0"
    if isa == "baseline":
        return BASELINE_LEVELS.get(room.stem, "-Os")
    return LEVELS.get(room.stem, "-O3")


class BuildExt(build_ext):
    def finalize_options(self):
        super().finalize_options()
        if self.editable_mode:
            # pip's own folders are temporary: everything would be compiled again after every edit
            kept = self.distribution.get_command_class("build")(self.distribution)
            kept.ensure_finalized()
            self.build_lib, self.build_temp = kept.build_platlib, kept.build_temp
        if self.parallel is None:
            affinity = getattr(os, "sched_getaffinity", None)
            self.parallel = len(affinity(0)) if affinity else os.cpu_count() or 1

    def build_extensions(self):
        import numpy

        logging.disable(logging.INFO)  # of setuptools: it shows whole commands
        self.check_compiler()
        self.own_commands()
        compile_args, link_args = self.openmp_flags()
        jobs, objects = self.kernel_jobs()
        if CHECKED:
            self.run_jobs(jobs)
            return
        for ext in self.extensions:
            ext.include_dirs.append(numpy.get_include())
            level = "-O1" if SANITIZE else "-O2" if COMPUTE.search(ext.name) else "-Os"
            ext.extra_compile_args += [level, "-Wall", *compile_args]
            ext.extra_link_args += link_args
            if not (DEBUG or SANITIZE):
                ext.extra_compile_args += DIRECT_CALLS
                ext.extra_compile_args.append("-fno-asynchronous-unwind-tables")
                if ext.name != SIMD:  # profilers show the names of kernels
                    ext.extra_link_args.append("-Wl,-x" if sys.platform == "darwin" else "-s")
        self.cythonize()
        self.check_extensions_list(self.extensions)
        simd = next(e for e in self.extensions if e.name == SIMD)
        others = [partial(self.build_extension, e) for e in self.extensions if e is not simd]
        self.run_jobs([*jobs, *others])
        simd.extra_objects += objects
        simd.depends = [*simd.depends, *objects]
        self.build_extension(simd)

    def run_jobs(self, jobs):
        with ThreadPoolExecutor(self.parallel) as pool:
            try:
                for done in [pool.submit(job) for job in jobs]:
                    done.result()
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise

    def build_extension(self, ext):
        """Build one extension if anything that it is made of has changed."""
        target = Path(self.get_ext_fullpath(ext.name))
        depfile = Path(self.build_temp, "depends", ext.name + ".d")
        depfile.parent.mkdir(parents=True, exist_ok=True)
        ext.depends = [*ext.depends, __file__, *needs(depfile)]
        ext.extra_compile_args += ["-MMD", "-MF", str(depfile)]
        start, before = time.perf_counter(), modified(target)
        super().build_extension(ext)
        if modified(target) != before:
            report(ext.name, start)

    def cythonize(self):
        """Replace the .pyx by C that lives below build_temp, so that the tree stays clean."""
        from Cython.Build import cythonize

        start = time.perf_counter()
        folder = Path(self.build_temp) / "cython"
        stamp = folder / "translated"  # with the directives of this file
        translated = cythonize(
            self.extensions,
            build_dir=str(folder),
            include_path=[str(ROOT)],
            language_level=3,
            nthreads=self.parallel or 0,
            force=self.force or newer(__file__, stamp),
            quiet=True,
            compiler_directives=DIRECTIVES,
        )
        stamp.touch()
        report("Cython to C", start)
        for ext, new in zip(self.extensions, translated, strict=True):
            ext.sources = new.sources

    def kernel_jobs(self):
        """Return what compiles the objects of the kernels, and the objects.

        They know nothing of Python, so builds for several versions of it share them.
        """
        isas = isa_flags()
        folder = Path(self.build_temp).parent / f"kernels.{self.plat_name}"
        flags = [*C_FLAGS, *(["-Werror", "-DFC_CHECK"] if CHECKED else [])]
        if not (DEBUG or SANITIZE):
            flags.append("-fno-asynchronous-unwind-tables")  # no kernel raises, and size counts
        if SANITIZE:
            # checks come between products and sums, so that Clang would fuse only some of them
            flags.append("-ffp-contract=on")
        rooms = "FC_ROOMS=" + " ".join(f"X({room.stem})" for room in sorted(ROOMS))
        units = [
            (isa, room, [kernel_level(isa, room), *flags, *extra, "-DFC_ISA=" + isa])
            for room in ROOMS
            for isa, extra in isas.items()
        ]
        for isa, extra in isas.items():
            table = [*flags, *extra, "-DFC_ISA=" + isa, "-D" + rooms]
            units.append((isa, ROOT / "src" / "table.c", table))
        extensions = {isa: e for isa, e in EXTENSIONS.items() if e[0] in isas}
        for isa, (base, extra, names) in extensions.items():
            few = [*flags, *isas[base], extra, "-DFC_ISA=" + isa, "-DFC_EXTENDS=" + base]
            units += [(isa, r, [kernel_level(isa, r), *few]) for r in ROOMS if r.stem in names]
            few.append("-DFC_ROOMS=" + " ".join(f"X({name})" for name in names))
            units.append((isa, ROOT / "src" / "table.c", few))
        have = [f"-DFC_HAVE_{isa.upper()}=1" for isa in (*isas, *extensions)]
        units.append(("", ROOT / "src" / "isa.c", [*flags, *have]))
        objects, jobs = [], []
        for isa, source, args in units:
            target = folder / isa / f"{source.stem}.o"
            objects.append(str(target))
            jobs.append(partial(self.build_object, source, target, args))
        return jobs, objects

    def build_object(self, source, target, flags):
        """Compile one object if its command or any header that it includes has changed."""
        source = source.relative_to(ROOT)
        depfile, command = target.with_suffix(".d"), target.with_suffix(".txt")
        words = [*self.compiler.compiler_so, *flags, "-Isrc", "-MMD", "-MF", str(depfile)]
        words += ["-c", str(source), "-o", str(target)]
        same = command.exists() and command.read_text() == "\n".join(words)
        if same and not self.force and not newer_group(needs(depfile), str(target)):
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        command.unlink(missing_ok=True)
        start = time.perf_counter()
        done = subprocess.run(words, cwd=ROOT)
        if done.returncode:
            raise CompileError(f"{source} does not compile for {target.parent.name}")
        command.write_text("\n".join(words))
        report(f"{target.parent.name} {source}", start)

    def own_commands(self):
        """Let the compiler and the linker run with our flags and the user's alone."""
        extra = [*(["-g"] if DEBUG else []), *SANITIZE]
        compiler = own_words(self.compiler.compiler_so, ["CFLAGS", "CPPFLAGS"])
        linker = own_words(self.compiler.linker_so, ["LDFLAGS", "CFLAGS", "CPPFLAGS"])
        self.compiler.set_executables(
            compiler_so=[*compiler, *extra], linker_so=[*linker, *SANITIZE]
        )

    def try_build(self, code, compile_args=(), link_args=()):
        """Compile and link a small program, silently; the reason for a failure, or None."""
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "probe.c"
            source.write_text(code)
            command = [*self.compiler.compiler, *compile_args, str(source)]
            command += ["-o", str(Path(folder) / "probe"), *link_args]
            try:
                done = subprocess.run(command, capture_output=True, text=True)
            except OSError as error:
                return f"{command[0]}: {error.strerror}"
            return None if done.returncode == 0 else done.stderr.strip()

    def check_compiler(self):
        reason = "Windows compilers have no GNU vector types"
        if self.compiler.compiler_type == "unix":
            # the vector type and the shuffle are what old compilers lack
            reason = self.try_build(
                "typedef float v __attribute__((vector_size(16)));\n"
                "int main(void) { v a = {0}; a = __builtin_shufflevector(a, a, 0, 2, 4, 6);\n"
                "return (int)a[0]; }\n"
            )
        if reason:
            raise SystemExit(
                "fastconv is compiled when it is installed and needs a C compiler: GCC 12 or "
                "newer, or Clang.\n  Debian, Ubuntu: apt-get install gcc libc6-dev\n"
                "  Fedora: dnf install gcc\n  macOS: xcode-select --install, brew install libomp\n"
                "The environment variable CC names another one. The one tried says:\n" + reason
            )

    def openmp_flags(self):
        """Compile and link flags for OpenMP, empty (with a warning) where it does not work."""
        candidates = [(["-fopenmp"], ["-fopenmp"])]
        if sys.platform == "darwin":
            for prefix in ("/opt/homebrew/opt/libomp", "/usr/local/opt/libomp", sys.prefix):
                candidates.append(
                    (
                        ["-Xpreprocessor", "-fopenmp", f"-I{prefix}/include"],
                        [f"-L{prefix}/lib", f"-Wl,-rpath,{prefix}/lib", "-lomp"],
                    )
                )
        code = "#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }\n"
        for compile_args, link_args in candidates:
            if self.try_build(code, compile_args, link_args) is None:
                return compile_args, link_args
        warnings.warn(
            "no OpenMP: fastconv is built to run on one thread. With Clang install libomp "
            "(Debian, Ubuntu: libomp-dev; macOS: brew install libomp) and build again.",
            stacklevel=2,
        )
        return [], []

    def run(self):
        try:
            super().run()
        except COMPILE_ERRORS as error:
            raise SystemExit(f"fastconv could not be compiled: {error}") from error


if __name__ == "__main__":  # Python 3.14 imports this file into the processes that run Cython
    setup(ext_modules=extensions(), cmdclass={"build_ext": BuildExt})

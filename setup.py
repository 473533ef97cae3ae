"""Build: src/kernels.c once per instruction set, then one extension per .pyx.

Everything static lives in pyproject.toml. What is here is what setuptools has no words for: the
same C source compiled several times with different flags and linked into one extension.

Environment
-----------
FASTCONV_BUILD_ISAS   comma-separated instruction sets to build (default: all of this machine type)
FASTCONV_WERROR=1     warnings in our C are errors, and nothing is optimized: a check, not a build
"""

import os
import platform
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.errors import CCompilerError, ExecError, PlatformError
from setuptools.modified import newer_group

ROOT = Path(__file__).parent
SOURCES = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "src").rglob("*.[ch]"))
HEADERS = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "fastconv").rglob("*.pxd"))
C_FLAGS = [
    "-std=gnu11", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math",
    "-fvisibility=hidden", "-Wno-psabi", "-Wall", "-Wextra",
]  # fmt: skip
X86_FLAGS = {
    "baseline": "",
    "avx2": "-mavx2 -mfma -mf16c",
    "avx512": ("-mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mf16c -mprefer-vector-width=512"),
}
ARM_FLAGS = {"baseline": "", "neon": ""}
CHECKED = os.environ.get("FASTCONV_WERROR", "") == "1"
LEVEL = "-O0" if CHECKED else "-O3"
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
    return {name: flags[name].split() for name in wanted or flags}


def extensions():
    """One extension per .pyx below fastconv/."""
    return [
        Extension(
            ".".join(path.relative_to(ROOT).with_suffix("").parts),
            [str(path.relative_to(ROOT))],
            include_dirs=["src"],
            define_macros=[("NPY_NO_DEPRECATED_API", "NPY_1_7_API_VERSION")],
            depends=HEADERS + (SOURCES if "simd" in path.read_text() else []),
        )
        for path in sorted((ROOT / "fastconv").rglob("*.pyx"))
    ]


class BuildExt(build_ext):
    def finalize_options(self):
        super().finalize_options()
        if self.editable_mode:
            # pip's own folders are temporary: everything would be compiled again after every edit
            kept = self.distribution.get_command_class("build")(self.distribution)
            kept.ensure_finalized()
            self.build_lib, self.build_temp = kept.build_platlib, kept.build_temp
        if self.parallel is None:
            self.parallel = 2

    def build_extensions(self):
        import numpy

        self.check_compiler()
        compile_args, link_args = self.openmp_flags()
        objects = self.build_kernels()
        for ext in self.extensions:
            ext.include_dirs.append(numpy.get_include())
            ext.extra_compile_args += [LEVEL, *compile_args]
            ext.extra_link_args += link_args
            if ext.name == "fastconv.loops.simd":
                ext.extra_objects += objects
                ext.depends = [*ext.depends, *objects]
        self.cythonize()
        super().build_extensions()

    def cythonize(self):
        """Replace the .pyx by C that lives below build_temp, so that the tree stays clean."""
        from Cython.Build import cythonize

        translated = cythonize(
            self.extensions,
            build_dir=str(Path(self.build_temp) / "cython"),
            include_path=[str(ROOT)],
            language_level=3,
            nthreads=self.parallel or 0,
            force=self.force,
            quiet=True,
        )
        for ext, new in zip(self.extensions, translated, strict=True):
            ext.depends = [*ext.depends, *ext.sources]
            ext.sources = new.sources

    def build_kernels(self):
        """Compile src/kernels.c per instruction set and src/isa.c; return the objects."""
        isas = isa_flags()
        flags = [LEVEL, *C_FLAGS, *(["-Werror"] if CHECKED else [])]
        with ThreadPoolExecutor(self.parallel) as pool:
            built = [
                pool.submit(
                    self.build_object,
                    "src/kernels.c",
                    isa,
                    [*flags, *extra],
                    [("FC_ISA", isa)],
                    rebuild=False,
                )
                for isa, extra in isas.items()
            ]
        objects = [name for job in built for name in job.result()]
        have = [(f"FC_HAVE_{isa.upper()}", "1") for isa in isas]
        # its macros depend on the environment, which no time stamp shows; it is tiny
        objects += self.build_object("src/isa.c", "isa", flags, have, rebuild=True)
        return objects

    def build_object(self, source, folder, flags, macros, rebuild):
        target = str(Path(self.build_temp) / folder)
        objects = self.compiler.object_filenames([source], output_dir=target)
        if rebuild or self.force or newer_group([*SOURCES, "setup.py"], objects[0], "newer"):
            self.compiler.compile(
                [source], output_dir=target, macros=macros, extra_postargs=flags, depends=SOURCES
            )
        return objects

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


setup(ext_modules=extensions(), cmdclass={"build_ext": BuildExt})

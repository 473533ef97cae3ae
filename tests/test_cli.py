"""Test ``python -m fastconv``: every command, its output and its errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from commands import fail, run

import fastconv as fc
from fastconv import config
from fastconv.cli.output import UsageError
from fastconv.cli.problems import literal, problem_of
from fastconv.cli.sweep import varied
from fastconv.planner import store

CONV = ("conv2d", "input=1,4,9,9", "weight=6,4,3,3", "padding=1")
KEY = "conv2d_fwd_f32_n1_g1_c4_k6_i9x9_w3x3_s1x1_p1.1x1.1_d1x1"
QUICK = ("--time-limit", "0.02", "--repeat", "1")


def test_the_module_runs_and_says_which_version():
    found = subprocess.run(
        [sys.executable, "-m", "fastconv", "info"], capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("fastconv") and fc.__version__ in found.stdout
    assert found.stderr == ""


def test_a_closed_pipe_is_no_error():
    words = [sys.executable, "-m", "fastconv", "info"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


# ---------------------------------------------------------------------- compare, explain, problems


def test_compare_takes_an_op_with_options_or_a_key(capsys):
    for words in (CONV, (KEY,)):
        text = run(capsys, "compare", *words, *QUICK)
        assert text.startswith(KEY) and "* " in text
        assert all(name in text for name in ("implicit_gemm", "fft", "naive", "winograd_f4"))


def test_compare_prints_json_and_nothing_else(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "c.png"
    words = ("compare", *CONV, *QUICK, "--json", "--threads", "1", "--plot", str(path))
    found = json.loads(run(capsys, *words))
    assert found["problem"] == KEY and found["threads"] == 1
    assert path.read_bytes().startswith(b"\x89PNG")


def test_threads_last_as_long_as_the_command(capsys):
    before = fc.get_num_threads()
    words = ("compare", *CONV, *QUICK, "--json", "--threads", str(before + 1), "--no-reference")
    found = json.loads(run(capsys, *words))
    assert found["threads"] == before + 1
    assert {row["error"] for row in found["rows"]} == {None}
    assert fc.get_num_threads() == before


def test_explain_names_the_choice_and_the_reasons(capsys):
    text = run(capsys, "explain", *CONV)
    chosen = fc.plan("conv2d", input=(1, 4, 9, 9), weight=(6, 4, 3, 3), padding=1).algorithm
    assert f"\n{chosen}: the choice of auto" in text and f"\n* {chosen} " in text
    assert "one channel only" in text
    assert "\n* naive " in run(capsys, "explain", *CONV, "--workspace-limit", "0")
    assert "error bound" in run(capsys, "explain", KEY, "--accuracy", "high")


IMAGES = {
    "gaussian_filter": (("input=48,64", "dtype=uint8", "sigma=2"), (np.uint8, {"sigma": 2})),
    "maximum_filter": (("input=48,64", "size=9", "dtype=float32"), (np.float32, {"size": 9})),
    "uniform_filter1d": (("input=48,64", "size=5", "axis=0"), (np.float32, {"size": 5, "axis": 0})),
    "sobel": (("input=48,64", "output=int16", "dtype=uint8"), (np.uint8, {"output": np.int16})),
}


@pytest.mark.parametrize("name", IMAGES)
def test_what_is_explained_and_compared_is_what_runs(capsys, name):
    words, (dtype, options) = IMAGES[name]
    with fc.record() as calls:
        getattr(fc.ndimage, name)(np.ones((48, 64), dtype), **options)
    [(key, algorithm)] = calls
    explained = run(capsys, "explain", f"ndimage.{name}", *words)
    assert explained.startswith(f"{key}\n{algorithm}: the choice of auto")
    assert run(capsys, "explain", key) == explained
    for named in ((f"ndimage.{name}", *words), (key,)):
        found = json.loads(run(capsys, "compare", *named, *QUICK, "--json"))
        assert found["problem"] == key and found["chosen"] == algorithm
        times = {row["algorithm"]: row["seconds"] for row in found["rows"]}
        assert times[algorithm] > 0 and times["scipy"] > 0


def test_an_op_is_compared_as_it_is_called(capsys):
    """Several functions may pose a problem; the one that is named runs, here in two dimensions."""
    words = ("signal.convolve2d", "in1=12,9", "in2=3,3", "boundary=symm", "mode=same")
    found = json.loads(run(capsys, "compare", *words, *QUICK, "--json"))
    assert found["problem"].startswith("convolve_f32_i12x9_w3x3_same_mode-symmetric")
    rows = found["rows"]
    assert next(row for row in rows if row["algorithm"] == "naive")["error"] < 1e-6
    words = ("max_pool2d_input", "input_size=1,2,8,8", "grad_output=1,2,4,4", "indices=1,2,4,4")
    rows = json.loads(run(capsys, "compare", *words, *QUICK, "--json"))["rows"]
    assert next(row for row in rows if row["algorithm"] == "naive")["error"] == 0


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (CONV, KEY),
        ((*CONV, "dtype=float64", "bias=6"), None),
        (("conv2d", "input=1,4,9,9", "weight=6,4,3,3", "padding=((1,1),(1,1))"), KEY),
        (("conv2d", "input=[1,4,9,9]", "weight=(6,4,3,3)", "padding=same"), KEY),
        (("max_pool2d", "input=4,9,9", "kernel_size=3", "return_indices=True"), None),
        (("lp_pool1d", "input=1,4,9", "kernel_size=3", "norm_type=inf"), None),
        (("conv2d_input", "input_size=1,4,9,9", "weight=6,4,3,3", "grad_output=1,6,7,7"), None),
        (("convolve", "in1=100,", "in2=7,", "mode=same", "dtype=int32"), None),
        ((KEY,), KEY),
    ],
)
def test_problems_from_words(words, key):
    problem = problem_of(words)
    if key is None:
        key = problem.key()
    assert problem.key() == key
    assert problem_of((key,)) == problem


def test_literals():
    texts = ("1", "1,2", "((1, 2), (0, 1))", "True", "None", "inf", "same", "1.5", "a,b")
    expected = [1, (1, 2), ((1, 2), (0, 1)), True, None, np.inf, "same", 1.5, "a,b"]
    assert [literal(text) for text in texts] == expected


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "command"),
        (("compare",), "problem"),
        (("juggle",), "juggle"),
        (("compare", "conv2x", "input=3"), "such as conv2d"),
        (("compare", "conv2d_fwd_f32"), "not a problem key"),
        (("explain", "conv2d", "input=1,4,9,9"), "weight is missing"),
        (("explain", *CONV, "stride=0"), "stride"),
        (("explain", *CONV, "stide=1"), "stide"),
        (("explain", *CONV, "stride"), "name=value"),
        (("explain", *CONV, "padding=2"), "given twice"),
        (("explain", *CONV, "algorithm=fft"), "algorithm"),
        (("explain", *CONV, "dtype=float7"), "float7"),
        (("explain", *CONV, "--threads", "0"), "--threads"),
        (("explain", *CONV, "--threads", "two"), "--threads"),
        (("explain", *CONV, "--accuracy", "best"), "--accuracy"),
        (("explain", *CONV, "--workspace-limit", "-1"), "workspace_limit"),
        (("compare", *CONV, "--time-limit", "0"), "time_limit"),
        (("compare", *CONV, "--plot", "no/folder/x.png", *QUICK), "No such file"),
        (("compare", *CONV, "--plot", "x.nonsense", *QUICK), "nonsense"),
    ],
)
def test_errors_are_one_line(capsys, words, message):
    if "--plot" in words:
        pytest.importorskip("matplotlib")
    assert message in fail(capsys, *words)


# ------------------------------------------------------------------------------------------ sweep


def test_sweep_prints_a_line_per_value(capsys, tmp_path):
    pytest.importorskip("matplotlib")
    path = tmp_path / "s.png"
    words = ("sweep", "conv2d", "input=1,2,16,16", "weight=2,2,K,K", "padding=same")
    text = run(capsys, *words, "--vary", "K=1:7:2", *QUICK, "--plot", str(path))
    lines = text.splitlines()
    assert [line.split()[0] for line in lines[4:8]] == ["1", "3", "5", "7"]
    assert all(line.count("*") == 1 for line in lines[4:8])
    assert path.read_bytes().startswith(b"\x89PNG")


def test_sweep_prints_json(capsys):
    words = ("sweep", "conv1d", "input=1,C,16", "weight=4,C,3", "--vary", "C=1,4", "--json")
    found = json.loads(run(capsys, *words, *QUICK))
    assert [point["C"] for point in found] == [1, 4]
    assert "_c4_" in found[1]["problem"]


def test_sweep_takes_filters_of_images(capsys):
    words = ("sweep", "ndimage.gaussian_filter", "input=48,64", "dtype=uint8", "sigma=K")
    found = json.loads(run(capsys, *words, "--vary", "K=1,3", "--json", *QUICK))
    assert [point["chosen"] for point in found] == ["separable", "separable"]
    assert found[1]["problem"] == "ndimage.gaussian-filter_u8_i48x64_t0g3.0r12*1g3.0r12"


def test_ranges():
    assert varied("K=3:31:4") == ("K", [3, 7, 11, 15, 19, 23, 27, 31])
    assert varied("n=1:3") == ("n", [1, 2, 3])
    assert varied("n=16:200:x2") == ("n", [16, 32, 64, 128])
    assert varied("n=5,1") == ("n", [5, 1])
    for text in ("K", "K=", "K=1:", "K=5:1", "K=1:9:0", "K=0:9:x2", "K=1:9:x1", "K=1:9999"):
        with pytest.raises(UsageError, match="--vary"):
            varied(text)


def test_a_letter_that_is_nowhere_is_an_error(capsys):
    assert "nowhere" in fail(capsys, "sweep", *CONV, "--vary", "K=1:3")
    message = fail(capsys, "sweep", "conv1d", "input=1,1,4", "weight=1,1,K", "--vary", "K=1:6")
    assert "weight" in message


# ------------------------------------------------------------------------------------- tune, info


def test_tune_shows_progress_and_where_it_saved(capsys, monkeypatch):
    def calibrate(progress):
        progress("gemm_rate", 0, 2)
        progress("fork", 1, 2)
        return {"gemm_rate": 1e9, "fork": 1e-6}

    monkeypatch.setattr("fastconv.planner.tune.calibrate", calibrate)
    text = run(capsys, "tune")
    assert text.startswith("measuring 1/2: gemm_rate\nmeasuring 2/2: fork\n")
    assert "1e+09  per second" in text and "1e-06  seconds" in text
    assert text.endswith(f"saved: {store.cache_file()}\n")


def test_info_tells_everything(capsys):
    text = run(capsys, "info")
    for name in ("Python", "NumPy", "SciPy", "CPU", "compiler", "OpenMP", "threads", "wisdom"):
        assert f"\n{name} " in text
    assert config.current_isa() in text and str(store.cache_file()) in text
    assert os.environ["FASTCONV_CACHE_DIR"] in text
    fc.show_config()
    assert capsys.readouterr().out == text


def test_info_as_json(capsys):
    found = json.loads(run(capsys, "info", "--json"))
    assert found["fastconv"] == fc.__version__
    assert set(found["isas_available"]) <= set(found["isas_built"])
    assert found["isa"] in found["isas_available"]
    assert found["constants"] in ("shipped", "measured")
    assert found["threads"] == fc.get_num_threads()


def test_info_says_where_the_number_of_threads_comes_from(capsys, monkeypatch):
    with fc.threads(3):
        assert "3, from set_num_threads" in run(capsys, "info")
    variables = {**os.environ, "FASTCONV_NUM_THREADS": "5"}
    words = [sys.executable, "-m", "fastconv", "info"]
    text = subprocess.run(words, env=variables, capture_output=True, text=True, check=True).stdout
    assert "5, from FASTCONV_NUM_THREADS" in text
    variables["FASTCONV_NUM_THREADS"] = "many"
    bad = subprocess.run(words, env=variables, capture_output=True, text=True)
    assert bad.returncode == 2 and bad.stderr.count("\n") == 1
    assert "FASTCONV_NUM_THREADS" in bad.stderr


# ------------------------------------------------------------------------------------------- rich


@pytest.fixture
def on_a_terminal(monkeypatch):
    monkeypatch.setattr("fastconv.cli.output.interactive", lambda: True)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("TERM", "xterm")


def test_rich_tables_say_the_same(capsys, on_a_terminal):
    pytest.importorskip("rich")
    text = run(capsys, "compare", *CONV, *QUICK)
    assert KEY in text and "GFLOP/s" in text and "one channel only" in text
    assert "─" in text
    assert "constant" in run_tune(capsys)


def test_plain_text_without_rich(capsys, on_a_terminal, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "rich"]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "rich", None)
    text = run(capsys, "compare", *CONV, *QUICK)
    assert KEY in text and "GFLOP/s" in text and "─" not in text
    assert "measuring 1/1" in run_tune(capsys)


def run_tune(capsys):
    """Return the output of ``tune`` if there is nothing to measure."""
    with pytest.MonkeyPatch.context() as patch:

        def calibrate(progress):
            progress("fork", 0, 1)
            return {"fork": 1e-6}

        patch.setattr("fastconv.planner.tune.calibrate", calibrate)
        return run(capsys, "tune")


def test_importing_the_command_line_imports_neither_matplotlib_nor_rich():
    code = "import sys, fastconv.cli; print({'matplotlib', 'rich', 'PIL'} & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(fc.__file__).parent.parent,
    )  # fmt: skip
    assert found.stdout.strip() == "set()"


def test_wisdom(capsys, fresh_wisdom):
    assert "0 measured choices" in run(capsys, "wisdom", "show")
    fc.plan("conv1d", input=(1, 8, 500), weight=(8, 8, 5), effort="measure", time_limit=0.1)
    text = run(capsys, "wisdom", "show")
    assert "conv1d_fwd" in text and "1 measured choice" in text
    assert "1 choices" in run(capsys, "wisdom", "forget")
    assert "0 measured choices" in run(capsys, "wisdom", "show")

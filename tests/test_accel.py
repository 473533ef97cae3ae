"""Test fastconv.accel: what stands where, what it returns, and who has answered."""

import inspect
import pickle
import subprocess
import sys
import threading
import warnings

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from faces import assert_agrees, outcome, random_array
from hypothesis import given, settings
from hypothesis import strategies as st

import fastconv.accel as accel
from fastconv.accel.replacements import PLACES, names_of

MODULES = {"numpy": np, "scipy.signal": scipy.signal, "scipy.ndimage": scipy.ndimage}
ORIGINALS = {
    (place, name): getattr(module, name)
    for place, module in MODULES.items()
    for name in names_of(place)
}


@pytest.fixture(autouse=True)
def nothing_installed():
    accel.uninstall()
    yield
    accel.uninstall()


def in_place():
    """Return the modules of which all functions are replaced; none may be replaced in part."""
    found = set()
    for place, module in MODULES.items():
        replaced = {getattr(module, n) is not ORIGINALS[place, n] for n in names_of(place)}
        assert len(replaced) == 1, place
        if replaced == {True}:
            found.add(place)
    return found


# ----------------------------------------------------------------------------------- in and out


def test_every_function_of_the_faces_has_a_place():
    assert names_of("numpy") == ("convolve", "correlate")
    signal, ndimage = set(names_of("scipy.signal")), set(names_of("scipy.ndimage"))
    assert {"lfilter", "correlate", "upfirdn", "choose_conv_method"} <= signal
    assert {"gaussian_filter", "sobel", "maximum_filter1d"} <= ndimage


def test_one_uninstall_undoes_any_number_of_installs():
    assert in_place() == set()
    accel.install()
    accel.install(("scipy.signal",))
    accel.install()
    assert in_place() == set(MODULES)
    accel.uninstall()
    assert in_place() == set()
    accel.uninstall()


def test_targets():
    accel.install(("numpy",))
    assert in_place() == {"numpy"}
    accel.install("scipy.ndimage")
    assert in_place() == {"numpy", "scipy.ndimage"}


def test_blocks_restore_the_state_before_them():
    with accel.installed():
        assert in_place() == set(MODULES)
        with accel.installed(("numpy",)):
            pass
        assert in_place() == set(MODULES)
    assert in_place() == set()
    accel.install(("numpy",))
    with accel.installed(("scipy.signal",)):
        assert in_place() == {"numpy", "scipy.signal"}
        accel.uninstall()
        assert in_place() == set()
    assert in_place() == {"numpy"}
    with pytest.raises(KeyError), accel.installed():
        raise KeyError
    assert in_place() == {"numpy"}


def test_unknown_and_missing_targets():
    with pytest.raises(ValueError, match="targets has 'scipy.fft'; allowed: numpy"):
        accel.install(("numpy", "scipy.fft"))
    assert in_place() == set()
    code = (
        "import fastconv.accel as a\n"
        "import sys\n"
        "sys.modules['fastconv.astropy'] = None\n"
        "import importlib.util as u\n"
        "found = u.find_spec\n"
        "from fastconv.accel import places\n"
        "places.find_spec = lambda n: None if n == 'fastconv.astropy' else found(n)\n"
        "a.install(); print(sorted(places._placed))\n"
        "try: a.install(('astropy.convolution',))\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    first, second = done.stdout.splitlines()
    assert first == "['numpy', 'scipy.ndimage', 'scipy.signal']", done.stderr
    assert second.startswith("targets has 'astropy.convolution', and there is no module")


def test_what_another_program_has_put_there_stays():
    accel.install()
    mine = scipy.ndimage.sobel = lambda *args: None
    accel.uninstall()
    try:
        assert scipy.ndimage.sobel is mine
    finally:
        scipy.ndimage.sobel = ORIGINALS["scipy.ndimage", "sobel"]
    assert in_place() == set()


@pytest.mark.parametrize(("place", "name"), ORIGINALS)
def test_replacements_look_like_the_originals(place, name):
    original = ORIGINALS[place, name]
    accel.install()
    replacement = getattr(MODULES[place], name)
    assert replacement.__module__.startswith("fastconv.")
    assert replacement.__wrapped__ is original
    assert (replacement.__name__, replacement.__doc__) == (original.__name__, original.__doc__)
    if name != "sepfir2d":
        assert inspect.signature(replacement) == inspect.signature(original)
    assert pickle.loads(pickle.dumps(replacement)) is replacement
    accel.install()
    assert getattr(MODULES[place], name) is replacement


def test_a_replacement_that_stays_behind_calls_the_original():
    accel.install()
    convolve = np.convolve
    accel.uninstall()
    accel.install(("scipy.signal",))
    assert convolve(np.ones(100), np.ones(100)).size == 199
    assert accel.report().rows == ()


def test_nothing_recurses():
    """Test functions that fastconv hands back, and those of SciPy that call each other."""
    image = np.arange(30, dtype=np.int64).reshape(5, 6)
    expected = [
        scipy.ndimage.gaussian_filter(image, 1), scipy.ndimage.sobel(image.astype(np.float64)),
        scipy.signal.lfilter([1.0], [1.0, 0.5], image[0]),
        scipy.signal.filtfilt(np.ones(3), 1, np.arange(20.0), padlen=0),
    ]  # fmt: skip
    with accel.installed():
        import fastconv as fc

        found = [
            scipy.ndimage.gaussian_filter(image, 1),
            fc.ndimage.sobel(image.astype(np.float64), algorithm="scipy"),
            fc.signal.lfilter([1.0], [1.0, 0.5], image[0]),
            scipy.signal.filtfilt(np.ones(3), 1, np.arange(20.0), padlen=0),
        ]
        assert fc.ndimage.gaussian_laplace(image.astype("f4"), 1.7).shape == image.shape
        assert fc.signal.find_peaks is scipy.signal.find_peaks
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_threads_install_and_call():
    x, w = np.ones(500), np.ones(40)
    expected, wrong = ORIGINALS["numpy", "convolve"](x, w), []

    def work(seed):
        for i in range(40):
            if (i + seed) % 3 == 0:
                accel.install()
            elif (i + seed) % 7 == 0:
                accel.uninstall()
            if not np.allclose(np.convolve(x, w), expected):
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    accel.uninstall()
    assert in_place() == set()


def test_calls_of_all_threads_are_counted():
    with accel.installed():
        threads = [
            threading.Thread(target=lambda: [np.convolve(np.ones(90), np.ones(90))] * 1)
            for _ in range(8)
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (row,) = accel.report().rows
    assert (row.function, row.calls, row.answered) == ("numpy.convolve", 8, 8)


# ---------------------------------------------------------------------------------------- results


def agree(place, name, *args, **kwargs):
    """Assert that a replacement does what the original does."""
    original = ORIGINALS[place, name]
    with accel.installed():
        assert_agrees(getattr(MODULES[place], name), original, *args, **kwargs)


DTYPES = ("bool", "int8", "uint8", "int64", "uint64", "float16", "float32", "float64", "complex64",
          "complex128", "longdouble", "object")  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(["convolve", "correlate"]), st.integers(0, 120), st.integers(0, 120),
       st.sampled_from(DTYPES), st.sampled_from(DTYPES),
       st.sampled_from(["full", "same", "valid", 1, "other", None]),
       st.integers(0, 2**32))  # fmt: skip
def test_numpys_functions(name, n, m, first, second, mode, seed):
    rng = np.random.default_rng(seed)
    a, v = (
        random_array(rng, size, "float64" if dtype in ("object", "longdouble") else dtype)
        .astype(dtype)
        for size, dtype in ((n, first), (m, second))
    )  # fmt: skip
    original = ORIGINALS["numpy", name]
    with accel.installed(("numpy",)):
        arguments = (a, v) if mode is None else (a, v, mode)
        expected, error, warned = outcome(original, *arguments)
        result, our_error, our_warned = outcome(getattr(np, name), *arguments)
    assert type(our_error) is type(error) and str(our_error) == str(error)
    if error is not None:
        return
    assert (type(result), result.dtype, result.shape) == (
        type(expected), expected.dtype, expected.shape,
    )  # fmt: skip
    assert warned == our_warned
    if result.dtype.kind in "fc":
        eps = {"e": 2e-2, "f": 1e-4, "F": 1e-4}.get(result.dtype.char, 1e-12)
        largest = np.abs(expected.astype("D")).max()
        assert np.abs((result - expected).astype("D")).max() <= eps * largest
    else:
        np.testing.assert_array_equal(result, expected)


def test_arrays_of_special_kinds():
    rng = np.random.default_rng(0)
    image = rng.standard_normal((40, 50))
    image.flags.writeable = False
    agree("scipy.ndimage", "gaussian_filter", image, 1.5)
    agree("scipy.ndimage", "gaussian_filter", np.float64(3), 1)
    agree("scipy.signal", "convolve", np.array(2.0), np.array(3))
    agree("scipy.ndimage", "gaussian_filter", image, 1.5, output=np.float32)
    agree("scipy.ndimage", "uniform_filter", np.ma.masked_less(image, 0), 3)
    agree("scipy.signal", "convolve2d", np.asmatrix(image), np.ones((2, 2)))
    output = np.empty((40, 50))
    with accel.installed():
        assert scipy.ndimage.gaussian_filter(image, 1.5, output=output) is output
        with pytest.raises(RuntimeError):
            scipy.ndimage.gaussian_filter(image, 1.5, output=np.empty(3))
        masked = np.convolve(np.ma.array(image[0]), np.ones(300))
        assert type(masked) is type(ORIGINALS["numpy", "convolve"](image[0], image[0]))


def test_other_libraries_keep_their_rules():
    class Elsewhere:
        def __array_function__(self, function, types, args, kwargs):
            return "theirs"

        def __array__(self, dtype=None, copy=None):
            raise AssertionError("it was converted")

    with accel.installed():
        assert np.convolve(Elsewhere(), np.ones(3)) == "theirs"
        assert np.correlate(np.ones(3), v=Elsewhere()) == "theirs"
    (first, second) = accel.report().rows
    assert first.handed_back == second.handed_back == 1


def test_errors_are_the_originals():
    calls = [
        ("numpy", "convolve", ([], [1])),
        ("numpy", "convolve", (np.ones((2, 2)), [1])),
        ("numpy", "convolve", ()),
        ("scipy.signal", "convolve", (np.ones(3), np.ones((2, 2)))),
        ("scipy.signal", "lfilter", ([], 1, np.ones(3))),
        ("scipy.signal", "correlate", (np.ones(3), np.ones(2), "none")),
        ("scipy.ndimage", "gaussian_filter", (np.ones(3), "wide")),
        ("scipy.ndimage", "sobel", (np.ones(3), 5)),
    ]
    for place, name, args in calls:
        *_, error = outcome(ORIGINALS[place, name], *args)[:2]
        with accel.installed():
            *_, ours = outcome(getattr(MODULES[place], name), *args)[:2]
        assert type(ours) is type(error) and str(ours) == str(error), (name, args)
    with accel.installed(), pytest.raises(TypeError, match="algorithm"):
        scipy.signal.convolve([1.0], [1.0], algorithm="direct")
    with accel.installed(), pytest.raises(TypeError):
        scipy.signal.correlate([1.0], [1.0], lags=(0, 0))


def test_warnings_are_the_originals():
    x = np.array([1.0, np.nan, 2.0])
    agree("scipy.signal", "convolve", x, x, method="fft")
    with accel.installed(), warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RuntimeWarning):
            scipy.signal.convolve(x, x, method="fft")


def test_calls_that_would_stop_the_process_are_refused():
    with accel.installed(), pytest.raises(ValueError, match="hrow has 9"):
        scipy.signal.sepfir2d(np.ones((4, 3), np.longdouble), np.ones(9), np.ones(3))


# ----------------------------------------------------------------------------------------- report


def test_the_report_tells_who_has_answered():
    image = np.random.default_rng(0).standard_normal((30, 40))
    with accel.installed():
        assert "no function" in str(accel.report())
        for _ in range(3):
            scipy.ndimage.gaussian_filter(image, 1)
        scipy.ndimage.gaussian_filter(image.astype(int), 1)
        scipy.signal.lfilter([1.0], [1.0, 0.5], image[0])
    found = accel.report().to_dict()
    blur, feedback = found["scipy.ndimage.gaussian_filter"], found["scipy.signal.lfilter"]
    assert (blur["calls"], blur["answered"], blur["handed_back"]) == (4, 3, 1)
    assert (feedback["calls"], feedback["handed_back"]) == (1, 1)
    assert blur["seconds"] > 0
    table = str(accel.report()).splitlines()
    assert " ".join(table[0].split()) == "function calls answered by fastconv handed back seconds"
    assert len(table) == 3
    accel.install()  # counts anew
    assert accel.report().rows == ()


def test_places_are_importable_by_the_names_that_pickle_has():
    assert set(PLACES) >= set(MODULES)
    code = (
        "import pickle, sys\n"
        "f = pickle.loads(bytes.fromhex(sys.argv[1]))\n"
        "print(f([1, 2], [1, 1]).tolist(), f.__wrapped__.__module__)"
    )
    accel.install()
    text = pickle.dumps(np.convolve).hex()
    done = subprocess.run(
        [sys.executable, "-c", code, text], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["[1,", "3,", "2]", "numpy"], done.stderr
    with pytest.raises(AttributeError, match="numpy_dot"):
        _ = __import__("fastconv.accel.functions", fromlist=["x"]).numpy_dot


def test_objects_of_astropy_are_computed():
    convolution = pytest.importorskip("astropy.convolution")
    from astropy import units
    from astropy.nddata import NDData

    image = np.random.default_rng(0).standard_normal((30, 40))
    image[3, 5] = np.nan
    kernel = convolution.Gaussian2DKernel(1.5)
    given = [image, image * units.adu, np.ma.masked_greater(image, 1), NDData(image)]
    expected = [convolution.convolve(array, kernel) for array in given]
    with accel.installed():
        results = [convolution.convolve(array, kernel) for array in given]
        transformed = convolution.convolve_fft(image, kernel)
    for result, theirs in zip(results, expected, strict=True):
        assert type(result) is type(theirs)
        np.testing.assert_allclose(result, theirs, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(
        transformed, convolution.convolve_fft(image, kernel), rtol=1e-12, atol=1e-14
    )
    found = accel.report().to_dict()
    assert found["astropy.convolution.convolve"]["answered"] == len(given)
    assert found["astropy.convolution.convolve_fft"]["answered"] == 1

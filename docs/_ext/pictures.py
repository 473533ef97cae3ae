"""The pictures of the gallery: those that an example writes, in the order of its pages."""

from pathlib import Path

from sphinx_gallery.scrapers import figure_rst

#: folders to which examples write
FOLDERS = ("pictures", "demo")
#: the examples, the first ones first; others follow in the order of the alphabet
FIRST = (
    "filter_photograph", "denoise_signal", "template_matching", "deblur", "multiscale",
    "run_network", "lenet", "gallery", "features", "demo",
)  # fmt: skip


class Order:
    """Order of the examples: a key for `sorted`, from the name of a file."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, name):
        stem = Path(name).stem
        return (FIRST.index(stem) if stem in FIRST else len(FIRST), stem)


def scraper(block, variables, settings):
    """Move the pictures that a block has written to the gallery; return reST that shows them.

    Parameters
    ----------
    block : tuple
        The kind of the block, its text and its line, which are not looked at.
    variables : dict
        What sphinx-gallery knows of the example.
    settings : dict
        ``sphinx_gallery_conf``.

    Returns
    -------
    str
        The pictures in reST.
    """
    here = Path(variables["src_file"]).parent
    found = [p for folder in FOLDERS for p in (here / folder).glob("*.png")]
    paths = []
    for picture in sorted(found, key=lambda p: p.stat().st_mtime_ns):
        target = Path(next(variables["image_path_iterator"]))
        target.write_bytes(picture.read_bytes())
        picture.unlink()
        paths.append(str(target))
    return figure_rst(paths, settings["src_dir"])

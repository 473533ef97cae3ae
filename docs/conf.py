"""Settings of Sphinx: `make docs` builds the site into build/site.

The environment variable FASTCONV_DOCS=quick leaves out the examples that take long.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

import fastconv  # noqa: E402

#: examples that take more than a few seconds
HEAVY = ("demo", "features", "lenet")
QUICK = os.environ.get("FASTCONV_DOCS") == "quick"

project = "fastconv"
author = "the developers of fastconv"
copyright = author  # noqa: A001 - Sphinx reads this name
version = release = fastconv.__version__
html_title = f"fastconv {release}"

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "docstrings",
    "api_pages",
    "pages_elsewhere",
    "other_pages",
    "asv_pages",
]
exclude_patterns = ["gallery/*.ipynb", "gallery/*.py", "gallery/*.md5"]
templates_path = ["_templates"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
default_role = "code"

# ------------------------------------------------------------------------------------- the theme
html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "fastconv"},
    "navbar_align": "left",
    "header_links_before_dropdown": 7,
    "show_toc_level": 2,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "default",
}
html_sidebars = {"index": [], "changelog": [], "gallery/index": []}

# ------------------------------------------------------------------------------- pages and links
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

# ------------------------------------------------------------------------------------- reference
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# --------------------------------------------------------------------------------------- gallery
sphinx_gallery_conf = {
    "examples_dirs": str(ROOT / "examples"),
    "gallery_dirs": "gallery",
    # those that run; the others are shown without pictures
    "filename_pattern": rf"/(?!{'|'.join(HEAVY)})\w+\.py$" if QUICK else r"\.py$",
    "image_scrapers": ("pictures.scraper",),
    "reset_modules": (),
    "within_subsection_order": "pictures.Order",
    "default_thumb_file": str(ROOT / "docs" / "_static" / "no-picture.png"),
    "download_all_examples": False,
    "show_memory": False,
    "show_signature": False,
    "plot_gallery": True,
    "abort_on_example_error": True,
    "min_reported_time": 5,
    "write_computation_times": False,
    "nested_sections": False,
}

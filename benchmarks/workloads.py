"""Programs of other packages that `accelerated.py` times: pictures, sound, stars, brains, cells.

Each function imports what it needs, makes the data, and returns the program as a function without
arguments. The programs call the packages as their documentation does.
"""

import numpy as np


def _camera():
    from skimage import data, util

    return util.img_as_float(data.camera())


def canny():
    from skimage.feature import canny

    image = _camera()
    return lambda: canny(image, sigma=2)


def frangi():
    from skimage.filters import frangi

    image = _camera()
    return lambda: frangi(image)


def gabor():
    from skimage.filters import gabor

    image = _camera()
    return lambda: gabor(image, frequency=0.2, theta=0.5)


def corner_harris():
    from skimage.feature import corner_harris

    image = _camera()
    return lambda: corner_harris(image)


def unsharp_mask():
    from skimage import data
    from skimage.filters import unsharp_mask

    image = data.astronaut()
    return lambda: unsharp_mask(image, radius=3, amount=1, channel_axis=2)


def structural_similarity():
    from skimage.metrics import structural_similarity

    image = _camera()
    noisy = image + np.random.default_rng(0).normal(0, 0.05, image.shape)
    return lambda: structural_similarity(image, noisy, data_range=1.0)


def richardson_lucy():
    from scipy.signal import convolve2d
    from skimage.restoration import richardson_lucy

    psf = np.ones((5, 5)) / 25
    image = convolve2d(_camera(), psf, "same")
    image += np.random.default_rng(0).normal(0, 0.01, image.shape)
    return lambda: richardson_lucy(image, psf, num_iter=30)


def match_template():
    from skimage.feature import match_template

    image = _camera()
    template = image[100:140, 200:240]
    return lambda: match_template(image, template)


def harmonic_percussive():
    """Split half a minute of sound into what lasts and what strikes, by medians of its spectrum."""
    import librosa

    rng = np.random.default_rng(0)
    seconds = np.arange(30 * 22050) / 22050
    sound = np.sin(2 * np.pi * 440 * seconds) + 0.1 * rng.standard_normal(seconds.size)
    sound[::11025] += 5
    spectrum = librosa.stft(sound.astype(np.float32))
    return lambda: librosa.decompose.hpss(spectrum)


def photometry_background():
    """Subtract the background of an image of stars with missing pixels, and smooth the rest."""
    from astropy.convolution import Gaussian2DKernel, convolve, interpolate_replace_nans
    from astropy.stats import sigma_clip

    rng = np.random.default_rng(0)
    sky = 100 + rng.normal(0, 5, (512, 512)) + np.linspace(0, 20, 512)
    rows, columns = rng.integers(0, 512, (2, 300))
    sky[rows, columns] += rng.uniform(50, 5000, 300)
    stars = convolve(sky, Gaussian2DKernel(1.5), boundary="extend")
    stars[rng.random(stars.shape) < 0.01] = np.nan
    wide, narrow = Gaussian2DKernel(8), Gaussian2DKernel(2)

    def run():
        clipped = sigma_clip(stars, sigma=3, maxiters=5)
        background = convolve(clipped.filled(np.nan), wide, boundary="extend")
        whole = interpolate_replace_nans(stars - background, narrow)
        return convolve(whole, narrow)

    return run


def smoothed_brain():
    """Smooth a series of volumes to a width of 6 mm."""
    import nibabel
    from nilearn.image import smooth_img

    data = np.random.default_rng(0).standard_normal((64, 64, 36, 20)).astype(np.float32)
    series = nibabel.Nifti1Image(data, np.diag([3.0, 3.0, 3.0, 1.0]))
    return lambda: smooth_img(series, fwhm=6)


def segmented_cells():
    """Find and separate the coins of a picture: top hat, threshold, opening, watershed."""
    from scipy import ndimage
    from skimage import data, filters, measure, morphology, segmentation

    image = data.coins()

    def run():
        flat = morphology.white_tophat(image, morphology.disk(30))
        smooth = ndimage.gaussian_filter(flat, 2)
        marks = smooth > filters.threshold_otsu(smooth)
        marks = ndimage.binary_fill_holes(ndimage.binary_opening(marks, morphology.disk(5)))
        depth = ndimage.gaussian_filter(ndimage.distance_transform_edt(marks), 2)
        peaks = (depth == ndimage.maximum_filter(depth, 15)) & marks
        seeds = measure.label(peaks)
        return segmentation.watershed(-depth, seeds, mask=marks)

    return run


WORKLOADS = {
    "scikit-image canny": canny,
    "scikit-image frangi": frangi,
    "scikit-image gabor": gabor,
    "scikit-image corner_harris": corner_harris,
    "scikit-image unsharp_mask": unsharp_mask,
    "scikit-image structural_similarity": structural_similarity,
    "scikit-image richardson_lucy": richardson_lucy,
    "scikit-image match_template": match_template,
    "librosa hpss": harmonic_percussive,
    "astropy background of stars": photometry_background,
    "nilearn smooth_img": smoothed_brain,
    "scikit-image segmentation": segmented_cells,
}

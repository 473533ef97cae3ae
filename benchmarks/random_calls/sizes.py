"""Draw the sizes of images and kernels: equal, thin, prime, ones, long along one axis."""

import math

#: primes that sizes are moved to
_PRIMES = (2, 3, 5, 7, 11, 13, 31, 61, 127, 251, 509, 1021, 4093, 16381, 65521, 262139, 1048573)


def image_shape(draw, most, axes=None):
    """Return the shape of an image of one to four axes with about 1 to `most` elements.

    Parameters
    ----------
    draw : Draw
    most : int
        Largest number of elements, which a few shapes exceed a little.
    axes : int, optional
        Number of axes. The default is a random number.
    """
    axes = axes or draw.choice((1, 1, 1, 2, 2, 2, 2, 3, 3, 4))
    total = draw.spread(1, most)
    way = draw.random()
    if way < 0.3:  # equal sizes
        sizes = [max(1, round(total ** (1 / axes)))] * axes
    elif way < 0.45:  # thin
        sizes = [draw.choice((1, 2, 3)) for _ in range(axes)]
        place = draw.randrange(axes)
        sizes[place] = max(1, total // max(1, math.prod(sizes)))
    else:
        cuts = [draw.random() + 0.1 for _ in range(axes)]
        sizes = [max(1, round(total ** (c / sum(cuts)))) for c in cuts]
    if axes > 1 and draw.chance(0.2):  # channels of a picture
        sizes[-1] = draw.choice((1, 1, 3))
    if axes > 1 and draw.chance(0.1):
        sizes[draw.randrange(axes)] = 1
    if draw.chance(0.25):
        sizes = [prime_near(n) for n in sizes]
    elif draw.chance(0.2):
        sizes = [1 << round(math.log2(n)) for n in sizes]
    return tuple(sizes)


def prime_near(n):
    """Return the largest prime of the table that is at most `n`, or `n` if it is 1."""
    return max((p for p in _PRIMES if p <= n), default=n)


def kernel_shape(draw, image, largest=None):
    """Return the shape of a kernel for an image.

    Parameters
    ----------
    draw : Draw
    image : tuple of int
    largest : float, optional
        Largest size of the kernel, relative to the image. The default is a size beyond the image.
    """
    way = draw.random()
    if way < 0.2:
        sizes = list(image)
    elif way < 0.3:
        sizes = [max(1, n // 2 + draw.choice((-1, 0, 1))) for n in image]
    elif way < 0.55:
        size = draw.choice((1, 2, 3, 3, 4, 5, 7, 9))
        sizes = [size if draw.chance(0.8) else 1 for _ in image]
    elif way < 0.75:
        sizes = [draw.spread(1, n) for n in image]
    elif way < 0.9:  # long along one axis
        sizes = [1] * len(image)
        place = draw.randrange(len(image))
        sizes[place] = draw.spread(1, image[place])
    elif largest is None:
        sizes = [draw.spread(max(1, n // 2), 2 * n) for n in image]
    else:
        sizes = [draw.choice((7, 11, 15, 25, 31)) for _ in image]
    if len(image) > 1 and image[-1] <= 3 and draw.chance(0.6):
        sizes[-1] = 1
    if largest is not None:
        sizes = [max(1, min(k, int(n * largest))) for k, n in zip(sizes, image, strict=True)]
    return tuple(sizes)

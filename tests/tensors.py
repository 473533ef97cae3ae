"""A comparison of tensors that several test files share."""


def near(actual, expected, tolerance=1e-5):
    """Check that two tensors have one shape and dtype and differ little in the largest norm."""
    assert actual.shape == expected.shape and actual.dtype == expected.dtype
    if expected.numel():
        assert (actual - expected).abs().max() <= tolerance * expected.abs().max()

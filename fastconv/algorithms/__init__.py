"""Algorithms: one module each, under the contract of `base.Algorithm`.

`base` has the contract, `names` the permanent names, `kinds` tells kinds of problems apart, and
`registry` lists all algorithms in one explicit order. The first lines of each module say which
algorithms it has, and for which problems.

=====================================================  ===========================================
modules                                                what is there
=====================================================  ===========================================
`direct`, `im2col`, `implicit_gemm`, `winograd`,       convolutions of networks and of arrays
`fft`, `fft_tiled`
`separable`, `box`                                     filters whose kernels have a structure
`pooling`, `footprint`, `structure`                    maxima, means and norms over windows
`sorting`, `running`, `ordinal`                        medians and other ranks
`polyphase`                                            changes of the sampling rate
`grad`, `pool_backward`                                gradients of weights and of poolings
`local`, `unfold`, `lp`                                unshared convolution; windows as columns;
                                                       norms of any p
`integer`, `integer_naive`, `rounded`, `settled`       images whose results are SciPy's integers
`naive`, `scipy`                                       the definition; SciPy's own function
`stepwise`, `bordered`, `turned`, `tiled`, `planar`,   problems that are computed by the algorithms
`half`, `exact`, `stride_phases`, `missing`,           for other problems
`matching`, `morphology`
=====================================================  ===========================================

These hold what several of them share:

===============================================  =================================================
`reading`, `tap_costs`                           parts of cost models
`direct_loops`, `direct_costs`                   the loops of `direct`, and what they take
`phases`                                         phases of a stride along one axis
`borders`, `windows`                             borders of images; sums over single windows
`kept`                                           what is made of weights, for images of all sizes
`contained`, `infinities`                        a NaN or an infinity stays in its windows
`exact_bounds`, `exact_operands`                 when integers are exact in floating point; their
                                                 digits
`integer_filters`, `integer_sums`,               sums of `integer`, `rounded` and `settled`, and
`integer_fixed`, `integer_reals`, `doubt`        which of their integers have to be checked
`fft_lengths`, `fft_spectra`                     lengths of the transforms of `fft`; what it runs
`transforms`, `long_lines`, `whole`              Fourier transforms
===============================================  =================================================
"""

/* One axis of a stride phase, see stride_phases.py: the source that a target and a tap read is
 * offset + target * stride + tap * dilation. */
struct PhaseAxis {
    int targets, taps, source_length, offset, stride, dilation, boundary;
    int target_offset, target_stride, target_length, first_tap, tap_stride, unit;
};

/* Source position of a target and a tap, -1 in the padding. */
__device__ int source_at(const PhaseAxis &a, int target, int tap)
{
    return continued<int>(a.offset + target * a.stride + tap * a.dilation, a.source_length,
                          a.boundary, a.unit);
}

/* Position of a target along its axis. */
__device__ int target_at(const PhaseAxis &a, int target)
{
    return a.target_offset + target * a.target_stride;
}

/* Number of a tap in the kernel. */
__device__ int kernel_tap(const PhaseAxis &a, int tap) { return a.first_tap + tap * a.tap_stride; }

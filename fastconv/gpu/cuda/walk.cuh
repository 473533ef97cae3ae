/* Targets walking over their sources along one axis: see walks.py. */
struct Walk {
    int targets, taps, source, start, step, reach, boundary, to, to_step, size, tap, tap_step, unit;
};

/* Source position of a target and a tap, -1 for padding. */
__device__ int source_at(const Walk &w, int target, int tap)
{
    return continued<int>(w.start + target * w.step + tap * w.reach, w.source, w.boundary, w.unit);
}

"""The cost model's constants of a device: rates in units per second, delays in seconds."""

from dataclasses import dataclass

#: float32 multiply-adds per clock and multiprocessor, by compute capability
_CORES = {(7, 0): 64, (7, 5): 64, (8, 0): 64, (8, 6): 128, (8, 9): 128, (9, 0): 128, (10, 0): 128}
#: compute capabilities whose float64 is half as fast as float32; elsewhere it is 32 times slower
_HALF_RATE_DOUBLE = ((6, 0), (7, 0), (8, 0), (9, 0), (10, 0))


#: share of the memory's bandwidth that kernels reach
_BANDWIDTH = 0.8


@dataclass(frozen=True)
class DeviceMachine:
    """Constants of one GPU, as `fastconv.planner.machine.Machine` has them of a CPU.

    Parameters
    ----------
    multiply_adds : float
        Peak of float32 multiply-adds per second.
    double : float
        Cost of a float64 operation in float32 operations.
    memory_rate : float
        Bytes per second that memory reads or writes.
    multiprocessors : int
    launch : float, optional
        Seconds that the smallest kernel takes.
    library : float, optional
        Seconds that a call of cuBLAS or cuFFT takes besides its kernels.
    """

    multiply_adds: float
    double: float
    memory_rate: float
    multiprocessors: int
    launch: float = 4e-6
    library: float = 15e-6

    def wide(self, compute):
        """Return the cost of one real operation of a dtype in float32 operations."""
        return {"f32": 1.0, "c64": 1.0}.get(compute, self.double)

    def seconds(self, problem, operations, moved, share, blocks=None):
        """Return the seconds of a kernel: of its arithmetic or its memory traffic, if longer.

        Parameters
        ----------
        problem : ConvProblem, FilterProblem or PoolProblem
            Says in which dtype it computes.
        operations : float
            Multiply-adds.
        moved : float
            Bytes read and written.
        share : float
            Share of the peak that the arithmetic reaches.
        blocks : float, optional
            Blocks of 256 threads that share the work. Fewer than two for every multiprocessor
            leave a part of the device idle.
        """
        full = 1.0 if blocks is None else min(1.0, blocks / (2 * self.multiprocessors))
        complex_ = 4.0 if problem.compute[0] == "c" else 1.0
        work = operations * complex_ * self.wide(problem.compute) / (self.multiply_adds * share)
        # a few blocks still draw a good part of the bandwidth
        memory = moved / (_BANDWIDTH * self.memory_rate * min(1.0, 4 * full))
        return max(work / full, memory)


def from_properties(properties):
    """Return the `DeviceMachine` that a runtime's properties describe.

    Parameters
    ----------
    properties : dict
        As `Runtime.properties`.
    """
    cores = _CORES.get(properties["capability"], 128)
    rate = properties["multiprocessors"] * properties["clock"]
    return DeviceMachine(
        multiply_adds=rate * cores,
        double=2.0 if properties["capability"] in _HALF_RATE_DOUBLE else 32.0,
        memory_rate=properties["bandwidth"],
        multiprocessors=properties["multiprocessors"],
    )

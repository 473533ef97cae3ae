"""What the cost model knows of a device: rates in units per second, delays in seconds."""

from dataclasses import dataclass

#: float32 multiply-adds per clock and multiprocessor, and the share of it that float64 reaches
_CORES = {(7, 0): 64, (7, 5): 64, (8, 0): 64, (8, 6): 128, (8, 9): 128, (9, 0): 128, (10, 0): 128}
_HALF_RATE_DOUBLE = ((6, 0), (7, 0), (8, 0), (9, 0), (10, 0))


@dataclass(frozen=True)
class DeviceMachine:
    """Constants of the cost model of one GPU.

    Parameters
    ----------
    multiply_adds : float
        Peak of float32, per second.
    double : float
        Cost of a float64 operation in float32 operations.
    memory_rate : float
        Bytes per second, read or written once.
    multiprocessors : int
    launch : float
        Seconds that a kernel takes at least.
    library : float
        Seconds of a call into cuBLAS or cuFFT beyond its kernels.
    """

    multiply_adds: float
    double: float
    memory_rate: float
    multiprocessors: int
    launch: float = 4e-6
    library: float = 15e-6

    def wide(self, compute):
        """Cost of one real operation of a dtype in float32 operations."""
        return {"f32": 1.0, "c64": 1.0}.get(compute, self.double)

    def seconds(self, problem, operations, moved, share, blocks=None):
        """Arithmetic at `share` of the peak, or moving data at 80 % of the bandwidth.

        `blocks` of 256 threads are what the work is divided into: fewer than two for every
        multiprocessor leave some of it idle.
        """
        full = 1.0 if blocks is None else min(1.0, blocks / (2 * self.multiprocessors))
        complex_ = 4.0 if problem.compute[0] == "c" else 1.0
        work = operations * complex_ * self.wide(problem.compute) / (self.multiply_adds * share)
        # a few blocks still draw a good part of the bandwidth
        memory = moved / (0.8 * self.memory_rate * min(1.0, 4 * full))
        return max(work / full, memory)


def from_properties(properties):
    """The constants that a runtime's properties say."""
    cores = _CORES.get(properties["capability"], 128)
    rate = properties["multiprocessors"] * properties["clock"]
    return DeviceMachine(
        multiply_adds=rate * cores,
        double=2.0 if properties["capability"] in _HALF_RATE_DOUBLE else 32.0,
        memory_rate=properties["bandwidth"],
        multiprocessors=properties["multiprocessors"],
    )

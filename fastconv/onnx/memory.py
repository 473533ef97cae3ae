"""Where the results of the steps of a network are stored.

Results that are alive at the same time lie apart in one block of memory, the arena. A result may
take the place of an input that nobody needs any more, and the inputs of a concatenation are
written straight to their places in its result. Outputs of the network get memory of their own.

Parts of a concatenation whose values have channels last are channels of each of its pixels. Where
a part lies is then a byte of the pixel, and so are its ends: two parts of different channels have
no byte in common.
"""

from dataclasses import dataclass, field

import numpy as np

from ..problem.channels_last import strides_of

ALIGNMENT = 64


@dataclass(eq=False)
class Root:
    """A piece of memory that one or several values share.

    Parameters
    ----------
    value : Value
        What it was made for.
    parent : tuple (Root, int) or None
        The root that this one is a part of, and at which byte.
    output : bool
        Whether an output of the network lies in it.
    values : list
        Names of the values that lie in it.
    dense : bool
        Whether its pixels lie side by side, because a step would copy it otherwise.
    """

    value: object
    parent: tuple | None = None
    output: bool = False
    values: list = field(default_factory=list)
    dense: bool = False
    has_parts: bool = False
    offset: int = 0

    @property
    def size(self):
        """Bytes, without those of other parts of a pixel."""
        return self.value.nbytes

    @property
    def pixel(self):
        """Values from one pixel to the next where channels are last, else None."""
        return self.value.shape[1] if self.value.last else None

    def top(self):
        """Return the root that holds this one, and at which byte."""
        root, at = self, 0
        while root.parent is not None:
            root, start = root.parent
            at += start
        return root, at


class Layout:
    """The memory of the values of one sequence of steps.

    Parameters
    ----------
    steps : list of Step
    values : dict
        `Value` of each name.
    last : dict
        Number of the last step that reads each name.
    outputs : tuple of str
    """

    def __init__(self, steps, values, last, outputs):
        self.steps, self.values, self.last = steps, values, last
        self.places = {}  # name -> (root, byte)
        self.outputs = set(outputs)
        self._make_roots()
        self._place_parts()
        self._reuse_inputs()
        self._assign()

    def place(self, name):
        """Return the top root of a value and its first byte there, or None."""
        if name not in self.places:
            return None
        root, at = self.places[name]
        top, start = root.top()
        return top, start + at

    def _make_roots(self):
        for step in self.steps:
            if step.writes:
                for name in step.outputs:
                    if name:
                        root = Root(self.values[name])
                        self.places[name] = root, 0
            elif step.views and step.inputs[0] in self.places:
                root, at = self.places[step.inputs[0]]
                for name, offset in zip(step.outputs, step.action.offsets, strict=True):
                    if name:
                        self.places[name] = root, at + offset
                step.stored = True
        for name, (root, _) in self.places.items():
            root.values.append(name)
            root.output |= name in self.outputs
        for step in self.steps:
            if step.action is not None and step.action.dense:
                for name in step.inputs:
                    if name in self.places:
                        self.places[name][0].dense |= self.values[name].last

    def _place_parts(self):
        """Write inputs of concatenations to their places, the last concatenation first."""
        for step in reversed(self.steps):
            if not (step.writes and step.action.concatenates):
                continue
            target, _ = self.places[step.outputs[0]]
            sizes = [self.values[name].extent for name in step.inputs]
            starts = np.cumsum([0, *sizes[:-1]]).tolist()
            if self._is_part(step, target, starts):
                step.done = True
                continue
            top = target.top()[0]
            placed = set()
            for name, size, start in zip(step.inputs, sizes, starts, strict=True):
                if name not in self.places or step.inputs.count(name) > 1:
                    continue
                root, at = self.places[name]
                if at or root.value.extent != size or root.dense or root is top:
                    continue
                if root.parent or root.output:
                    continue
                root.parent = target, start
                target.has_parts = True
                placed.add(name)
            step.placed = placed
            step.done = len(placed) == len(step.inputs)

    def _is_part(self, step, target, starts):
        """Let a result be the part of a later one that its inputs already are."""
        places = [self.place(name) for name in step.inputs]
        if target.parent or target.output or target.dense or any(place is None for place in places):
            return False
        root, first = places[0]
        if not root.has_parts or root is target:
            return False
        for (other, at), start in zip(places, starts, strict=True):
            if other is not root or at != first + start:
                return False
        target.parent = root, first
        return True

    def _reuse_inputs(self):
        """Let outputs take the place of inputs that no later step needs."""
        for number, step in enumerate(self.steps):
            if not step.writes or not step.action.in_place:
                continue
            root, _ = self.places[step.outputs[0]]
            if root.parent or root.output or root.has_parts:
                continue
            for position in step.action.in_place:
                name = step.inputs[position]
                place = self.place(name)
                if place is None or self.values[name].nbytes != root.size:
                    continue
                if self.values[name].last != root.value.last:
                    continue
                if root.dense and place[0].pixel != root.pixel:
                    continue
                if self._free(place, root.value.extent, number):
                    root.parent = place
                    break

    def _free(self, place, size, number):
        """Return whether no value in a piece of memory is needed after step `number`."""
        top, start = place
        for name in self._values_in(top):
            _, at = self.place(name)
            overlaps = at < start + size and start < at + self.values[name].extent
            if overlaps and (name in self.outputs or self.last.get(name, -1) > number):
                return False
        return True

    def _values_in(self, top):
        return [name for name in self.places if self.place(name)[0] is top]

    def _assign(self):
        """Give each root of the arena its first byte: the largest first, at the lowest place."""
        spans = {}
        for number, step in enumerate(self.steps):
            for name in step.outputs:
                if name in self.places:
                    root, _ = self.place(name)
                    root.output |= name in self.outputs
                    first, last = spans.get(root, (number, number))
                    spans[root] = first, max(last, number, self.last.get(name, number))
        self.fresh = [root for root in spans if root.output]
        done = []
        for root in sorted((r for r in spans if not r.output), key=lambda r: -r.size):
            first, last = spans[root]
            taken = sorted(
                (r.offset, r.offset + r.size)
                for r in done
                if spans[r][0] <= last and first <= spans[r][1]
            )
            at = 0
            for low, high in taken:
                if at + root.size <= low:
                    break
                at = max(at, -(-high // ALIGNMENT) * ALIGNMENT)
            root.offset = at
            done.append(root)
        self.nbytes = max((r.offset + r.size for r in done), default=0)


def array_in(block, offset, value, pixel=None):
    """Return the array of a value that starts `offset` bytes into a block.

    Parameters
    ----------
    block : ndarray of uint8
    offset : int
    value : Value
    pixel : int, optional
        Values from one pixel to the next where channels are last.
    """
    strides = strides_of(value.shape, value.dtype.itemsize, pixel) if value.last else None
    return np.ndarray(value.shape, value.dtype, block, offset, strides)

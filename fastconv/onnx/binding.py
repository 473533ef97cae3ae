"""A graph for given shapes of its inputs: a list of steps, and the memory of their results."""

import threading
import time
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ..loops.meeting import meet
from ..recording import recording
from . import chains, layouts
from .calling import bound, runner_of, timed
from .handlers import action_of
from .memory import Layout, array_in
from .pace import Pace
from .pages import block, trim
from .running import apart, computed, foldable, run_action
from .values import INTO, VIEW, Value, constant

#: blocks of memory that a program keeps for calls by several threads at once
_KEPT_ARENAS = 4
#: bytes of weights after whose preparation memory is given back to the system
_TRIMMED = 2 << 20


@dataclass(eq=False)
class Step:
    """One node that runs, with the action that computes it.

    Parameters
    ----------
    node : Node
    inputs, outputs : list of str
        Names of values; "" for one that is left out.
    action : Action or None
        None if shapes of inputs are known only when the step runs.
    stored, done : bool
        Whether a view needs no work because its memory is in the arena, and whether all inputs of
        a concatenation are in their places.
    placed : set of str
        Inputs of a concatenation that are in their places.
    """

    node: object
    inputs: list
    outputs: list
    action: object = None
    stored: bool = False
    done: bool = False
    placed: object = frozenset()

    @property
    def writes(self):
        return self.action is not None and self.action.kind == INTO

    @property
    def views(self):
        return self.action is not None and self.action.kind == VIEW


class Program:
    """What a network runs for inputs of certain shapes.

    Parameters
    ----------
    graph : Graph
    given : dict
        `Value` of each input by name; None for inputs that are not arrays.
    context : Context
    """

    def __init__(self, graph, given, context):
        self.context = context
        self.outputs = tuple(port.name for port in graph.outputs)
        self.inputs = tuple(given)
        self.values = dict(given)
        self.graph, self.constants = graph, dict(graph.constants)
        self.values.update({name: constant(a) for name, a in graph.constants.items()})
        self.uses = {name: len(nodes) for name, nodes in graph.uses().items()}
        self.steps = []
        for node in graph.nodes:
            self._add(node)
        self._lay_out()
        last = {}
        for number, step in enumerate(self.steps):
            for name in step.inputs:
                last[name] = number
        self.layout = Layout(self.steps, self.values, last, self.outputs)
        self.steps = [step for step in self.steps if not (step.stored or step.done)]
        self._prepare()
        self.graph = None
        self._number()
        self._arenas, self._lock, self._paces = [], threading.Lock(), {}

    def _add(self, node):
        """Append the step of a node, or compute the node now if its inputs are constant."""
        names = [*node.inputs, *node.captured]
        for name in names:
            if name in self.graph.packed:
                self._weight(name)
        values = [self.values.get(name) if name else None for name in names]
        pairs = list(zip(names, values, strict=True))
        known = all(v is not None for n, v in pairs if n)
        members = node.get("members", ())
        fixed = known and all(v.constant is not None for n, v in pairs if n)
        if fixed and foldable(node) and not members:
            arrays = [v and v.constant for v in values]
            results = computed(node, arrays, self.context)
            for name, result in zip(node.outputs, results, strict=True):
                if name and isinstance(result, np.ndarray):
                    self.constants[name], self.values[name] = result, constant(result)
                elif name:
                    self.constants[name], self.values[name] = result, None
            return
        step = Step(node, names, list(node.outputs))
        if members and known and not fixed:
            step.action = chains.action(node, values, self.context)
        if members and step.action is None:
            for member in members:
                self._add(member)
            return
        if known:
            step.action = step.action or action_of(node, values, self.context)
            more = len(step.action.outputs) - len(node.outputs)
            step.outputs += [f"{node.name}/{step.outputs[0]}/memory {i}" for i in range(more)]
            for name, output in zip(step.outputs, step.action.outputs, strict=True):
                self.values[name] = None if output is None else Value(output[0], output[1])
            if node.of_onnx("Shape", "Size") and step.action.kind == INTO:
                out = run_action(node, step.action, [None], 1)[0]
                self.constants[node.outputs[0]] = out
                self.values[node.outputs[0]] = constant(out)
                return
        self.steps.append(step)

    def _lay_out(self):
        """Give values channels last where this saves time, and their steps other actions."""
        ports = {*self.inputs, *self.outputs}
        chosen = layouts.chosen(self.steps, self.values, ports, self.context)
        for name in chosen:
            self.values[name] = replace(self.values[name], last=True)
        for step in self.steps:
            if not chosen.isdisjoint((*step.inputs, *step.outputs)):
                values = [self.values[name] if name else None for name in step.inputs]
                last = self.values[step.outputs[0]].last
                step.node, step.action = layouts.remade(step.node, values, last, self.context)

    def _weight(self, name):
        """Restore a constant that an earlier program has in another form."""
        array = self.graph.packed.pop(name).array()
        self.graph.constants[name] = self.constants[name] = array
        self.values[name] = constant(array)

    def _prepare(self):
        """Prepare the weights, the largest first, and forget those that no call reads.

        So the memory of the largest weights is free before others grow.
        """
        steps = [step for step in self.steps if step.action is not None and step.action.planned]
        freed = _TRIMMED
        for step in sorted(steps, key=lambda step: -step.action.planned.weight_bytes):
            if freed >= _TRIMMED:
                trim()
                freed = 0
            freed += step.action.planned.weight_bytes
            packed = step.action.planned.prepare()
            name = step.inputs[1] if len(step.inputs) > 1 else ""
            if packed is None or name not in self.graph.constants or self.uses[name] > 1:
                continue
            del self.graph.constants[name]
            self.graph.packed[name] = packed
            self.constants[name] = None
            self.values[name] = Value(packed.shape, packed.dtype)
        trim()

    def _number(self):
        """Give each value the number of a cell, and write each step as a tuple for `run`."""
        cells = {"": 0}
        for name in (*self.inputs, *self.constants):
            cells.setdefault(name, len(cells))
        for step in self.steps:
            for name in (*step.inputs, *step.outputs):
                cells.setdefault(name, len(cells))
        for name in (*self.layout.places, *self.outputs):
            cells.setdefault(name, len(cells))
        self.cells = cells
        kept = {*self.layout.places, *self.constants, *self.outputs, ""}
        last = {name: i for i, step in enumerate(self.steps) for name in step.inputs}
        for i, step in enumerate(self.steps):
            for name in step.outputs:
                last.setdefault(name, i)
        dead = [[] for _ in self.steps]
        for name, i in last.items():
            if name not in kept:
                dead[i].append(cells[name])
        self.code = [
            (runner_of(step, self.context, self.constants),
             [0 if n in step.placed else cells[n] for n in step.inputs],
             [cells[n] for n in step.outputs], tuple(ended))
            for step, ended in zip(self.steps, dead, strict=True)
        ]  # fmt: skip
        # an output of the network that shares memory with another one is copied
        self.copied, seen = set(), []
        for name in self.outputs:
            place = self.layout.place(name)
            if place is not None:
                low, high = place[1], place[1] + self.values[name].nbytes
                if any(root is place[0] and low < b and a < high for root, a, b in seen):
                    self.copied.add(name)
                seen.append((place[0], low, high))
        self.fresh = {}
        for name in self.layout.places:
            top, at = self.layout.place(name)
            if top.output:
                self.fresh.setdefault(top, []).append((cells[name], at, self.values[name]))

    def _new_arena(self):
        """Return all cells with new memory, and the calls of the steps on them."""
        memory = block(self.layout.nbytes)
        cells = [None] * len(self.cells)
        fixed = {self.cells[name] for name in self.constants} | {0}
        for name, array in self.constants.items():
            cells[self.cells[name]] = array
        for name in self.layout.places:
            top, at = self.layout.place(name)
            if not top.output:
                number = self.cells[name]
                cells[number] = array_in(memory, top.offset + at, self.values[name], top.pixel)
                fixed.add(number)
        calls = []
        for step, (runner, inputs, outputs, ended) in zip(self.steps, self.code, strict=True):
            call = partial(runner, cells, inputs, outputs)
            if step.writes and fixed.issuperset(inputs) and fixed.issuperset(outputs):
                call = bound(step, [cells[i] for i in inputs], [cells[i] for i in outputs])
            calls.append((call, ended))
        return cells, calls

    def _slowly(self, cells):
        """Return the calls of the steps in the way that `fastconv.record` notes."""
        return [(partial(run, cells, *places), ended) for run, *places, ended in self.code]

    def run(self, feeds, threads, times=None, repeat=1):
        """Return the outputs of the network.

        Parameters
        ----------
        feeds : list
            The inputs in the order of the network.
        threads : int
            Largest number of threads. Fewer are used where that takes less time.
        times : list, optional
            It gets the seconds of each step, the least of all its calls, on all threads.
        repeat : int, default 1
            Number of calls of each step. The results are right for 1 only.
        """
        try:
            cells, calls = arena = self._arenas.pop()
        except IndexError:
            cells, calls = arena = self._new_arena()
        used = [self.cells[name] for name in self.inputs]
        for number, array in zip(used, feeds, strict=True):
            cells[number] = array
        for root, members in self.fresh.items():
            if len(members) == 1 and members[0][2].nbytes == root.size:
                number, _, value = members[0]
                cells[number] = np.empty(value.shape, value.dtype)
            else:
                memory = block(root.size)
                for number, at, value in members:
                    cells[number] = array_in(memory, at, value)
        pace, start = None, time.perf_counter()
        if times is None and threads > 1:
            pace = self._paces.get(threads) or self._paces.setdefault(threads, Pace(threads))
            threads = pace.threads()
        if threads > 1:
            meet(threads)
        try:
            for call, ended in self._slowly(cells) if recording() else calls:
                if times is None:
                    call(threads)
                else:
                    times.append(timed(repeat, call, threads))
                for number in ended:
                    cells[number] = None
            if pace is not None:
                pace.took(threads, time.perf_counter() - start)
            return [self._output(name, cells, feeds) for name in self.outputs]
        finally:
            for number in used:
                cells[number] = None
            for members in self.fresh.values():
                for number, _, _ in members:
                    cells[number] = None
            with self._lock:
                if len(self._arenas) < _KEPT_ARENAS:
                    self._arenas.append(arena)

    def _output(self, name, cells, feeds):
        """Return an output that shares no memory with inputs, constants and other outputs."""
        array = cells[self.cells[name]]
        if name in self.copied:
            return array.copy()
        if name not in self.layout.places:
            cells[self.cells[name]] = self.constants.get(name)
            if name in self.constants:
                return array.copy() if isinstance(array, np.ndarray) else array
            array = apart(array, [*feeds, *(a for a in self.constants.values())])
        return array

    @property
    def arena_bytes(self):
        return self.layout.nbytes * max(1, len(self._arenas))

"""A graph for given shapes of its inputs: a list of steps, and the memory of their results."""

import threading
import time
from dataclasses import dataclass

import numpy as np

from ..caches import Cache
from . import chains
from .handlers import action_of
from .memory import Layout, aligned_block, array_in
from .running import apart, computed, foldable, part, run_action, value_of
from .values import INTO, VIEW, Misinferred, Value, constant

#: blocks of memory that a program keeps for calls by several threads at once
_KEPT_ARENAS = 4
#: actions that one late step keeps
_KEPT_ACTIONS = 16


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
        self.constants = dict(graph.constants)
        self.values.update({name: constant(a) for name, a in graph.constants.items()})
        self.steps = []
        for node in graph.nodes:
            self._add(node)
        last = {}
        for number, step in enumerate(self.steps):
            for name in step.inputs:
                last[name] = number
        self.layout = Layout(self.steps, self.values, last, self.outputs)
        self.steps = [step for step in self.steps if not (step.stored or step.done)]
        self._number()
        self._arenas, self._lock = [], threading.Lock()

    def _add(self, node):
        """Append the step of a node, or compute the node now if its inputs are constant."""
        names = [*node.inputs, *node.captured]
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
            (_runner(self, step), [0 if n in step.placed else cells[n] for n in step.inputs],
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

    def _new_cells(self):
        """Return all cells with a new arena."""
        block = aligned_block(self.layout.nbytes)
        cells = [None] * len(self.cells)
        for name, array in self.constants.items():
            cells[self.cells[name]] = array
        for name in self.layout.places:
            top, at = self.layout.place(name)
            if not top.output:
                cells[self.cells[name]] = array_in(block, top.offset + at, self.values[name])
        return cells

    def run(self, feeds, threads, times=None, repeat=1):
        """Return the outputs of the network.

        Parameters
        ----------
        feeds : list
            The inputs in the order of the network.
        threads : int
        times : list, optional
            It gets the seconds of each step, the least of all its calls.
        repeat : int, default 1
            Number of calls of each step. The results are right for 1 only.
        """
        try:
            cells = self._arenas.pop()
        except IndexError:
            cells = self._new_cells()
        used = [self.cells[name] for name in self.inputs]
        for number, array in zip(used, feeds, strict=True):
            cells[number] = array
        for root, members in self.fresh.items():
            if len(members) == 1 and members[0][2].nbytes == root.size:
                number, _, value = members[0]
                cells[number] = np.empty(value.shape, value.dtype)
            else:
                block = aligned_block(root.size)
                for number, at, value in members:
                    cells[number] = array_in(block, at, value)
        try:
            for runner, inputs, outputs, ended in self.code:
                if times is None:
                    runner(cells, inputs, outputs, threads)
                else:
                    times.append(_timed(repeat, runner, cells, inputs, outputs, threads))
                for number in ended:
                    cells[number] = None
            return [self._output(name, cells, feeds) for name in self.outputs]
        finally:
            for number in used:
                cells[number] = None
            for members in self.fresh.values():
                for number, _, _ in members:
                    cells[number] = None
            with self._lock:
                if len(self._arenas) < _KEPT_ARENAS:
                    self._arenas.append(cells)

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


def _timed(repeat, runner, *arguments):
    """Return the least seconds of some calls."""
    least = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        runner(*arguments)
        least = min(least, time.perf_counter() - start)
    return least


def _runner(program, step):
    """Return ``f(cells, inputs, outputs, threads)``, which runs a step."""
    action = step.action
    if action is None:
        return _Late(step.node, program.context, program.constants)
    run = action.run
    if action.kind == INTO:

        def into(cells, inputs, outputs, threads):
            run([cells[i] for i in inputs], [cells[i] for i in outputs], threads)

        return into
    if action.kind == VIEW:

        def view(cells, inputs, outputs, threads):
            base = cells[inputs[0]]
            for number, output, offset in zip(outputs, action.outputs, action.offsets, strict=True):
                if number:
                    cells[number] = part(base, *output, offset)

        return view

    def own(cells, inputs, outputs, threads):
        arrays = [cells[i] for i in inputs]
        results = run(arrays, None, threads)
        for number, result, output in zip(outputs, results, action.outputs, strict=True):
            result = apart(result, arrays)
            if output is not None and isinstance(result, np.ndarray):
                wanted, dtype = output
                texts = result.dtype.kind in "OUS"
                if result.shape != wanted or result.dtype != dtype and not texts:
                    raise Misinferred(tuple(step.node.outputs))
            if number:  # 0 stands for an output that is left out
                cells[number] = result

    return own


class _Late:
    """A step that finds its action when it runs, because shapes of its inputs are unknown before.

    Parameters
    ----------
    node : Node
    context : Context
    constants : dict
        Constant arrays by name.
    """

    def __init__(self, node, context, constants):
        self.node, self.context = node, context
        names = (*node.inputs, *node.captured)
        self.fixed = [constants.get(name) for name in names]
        self.actions = Cache(_KEPT_ACTIONS)

    def __call__(self, cells, inputs, outputs, threads):
        arrays = [cells[i] for i in inputs]
        known, key = [], []
        for array, fixed in zip(arrays, self.fixed, strict=True):
            if array is fixed and isinstance(array, np.ndarray):
                known.append(constant(array))
                key.append(None)
                continue
            value = value_of(array)
            known.append(value)
            if value is None:
                key.append(type(array))
            else:
                few = None if value.constant is None else value.constant.tobytes()
                key.append((value.shape, value.dtype.str, few))
        key = tuple(key)
        action = self.actions.entries.get(key)
        if action is None:
            action = action_of(self.node, known, self.context)
            self.actions.insert(key, action)
        results = run_action(self.node, action, arrays, threads)
        for number, result in zip(outputs, results, strict=True):
            if number:
                cells[number] = result

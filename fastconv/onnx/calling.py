"""How a step of a program runs on cells, a list that has each value at the place of its number."""

import time

import numpy as np

from ..caches import Cache
from .handlers import action_of
from .running import apart, part, run_action, value_of
from .values import INTO, VIEW, Misinferred, constant

#: actions that one late step keeps
_KEPT_ACTIONS = 16


def bound(step, arrays, outs):
    """Return ``call(threads)`` that runs a step of the kind `INTO` on these very arrays."""
    action = step.action
    found = None if action.operands is None else action.operands(arrays, outs)
    if found is not None:
        call = action.planned.direct(*found)
        if call is not None:
            return call
    run = action.run
    return lambda threads: run(arrays, outs, threads)


def timed(repeat, runner, *arguments):
    """Return the least seconds of some calls."""
    least = float("inf")
    for _ in range(repeat):
        start = time.perf_counter()
        runner(*arguments)
        least = min(least, time.perf_counter() - start)
    return least


def runner_of(step, context, constants):
    """Return ``run(cells, inputs, outputs, threads)``, which runs a step."""
    action = step.action
    if action is None:
        return _Late(step.node, context, constants)
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

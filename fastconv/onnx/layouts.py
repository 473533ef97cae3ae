"""Which values of a network have channels last.

The seconds of a convolution depend on the layouts of its input and its output, those of a pooling
on the one of both, and others are taken as equal. Values that a step takes only alike form a class.
From no channels last, and from all that can be, classes change one by one or in pairs while the sum
of the predicted seconds becomes less, and the better result of both is taken.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import inf

from .classes import Classes
from .handlers import action_of
from .windows import LAST

#: share of the seconds of all convolutions and poolings that other layouts must save
_LEAST_GAIN = 0.03
#: bytes per second of a copy
_COPIED = 5e9


def chosen(steps, values, ports, context):
    """Return the names of the values that get channels last.

    Parameters
    ----------
    steps : list of Step
    values : dict
        `Value` of each name.
    ports : set of str
        Inputs and outputs of the network.
    context : Context
    """
    if context.layouts == "planes":
        return set()
    classes = Classes(steps, values, ports)
    terms = _terms(steps, values, classes, context)
    search = _Search(terms)
    none, every = dict.fromkeys(classes.all, False), dict.fromkeys(classes.all, True)
    if context.layouts == "last":
        best = search.possible(every)
    else:
        found = search.improved(none), search.improved(search.possible(every))
        best = min(found, key=search.seconds)
        if search.seconds(best) >= (1 - _LEAST_GAIN) * search.seconds(none):
            return set()
    return {name for name in classes.names if best[classes.of(name)]}


def remade(node, values, last, context):
    """Return a node and its action for values of which some have channels last.

    Parameters
    ----------
    node : Node
    values : list of Value or None
        What is known of its inputs.
    last : bool
        Whether its output has channels last.
    context : Context
    """
    if node.op == "Conv":
        node = replace(node, attributes={**node.attributes, "last": last})
    return node, action_of(node, values, context)


@dataclass(eq=False)
class _Term:
    """The seconds of a step, by the layouts of the classes that it reads and writes.

    Parameters
    ----------
    classes : tuple
        Of each group of its operands; None for one that never has channels last.
    table : dict
        Seconds by a tuple that says of each group whether it has channels last.
    """

    classes: tuple
    table: dict

    def seconds(self, lasts):
        """Return the seconds where `lasts` has the layout of each class."""
        return self.table[tuple([c is not None and lasts[c] for c in self.classes])]


def _terms(steps, values, classes, context):
    """Return the terms of the sum of seconds."""
    terms, known = [], {}
    dense = set()
    for step in steps:
        if step.action is not None and step.action.dense:
            dense.update((*step.inputs, *step.outputs))
    for step in steps:
        if step.action is None or not step.action.alike:
            continue
        groups, table = classes.groups(step), {}
        for lasts in product(*[(False,) if c is None else (False, True) for c in groups]):
            if step.node.of_onnx("Concat"):
                table[lasts] = _copied(step, values, lasts[0], dense) / _COPIED
            elif step.action.planned is not None:
                table[lasts] = _seconds(step, values, lasts, known, context)
        if table:
            terms.append(_Term(groups, table))
    return terms


def _copied(step, values, last, dense):
    """Return the bytes that a concatenation copies."""
    if not last:
        return 0 if step.action.concatenates else values[step.outputs[0]].nbytes
    return sum(values[name].nbytes for name in step.inputs if name in dense)


def _seconds(step, values, lasts, known, context):
    """Return the predicted seconds of a plan's step, infinity if nothing can run it."""
    action = step.action
    if not any(lasts):
        return action.seconds or 0.0
    problem = action.planned.plan.problem
    key = problem, lasts
    if key not in known:
        if step.node.op == "Conv":
            which = LAST[(*lasts, False)[:2]]
            known[key] = action.planned.seconds_with(which, context.accuracy)
        else:
            x = replace(values[step.inputs[0]], last=True)
            known[key] = action_of(step.node, [x], context).seconds or 0.0
    return known[key]


class _Search:
    """Changes of layouts that save time.

    Parameters
    ----------
    terms : list of _Term
    """

    def __init__(self, terms):
        self.terms, self._touching, pairs = terms, {}, {}
        for term in terms:
            present = tuple(sorted({c for c in term.classes if c is not None}))
            for name in present:
                self._touching.setdefault(name, []).append(term)
            if len(present) > 1:
                pairs[present] = None
        self._moves = [*((name,) for name in self._touching), *pairs]

    def seconds(self, lasts):
        """Return the sum of all seconds."""
        return sum(term.seconds(lasts) for term in self.terms)

    def possible(self, lasts):
        """Return layouts with fewer channels last, in which every step can run."""
        lasts, again = dict(lasts), True
        while again:
            again = False
            for term in self.terms:
                if term.seconds(lasts) == inf:
                    again = True
                    present = [c for c in term.classes if c is not None and lasts[c]]
                    lasts[present[-1]] = False
        return lasts

    def improved(self, lasts):
        """Return layouts from which no change of one class, or of two of a step, saves time."""
        lasts, again = dict(lasts), True
        while again:
            again = False
            for move in self._moves:
                touched = {term for name in move for term in self._touching[name]}
                before = sum(term.seconds(lasts) for term in touched)
                for name in move:
                    lasts[name] = not lasts[name]
                if sum(term.seconds(lasts) for term in touched) < before * (1 - 1e-9):
                    again = True
                    continue
                for name in move:
                    lasts[name] = not lasts[name]
        return lasts

"""Values of a network that must all have channels last, or none of them."""

from .values import OUTPUT


class Classes:
    """Values that may have channels last, joined where steps take them alike.

    Parameters
    ----------
    steps : list of Step
    values : dict
        `Value` of each name.
    ports : set of str
        Inputs and outputs of the network, which never have channels last.

    Attributes
    ----------
    names : set of str
        All of these values.
    all : set of str
        One name of each class.
    """

    def __init__(self, steps, values, ports):
        self._values, self._parents = values, {}
        made = [name for step in steps if step.writes for name in step.outputs if name]
        self.names = {name for name in made if name not in ports and _may(values[name])}
        planes = set()
        for step in steps:
            planes |= self._join(step)
        planes = {self.of(name) for name in planes}
        self.names = {name for name in self.names if self.of(name) not in planes}
        self.all = {self.of(name) for name in self.names}

    def of(self, name):
        """Return the name that stands for the class of a value."""
        while name in self._parents:
            name = self._parents[name]
        return name

    def groups(self, step):
        """Return the class of each group of a step's operands; None for one without channels last.

        The groups are those of the action's `alike`.
        """
        found = []
        for group in step.action.alike:
            members = [name for name in _named(step, group) if name in self.names]
            found.append(self.of(members[0]) if members else None)
        return tuple(found)

    def _join(self, step):
        """Join what a step takes alike; return the names that must not have channels last."""
        alike = () if step.action is None else step.action.alike
        planes = set(step.outputs[0 if not any(OUTPUT in group for group in alike) else 1 :])
        planes.update(n for i, n in enumerate(step.inputs) if all(i not in g for g in alike))
        for group in alike:
            named = _named(step, group)
            members = [name for name in named if name in self.names]
            for name in members[1:]:
                first, second = self.of(members[0]), self.of(name)
                if first != second:
                    self._parents[second] = first
            if not all(name in self.names or self._values[name].is_pixel for name in named):
                planes.update(members)
        return planes & self.names


def _named(step, group):
    """Return the names of the operands of a step at some positions, without those left out."""
    names = [
        step.outputs[0] if i == OUTPUT else step.inputs[i] if i < len(step.inputs) else ""
        for i in group
    ]
    return [name for name in names if name]


def _may(value):
    """Return whether a value may have channels last, if all steps take it so."""
    fits = value is not None and value.real and 3 <= value.ndim <= 5
    return fits and value.size > 0 and not value.is_pixel

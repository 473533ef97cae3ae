"""A network as a list of nodes, and the questions that the passes over it ask."""

from collections import defaultdict
from dataclasses import dataclass, field, replace

#: domain of the operations that `fusion` makes of several nodes
OURS = "fastconv"


@dataclass(eq=False)
class Node:
    """One operation.

    Parameters
    ----------
    op, domain : str
        Name of the operation; domain "" is ONNX's own.
    version : int
        Version of the domain's operations.
    name : str
        Name for tables and messages.
    inputs, outputs : list of str
        Names of values; "" for one that is left out.
    attributes : dict
        Values by name. A subgraph is an `onnx.GraphProto`.
    proto : onnx.NodeProto or None
        The node as the model has it; None for nodes that `fusion` made.
    captured : tuple of str
        Values of this graph that subgraphs of the node read.
    fused : tuple of str
        Operations that became part of this node, in their order.
    origin : str
        Operation of the model that a node of `OURS` stands for.
    """

    op: str
    domain: str
    version: int
    name: str
    inputs: list
    outputs: list
    attributes: dict
    proto: object = None
    captured: tuple = ()
    fused: tuple = ()
    origin: str = ""

    @property
    def label(self):
        """Name of the operation in the model."""
        return self.origin or self.op

    @property
    def reads(self):
        """Names of all values that the node needs."""
        return [name for name in (*self.inputs, *self.captured) if name]

    def get(self, name, default=None):
        """Return the value of an attribute."""
        return self.attributes.get(name, default)

    def of_onnx(self, *ops):
        """Return whether the node is one of ONNX's operations `ops`."""
        return self.domain == "" and self.op in ops

    def with_fused(self, *others, **changes):
        """Return the node with changes, and with the nodes `others` as part of it."""
        names = [name for other in others for name in (other.label, *other.fused)]
        return replace(self, fused=(*self.fused, *names), **changes)

    def __str__(self):
        domain = self.domain or "ai.onnx"
        return f"{self.op} (domain {domain}, opset {self.version}, node {self.name!r})"


@dataclass(eq=False)
class Port:
    """An input or an output of a network: its name, its shape (None: free) and its dtype."""

    name: str
    shape: tuple | None
    dtype: object

    def __repr__(self):
        return f"Port(name={self.name!r}, shape={self.shape}, dtype={self.dtype})"


@dataclass(eq=False)
class Graph:
    """A network.

    Parameters
    ----------
    nodes : list of Node
        In an order in which they can run.
    constants : dict
        Arrays by name.
    inputs, outputs : list of Port
    opsets : dict
        Version of each domain.
    packed : dict
        `Packed` by name, in place of constants that programs have in another form.
    """

    nodes: list
    constants: dict
    inputs: list
    outputs: list
    opsets: dict = field(default_factory=dict)
    packed: dict = field(default_factory=dict)

    def whole(self):
        """Return the graph with all its constants."""
        restored = {name: packed.array() for name, packed in self.packed.items()}
        return replace(self, constants={**self.constants, **restored}, packed={})

    def uses(self):
        """Return for each value the nodes that read it; a graph output counts as None."""
        found = defaultdict(list)
        for node in self.nodes:
            for name in node.reads:
                found[name].append(node)
        for port in self.outputs:
            found[port.name].append(None)
        return found

    def producers(self):
        """Return for each value the node that computes it."""
        return {name: node for node in self.nodes for name in node.outputs if name}

    def constant(self, name):
        """Return the constant called `name`, or None."""
        return self.constants.get(name)

    def rename(self, old, new):
        """Let all nodes read `new` instead of `old`."""
        for node in self.nodes:
            node.inputs = [new if name == old else name for name in node.inputs]

    def drop_unused(self):
        """Remove nodes and constants that no output depends on."""
        needed = {port.name for port in self.outputs}
        kept = []
        for node in reversed(self.nodes):
            if any(name in needed for name in node.outputs):
                needed.update(node.reads)
                kept.append(node)
        self.nodes = kept[::-1]
        self.constants = {n: a for n, a in self.constants.items() if n in needed}

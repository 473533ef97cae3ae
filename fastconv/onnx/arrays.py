"""Operations on whole arrays that NumPy computes: moves, reductions, products."""

from . import moves, products

_ACTIONS = moves.ACTIONS | products.ACTIONS


def action(node, values, context):
    """Return the `Action` of a node that NumPy computes, or None."""
    if node.domain or node.op not in _ACTIONS or not values or values[0] is None:
        return None
    if not values[0].plain:
        return None
    try:
        return _ACTIONS[node.op](node, values, context)
    except (ValueError, IndexError, TypeError, KeyError):
        return None  # the reference implementation says what is wrong

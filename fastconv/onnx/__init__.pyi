from .backend import Backend as Backend
from .network import Network as Network
from .network import load as load

__all__ = ["Backend", "Network", "load"]

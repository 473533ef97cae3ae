"""Read a model's file with its large weights apart, so that they are in memory once.

The parser of protocol buffers holds a whole file twice while it reads, and its weights once more
when they become arrays. Here the large weights are read from the file as arrays, and the parser
gets what is left. In the wire format (https://protobuf.dev/programming-guides/encoding) a message
is a sequence of fields, each with its number, its kind and, for strings and messages, its length.
"""

import os
from math import prod

import numpy as np
from onnx import TensorProto, helper

#: numbers of the fields that lead to the values of a weight: ModelProto.graph,
#: GraphProto.initializer, TensorProto.raw_data
_GRAPH, _INITIALIZER, _RAW_DATA = 7, 5, 9
#: kinds of fields
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
#: bytes from which a weight is read apart
_LARGE = 1 << 16
_TYPES = {
    TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.INT8,
    TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64,
}  # fmt: skip


def apart(path):
    """Return the bytes of a model without its large weights, and these as arrays by name.

    Raises
    ------
    ValueError
        If the file is no message with a graph.
    OSError
        If it cannot be read.
    """
    arrays = {}
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        return _without(file, 0, size, (_GRAPH, _INITIALIZER), arrays), arrays


def _without(file, start, stop, way, arrays):
    """Return the message from `start` to `stop` without the large weights in it.

    Parameters
    ----------
    file : binary file
    start, stop : int
    way : tuple of int
        Numbers of the fields that lead to the weights.
    arrays : dict
        It gets the weights.
    """
    parts = []
    file.seek(start)
    while file.tell() < stop:
        begin = file.tell()
        number, low, high = _field(file, stop)
        if number == way[0] and high - low >= _LARGE:
            if len(way) > 1:
                inner = _without(file, low, high, way[1:], arrays)
            else:
                inner = _tensor(file, low, high, arrays)
            parts += [_varint(number << 3 | _BYTES), _varint(len(inner)), inner]
            file.seek(high)
        else:
            parts.append(_bytes(file, begin, high))
    return b"".join(parts)


def _tensor(file, start, stop, arrays):
    """Return a TensorProto without its values if these can be an array, which `arrays` gets."""
    parts, values = [], None
    file.seek(start)
    while file.tell() < stop:
        begin = file.tell()
        number, low, high = _field(file, stop)
        if number == _RAW_DATA:
            values = low, high
            file.seek(high)
        else:
            parts.append(_bytes(file, begin, high))
    rest = b"".join(parts)
    tensor = TensorProto.FromString(rest)
    if values is None or tensor.data_type not in _TYPES:
        return _bytes(file, start, stop)
    low, high = values
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type)).newbyteorder("<")
    if prod(tensor.dims) * dtype.itemsize != high - low:
        raise ValueError(f"weight {tensor.name!r} has {high - low} bytes for {list(tensor.dims)}")
    file.seek(low)
    array = np.fromfile(file, dtype, prod(tensor.dims)).astype(dtype.newbyteorder("="), copy=False)
    arrays[tensor.name] = array.reshape(tensor.dims)
    return rest


def _field(file, end):
    """Return the number of the field at the file's position, and where its value begins and ends.

    The file's position is the end of the value afterwards.
    """
    key = _read_varint(file)
    kind, low = key & 7, file.tell()
    if kind == _VARINT:
        _read_varint(file)
        high = file.tell()
    elif kind == _BYTES:
        length = _read_varint(file)
        low = file.tell()
        high = low + length
    elif kind in (_FIXED32, _FIXED64):
        high = low + (4 if kind == _FIXED32 else 8)
    else:
        raise ValueError(f"a field of kind {kind}")
    if high > end:
        raise ValueError("a field that is longer than its message")
    file.seek(high)
    return key >> 3, low, high


def _bytes(file, start, stop):
    file.seek(start)
    found = file.read(stop - start)
    if len(found) < stop - start:
        raise ValueError("the file ends too early")
    return found


def _read_varint(file):
    """Return an integer that is stored as groups of 7 bits, the lowest first."""
    value = shift = 0
    while shift < 70:
        byte = file.read(1)
        if not byte:
            raise ValueError("the file ends too early")
        value |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return value
        shift += 7
    raise ValueError("an integer of more than 64 bits")


def _varint(value):
    groups = bytearray()
    while value > 127:
        groups.append(value & 127 | 128)
        value >>= 7
    groups.append(value)
    return bytes(groups)

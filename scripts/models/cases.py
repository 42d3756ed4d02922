# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Building, running and packing the small graphs of the test vectors."""

import base64

import numpy as np
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from exact import evaluate

SEED = 20260102
MS = "com.microsoft"
OPSET = 17
# ONNX Runtime computes in single precision: its answer may be off by one where the exact value is close to a half.
LARGEST_DIFFERENCE = 1


class Graph:
    """Builds a graph of which all inputs and parameters are known."""

    def __init__(self, name, opset=OPSET):
        self.name, self.opset = name, opset
        self.nodes, self.constants, self.feeds, self.outputs = [], [], {}, []

    def input(self, name, array):
        """An input of the graph; gives its name."""
        self.feeds[name] = np.asarray(array)
        return name

    def const(self, name, array):
        """An initialiser; gives its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def node(self, op, inputs, domain="", result=None, **attrs):
        """A node with one output; gives the output's name."""
        result = result or f"{op.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, inputs, [result], domain=domain, **attrs))
        return result

    def scale(self, name, scale, zero):
        """Scale and zero point as initialisers; gives both names."""
        return [self.const(f"{name}_scale", np.float32(scale)), self.const(f"{name}_zero_point", zero)]

    def quantised(self, name, tensor, variable=False):
        """A quantised tensor as three arguments: the integers (an input of the graph, or constant), scale and zero point."""
        values, scale, zero = tensor
        data = self.input(name, values) if variable else self.const(name, values)
        return [data, *self.scale(name, scale, zero)]

    def model(self, *outputs):
        """The model with these outputs: pairs of name and type."""
        describe = helper.make_tensor_value_info
        element = helper.np_dtype_to_tensor_dtype
        graph = helper.make_graph(
            self.nodes,
            self.name,
            [describe(name, element(array.dtype), array.shape) for name, array in self.feeds.items()],
            [describe(name, element(np.dtype(dtype)), None) for name, dtype in outputs],
            self.constants,
        )
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(MS, 1)]
        used = {node.domain for node in self.nodes} | {""}
        opsets = [opset for opset in opsets if opset.domain in used]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def run(model, feeds):
    """What ONNX Runtime answers."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


def number(value):
    """A number for JSON: float32 in the shortest form that reads back the same."""
    if isinstance(value, np.floating):
        return float(np.format_float_positional(value, unique=True))
    return int(value)


def tensor(name, array):
    """A tensor for JSON."""
    array = np.asarray(array)
    return {
        "name": name,
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "data": [number(value) for value in array.ravel()],
    }


def require(condition, name, *details):
    """Stops with the name of the case unless the condition holds."""
    if not condition:
        raise SystemExit(f"error: {name}: {' '.join(str(detail) for detail in details)}")


def case(name, model, feeds, source=None, expected=None):
    """One case: runs the model, checks the answer against exact arithmetic (and `expected`), and packs everything.

    Where ONNX Runtime cannot run the model, `expected` is the answer.
    """
    try:
        answer = run(model, feeds)[0]
    except Fail as failure:
        require(expected is not None and "not supported" in str(failure), name, failure)
        answer = expected
    exact = evaluate(model, feeds)[0]
    require(answer.dtype == exact.dtype and answer.shape == exact.shape, name, answer.shape, exact.shape)
    require(expected is None or np.array_equal(answer, expected), name, answer, expected)
    off = np.abs(answer.astype(np.int64) - exact.astype(np.int64)).ravel()
    require(off.max(initial=0) <= LARGEST_DIFFERENCE, name, "not close to the exact values:", answer, exact)
    packed = {"name": name}
    if source is not None:
        packed["source"] = source
    packed["model"] = base64.b64encode(model.SerializeToString()).decode()
    packed["inputs"] = [tensor(key, value) for key, value in feeds.items()]
    packed["outputs"] = [tensor(model.graph.output[0].name, answer)]
    if off.any():
        packed["differs"] = [[int(place), int(exact.ravel()[place])] for place in np.flatnonzero(off)]
    return packed


class Random:
    """Random quantised tensors of one family."""

    def __init__(self, family):
        self.rng = np.random.default_rng([SEED, *family.encode()])

    def scale(self, low=-8.0, high=-2.0, size=None):
        """A scale with a full mantissa, between 2^low and 2^high."""
        return np.exp2(self.rng.uniform(low, high, size)).astype(np.float32)

    def integers(self, dtype, shape):
        """Any values of the type."""
        limits = np.iinfo(dtype)
        return self.rng.integers(limits.min, limits.max + 1, shape).astype(dtype)

    def zero(self, dtype):
        """A zero point in the middle half of the type."""
        limits = np.iinfo(dtype)
        return np.dtype(dtype).type(self.rng.integers(limits.min + 64, limits.max - 63))

    def activations(self, dtype, shape, power_of_two=False):
        """A quantised tensor."""
        scale = np.float32(2.0 ** self.rng.integers(-7, -2)) if power_of_two else self.scale()
        return self.integers(dtype, shape), scale, self.zero(dtype)

    def weights(self, dtype, shape, axis=None, power_of_two=False):
        """Quantised weights: `int8` ones have zero point 0, `uint8` ones any. One scale for each channel of `axis`, or one."""
        count = None if axis is None else shape[axis]
        scale = np.float32(2.0**-6) if power_of_two else self.scale(-9, -5, count)
        zero = np.int8(0) if dtype == "int8" else self.zero(dtype)
        if count is not None:
            zero = np.full(count, zero)
        values = self.integers(dtype, shape)
        return (np.maximum(values, -127) if dtype == "int8" else values), scale, zero

    def bias(self, sums):
        """Biases of about the size of the sums; the last axis of `sums` is the channel."""
        return self.rng.normal(0, max(float(np.std(sums)), 1.0), sums.shape[-1]).astype(np.int32)

    def result(self, dtype, reals, power_of_two=False):
        """Scale and zero point for these real numbers: their range and 0 fill the type, and a few may saturate."""
        limits = np.iinfo(dtype)
        low, high = min(float(np.min(reals)), 0.0), max(float(np.max(reals)), 0.0)
        scale = max(high - low, 1e-6) * self.rng.uniform(0.85, 1.05) / 255
        scale = 2.0 ** np.ceil(np.log2(scale)) if power_of_two else scale
        zero = round((limits.min * high - limits.max * low) / max(high - low, 1e-6))
        return np.float32(scale), np.dtype(dtype).type(min(max(zero, limits.min), limits.max))


def centred(quantised, axis=0):
    """Integers less their zero point, and scales laid out along `axis`."""
    values, scale, zero = quantised
    layout = [-1 if place == axis % values.ndim else 1 for place in range(values.ndim)]
    wide = (np.asarray(part).reshape(layout) if np.ndim(part) else part for part in (zero.astype(np.int64), scale))
    zero, scale = wide
    return values.astype(np.int64) - zero, scale

# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Evaluates small quantised ONNX graphs in exact arithmetic.

A dequantised tensor is kept as integers with a rational scale, so sums and products have no rounding error, and
`QuantizeLinear` rounds once: to the nearest integer, halves to even, then saturated. Functions such as the sigmoid are computed
in double precision. A fused operator (`QLinearConv`, ...) is the float operator between the two.
"""

import math
from fractions import Fraction

import numpy as np
from onnx import helper, numpy_helper


class Real:
    """Real numbers `parts * scale`: integers or fractions, and rational scales that broadcast to them."""

    def __init__(self, parts, scale=Fraction(1)):
        self.parts = parts
        self.scale = scale

    def values(self):
        """One fraction for each element."""
        return _fraction(self.parts) * self.scale

    def map(self, function):
        """Another arrangement of the same elements; needs one scale for all."""
        if isinstance(self.scale, np.ndarray):
            return Real(function(self.values()))
        return Real(function(self.parts), self.scale)


_fraction = np.frompyfunc(lambda value: value if isinstance(value, Fraction) else Fraction(int(value)), 1, 1)
_exact = np.frompyfunc(lambda value: Fraction(float(value)), 1, 1)
_round = np.frompyfunc(round, 1, 1)  # a fraction rounds to the nearest integer, halves to even


def _along(values, axis, rank):
    """One value, or a list laid out along `axis` of a tensor of this rank."""
    values = np.asarray(values)
    if values.ndim == 0 or values.size == 1:
        return values.reshape(())[()]
    return values.reshape([-1 if place == axis % rank else 1 for place in range(rank)]) if values.ndim == 1 else values


def dequantise(x, scale, zero=None, axis=1):
    """The real numbers that integers stand for."""
    scales = _along(_exact(np.asarray(scale, dtype=np.float64)), axis, x.ndim)
    zeros = 0 if zero is None else _along(np.asarray(zero, dtype=np.int64), axis, x.ndim)
    return Real(x.astype(np.int64) - zeros, scales)


def quantise(value, scale, zero, axis=1):
    """Integers of the type of `zero` that stand for real numbers or for an array of float32."""
    value = value if isinstance(value, Real) else Real(_exact(value))
    rank = np.ndim(value.parts)
    zeros = np.asarray(zero)
    factor = value.scale / _along(_exact(np.asarray(scale, dtype=np.float64)), axis, rank)
    steps = _round(_fraction(value.parts) * factor) + _along(zeros.astype(np.int64), axis, rank)
    limits = np.iinfo(zeros.dtype)
    return np.clip(np.asarray(steps, dtype=object), limits.min, limits.max).astype(zeros.dtype)


def _padding(attrs, size, kernel, strides, dilations):
    """Padding before and after each axis."""
    auto = attrs.get("auto_pad", b"NOTSET").decode() or "NOTSET"
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        pairs = []
        for length, k, s, d in zip(size, kernel, strides, dilations):
            total = max((-(-length // s) - 1) * s + (k - 1) * d + 1 - length, 0)
            small, large = total // 2, total - total // 2
            pairs.append((small, large) if auto == "SAME_UPPER" else (large, small))
        return pairs
    pads = attrs.get("pads", [0] * (2 * len(size)))
    return list(zip(pads[: len(size)], pads[len(size) :]))


def _windows(x, attrs, kernel, fill):
    """Yields, for each place of the kernel, the elements of `x` (channels first) that each window has there."""
    size, rank = x.shape[2:], len(kernel)
    strides = attrs.get("strides", [1] * rank)
    dilations = attrs.get("dilations", [1] * rank)
    pads = _padding(attrs, size, kernel, strides, dilations)
    steps = [
        (length + before + after - (k - 1) * d - 1) // s + 1
        for length, (before, after), k, d, s in zip(size, pads, kernel, dilations, strides)
    ]
    padded = np.pad(x, [(0, 0), (0, 0), *pads], constant_values=fill)
    for place in np.ndindex(*kernel):
        spans = (slice(p * d, p * d + (n - 1) * s + 1, s) for p, d, n, s in zip(place, dilations, steps, strides))
        yield place, padded[(slice(None), slice(None), *spans)]


def convolve(x, w, attrs):
    """Sums of products of integers, channels first; padding is 0."""
    groups = attrs.get("group", 1)
    parts = []
    for part, weights in zip(np.split(x, groups, axis=1), np.split(w, groups, axis=0)):
        parts.append(
            sum(
                np.einsum("nc...,oc->no...", elements, weights[(slice(None), slice(None), *place)])
                for place, elements in _windows(part, attrs, w.shape[2:], 0)
            )
        )
    return np.concatenate(parts, axis=1)


def _conv(x, w, bias, attrs):
    """The bias counts in units of the product of the scales."""
    scale = w.scale.reshape(1, -1, *[1] * (x.parts.ndim - 2)) if isinstance(w.scale, np.ndarray) else w.scale
    sums = convolve(x.parts, w.parts, attrs)
    if bias is not None:
        sums = sums + np.asarray(bias, dtype=np.int64).reshape(1, -1, *[1] * (x.parts.ndim - 2))
    return Real(sums, x.scale * scale)


def _gemm(a, b, bias, attrs):
    left = a.parts.T if attrs.get("transA", 0) else a.parts
    right, scale = b.parts, b.scale
    if attrs.get("transB", 0):
        right, scale = right.T, scale.T if isinstance(scale, np.ndarray) else scale
    sums = left @ right + (0 if bias is None else np.asarray(bias, dtype=np.int64))
    return Real(sums, a.scale * scale * Fraction(attrs.get("alpha", 1.0)))


def _average(x, attrs):
    if attrs.get("channels_last", 0):
        inner = {key: value for key, value in attrs.items() if key != "channels_last"}
        return _average(x.map(lambda parts: np.moveaxis(parts, -1, 1)), inner).map(
            lambda parts: np.moveaxis(parts, 1, -1)
        )
    kernel = attrs["kernel_shape"]
    total = sum(elements for _, elements in _windows(x.parts, attrs, kernel, 0))
    inside = np.ones_like(x.parts)
    count = sum(elements for _, elements in _windows(inside, attrs, kernel, attrs.get("count_include_pad", 0)))
    return Real(_fraction(total) / _fraction(count), x.scale)


def _global_average(x, attrs):
    last = attrs.get("channels_last", 0)
    axes = tuple(range(1, x.parts.ndim - 1)) if last else tuple(range(2, x.parts.ndim))
    count = math.prod(x.parts.shape[axis] for axis in axes)
    return Real(x.parts.sum(axis=axes, keepdims=True), x.scale * Fraction(1, count))


def _max_pool(x, attrs):
    least = np.iinfo(x.dtype).min
    return np.max([elements for _, elements in _windows(x, attrs, attrs["kernel_shape"], least)], axis=0)


def _in_double(function):
    return lambda x, attrs: Real(_exact(function(x.values().astype(np.float64), attrs)))


def _softmax(x, attrs):
    powers = np.exp(x - x.max(axis=attrs.get("axis", -1), keepdims=True))
    return powers / powers.sum(axis=attrs.get("axis", -1), keepdims=True)


_erf = np.vectorize(math.erf)
FUNCTIONS = {
    "Sigmoid": _in_double(lambda x, _: 1 / (1 + np.exp(-x))),
    "Tanh": _in_double(lambda x, _: np.tanh(x)),
    "Gelu": _in_double(lambda x, _: x * (1 + _erf(x / math.sqrt(2))) / 2),
    "HardSwish": _in_double(lambda x, _: x * np.clip(x / 6 + 0.5, 0, 1)),
    "Softmax": _in_double(_softmax),
    "LeakyRelu": lambda x, attrs: Real(
        np.frompyfunc(lambda v: v if v >= 0 else v * Fraction(attrs.get("alpha", 0.01)), 1, 1)(x.values())
    ),
    "Relu": lambda x, _: Real(np.maximum(x.values(), 0)),
    "AveragePool": _average,
    "GlobalAveragePool": _global_average,
}


def _shape_function(op, x, attrs, args):
    """Operators that move elements, on integers or real numbers."""

    def apply(parts):
        match op:
            case "Reshape":
                return parts.reshape([size or parts.shape[axis] for axis, size in enumerate(args[0])])
            case "Flatten":
                return parts.reshape(math.prod(parts.shape[: attrs.get("axis", 1)]), -1)
            case "Transpose":
                return parts.transpose(attrs["perm"])
            case "MaxPool":
                return _max_pool(parts, attrs)
            case _:
                raise NotImplementedError(op)

    return x.map(apply) if isinstance(x, Real) else apply(x)


def _node(op, args, attrs):
    args = args + [None] * 9
    if op == "DequantizeLinear":
        return dequantise(*args[:3], attrs.get("axis", 1))
    if op == "QuantizeLinear":
        zero = np.uint8(0) if args[2] is None else args[2]
        return quantise(*args[:2], zero, attrs.get("axis", 1))
    if op == "QLinearConv":
        real = _conv(dequantise(*args[:3]), dequantise(*args[3:6], axis=0), args[8], attrs)
        return quantise(real, *args[6:8])
    if op == "QLinearMatMul":
        return quantise(_gemm(dequantise(*args[:3]), dequantise(*args[3:6], axis=-1), None, {}), *args[6:8])
    if op == "QGemm":
        axis = 0 if attrs.get("transB", 0) else 1
        real = _gemm(dequantise(*args[:3]), dequantise(*args[3:6], axis=axis), args[6], attrs)
        return quantise(real, *args[7:9])
    if op == "ConvInteger":
        ones = [np.float32(1)]
        return convolve(dequantise(args[0], *ones, args[2]).parts, dequantise(args[1], *ones, args[3], 0).parts, attrs)
    if op == "MatMulInteger":
        ones = [np.float32(1)]
        return dequantise(args[0], *ones, args[2], 0).parts @ dequantise(args[1], *ones, args[3], -1).parts
    if op in ("QLinearAdd", "QLinearMul"):
        left, right = dequantise(*args[:3]).values(), dequantise(*args[3:6]).values()
        return quantise(Real(left + right if op == "QLinearAdd" else left * right), *args[6:8])
    if op == "QLinearConcat":
        groups = [args[place : place + 3] for place in range(2, len(args) - 9, 3)]
        real = Real(np.concatenate([dequantise(*group).values() for group in groups], axis=attrs["axis"]))
        return quantise(real, *args[:2])
    if op.startswith("QLinear"):
        return quantise(FUNCTIONS[op.removeprefix("QLinear")](dequantise(*args[:3]), attrs), *args[3:5])
    if op == "Conv":
        return _conv(args[0], args[1], None if args[2] is None else args[2].parts, attrs)
    if op in ("Gemm", "MatMul"):
        return _gemm(args[0], args[1], None if args[2] is None else args[2].parts, attrs)
    if op in ("Add", "Mul"):
        left, right = (value.values() if isinstance(value, Real) else _exact(value) for value in args[:2])
        return Real(left + right if op == "Add" else left * right)
    if op == "Concat":
        return Real(np.concatenate([value.values() for value in args if value is not None], axis=attrs["axis"]))
    if op == "Clip":
        low, high = (_exact(bound) for bound in args[1:3])
        return Real(np.clip(args[0].values(), low, high))
    if op in FUNCTIONS:
        return FUNCTIONS[op](args[0], attrs)
    return _shape_function(op, args[0], attrs, args[1:])


def _run(model, feeds):
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    values.update(feeds)
    values[""] = None
    for node in model.graph.node:
        attrs = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
        values[node.output[0]] = _node(node.op_type, [values[name] for name in node.input], attrs)
    return values


def evaluate(model, feeds):
    """The integer outputs of a model for these inputs, correctly rounded."""
    values = _run(model, feeds)
    return [
        np.asarray(values[output.name]).astype(helper.tensor_dtype_to_np_dtype(output.type.tensor_type.elem_type))
        for output in model.graph.output
    ]


def evaluate_real(model, feeds):
    """The real numbers that the first output of a model stands for, in double precision."""
    return _run(model, feeds)[model.graph.output[0].name].values().astype(np.float64)

# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the integer test vectors of the importer: small quantised graphs with what ONNX Runtime answers.

The README beside the files says what is in them. Every answer is checked against exact arithmetic (see `exact.py`); where
ONNX Runtime rounds otherwise, because it computes in single precision, the place and the exact value are noted.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

from cases import MS, Graph, Random, case, centred
from exact import FUNCTIONS, convolve, dequantise
from onnxruntime_tests import CASES, LICENCE, SOURCE
from qdq import qdq

U, S = "uint8", "int8"
# Name, type of x and w, shape of x, shape of w, attributes; `axis` means one weight scale for each output channel.
CONVOLUTIONS = [
    ("1x1", U, S, (1, 3, 4, 5), (4, 3, 1, 1), {}),
    ("1x1_s8", S, S, (1, 8, 3, 3), (5, 8, 1, 1), {}),
    ("1x1_u8u8", U, U, (1, 5, 4, 4), (6, 5, 1, 1), {}),
    ("1x1_stride", U, S, (1, 4, 6, 6), (4, 4, 1, 1), {"strides": [2, 2]}),
    ("1x1_per_channel", U, S, (1, 6, 5, 3), (8, 6, 1, 1), {"axis": 1}),
    ("3x3", U, S, (1, 2, 6, 5), (3, 2, 3, 3), {}),
    ("3x3_s8", S, S, (1, 2, 5, 6), (3, 2, 3, 3), {}),
    ("3x3_u8u8", U, U, (1, 2, 5, 5), (3, 2, 3, 3), {}),
    ("3x3_pad", U, S, (1, 3, 5, 5), (4, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
    ("3x3_pad_s8", S, S, (1, 3, 5, 5), (4, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
    ("3x3_pad_u8u8", U, U, (1, 3, 5, 5), (4, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
    ("3x3_pad_per_channel", U, S, (1, 4, 5, 5), (8, 4, 3, 3), {"pads": [1, 1, 1, 1], "axis": 1}),
    ("3x3_pad_per_channel_s8", S, S, (1, 4, 5, 5), (8, 4, 3, 3), {"pads": [1, 1, 1, 1], "axis": 1}),
    ("3x3_pad_batch", U, S, (2, 3, 4, 4), (3, 3, 3, 3), {"pads": [1, 1, 1, 1]}),
    ("3x3_asymmetric_pads", U, S, (1, 2, 5, 4), (3, 2, 3, 3), {"pads": [0, 1, 2, 0]}),
    ("3x3_same_upper", U, S, (1, 2, 6, 7), (3, 2, 3, 3), {"auto_pad": "SAME_UPPER", "strides": [2, 2]}),
    ("3x3_same_lower", U, S, (1, 2, 6, 7), (3, 2, 3, 3), {"auto_pad": "SAME_LOWER", "strides": [2, 2]}),
    ("3x3_stride_2", U, S, (1, 3, 7, 8), (4, 3, 3, 3), {"pads": [1, 1, 1, 1], "strides": [2, 2]}),
    ("3x3_stride_3x1", U, S, (1, 2, 9, 5), (3, 2, 3, 3), {"strides": [3, 1]}),
    ("3x3_dilation_2", U, S, (1, 2, 8, 9), (3, 2, 3, 3), {"dilations": [2, 2]}),
    (
        "3x3_dilation_pad_stride",
        S,
        S,
        (1, 2, 9, 8),
        (3, 2, 3, 3),
        {"dilations": [2, 3], "pads": [2, 3, 2, 3], "strides": [2, 1]},
    ),
    ("3x3_dilation_u8u8", U, U, (1, 2, 8, 7), (2, 2, 3, 3), {"dilations": [2, 1], "pads": [1, 1, 1, 1]}),
    ("1x3", U, S, (1, 3, 3, 9), (4, 3, 1, 3), {"pads": [0, 1, 0, 1]}),
    ("5x1", S, S, (1, 3, 9, 3), (4, 3, 5, 1), {"pads": [2, 0, 2, 0]}),
    ("2x3", U, U, (1, 2, 5, 6), (3, 2, 2, 3), {}),
    ("5x5", U, S, (1, 1, 8, 8), (3, 1, 5, 5), {"pads": [2, 2, 2, 2], "strides": [2, 2]}),
    ("7x7_stem", U, S, (1, 3, 11, 11), (4, 3, 7, 7), {"pads": [3, 3, 3, 3], "strides": [2, 2], "axis": 1}),
    ("whole_image", U, S, (1, 4, 4, 3), (5, 4, 4, 3), {}),
    ("groups_2", U, S, (1, 4, 5, 5), (6, 2, 3, 3), {"group": 2, "pads": [1, 1, 1, 1]}),
    ("groups_3_s8", S, S, (1, 6, 4, 4), (6, 2, 3, 3), {"group": 3, "pads": [1, 1, 1, 1]}),
    ("groups_2_per_channel", U, S, (1, 8, 4, 5), (10, 4, 3, 3), {"group": 2, "axis": 1}),
    ("groups_4_u8u8", U, U, (1, 8, 4, 4), (8, 2, 2, 2), {"group": 4}),
    ("depthwise", U, S, (1, 8, 6, 6), (8, 1, 3, 3), {"group": 8, "pads": [1, 1, 1, 1]}),
    ("depthwise_s8", S, S, (1, 7, 5, 6), (7, 1, 3, 3), {"group": 7, "pads": [1, 1, 1, 1]}),
    ("depthwise_u8u8", U, U, (1, 5, 6, 5), (5, 1, 3, 3), {"group": 5, "pads": [2, 0, 2, 0]}),
    ("depthwise_stride_2", U, S, (1, 9, 7, 7), (9, 1, 3, 3), {"group": 9, "pads": [1, 1, 1, 1], "strides": [2, 2]}),
    ("depthwise_per_channel", U, S, (1, 16, 5, 5), (16, 1, 3, 3), {"group": 16, "pads": [1, 1, 1, 1], "axis": 1}),
    ("depthwise_5x5", U, S, (1, 4, 7, 7), (4, 1, 5, 5), {"group": 4, "pads": [2, 2, 2, 2]}),
    ("depthwise_1x1", U, S, (1, 7, 4, 4), (7, 1, 1, 1), {"group": 7}),
    ("depthwise_multiplier_2", U, S, (1, 4, 5, 5), (8, 1, 3, 3), {"group": 4, "pads": [1, 1, 1, 1]}),
    ("depthwise_dilation", S, S, (1, 4, 8, 8), (4, 1, 3, 3), {"group": 4, "dilations": [2, 2], "pads": [2, 2, 2, 2]}),
    ("line", U, S, (1, 4, 15), (6, 4, 3), {"pads": [1, 1]}),
    ("line_s8", S, S, (1, 3, 17), (4, 3, 5), {"strides": [2]}),
    ("line_groups", U, S, (1, 8, 13), (12, 4, 3), {"group": 2, "pads": [1, 1], "axis": 1}),
    ("line_dilation", U, S, (1, 4, 19), (6, 4, 3), {"dilations": [2]}),
    ("line_depthwise_u8u8", U, U, (1, 7, 12), (7, 1, 3), {"group": 7, "pads": [1, 1]}),
    ("one_pixel", U, S, (1, 16, 1, 1), (8, 16, 1, 1), {}),
    ("wide", U, S, (1, 16, 8, 8), (16, 16, 3, 3), {"pads": [1, 1, 1, 1], "axis": 1}),
    ("ties", U, S, (1, 2, 5, 5), (4, 2, 3, 3), {"pads": [1, 1, 1, 1], "power_of_two": True}),
    ("ties_s8", S, S, (1, 2, 5, 5), (4, 2, 3, 3), {"pads": [1, 1, 1, 1], "power_of_two": True}),
    ("ties_u8u8", U, U, (1, 2, 5, 5), (4, 2, 3, 3), {"pads": [1, 1, 1, 1], "power_of_two": True}),
]


def exact_attrs(attrs):
    """Attributes as they are read from a node."""
    return {key: value.encode() if isinstance(value, str) else value for key, value in attrs.items()}


def conv_parameters(random, x_type, w_type, x_shape, w_shape, options, biased=True):
    """Attributes, activations, weights, bias (or None), and scale and zero point of the result."""
    attrs = dict(options)
    ties, per_channel = attrs.pop("power_of_two", False), attrs.pop("axis", None)
    x = random.activations(x_type, x_shape, ties)
    w = random.weights(w_type, w_shape, None if per_channel is None else 0, ties)
    (x_parts, x_scale), (w_parts, w_scale) = centred(x), centred(w)
    sums = np.moveaxis(convolve(x_parts, w_parts, exact_attrs(attrs)), 1, -1)
    bias = random.bias(sums) if biased else None
    sums = sums if bias is None else sums + bias
    return attrs, x, w, bias, random.result(x_type, sums * (x_scale * np.ravel(w_scale)), ties)


def random_convolutions(count):
    """Entries as in `CONVOLUTIONS` with random shapes and attributes."""
    rng = Random("random-convolutions").rng

    def pick(low, high):
        return int(rng.integers(low, high + 1))

    for index in range(count):
        x_type, w_type = [(U, S), (S, S), (U, U)][index % 3]
        kernel, strides = [pick(1, 4), pick(1, 4)], [pick(1, 3), pick(1, 3)]
        dilations = [pick(1, 2) if size > 1 else 1 for size in kernel]
        extent = [(size - 1) * dilation for size, dilation in zip(kernel, dilations)]
        pads = [pick(0, extent[0]), pick(0, extent[1]), pick(0, extent[0]), pick(0, extent[1])]
        size = [pick(extent[0] + 1, extent[0] + 5), pick(extent[1] + 1, extent[1] + 6)]
        groups = pick(1, 4) if index % 2 else 1
        channels, outputs = groups * pick(1, 3), groups * pick(1, 3)
        attrs = {"strides": strides, "dilations": dilations, "pads": pads, "group": groups}
        attrs |= {"axis": 1} if w_type == S and index % 4 < 2 else {}
        yield (
            f"random_{index}",
            x_type,
            w_type,
            (pick(1, 2), channels, *size),
            (outputs, channels // groups, *kernel),
            attrs,
        )


def qlinear_conv():
    """`QLinearConv`: every second case has a bias."""
    random = Random("qlinear-conv")
    for index, (name, x_type, w_type, x_shape, w_shape, options) in enumerate(
        [*CONVOLUTIONS, *random_convolutions(60)]
    ):
        attrs, x, w, bias, y = conv_parameters(random, x_type, w_type, x_shape, w_shape, options, index % 2 == 0)
        graph = Graph(name)
        inputs = graph.quantised("x", x, True) + graph.quantised("w", w) + graph.scale("y", *y)
        inputs += [] if bias is None else [graph.const("b", bias)]
        graph.node("QLinearConv", inputs, result="y", **attrs)
        yield case(f"qlinear_conv_{name}", graph.model(("y", x_type)), graph.feeds)


def products(random, a_type, b_type, rows, depth, columns, per_channel, ties, biased):
    """Activations, weights `[depth, columns]`, bias, and scale and zero point of the result."""
    a = random.activations(a_type, (*rows, depth), ties)
    b = random.weights(b_type, (depth, columns), 1 if per_channel else None, ties)
    (a_parts, a_scale), (b_parts, b_scale) = centred(a), centred(b, 1)
    sums = a_parts @ b_parts
    bias = random.bias(sums) if biased else None
    sums = sums if bias is None else sums + bias
    return a, b, bias, random.result(a_type, sums * (a_scale * np.ravel(b_scale)), ties)


# Name, type of a and b, rows, depth, columns, one scale for each column, powers of two.
MATRICES = [
    ("row", U, S, (1,), 16, 8, False, False),
    ("row_s8", S, S, (1,), 33, 10, False, False),
    ("row_u8u8", U, U, (1,), 20, 7, False, False),
    ("rows", U, S, (5,), 12, 9, False, False),
    ("rows_s8", S, S, (4,), 16, 16, False, False),
    ("per_column", U, S, (3,), 24, 12, True, False),
    ("per_column_s8", S, S, (2,), 17, 11, True, False),
    ("batch", U, S, (2, 3), 8, 6, False, False),
    ("batch_s8", S, S, (2, 2, 3), 8, 5, False, False),
    ("one", U, S, (1,), 1, 1, False, False),
    ("deep", U, S, (1,), 256, 10, True, False),
    ("ties", U, S, (3,), 16, 8, False, True),
    ("ties_s8", S, S, (3,), 16, 8, False, True),
]


def qlinear_matmul():
    """`QLinearMatMul` and `QGemm`."""
    random = Random("qlinear-matmul")
    for name, a_type, b_type, rows, depth, columns, per_column, ties in MATRICES:
        a, b, _, y = products(random, a_type, b_type, rows, depth, columns, per_column, ties, False)
        graph = Graph(name)
        inputs = graph.quantised("a", a, True) + graph.quantised("b", b) + graph.scale("y", *y)
        graph.node("QLinearMatMul", inputs, result="y")
        yield case(f"qlinear_matmul_{name}", graph.model(("y", a_type)), graph.feeds)
    for index, (name, a_type, b_type, rows, depth, columns, per_column, ties) in enumerate(MATRICES):
        if len(rows) > 1:
            continue
        a, b, bias, y = products(random, a_type, b_type, rows, depth, columns, per_column, ties, index % 3 != 2)
        graph, transposed = Graph(name), index % 2
        b = (b[0].T.copy(), *b[1:]) if transposed else b
        inputs = graph.quantised("a", a, True) + graph.quantised("b", b)
        inputs += [graph.const("c", bias) if bias is not None else ""] + graph.scale("y", *y)
        graph.node("QGemm", inputs, MS, "y", transB=transposed, alpha=1.0)
        yield case(f"qgemm_{name}", graph.model(("y", a_type)), graph.feeds)


def integer_products():
    """`ConvInteger` and `MatMulInteger`: 32-bit sums."""
    random = Random("integer-products")
    chosen = {"1x1", "1x1_u8u8", "3x3_pad", "3x3_pad_u8u8", "3x3_asymmetric_pads", "3x3_stride_2", "3x3_dilation_2",
              "5x5", "groups_2", "depthwise", "depthwise_u8u8", "line"}  # fmt: skip
    for name, x_type, w_type, x_shape, w_shape, attrs in CONVOLUTIONS:
        if name not in chosen:
            continue
        x, w = random.activations(x_type, x_shape), random.weights(w_type, w_shape)
        graph = Graph(name)
        inputs = [graph.input("x", x[0]), graph.const("w", w[0])]
        inputs += [graph.const("x_zero_point", x[2])] + ([graph.const("w_zero_point", w[2])] if w[2] else [])
        graph.node("ConvInteger", inputs, result="y", **attrs)
        yield case(f"conv_integer_{name}", graph.model(("y", "int32")), graph.feeds)
    for name, a_type, b_type, rows, depth, columns, per_column, ties in MATRICES:
        if ties:
            continue
        a, b = random.activations(a_type, (*rows, depth)), random.weights(b_type, (depth, columns))
        graph = Graph(name)
        inputs = [graph.input("a", a[0]), graph.const("b", b[0]), graph.const("a_zero_point", a[2])]
        inputs += [graph.const("b_zero_point", np.full(columns, b[2]) if per_column else b[2])]
        graph.node("MatMulInteger", inputs, result="y")
        yield case(f"matmul_integer_{name}", graph.model(("y", "int32")), graph.feeds)


# Name, type, shapes of both, whether the second one is constant, powers of two.
PAIRS = [
    ("row", U, (1, 40), (1, 40), False, False),
    ("row_s8", S, (1, 40), (1, 40), False, False),
    ("image", U, (1, 4, 5, 6), (1, 4, 5, 6), False, False),
    ("image_s8", S, (1, 4, 5, 6), (1, 4, 5, 6), False, False),
    ("batch", U, (2, 3, 4), (2, 3, 4), False, False),
    ("constant", U, (1, 3, 4, 4), (1, 3, 4, 4), True, False),
    ("per_channel", U, (1, 6, 4, 5), (1, 6, 1, 1), True, False),
    ("per_channel_s8", S, (1, 6, 4, 5), (1, 6, 1, 1), False, False),
    ("gate", U, (1, 5, 4, 3), (1, 1, 4, 3), False, False),
    ("last_axis", S, (1, 4, 7), (1, 1, 7), False, False),
    ("scalar", U, (1, 30), (1,), True, False),
    ("first_repeats", U, (1, 6, 1, 1), (1, 6, 3, 4), False, False),
    ("ties", U, (1, 64), (1, 64), False, True),
    ("ties_s8", S, (1, 64), (1, 64), False, True),
]


def elementwise():
    """`QLinearAdd` and `QLinearMul`."""
    random = Random("elementwise")
    for op, name in (("QLinearAdd", "add"), ("QLinearMul", "mul")):
        for label, dtype, a_shape, b_shape, constant, ties in PAIRS:
            a, b = random.activations(dtype, a_shape, ties), random.activations(dtype, b_shape, ties)
            left, right = (parts * scale for parts, scale in (centred(a), centred(b)))
            y = random.result(dtype, left + right if name == "add" else left * right, ties)
            graph = Graph(label)
            inputs = graph.quantised("a", a, True) + graph.quantised("b", b, not constant) + graph.scale("y", *y)
            graph.node(op, inputs, MS, "y")
            yield case(f"qlinear_{name}_{label}", graph.model(("y", dtype)), graph.feeds)


# Name, type, shape, kernel, attributes.
WINDOWS = [
    ("2x2", U, (1, 3, 6, 6), [2, 2], {"strides": [2, 2]}),
    ("2x2_s8", S, (1, 3, 6, 6), [2, 2], {"strides": [2, 2]}),
    ("3x3", U, (1, 4, 7, 6), [3, 3], {"strides": [1, 1]}),
    ("3x3_pad", U, (1, 3, 6, 5), [3, 3], {"strides": [1, 1], "pads": [1, 1, 1, 1]}),
    ("3x3_pad_s8", S, (1, 3, 6, 5), [3, 3], {"strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("3x4_asymmetric", U, (1, 2, 5, 7), [3, 4], {"strides": [1, 2], "pads": [1, 3, 2, 1]}),
    ("2x3_batch", S, (2, 2, 5, 6), [2, 3], {"strides": [1, 1]}),
    ("line", U, (1, 3, 12), [3], {"strides": [2], "pads": [1, 1]}),
    ("line_s8", S, (1, 3, 12), [4], {"strides": [4]}),
    ("whole", U, (1, 5, 4, 6), [4, 6], {"strides": [1, 1]}),
]


def pools():
    """`QLinearAveragePool`, `QLinearGlobalAveragePool`, `MaxPool`."""
    random = Random("pools")

    def pool(op, name, x, **attrs):
        graph = Graph(name)
        reals = FUNCTIONS[op.removeprefix("QLinear")](dequantise(*x), attrs).values().astype(np.float64)
        y = random.result(str(x[0].dtype), reals)
        graph.node(op, graph.quantised("x", x, True) + graph.scale("y", *y), MS, "y", **attrs)
        return case(name, graph.model(("y", str(x[0].dtype))), graph.feeds)

    for name, dtype, shape, kernel, attrs in WINDOWS:
        for counted in (0, 1) if "pads" in attrs else (0,):
            x = random.activations(dtype, shape)
            label = f"qlinear_average_pool_{name}" + ("_count_padding" if counted else "")
            yield pool("QLinearAveragePool", label, x, kernel_shape=kernel, count_include_pad=counted, **attrs)
    for dtype in (U, S):
        for label, shape in (("image", (1, 8, 5, 7)), ("batch", (2, 3, 4, 4)), ("one", (1, 6, 1, 1)), ("line", (1, 5, 9)),
                             ("big", (1, 3, 14, 14))):  # fmt: skip
            x = random.activations(dtype, shape)
            yield pool("QLinearGlobalAveragePool", f"qlinear_global_average_pool_{label}_{dtype}", x, channels_last=0)
    for name, dtype, shape, kernel, attrs in WINDOWS:
        graph = Graph(name)
        graph.node(
            "MaxPool", [graph.input("x", random.integers(dtype, shape))], result="y", kernel_shape=kernel, **attrs
        )
        yield case(f"max_pool_{name}", graph.model(("y", dtype)), graph.feeds)


def activations():
    """Functions of one element, and the softmax. Every possible element is there."""
    random = Random("activations")
    for dtype in (U, S):
        limits = np.iinfo(dtype)
        every = np.arange(limits.min, limits.max + 1).astype(dtype)[None]
        for index, x_scale in enumerate([0.0235, 0.05, 0.11]):
            x_zero = random.zero(dtype)
            sigmoid, leaky = Graph("sigmoid"), Graph("leaky_relu")
            inputs = sigmoid.quantised("x", (every, x_scale, x_zero), True)
            inputs += sigmoid.scale(
                "y", 1 / 256 if index < 2 else 0.0041, np.dtype(dtype).type(limits.min + 5 * (index % 2))
            )
            sigmoid.node("QLinearSigmoid", inputs, MS, "y")
            yield case(f"qlinear_sigmoid_{dtype}_{index}", sigmoid.model(("y", dtype)), sigmoid.feeds)
            inputs = leaky.quantised("x", (every, x_scale, x_zero), True)
            inputs += leaky.scale("y", x_scale * (1 + 0.3 * index), random.zero(dtype))
            leaky.node("QLinearLeakyRelu", inputs, MS, "y", alpha=[0.01, 0.1, 0.25][index])
            yield case(f"qlinear_leaky_relu_{dtype}_{index}", leaky.model(("y", dtype)), leaky.feeds)
        for label, shape, scale in (("row", (1, 10), 0.017), ("rows", (4, 6), 0.009), ("sharp", (2, 12), 0.08),
                                    ("image", (1, 3, 4, 5), 0.011), ("wide", (1, 100), 0.02)):  # fmt: skip
            graph = Graph(label)
            inputs = graph.quantised("x", (random.integers(dtype, shape), scale, random.zero(dtype)), True)
            inputs += graph.scale("y", 1 / 256, np.dtype(dtype).type(limits.min))
            graph.node("QLinearSoftmax", inputs, MS, "y", axis=-1, opset=13)
            yield case(f"qlinear_softmax_{label}_{dtype}", graph.model(("y", dtype)), graph.feeds)


def concat():
    """`QLinearConcat`: tensors of different scales."""
    random = Random("concat")
    layouts = [
        ("rows", [(1, 5), (1, 9)], 1),
        ("channels", [(1, 2, 4, 3), (1, 3, 4, 3), (1, 1, 4, 3)], 1),
        ("width", [(1, 2, 3, 4), (1, 2, 3, 2)], 3),
        ("height", [(1, 2, 1, 4), (1, 2, 3, 4)], 2),
        ("line", [(1, 4, 3), (1, 4, 5)], -1),
        ("one", [(1, 12)], 1),
    ]
    for dtype in (U, S):
        for name, shapes, axis in layouts:
            parts = [random.activations(dtype, shape) for shape in shapes]
            reals = [(part[0].astype(np.int64) - int(part[2])) * part[1] for part in parts]
            graph = Graph(name)
            inputs = graph.scale("y", *random.result(dtype, np.concatenate([real.ravel() for real in reals])))
            for index, part in enumerate(parts):
                inputs += graph.quantised(f"x{index}", part, True)
            graph.node("QLinearConcat", inputs, MS, "y", axis=axis)
            yield case(f"qlinear_concat_{name}_{dtype}", graph.model(("y", dtype)), graph.feeds)


def quantize():
    """`QuantizeLinear` from float32, with halves among the values."""
    random = Random("quantize")
    for dtype in (U, S):
        for name, shape, scale in (("row", (1, 60), 0.037), ("image", (1, 3, 4, 5), 0.11), ("ties", (1, 80), 0.25)):
            x = random.rng.normal(0, 50 * scale, shape).astype(np.float32)
            x = np.round(x * 8) / np.float32(8) if name == "ties" else x
            graph = Graph(name)
            inputs = [graph.input("x", x.astype(np.float32)), *graph.scale("y", scale, random.zero(dtype))]
            graph.node("QuantizeLinear", inputs, result="y")
            yield case(f"quantize_linear_{name}_{dtype}", graph.model(("y", dtype)), graph.feeds)


def from_onnx():
    """The operators' node tests in the package `onnx`. Everything but the first input becomes an initialiser."""
    from onnx.backend.test.case.node import collect_testcases

    wanted = [
        "test_convinteger_with_padding", "test_convinteger_without_padding", "test_matmulinteger", "test_maxpool_2d_uint8",
        "test_qlinearconv", "test_qlinearmatmul_2D_int8_float32", "test_qlinearmatmul_2D_uint8_float32",
        "test_qlinearmatmul_3D_int8_float32", "test_qlinearmatmul_3D_uint8_float32", "test_quantizelinear",
        "test_quantizelinear_axis",
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tests divide by zero on purpose
        tests = {test.name: test for test in collect_testcases(None)}
    for name in wanted:
        test = tests[name]
        inputs, expected = test.data_sets[0]
        model = onnx.ModelProto()
        model.CopyFrom(test.model)
        # The newest operator sets are ahead of ONNX Runtime; these operators did not change.
        model.opset_import[0].version = min(model.opset_import[0].version, 21)
        model.ir_version = min(model.ir_version, 10)
        names = [value.name for value in model.graph.input]
        model.graph.initializer.extend(
            numpy_helper.from_array(np.asarray(value), key) for key, value in list(zip(names, inputs))[1:]
        )
        del model.graph.input[1:]
        yield case(
            name.removeprefix("test_"), model, {names[0]: np.asarray(inputs[0])}, expected=np.asarray(expected[0])
        )


def from_onnxruntime():
    """Cases of ONNX Runtime's own tests of operators."""
    for test in CASES:
        graph = Graph(test["name"])
        arguments = [
            "" if value is None else graph.input(name, value) if name in test["variable"] else graph.const(name, value)
            for name, value in test["inputs"].items()
        ]
        expected = test["output"]
        graph.node(test["op"], arguments, test["domain"], "y", **test["attrs"])
        model = graph.model(("y", str(expected.dtype)))
        yield case(test["name"], model, graph.feeds, test["source"], expected)


def families():
    """Name, generator, source and licence of each file."""
    made, licence = "random numbers with fixed seeds, scripts/models/vectors.py", "Apache-2.0"
    for name, cases in {
        "qlinear-conv": qlinear_conv, "qlinear-matmul": qlinear_matmul, "integer-products": integer_products,
        "elementwise": elementwise, "pools": pools, "activations": activations, "concat": concat, "quantize": quantize,
        "qdq": qdq,
    }.items():  # fmt: skip
        yield name, cases(), made, licence
    yield "onnx-node", from_onnx(), f"node tests of the Python package onnx {onnx.__version__}", "Apache-2.0"
    yield "onnxruntime-tests", from_onnxruntime(), SOURCE, LICENCE


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder that gets the files")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, cases, source, licence in families():
        cases = list(cases)
        head = {
            "family": name,
            "runtime": f"onnxruntime {onnxruntime.__version__}",
            "source": source,
            "licence": licence,
        }
        lines = [json.dumps(item, separators=(",", ":")) for item in cases]
        head = json.dumps(head)[:-1]
        text = f'{head}, "cases": [\n' + ",\n".join(lines) + "\n]}\n"
        json.loads(text)
        (out / f"{name}.json").write_text(text)
        values = sum(len(item["outputs"][0]["data"]) for item in cases)
        differs = sum(len(item.get("differs", [])) for item in cases)
        print(
            f"  {name}: {len(cases)} cases, {values} values, {differs} not correctly rounded, {len(text) >> 10} KiB",
            flush=True,
        )


if __name__ == "__main__":
    main()

# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Graphs in QDQ form for the test vectors: float operators between `DequantizeLinear` and `QuantizeLinear`.

The first tensor is quantised already, so that the graphs have integer inputs and outputs; two have float inputs.
"""

import numpy as np
from onnx import numpy_helper

from cases import Graph, Random, case
from exact import evaluate_real

U, S = "uint8", "int8"


class Layers:
    """Adds layers to a graph: each takes and gives the name of a quantised tensor with its scale and zero point."""

    def __init__(self, name, random, opset=17):
        self.graph, self.random, self.count = Graph(name, opset), random, 0

    def label(self, word):
        """A name that is not used yet."""
        self.count += 1
        return f"{word}{self.count}"

    def input(self, dtype, shape, scale=None):
        """An integer input of the graph, with any scale or with this one."""
        name = self.label("x")
        values, any_scale, zero = self.random.activations(dtype, shape)
        scale = any_scale if scale is None else np.float32(scale)
        return [self.graph.input(name, values), *self.graph.scale(name, scale, zero)]

    def float_input(self, shape, dtype):
        """A float input of the graph, and its quantisation."""
        name, scale, zero = self.label("x"), self.random.scale(-6, -4), self.random.zero(dtype)
        values = self.random.rng.normal(0, 50 * scale, shape).astype(np.float32)
        scales = self.graph.scale(name, scale, zero)
        return [self.graph.node("QuantizeLinear", [self.graph.input(name, values), *scales]), *scales]

    def real(self, quantised, **attrs):
        """The float tensor that a quantised one stands for."""
        return self.graph.node("DequantizeLinear", quantised, **attrs)

    def close(self, value, dtype, zero=None, like=None):
        """Quantises a float tensor with a scale and zero point that fit it, or this zero point, or both of `like`."""
        if like is not None:
            scales = like[1:]
        else:
            name = self.label("s")
            model = self.graph.model((value, "float32"))
            scale, fitting = self.random.result(dtype, evaluate_real(model, self.graph.feeds))
            scales = self.graph.scale(name, scale, fitting if zero is None else zero)
        return [self.graph.node("QuantizeLinear", [value, *scales]), *scales]

    def weights(self, x, dtype, shape, axis, per_channel, bias_size):
        """Dequantised weights and bias for a layer on `x`."""
        name = self.label("w")
        values, scale, zero = self.random.weights(dtype, shape, axis if per_channel else None)
        attrs = {"axis": axis} if per_channel else {}
        inputs = [self.real(self.graph.quantised(name, (values, scale, zero)), **attrs)]
        if bias_size:
            x_scale = self.value(x[1])
            bias = self.random.rng.normal(0, 3_000, bias_size).astype(np.int32)
            scales = np.atleast_1d(np.float32(x_scale * scale))
            flat = len(scales) == 1
            names = [
                self.graph.const(f"{name}_bias", bias),
                self.graph.const(f"{name}_bias_scale", scales[0] if flat else scales),
                self.graph.const(f"{name}_bias_zero", np.int32(0) if flat else np.zeros(len(scales), np.int32)),
            ]
            inputs.append(self.real(names, **({} if flat else {"axis": 0})))
        return inputs

    def value(self, name):
        """The value of a constant."""
        return numpy_helper.to_array(next(tensor for tensor in self.graph.constants if tensor.name == name))

    def conv(self, x, dtype, shape, per_channel=False, bias=True, **attrs):
        """A convolution, in real numbers."""
        inputs = self.weights(x, dtype, shape, 0, per_channel, shape[0] if bias else 0)
        return self.graph.node("Conv", [self.real(x), *inputs], **attrs)

    def gemm(self, x, dtype, shape, trans=False, per_channel=False, bias=True):
        """A dense layer, in real numbers."""
        axis = 0 if trans else 1
        inputs = self.weights(x, dtype, shape, axis, per_channel, shape[axis] if bias else 0)
        return self.graph.node("Gemm", [self.real(x), *inputs], transB=int(trans))

    def finish(self, name, quantised):
        """The case whose output is this tensor."""
        dtype = str(self.value(quantised[2]).dtype)
        return case(f"qdq_{name}", self.graph.model((quantised[0], dtype)), self.graph.feeds)


def single_layers(random):
    """One layer each."""
    image, pad = (1, 3, 6, 5), {"pads": [1, 1, 1, 1]}
    for name, dtype, w_type, shape, w_shape, options in [
        ("conv", U, S, image, (4, 3, 3, 3), pad),
        ("conv_s8", S, S, image, (4, 3, 3, 3), pad),
        ("conv_u8u8", U, U, image, (4, 3, 3, 3), pad),
        ("conv_per_channel", U, S, image, (6, 3, 3, 3), {"per_channel": True, **pad}),
        ("conv_per_channel_s8", S, S, image, (6, 3, 3, 3), {"per_channel": True, "strides": [2, 2], **pad}),
        ("conv_no_bias", U, S, image, (4, 3, 3, 3), {"bias": False, **pad}),
        ("conv_1x1", U, S, (1, 8, 3, 4), (4, 8, 1, 1), {}),
        ("conv_depthwise", U, S, (1, 8, 5, 5), (8, 1, 3, 3), {"group": 8, "per_channel": True, **pad}),
        ("conv_groups", S, S, (1, 4, 5, 5), (6, 2, 3, 3), {"group": 2}),
        ("conv_line", U, S, (1, 4, 14), (5, 4, 3), {"pads": [1, 1]}),
        ("conv_line_dilation", S, S, (1, 4, 14), (5, 4, 3), {"dilations": [2], "per_channel": True}),
    ]:
        layers = Layers(name, random)
        yield layers.finish(
            name, layers.close(layers.conv(layers.input(dtype, shape), w_type, w_shape, **options), dtype)
        )
    for dtype in (U, S):
        for low in (True, False):
            name = f"conv_relu_{dtype}" + ("" if low else "_middle_zero")
            layers = Layers(name, random)
            value = layers.conv(layers.input(dtype, image), S, (4, 3, 3, 3), per_channel=True, **pad)
            zero = None if low else random.zero(dtype)
            yield layers.finish(name, layers.close(layers.graph.node("Relu", [value]), dtype, zero))
    for name, dtype, shape, options in [
        ("gemm", U, (12, 7), {}),
        ("gemm_transposed", U, (7, 12), {"trans": True}),
        ("gemm_per_channel", U, (7, 12), {"trans": True, "per_channel": True}),
        ("gemm_s8", S, (12, 7), {"per_channel": True}),
        ("gemm_no_bias", S, (7, 12), {"trans": True, "bias": False}),
    ]:
        layers = Layers(name, random)
        yield layers.finish(name, layers.close(layers.gemm(layers.input(dtype, (2, 12)), S, shape, **options), dtype))
    layers = Layers("gemm_relu", random)
    value = layers.gemm(layers.input(U, (1, 12)), S, (7, 12), trans=True)
    yield layers.finish("gemm_relu", layers.close(layers.graph.node("Relu", [value]), U))
    for name, dtype, per_channel in (("matmul", U, False), ("matmul_per_channel", U, True), ("matmul_s8", S, False)):
        layers = Layers(name, random)
        x = layers.input(dtype, (2, 10))
        weights = layers.weights(x, S, (10, 6), 1, per_channel, 0)
        yield layers.finish(name, layers.close(layers.graph.node("MatMul", [layers.real(x), *weights]), dtype))


def functions(random):
    """Functions of one or two tensors."""
    image = (1, 4, 3, 5)
    for op, word in (("Add", "add"), ("Mul", "mul")):
        for label, dtype, other in (("", U, image), ("_s8", S, image), ("_per_channel", U, (1, 4, 1, 1))):
            name = word + label
            layers = Layers(name, random)
            values = [layers.real(layers.input(dtype, shape)) for shape in (image, other)]
            yield layers.finish(name, layers.close(layers.graph.node(op, values), dtype))
    layers = Layers("add_relu", random)
    value = layers.graph.node("Add", [layers.real(layers.input(S, image)), layers.real(layers.input(S, image))])
    yield layers.finish("add_relu", layers.close(layers.graph.node("Relu", [value]), S))
    for dtype in (U, S):
        layers = Layers("concat", random)
        values = [layers.real(layers.input(dtype, (1, size, 3, 4))) for size in (2, 1, 3)]
        value = layers.graph.node("Concat", values, axis=1)
        yield layers.finish(f"concat_{dtype}", layers.close(value, dtype))
    for name, op, dtype, shape, attrs in [
        ("average_pool", "AveragePool", U, (1, 3, 6, 6), {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("average_pool_pad", "AveragePool", S, (1, 3, 6, 6), {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}),
        ("average_pool_count_padding", "AveragePool", U, (1, 3, 6, 6),
         {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}),
        ("global_average_pool", "GlobalAveragePool", U, (1, 6, 5, 4), {}),
        ("global_average_pool_s8", "GlobalAveragePool", S, (1, 6, 5, 4), {}),
        ("sigmoid", "Sigmoid", U, (1, 90), {}),
        ("sigmoid_s8", "Sigmoid", S, (1, 90), {}),
        ("tanh", "Tanh", U, (1, 90), {}),
        ("tanh_s8", "Tanh", S, (1, 90), {}),
        ("leaky_relu", "LeakyRelu", S, (1, 90), {"alpha": 0.2}),
        ("hard_swish", "HardSwish", U, (1, 90), {}),
        ("relu", "Relu", S, (1, 90), {}),
        ("softmax", "Softmax", S, (1, 10), {"axis": -1}),
        ("gelu", "Gelu", S, (1, 90), {}),
        ("gelu_u8", "Gelu", U, (1, 90), {}),
    ]:  # fmt: skip
        layers = Layers(name, random, 20 if op == "Gelu" else 17)
        value = layers.graph.node(op, [layers.real(layers.input(dtype, shape, 0.029))], **attrs)
        yield layers.finish(name, layers.close(value, dtype))
    layers = Layers("clip", random)
    low, high = layers.graph.const("low", np.float32(0)), layers.graph.const("high", np.float32(1.5))
    value = layers.graph.node("Clip", [layers.real(layers.input(U, (1, 90), 0.029)), low, high])
    yield layers.finish("clip", layers.close(value, U))
    for name, op, shape, attrs in [
        ("max_pool", "MaxPool", (1, 3, 6, 6), {"kernel_shape": [2, 2], "strides": [2, 2]}),
        ("max_pool_pad", "MaxPool", (1, 3, 5, 6), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
        ("flatten", "Flatten", (1, 3, 4, 5), {"axis": 1}),
        ("transpose", "Transpose", (1, 3, 4, 5), {"perm": [0, 2, 3, 1]}),
    ]:
        for dtype in (U, S):
            layers = Layers(name, random)
            x = layers.input(dtype, shape)
            value = layers.graph.node(op, [layers.real(x)], **attrs)
            yield layers.finish(f"{name}_{dtype}", layers.close(value, dtype, like=x))


def networks(random):
    """Several layers."""
    pad = {"pads": [1, 1, 1, 1]}
    for dtype in (U, S):
        layers = Layers("residual", random)
        x = layers.input(dtype, (1, 4, 6, 6))
        first = layers.graph.node("Relu", [layers.conv(x, S, (4, 4, 3, 3), True, **pad)])
        first = layers.close(first, dtype)
        second = layers.close(layers.conv(first, S, (4, 4, 3, 3), True, **pad), dtype)
        total = layers.graph.node("Add", [layers.real(second), layers.real(x)])
        yield layers.finish(f"residual_{dtype}", layers.close(layers.graph.node("Relu", [total]), dtype))
        layers = Layers("classifier", random)
        x = layers.float_input((1, 1, 8, 8), dtype)
        x = layers.close(layers.graph.node("Relu", [layers.conv(x, S, (6, 1, 3, 3), True, **pad)]), dtype)
        pooled = layers.graph.node("MaxPool", [layers.real(x)], kernel_shape=[2, 2], strides=[2, 2])
        x = layers.close(pooled, dtype, like=x)
        x = layers.close(layers.graph.node("Flatten", [layers.real(x)], axis=1), dtype, like=x)
        yield layers.finish(f"classifier_{dtype}", layers.close(layers.gemm(x, S, (5, 96), True, True), dtype))
    layers = Layers("separable", random)
    x = layers.input(U, (1, 6, 6, 6))
    x = layers.close(layers.graph.node("Relu", [layers.conv(x, S, (6, 1, 3, 3), True, group=6, **pad)]), U)
    x = layers.close(layers.graph.node("Relu", [layers.conv(x, S, (8, 6, 1, 1), True)]), U)
    x = layers.close(layers.graph.node("GlobalAveragePool", [layers.real(x)]), U)
    x = layers.close(layers.graph.node("Flatten", [layers.real(x)], axis=1), U, like=x)
    yield layers.finish("separable", layers.close(layers.gemm(x, S, (4, 8), True, True), U))
    layers = Layers("branches", random)
    x = layers.input(U, (1, 4, 5, 5))
    parts = [layers.close(layers.conv(x, S, (3, 4, 1, 1)), U), layers.close(layers.conv(x, S, (5, 4, 3, 3), **pad), U)]
    x = layers.close(layers.graph.node("Concat", [layers.real(part) for part in parts], axis=1), U)
    gate = layers.close(layers.graph.node("Sigmoid", [layers.real(x)]), U)
    yield layers.finish("branches", layers.close(layers.graph.node("Mul", [layers.real(x), layers.real(gate)]), U))


def qdq():
    """All graphs in QDQ form."""
    random = Random("qdq")
    yield from single_layers(random)
    yield from functions(random)
    yield from networks(random)

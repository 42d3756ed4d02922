# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Two convolutional networks: their training with JAX, and their ONNX graphs.

A network is a function of its parameters and of rows in JAX, and the same function written as ONNX nodes. Training is Adam on
the cross-entropy with a cosine schedule; seeds and the number of threads are fixed.
"""

import jax
import jax.numpy as jnp
import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

SEED = 20260104
CHANNELS = 24  # of the stem and the residual block of the digits network
WIDE = 48  # after the separable block


class Graph:
    """An ONNX graph in the making; layers take and give names of tensors."""

    def __init__(self, parameters):
        self.parameters = parameters
        self.nodes, self.constants = [], {}

    def const(self, name, array):
        """An initialiser; gives its name."""
        self.constants[name] = numpy_helper.from_array(np.asarray(array), name)
        return name

    def node(self, op, inputs, result, **attrs):
        """A node; gives the name of its result."""
        self.nodes.append(helper.make_node(op, inputs, [result], name=f"/{result}/{op}", **attrs))
        return result

    def layer(self, op, value, name, **attrs):
        """A convolution or dense layer with the parameters of this name."""
        parts = [self.const(f"{name}.{part}", self.parameters[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.node(op, [value, *parts], name, **attrs)

    def model(self, name, source, result, opset, ir_version):
        """The checked model; `source` and `result` are (name, type, shape without the batch)."""
        values = [
            helper.make_tensor_value_info(label, kind, ["batch", *shape]) for label, kind, shape in (source, result)
        ]
        graph = helper.make_graph(self.nodes, name, values[:1], values[1:], list(self.constants.values()))
        opsets = [helper.make_opsetid("", opset)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=ir_version, producer_name="aivm")
        checker.check_model(model, full_check=True)
        return model


class Parameters:
    """Random parameters, scaled for ReLU-like functions."""

    def __init__(self):
        self.rng, self.values = np.random.default_rng(SEED), {}

    def layer(self, name, shape, gain=2.0):
        """Weights of this shape (outputs first) and a bias."""
        deviation = np.sqrt(gain / np.prod(shape[1:]))
        self.values[f"{name}.weight"] = self.rng.normal(0, deviation, shape).astype(np.float32)
        self.values[f"{name}.bias"] = np.zeros(shape[0], np.float32)


def convolve(parameters, name, value, stride=1, groups=1):
    """A convolution with as much padding as keeps the size (for stride 1), channels first, of images or lines."""
    weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
    rank = weight.ndim - 2
    axes = ("NCHW", "OIHW", "NCHW") if rank == 2 else ("NCH", "OIH", "NCH")
    pads = [(size // 2, size // 2) for size in weight.shape[2:]]
    result = jax.lax.conv_general_dilated(
        value, weight, (stride,) * rank, pads, dimension_numbers=axes, feature_group_count=groups
    )
    return result + bias.reshape(1, -1, *[1] * rank)


def dense(parameters, name, value):
    """A dense layer."""
    return value @ parameters[f"{name}.weight"].T + parameters[f"{name}.bias"]


class Digits:
    """Images of 8 x 8 pixels, brightness 0 to 16: a stem, a residual block, a depthwise-separable block, ten classes."""

    rate, epochs, batch = 4e-3, 60, 32

    @staticmethod
    def parameters():
        """Fresh parameters."""
        fresh = Parameters()
        fresh.layer("stem", (CHANNELS, 1, 3, 3))
        fresh.layer("block.first", (CHANNELS, CHANNELS, 3, 3))
        fresh.layer("block.second", (CHANNELS, CHANNELS, 3, 3), 0.5)
        fresh.layer("depthwise", (CHANNELS, 1, 3, 3))
        fresh.layer("pointwise", (WIDE, CHANNELS, 1, 1))
        fresh.layer("classes", (10, WIDE), 1.0)
        return fresh.values

    @staticmethod
    def forward(parameters, rows):
        """Class scores; the rows are scaled to 0..1."""
        value = jax.nn.relu(convolve(parameters, "stem", rows.reshape(-1, 1, 8, 8)))
        inner = jax.nn.relu(convolve(parameters, "block.first", value))
        value = jax.nn.relu(value + convolve(parameters, "block.second", inner))
        value = jax.nn.relu(convolve(parameters, "depthwise", value, 2, CHANNELS))
        value = jax.nn.relu(convolve(parameters, "pointwise", value))
        return dense(parameters, "classes", value.mean(axis=(2, 3)))

    @staticmethod
    def augment(rng, rows):
        """Some images moved by one pixel."""
        images = np.pad(rows.reshape(-1, 8, 8), ((0, 0), (1, 1), (1, 1)))
        moves = rng.choice(3, (len(rows), 2), p=[0.1, 0.8, 0.1])
        moved = [image[y : y + 8, x : x + 8] for image, (y, x) in zip(images, moves)]
        return np.stack(moved).reshape(len(rows), 64)

    @staticmethod
    def export(parameters):
        """The ONNX model; it takes brightness from 0 to 16, so the first weights are divided by 16."""
        graph = Graph({**parameters, "stem.weight": parameters["stem.weight"] / np.float32(16)})
        pads = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}
        value = graph.node("Relu", [graph.layer("Conv", "image", "stem", **pads)], "stem.relu")
        inner = graph.node("Relu", [graph.layer("Conv", value, "block.first", **pads)], "block.relu")
        inner = graph.layer("Conv", inner, "block.second", **pads)
        value = graph.node("Relu", [graph.node("Add", [value, inner], "block.add")], "block")
        value = graph.layer("Conv", value, "depthwise", group=CHANNELS, strides=[2, 2], **pads)
        value = graph.layer("Conv", graph.node("Relu", [value], "depthwise.relu"), "pointwise", kernel_shape=[1, 1])
        value = graph.node("GlobalAveragePool", [graph.node("Relu", [value], "pointwise.relu")], "pool")
        value = graph.layer("Gemm", graph.node("Flatten", [value], "flat", axis=1), "classes", transB=1)
        graph.node("Softmax", [value], "probabilities", axis=-1)
        source, result = ("image", TensorProto.FLOAT, [1, 8, 8]), ("probabilities", TensorProto.FLOAT, [10])
        return graph.model("digits-cnn", source, result, 17, 8)


class Language:
    """Characters as numbers: an embedding, a convolution with GELU, a gated convolution, the maximum over all places."""

    rate, epochs, batch = 3e-3, 24, 128
    length, symbols, width, first, second = 48, 128, 12, 32, 48

    def __init__(self, classes):
        self.classes = classes

    def parameters(self):
        """Fresh parameters."""
        fresh = Parameters()
        fresh.values["characters"] = fresh.rng.normal(0, 0.5, (self.symbols, self.width)).astype(np.float32)
        fresh.layer("letters", (self.first, self.width, 5))
        fresh.layer("content", (self.second, self.first, 3), 1.0)
        fresh.layer("gate", (self.second, self.first, 3), 1.0)
        fresh.layer("classes", (self.classes, self.second), 1.0)
        return fresh.values

    @staticmethod
    def forward(parameters, rows):
        """Class scores."""
        value = parameters["characters"][rows].transpose(0, 2, 1)
        value = jax.nn.gelu(convolve(parameters, "letters", value), approximate=False)
        content, gate = (convolve(parameters, name, value) for name in ("content", "gate"))
        return dense(parameters, "classes", (jnp.tanh(content) * jax.nn.sigmoid(gate)).max(axis=2))

    @staticmethod
    def augment(rng, rows):
        """Each text from a random place on, half of the time; the end is padding."""
        rows = rows.copy()
        for row in rows[rng.random(len(rows)) < 0.5]:
            used = int(np.count_nonzero(row))
            start = int(rng.integers(0, max(used - 20, 0) + 1))
            row[:] = np.concatenate([row[start:], np.zeros(start, row.dtype)])
        return rows

    def export(self, parameters):
        """The ONNX model; `Gelu` is an operator since operator set 20."""
        graph = Graph(parameters)
        value = graph.node("Gather", [graph.const("characters", parameters["characters"]), "text"], "embedding", axis=0)
        value = graph.layer("Conv", graph.node("Transpose", [value], "channels", perm=[0, 2, 1]), "letters",
                            kernel_shape=[5], pads=[2, 2])  # fmt: skip
        value = graph.node("Gelu", [value], "letters.gelu")
        line = {"kernel_shape": [3], "pads": [1, 1]}
        content = graph.node("Tanh", [graph.layer("Conv", value, "content", **line)], "content.tanh")
        gate = graph.node("Sigmoid", [graph.layer("Conv", value, "gate", **line)], "gate.sigmoid")
        value = graph.node("GlobalMaxPool", [graph.node("Mul", [content, gate], "gated")], "pool")
        value = graph.layer("Gemm", graph.node("Flatten", [value], "flat", axis=1), "classes", transB=1)
        graph.node("Softmax", [value], "probabilities", axis=-1)
        source, result = (
            ("text", TensorProto.INT64, [self.length]),
            ("probabilities", TensorProto.FLOAT, [self.classes]),
        )
        return graph.model("language-id", source, result, 20, 9)


def train(network, rows, labels):
    """Trained parameters."""
    parameters = {name: jnp.asarray(value) for name, value in network.parameters().items()}
    moments = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
    steps = len(rows) // network.batch
    total = steps * network.epochs

    def loss(parameters, rows, labels):
        scores = jax.nn.log_softmax(network.forward(parameters, rows))
        decay = sum(jnp.sum(value**2) for name, value in parameters.items() if name.endswith("weight"))
        return -jnp.mean(scores[jnp.arange(len(labels)), labels]) + 1e-4 * decay

    @jax.jit
    def step(state, batch):
        parameters, mean, square, count = state
        gradient = jax.grad(loss)(parameters, *batch)
        count = count + 1
        rate = network.rate * 0.5 * (1 + jnp.cos(jnp.pi * count / total))
        mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
        square = jax.tree.map(lambda s, g: 0.99 * s + 0.01 * g * g, square, gradient)
        parameters = jax.tree.map(
            lambda p, m, s: p - rate * (m / (1 - 0.9**count)) / (jnp.sqrt(s / (1 - 0.99**count)) + 1e-8),
            parameters, mean, square,
        )  # fmt: skip
        return parameters, mean, square, count

    rng = np.random.default_rng(SEED)
    state = (parameters, *moments, jnp.float32(0))
    for _ in range(network.epochs):
        order = rng.permutation(len(rows))[: steps * network.batch]
        batches = network.augment(rng, rows[order]).reshape(steps, network.batch, -1)
        for batch, answers in zip(batches, labels[order].reshape(steps, network.batch)):
            state = step(state, (batch, answers))
    return {name: np.asarray(value) for name, value in state[0].items()}

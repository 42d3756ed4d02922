# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Measures how many 8-bit multiply-accumulates a second ONNX Runtime does on one thread.

Prints JSON lines. The first describes the processor; the others are
`{"name", "macs", "ns", "macs_per_second", "runs"}`: multiply-accumulates and best time of one layer (or one run of a model).
`*_chain` and `*_many` hold several layers in one graph and divide by their number, so that the fixed cost of a call and of
changing the layout to channels last counts only once: they are the speed of the kernel alone.

    python3 -m venv .venv && .venv/bin/pip install -r benches/inference/requirements.txt
    .venv/bin/python benches/inference/ort.py [--models scripts/models] [--seconds 2]
"""

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

SEED = 20260103
MS = "com.microsoft"
LAYERS = 8


def processor():
    """What the processor is and which dot product instructions it has."""
    info, flags = {}, set()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            key, _, value = line.partition(":")
            info.setdefault(key.strip(), value.strip())
        flags = set(info.get("flags", "").split())
    except OSError:
        pass
    return {
        "name": "processor",
        "model": info.get("model name", platform.processor()),
        "avx512_vnni": "avx512_vnni" in flags,
        "avx_vnni": "avx_vnni" in flags,
        "onnxruntime": onnxruntime.__version__,
    }


class Graph:
    """A graph of quantised layers with random weights."""

    def __init__(self):
        self.rng = np.random.default_rng(SEED)
        self.nodes, self.constants = [], []

    def const(self, array):
        """An initialiser; gives its name."""
        self.constants.append(numpy_helper.from_array(np.asarray(array), f"c{len(self.constants)}"))
        return self.constants[-1].name

    def scales(self, scale, zero):
        """Names of a scale and a zero point."""
        return [self.const(np.float32(scale)), self.const(zero)]

    def weights(self, shape, axis):
        """Names of `int8` weights, of a scale for each channel, and of their zero points."""
        count = shape[axis]
        values = self.rng.integers(-127, 128, shape).astype(np.int8)
        scales = self.rng.uniform(0.001, 0.002, count).astype(np.float32)
        return [self.const(values), self.const(scales), self.const(np.zeros(count, np.int8))]

    def bias(self, count):
        """The name of a bias."""
        return self.const(self.rng.integers(-1000, 1000, count).astype(np.int32))

    def node(self, op, inputs, result, domain="", **attrs):
        """A node; gives the name of its result."""
        self.nodes.append(helper.make_node(op, inputs, [result], domain=domain, **attrs))
        return result

    def model(self, x, shape, outputs):
        """The model from the `uint8` input `x` to the named outputs."""
        graph = helper.make_graph(
            self.nodes,
            "bench",
            [helper.make_tensor_value_info(x, TensorProto.UINT8, shape)],
            [helper.make_tensor_value_info(name, TensorProto.UINT8, None) for name in outputs],
            self.constants,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8).SerializeToString()


def convolutions(layers):
    """3 x 3, 32 to 32 channels, 28 x 28, padding 1; one after the other."""
    graph, value = Graph(), "x"
    for layer in range(layers):
        inputs = [value, *graph.scales(0.02, np.uint8(128)), *graph.weights((32, 32, 3, 3), 0)]
        inputs += [*graph.scales(0.05, np.uint8(128)), graph.bias(32)]
        value = graph.node("QLinearConv", inputs, f"y{layer}", pads=[1, 1, 1, 1])
    return graph.model("x", [1, 32, 28, 28], [value]), 28 * 28 * 32 * 32 * 9


def products(op, layers):
    """One row of 784 by 784 x 56; side by side, each with its own weights."""
    graph = Graph()
    outputs = []
    for layer in range(layers):
        x, w, y = graph.scales(0.02, np.uint8(128)), graph.weights((784, 56), 1), graph.scales(0.05, np.uint8(128))
        if op == "QGemm":
            outputs.append(graph.node(op, ["x", *x, *w, graph.bias(56), *y], f"y{layer}", MS))
        else:
            outputs.append(graph.node(op, ["x", *x, *w, *y], f"y{layer}"))
    return graph.model("x", [1, 784], outputs), 784 * 56


def layer_macs(model):
    """Multiply-accumulates of the convolutions and dense layers of a float or QDQ model, for one row."""
    model = shape_inference.infer_shapes(model, data_prop=True)
    graph = model.graph
    shapes = {tensor.name: list(tensor.dims) for tensor in graph.initializer}
    for value in [*graph.input, *graph.value_info, *graph.output]:
        shapes[value.name] = [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
    total = 0
    for node in graph.node:
        if node.op_type == "Conv":
            total += int(np.prod(shapes[node.output[0]]) * np.prod(shapes[node.input[1]][1:]))
        elif node.op_type in ("Gemm", "MatMul"):
            total += int(np.prod(shapes[node.input[1]]))
    return total


def session(model):
    """The model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def measure(name, model, macs, seconds, layers=1):
    """Runs for `seconds` after a warm-up and prints the best time of one layer."""
    running = session(model)
    rng = np.random.default_rng(SEED)
    binding = running.io_binding()
    for value in running.get_inputs():
        shape = [size if isinstance(size, int) else 1 for size in value.shape]
        if value.type == "tensor(uint8)":
            data = rng.integers(0, 256, shape).astype(np.uint8)
        elif value.type == "tensor(int64)":
            data = rng.integers(0, 90, shape)  # numbers of characters
        else:
            data = rng.uniform(0, 16, shape).astype(np.float32)  # brightness
        binding.bind_cpu_input(value.name, data)
    for value in running.get_outputs():
        binding.bind_output(value.name)
    run, clock = running.run_with_iobinding, time.perf_counter_ns
    for _ in range(20):
        run(binding)
    best, runs, end = None, 0, clock() + int(seconds * 1e9)
    while clock() < end:
        for _ in range(20):
            start = clock()
            run(binding)
            taken = clock() - start
            best = taken if best is None else min(best, taken)
            runs += 1
    best /= layers
    print(
        json.dumps(
            {"name": name, "macs": macs, "ns": round(best), "macs_per_second": round(macs / best * 1e9), "runs": runs}
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    models = Path(__file__).resolve().parents[2] / "scripts/models"
    parser.add_argument("--models", type=Path, default=models, help="folder of the example models")
    parser.add_argument("--seconds", type=float, default=2.0, help="time for each measurement")
    args = parser.parse_args()
    print(json.dumps(processor()))
    for layers, suffix in ((1, ""), (LAYERS, "_chain")):
        measure(f"qlinear_conv_3x3_32_32_28x28{suffix}", *convolutions(layers), args.seconds, layers)
    for op, name in (("QLinearMatMul", "qlinear_matmul"), ("QGemm", "qgemm")):
        for layers, suffix in ((1, ""), (LAYERS, "_many")):
            measure(f"{name}_1x784x56{suffix}", *products(op, layers), args.seconds, layers)
    for path in sorted(args.models.glob("*/model-int8.onnx")):
        macs = layer_macs(onnx.load(path))  # convolutions and dense layers
        measure(path.parent.name, path.read_bytes(), macs, args.seconds)


if __name__ == "__main__":
    main()

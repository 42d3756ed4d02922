# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Copies small public ONNX models out of the pinned Python packages, for the importer's tests.

The files are those of the packages `onnx` and `onnxruntime`, unchanged. `answers.json` holds, for the small ones, inputs and
outputs: those that `onnx` ships with the model, or what ONNX Runtime answers for a few rows.
"""

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper
from onnxruntime.capi.onnxruntime_pybind11_state import NotImplemented as NotImplementedByRuntime

from cases import require, tensor

LIGHT = ["bvlc_alexnet", "densenet121", "inception_v1", "inception_v2", "resnet50", "shufflenet", "squeezenet", "vgg19",
         "zfnet512"]  # fmt: skip
CONVERTED = [
    "AvgPool1d", "AvgPool1d_stride", "AvgPool2d", "AvgPool2d_stride", "BatchNorm1d_3d_input_eval", "BatchNorm2d_eval",
    "BatchNorm2d_momentum_eval", "ConstantPad2d", "Conv1d", "Conv1d_dilated", "Conv1d_groups", "Conv1d_pad1",
    "Conv1d_pad1size1", "Conv1d_pad2", "Conv1d_pad2size1", "Conv1d_stride", "Conv2d", "Conv2d_depthwise",
    "Conv2d_depthwise_padded", "Conv2d_depthwise_strided", "Conv2d_depthwise_with_multiplier", "Conv2d_dilated",
    "Conv2d_groups", "Conv2d_groups_thnn", "Conv2d_no_bias", "Conv2d_padding", "Conv2d_strided", "ELU", "Embedding", "GLU",
    "GLU_dim", "LeakyReLU", "LeakyReLU_with_negval", "Linear", "Linear_no_bias", "LogSoftmax", "MaxPool1d",
    "MaxPool1d_stride", "MaxPool2d", "PReLU_2d", "PReLU_2d_multiparam", "ReLU", "SELU", "Sigmoid", "Softmax", "Softmin",
    "Softplus", "Softsign", "Tanh", "ZeroPad2d", "softmax_functional_dim3", "softmax_lastdim",
]  # fmt: skip
OPERATORS = [
    "add_broadcast", "add_size1_broadcast", "addconstant", "basic", "chunk", "clip", "concat2", "exp", "flatten", "mm",
    "non_float_params", "params", "reduced_mean_keepdim", "view",
]  # fmt: skip
DATASETS = ["logreg_iris", "mul_1", "sigmoid"]


def shipped(folder):
    """The first data set beside a model: inputs and outputs, as arrays."""

    def read(kind):
        files = sorted((folder / "test_data_set_0").glob(f"{kind}_*.pb"))
        return [numpy_helper.to_array(onnx.TensorProto.FromString(file.read_bytes())) for file in files]

    return read("input"), read("output")


def session(path):
    """The model in ONNX Runtime."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])


def answers(path, inputs, outputs):
    """One entry of `answers.json`; checks shipped outputs where ONNX Runtime still knows the model's operator set."""
    model = onnx.load(path)
    constant = {value.name for value in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in constant]
    inputs = dict(zip(names, inputs))
    try:
        given = session(path).run(None, inputs)
        for answer, expected in zip(given, outputs):
            require(np.allclose(answer, expected, rtol=1e-3, atol=1e-5), path.name, "another answer than shipped")
    except NotImplementedByRuntime as failure:
        require(outputs, path.name, failure)
    given = outputs or [value for value in given if isinstance(value, np.ndarray)]
    return {
        "model": path.name,
        "inputs": [tensor(name, array) for name, array in inputs.items()],
        "outputs": [tensor(value.name, array) for value, array in zip(model.graph.output, given)],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder that gets the files")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    data = Path(onnx.__file__).parent / "backend/test/data"
    entries = []
    for name in LIGHT:
        shutil.copyfile(data / f"light/light_{name}.onnx", out / f"light_{name}.onnx")
    folders = [(f"pytorch_{name.lower()}", data / f"pytorch-converted/test_{name}") for name in CONVERTED]
    folders += [(f"operator_{name}", data / f"pytorch-operator/test_operator_{name}") for name in OPERATORS]
    folders += [("simple_relu", data / "simple/test_single_relu_model")]
    for name, folder in folders:
        shutil.copyfile(folder / "model.onnx", out / f"{name}.onnx")
        entries.append(answers(out / f"{name}.onnx", *shipped(folder)))
    for name in DATASETS:
        path = out / f"{name}.onnx"
        shutil.copyfile(Path(onnxruntime.__file__).parent / f"datasets/{name}.onnx", path)
        shape = session(path).get_inputs()[0].shape
        entries.append(answers(path, [np.linspace(0.2, 6, int(np.prod(shape)), dtype=np.float32).reshape(shape)], []))
    lines = [json.dumps(entry, separators=(",", ":")) for entry in entries]
    (out / "answers.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")
    size = sum(file.stat().st_size for file in out.iterdir())
    print(f"  public models: {len(list(out.glob('*.onnx')))}, {size >> 10} KiB", flush=True)


if __name__ == "__main__":
    main()

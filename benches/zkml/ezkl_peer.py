# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Measures EZKL on the networks of the example models: the peer of `scripts/bench zkml`.

The network of each model is cut out of its ONNX file, from the input to the scores before the softmax: everything that EZKL
can prove and that decides the class. Input private, output public, weights fixed, settings calibrated for resources: EZKL's
own defaults. The reference string is made here (`gen_srs`), so nothing is downloaded.

Prints JSON lines `{"model", "version", "constraints_log2", "prove_seconds", "prove_peak_bytes", "setup_seconds", "key_bytes",
"verifying_key_bytes", "proof_bytes", "verify_seconds", "rows", "accuracy"}`, or `{"model", "failed"}`. A proof is made in a
process of its own, whose peak memory is that of the proof.

    python3 -m venv .venv && .venv/bin/pip install -r benches/zkml/requirements.txt
    .venv/bin/python benches/zkml/ezkl_peer.py [--models scripts/models] [--only digits-mlp]
"""

import argparse
import asyncio
import csv
import inspect
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import ezkl
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# The scores before the softmax; `None` where they come from operators that have to be written out first.
SCORES = {"digits-mlp": "add_result1", "cancer-logreg": None, "digits-cnn": "classes"}
PROOFS = 3


def call(function, *args, **kwargs):
    """Calls a function of EZKL, some of which are coroutines."""

    async def run():
        result = function(*args, **kwargs)
        return await result if inspect.isawaitable(result) else result

    return asyncio.run(run())


def attributes(node):
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def linear(graph):
    """The scaler and the linear classifier of scikit-learn as a graph of ONNX operators."""
    scaler = next(attributes(node) for node in graph.node if node.op_type == "Scaler")
    classifier = next(attributes(node) for node in graph.node if node.op_type == "LinearClassifier")
    features = len(scaler["offset"])
    weights = np.array(classifier["coefficients"], np.float32).reshape(-1, features).T
    scale = np.array(scaler["scale"], np.float32)
    offset = -np.array(scaler["offset"], np.float32) * scale
    constants = {
        "scale": scale,
        "offset": offset,
        "weights": weights,
        "bias": np.array(classifier["intercepts"], np.float32),
    }
    nodes = [
        helper.make_node("Mul", ["X", "scale"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["centred"]),
        helper.make_node("MatMul", ["centred", "weights"], ["product"]),
        helper.make_node("Add", ["product", "bias"], ["scores"]),
    ]
    return nodes, [numpy_helper.from_array(value, name) for name, value in constants.items()], "X", [1, features], "scores"


def network(path, scores):
    """The network up to the scores, for one row."""
    graph = onnx.load(path).graph
    if scores is None:
        nodes, constants, x, shape, scores = linear(graph)
    else:
        needed, nodes = {scores}, []
        for node in reversed(graph.node):
            if needed & set(node.output):
                nodes.insert(0, node)
                needed |= set(node.input)
        constants = [constant for constant in graph.initializer if constant.name in needed]
        x = graph.input[0].name
        shape = [dim.dim_value or 1 for dim in graph.input[0].type.tensor_type.shape.dim]
    inputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info(scores, TensorProto.FLOAT, None)]
    made = helper.make_graph(nodes, "network", inputs, outputs, constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    return onnx.shape_inference.infer_shapes(model)


def rows(path):
    """The rows of a table, their labels, and those of the float model."""
    with open(path, newline="") as file:
        lines = list(csv.DictReader(file))
    values = [[float(v) for k, v in line.items() if k not in ("label", "float_label")] for line in lines]
    return values, [line["label"] for line in lines], sorted({line["float_label"] for line in lines})


class Files:
    """Where everything of one model lies."""

    def __init__(self, folder):
        self.folder = Path(folder)

    def __getattr__(self, name):
        return str(self.folder / name)


def write_data(path, batch):
    Path(path).write_text(json.dumps({"input_data": batch}))


def prepare(model, source, files):
    """Calibrates, compiles and makes the keys. Gives the seconds that the keys took."""
    onnx.save(network(source / "model.onnx", SCORES[model]), files.model)
    calibration, _, _ = rows(source / "calibration.csv")
    write_data(files.data, [calibration[0]])
    write_data(files.calibration, [[value for row in calibration[:20] for value in row]])
    arguments = ezkl.PyRunArgs()
    arguments.input_visibility, arguments.output_visibility, arguments.param_visibility = "private", "public", "fixed"
    call(ezkl.gen_settings, files.model, files.settings, py_run_args=arguments)
    call(ezkl.calibrate_settings, files.calibration, files.model, files.settings, "resources")
    call(ezkl.compile_circuit, files.model, files.compiled, files.settings)
    logrows = json.loads(Path(files.settings).read_text())["run_args"]["logrows"]
    ezkl.gen_srs(files.srs, logrows)
    start = time.perf_counter()
    call(ezkl.setup, files.compiled, files.vk, files.pk, files.srs)
    return time.perf_counter() - start, logrows


def prove(files, held):
    """Proves the first held-out rows and prints how long the fastest took."""
    best, verify = None, None
    for row in held[:PROOFS]:
        write_data(files.data, [row])
        start = time.perf_counter()
        call(ezkl.gen_witness, files.data, files.compiled, files.witness)
        call(ezkl.prove, files.witness, files.compiled, files.pk, files.proof, files.srs)
        taken = time.perf_counter() - start
        best = taken if best is None else min(best, taken)
        start = time.perf_counter()
        if not call(ezkl.verify, files.proof, files.settings, files.vk, files.srs):
            raise RuntimeError("EZKL refuses its own proof")
        taken = time.perf_counter() - start
        verify = taken if verify is None else min(verify, taken)
    proof = json.loads(Path(files.proof).read_text())
    # The proof itself is hexadecimal in the file.
    size = len(proof["hex_proof"].removeprefix("0x")) // 2 if proof.get("hex_proof") else len(proof["proof"])
    return {"prove_seconds": best, "verify_seconds": verify, "proof_bytes": size}


def accuracy(files, held, labels, classes, limit):
    """The share of held-out rows whose largest score is that of their label."""
    right, count = 0, 0
    scale = json.loads(Path(files.settings).read_text())["model_output_scales"][0]
    for row, label in list(zip(held, labels))[:limit]:
        write_data(files.data, [row])
        witness = call(ezkl.gen_witness, files.data, files.compiled, files.witness)
        witness = witness if isinstance(witness, dict) else json.loads(Path(files.witness).read_text())
        scores = [ezkl.felt_to_float(score, scale) for score in witness["outputs"][0]]
        place = int(np.argmax(scores)) if len(scores) > 1 else int(scores[0] > 0)
        right += classes[place] == label
        count += 1
    return count, right / count


def child(function):
    """Runs a function in a process of its own; gives what it returns and the peak of its memory in bytes."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(read)
        status = 1
        try:
            with os.fdopen(write, "w") as pipe:
                json.dump(function(), pipe)
            status = 0
        except Exception as error:  # the parent reports it
            print(error, file=sys.stderr)
        os._exit(status)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    _, status, usage = os.wait4(process, 0)
    if status != 0:
        raise RuntimeError("EZKL failed; what it said is above")
    return json.loads(text), usage.ru_maxrss * 1024


def measure(model, models, limit):
    source = models / model
    held, labels, classes = rows(source / "heldout.csv")
    classes = sorted(classes, key=lambda name: (len(name), name)) if all(c.isdigit() for c in classes) else classes
    with tempfile.TemporaryDirectory() as folder:
        files = Files(folder)
        (setup, logrows), _ = child(lambda: prepare(model, source, files))
        proved, peak = child(lambda: prove(files, held))
        (count, share), _ = child(lambda: accuracy(files, held, labels, classes, limit))
        return {
            "model": model,
            "version": ezkl.__version__,
            "constraints_log2": logrows,
            **proved,
            "prove_peak_bytes": peak,
            "setup_seconds": setup,
            "key_bytes": Path(files.pk).stat().st_size,
            "verifying_key_bytes": Path(files.vk).stat().st_size,
            "rows": count,
            "accuracy": share,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    models = Path(__file__).resolve().parents[2] / "scripts/models"
    parser.add_argument("--models", type=Path, default=models, help="folder of the example models")
    parser.add_argument("--only", nargs="*", default=["digits-mlp", "cancer-logreg"], help="models to measure")
    parser.add_argument("--rows", type=int, default=10_000, help="most held-out rows for the accuracy")
    args = parser.parse_args()
    for model in args.only:
        try:
            print(json.dumps(measure(model, args.models, args.rows)), flush=True)
        except (RuntimeError, OSError, KeyError) as error:
            print(json.dumps({"model": model, "failed": str(error)}), flush=True)


if __name__ == "__main__":
    main()

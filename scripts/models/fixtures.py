# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Writes the small graphs that the importer's tests read, with what ONNX Runtime answers for a few rows.

The graphs cover the shapes that exporters produce beyond the example models: binary networks, regressors, forests, string
labels, a scaler in front of trees, and graphs laid out as PyTorch exports them. `<name>.onnx` is the model and `<name>.csv`
holds rows of features (`x_<i>`), the label (`label`, classifiers only) and the outputs (`y_<i>`: class scores or values).
"""

import argparse
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from skl2onnx import to_onnx

from common import run_onnx, text, write_csv

SEED = 20260101
ROWS = 60
OPSET = {"": 18, "ai.onnx.ml": 3}


def sklearn_models():
    """Name, fitted estimator and rows."""
    wine_x, wine_y = load_wine(return_X_y=True)
    risk_x, risk_y = load_breast_cancer(return_X_y=True)
    sugar_x, sugar_y = load_diabetes(return_X_y=True, scaled=False)
    wine_x, risk_x, sugar_x = (data.astype(np.float32) for data in (wine_x, risk_x, sugar_x))
    wine_names = np.array(["barolo", "grignolino", "barbera"])[wine_y]
    mlp = {"max_iter": 200, "random_state": SEED}
    yield "mlp-binary", make_pipeline(StandardScaler(), MLPClassifier((8,), **mlp)).fit(risk_x, risk_y), risk_x
    yield "mlp-strings", make_pipeline(StandardScaler(), MLPClassifier((8, 6), **mlp)).fit(wine_x, wine_names), wine_x
    yield "mlp-regressor", make_pipeline(
        StandardScaler(), MLPRegressor(hidden_layer_sizes=(8,), max_iter=1500, random_state=SEED)
    ).fit(sugar_x, sugar_y), sugar_x
    yield "logreg-multi", make_pipeline(StandardScaler(), LogisticRegression()).fit(wine_x, wine_y), wine_x
    yield "linear-regression", LinearRegression().fit(sugar_x, sugar_y), sugar_x
    yield "sgd-binary", make_pipeline(StandardScaler(), SGDClassifier(random_state=SEED)).fit(risk_x, risk_y), risk_x
    yield "ridge-binary", make_pipeline(StandardScaler(), RidgeClassifier()).fit(risk_x, risk_y), risk_x
    trees = {"random_state": SEED, "max_depth": 3}
    yield "gbt-multi", GradientBoostingClassifier(n_estimators=6, **trees).fit(wine_x, wine_y), wine_x
    yield "gbt-regressor", GradientBoostingRegressor(n_estimators=12, **trees).fit(sugar_x, sugar_y), sugar_x
    yield "forest-binary", RandomForestClassifier(n_estimators=7, **trees).fit(risk_x, risk_y), risk_x
    yield "forest-scaled", make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=7, **trees)).fit(
        wine_x, wine_y
    ), wine_x
    yield "forest-regressor", RandomForestRegressor(n_estimators=7, **trees).fit(sugar_x, sugar_y), sugar_x
    yield "tree-strings", DecisionTreeClassifier(**trees).fit(wine_x, wine_names), wine_x


def torch_like():
    """Graphs as PyTorch writes them: `Gemm` with transposed weights, names with slashes, no label output."""
    rng = np.random.default_rng(SEED)

    def tensor(name, *shape):
        return numpy_helper.from_array(rng.normal(0, 0.5, shape).astype(np.float32), name)

    def model(nodes, initializers, outputs):
        graph = helper.make_graph(
            nodes,
            "main_graph",
            [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 2, 6])],
            [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", outputs])],
            initializers,
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)

    def gemm(source, layer, target):
        names = [source, f"{layer}.weight", f"{layer}.bias"]
        return helper.make_node("Gemm", names, [target], f"/{layer}/Gemm", alpha=1.0, beta=1.0, transB=1)

    rows = rng.normal(0, 2, (ROWS, 2, 6)).astype(np.float32)
    flatten = helper.make_node("Flatten", ["input"], ["flat"], "/0/Flatten", axis=1)
    relu6 = [
        helper.make_node("Constant", [], ["zero"], value=numpy_helper.from_array(np.float32(0))),
        helper.make_node("Constant", [], ["six"], value=numpy_helper.from_array(np.float32(6))),
        helper.make_node("Clip", ["h1", "zero", "six"], ["h2"], "/2/Clip"),
    ]
    first = [tensor("1.weight", 8, 12), tensor("1.bias", 8)]
    yield "torch-softmax", model(
        [
            flatten,
            gemm("flat", "1", "h1"),
            *relu6,
            gemm("h2", "3", "logits"),
            helper.make_node("Softmax", ["logits"], ["output"], "/4/Softmax", axis=-1),
        ],
        [*first, tensor("3.weight", 4, 8), tensor("3.bias", 4)],
        4,
    ), rows
    yield "torch-sigmoid", model(
        [
            flatten,
            gemm("flat", "1", "h1"),
            helper.make_node("Relu", ["h1"], ["h2"], "/2/Relu"),
            gemm("h2", "3", "logit"),
            helper.make_node("Sigmoid", ["logit"], ["output"], "/4/Sigmoid"),
        ],
        [*first, tensor("3.weight", 1, 8), tensor("3.bias", 1)],
        1,
    ), rows


def write(out, name, model, rows):
    """Writes one graph and its table, and prints a line."""
    data = model.SerializeToString()
    answer, scores = run_onnx(data, rows)
    flat = rows.reshape(len(rows), -1)
    values = answer.reshape(len(rows), -1) if scores is None else scores.reshape(len(rows), -1)
    columns = [f"x_{index}" for index in range(flat.shape[1])]
    columns += [] if scores is None else ["label"]
    columns += [f"y_{index}" for index in range(values.shape[1])]
    table = []
    for index, row in enumerate(flat):
        label = [] if scores is None else [str(answer[index])]
        table.append([text(value) for value in row] + label + [text(value) for value in values[index]])
    (out / f"{name}.onnx").write_bytes(data)
    write_csv(out / f"{name}.csv", columns, table)
    print(f"        {name}: {len(data)} bytes, {len(table)} rows", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder that gets the files")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    print("  fixtures ...", flush=True)
    for name, estimator, data in sklearn_models():
        rows = data[np.random.default_rng(SEED).permutation(len(data))[:ROWS]]
        write(out, name, to_onnx(estimator, rows[:1], target_opset=OPSET, name=name), rows)
    for name, model, rows in torch_like():
        write(out, name, model, rows)


if __name__ == "__main__":
    main()

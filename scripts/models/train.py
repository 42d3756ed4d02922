# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Trains the example models on data sets that ship inside scikit-learn and exports them.

For each model the folder `<out>/<name>/` holds

- `model.onnx`: the float model, as skl2onnx exports it;
- `calibration.csv`: rows of the training split, from which the importer takes the ranges for quantisation;
- `heldout.csv`: every row of the test split (30 % of the data), never seen in training;
- `card.json`: what its author says about the model (licence, features, labels, data, metrics); `aivm model pack` completes
  it to the manifest of a published program.

Both tables have the features, the true label (`label`) and the float model's label by ONNX Runtime (`float_label`).
Run it through `scripts/models/train`, which provides the pinned packages and fixes the number of threads.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from skl2onnx import to_onnx

from common import run_onnx, text, write_csv

SEED = 20260101
TEST_SHARE = 0.3
CALIBRATION_ROWS = 400
OPSET = {"": 18, "ai.onnx.ml": 3}

DIGITS = {
    "name": "Optical recognition of handwritten digits (test part, as shipped in scikit-learn `load_digits`)",
    "source": "https://archive.ics.uci.edu/dataset/80",
    "licence": "CC-BY-4.0",
}
CANCER = {
    "name": "Breast cancer Wisconsin (diagnostic), as shipped in scikit-learn `load_breast_cancer`",
    "source": "https://archive.ics.uci.edu/dataset/17",
    "licence": "CC-BY-4.0",
}


def digits():
    """Images of 8 x 8 pixels, brightness 0 to 16, row by row from the top left; ten classes."""
    data = load_digits()
    names = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    return data.data.astype(np.float32), data.target, names, [str(digit) for digit in range(10)]


def cancer():
    """Thirty measurements of cell nuclei, in the units of the data set; class 0 is malignant, class 1 benign."""
    data = load_breast_cancer()
    names = [str(name).replace(" ", "_") for name in data.feature_names]
    return data.data.astype(np.float32), data.target, names, [str(name) for name in data.target_names]


MODELS = [
    {
        "name": "digits-mlp",
        "title": "Handwritten digits, neural network",
        "description": "Recognises a handwritten digit in an image of 8 x 8 grey pixels. "
        "One hidden layer of 32 ReLU units.",
        "data": digits,
        "dataset": DIGITS,
        "estimator": lambda: make_pipeline(
            MinMaxScaler(), MLPClassifier((32,), alpha=1e-3, max_iter=300, random_state=SEED)
        ),
        "options": None,
    },
    {
        "name": "cancer-gbt",
        "title": "Breast cancer risk, gradient-boosted trees",
        "description": "Tells a malignant from a benign tumour by thirty measurements of cell nuclei. "
        "Sixty gradient-boosted trees of depth 3. A demonstration, not a medical device.",
        "data": cancer,
        "dataset": CANCER,
        "estimator": lambda: GradientBoostingClassifier(n_estimators=60, max_depth=3, random_state=SEED),
        "options": None,
    },
    {
        "name": "cancer-logreg",
        "title": "Breast cancer risk, logistic regression",
        "description": "Tells a malignant from a benign tumour by thirty measurements of cell nuclei. "
        "Logistic regression on standardised features. A demonstration, not a medical device.",
        "data": cancer,
        "dataset": CANCER,
        "estimator": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, random_state=SEED)),
        "options": {"zipmap": False},
    },
]


def table(features, truth, predicted):
    """Rows of text for the CSV files."""
    for row, label, float_label in zip(features, truth, predicted):
        yield [text(value) for value in row] + [str(int(label)), str(int(float_label))]


def build(spec, out):
    """Trains, exports and checks one model; returns its manifest."""
    features, target, names, labels = spec["data"]()
    train_x, test_x, train_y, test_y = train_test_split(
        features, target, test_size=TEST_SHARE, random_state=SEED, stratify=target
    )
    estimator = spec["estimator"]().fit(train_x, train_y)
    model = to_onnx(estimator, train_x[:1], options=spec["options"], target_opset=OPSET, name=spec["name"])
    model_bytes = model.SerializeToString()

    rows = np.random.default_rng(SEED).permutation(len(train_x))[:CALIBRATION_ROWS]
    calibration_x, calibration_y = train_x[rows], train_y[rows]
    heldout_float, _ = run_onnx(model_bytes, test_x)
    calibration_float, _ = run_onnx(model_bytes, calibration_x)

    folder = out / spec["name"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model_bytes)
    columns = names + ["label", "float_label"]
    write_csv(folder / "calibration.csv", columns, table(calibration_x, calibration_y, calibration_float))
    write_csv(folder / "heldout.csv", columns, table(test_x, test_y, heldout_float))

    manifest = {
        "name": spec["name"],
        "title": spec["title"],
        "description": spec["description"],
        "version": "1.0.0",
        "authors": [{"name": "AIVM developers"}],
        "licence": "Apache-2.0",
        "task": "classification",
        "labels": labels,
        "features": names,
        "dataset": {**spec["dataset"], "rows": len(features)},
        "metrics": {
            "train_rows": len(train_x),
            "heldout_rows": len(test_x),
            "heldout_accuracy_float": round(float(np.mean(heldout_float == test_y)), 6),
        },
    }
    (folder / "card.json").write_text(json.dumps(manifest, indent=2) + "\n")
    return manifest, sum(file.stat().st_size for file in folder.iterdir())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that gets one folder per model")
    out = parser.parse_args().out
    for number, spec in enumerate(MODELS, start=1):
        print(f"  ({number}/{len(MODELS)}) {spec['name']} ...", flush=True)
        started = time.monotonic()
        manifest, size = build(spec, out)
        metrics = manifest["metrics"]
        print(
            f"        {metrics['train_rows']} rows trained, {metrics['heldout_rows']} held out, "
            f"float accuracy {metrics['heldout_accuracy_float']:.4f}, {size / 1024:.0f} KiB, "
            f"{time.monotonic() - started:.1f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()

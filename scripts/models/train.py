# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Trains the example models on data that ships inside Python packages and exports them.

For each model the folder `<out>/<name>/` holds

- `model.onnx`: the float model, as skl2onnx exports it, or built from the weights of a network;
- `model-int8.onnx` (convolutional networks): the same in QDQ form, quantised by ONNX Runtime with the calibration rows;
- `alphabet.txt` (language only): the characters; character number `i`, from 1, is the `i`-th one, and 0 is padding;
- `calibration.csv`: rows of the training split, from which the importer takes the ranges for quantisation;
- `heldout.csv`: rows of the test split (30 % of the data), never seen in training: all, or as many of each language;
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

import texts
from common import quantise_onnx, run_network, run_onnx, text, write_csv
from networks import Digits, Language, train

SEED = 20260101
TEST_SHARE = 0.3
CALIBRATION_ROWS = 400
HELDOUT_OF_EACH_LANGUAGE = 60
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
TRANSLATIONS = {
    "name": "Translations of the user interfaces of Django 5.2.19 and wagtail 8.0.1, as shipped in the Python packages",
    "source": "https://github.com/django/django and https://github.com/wagtail/wagtail",
    "licence": "BSD-3-Clause",
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


NETWORKS = [
    {
        "name": "digits-cnn",
        "title": "Handwritten digits, convolutional network",
        "description": "Recognises a handwritten digit in an image of 8 x 8 grey pixels. A convolution, a residual block and "
        "a depthwise-separable block with ReLU, the mean over all places, and a dense layer.",
        "dataset": DIGITS,
    },
    {
        "name": "language-id",
        "title": "Language of a short text",
        "description": "Tells the language of up to 48 characters among twelve with Latin letters. The input is the numbers of "
        "the lower-case characters in alphabet.txt, from 1, and 0 after the end. Trained on phrases of user interfaces.",
        "dataset": TRANSLATIONS,
    },
]


def digits_network():
    """Trains the network for digits: model, names of features and labels, (features, target) for training and for test."""
    features, target, names, labels = digits()
    train_x, test_x, train_y, test_y = train_test_split(
        features, target, test_size=TEST_SHARE, random_state=SEED, stratify=target
    )
    model = Digits.export(train(Digits, train_x / 16, train_y))
    return model, names, labels, (train_x, train_y), (test_x, test_y)


def language_network():
    """The same for languages."""
    seen, unseen = texts.rows(HELDOUT_OF_EACH_LANGUAGE)
    labels = [texts.LANGUAGES[code] for code in sorted(texts.LANGUAGES)]
    network = Language(len(labels))
    names = [f"character_{place}" for place in range(texts.LENGTH)]
    return network.export(train(network, *seen)), names, labels, seen, unseen


def table(features, truth, predicted):
    """Rows of text for the CSV files."""
    for row, label, float_label in zip(features, truth, predicted):
        yield [text(value) for value in row] + [str(int(label)), str(int(float_label))]


def sklearn_model(spec):
    """Trains and exports a model of scikit-learn: as `digits_network`, and how to run the model."""
    features, target, names, labels = spec["data"]()
    train_x, test_x, train_y, test_y = train_test_split(
        features, target, test_size=TEST_SHARE, random_state=SEED, stratify=target
    )
    estimator = spec["estimator"]().fit(train_x, train_y)
    model = to_onnx(estimator, train_x[:1], options=spec["options"], target_opset=OPSET, name=spec["name"])
    return model, names, labels, (train_x, train_y), (test_x, test_y)


def save(spec, trained, out):
    """Writes and checks the files of one model; returns its card and their size."""
    model, names, labels, (train_x, train_y), (test_x, test_y) = trained
    network = "estimator" not in spec
    predict = run_network if network else lambda data, rows: run_onnx(data, rows)[0]
    model_bytes = model.SerializeToString()
    rows = np.random.default_rng(SEED).permutation(len(train_x))[:CALIBRATION_ROWS]
    calibration_x, calibration_y = train_x[rows], train_y[rows]
    heldout_float = predict(model_bytes, test_x)
    calibration_float = predict(model_bytes, calibration_x)

    folder = out / spec["name"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model_bytes)
    columns = names + ["label", "float_label"]
    write_csv(folder / "calibration.csv", columns, table(calibration_x, calibration_y, calibration_float))
    write_csv(folder / "heldout.csv", columns, table(test_x, test_y, heldout_float))
    metrics = {
        "train_rows": len(train_x),
        "heldout_rows": len(test_x),
        "heldout_accuracy_float": round(float(np.mean(heldout_float == test_y)), 6),
    }
    if network:
        quantised = quantise_onnx(folder / "model.onnx", folder / "model-int8.onnx", calibration_x)
        metrics["heldout_accuracy_onnxruntime_int8"] = round(float(np.mean(predict(quantised, test_x) == test_y)), 6)
    if spec["name"] == "language-id":
        (folder / "alphabet.txt").write_text(texts.ALPHABET + "\n", encoding="utf-8")
    card = {
        "name": spec["name"],
        "title": spec["title"],
        "description": spec["description"],
        "version": "1.0.0",
        "authors": [{"name": "AIVM developers"}],
        "licence": "Apache-2.0",
        "task": "classification",
        "labels": labels,
        # A manifest names the last dimension of the input, and that of an image is not its pixels.
        **({} if spec["name"] == "digits-cnn" else {"features": names}),
        "dataset": {**spec["dataset"], "rows": len(train_x) + len(test_x)},
        "metrics": metrics,
    }
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    return card, sum(file.stat().st_size for file in folder.iterdir())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="folder that gets one folder per model")
    out = parser.parse_args().out
    jobs = [(spec, lambda spec=spec: sklearn_model(spec)) for spec in MODELS]
    jobs += list(zip(NETWORKS, (digits_network, language_network)))
    for number, (spec, job) in enumerate(jobs, start=1):
        print(f"  ({number}/{len(jobs)}) {spec['name']} ...", flush=True)
        started = time.monotonic()
        card, size = save(spec, job(), out)
        metrics = card["metrics"]
        print(
            f"        {metrics['train_rows']} rows trained, {metrics['heldout_rows']} held out, "
            f"float accuracy {metrics['heldout_accuracy_float']:.4f}, {size / 1024:.0f} KiB, "
            f"{time.monotonic() - started:.1f} s",
            flush=True,
        )
        if "heldout_accuracy_onnxruntime_int8" in metrics:
            print(f"        ONNX Runtime int8 accuracy {metrics['heldout_accuracy_onnxruntime_int8']:.4f}", flush=True)


if __name__ == "__main__":
    main()

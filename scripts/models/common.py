# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""What the training and the fixture scripts share: running ONNX Runtime and writing rows."""

import csv
import warnings
from pathlib import Path

import numpy as np
import onnxruntime

# Training stops after a fixed number of rounds by design; the warnings about it add nothing.
warnings.filterwarnings("ignore", category=UserWarning)


def run_onnx(model_bytes, rows):
    """Labels (or values) and, for a classifier, class scores that ONNX Runtime gives for `rows`.

    `rows` has shape [n, features], float32. The scores have shape [n, classes], or are None for a regressor.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])
    result = session.run(None, {session.get_inputs()[0].name: rows})
    if len(result) == 1:
        return np.asarray(result[0]), None
    labels, scores = result
    if isinstance(scores, list):  # ZipMap gives one dictionary per row
        scores = [list(row.values()) for row in scores]
    return np.asarray(labels), np.asarray(scores, dtype=np.float32)


def text(value):
    """The shortest decimal text that reads back as the same float32, without an exponent or a trailing point."""
    return np.format_float_positional(np.float32(value), unique=True, trim="-")


def write_csv(path, columns, rows):
    """Writes one header line and then `rows`, all already text."""
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

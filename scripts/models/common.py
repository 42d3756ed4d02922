# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""What the training and the fixture scripts share: running and quantising with ONNX Runtime, and writing rows."""

import csv
import logging
import warnings
from pathlib import Path

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

# Training stops after a fixed number of rounds by design; the warnings about it add nothing.
warnings.filterwarnings("ignore", category=UserWarning)


def session(model_bytes):
    """The model on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model_bytes, options, providers=["CPUExecutionProvider"])


def run_onnx(model_bytes, rows):
    """Labels (or values) and, for a classifier, class scores that ONNX Runtime gives for `rows`.

    `rows` has shape [n, features], float32. The scores have shape [n, classes], or are None for a regressor.
    """
    running = session(model_bytes)
    result = running.run(None, {running.get_inputs()[0].name: rows})
    if len(result) == 1:
        return np.asarray(result[0]), None
    labels, scores = result
    if isinstance(scores, list):  # ZipMap gives one dictionary per row
        scores = [list(row.values()) for row in scores]
    return np.asarray(labels), np.asarray(scores, dtype=np.float32)


def run_network(model_bytes, rows):
    """The classes that a network with one input and one output, the class scores, gives to `rows` of shape [n, features]."""
    running = session(model_bytes)
    source = running.get_inputs()[0]
    rows = rows.reshape(len(rows), *source.shape[1:])
    return running.run(None, {source.name: rows})[0].argmax(axis=1)


class Reader(CalibrationDataReader):
    """Gives the calibration rows once, all together."""

    def __init__(self, name, rows):
        self.rows = iter([{name: rows}])

    def get_next(self):
        """The next rows, or None."""
        return next(self.rows, None)


def quantise_onnx(source, target, rows):
    """Writes the QDQ form of the network in `source` to `target` and returns its bytes.

    Static quantisation by ONNX Runtime: `uint8` activations over the range of `rows`, `int8` weights with one scale for each
    channel.
    """
    first = session(source.read_bytes()).get_inputs()[0]
    logging.getLogger().setLevel(logging.ERROR)  # it advises a preprocessing that changes nothing in these graphs
    quantize_static(
        source,
        target,
        Reader(first.name, rows.reshape(len(rows), *first.shape[1:])),
        quant_format=QuantFormat.QDQ,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    return target.read_bytes()


def text(value):
    """The shortest decimal text that reads back as the same float32, without an exponent or a trailing point."""
    return np.format_float_positional(np.float32(value), unique=True, trim="-")


def write_csv(path, columns, rows):
    """Writes one header line and then `rows`, all already text."""
    with Path(path).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

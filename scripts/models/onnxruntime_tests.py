# Copyright (C) AIVM developers
# SPDX-License-Identifier: Apache-2.0
"""Cases of ONNX Runtime's own tests of its quantised operators, as data.

The numbers are facts taken from github.com/microsoft/onnxruntime (Copyright Microsoft Corporation, MIT licence), folder
`onnxruntime/test`; each case names its file and test. What those tests compute on the fly (`QLinearAdd`, `QLinearMul`) is
computed here in the same way. Tests whose inputs come from a C++ random number generator are left out.
"""

import numpy as np

SOURCE = "operator tests of github.com/microsoft/onnxruntime, folder onnxruntime/test"
LICENCE = "MIT"
MS = "com.microsoft"


def u8(values, *shape):
    """A tensor of `uint8`; without a shape a scalar."""
    return np.array(values, dtype=np.uint8).reshape(shape)


def s8(values, *shape):
    """A tensor of `int8`."""
    return np.array(values, dtype=np.int8).reshape(shape)


def s32(values, *shape):
    """A tensor of `int32`."""
    return np.array(values, dtype=np.int32).reshape(shape)


def f32(values, *shape):
    """A tensor of `float32`."""
    return np.array(values, dtype=np.float32).reshape(shape)


CASES = []


def add(source, op, inputs, output, variable=None, domain="", **attrs):
    """Notes one case; the first input is the graph's input unless `variable` names others."""
    CASES.append(
        {
            "name": source.split(":")[1].replace(".", "_").lower(),
            "source": source,
            "op": op,
            "domain": domain,
            "inputs": inputs,
            "variable": variable or [next(iter(inputs))],
            "output": output,
            "attrs": attrs,
        }
    )


def conv():
    """QLinearConv and ConvInteger."""
    file = "providers/cpu/nn/qlinearconv_op_test.cc:QLinearConvTest."
    scales = {"x_scale": f32(0.01), "x_zero_point": u8(135)}
    weight_scales = {"w_scale": f32(0.15), "w_zero_point": u8(110), "y_scale": f32(0.75), "y_zero_point": u8(121)}
    x = u8([6, 81, 214, 151, 234, 42, 50, 89, 30, 91, 125, 141, 52, 31, 58, 224, 84, 251, 67, 137, 223, 119, 79, 220, 249,
            75, 131, 246, 113, 56, 54, 197, 110, 142, 126, 171, 53, 228, 240, 83, 229, 218, 185, 9, 80, 116, 176, 193, 175,
            253], 1, 2, 5, 5)  # fmt: skip
    w = u8([234, 229, 13, 187, 98, 161, 246, 188, 252, 107, 49, 72, 53, 212, 175, 47, 21, 14, 86, 230, 16, 177, 82, 166, 75,
            220, 169, 119, 34, 205, 27, 9, 44, 74, 40, 8, 28, 139, 240, 106, 63, 2, 255, 156, 128, 222, 73, 51, 66, 48, 81,
            247, 180, 91, 206, 239, 190, 146, 227, 235, 10, 130, 95, 232, 121, 133, 231, 162, 108, 105, 254, 143],
           4, 2, 3, 3)  # fmt: skip
    y = u8([67, 81, 66, 75, 71, 101, 20, 8, 44, 94, 83, 73, 133, 125, 54, 144, 165, 56, 53, 88, 130, 118, 170, 168, 140, 109,
            103, 80, 122, 142, 129, 100, 39, 61, 141, 133, 59, 155, 68, 129, 74, 132, 83, 143, 146, 152, 81, 127, 82, 112,
            131, 64, 82, 68, 93, 149, 146, 137, 201, 118, 112, 183, 171, 144, 85, 122, 86, 63, 163, 245, 95, 152, 126, 80,
            82, 49, 136, 160, 187, 147, 29, 20, 135, 174, 126, 124, 36, 56, 0, 83, 134, 171, 119, 109, 85, 155, 157, 167,
            194, 130], 1, 4, 5, 5)  # fmt: skip
    bias = s32([-1123, 3212, 1723, -621], 4)
    add(file + "WithBias_2D", "QLinearConv", {"x": x, **scales, "w": w, **weight_scales, "b": bias},
        y, pads=[1, 1, 1, 1])  # fmt: skip
    x = u8([98, 166, 219, 195, 46, 97, 27, 211, 239, 1, 28, 208, 143, 144, 215, 252, 79, 5, 154, 56, 122, 191, 94, 25, 221,
            48, 37, 182, 68, 245, 210, 206, 183, 22, 163, 104, 242, 112, 161, 66, 181, 235, 117, 75, 236, 61, 115, 36, 120,
            253, 165, 214, 159, 132, 11, 201, 30, 249, 89, 171, 186, 67, 225, 197, 135, 142, 241, 169, 170, 164, 178, 58,
            50, 51, 200, 43, 199, 126, 222, 123, 227, 42, 3, 21, 124, 220, 24, 47, 63, 110], 1, 6, 3, 5)  # fmt: skip
    w = u8([220, 111, 73, 254, 235, 151, 6, 156, 129, 204, 234, 198, 44, 89, 202, 82, 118, 189, 71, 120, 123, 121, 110, 83,
            173, 248, 108, 229, 124, 68, 85, 239, 133, 213, 112, 122, 170, 231, 225, 195, 192, 9, 232, 97, 160, 227, 67,
            137], 6, 2, 2, 2)  # fmt: skip
    y = u8([113, 128, 70, 64, 125, 162, 80, 189, 112, 147, 121, 111, 96, 68, 94, 101, 77, 88, 223, 128, 163, 194, 138, 164,
            122, 109, 117, 91, 72, 121, 134, 155, 127, 125, 98, 128], 1, 6, 2, 3)  # fmt: skip
    bias = s32([-1853, 598, -17854, 14592, 42, -366], 6)
    add(file + "WithGroup_2D", "QLinearConv", {"x": x, **scales, "w": w, **weight_scales, "b": bias}, y, group=3,
        pads=[0, 0, 1, 1], strides=[2, 2])  # fmt: skip

    file = "providers/cpu/nn/conv_integer_test.cc:ConvIntegerTest."
    nine, ones = u8(np.arange(2, 11), 1, 1, 3, 3), u8([1, 1, 1, 1], 1, 1, 2, 2)
    zero = {"x_zero_point": u8(1)}
    add(file + "WithoutPadding_2D", "ConvInteger", {"x": nine, "w": ones, **zero}, s32([12, 16, 24, 28], 1, 1, 2, 2))
    add(file + "WithPadding_2D", "ConvInteger", {"x": nine, "w": ones, **zero},
        s32([1, 3, 5, 3, 5, 12, 16, 9, 11, 24, 28, 15, 7, 15, 17, 9], 1, 1, 4, 4), pads=[1, 1, 1, 1])  # fmt: skip
    add(file + "WithGroup_2D", "ConvInteger",
        {"x": u8(np.arange(2, 29), 1, 3, 3, 3), "w": u8([1, 2, 2, 1, 3, 4, 4, 3, 5, 6, 6, 5], 3, 1, 2, 2), **zero},
        s32([1, 4, 7, 6, 6, 18, 24, 15, 15, 36, 42, 24, 14, 23, 26, 9, 30, 73, 80, 48, 79, 168, 182, 96, 100, 210, 224, 117,
             64, 116, 123, 54, 95, 214, 225, 126, 224, 462, 484, 249, 257, 528, 550, 282, 150, 281, 292, 135], 1, 3, 4, 4),
        pads=[1, 1, 1, 1], group=3)  # fmt: skip
    add(file + "Pointwise_2D", "ConvInteger", {"x": nine, "w": u8(4, 1, 1, 1, 1), **zero},
        s32(np.arange(4, 40, 4), 1, 1, 3, 3))  # fmt: skip
    rows = u8([10 * row + column for row in range(1, 8) for column in range(7)], 1, 1, 7, 7)
    kernel = {"w": u8([1, 2, 1, 2, 3, 2, 1, 2, 1], 1, 1, 3, 3), "x_zero_point": u8(10)}
    add(file + "WithStride2_2D", "ConvInteger", {"x": rows, **kernel},
        s32([33, 62, 84, 75, 224, 330, 360, 282, 444, 630, 660, 502, 453, 642, 664, 495], 1, 1, 4, 4),
        pads=[1, 1, 1, 1], strides=[2, 2])  # fmt: skip
    add(file + "WithStride3_2D", "ConvInteger", {"x": rows, **kernel},
        s32([0, 8, 20, 80, 330, 375, 200, 780, 825], 1, 1, 3, 3), pads=[2, 2, 1, 1], strides=[3, 3])  # fmt: skip


def matmul():
    """QLinearMatMul and MatMulInteger."""
    file = "providers/cpu/math/quantize_linear_matmul_test.cc:QuantizeLinearMatmulOpTest."

    def case(name, a, a_zero, b, b_scale, b_zero, y_scale, y_zero, y):
        inputs = {"a": a, "a_scale": f32(0.0066), "a_zero_point": a_zero, "b": b, "b_scale": f32(b_scale),
                  "b_zero_point": b_zero, "y_scale": f32(y_scale), "y_zero_point": y_zero}  # fmt: skip
        add(file + name, "QLinearMatMul", inputs, y)

    a, b = [208, 236, 0, 238, 3, 214, 255, 29], [152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247]
    y = [168, 115, 255, 1, 66, 151]
    case("QLinearMatMul2D_U8U8", u8(a, 2, 4), u8(113), u8(b, 4, 3), 0.00705, u8(114), 0.0107, u8(118), u8(y, 2, 3))
    case("QLinearMatMul3D_U8U8", u8(a * 2, 2, 2, 4), u8(113), u8(b * 2, 2, 4, 3), 0.00705, u8(114), 0.0107, u8(118),
         u8(y * 2, 2, 2, 3))  # fmt: skip
    b = [-43, 51, -34, 60, 26, -17, 0, 63, -55, 47, -29, -31]
    other = [-62, 51, -42, 60, 26, -22, 0, -8, -19, 37, -2, -47]
    first = [208, 126, 0, 238, 3, 214, 255, 29]
    case("QLinearMatMul2D_U8S8", u8(first, 2, 4), u8(113), s8(b, 4, 3), 0.00802, s8(0), 0.0123, u8(118),
         u8([129, 94, 113, 147, 154, 104], 2, 3))  # fmt: skip
    case("QLinearMatMul3D_U8S8", u8(first + a, 2, 2, 4), u8(113), s8(b + other, 2, 4, 3), 0.00802, s8(-2), 0.0123, u8(118),
         u8([130, 95, 114, 148, 155, 105, 146, 157, 75, 160, 101, 134], 2, 2, 3))  # fmt: skip
    first = [80, -2, -128, 110, -125, 86, 127, -99]
    case("QLinearMatMul2D_S8S8", s8(first, 2, 4), s8(-15), s8(b, 4, 3), 0.00802, s8(0), 0.0123, s8(-10),
         s8([1, -34, -15, 19, 26, -24], 2, 3))  # fmt: skip
    a = first + [80, 108, -128, 110, -125, 86, 127, -99]
    case("QLinearMatMul3D_S8S8", s8(a, 2, 2, 4), s8(-15), s8(b + other, 2, 4, 3), 0.00802, s8(-2), 0.0123, s8(-10),
         s8([2, -33, -14, 20, 27, -23, 18, 29, -53, 32, -27, 6], 2, 2, 3))  # fmt: skip
    b = {"b": s8([0, -8, 2, 3, -11, -13, -8, 1, 2, 4, 4, -10, 3, 2, -11, 2], 4, 4),
         "b_scale": f32([0.1, 0.2, 0.3, 0.4], 4), "b_zero_point": s8([1, -2, 2, -1], 1, 4), "y_scale": f32(0.2)}  # fmt: skip
    add(file + "PerColumn_2D", "QLinearMatMul",
        {"a": u8([125, 135, 133, 122, 132, 123, 136, 135], 2, 4), "a_scale": f32(0.1), "a_zero_point": u8(133), **b,
         "y_zero_point": u8(130)}, u8([128, 128, 148, 118, 136, 144, 142, 121], 2, 4))  # fmt: skip
    add(file + "PerColumn_2D_S8S8", "QLinearMatMul",
        {"a": s8([-3, 7, 5, -6, 4, -5, 8, 7], 2, 4), "a_scale": f32(0.1), "a_zero_point": s8(5), **b, "y_zero_point": s8(2)},
        s8([0, 0, 20, -10, 8, 16, 14, -7], 2, 4))  # fmt: skip

    file = "providers/cpu/math/matmul_integer_test.cc:MatmulIntegerOpTest."
    a, b = u8([11, 7, 3, 10, 6, 2, 9, 5, 1, 8, 4, 0], 4, 3), u8([1, 4, 2, 5, 3, 6], 3, 2)
    add(file + "MatMulInteger_2D", "MatMulInteger", {"a": a, "b": b, "a_zero_point": u8(12), "b_zero_point": u8(0)},
        s32([-38, -83, -44, -98, -50, -113, -56, -128], 4, 2))  # fmt: skip
    add(file + "MatMulInteger", "MatMulInteger",
        {"a": u8(11, 1, 1), "b": u8(13, 1, 1), "a_zero_point": u8(12), "b_zero_point": u8(12)}, s32(-1, 1, 1))  # fmt: skip
    add(file + "MatMulInteger_WithZero_ZeroPoint", "MatMulInteger",
        {"a": a, "b": b, "a_zero_point": u8(0), "b_zero_point": u8(0)},
        s32([34, 97, 28, 82, 22, 67, 16, 52], 4, 2))  # fmt: skip


def binary():
    """QLinearAdd and QLinearMul: real numbers, quantised, and the result computed from what they were quantised to."""
    file = "contrib_ops/qlinear_binary_op_test.cc:QLinearBinaryOpTest."
    rise = [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75, 3]
    fall = [-value for value in rise]
    full = rise + [3.5, 3.75, 4] + fall + [-4, -3.75, -3.5] + rise + [3.75, 4.25, 4.5] + fall + [3.75, 3]
    half = [4, 0.25, 0, -0.25, 0.5, -0.25, 0, 0.25, -1.5, -2.25, 2.5, 3.75, -3.75, -4, 5, 5.5]
    other = half * 3 + half[:13] + [-3.75, -4]
    seven = half + [-0.5, -1.25, 0.75, 1.25, 2.25]
    mul_seven = half + [-0.5, -1.25, 0.75, 0, 2.25]
    few = [0.25, -0.25, 0]

    def steps(values, scale, zero):
        limits = np.iinfo(zero.dtype)
        rounded = np.rint(np.asarray(values, dtype=np.float32) / np.float32(scale)).astype(int) + int(zero)
        return np.clip(rounded, limits.min, limits.max).astype(zero.dtype)

    def case(name, op, a, a_shape, a_scale, a_zero, b, b_shape, b_scale, b_zero, c_scale, c_zero):
        a = steps(a, a_scale / 256, a_zero).reshape(a_shape)
        b = steps(b, b_scale / 256, b_zero).reshape(b_shape)
        left = np.float32(a_scale / 256) * (a.astype(int) - int(a_zero)).astype(np.float32)
        right = np.float32(b_scale / 256) * (b.astype(int) - int(b_zero)).astype(np.float32)
        c = steps(left + right if op == "QLinearAdd" else left * right, c_scale / 256, c_zero)
        inputs = {"a": a, "a_scale": f32(a_scale / 256), "a_zero_point": a_zero, "b": b, "b_scale": f32(b_scale / 256),
                  "b_zero_point": b_zero, "c_scale": f32(c_scale / 256), "c_zero_point": c_zero}  # fmt: skip
        add(file + name, op, inputs, c, ["a", "b"], MS)

    for op, word, wide in (("QLinearAdd", "Add", 16), ("QLinearMul", "Mul", 64)):
        a, b = (8, u8(128)), (8, u8(96))
        broadcast = seven if word == "Add" else mul_seven
        case(f"{word}U8VectorVectorFull", op, full, [63], *a, other, [63], *a, wide, u8(128))
        case(f"{word}U8VectorVectorBroadcast", op, full, [3, 3, 7], *a, broadcast, [3, 1, 7], *a, wide, u8(128))
        case(f"{word}U8ScalarVectorFull", op, few[:1], [1], *b, full, [63], *a, 8, u8(100))
        case(f"{word}U8ScalarVectorBroadcast", op, few, [3, 1, 1], *b, full, [3, 7, 3], *a, 8, u8(100))
        case(f"{word}U8VectorScalarFull", op, full, [63], *a, few[:1], [1], *b, 16, u8(128))
        case(f"{word}U8VectorScalarBroadcast", op, full, [3, 7, 3], *a, few, [1, 1, 3], *b, 16, u8(128))
        a, b = (8, s8(0)), (2, s8(16))
        case(f"{word}S8VectorVectorFull", op, full, [63], *a, other, [63], *a, wide, s8(-16))
        case(f"{word}S8VectorVectorBroadcast", op, full, [3, 3, 7], *a, seven, [3, 1, 7], *a, 16, s8(-16))
        case(f"{word}S8ScalarVectorFull", op, few[:1], [1], *b, full, [63], *a, 8, s8(10))
        case(f"{word}S8ScalarVectorBroadcast", op, few, [3, 1, 1], *b, full, [3, 7, 3], *a, 8, s8(10))
        case(f"{word}S8VectorScalarFull", op, full, [63], *a, few[:1], [1], *b, 8, s8(10))
        case(f"{word}S8VectorScalarBroadcast", op, full, [3, 7, 3], *a, few, [1, 1, 3], *b, 8, s8(10))


def others():
    """Tables, concatenation and quantisation."""
    file = "contrib_ops/qlinear_lookup_table_test.cc:QLinearLookupTableBasedOperatorTests."
    signed = s8([0, 16, 17, 18, 19, 90, 91, 127, -128, -110, -108, -100, -16, -17, -18, -1], 16)
    unsigned = u8([0, 16, 17, 18, 19, 90, 91, 127, 128, 136, 137, 138, 216, 217, 218, 255], 16)

    def table(name, op, x, x_scale, x_zero, y_scale, y_zero, y, **attrs):
        inputs = {
            "x": x,
            "x_scale": f32(x_scale),
            "x_zero_point": x_zero,
            "y_scale": f32(y_scale),
            "y_zero_point": y_zero,
        }
        add(file + name, op, inputs, y, domain=MS, **attrs)

    table("QLinearLeakyRelu_Int8", "QLinearLeakyRelu", signed, 0.25, None, 0.1, s8(-100),
          s8([-100, -60, -58, -55, -52, 125, 127, 127, -128, -128, -127, -125, -104, -104, -104, -100], 16),
          alpha=0.1)  # fmt: skip
    table("QLinearLeakyRelu_UInt8", "QLinearLeakyRelu", unsigned, 0.25, u8(128), 0.1, u8(30),
          u8([0, 2, 2, 2, 3, 20, 21, 30, 30, 50, 52, 55, 250, 252, 255, 255], 16), alpha=0.1)  # fmt: skip
    table("QLinearSigmoid_Int8", "QLinearSigmoid", signed, 0.025, None, 1 / 256, s8(-120),
          s8([8, 33, 35, 36, 38, 112, 112, 126, -110, -105, -104, -101, -17, -19, -20, 6], 16))  # fmt: skip
    table("QLinearSigmoid_UInt8", "QLinearSigmoid", unsigned, 0.025, u8(128), 1 / 256, u8(8),
          u8([18, 23, 23, 23, 24, 79, 81, 134, 136, 149, 150, 152, 238, 239, 240, 254], 16))  # fmt: skip
    table("QLinearSigmoid_UInt8_0_Y_ZP", "QLinearSigmoid", unsigned, 0.025, u8(128), 1 / 256, u8(0),
          u8([10, 15, 15, 15, 16, 71, 73, 126, 128, 141, 142, 144, 230, 231, 232, 246], 16))  # fmt: skip

    file = "contrib_ops/qlinear_concat_test.cc:"

    def concat(name, make, zero, parts, y, axis):
        inputs = {"y_scale": f32(0.25), "y_zero_point": make(zero)}
        for index, (values, scale) in enumerate(zip(parts, (1.0, 0.5, 0.25))):
            inputs[f"x{index}"] = make(values, 2, index + 1, 3)
            inputs |= {f"x_scale{index}": f32(scale), f"x_zero_point{index}": make(zero)}
        variable = [f"x{index}" for index in range(len(parts))]
        add(file + name, "QLinearConcat", inputs, make(y, 2, -1, 3), variable, MS, axis=axis)

    parts = [[128, 126, 131, 123, 255, 0], [128, 127, 129, 125, 131, 124, 132, 122, 135, 120, 255, 0],
             [128, 127, 129, 126, 130, 125, 131, 124, 132, 123, 133, 122, 134, 121, 135, 120, 255, 0]]  # fmt: skip
    y = [128, 120, 140, 128, 126, 130, 122, 134, 120, 128, 127, 129, 126, 130, 125, 131, 124, 132, 108, 255, 0, 136, 116,
         142, 112, 255, 0, 123, 133, 122, 134, 121, 135, 120, 255, 0]  # fmt: skip
    concat("QLinearConcatU8.Input3", u8, 128, parts, y, 1)
    concat("QLinearConcatU8.Input3_NegativeAxis", u8, 128, parts, y, -2)
    parts = [[0, -2, 3, -5, 127, -128], [0, -1, 2, -3, 3, -4, 4, -6, 7, -8, 127, -128],
             [0, -1, 2, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6, -7, 7, -8, 127, -128]]  # fmt: skip
    y = [0, -8, 12, 0, -2, 4, -6, 6, -8, 0, -1, 2, -2, 2, -3, 3, -4, 4, -20, 127, -128, 8, -12, 14, -16, 127, -128, -5, 5,
         -6, 6, -7, 7, -8, 127, -128]  # fmt: skip
    concat("QLinearConcatS8.Input3", s8, 0, parts, y, 1)
    concat("QLinearConcatS8.InputOne", s8, 0, parts[:1], [0, -8, 12, -20, 127, -128], 1)

    file = "providers/cpu/tensor/quantize_linear_test.cc:QuantizeLinearOpTest."
    add(file + "QuantizeLinear_0", "QuantizeLinear",
        {"x": f32([0, 2, 3, 1000, -254, -1000], 6), "y_scale": f32(2), "y_zero_point": u8(128)},
        u8([128, 129, 130, 255, 1, 0], 6))  # fmt: skip
    add(file + "QuantizeLinear_1", "QuantizeLinear",
        {"x": f32([0, 2, 3, 1000] * 3, 3, 4), "y_scale": f32(4), "y_zero_point": u8(0)},
        u8([0, 0, 1, 250] * 3, 3, 4))  # fmt: skip


for family in (conv, matmul, binary, others):
    family()

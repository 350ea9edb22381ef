#!/usr/bin/python3
"""Writes all-dtypes.safetensors (run with Debian's python3-torch): every type that the reader takes, with NumPy's and
PyTorch's own widening of the 16-bit floats beside them.

The half/... tensors hold every 7th bit pattern and the edges (zeros, subnormals, infinities) as F16 and BF16, and the
same values as F32; NaN is left out, since its payload is not part of a value.
"""
import json, struct, sys
import numpy as np
import torch


def save(path, tensors, meta):
    header, blobs, at = {"__metadata__": meta}, [], 0
    for name, (kind, a) in tensors.items():
        raw = a.tobytes()
        header[name] = {"dtype": kind, "shape": list(a.shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        blobs.append(raw)
    h = json.dumps(header).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


patterns = np.unique(np.concatenate([np.arange(0, 65536, 7), [1, 0x3FF, 0x400, 0x7C00, 0x8000, 0x8001, 0xFC00,
                                                               0x7F80, 0xFF80, 0x3C00]])).astype(np.uint16)
f16 = patterns[~np.isnan(patterns.view(np.float16))]
bf16 = patterns[~np.isnan((patterns.astype(np.uint32) << 16).view(np.float32))]
bf16_wide = torch.from_numpy(bf16.astype(np.int16)).view(torch.bfloat16).float().numpy()

tensors = {
    "f64": ("F64", np.array([[1e-300, -2.5, np.pi], [np.inf, 0.1, -0.0]])),
    "i64": ("I64", np.array([[-2 ** 63], [2 ** 63 - 1]])),
    "f32": ("F32", np.array([[[0.1, -1.5]], [[3.4e38, 1e-45]], [[np.nan, -np.inf]]], np.float32)),
    "i32": ("I32", np.array([-2 ** 31, 7, 2 ** 31 - 1], np.int32)),
    "u32": ("U32", np.array([2 ** 32 - 1, 5], np.uint32)),
    "half/f16": ("F16", f16.view(np.float16)),
    "half/f16_as_f32": ("F32", f16.view(np.float16).astype(np.float32)),
    "half/bf16": ("BF16", bf16),
    "half/bf16_as_f32": ("F32", bf16_wide),
    "i16": ("I16", np.array([-32768, 12], np.int16)),
    "u16": ("U16", np.array([65535, 12], np.uint16)),
    "i8": ("I8", np.array([-128, 127, 3], np.int8)),
    "u8": ("U8", np.array([[255, 0, 128]], np.uint8)),
    "bool": ("BOOL", np.array([True, False, False, True, True])),
    "scalar": ("F32", np.array(6.25, np.float32)),
    "empty": ("F32", np.zeros((3, 0, 2), np.float32)),
    "größe \"ß\"\n\U0001f600": ("U8", np.array([42], np.uint8)),
}
save(sys.argv[1] if len(sys.argv) > 1 else "all-dtypes.safetensors", tensors,
     {"torch": torch.__version__, "numpy": np.__version__, "note": "ünïcode\t"})

#!/usr/bin/python3
"""Writes resize.safetensors (run with Debian's python3-torchvision and dataset-fashion-mnist): test images of
Fashion-MNIST, and what torchvision's Resize makes of them, which is Pillow's bilinear resampling of 8-bit greyscale.

All tensors are U8. `input` [6, 28, 28] are the images, `index` their places in the test set, `label` their classes;
`output/HxW` [6, H, W] the results for a height of H and a width of W pixels. Where a side shrinks, Pillow widens the
filter (antialiasing); it resizes the width first and rounds to 8 bits in between.
"""
import gzip, json, struct, sys
import numpy as np
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import Resize

INDEXES = [0, 2, 11, 23, 61, 149]
SIZES = [(96, 96), (224, 224), (20, 20), (40, 61), (17, 50), (28, 35)]


def idx(path):
    raw = gzip.open(path).read()
    axes = raw[3]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * axes).reshape(struct.unpack(f">{axes}I", raw[4:4 + 4 * axes]))


def save(path, tensors, meta):
    header, blobs, at = {"__metadata__": {k: str(v) for k, v in meta.items()}}, [], 0
    for name, a in tensors.items():
        assert a.dtype == np.uint8
        header[name] = {"dtype": "U8", "shape": list(a.shape), "data_offsets": [at, at + a.size]}
        at += a.size
        blobs.append(np.ascontiguousarray(a).tobytes())
    h = json.dumps(header).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else "resize.safetensors"
    data = sys.argv[2] if len(sys.argv) > 2 else "/usr/share/datasets/fashion-mnist"
    images = idx(f"{data}/t10k-images-idx3-ubyte.gz")[INDEXES]
    labels = idx(f"{data}/t10k-labels-idx1-ubyte.gz")[INDEXES]
    tensors = {"input": images, "index": np.array(INDEXES, np.uint8), "label": labels}
    for size in SIZES:
        resize = Resize(size)
        tensors["output/%dx%d" % size] = np.stack([np.asarray(resize(Image.fromarray(i, "L"))) for i in images])
    save(out, tensors, {"torchvision": torchvision.__version__, "pillow": PIL.__version__,
                        "source": "Fashion-MNIST test set, MIT licence, Zalando SE"})

#!/usr/bin/python3
"""Writes augment.safetensors (run with Debian's python3-torchvision and dataset-fashion-mnist): images, and what
torchvision 0.14.1 with Pillow 9.4.0 makes of them when nothing is left to chance.

All tensors are U8, [channels, height, width]. `shirt` [1, 28, 28] is image 20 of Fashion-MNIST's test set; `noise`
[3, 19, 31] is smoothed noise in colour that is neither square nor alike in its channels. For each of them
`NAME/crop/PADDING/DOWN/RIGHT` is RandomCrop's cut of a border of 4; `NAME/flip`; `NAME/erase/TOP/LEFT/HEIGHT/WIDTH`;
`NAME/affine/DEGREES/RIGHT/DOWN/SHEARX/SHEARY` is functional.affine with bilinear interpolation;
`NAME/op/OPERATION/MAGNITUDE/SIGN` is one operation of RandAugment with bilinear interpolation.
"""
import gzip, json, struct, sys
import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import InterpolationMode, RandAugment, autoaugment, functional as F

CROPS = [(-4, 3), (2, -1), (0, 4), (4, 4), (-3, 0)]
BOXES = [(2, 5, 7, 11), (0, 0, 1, 17), (12, 3, 6, 2)]
AFFINES = [(0, 3, -2, 0, 0), (17.5, 0, 0, 0, 0), (-140.25, 2, 1, 0, 0), (33, -5, 4, 12, -7), (90, 0, 0, 0, 0)]
# At 4, a shear of 0.04 puts middles of pixels exactly on the edge of the image, where roundings decide.
MAGNITUDES = [5, 9, 30]


def pil(planes):
    return Image.fromarray(planes[0], "L") if len(planes) == 1 else Image.fromarray(planes.transpose(1, 2, 0), "RGB")


def planes(image):
    a = np.asarray(image)
    return a[None] if a.ndim == 2 else a.transpose(2, 0, 1)


def outputs(image):
    picture = pil(image)
    _, height, width = image.shape
    for mode in ("constant", "reflect"):
        padded = F.pad(picture, 4, fill=0, padding_mode=mode)
        for down, right in CROPS:
            name = "zero" if mode == "constant" else mode
            yield f"crop/{name}/{down}/{right}", planes(F.crop(padded, 4 + down, 4 + right, height, width))
    yield "flip", planes(F.hflip(picture))
    for top, left, h, w in BOXES:
        erased = F.erase(torch.from_numpy(image.copy()), top, left, h, w, torch.zeros(1, dtype=torch.uint8))
        yield f"erase/{top}/{left}/{h}/{w}", erased.numpy()
    for degrees, right, down, sx, sy in AFFINES:
        moved = F.affine(picture, degrees, [right, down], 1.0, [sx, sy], InterpolationMode.BILINEAR)
        yield f"affine/{degrees}/{right}/{down}/{sx}/{sy}", planes(moved)
    space = RandAugment()._augmentation_space(31, (height, width))
    for name, (values, signed) in space.items():
        if name == "Color":
            continue
        for magnitude in MAGNITUDES:
            strength = float(values[magnitude]) if values.ndim > 0 else 0.0
            for sign in (1, -1) if signed else (1,):
                made = autoaugment._apply_op(picture, name, sign * strength, InterpolationMode.BILINEAR, None)
                yield f"op/{name}/{magnitude}/{sign}", planes(made)


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
    out = sys.argv[1] if len(sys.argv) > 1 else "augment.safetensors"
    data = sys.argv[2] if len(sys.argv) > 2 else "/usr/share/datasets/fashion-mnist"
    shirt = np.frombuffer(gzip.open(f"{data}/t10k-images-idx3-ubyte.gz").read(), np.uint8, 784, 16 + 20 * 784)
    random = np.random.default_rng(11)
    coarse = random.integers(0, 256, (7, 9, 3), np.uint8)
    noise = planes(Image.fromarray(coarse, "RGB").resize((31, 19), Image.BICUBIC))
    # One channel keeps away from black and white, so that stretching its levels changes it.
    noise = np.stack([noise[0], noise[1] // 2 + 40, noise[2]])
    tensors = {}
    for name, image in {"shirt": shirt.reshape(1, 28, 28), "noise": np.ascontiguousarray(noise)}.items():
        tensors[name] = image
        tensors.update({f"{name}/{k}": v for k, v in outputs(image)})
    save(out, tensors, {"torchvision": torchvision.__version__, "pillow": PIL.__version__,
                        "source": "Fashion-MNIST test set, MIT licence, Zalando SE"})

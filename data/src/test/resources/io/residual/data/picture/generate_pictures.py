#!/usr/bin/python3
"""Writes small pictures of several formats and pictures.safetensors (run with Debian's python3-torchvision and
python3-pil): what Pillow 9.4.0 reads from them, and what torchvision 0.14.1 makes of those at 28 pixels.

All tensors are U8, [channels, height, width], 1 channel where the picture is grey. `NAME` holds the picture, transparent
parts over white; `NAME/stretch` Resize((28, 28)); `NAME/crop` Resize(28) and CenterCrop(28); `NAME/grey` mode L.
"""
import json, struct
import numpy as np
import PIL
import torchvision
from PIL import Image
from torchvision.transforms import CenterCrop, Resize


def planes(image):
    a = np.asarray(image)
    return a[None] if a.ndim == 2 else a.transpose(2, 0, 1)


def read(name):
    image = Image.open(name)
    if image.mode == "RGBA":
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image if image.mode == "L" else image.convert("RGB")


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
    random = np.random.default_rng(5)
    colour = Image.fromarray(random.integers(0, 256, (5, 8, 3), np.uint8), "RGB").resize((61, 40), Image.BICUBIC)
    grey = Image.fromarray(random.integers(0, 256, (9, 4), np.uint8), "L").resize((33, 70), Image.BICUBIC)
    clear = colour.convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize(colour.size))
    colour.save("colour.png")
    grey.save("grey.png")
    clear.save("clear.png")
    colour.quantize(16).save("palette.png")
    colour.save("colour.jpg", quality=92)
    colour.save("progressive.jpg", quality=60, progressive=True)
    grey.save("grey.jpg", quality=90)
    colour.save("lossless.webp", lossless=True)
    colour.save("lossy.webp", quality=80)
    colour.save("colour.bmp")
    tensors = {}
    for name in ["colour.png", "grey.png", "clear.png", "palette.png", "colour.jpg", "progressive.jpg", "grey.jpg",
                 "lossless.webp", "lossy.webp", "colour.bmp"]:
        image = read(name)
        tensors[name] = planes(image)
        tensors[name + "/stretch"] = planes(Resize((28, 28))(image))
        tensors[name + "/crop"] = planes(CenterCrop(28)(Resize(28)(image)))
        tensors[name + "/grey"] = planes(image.convert("L"))
    save("pictures.safetensors", tensors, {"pillow": PIL.__version__, "torchvision": torchvision.__version__})

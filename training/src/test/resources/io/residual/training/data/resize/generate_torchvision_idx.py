"""Writes what torchvision's Resize makes of 8 bit PIL images, as gzip-compressed IDX files beside this script.

Python 3.11, torchvision 0.14.1, Pillow 9.4.0, numpy 1.24; needs Debian's package dataset-fashion-mnist.
"""

import gzip
import pathlib
import struct

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode, Resize

HERE = pathlib.Path(__file__).parent
FASHION = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"


def write(name, images):
    header = struct.pack(">IIII", 0x803, *images.shape)
    with open(HERE / f"{name}.idx.gz", "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:
            file.write(header + images.tobytes())


def resized(images, height, width):
    resize = Resize((height, width), InterpolationMode.BILINEAR)
    return np.stack([np.asarray(resize(Image.fromarray(image))) for image in images])


with gzip.open(FASHION) as file:
    fashion = np.frombuffer(file.read(16 + 784 * 3)[16:], np.uint8).reshape(3, 28, 28)
noise = np.random.RandomState(7).randint(0, 256, (2, 13, 9)).astype(np.uint8)
# Rounding shows at the ends of the range first.
noise[1] = np.where(noise[1] < 128, 0, 255)

for name, images, sizes in (
    ("fashion", fashion, [(96, 96), (224, 224), (14, 14), (9, 61)]),
    ("noise", noise, [(31, 20), (5, 4), (13, 9), (13, 40), (3, 40), (1, 1)]),
):
    write(name, images)
    for height, width in sizes:
        write(f"{name}-{height}x{width}", resized(images, height, width))

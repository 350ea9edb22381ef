"""Writes what torchvision's Resize makes of noise in 8 bit PIL images, as gzip-compressed IDX files beside this script.

The images of generate_resize.py are square and seldom reach 0 and 255 side by side; these are neither.
Python 3.11, torchvision 0.14.1, Pillow 9.4.0, numpy 1.24.
"""

import gzip
import pathlib
import struct

import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode, Resize

HERE = pathlib.Path(__file__).parent


def write(name, images):
    header = struct.pack(">IIII", 0x803, *images.shape)
    with open(HERE / f"{name}.idx.gz", "wb") as raw:
        with gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:
            file.write(header + images.tobytes())


def resized(images, height, width):
    resize = Resize((height, width), InterpolationMode.BILINEAR)
    return np.stack([np.asarray(resize(Image.fromarray(image))) for image in images])


noise = np.random.RandomState(7).randint(0, 256, (2, 13, 9)).astype(np.uint8)
# Rounding shows at the ends of the range first.
noise[1] = np.where(noise[1] < 128, 0, 255)
write("noise", noise)
for height, width in [(31, 20), (5, 4), (13, 9), (13, 40), (3, 40), (1, 1)]:
    write(f"noise-{height}x{width}", resized(noise, height, width))

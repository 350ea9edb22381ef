#!/usr/bin/python3
"""Images that are no clothes, for `evaluate --out-of-distribution`; needs Debian's python3-sklearn and python3-pil.

make_outliers.py DIR writes DIR/digits, the 1,797 handwritten digits of the UCI repository that scikit-learn brings (8 x 8
pixels), enlarged to 20 x 20 in the middle of 28 x 28 as MNIST's are; and DIR/noise, 1,000 images of independent pixels.
"""
import pathlib
import sys

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

target = pathlib.Path(sys.argv[1])


def write(folder, images):
    (target / folder).mkdir(parents=True)
    for i, image in enumerate(images):
        image.save(target / folder / f"{i:04d}.png")


def digit(pixels):
    image = Image.new("L", (28, 28))
    image.paste(Image.fromarray((pixels * (255 / 16)).astype(np.uint8)).resize((20, 20), Image.BICUBIC), (4, 4))
    return image


write("digits", map(digit, load_digits().images))
random = np.random.RandomState(1)
write("noise", (Image.fromarray(random.randint(0, 256, (28, 28)).astype(np.uint8)) for _ in range(1000)))

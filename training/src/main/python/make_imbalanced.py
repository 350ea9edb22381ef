#!/usr/bin/python3
"""Draws a long-tailed training set from Fashion-MNIST, as Cui et al. 2019 do from CIFAR: the first class keeps the most images,
each further one fewer by the same factor. The test images stay as they are.

    make_imbalanced.py [folder of the four .gz files] [folder to write to] [images of the first class] [factor to the last]

Needs Python's standard library only. The first images of each class are kept, in their order.
"""
import gzip, struct, sys
from pathlib import Path

CLASSES = ["T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"]
IMAGE_BYTES = 28 * 28


def read(folder, name, header):
    return gzip.decompress((folder / f"{name}.gz").read_bytes())[header:]


def write(folder, name, header, content):
    with gzip.GzipFile(folder / f"{name}.gz", "wb", mtime=0) as packed:
        packed.write(struct.pack(f">{len(header)}i", *header) + content)


if __name__ == "__main__":
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    largest, factor = int(sys.argv[3]), float(sys.argv[4])
    target.mkdir(parents=True, exist_ok=True)
    left = [round(largest * factor ** (-c / (len(CLASSES) - 1))) for c in range(len(CLASSES))]
    print(*(f"{name}: {count}" for name, count in zip(CLASSES, left)), sep=", ")
    images, labels = read(source, "train-images-idx3-ubyte", 16), read(source, "train-labels-idx1-ubyte", 8)
    kept = []
    for i, label in enumerate(labels):
        if left[label]:
            left[label] -= 1
            kept.append(i)
    write(target, "train-images-idx3-ubyte", (0x803, len(kept), 28, 28),
          b"".join(images[i * IMAGE_BYTES:(i + 1) * IMAGE_BYTES] for i in kept))
    write(target, "train-labels-idx1-ubyte", (0x801, len(kept)), bytes(labels[i] for i in kept))
    for name in ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (target / f"{name}.gz").write_bytes((source / f"{name}.gz").read_bytes())
    (target / "classes.txt").write_text("\n".join(CLASSES) + "\n")

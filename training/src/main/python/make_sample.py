#!/usr/bin/python3
"""Draws the embedded sample from Fashion-MNIST: 200 training and 50 test images of each class, each from its own split.

    make_sample.py [folder of the four .gz files] [folder to write to]

Needs Python's standard library only. The drawn images keep the order that they have in the full set, so classes are
mixed. The output is the same at every run: the seed is fixed and the gzip headers carry neither a time nor a name
(another zlib may compress differently; the decompressed content stays the same).
"""
import gzip, hashlib, random, struct, sys
from pathlib import Path

SEED = 20170907
CLASSES = 10
IMAGE_BYTES = 28 * 28

# SHA-256 of the decompressed files: the corrected set of 2017-09-07.
SOURCE = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}


def read(folder, name):
    content = gzip.decompress((folder / f"{name}.gz").read_bytes())
    found = hashlib.sha256(content).hexdigest()
    if found != SOURCE[name]:
        sys.exit(f"{folder / name}.gz: its content has the SHA-256 {found}, Fashion-MNIST's is {SOURCE[name]}")
    return content


def write(folder, name, content):
    with open(folder / f"{name}.gz", "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=file, mtime=0) as packed:
            packed.write(content)
    print(hashlib.sha256(content).hexdigest(), f"{name} ({len(content)} bytes)")


def draw(labels, per_class, seed):
    chosen = []
    for wanted in range(CLASSES):
        of_class = [i for i, label in enumerate(labels) if label == wanted]
        # One generator per class: the draw of a class does not depend on how many another class gives.
        chosen += random.Random(f"{seed}/{wanted}").sample(of_class, per_class)
    return sorted(chosen)


def sample(source, target, split, per_class):
    images = read(source, f"{split}-images-idx3-ubyte")[16:]
    labels = read(source, f"{split}-labels-idx1-ubyte")[8:]
    chosen = draw(labels, per_class, f"{SEED}/{split}")
    write(target, f"{split}-images-idx3-ubyte", struct.pack(">4I", 0x803, len(chosen), 28, 28)
          + b"".join(images[i * IMAGE_BYTES:(i + 1) * IMAGE_BYTES] for i in chosen))
    write(target, f"{split}-labels-idx1-ubyte", struct.pack(">2I", 0x801, len(chosen)) + bytes(labels[i] for i in chosen))


if __name__ == "__main__":
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/datasets/fashion-mnist")
    target = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parents[1] / "resources/io/residual/training/data/sample")
    sample(source, target, "train", 200)
    sample(source, target, "t10k", 50)

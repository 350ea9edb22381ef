#!/usr/bin/python3
"""Writes pictures of every format that is read, and pictures.safetensors with what Pillow makes of each
(Python 3.11, Pillow 9.4.0, numpy 1.24).

Tensors are U8: `NAME/rgb` [3, H, W] is convert("RGB"), `NAME/l` [H, W] convert("L"), `NAME/l28` [28, 28] that resized by
torchvision's Resize, which is Pillow's BILINEAR. Transparent pictures are laid over white first, 16 bits cut to 8.
Pictures are 37 wide and 29 high, so that swapped sides show.
"""
import json
import pathlib
import struct

import numpy as np
from PIL import Image

HERE = pathlib.Path(__file__).parent
HEIGHT, WIDTH = 29, 37

y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
disc = ((y - 12) ** 2 + (x - 22) ** 2 < 81)[..., None]
scene = np.stack([40 + 5 * x, 200 - 6 * y, 20 + 2 * x + 3 * y], -1)
scene = np.where(disc, [230, 60, 15], scene).clip(0, 255).astype(np.uint8)
grey = (scene[..., 0] // 2 + scene[..., 1] // 3).astype(np.uint8)
noise = np.random.RandomState(3).randint(0, 256, (HEIGHT, WIDTH, 4)).astype(np.uint8)


def over_white(image):
    image = np.asarray(image.convert("RGBA")).astype(np.int64)
    alpha = image[..., 3:]
    return Image.fromarray(((image[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))


def write(name, image, seen=None, **options):
    image.save(HERE / name, **options)
    seen = seen or Image.open(HERE / name)
    luma = seen.convert("L")
    tensors[f"{name}/rgb"] = np.asarray(seen.convert("RGB")).transpose(2, 0, 1)
    tensors[f"{name}/l"] = np.asarray(luma)
    tensors[f"{name}/l28"] = np.asarray(luma.resize((28, 28), Image.BILINEAR))


def save(path):
    header, blobs, at = {}, [], 0
    for name, values in tensors.items():
        header[name] = {"dtype": "U8", "shape": list(values.shape), "data_offsets": [at, at + values.size]}
        at += values.size
        blobs.append(np.ascontiguousarray(values).tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


tensors = {}
write("grey.png", Image.fromarray(noise[..., 0]))
write("rgb.png", Image.fromarray(noise[..., :3]))
rgba = Image.fromarray(noise)
write("rgba.png", rgba, over_white(rgba))
grey_alpha = Image.fromarray(noise[..., :2], "LA")
write("grey-alpha.png", grey_alpha, over_white(grey_alpha))
write("palette.png", Image.fromarray(scene).quantize(16))
write("bits.png", Image.fromarray(grey > 90))
deep = noise[..., 0].astype(np.uint16) * 256 + noise[..., 1]
write("grey16.png", Image.fromarray(deep), Image.fromarray(noise[..., 0]))
write("scene.jpg", Image.fromarray(scene), quality=92)
write("progressive.jpg", Image.fromarray(scene), quality=92, progressive=True)
write("grey.jpg", Image.fromarray(grey), quality=92)
write("scene.bmp", Image.fromarray(noise[..., :3]))
frames = [Image.fromarray(scene).quantize(32), Image.fromarray(255 - scene).quantize(32)]
write("two-frames.gif", frames[0], None, save_all=True, append_images=frames[1:], duration=100)
write("lossless.webp", Image.fromarray(noise[..., :3]), lossless=True)
write("lossy.webp", Image.fromarray(scene), quality=90)
save(HERE / "pictures.safetensors")

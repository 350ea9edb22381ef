#!/usr/bin/python3
"""Writes small pictures over formats and oddities, and golden.safetensors with what Pillow makes of each
(Python 3.11, Pillow 9.4.0, numpy 1.24, all of Debian 12).

Tensors are U8: `NAME/rgb` [3, H, W] is convert("RGB"), `NAME/l` [H, W] convert("L"), `NAME/rgb28` and `NAME/l28` those
resized to 28 x 28 by Pillow's BILINEAR, which torchvision's Resize is. Two rules are the project's own: transparent
pictures are laid over white first, and of 16 bits the upper 8 count (Pillow 9.4 clips grey ones at 255 instead).
"""
import io
import json
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

HERE = pathlib.Path(__file__).parent
H, W = 13, 19
y, x = np.mgrid[0:H, 0:W]
disc = ((y - 5) ** 2 + (x - 12) ** 2 < 20)[..., None]
scene = np.stack([40 + 10 * x, 200 - 12 * y, 20 + 4 * x + 6 * y], -1)
scene = np.where(disc, [230, 60, 15], scene).clip(0, 255).astype(np.uint8)
random = np.random.RandomState(3)
noise = random.randint(0, 256, (H, W, 4)).astype(np.uint8)
noise16 = random.randint(0, 65536, (H, W, 4)).astype(np.uint16)
tensors = {}


def over_white(rgba):
    rgba = np.asarray(rgba).astype(np.int64)
    alpha = rgba[..., 3:]
    return Image.fromarray(((rgba[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))


def add(name, content, seen=None):
    """seen: the picture as the rules have it, if Pillow's own reading is not that."""
    (HERE / name).write_bytes(content)
    if seen is None:
        seen = Image.open(HERE / name)
        if seen.mode in ("RGBA", "LA", "PA") or "transparency" in seen.info:
            seen = over_white(seen.convert("RGBA"))
    rgb, grey = seen.convert("RGB"), seen.convert("L")
    tensors[f"{name}/rgb"] = np.asarray(rgb).transpose(2, 0, 1)
    tensors[f"{name}/l"] = np.asarray(grey)
    tensors[f"{name}/rgb28"] = np.asarray(rgb.resize((28, 28), Image.BILINEAR)).transpose(2, 0, 1)
    tensors[f"{name}/l28"] = np.asarray(grey.resize((28, 28), Image.BILINEAR))


def saved(image, format, **options):
    out = io.BytesIO()
    image.save(out, format, **options)
    return out.getvalue()


def rgb_image(values):
    return Image.fromarray(np.ascontiguousarray(values[..., :3]))


# A profile whose red and blue are swapped in effect: who follows it cannot get Pillow's values.
def profile():
    p = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    tags = {bytes(p[132 + 12 * i:136 + 12 * i]): 132 + 12 * i for i in range(struct.unpack(">I", p[128:132])[0])}
    red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
    p[red + 4:red + 12], p[blue + 4:blue + 12] = p[blue + 4:blue + 12], p[red + 4:red + 12]
    return bytes(p)


PROFILE = profile()


# --- PNG, written here: Pillow does not write all of it
def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def packed(values, depth):
    """[h, w, samples] to rows of bytes, each with filter 0 to 2."""
    rows, before = [], None
    for i, row in enumerate(values):
        flat = row.reshape(-1).astype(np.uint32)
        if depth == 16:
            data = flat.astype(">u2").tobytes()
        elif depth == 8:
            data = flat.astype(np.uint8).tobytes()
        else:
            bits = "".join(format(v, f"0{depth}b") for v in flat)
            bits += "0" * (-len(bits) % 8)
            data = bytes(int(bits[k:k + 8], 2) for k in range(0, len(bits), 8))
        if before is not None and i % 2:
            rows.append(b"\2" + bytes((a - b) & 255 for a, b in zip(data, before)))
        else:
            rows.append(b"\0" + data)
        before = data
    return b"".join(rows)


def png(values, kind, depth, interlaced=False, before=b"", after=b"", parts=1):
    values = values.reshape(values.shape[0], values.shape[1], -1)
    h, w = values.shape[:2]
    raw = b""
    if interlaced:
        for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
            part = values[y0::dy, x0::dx]
            raw += packed(part, depth) if part.size else b""
    else:
        raw = packed(values, depth)
    data = zlib.compress(raw, 9)
    size = -(-len(data) // parts)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", w, h, depth, kind, 0, 0, int(interlaced))) + before
            + b"".join(chunk(b"IDAT", data[i:i + size]) for i in range(0, len(data), size)) + after + chunk(b"IEND", b""))


def pngs():
    for depth in (1, 2, 4, 8, 16):
        top = 2 ** depth - 1
        grey = noise16[..., 0] >> (16 - depth)
        eight = (grey >> 8 if depth == 16 else grey * (255 // top)).astype(np.uint8)
        add(f"grey{depth}.png", png(grey, 0, depth), Image.fromarray(eight))
        key = int(grey[3, 4])
        seen = np.where(grey == key, 255, eight).astype(np.uint8)
        add(f"grey{depth}-key.png", png(grey, 0, depth, before=chunk(b"tRNS", struct.pack(">H", key))), Image.fromarray(seen))
        if depth <= 8:
            index = noise16[..., 1] >> (16 - min(depth, 4))
            colours = random.randint(0, 256, (2 ** min(depth, 4), 3)).astype(np.uint8)
            palette = chunk(b"PLTE", colours.tobytes())
            add(f"palette{depth}.png", png(index, 3, depth, before=palette))
            alphas = bytes(random.randint(0, 256, max(1, len(colours) // 2)).astype(np.uint8))
            add(f"palette{depth}-alpha.png", png(index, 3, depth, before=palette + chunk(b"tRNS", alphas)))
    for depth in (8, 16):
        v = noise16 >> (16 - depth)
        eight = (v >> (depth - 8)).astype(np.uint8)
        add(f"rgb{depth}.png", png(v[..., :3], 2, depth), rgb_image(eight))
        key = v[2, 5, :3]
        clear = (v[..., :3] == key).all(-1)[..., None]
        add(f"rgb{depth}-key.png", png(v[..., :3], 2, depth, before=chunk(b"tRNS", struct.pack(">HHH", *map(int, key)))),
            rgb_image(np.where(clear, 255, eight[..., :3]).astype(np.uint8)))
        add(f"rgba{depth}.png", png(v, 6, depth), over_white(eight))
        la = np.stack([eight[..., 0]] * 3 + [eight[..., 1]], -1)
        add(f"grey-alpha{depth}.png", png(v[..., :2], 4, depth), over_white(la))
    add("interlaced-grey.png", png(noise[..., 0], 0, 8, interlaced=True))
    add("interlaced-bits.png", png(noise[..., 0] >> 7, 0, 1, interlaced=True))
    add("interlaced-rgb16.png", png(noise16[..., :3], 2, 16, interlaced=True), rgb_image((noise16 >> 8).astype(np.uint8)))
    add("interlaced-rgba.png", png(noise, 6, 8, interlaced=True))
    add("gamma.png", png(noise[..., :3], 2, 8, before=chunk(b"gAMA", struct.pack(">I", 100000))))
    add("grey-gamma.png", png(noise[..., 0], 0, 8, before=chunk(b"gAMA", struct.pack(">I", 30000))))
    add("profile.png", png(noise[..., :3], 2, 8, before=chunk(b"iCCP", b"p\0\0" + zlib.compress(PROFILE, 9))))
    add("text.png", png(noise[..., :3], 2, 8, before=chunk(b"tEXt", b"Title\0x"), after=chunk(b"tIME", bytes(7))))
    add("parts.png", png(noise[..., :3], 2, 8, parts=40) + b"behind the end")
    add("one-pixel.png", png(noise[:1, :1, :3], 2, 8))
    add("grey.png", saved(Image.fromarray(noise[..., 0]), "PNG"))
    add("rgba.png", saved(Image.fromarray(noise), "PNG"))
    add("palette.png", saved(rgb_image(scene).quantize(16), "PNG"))


# --- JPEG
def segments(jpeg):
    at = 2
    while jpeg[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", jpeg[at + 2:at + 4])[0]
        yield jpeg[at + 1], jpeg[at:end]
        at = end
    yield 0xDA, jpeg[at:]


def rebuilt(jpeg, first, drop=(0xE0, 0xEE), ids=None):
    out = b"\xff\xd8" + first
    for marker, data in segments(jpeg):
        data = bytearray(data)
        if ids and marker in (0xC0, 0xC2):
            for i, name in enumerate(ids):
                data[10 + 3 * i] = name
        if ids and marker == 0xDA:
            for i, name in enumerate(ids):
                data[5 + 2 * i] = name
        if marker not in drop:
            out += data
    return out


def adobe(transform):
    return b"\xff\xee\0\x0eAdobe\0d\0\0\0\0" + bytes([transform])


def jpegs():
    image = rgb_image(scene)
    for quality in (20, 92):
        for sampling in (0, 1, 2):
            add(f"sampling{sampling}-quality{quality}.jpg", saved(image, "JPEG", quality=quality, subsampling=sampling))
    add("scene.jpg", saved(image, "JPEG", quality=92, optimize=True))
    add("noise.jpg", saved(rgb_image(noise), "JPEG", quality=75))
    add("progressive.jpg", saved(image, "JPEG", quality=92, progressive=True))
    add("progressive-grey.jpg", saved(image.convert("L"), "JPEG", quality=92, progressive=True))
    add("grey.jpg", saved(image.convert("L"), "JPEG", quality=92))
    add("one-pixel.jpg", saved(image.crop((3, 2, 4, 3)), "JPEG"))
    add("profile.jpg", saved(image, "JPEG", quality=92, icc_profile=PROFILE))
    exif = Image.Exif()
    exif[0x0112] = 6
    add("turned.jpg", saved(image, "JPEG", quality=92, exif=exif))
    plain = saved(image, "JPEG", quality=92, subsampling=0)
    add("no-jfif.jpg", rebuilt(plain, b""))
    add("rgb-by-names.jpg", rebuilt(plain, b"", ids=b"RGB"))
    add("other-names.jpg", rebuilt(plain, b"", ids=b"\0\1\2"))
    add("rgb-by-adobe.jpg", rebuilt(plain, adobe(0)))
    add("ycc-by-adobe.jpg", rebuilt(plain, adobe(1)))
    add("comment.jpg", rebuilt(plain, b"\xff\xfe\0\x06abcd", drop=()))
    cmyk = Image.fromarray(np.concatenate([255 - scene, scene[..., 1:2] // 2], -1), "CMYK")
    four = saved(cmyk, "JPEG", quality=92)
    add("cmyk.jpg", four)
    add("cmyk-no-adobe.jpg", rebuilt(four, b""))
    add("ycck.jpg", rebuilt(four, adobe(2)))
    add("cmyk-progressive.jpg", saved(cmyk, "JPEG", quality=92, progressive=True))
    add("cmyk-profile.jpg", saved(cmyk, "JPEG", quality=92, icc_profile=PROFILE))


# --- GIF
def gif_frame_moved(gif, canvas, left, top):
    gif = bytearray(gif)
    gif[6:10] = struct.pack("<HH", *canvas)
    at = 13 + (3 << (gif[10] & 7) + 1 if gif[10] & 0x80 else 0)
    while gif[at] == 0x21:
        at += 2
        while gif[at]:
            at += 1 + gif[at]
        at += 1
    gif[at + 1:at + 5] = struct.pack("<HH", left, top)
    return bytes(gif)


def gifs():
    p = rgb_image(scene).quantize(32)
    frames = [p, rgb_image(255 - scene).quantize(32)]
    plain = saved(p, "GIF", interlace=0)
    add("plain.gif", plain)
    add("interlaced.gif", saved(p, "GIF", interlace=1))
    clear = saved(p, "GIF", transparency=7)
    add("transparent.gif", clear)
    add("two-frames.gif", saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100))
    add("frame-within.gif", gif_frame_moved(plain, (W + 6, H + 4), 4, 3))
    add("transparent-frame-within.gif", gif_frame_moved(clear, (W + 6, H + 4), 4, 3))
    add("frame-beyond.gif", gif_frame_moved(plain, (5, 5), 4, 3))
    add("grey.gif", saved(Image.fromarray(noise[..., 0] // 16 * 16), "GIF"))
    add("bits.gif", saved(Image.fromarray(noise[..., 0] > 99), "GIF"))


# --- BMP, written here
def bmp(rows, bits, h=H, palette=b"", compression=0, masks=b"", header=40, size=0):
    head = struct.pack("<IiiHHIIiiII", 40, W, h, 1, bits, compression, size or len(rows), 0, 0, len(palette) // 4, 0)
    if header == 12:
        head = struct.pack("<IHHHH", 12, W, h, 1, bits)
    elif header > 40:
        head = struct.pack("<I", header) + head[4:] + masks
        head += bytes(header - len(head))
    else:
        head += masks
    start = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(rows), 0, 0, start) + head + palette + rows


def lines(values, width):
    """Rows of bytes from the bottom up, filled to 4."""
    return b"".join(bytes(r) + bytes(-width % 4) for r in values[::-1].reshape(H, -1).view(np.uint8))


def bmps():
    colours = np.concatenate([random.randint(0, 256, (256, 3)), np.zeros((256, 1))], -1).astype(np.uint8)
    bgr = np.ascontiguousarray(noise[..., 2::-1])
    add("scene.bmp", saved(rgb_image(noise), "BMP"))
    add("grey.bmp", saved(Image.fromarray(noise[..., 0]), "BMP"))
    add("bits.bmp", saved(Image.fromarray(noise[..., 0] > 99), "BMP"))
    add("palette8.bmp", bmp(lines(noise[..., 0] % 32, W), 8, palette=colours[:32].tobytes()))
    nibbles = np.pad(noise[..., 0] % 16, ((0, 0), (0, 1)))
    four = np.ascontiguousarray(nibbles[:, ::2] << 4 | nibbles[:, 1::2])
    add("palette4.bmp", bmp(lines(four, four.shape[1]), 4, palette=colours[:16].tobytes()))
    add("top-down.bmp", bmp(lines(np.ascontiguousarray(bgr[::-1]), 3 * W), 24, h=-H))
    add("os2.bmp", bmp(lines(bgr, 3 * W), 24, header=12))
    bgrx = np.concatenate([bgr, noise[..., 3:]], -1)
    add("bgrx.bmp", bmp(lines(bgrx, 4 * W), 32))
    masks = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    add("alpha.bmp", bmp(lines(bgrx, 4 * W), 32, compression=3, masks=masks, header=108))
    five = noise.astype(np.uint16) >> 3
    add("rgb555.bmp", bmp(lines(five[..., 0] << 10 | five[..., 1] << 5 | five[..., 2], 2 * W), 16))
    six = noise[..., 1].astype(np.uint16) >> 2
    masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
    add("rgb565.bmp", bmp(lines(five[..., 0] << 11 | six << 5 | five[..., 2], 2 * W), 16, compression=3, masks=masks))
    rle = b""
    for row in (noise[::-1, :, 0] % 4):
        for v in row[:10]:
            rle += bytes([1, v])
        rle += bytes([0, 9]) + bytes(row[10:]) + b"\0" + b"\0\0"
    add("rle8.bmp", bmp(rle + b"\0\1", 8, palette=colours[:4].tobytes(), compression=1))


# --- WebP
def webps():
    image, noisy = rgb_image(scene), rgb_image(noise)
    add("lossless.webp", saved(noisy, "WEBP", lossless=True))
    add("lossless-alpha.webp", saved(Image.fromarray(noise), "WEBP", lossless=True, exact=True))
    add("lossless-palette.webp", saved(image.quantize(12).convert("RGB"), "WEBP", lossless=True))
    add("lossless-profile.webp", saved(noisy, "WEBP", lossless=True, icc_profile=PROFILE))
    add("lossy.webp", saved(image, "WEBP", quality=90))
    add("lossy-grey.webp", saved(image.convert("L"), "WEBP", quality=90))
    add("lossy-profile.webp", saved(image, "WEBP", quality=90, icc_profile=PROFILE))
    alpha = np.concatenate([scene, noise[..., 3:]], -1)
    add("lossy-alpha.webp", saved(Image.fromarray(alpha), "WEBP", quality=90, alpha_quality=100))
    smooth = np.concatenate([scene, (y * 15 + x * 3).astype(np.uint8)[..., None]], -1)
    for method in (0, 6):
        add(f"lossy-smooth-alpha{method}.webp", saved(Image.fromarray(smooth), "WEBP", quality=90, method=method))
    second = scene.copy()
    second[4:8, 6:12] = 0
    add("animated.webp", saved(image, "WEBP", save_all=True, append_images=[rgb_image(second)], lossless=True, duration=90))
    clear = np.concatenate([scene, np.zeros((H, W, 1), np.uint8)], -1)
    clear[4:10, 6:14, 3] = 255
    add("animated-within.webp",
        saved(Image.fromarray(clear), "WEBP", save_all=True, append_images=[image], lossless=True, duration=90))


# --- TIFF
def tiffs():
    image, noisy = rgb_image(scene), rgb_image(noise)
    grey = Image.fromarray(noise[..., 0])
    for kind in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
        add(f"rgb-{kind}.tif", saved(noisy, "TIFF", compression=kind))
    add("grey.tif", saved(grey, "TIFF"))
    add("grey-predictor.tif", saved(grey, "TIFF", compression="tiff_lzw", tiffinfo={317: 2}))
    add("bits.tif", saved(Image.fromarray(noise[..., 0] > 99), "TIFF"))
    add("group4.tif", saved(Image.fromarray(scene[..., 0] > 99), "TIFF", compression="group4"))
    add("group3.tif", saved(Image.fromarray(scene[..., 0] > 99), "TIFF", compression="group3"))
    add("palette.tif", saved(image.quantize(20), "TIFF"))
    add("rgba.tif", saved(Image.fromarray(noise), "TIFF"))
    add("profile.tif", saved(noisy, "TIFF", icc_profile=PROFILE))
    cmyk = Image.fromarray(noise, "CMYK")
    add("cmyk.tif", saved(cmyk, "TIFF"))
    add("grey16.tif", saved(Image.fromarray(noise16[..., 0]), "TIFF"), Image.fromarray((noise16[..., 0] >> 8).astype(np.uint8)))
    add("two-pages.tif", saved(noisy, "TIFF", save_all=True, append_images=[image]))
    add("jpeg.tif", saved(image, "TIFF", compression="jpeg", quality=92))
    light = bytearray(saved(grey, "TIFF"))
    at = struct.unpack("<I", light[4:8])[0]
    for i in range(struct.unpack("<H", light[at:at + 2])[0]):
        entry = at + 2 + 12 * i
        if struct.unpack("<H", light[entry:entry + 2])[0] == 262:
            light[entry + 8] = 0
    add("white-is-zero.tif", bytes(light))


def save(path):
    header, blobs, at = {}, [], 0
    for name, values in tensors.items():
        header[name] = {"dtype": "U8", "shape": list(values.shape), "data_offsets": [at, at + values.size]}
        at += values.size
        blobs.append(np.ascontiguousarray(values).tobytes())
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


for write in (pngs, jpegs, gifs, bmps, webps, tiffs):
    write()
# The sizes to which all are resized would double the file: a few of each format are enough.
RESIZED = ("grey8.png", "grey16.png", "rgb8.png", "rgba8.png", "palette4-alpha.png", "interlaced-rgba.png", "one-pixel.png",
           "plain.gif", "transparent-frame-within.gif", "rgb565.bmp", "lossless-alpha.webp", "rgb-tiff_lzw.tif", "grey16.tif")
tensors = {k: v for k, v in tensors.items() if not k.endswith("28") or k.split("/")[0] in RESIZED}
save(HERE / "golden.safetensors")
print(len(list(HERE.glob("*.*"))) - 2, "pictures")

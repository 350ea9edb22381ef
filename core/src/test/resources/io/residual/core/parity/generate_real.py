#!/usr/bin/python3
"""Writes real-images-*.safetensors: gradients of networks in double precision on real images (Debian's python3-torch and
dataset-fashion-mnist, on the CPU).

Random images hide what a batch of photographs shows: a constant background gives thousands of equal values to each channel,
whose sums in single precision are wrong by more than rounding, and where a batch norm's output is near 0 there, the ReLUs of
the whole background decide together. `param/...`, `buffer/...`, `label` and `train/grad/...` are as in generate.py; `input`
are pixels / 255 of the first training images, in single precision, as are the weights; `train/loss1` and the gradients are
those of one batch in double precision, the gradients rounded to single.

Prints the errors of PyTorch's own single precision, channels first and last, and of its autocast to bfloat16: largest difference
of a tensor over its largest value, of the worst tensor and of the median one.
"""
import gzip, os, statistics, sys
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
import generate, generate_family
from torchvision.models.resnet import BasicBlock

DATA = "/usr/share/datasets/fashion-mnist"


def images(count, pixels):
    raw = gzip.open(f"{DATA}/train-images-idx3-ubyte.gz").read()[16:16 + count * 784]
    x = torch.from_numpy(np.frombuffer(raw, np.uint8).reshape(count, 1, 28, 28).copy()).float() / 255
    return x if pixels == 28 else F.interpolate(x, (pixels, pixels), mode="bilinear", align_corners=False)


def labels(count):
    raw = gzip.open(f"{DATA}/train-labels-idx1-ubyte.gz").read()[8:8 + count]
    return torch.from_numpy(np.frombuffer(raw, np.uint8).astype(np.int64))


def gradients(make, state, x, y, dtype, layout, autocast=False):
    net = make()
    net.load_state_dict(state)
    net = net.to(dtype).to(memory_format=layout).train()
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
        logits = net(x.to(dtype).to(memory_format=layout))
    loss = F.cross_entropy(logits.to(dtype), y)
    loss.backward()
    return loss.detach(), {k: v.grad.contiguous() for k, v in net.named_parameters()}


def errors(actual, exact):
    """By tensor; without those that have no gradient but rounding, such as a bias in front of a batch norm."""
    largest = max(g.abs().max().item() for g in exact.values())
    each = {}
    for k, g in exact.items():
        if g.abs().max() >= 1e-5 * largest:
            each[k] = ((actual[k].double() - g).abs().max() / g.abs().max()).item()
    return each


def described(each):
    worst = max(each, key=each.get)
    return f"worst {each[worst]:.1e} ({worst}), median {statistics.median(each.values()):.1e}"


def rounded(state, seed):
    """The state as if it had been computed with other rounding."""
    torch.manual_seed(seed)
    return {k: v * (1 + 3e-7 * torch.randn(v.shape)) if v.is_floating_point() else v for k, v in state.items()}


def fixture(out, name, make, count, pixels):
    """Of the first seed for which no ReLU or max pool of many pixels is within rounding of deciding otherwise."""
    x, y = images(count, pixels), labels(count)
    for seed in range(1, 60):
        torch.manual_seed(seed)
        net = make()
        state = {k: v.clone() for k, v in net.state_dict().items()}
        loss, exact = gradients(make, state, x, y, torch.float64, torch.contiguous_format)
        single = gradients(make, state, x, y, torch.float32, torch.contiguous_format)
        runs = [single] + [gradients(make, rounded(state, draw), x, y, torch.float32, torch.contiguous_format)
                           for draw in range(6)]
        if max(max(errors(g, exact).values()) for _, g in runs) < 2e-5:
            break
    last = gradients(make, state, x, y, torch.float32, torch.channels_last)
    autocast = gradients(make, state, x, y, torch.float32, torch.channels_last, autocast=True)
    for kind, (l, g) in (("float32, channels first", single), ("float32, channels last", last),
                         ("autocast to bfloat16", autocast)):
        print(f"{name}, seed {seed}, {kind}: loss {abs(l - loss).item():.1e}, "
              f"{described(errors(g, exact))}", flush=True)
    if out:
        t = {"input": x, "label": y, **generate.state(net, ""), "train/loss1": loss.float().reshape(1)}
        t.update({f"train/grad/{k}": g.float() for k, g in exact.items()})
        generate.save(f"{out}/real-images-{name}.safetensors", t, {"torch": torch.__version__, "dtype": "float64"})


if __name__ == "__main__":
    torch.set_num_threads(2)
    out = next((a for a in sys.argv[1:] if a != "--wide"), None) or os.path.dirname(os.path.abspath(__file__))
    zero = lambda channels_in, channels, stride: generate_family.ZeroPadding(stride, channels - channels_in)
    fixture(out, "resnet18-width8-28px", lambda: generate.resnet18(8), 256, 28)
    fixture(out, "resnet20-width4-28px",
            lambda: generate_family.Narrow(BasicBlock, [3, 3, 3], 4, generate_family.small_stem(4), zero), 32, 28)
    fixture(out, "resnet18-width8-96px", lambda: generate.resnet18(8), 16, 96)
    if "--wide" in sys.argv:
        fixture(None, "resnet18-width64-28px", lambda: generate.resnet18(64), 256, 28)

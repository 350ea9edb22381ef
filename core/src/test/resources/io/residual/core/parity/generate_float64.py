#!/usr/bin/python3
"""Writes the double-precision twins of fixtures, *-float64.safetensors (run with Debian's python3-torchvision, on the CPU).

At 28 pixels a batch norm of the last stage averages 8 values (8 images of 1 x 1 pixels), which makes the steps so
ill-conditioned that single precision decides the third loss: PyTorch's own float32 run (2.2869) is 0.045 away from its
float64 run (2.3323). So the steps are compared in double precision, where nothing hides. Same weights and batch as the
fixture, whose float32 values are exact in float64; same names, `train/...` and `after5/...` only.

The other twins hold the first loss, its gradients and the running statistics after one step (`after1/buffer/...`), with which
arithmetic in double precision is compared.
"""
import json, os, struct, sys
import numpy as np
import torch
from torch.nn import functional as F
import generate, generate_family
from torchvision.models.resnet import BasicBlock, Bottleneck

torch.set_num_threads(1)
KINDS = {"F32": np.float32, "I64": np.int64}


def load(path):
    raw = open(path, "rb").read()
    size = struct.unpack("<Q", raw[:8])[0]
    header, data = json.loads(raw[8:8 + size]), raw[8 + size:]
    return {k: torch.from_numpy(np.frombuffer(data[slice(*v["data_offsets"])], KINDS[v["dtype"]]).copy().reshape(v["shape"]))
            for k, v in header.items() if k != "__metadata__"}


def save(path, tensors, meta):
    header, blobs, at = {"__metadata__": meta}, [], 0
    for name, t in tensors.items():
        raw = t.detach().contiguous().numpy().tobytes()
        header[name] = {"dtype": "F64", "shape": list(t.shape), "data_offsets": [at, at + len(raw)]}
        at += len(raw)
        blobs.append(raw)
    h = json.dumps(header).encode()
    h += b" " * (-len(h) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(h)) + h + b"".join(blobs))


def in_double(name, net):
    """The network with the weights of a fixture, and the fixture's batch."""
    fixture = load(f"{here}/{name}.safetensors")
    state = {k.split("/", 1)[1]: v for k, v in fixture.items() if k.startswith(("param/", "buffer/"))}
    missing = net.load_state_dict(state, strict=False).missing_keys
    assert all("num_batches" in k for k in missing), missing
    return net.double().train(), fixture["input"].double(), fixture["label"]


def twin(name, net, steps):
    net, x, y = in_double(name, net)
    opt = torch.optim.SGD(net.parameters(), lr=0.05)
    t = {}
    for step in range(1, steps + 1):
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        t[f"train/loss{step}"] = loss.detach().reshape(1)
        if step == 1:
            t.update({f"train/grad/{k}": v.grad.clone() for k, v in net.named_parameters()})
        opt.step()
    last = generate.state(net, f"after{steps}/")
    t.update({k: v for k, v in last.items() if steps > 1 or "/buffer/" in k})
    save(f"{out}/{name}-float64.safetensors", t, {"torch": torch.__version__})


here = os.path.dirname(os.path.abspath(__file__))
out = sys.argv[1] if len(sys.argv) > 1 else here
zero = lambda channels_in, channels, stride: generate_family.ZeroPadding(stride, channels - channels_in)
twin("resnet18-width8-28px", generate.resnet18(8), 5)
twin("cifar20-a", generate_family.Narrow(BasicBlock, [3, 3, 3], 4, generate_family.small_stem(4), zero), 1)
twin("preactivation20", generate_family.PreActivationNet(2, 4, [16, 32, 64], True), 1)
twin("bottleneck17", generate_family.Narrow(Bottleneck, [1, 2, 1, 1], 4, generate_family.large_stem(4)), 1)
twin("resnet18d", generate_family.Narrow(BasicBlock, [2, 2, 2, 2], 4, generate_family.deep_stem(4), generate_family.pooled), 1)

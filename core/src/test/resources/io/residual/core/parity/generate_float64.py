#!/usr/bin/python3
"""Writes the double-precision twin of resnet18-width8-28px.safetensors (run with Debian's python3-torch, on the CPU).

At 28 pixels a batch norm of the last stage averages 8 values (8 images of 1 x 1 pixels), which makes the steps so
ill-conditioned that single precision decides the third loss: PyTorch's own float32 run (2.2869) is 0.045 away from its
float64 run (2.3323). So the steps are compared in double precision, where nothing hides. Same weights and batch as the
fixture, whose float32 values are exact in float64; same names, `train/...` and `after5/...` only.
"""
import json, os, struct, sys
import numpy as np
import torch
from torch.nn import functional as F
import generate

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


here = os.path.dirname(os.path.abspath(__file__))
fixture = load(f"{here}/resnet18-width8-28px.safetensors")
net = generate.resnet18(8)
net.load_state_dict({k.split("/", 1)[1]: v for k, v in fixture.items() if k.startswith(("param/", "buffer/"))}, strict=False)
net = net.double().train()
x, y = fixture["input"].double(), fixture["label"]
opt = torch.optim.SGD(net.parameters(), lr=0.05)
t = {}
for step in range(1, 6):
    opt.zero_grad()
    loss = F.cross_entropy(net(x), y)
    loss.backward()
    t[f"train/loss{step}"] = loss.detach().reshape(1)
    if step == 1:
        t.update({f"train/grad/{k}": v.grad.clone() for k, v in net.named_parameters()})
    opt.step()
t.update(generate.state(net, "after5/"))
save(f"{sys.argv[1] if len(sys.argv) > 1 else here}/resnet18-width8-28px-float64.safetensors", t, {"torch": torch.__version__})

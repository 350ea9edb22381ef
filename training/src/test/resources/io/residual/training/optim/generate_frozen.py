#!/usr/bin/python3
"""Writes what PyTorch makes of a network of which a part is frozen (run with Debian's python3-torchvision, on the CPU).

Network, weights and batches are those of generate_recipes.py, whose files are read here. Stem and first stage are frozen as
timm.utils.freeze does it: no gradients, and batch norms that use their running statistics and leave them alone
(torchvision's FrozenBatchNorm2d). Three steps of SGD with momentum, weight decay and clipping of the gradient's norm, which
frozen weights must take no part in. frozen-stage1.safetensors holds the state after them under torchvision's names, and the
losses as metadata. It also holds, as train_mode/NAME, the statistics that the frozen part would come to if its batch norms
were left in training mode, the mistake that torchvision's requires_grad_(False) alone leads to.
"""
import copy
import json
import os
import struct
import sys
import numpy
import torch
from torch import nn
from torch.nn import functional as F

sys.dont_write_bytecode = True  # no __pycache__ among the resources
from generate_recipes import HERE, NarrowResNet, groups, save

STEPS = 3


def read(name):
    with open(f"{HERE}/{name}.safetensors", "rb") as f:
        header = json.loads(f.read(struct.unpack("<Q", f.read(8))[0]))
        data = f.read()
    header.pop("__metadata__", None)
    kinds = {"F32": numpy.float32, "I64": numpy.int64}
    return {k: torch.from_numpy(numpy.frombuffer(data[v["data_offsets"][0]:v["data_offsets"][1]], kinds[v["dtype"]])
                                .reshape(v["shape"]).copy()) for k, v in header.items()}


def run(net, batches, frozen_norms_train):
    net.train()
    for part in (net.conv1, net.bn1, net.layer1):
        part.requires_grad_(False)
        part.train(frozen_norms_train)
    optimiser = torch.optim.SGD(groups(net, 5e-3), 0.1, momentum=0.9)
    losses = []
    for x, y in batches:
        optimiser.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in net.parameters() if p.requires_grad], 0.5)
        optimiser.step()
        losses.append(loss.item())
    return net.state_dict(), losses


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else HERE
    net, data = NarrowResNet([2, 2, 2, 2], 2), read("recipes-batches")
    net.load_state_dict(read("recipes-initial"))
    batches = [(data[f"batch{i}"], data[f"labels{i}"]) for i in range(STEPS)]
    state, losses = run(copy.deepcopy(net), batches, False)
    twin, _ = run(copy.deepcopy(net).double(), [(x.double(), y) for x, y in batches], False)
    for k, v in state.items():
        if v.is_floating_point():
            error = ((v - twin[k]).norm() / twin[k].norm().clamp(min=1e-3)).item()
            assert error < 2e-5, (k, error)  # else precision decides
    mistaken, _ = run(copy.deepcopy(net), batches, True)
    state.update({f"train_mode/{k}": v for k, v in mistaken.items() if k == "bn1.running_mean"})
    save(f"{out}/frozen-stage1.safetensors", state, {"losses": " ".join(repr(l) for l in losses)})
    print(losses)

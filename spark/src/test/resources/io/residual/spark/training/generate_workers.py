#!/usr/bin/python3
"""Writes what PyTorch makes of a small network that two workers train together (run with Debian's python3-torchvision).

The network is torchvision's ResNet-18 with stages of 2, 4, 8 and 16 channels for grey images of 40 x 40. Four batches of
11 images follow each other; the workers have 5 and 6 images of each, and batch norm the statistics of a worker's images.
workers-initial.safetensors holds the weights before them, workers-images.safetensors the images, from 0 to 255, and labels
in the order of the batches. What follows is the weights in the end, under torchvision's names:

every-step: one network whose gradient is the mean over all images, as DistributedDataParallel has it; running statistics
are those that each worker would have had, weighted by its images.
every-two: two networks with optimisers of their own; after every two steps all get the mean of their weights, statistics
and momenta, weighted by their images.

Metadata hold the losses of the steps. A ReLU or a max pool within rounding of a tie can send two right programs different
ways. The seed is the first with which double precision ends within 1e-4 of single precision (by the norms of the tensors),
also where images differ by 3e-7, which is more than rounding.
"""
import copy
import os
import sys
import torch
from torch.nn import functional as F

sys.dont_write_bytecode = True  # no __pycache__ among the resources
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "../../../../../../../..")
sys.path.insert(0, os.path.join(ROOT, "core/src/test/resources/io/residual/core/parity"))
from generate import save
from generate_torchvision import NarrowResNet

STEPS, BATCH, CLASSES, PARTS = 4, 11, 10, [(0, 5), (5, 11)]


def optimiser(net):
    weights = [p for p in net.parameters() if p.ndim > 1]
    others = [p for p in net.parameters() if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": 5e-3}, {"params": others, "weight_decay": 0}]
    return torch.optim.SGD(groups, 0.02, momentum=0.9, nesterov=True)


def loss(net, x, y):
    return F.cross_entropy(net(x), y, label_smoothing=0.1)


def mean(tensors):
    return sum(t * (b - a) for t, (a, b) in zip(tensors, PARTS)) / BATCH


def every_step(net, batches):
    of_all, losses = optimiser(net), []
    for x, y in batches:
        before, after, total = copy.deepcopy(dict(net.named_buffers())), [], 0
        of_all.zero_grad()
        for a, b in PARTS:
            for name, buffer in net.named_buffers():
                buffer.data.copy_(before[name])
            part = loss(net, x[a:b], y[a:b]) * (b - a) / BATCH
            part.backward()
            total += part.item()
            after.append(copy.deepcopy(dict(net.named_buffers())))
        for name, buffer in net.named_buffers():
            if buffer.is_floating_point():
                buffer.copy_(mean([one[name] for one in after]))
        of_all.step()
        losses.append(total)
    return net.state_dict(), losses


def every_two(net, batches):
    nets = [copy.deepcopy(net) for _ in PARTS]
    theirs, losses = [optimiser(one) for one in nets], []
    for step, (x, y) in enumerate(batches):
        total = 0
        for one, own, (a, b) in zip(nets, theirs, PARTS):
            own.zero_grad()
            of_part = loss(one, x[a:b], y[a:b])
            of_part.backward()
            own.step()
            total += of_part.item() * (b - a) / BATCH
        losses.append(total)
        if step % 2 == 1:
            states = [one.state_dict() for one in nets]
            for name, value in states[0].items():
                if value.is_floating_point():
                    new = mean([state[name] for state in states])
                    for state in states:
                        state[name].copy_(new)
            for parameters in zip(*(one.parameters() for one in nets)):
                momenta = [own.state[p]["momentum_buffer"] for own, p in zip(theirs, parameters)]
                new = mean(momenta)
                for momentum in momenta:
                    momentum.copy_(new)
    return nets[0].state_dict(), losses


def trial(seed):
    """Network, images, labels, and the results; or None where precision decides."""
    torch.manual_seed(seed)
    net = NarrowResNet([2, 2, 2, 2], 2).train()
    images = torch.randint(0, 256, (STEPS * BATCH, 1, 40, 40)).float()
    labels = torch.randint(0, CLASSES, (STEPS * BATCH,))
    batches = list(zip((images / 255).split(BATCH), labels.split(BATCH)))
    exact = [(x.double(), y) for x, y in batches]
    found = {}
    for name, train in {"every-step": every_step, "every-two": every_two}.items():
        state, losses = train(copy.deepcopy(net), batches)
        for change in (0, 3e-7, -3e-7):
            other, _ = train(copy.deepcopy(net).double(), [(x + change * torch.randn_like(x), y) for x, y in exact])
            worst = max(((v - other[k]).norm() / other[k].norm()).item() for k, v in state.items() if v.is_floating_point())
            if worst > 1e-4:
                print(seed, name, change, worst)
                return None
        found[name] = state, losses
    return net, images, labels, found


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else HERE
    net, images, labels, found = next(t for t in map(trial, range(1, 500)) if t)
    save(f"{out}/workers-initial.safetensors", net.state_dict(), {})
    save(f"{out}/workers-images.safetensors", {"images": images, "labels": labels}, {})
    for name, (state, losses) in found.items():
        save(f"{out}/workers-{name}.safetensors", state, {"losses": " ".join(repr(l) for l in losses)})

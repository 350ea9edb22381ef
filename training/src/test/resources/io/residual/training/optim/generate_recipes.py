#!/usr/bin/python3
"""Writes what PyTorch's optimisers make of a small network (run with Debian's python3-torchvision, on the CPU).

The network is torchvision's ResNet-18 with stages of 2, 4, 8 and 16 channels for grey images of 40 x 40. Five batches of 12
images follow each other; batch-norm statistics move with each. recipes-initial.safetensors holds the weights before them,
recipes-batches.safetensors the images (batch0 ...) and labels (labels0 ...), and recipe-NAME.safetensors the weights that
a recipe came to, under torchvision's names. Metadata hold the losses of the steps.

A ReLU or a max pool within rounding of a tie can send two right programs different ways. The seed is the first with which
all recipes end, in single and in double precision, within 2e-5 of each other (by the norms of the tensors).
"""
import copy
import os
import sys
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim import lr_scheduler

sys.dont_write_bytecode = True  # no __pycache__ among the resources
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../../../../../../core/src/test/resources/io/residual/core/parity"))
from generate import save
from generate_torchvision import NarrowResNet

STEPS, BATCH, CLASSES = 5, 12, 10


def weights_and_others(net):
    weights = [p for p in net.parameters() if p.ndim > 1]
    return weights, [p for p in net.parameters() if p.ndim <= 1]


def groups(net, decay):
    weights, others = weights_and_others(net)
    return [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}]


def one_cycle(optimiser, rate):
    return lr_scheduler.OneCycleLR(optimiser, rate, total_steps=STEPS, pct_start=0.5, anneal_strategy="linear",
                                   cycle_momentum=False, div_factor=25, final_div_factor=rate / 25 / 0.01)


def constant(optimiser, rate):
    return lr_scheduler.StepLR(optimiser, 1000)


def clip_adaptively(net, most=0.02, epsilon=1e-3):
    """Brock et al. 2021, equation 3: by output unit; a vector is one unit; not the last layer."""
    for name, p in net.named_parameters():
        if name.startswith("fc."):
            continue
        rows, grad = (p.detach().flatten(1), p.grad.flatten(1)) if p.ndim > 1 else (p.detach()[None], p.grad[None])
        bound = rows.norm(dim=1, keepdim=True).clamp(min=epsilon) * most
        grad.mul_((bound / grad.norm(dim=1, keepdim=True).clamp(min=1e-6)).clamp(max=1))


def by_depth(net, rate, factor):
    """A group a depth: stem, eight blocks, dense; the first has the whole rate."""
    def depth(name):
        if name.startswith("layer"):
            return 1 + 2 * (int(name[5]) - 1) + int(name[7])
        return 9 if name.startswith("fc") else 0
    return [{"params": [p], "lr": rate * factor ** depth(name)} for name, p in net.named_parameters()]


WEIGHTS = [0.5, 4, 1, 2, 0.25, 1, 3, 1, 0.75, 1.5]


def focal(logits, labels, gamma):
    own = F.log_softmax(logits, 1).gather(1, labels[:, None])
    return -((1 - own.exp()) ** gamma * own).mean()


def run(net, batches, make, schedule=constant, rate=0.1, loss=F.cross_entropy, clip=lambda net: None, every=1, average=None):
    optimiser = make(net, rate)
    rates = schedule(optimiser, rate)
    mean = copy.deepcopy(net.state_dict())
    losses, update = [], 0
    for step, (x, y) in enumerate(batches):
        group = [b for b in range(STEPS) if b // every == step // every]
        of_batch = loss(net(x), y)
        losses.append(of_batch.item())
        (of_batch / len(group)).backward()
        if step == group[-1]:
            clip(net)
            optimiser.step()
            optimiser.zero_grad()
            rates.step()
            if average:
                kept = min(average, (1 + update) / (10 + update))
                for name, value in net.state_dict().items():
                    if value.is_floating_point():
                        mean[name].mul_(kept).add_(value, alpha=1 - kept)
            update += 1
    return (mean if average else net.state_dict()), losses


class Muon(torch.optim.Optimizer):
    """Filters as Jordan's airbench94_muon.py updates them (2024), in the precision of the network; the rest by SGD."""

    def __init__(self, net, rate, of_filters=0.05, momentum=0.9, decay=5e-4):
        filters = [p for p in net.parameters() if p.ndim == 4]
        super().__init__(filters, {"lr": of_filters})
        self.momentum = momentum
        rest = [{**g, "params": [p for p in g["params"] if p.ndim != 4], "lr": rate} for g in groups(net, decay)]
        self.rest = SGD(rest, rate, momentum=momentum, nesterov=True)

    @staticmethod
    def orthogonal(g, steps=5, a=3.4445, b=-4.7750, c=2.0315):
        x = g / (g.norm() + 1e-7)
        x = x.T if len(g) > g.size(1) else x
        for _ in range(steps):
            s = x @ x.T
            x = a * x + (b * s + c * s @ s) @ x
        return x.T if len(g) > g.size(1) else x

    @torch.no_grad()
    def step(self):
        for p in self.param_groups[0]["params"]:
            v = self.state[p].setdefault("velocity", torch.zeros_like(p))
            v.mul_(self.momentum).add_(p.grad)
            p.mul_(len(p) ** 0.5 / p.norm())
            p.sub_(self.param_groups[0]["lr"] * self.orthogonal((p.grad + self.momentum * v).flatten(1)).view_as(p))
        self.rest.step()

    def zero_grad(self, set_to_none=False):
        super().zero_grad(set_to_none)
        self.rest.zero_grad(set_to_none)


SGD = torch.optim.SGD
RECIPES = {
    "nesterov": dict(make=lambda n, r: SGD(groups(n, 5e-4), r, momentum=0.9, nesterov=True), schedule=one_cycle, rate=0.4,
                     loss=lambda x, y: F.cross_entropy(x, y, label_smoothing=0.1)),
    "momentum-clipped": dict(make=lambda n, r: SGD(groups(n, 5e-3), r, momentum=0.9), schedule=one_cycle, rate=0.4,
                             clip=lambda n: nn.utils.clip_grad_norm_(n.parameters(), 0.5)),
    "adamw": dict(make=lambda n, r: torch.optim.AdamW(groups(n, 1), r), rate=0.01),
    "muon": dict(make=lambda n, r: Muon(n, r), rate=0.2),
    "adaptively-clipped": dict(make=lambda n, r: SGD(n.parameters(), r), clip=clip_adaptively),
    "accumulated": dict(make=lambda n, r: SGD(n.parameters(), r, momentum=0.9), every=2),
    "averaged": dict(make=lambda n, r: SGD(n.parameters(), r), average=0.15),
    "by-depth": dict(make=lambda n, r: SGD(by_depth(n, r, 0.8), r, momentum=0.9)),
    "weighted": dict(make=lambda n, r: SGD(n.parameters(), r, momentum=0.9), every=2,
                     loss=lambda x, y: F.cross_entropy(x, y, torch.tensor(WEIGHTS, dtype=x.dtype), label_smoothing=0.1)),
    "focal": dict(make=lambda n, r: SGD(n.parameters(), r), loss=lambda x, y: focal(x, y, 1.5)),
}


def trial(seed):
    """Network, batches, and what each recipe makes of them; or None where precision decides."""
    torch.manual_seed(seed)
    net = NarrowResNet([2, 2, 2, 2], 2).train()
    batches = [(torch.rand(BATCH, 1, 40, 40), torch.randint(0, CLASSES, (BATCH,))) for _ in range(STEPS)]
    exact = [(x.double(), y) for x, y in batches]
    found = {}
    for name, recipe in RECIPES.items():
        state, losses = run(copy.deepcopy(net), batches, **recipe)
        twin, _ = run(copy.deepcopy(net).double(), exact, **recipe)
        worst = max(((v - twin[k]).norm() / twin[k].norm()).item() for k, v in state.items() if v.is_floating_point())
        if worst > 2e-5:
            print(seed, name, worst)
            return None
        found[name] = state, losses
    return net, batches, found


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else HERE
    net, batches, found = next(t for t in map(trial, range(22, 500)) if t)
    save(f"{out}/recipes-initial.safetensors", net.state_dict(), {})
    save(f"{out}/recipes-batches.safetensors",
         {f"{name}{i}": t for i, b in enumerate(batches) for name, t in zip(("batch", "labels"), b)}, {})
    for name, (state, losses) in found.items():
        save(f"{out}/recipe-{name}.safetensors", state, {"losses": " ".join(repr(l) for l in losses)})

#!/usr/bin/python3
"""Writes gradients.json (run with Debian's python3-torch, on the CPU).

What autograd says of ResNet-20 of He et al. 2015, section 4.2 (16 channels, shortcuts of option A), of its plain twin, and of a
pre-activation ResNet-11 (bottleneck blocks, 1x1 convolutions on the shortcuts that change the shape), in double precision and
training mode. Weights and images are no random numbers but those of a linear congruential generator, so that the other side
can make them again: see `numbers`. Names are the vertex paths of the network that io.residual.core writes.

For each network: `tensors`, the weights in the order in which they take numbers, each with its shape and bound; `loss`;
`weights`, the norm of the gradient of the mean loss with respect to each tensor; `outputs`, of ReLUs and convolutions: root mean
square, and norm of the gradient; `blocks`, where the shortcut leaves: norms of the gradient, of its part through the shortcut and
of its part through the convolutions, each part by a backward pass through that way alone.
"""
import json
import os
import sys
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
BATCH, SIDE = 8, 28


def numbers(seed):
    """x' = (1103515245 x + 12345) mod 2^31; the number is x' / 2^31 in [0, 1)."""
    x = seed
    while True:
        x = (1103515245 * x + 12345) % 2 ** 31
        yield x / 2 ** 31


class Net:
    def __init__(self, residual):
        self.residual, self.source = residual, numbers(20)
        self.tensors, self.values, self.outputs, self.forks = [], {}, {}, {}

    def tensor(self, name, shape, bound):
        """Uniform in [-bound, bound), rounded to 32 bits, in C order."""
        count = torch.Size(shape).numel()
        drawn = torch.tensor([(2 * next(self.source) - 1) * bound for _ in range(count)])
        value = drawn.float().double().reshape(shape).requires_grad_()
        self.tensors.append({"name": name, "shape": list(shape), "bound": bound})
        self.values[name] = value
        return value

    def keep(self, path, x):
        x.retain_grad()
        self.outputs[path] = x
        return x

    def conv(self, path, x, channels, kernel, stride=1):
        weight = self.tensor(path, (channels, x.shape[1], kernel, kernel), (6 / (x.shape[1] * kernel ** 2)) ** 0.5)
        return self.keep(path, F.conv2d(x, weight, None, stride, kernel // 2))

    @staticmethod
    def norm(x):
        return F.batch_norm(x, None, None, None, None, True, 0.1, 1e-5)

    def relu(self, path, x):
        return self.keep(path, F.relu(x))

    def fork(self, path, x, branch, shortcut):
        """The sum of both ways; each begins at a view of its own, so that its part of the gradient can be told apart."""
        ways = [x.view_as(x), x.view_as(x)] if self.residual else [x.view_as(x)]
        for way in ways:
            way.retain_grad()
        self.forks[path] = ways
        y = branch(ways[0])
        return y + shortcut(ways[1]) if self.residual else y

    def post_activation(self, path, x, channels, stride):
        def branch(x):
            x = self.relu(f"{path}.relu1", self.norm(self.conv(f"{path}.conv1", x, channels, 3, stride)))
            return self.norm(self.conv(f"{path}.conv2", x, channels, 3))

        def shortcut(x):
            return x if x.shape[1] == channels else F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, channels - x.shape[1]))

        return self.relu(f"{path}.relu2", self.fork(path, x, branch, shortcut))

    def pre_activation(self, path, x, channels, stride):
        changes, inner = x.shape[1] != channels or stride > 1, channels // 4

        def rest(x):
            x = self.conv(f"{path}.conv1", x, inner, 1)
            x = self.conv(f"{path}.conv2", self.relu(f"{path}.relu2", self.norm(x)), inner, 3, stride)
            return self.conv(f"{path}.conv3", self.relu(f"{path}.relu3", self.norm(x)), channels, 1)

        def activated(x):
            return self.relu(f"{path}.relu1", self.norm(x))

        if changes:
            return self.fork(path, activated(x), rest, lambda x: self.conv(f"{path}.shortcut.conv", x, channels, 1, stride))
        return self.fork(path, x, lambda x: rest(activated(x)), lambda x: x)

    def run(self, kind, blocks):
        source = numbers(3)
        images = torch.tensor([next(source) for _ in range(BATCH * SIDE * SIDE)]).float().double()
        labels = torch.arange(BATCH) * 3 % 10
        x = self.conv("stem.conv", images.reshape(BATCH, 1, SIDE, SIDE), 16, 3)
        if kind == "cifar":
            x = self.relu("stem.relu", self.norm(x))
        for stage, channels in enumerate((16, 32, 64) if kind == "cifar" else (64, 128, 256), 1):
            for block in range(1, blocks + 1):
                step = self.post_activation if kind == "cifar" else self.pre_activation
                x = step(f"stage{stage}.block{block}", x, channels, 2 if stage > 1 and block == 1 else 1)
        if kind != "cifar":
            x = self.relu("head.relu", self.norm(x))
        x = x.mean((2, 3))
        logits = self.keep("fc", x @ self.tensor("fc", (x.shape[1], 10), (1 / x.shape[1]) ** 0.5))
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        return {
            "tensors": self.tensors,
            "loss": loss.item(),
            "weights": {name: value.grad.norm().item() for name, value in self.values.items()},
            "outputs": {path: {"rms": x.detach().square().mean().sqrt().item(), "gradient": x.grad.norm().item()}
                        for path, x in self.outputs.items()},
            "blocks": {path: {"sum": sum(way.grad for way in ways).norm().item(),
                              "convolutions": ways[0].grad.norm().item(),
                              "shortcut": ways[1].grad.norm().item() if self.residual else None}
                       for path, ways in self.forks.items()},
        }


out = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
networks = {
    "residual": Net(True).run("cifar", 3),
    "plain": Net(False).run("cifar", 3),
    "preactivation": Net(True).run("preactivation", 1),
}
with open(f"{out}/gradients.json", "w") as file:
    json.dump({"torch": torch.__version__, "batch": BATCH, "networks": networks}, file, indent=1)
    file.write("\n")
for name, network in networks.items():
    print(name, network["loss"], network["weights"]["stem.conv"], network["weights"]["fc"])

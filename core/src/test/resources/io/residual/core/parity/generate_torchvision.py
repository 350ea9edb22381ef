#!/usr/bin/python3
"""Writes the reference fixtures of torchvision's networks (run with Debian's python3-torchvision, on the CPU).

Names and content as in generate.py; parameter names are those of torchvision.models.resnet, and the network is its own
class, built with stages of 8, 16, 32 and 64 channels and a first convolution of one input channel. It keeps the 3x3,
stride 2 max pool and the 7x7, stride 2 first convolution. Convolutions have no bias; where a shape changes, the shortcut
is a 1x1 convolution and a batch norm (downsample.0 and .1). The metadata say how far the losses of steps 1 to 5 are from
those of the same steps in double precision (relative), and which tensors were left out.
"""
import copy
import sys
import torch
import torchvision
from torch import nn
from torch.nn import functional as F
from torchvision.models.resnet import BasicBlock, ResNet, conv1x1

sys.dont_write_bytecode = True  # no __pycache__ among the resources
import generate
from generate import block_fixture, network_fixture


class NarrowResNet(ResNet):
    """torchvision's ResNet with other widths: only the numbers of channels are replaced, after its own constructor."""

    def __init__(self, layers, width, classes=10, channels=1):
        super().__init__(BasicBlock, layers, num_classes=classes)
        self.inplanes = width
        self.conv1 = nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.layer1 = self._make_layer(BasicBlock, width, layers[0])
        self.layer2 = self._make_layer(BasicBlock, 2 * width, layers[1], stride=2)
        self.layer3 = self._make_layer(BasicBlock, 4 * width, layers[2], stride=2)
        self.layer4 = self._make_layer(BasicBlock, 8 * width, layers[3], stride=2)
        self.fc = nn.Linear(8 * width, classes)
        # As in the constructor that was just overridden.
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")


def losses_in_double_precision(net, x, y, steps=5):
    """The losses of the same steps in float64: where they leave those in float32, so will any other float32 program."""
    net, x = copy.deepcopy(net).double().train(), x.double()
    opt, losses = torch.optim.SGD(net.parameters(), lr=0.05), []
    for _ in range(steps):
        opt.zero_grad()
        loss = F.cross_entropy(net(x), y)
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return losses


def fixture(path, seed, layers, labels, disturb_seed, left_out=None, **meta):
    """network_fixture, with the relative error of its losses in the metadata, and without the tensors of one prefix."""
    torch.manual_seed(seed)
    net, x, y = NarrowResNet(layers, 8), torch.rand(6, 1, 28, 28), torch.tensor(labels)
    exact = copy.deepcopy(net)
    generate.disturb(exact, disturb_seed)
    exact = losses_in_double_precision(exact, x, y)

    def save(path, tensors, meta):
        errors = [abs(tensors[f"train/loss{i + 1}"].item() - v) / v for i, v in enumerate(exact)]
        meta["loss_error_against_float64"] = " ".join(f"{e:.0e}" for e in errors)
        if left_out:
            meta["left_out"] = left_out
        plain(path, {k: v for k, v in tensors.items() if not left_out or not k.startswith(left_out)}, meta)

    plain, generate.save = generate.save, save
    try:
        network_fixture(path, net, x, y, disturb_seed, width=8, torchvision=torchvision.__version__, **meta)
    finally:
        generate.save = plain


if __name__ == "__main__":
    out = sys.argv[1] if len(sys.argv) > 1 else "."
    torch.manual_seed(8)
    down = nn.Sequential(conv1x1(3, 6, 2), nn.BatchNorm2d(6))
    block_fixture(f"{out}/block-torchvision-projection.safetensors", BasicBlock(3, 6, 2, down),
                  torch.rand(4, 3, 6, 6), 15, torchvision=torchvision.__version__)
    # Seeds whose five steps stay near those in double precision: at 28 pixels stage 4 has one position, so its batch
    # norms see 6 values, and one ReLU that decides otherwise can change a later loss by a tenth. No seed was found for
    # 34 layers whose fifth step can be compared, so its state after five steps is not kept.
    fixture(f"{out}/torchvision18-width8-28px.safetensors", 13, [2, 2, 2, 2], [9, 2, 6, 5, 3, 5], 16,
            network="torchvision resnet18")
    fixture(f"{out}/torchvision34-width8-28px.safetensors", 19, [3, 4, 6, 3], [0, 7, 4, 1, 8, 8], 17,
            left_out="after5/", network="torchvision resnet34")

#!/usr/bin/python3
"""Writes gradcam-weights.safetensors and gradcam.safetensors (run with Debian's python3-torch, on the CPU).

The book's ResNet-18 of width 2 with 7 classes, batch-norm statistics away from their defaults, in evaluation mode. `input`
[3, 1, 96, 128]; `heat` [3, 7, 3, 4]: Grad-CAM of the last stage for every image and class, by autograd, as the paper's
equations 1 and 2 have it.
"""
import os, sys
import torch

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, *[".."] * 8, "core/src/test/resources/io/residual/core/parity"))
from generate import disturb, resnet18, save, state  # noqa: E402

out = sys.argv[1] if len(sys.argv) > 1 else "."
torch.manual_seed(23)
net = resnet18(2, classes=7)
disturb(net, 5)
net.eval()
save(f"{out}/gradcam-weights.safetensors",
     {k.split("/", 1)[1]: v for k, v in state(net, "").items()}, {"torch": torch.__version__})

images = torch.rand(3, 1, 96, 128)
images[1] *= torch.linspace(0, 1, 128)
images[2, :, 50:] = 0
heat = torch.zeros(3, 7, 3, 4)
for i in range(3):
    for c in range(7):
        stage = net[:5](images[i:i + 1]).detach().requires_grad_(True)
        net[5:](stage)[0, c].backward()
        alpha = stage.grad.mean(dim=(2, 3), keepdim=True)
        heat[i, c] = torch.relu((alpha * stage).sum(1))[0].detach()
save(f"{out}/gradcam.safetensors", {"input": images, "heat": heat}, {"torch": torch.__version__})
print(heat.amax(dim=(2, 3)))

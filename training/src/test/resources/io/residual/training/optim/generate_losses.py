#!/usr/bin/python3
"""Writes losses.json: weighted cross entropies and focal losses by PyTorch in double precision, with their gradients by the
logits (run with Debian's python3-torchvision). Logits are float32 numbers. The focal loss of two classes is also torchvision's
sigmoid_focal_loss of the difference of the logits; the generator fails where the two differ.
"""
import json
import os
import torch
from torch.nn import functional as F
from torchvision.ops import sigmoid_focal_loss

torch.manual_seed(5)


def log_rest(x):
    """ln(1 - p) of each class, from the other classes alone: exact where p is close to 1."""
    classes = x.shape[1]
    others = [torch.logsumexp(x[:, [k for k in range(classes) if k != c]], 1) for c in range(classes)]
    return torch.stack(others, 1) - torch.logsumexp(x, 1, keepdim=True)


def focal(x, target, weight, gamma, divisor):
    terms = -target * weight * torch.exp(gamma * log_rest(x)) * F.log_softmax(x, 1)
    return terms.sum() / divisor


def case(name, x, labels, weights=None, smoothing=0.0, gamma=0.0, partners=None, share=1.0):
    x = x.float().double().requires_grad_()
    w = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    if gamma:
        ones = torch.ones(x.shape[1], dtype=torch.float64) if w is None else w
        target = F.one_hot(labels, x.shape[1]).double()
        loss = focal(x, target, ones, gamma, ones[labels].sum())
        if x.shape[1] == 2 and w is None:
            torch.testing.assert_close(
                loss, sigmoid_focal_loss(x[:, 1] - x[:, 0], labels.double(), alpha=-1, gamma=gamma, reduction="mean"))
    else:
        loss = F.cross_entropy(x, labels, w, label_smoothing=smoothing)
        if partners is not None:
            loss = share * loss + (1 - share) * F.cross_entropy(x, labels[partners], w, label_smoothing=smoothing)
    loss.backward()
    return dict(name=name, logits=x.tolist(), labels=labels.tolist(), weights=weights or [1.0] * x.shape[1],
                smoothing=smoothing, gamma=gamma, partners=[] if partners is None else partners.tolist(), share=share,
                loss=loss.item(), gradient=x.grad.tolist())


x = torch.randn(7, 4) * 3
y = torch.tensor([2, 0, 0, 3, 1, 0, 2])
w = [0.25, 4.0, 1.5, 0.75]
sure = torch.tensor([[60.0, 0, 1, 2], [9, 50, 3, 4], [0.5, 20, 1, 0], [1, 2, 3, 40], [5, 6, 5, 6]])
cases = [
    case("weighted", x, y, w),
    case("weighted and smoothed", x, y, w, smoothing=0.1),
    case("weighted and mixed", x, y, w, partners=torch.tensor([3, 2, 5, 1, 6, 0, 4]), share=0.3),
    case("weighted, smoothed and mixed", x, y, w, smoothing=0.2, partners=torch.tensor([3, 2, 5, 1, 6, 0, 4]), share=0.8),
    case("weighted by large numbers", x, y, [1e3, 1e-3, 1e6, 1.0]),
    case("focal", x, y, gamma=2.0),
    case("focal, gamma below 1", x, y, gamma=0.5),
    case("focal and weighted", x, y, w, gamma=1.5),
    case("focal of two classes", x[:, :2], y.clamp(max=1), gamma=2.0),
    case("focal of sure and wrong predictions", sure, torch.tensor([0, 0, 1, 3, 3]), gamma=0.5),
]
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "losses.json"), "w") as out:
    json.dump(cases, out, indent=1)
    out.write("\n")

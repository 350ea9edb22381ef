"""Child process: the same network in PyTorch. Takes the path of a job (JSON), prints its answer as one line of JSON."""
import json
import struct
import sys
import time

import numpy
import torch
from torch import nn

LEARNING_RATE = 0.05
CHECKED_STEPS = 2


def conv(channels_in, channels, window, bias):
    return nn.Conv2d(channels_in, channels, window["kernel"], window["stride"], window["padding"], bias=bias)


class ZeroPadding(nn.Module):
    """Every value that the stride falls on, and channels of zeros behind the input's."""

    def __init__(self, channels, stride):
        super().__init__()
        self.channels, self.stride = channels, stride

    def forward(self, x):
        return nn.functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.channels))


class Block(nn.Module):
    """conv 3x3 - batch norm - ReLU - conv 3x3 - batch norm, plus the input or what stands for it, then ReLU."""

    def __init__(self, channels_in, channels, stride, bias, pads):
        super().__init__()
        self.conv1 = nn.Conv2d(channels_in, channels, 3, stride, 1, bias=bias)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=bias)
        self.bn2 = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)
        if stride == 1 and channels_in == channels:
            self.shortcut = nn.Identity()
        elif pads:
            self.shortcut = ZeroPadding(channels - channels_in, stride)
        else:
            self.shortcut = nn.Sequential(dict_of(conv=nn.Conv2d(channels_in, channels, 1, stride, bias=bias)))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.shortcut(x)
        return self.relu(y)


def dict_of(**modules):
    from collections import OrderedDict

    return OrderedDict(modules)


def network(spec):
    bias = spec["flavour"]["bias"] == "BIASED"
    pads = spec["flavour"]["projection"] == "ZERO_PADDING"
    (layer,), pool = spec["stem"]["layers"], spec["stem"]["pool"]
    channels = layer["channels"]
    stem = dict_of(
        conv=conv(spec["input"]["channels"], channels, layer["window"], bias),
        bn=nn.BatchNorm2d(channels),
        relu=nn.ReLU(inplace=True),
    )
    if pool:
        stem["pool"] = nn.MaxPool2d(pool["kernel"], pool["stride"], pool["padding"])
    layers = dict_of(stem=nn.Sequential(stem))
    for s, stage in enumerate(spec["stages"], 1):
        blocks = dict_of()
        for b in range(1, stage["blocks"] + 1):
            blocks[f"block{b}"] = Block(channels, stage["channels"], stage["stride"] if b == 1 else 1, bias, pads)
            channels = stage["channels"]
        layers[f"stage{s}"] = nn.Sequential(blocks)
    layers["pool"] = nn.AdaptiveAvgPool2d(1)
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(channels, spec["classes"])
    return nn.Sequential(layers)


def read_tensors(path):
    with open(path, "rb") as file:
        (size,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(size))
        data = numpy.frombuffer(file.read(), dtype="<f4")
    return {
        name: torch.tensor(data[entry["data_offsets"][0] // 4 : entry["data_offsets"][1] // 4]).reshape(entry["shape"])
        for name, entry in header.items()
    }


def timed(step, plan):
    """Seconds of each timed repetition, after the warm-up."""

    def repeat(seconds, iterations):
        durations = []
        start = before = time.perf_counter()
        while len(durations) < iterations or before - start < seconds:
            step()
            after = time.perf_counter()
            durations.append(after - before)
            before = after
        return durations

    repeat(plan["warmupSeconds"], plan["warmupIterations"])
    return repeat(plan["seconds"], plan["iterations"])


def peak_resident_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:"))
    except OSError:
        return None


def main():
    with open(sys.argv[-1]) as file:
        job = json.load(file)
    torch.set_num_threads(job["threads"])
    tensors = read_tensors(job["tensors"])
    images = tensors.pop("images")
    labels = tensors.pop("labels").long()
    model = network(job["spec"])
    state = model.state_dict()
    state.update(tensors)
    model.load_state_dict(state)  # refuses names that the network does not have
    parameters = sum(p.numel() for p in model.parameters())
    if job["variant"] in ("channels-last", "frozen"):
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    bf16 = job["precision"] == "BF16"

    def autocast(enabled=bf16, **options):
        return torch.autocast("cpu", torch.bfloat16, enabled=enabled, **options)

    optimizer = torch.optim.SGD(model.parameters(), lr=LEARNING_RATE)
    loss_function = nn.CrossEntropyLoss()

    def training_step():
        optimizer.zero_grad(set_to_none=True)
        with autocast():
            loss = loss_function(model(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    model.eval()
    inference_model = model
    frozen = job["variant"] == "frozen"
    if frozen:
        # batch norms folded into the convolutions; in float32 oneDNN's own layouts, which are slower in bf16
        with torch.set_grad_enabled(not bf16), autocast(cache_enabled=False):
            traced = torch.jit.trace(model, images[:1])
        inference_model = torch.jit.freeze(traced) if bf16 else torch.jit.optimize_for_inference(traced)

    def inference():
        with torch.inference_mode(), autocast(enabled=bf16 and not frozen):
            return inference_model(images).float()

    answer = {
        "iterationSeconds": [],
        "logProbabilities": [],
        "losses": [],
        "parameters": parameters,
        "versions": {"PyTorch": torch.__version__, "Python": sys.version.split()[0]},
    }
    if job["task"] == "TRAIN":
        model.train()
        answer["iterationSeconds"] = timed(training_step, job["plan"])
    elif job["task"] == "INFER":
        answer["iterationSeconds"] = timed(inference, job["plan"])
    else:
        answer["logProbabilities"] = nn.functional.log_softmax(inference(), 1).flatten().tolist()
        model.train()
        answer["losses"] = [training_step() for _ in range(CHECKED_STEPS)]
    answer["peakResidentBytes"] = peak_resident_bytes()
    print(json.dumps(answer))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Trains one network of the check in PyTorch; pytorch.py starts this program for each case, format and variant.

    pytorch_training.py CASE FORMAT VARIANT [--data FOLDER] [--device cpu] [--lock FILE]

Once the variant is warm, or does not work, a line of JSON says so. Then every line of input, seconds, is answered by a line with
the images/s of about so many seconds. It ends with its input or its first error, as no CUDA call works after some errors.
"""
import argparse, contextlib, fcntl, gzip, json, os, re, sys, time, warnings
import torch
from torch import nn
from torch.nn import functional as F

BATCHES = 4  # of images on the device
FORMATS = ("bf16", "f32", "tf32")
# Settings of torch.compile; None: not compiled.
VARIANTS = {"eager": None, "graph": None, "compile": {}, "compile-graph": {},
            "autotune-graph": {"mode": "max-autotune-no-cudagraphs"}, "overhead": {"mode": "reduce-overhead"}}


def normed(channels_in, channels, kernel, stride=1, bias=False):
    conv = nn.Conv2d(channels_in, channels, kernel, stride, kernel // 2, bias=bias)
    return nn.Sequential(conv, nn.BatchNorm2d(channels))


class ZeroPadding(nn.Module):
    """Every value that the stride falls on, and zeros behind its channels: a shortcut of option A."""

    def __init__(self, stride, extra):
        super().__init__()
        self.stride, self.extra = stride, extra

    def forward(self, x):
        return F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, 0, self.extra))


class Block(nn.Module):
    """A basic or a bottleneck block, the ReLU behind the sum; the 3x3 convolution of a bottleneck has the stride."""

    def __init__(self, channels_in, channels, stride, bottleneck, shortcut, bias):
        super().__init__()
        if bottleneck:
            inner = channels // 4
            shapes = [(channels_in, inner, 1, 1), (inner, inner, 3, stride), (inner, channels, 1, 1)]
        else:
            shapes = [(channels_in, channels, 3, stride), (channels, channels, 3, 1)]
        self.layers = nn.ModuleList(normed(*shape, bias) for shape in shapes)
        self.shortcut = None
        if stride > 1 or channels_in != channels:
            self.shortcut = {
                "convolution": lambda: nn.Conv2d(channels_in, channels, 1, stride, bias=bias),
                "normed": lambda: normed(channels_in, channels, 1, stride, bias),
                "zeros": lambda: ZeroPadding(stride, channels - channels_in)}[shortcut]()

    def forward(self, x):
        y = x
        for i, layer in enumerate(self.layers):
            y = layer(y if i == 0 else F.relu(y, inplace=True))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)), inplace=True)


class ResNet(nn.Module):
    """stem: (kernel, stride, whether a max pool follows)."""

    def __init__(self, stem, width, blocks, bottleneck=False, shortcut="normed", bias=False):
        super().__init__()
        kernel, stride, pooled = stem
        layers = [normed(1, width, kernel, stride, bias), nn.ReLU(inplace=True)]
        layers += [nn.MaxPool2d(3, 2, 1)] if pooled else []
        channels = width
        for stage, count in enumerate(blocks):
            out = (4 if bottleneck else 1) * width << stage
            for block in range(count):
                layers.append(Block(channels, out, 2 if stage > 0 and block == 0 else 1, bottleneck, shortcut, bias))
                channels = out
        self.layers, self.fc = nn.Sequential(*layers), nn.Linear(channels, 10)

    def forward(self, x):
        return self.fc(self.layers(x).mean((2, 3)))


LARGE, SMALL, STRIDED = (7, 2, True), (3, 1, False), (3, 2, False)
# Name: network, its parameters, pixels, images of a batch. In the order of their importance.
CASES = {
    "book-96": (lambda: ResNet(LARGE, 64, [2, 2, 2, 2], shortcut="convolution", bias=True), 11178378, 96, 256),
    "resnet20": (lambda: ResNet(SMALL, 16, [3, 3, 3], shortcut="zeros"), 269434, 28, 128),
    "resnet50-96": (lambda: ResNet(LARGE, 64, [3, 4, 6, 3], bottleneck=True), 23522250, 96, 128),
    "book-28": (lambda: ResNet(LARGE, 64, [2, 2, 2, 2], shortcut="convolution", bias=True), 11178378, 28, 256),
    "speedrun": (lambda: ResNet(STRIDED, 16, [2, 2, 2, 2]), 701178, 28, 256),
}


class Case:
    """A case's network, batches and settings."""

    def __init__(self, name, form, options):
        if form not in FORMATS:
            raise ValueError(f"unknown format {form}: expected one of {', '.join(FORMATS)}")
        base, _, batch = name.partition(":")
        if base not in CASES:
            raise ValueError(f"unknown case {base}: expected one of {', '.join(CASES)}")
        self.make, self.parameters, self.pixels, usual = CASES[base]
        self.name, self.form, self.batch, self.options = name, form, int(batch or usual), options
        self.device = torch.device(options.device)

    def network(self):
        torch.manual_seed(1)
        net = self.make()
        count = sum(p.numel() for p in net.parameters())
        if count != self.parameters:
            raise AssertionError(f"{self.name} has {count} parameters, expected {self.parameters}")
        return net.to(self.device, memory_format=torch.channels_last).train()

    def batches(self):
        x, y = images(self.options.data, BATCHES * self.batch)
        x = x.to(self.device)
        if self.pixels != 28:
            x = F.interpolate(x, (self.pixels, self.pixels), mode="bilinear", align_corners=False)
        x = x.contiguous(memory_format=torch.channels_last)
        return list(zip(x.split(self.batch), y.to(self.device).split(self.batch)))

    def autocast(self):
        if self.form == "bf16":
            return torch.autocast(self.device.type, torch.bfloat16, cache_enabled=False)
        return contextlib.nullcontext()

    def set_precision(self, searching=True):
        """searching: whether cuDNN times its algorithms and takes the fastest."""
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = searching
            torch.backends.cudnn.deterministic = not searching  # algorithms are remembered for each value of this
            torch.set_float32_matmul_precision("high" if self.form == "tf32" else "highest")
            try:
                torch.backends.cudnn.allow_tf32 = self.form == "tf32"
            except RuntimeError:  # a later PyTorch that has the newer setting alone
                torch.backends.cudnn.conv.fp32_precision = "tf32" if self.form == "tf32" else "ieee"


def images(folder, count):
    """Pixels [count, 1, 28, 28] in [0, 1] and labels of the first training or else test images, or random ones without a folder."""
    if not folder:
        return torch.rand(count, 1, 28, 28), torch.arange(count) % 10
    names = [name for name in os.listdir(folder) if re.fullmatch(r"(train|t10k)-images-idx3-ubyte(\.gz)?", name)]
    if not names:
        raise FileNotFoundError(f"{folder} has neither train-images-idx3-ubyte nor t10k-images-idx3-ubyte, plain or .gz")
    split = max(names).split("-")[0]  # "train" is behind "t10k"
    x, y = idx(folder, split + "-images-idx3-ubyte", 16, count * 784), idx(folder, split + "-labels-idx1-ubyte", 8, count)
    return x.reshape(count, 1, 28, 28).float() / 255, y.long()


def idx(folder, name, header, count):
    path = os.path.join(folder, name)
    with open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz") as file:
        return torch.frombuffer(bytearray(file.read(header + count)[header:]), dtype=torch.uint8)


def optimiser(net):
    settings = dict(lr=0.01, momentum=0.9, weight_decay=5e-4, nesterov=True)
    for fast in ({"fused": True}, {"foreach": True}):
        try:
            return torch.optim.SGD(net.parameters(), **settings, **fast)
        except (TypeError, RuntimeError):
            pass
    return torch.optim.SGD(net.parameters(), **settings)


class Trainer:
    """A variant of a case, warmed up; step() trains on the next batch. turn: a context in which it has the GPU for itself."""

    def __init__(self, case, variant, turn):
        self.case, self.count, self.step_seconds = case, 0, None
        cuda, settings = case.device.type == "cuda", VARIANTS[variant]
        by_graph = variant.endswith("graph")
        if by_graph:
            if not cuda:
                raise RuntimeError("CUDA graphs need a GPU")
            # Capture takes place on the stream of all that went before: nodes of autograd remember theirs.
            self.stream = torch.cuda.Stream()
            torch.cuda.set_stream(self.stream)
        case.set_precision()
        self.batches, net = case.batches(), case.network()
        self.net, self.loss_of = net, lambda x, y: F.cross_entropy(net(x), y)
        if settings is not None:
            if not hasattr(torch, "compile"):
                raise RuntimeError("this PyTorch has no torch.compile")
            self.loss_of = torch.compile(self.loss_of, dynamic=False, **settings)
        self.opt = optimiser(net)
        self.train = self.overhead if variant == "overhead" else self.eager
        if settings is not None:
            # While others compile too, the times of cuDNN's algorithms would be wrong. Inductor's own graphs are recorded in
            # the second step, when it is too late to search.
            case.set_precision(searching=variant == "overhead")
            self.step()
            synchronize(case.device)
            case.set_precision()
        with turn:
            for _ in range(5):
                self.step()
            if by_graph:
                self.capture()
            for _ in range(5):
                loss = self.step()
            self.loss = float(loss)
        if not self.loss < 100:
            raise RuntimeError(f"the loss is {self.loss}")

    def learn(self, x, y):
        with self.case.autocast():
            loss = self.loss_of(x, y)
        loss.backward()
        self.opt.step()
        return loss.detach()

    def eager(self, x, y):
        self.opt.zero_grad(set_to_none=True)
        return self.learn(x, y)

    def overhead(self, x, y):
        torch.compiler.cudagraph_mark_step_begin()
        return self.eager(x, y).clone()

    def capture(self):
        """From here on, train replays a graph. It refers to addresses alone, so all that it uses has to stay referred to."""
        self.x, self.y = (t.clone(memory_format=torch.preserve_format) for t in self.batches[0])
        for _ in range(3):
            self.eager(self.x, self.y)
        torch.cuda.synchronize()
        self.opt.zero_grad(set_to_none=True)  # the graph's own memory will hold the gradients
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph, stream=self.stream):
            self.graph_loss = self.learn(self.x, self.y)
        torch.cuda.synchronize()
        self.train = self.replay

    def replay(self, x, y):
        self.x.copy_(x, non_blocking=True)
        self.y.copy_(y, non_blocking=True)
        self.graph.replay()
        return self.graph_loss

    def step(self):
        self.count += 1
        return self.train(*self.batches[self.count % BATCHES])

    def round(self, seconds):
        """Images/s of about so many seconds."""
        if self.step_seconds is None:
            self.step_seconds = self.timed(4)
        steps = max(4, min(5000, round(seconds / self.step_seconds)))
        self.step_seconds = self.timed(steps)
        return self.case.batch / self.step_seconds

    def timed(self, steps):
        synchronize(self.case.device)
        start = time.perf_counter()
        for _ in range(steps):
            self.step()
        synchronize(self.case.device)
        return (time.perf_counter() - start) / steps


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


@contextlib.contextmanager
def locked(path):
    """Waits until no other program is in this for the same file."""
    if not path:
        yield
        return
    with open(path, "a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def prepared(options):
    if options.variant not in VARIANTS:
        raise ValueError(f"unknown variant {options.variant}: expected one of {', '.join(VARIANTS)}")
    case = Case(options.case, options.format, options)
    cuda = options.device == "cuda"
    if cuda and not torch.cuda.is_available():
        raise RuntimeError("PyTorch finds no GPU (--device cpu runs eager variants without one)")
    trainer = Trainer(case, options.variant, locked(options.lock))
    origin = {"python": sys.version.split()[0], "torch": torch.__version__, "cuda": torch.version.cuda,
              "cudnn": torch.backends.cudnn.version(), "device": torch.cuda.get_device_name() if cuda else "cpu"}
    return trainer, {"batch": case.batch, "pixels": case.pixels, "loss": trainer.loss, "origin": origin}


def main():
    parser = argparse.ArgumentParser()
    for name in ("case", "format", "variant"):
        parser.add_argument(name)
    parser.add_argument("--data")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--lock")
    options = parser.parse_args()
    # Libraries print to standard output, which is for results alone.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")
    try:
        trainer, entry = prepared(options)
        print(json.dumps(entry), file=out, flush=True)
        for line in sys.stdin:
            print(json.dumps({"images_per_second": round(trainer.round(float(line)), 1)}), file=out, flush=True)
    except Exception as e:  # a variant that does not work is a result
        print(json.dumps({"error": f"{type(e).__name__}: {str(e).strip()[:400]}"}), file=out, flush=True)
        sys.stderr.write(f"{options.case} {options.format} {options.variant}:\n")
        raise


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Training speed of the check's networks in PyTorch, for comparison: images/s of forward, loss, backward and SGD.

    pytorch.py [--cases book-96,resnet20] [--formats bf16,f32] [--variants graph,compile] [--seconds 170] [--out FILE]
    pytorch.py --serve          reads lines "CASE FORMAT SECONDS [VARIANT]", answers each with one line of JSON

A case is a name of CASES, with another batch as in "resnet50-96:64". Formats: f32, tf32, bf16 (autocast, weights in single
precision). Variants:

    eager       as written
    graph       the step captured in a CUDA graph (torch.cuda.graph), the batch copied into its input
    compile     network and loss by torch.compile, the step captured in a CUDA graph
    autotune    the same with mode="max-autotune-no-cudagraphs"
    overhead    torch.compile with mode="reduce-overhead", which captures graphs itself

Images are Fashion-MNIST on the GPU in channels_last, four batches in turn; cudnn.benchmark is on. A variant that fails or
takes too long is reported with the reason, and the others go on. The results are written after each of them.

With --serve, the first line for a case and format prepares its variants and times each; later ones time the fastest (or the one
they name) for so many seconds. With 0 seconds it is only prepared. The program ends with its input.
"""
import argparse, contextlib, gzip, json, os, signal, statistics, sys, time, warnings
import torch
from torch import nn
from torch.nn import functional as F

BATCHES = 4  # of images on the device
VARIANTS = ("graph", "compile", "eager", "overhead", "autotune")
FORMATS = ("bf16", "f32", "tf32")


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
# What is measured without arguments, as long as there is time: case, format, variants.
PLAN = [
    ("book-96", "bf16", "graph,compile"), ("resnet20", "bf16", "graph,compile"),
    ("book-96", "tf32", "graph"), ("book-96", "f32", "graph"), ("resnet20", "tf32", "graph"), ("resnet20", "f32", "graph"),
    ("resnet50-96", "bf16", "graph"), ("book-28", "bf16", "graph"), ("speedrun", "bf16", "graph"),
    ("resnet50-96:64", "bf16", "graph"), ("book-96", "bf16", "eager"), ("resnet50-96", "bf16", "compile"),
    ("book-28", "bf16", "compile"), ("book-96", "tf32", "compile"), ("resnet20", "tf32", "compile"),
    ("speedrun", "bf16", "compile"), ("resnet50-96", "tf32", "graph"), ("book-28", "f32", "graph"), ("resnet20", "bf16", "eager")]


class Case:
    """A case's network, batches and settings; every variant trains a network of its own."""

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

    def set_precision(self):
        """For all that runs from now on; captured graphs keep theirs."""
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True
            torch.set_float32_matmul_precision("high" if self.form == "tf32" else "highest")
            try:
                torch.backends.cudnn.allow_tf32 = self.form == "tf32"
            except RuntimeError:  # a later PyTorch that has the newer setting alone
                torch.backends.cudnn.conv.fp32_precision = "tf32" if self.form == "tf32" else "ieee"


def images(folder, count):
    """Pixels [count, 1, 28, 28] in [0, 1] and labels of the first training images, or random ones without a folder."""
    if not folder:
        return torch.rand(count, 1, 28, 28), torch.arange(count) % 10
    x, y = (idx(folder, "train-images-idx3-ubyte", 16, count * 784), idx(folder, "train-labels-idx1-ubyte", 8, count))
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


def compiled(function, **options):
    if not hasattr(torch, "compile"):
        raise RuntimeError("this PyTorch has no torch.compile")
    for limit in ("recompile_limit", "cache_size_limit"):  # all cases compile the same function
        with contextlib.suppress(AttributeError):
            setattr(torch._dynamo.config, limit, 64)
    return torch.compile(function, dynamic=False, **options)


class Trainer:
    """One variant of a case, warmed up; step(i) trains on batch i."""

    def __init__(self, case, variant):
        case.set_precision()
        self.case, self.batches, net = case, case.batches(), case.network()
        self.count, self.step_seconds = 0, None

        def loss_of(x, y):
            return F.cross_entropy(net(x), y)

        options = {"compile": {}, "autotune": {"mode": "max-autotune-no-cudagraphs"},
                   "overhead": {"mode": "reduce-overhead"}}
        loss_function = compiled(loss_of, **options[variant]) if variant in options else loss_of
        opt = optimiser(net)

        def train(x, y):
            opt.zero_grad(set_to_none=True)
            with case.autocast():
                loss = loss_function(x, y)
            loss.backward()
            opt.step()
            return loss.detach()

        if variant in ("graph", "compile", "autotune"):
            self.train = captured(train, opt, self.batches[0])
        else:
            self.train = train
        if variant == "overhead":
            mark = torch.compiler.cudagraph_mark_step_begin
            self.train = lambda x, y: (mark(), train(x, y).clone())[1]
        for _ in range(8):
            loss = self.step()
        self.loss = float(loss)
        if not self.loss < 100:
            raise RuntimeError(f"the loss is {self.loss}")

    def step(self):
        self.count += 1
        return self.train(*self.batches[self.count % BATCHES])

    def round(self, seconds):
        """Images/s of about so many seconds."""
        self.case.set_precision()
        if self.step_seconds is None:
            self.step_seconds = self.timed(4)
        steps = max(4, min(2000, round(seconds / self.step_seconds)))
        self.step_seconds = self.timed(steps)
        return self.case.batch / self.step_seconds

    def timed(self, steps):
        synchronize(self.case.device)
        start = time.perf_counter()
        for _ in range(steps):
            self.step()
        synchronize(self.case.device)
        return (time.perf_counter() - start) / steps


def captured(train, opt, example):
    if example[0].device.type != "cuda":
        raise RuntimeError("CUDA graphs need a GPU")
    x, y = (t.clone(memory_format=torch.preserve_format) for t in example)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(5):
            train(x, y)
    torch.cuda.current_stream().wait_stream(stream)
    torch.cuda.synchronize()
    opt.zero_grad(set_to_none=True)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = train(x, y)

    def replay(images, labels):
        x.copy_(images, non_blocking=True)
        y.copy_(labels, non_blocking=True)
        graph.replay()
        return loss

    return replay


def synchronize(device):
    if device.type == "cuda":
        torch.cuda.synchronize()


@contextlib.contextmanager
def time_limit(seconds):
    """Raises TimeoutError in what takes longer."""
    def expired(number, frame):
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, expired)
    signal.alarm(max(1, int(seconds)))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def prepared(name, form, variant, options, limit):
    """A trainer, or None, and what there is to say about it."""
    entry, start = {"case": name, "format": form, "variant": variant}, time.perf_counter()
    trainer = None
    try:
        with time_limit(limit):
            case = Case(name, form, options)
            entry.update(batch=case.batch, pixels=case.pixels)
            trainer = Trainer(case, variant)
            entry["loss"] = trainer.loss
    except Exception as e:  # a variant that does not work is a result
        entry["error"] = f"{type(e).__name__}: {str(e).strip()[:400]}"
    entry["prepare_seconds"] = round(time.perf_counter() - start, 2)
    return trainer, entry


def measure(options, out):
    """All that was asked for, or the plan, in its order, while there is time."""
    end = time.perf_counter() + options.seconds
    report = {**origin(options), "results": []}
    for name, form, variant in todo(options):
        left = end - time.perf_counter()
        if left < 5:
            entry = {"case": name, "format": form, "variant": variant, "error": "skipped: no time left"}
        else:
            trainer, entry = prepared(name, form, variant, options, min(left, options.prepare))
            if trainer:
                try:
                    rounds = [trainer.round(options.round) for _ in range(options.rounds)]
                    entry.update(rounds=[round(r, 1) for r in rounds],
                                 images_per_second=round(statistics.median(rounds), 1))
                except Exception as e:
                    entry["error"] = f"{type(e).__name__}: {str(e).strip()[:400]}"
            trainer = None
            release(options)
        print(json.dumps(entry), file=out, flush=True)
        report["results"].append(entry)
        report["best"] = best(report["results"])
        if options.out:
            with open(options.out + ".part", "w") as file:
                json.dump(report, file, indent=1)
            os.replace(options.out + ".part", options.out)


def release(options):
    if hasattr(torch, "compile"):
        torch._dynamo.reset()
    if options.device == "cuda":
        torch.cuda.empty_cache()


def todo(options):
    if not options.cases and not options.formats and not options.variants:
        return [(case, form, variant) for case, form, variants in PLAN for variant in variants.split(",")]
    split = lambda text, usual: text.split(",") if text else usual
    return [(case, form, variant) for case in split(options.cases, list(CASES)) for form in split(options.formats, ["bf16"])
            for variant in split(options.variants, ["graph", "compile"])]


def best(results):
    fastest = {}
    for entry in results:
        key = f"{entry['case']} {entry['format']}"
        speed = entry.get("images_per_second", 0)
        if speed > fastest.get(key, {}).get("images_per_second", 0):
            fastest[key] = {"variant": entry["variant"], "images_per_second": speed}
    return fastest


def origin(options):
    cuda = options.device == "cuda"
    return {"python": sys.version.split()[0], "torch": torch.__version__, "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version(), "device": torch.cuda.get_device_name() if cuda else "cpu"}


def serve(options, out):
    variants = (options.variants or "graph,compile").split(",")
    trainers = {}
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            answer = served(line.split(), variants, trainers, options)
        except Exception as e:
            answer = {"error": f"{line.strip()}: {type(e).__name__}: {str(e).strip()[:400]}"}
        print(json.dumps(answer), file=out, flush=True)


def served(words, variants, trainers, options):
    name, form, seconds = words[0], words[1], float(words[2])
    variants = words[3:] or variants
    answer = {"case": name, "format": form}
    for variant in variants:
        if (name, form, variant) not in trainers:
            trainer, entry = prepared(name, form, variant, options, options.prepare)
            trainers[name, form, variant] = trainer
            answer.setdefault("prepared", []).append(entry)
    ready = {v: trainers[name, form, v] for v in variants if trainers[name, form, v]}
    if not ready:
        return {**answer, "error": "no variant works"}
    if seconds > 0:
        if "prepared" not in answer and all(t.step_seconds for t in ready.values()):
            fastest = min(ready, key=lambda v: ready[v].step_seconds)
            ready = {fastest: ready[fastest]}
        speeds = {v: round(t.round(seconds), 1) for v, t in ready.items()}
        fastest = max(speeds, key=speeds.get)
        answer.update(variant=fastest, images_per_second=speeds[fastest], all=speeds)
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases")
    parser.add_argument("--formats")
    parser.add_argument("--variants", help=", ".join(VARIANTS))
    parser.add_argument("--seconds", type=float, default=170, help="for all (default: 170)")
    parser.add_argument("--prepare", type=float, default=75, help="seconds to prepare a variant (default: 75)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--round", type=float, default=0.3, help="seconds of a round (default: 0.3)")
    parser.add_argument("--data", help="folder of Fashion-MNIST's files, plain or .gz (default: random images)")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--out", help="file of JSON")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    # Libraries print to standard output, which is for results alone.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    warnings.filterwarnings("ignore")
    if options.device == "cuda" and not torch.cuda.is_available():
        sys.exit("pytorch.py: PyTorch finds no GPU (--device cpu runs eager variants without one)")
    (serve if options.serve else measure)(options, out)


if __name__ == "__main__":
    main()

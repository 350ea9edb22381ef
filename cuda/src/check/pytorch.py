#!/usr/bin/env python3
"""Training speed of the check's networks in PyTorch, for comparison: images/s of forward, loss, backward and SGD.

    pytorch.py [--cases book-96,resnet20] [--formats bf16,f32] [--variants graph,overhead] [--seconds 170] [--out FILE]
    pytorch.py --serve

A case is a name of CASES, with another batch as in "resnet50-96:64". Formats: f32, tf32, bf16 (autocast, weights in single
precision). Variants:

    eager           as written
    graph           the step captured in a CUDA graph, the batch copied into its input
    compile         network and loss by torch.compile
    compile-graph   the same, the step captured in a CUDA graph
    autotune-graph  the same with mode="max-autotune-no-cudagraphs"
    overhead        network and loss by torch.compile with mode="reduce-overhead", which captures graphs itself

Images are Fashion-MNIST on the GPU in channels_last, four batches in turn; cuDNN searches its algorithms. Each case, format and
variant is trained by a process of its own (pytorch_training.py): one that fails or takes too long is reported with the reason,
and the others go on. Several are prepared at the same time; times are taken when none is.

With --serve, each line of input is answered by one line of JSON:

    prepare CASE FORMAT VARIANT         starts preparing it, at once {"case", "format", "variant", "state": "waiting"}
    round CASE FORMAT VARIANT SECONDS   {"case", "format", "variant", "images_per_second"} of about so many seconds, or {"error"};
                                        prepares it if it is not yet, and waits for all that is being prepared
    status                              {"busy": how many are being prepared or wait for it, "variants": [what is known of each]}

States: waiting, preparing, ready, failed. The program ends with its input.
"""
import argparse, json, os, queue, signal, statistics, subprocess, sys, tempfile, threading, time

TRAINING = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytorch_training.py")
# What is measured without arguments, as long as there is time: case, format, variants. In the order of their importance.
PLAN = [
    ("book-96", "bf16", "graph,compile-graph,overhead"), ("resnet20", "bf16", "graph,compile-graph,overhead"),
    ("book-96", "tf32", "graph"), ("book-96", "f32", "graph"), ("resnet20", "tf32", "graph"), ("resnet20", "f32", "graph"),
    ("resnet50-96", "bf16", "graph,compile-graph"), ("book-28", "bf16", "graph"), ("speedrun", "bf16", "graph"),
    ("resnet50-96:64", "bf16", "graph"), ("book-96", "bf16", "eager"), ("book-28", "bf16", "compile-graph"),
    ("book-96", "tf32", "compile-graph"), ("resnet20", "tf32", "compile-graph"), ("speedrun", "bf16", "compile-graph"),
    ("resnet50-96", "tf32", "graph"), ("book-28", "f32", "graph"), ("resnet20", "bf16", "eager")]
CASES = list(dict.fromkeys(case for case, _, _ in PLAN if ":" not in case))


class Lines:
    """The lines of a stream, read by a thread."""

    def __init__(self, stream):
        self.queue = queue.Queue()
        threading.Thread(target=self.read, args=(stream,), daemon=True).start()

    def read(self, stream):
        for line in stream:
            self.queue.put(line)
        self.queue.put(None)

    def next(self, seconds):
        """The next line, or None behind the last; queue.Empty if there is none in time."""
        return self.queue.get(timeout=seconds) if seconds > 0 else self.queue.get_nowait()


class Variant:
    """A case, format and variant, and the process that trains it."""

    def __init__(self, key, options):
        self.options, self.process, self.limit = options, None, options.prepare
        self.entry = dict(zip(("case", "format", "variant"), key), state="waiting")

    def start(self):
        names = [self.entry[key] for key in ("case", "format", "variant")]
        command = [sys.executable, "-B", TRAINING, *names, "--device", self.options.device,
                   "--lock", os.path.join(self.options.cache, "lock")]
        command += ["--data", self.options.data] if self.options.data else []
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.lines, self.since = Lines(self.process.stdout), time.perf_counter()
        self.entry["state"] = "preparing"

    def advance(self):
        """Takes note of what the process has said, or that it is late."""
        took = round(time.perf_counter() - self.since, 2)
        try:
            self.entry.update(self.answer(0), state="ready", prepare_seconds=took)
        except queue.Empty:
            if took > self.limit:
                self.fail(f"not prepared after {self.limit:.0f} s")
        except RuntimeError as e:
            self.fail(str(e))

    def round(self, seconds):
        """Images/s, or None; then the reason is in the entry."""
        try:
            self.process.stdin.write(f"{seconds}\n")
            self.process.stdin.flush()
            return self.answer(seconds * 10 + 20)["images_per_second"]
        except queue.Empty:
            self.fail(f"no answer to a round of {seconds} s")
        except (RuntimeError, OSError) as e:
            self.fail(str(e))
        return None

    def answer(self, seconds):
        line = self.lines.next(seconds)
        if line is None:
            raise RuntimeError(f"its process ended with status {self.process.wait()}")
        try:
            answer = json.loads(line)
        except ValueError:
            raise RuntimeError(f"its process wrote '{line.strip()}'") from None
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer

    def fail(self, reason):
        took = round(time.perf_counter() - self.since, 2)
        self.entry.update(state="failed", error=reason)
        self.entry.setdefault("prepare_seconds", took)
        self.end()

    def end(self):
        """Ends the process and those that it has started."""
        if self.process is not None and self.process.returncode is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()


class Variants:
    def __init__(self, options):
        self.options, self.all = options, {}

    def prepare(self, *key):
        if key not in self.all:
            self.all[key] = Variant(key, self.options)
        return self.all[key]

    def advance(self):
        """Notes what has happened, and starts what waits; returns how many are not yet prepared."""
        for each in self.of("preparing"):
            each.advance()
        for each in self.of("waiting")[:max(0, self.options.together - len(self.of("preparing")))]:
            each.start()
        return len(self.of("waiting", "preparing"))

    def of(self, *states):
        return [each for each in self.all.values() if each.entry["state"] in states]

    def wait(self):
        while self.advance():
            time.sleep(0.02)

    def end(self):
        for each in self.all.values():
            each.end()


def serve(options, variants, out):
    lines = Lines(sys.stdin)
    while True:
        try:
            line = lines.next(0.1)
        except queue.Empty:
            variants.advance()
            continue
        if line is None:
            return
        if line.strip():
            try:
                answer = served(line.split(), variants)
            except (TypeError, ValueError) as e:
                answer = {"error": f"{line.strip()}: {e}"}
            print(json.dumps(answer), file=out, flush=True)


def served(words, variants):
    if words[0] == "status" and len(words) == 1:
        return {"busy": variants.advance(), "variants": [each.entry for each in variants.all.values()]}
    if words[0] == "prepare" and len(words) == 4:
        entry = dict(variants.prepare(*words[1:]).entry)
        variants.advance()
        return entry
    if words[0] == "round" and len(words) == 5:
        seconds, variant = float(words[4]), variants.prepare(*words[1:4])
        variants.wait()
        speed = variant.round(seconds) if variant.entry["state"] == "ready" else None
        answer = {key: variant.entry[key] for key in ("case", "format", "variant")}
        return {**answer, "error": variant.entry["error"]} if speed is None else {**answer, "images_per_second": speed}
    raise ValueError("expected prepare CASE FORMAT VARIANT, round CASE FORMAT VARIANT SECONDS, or status")


def measure(options, variants, out):
    """All that was asked for, or the plan, in its order, while there is time; some at a time."""
    end = time.perf_counter() + options.seconds
    report, left = {"results": []}, todo(options)
    while left:
        seconds = end - time.perf_counter()
        group, left = [variants.prepare(*key) for key in left[:options.together]], left[options.together:]
        for each in group:
            each.limit = min(options.prepare, seconds)
            if seconds < 5:
                each.entry.update(state="failed", error="skipped: no time left")
        variants.wait()
        for each in group:
            speeds = [each.round(options.round) for _ in range(options.rounds) if each.entry["state"] == "ready"]
            if each.entry["state"] == "ready":
                each.entry.update(rounds=speeds, images_per_second=round(statistics.median(speeds), 1))
            each.end()
            report = {**each.entry.pop("origin", {}), **report}
            report["results"].append(each.entry)
            report["best"] = best(report["results"])
            print(json.dumps(each.entry), file=out, flush=True)
            if options.out:
                with open(options.out + ".part", "w") as file:
                    json.dump(report, file, indent=1)
                os.replace(options.out + ".part", options.out)
    if not report["best"]:
        sys.exit("pytorch.py: nothing could be measured")


def todo(options):
    if not options.cases and not options.formats and not options.variants:
        return [(case, form, variant) for case, form, variants in PLAN for variant in variants.split(",")]
    split = lambda text, usual: text.split(",") if text else usual
    return [(case, form, variant) for case in split(options.cases, CASES) for form in split(options.formats, ["bf16"])
            for variant in split(options.variants, ["graph", "compile-graph", "overhead"])]


def best(results):
    fastest = {}
    for entry in results:
        key = f"{entry['case']} {entry['format']}"
        speed = entry.get("images_per_second", 0)
        if speed > fastest.get(key, {}).get("images_per_second", 0):
            fastest[key] = {"variant": entry["variant"], "images_per_second": speed}
    return fastest


def main():
    cores = len(os.sched_getaffinity(0))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases")
    parser.add_argument("--formats")
    parser.add_argument("--variants")
    parser.add_argument("--seconds", type=float, default=170, help="for all (default: 170)")
    parser.add_argument("--prepare", type=float, default=100, help="seconds to prepare a variant (default: 100)")
    parser.add_argument("--together", type=int, default=max(1, cores // 2), help="how many to prepare at a time (default: cores / 2)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--round", type=float, default=0.3, help="seconds of a round (default: 0.3)")
    parser.add_argument("--data", help="folder of Fashion-MNIST's files, plain or .gz (default: random images)")
    parser.add_argument("--cache", default=os.path.join(tempfile.gettempdir(), "pytorch-check"), help="folder of compiled kernels")
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--out", help="file of JSON")
    parser.add_argument("--serve", action="store_true")
    options = parser.parse_args()
    if not os.path.exists(TRAINING):
        sys.exit(f"pytorch.py: {TRAINING} is missing")
    options.cache = os.path.abspath(options.cache)
    os.makedirs(options.cache, exist_ok=True)
    os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", options.cache)
    os.environ.setdefault("TORCHINDUCTOR_COMPILE_THREADS", str(max(1, min(4, cores // 4))))
    variants = Variants(options)
    signal.signal(signal.SIGTERM, lambda number, frame: (variants.end(), os._exit(143)))
    try:
        (serve if options.serve else measure)(options, variants, sys.stdout)
    finally:
        variants.end()


if __name__ == "__main__":
    main()

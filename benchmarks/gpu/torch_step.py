"""PyTorch's step of the same dense MoE layer: forward, cross-entropy, backward, Adam.

Eager, compiled, and compiled with the whole step as one CUDA graph, beside our own step times;
check.sh calls it with the seconds after which no shape is begun, and the file of ours.
"""

import csv
import sys
import time

import torch
import torch.nn.functional as F

CLASSES = 100
LARGE = 8192
SECONDS_EACH = 0.7

# Experts, inputs, hidden units, rows; the shape of the goals first.
SHAPES = (
    (64, 512, 2048, 1024),
    (8, 512, 2048, 1024),
    (8, 64, 256, 256),
    (64, 512, 2048, 256),
    (64, 64, 256, 1024),
    (64, 512, 2048, 4096),
)

# How many times as fast as compiled PyTorch ours is to be.
WANTED = 1.5


class DenseMoe(torch.nn.Module):
    """E experts d-h-c behind a softmax gate; logits are the weighted sum of the experts'."""

    def __init__(self, experts, inputs, hidden, classes):
        super().__init__()

        def uniform(limit, *shape):
            return torch.nn.Parameter((torch.rand(*shape, device="cuda") * 2 - 1) * limit)

        self.w1 = uniform((6 / inputs) ** 0.5, experts * hidden, inputs)
        self.b1 = uniform(0, experts * hidden)
        self.w2 = uniform((6 / (hidden + classes)) ** 0.5, experts, hidden, classes)
        self.b2 = uniform(0, experts, 1, classes)
        self.gate = torch.nn.Linear(inputs, experts, device="cuda")
        self.experts = experts
        self.hidden = hidden

    def forward(self, x):
        weights = F.softmax(self.gate(x).float(), dim=1)
        hidden = F.relu(F.linear(x, self.w1, self.b1))
        hidden = hidden.view(x.shape[0], self.experts, self.hidden).transpose(0, 1)
        outputs = torch.bmm(hidden, self.w2.to(hidden.dtype)).float() + self.b2
        return torch.einsum("be,ebc->bc", weights, outputs)


def seconds_per_call(call, seconds):
    """Mean over about so many seconds, after as long a warm-up."""
    mean = 0.0
    for _ in range(2):
        torch.cuda.synchronize()
        begin = time.perf_counter()
        count = 0
        while count < 5 or time.perf_counter() - begin < seconds:
            call()
            count += 1
            if count % 10 == 0:
                torch.cuda.synchronize()
        torch.cuda.synchronize()
        mean = (time.perf_counter() - begin) / count
    return mean


def large_product_rate(precision):
    dtype = torch.bfloat16 if precision == "BF16" else torch.float32
    a = torch.randn(LARGE, LARGE, device="cuda", dtype=dtype)
    b = torch.randn(LARGE, LARGE, device="cuda", dtype=dtype)
    return 2.0 * LARGE**3 / seconds_per_call(lambda: torch.mm(a, b), 0.5)


def main():
    budget = float(sys.argv[1])
    ours = read_ours(sys.argv[2])
    begin = time.perf_counter()
    if not torch.cuda.is_available():
        print("no device: PyTorch finds none")
        sys.exit(3)
    print("| E | d/h/c | B | precision | implementation | step ms | share | ours is faster by |")
    print("|---|---|---|---|---|---|---|---|")
    for shape in SHAPES:
        for precision in ("FP32", "BF16", "TF32"):
            if time.perf_counter() - begin > budget:
                print("\nThe time is over: shapes after these were not measured.")
                return
            measure(shape, precision, ours)


def read_ours(file):
    """Our step in milliseconds, by shape and precision; nothing where it was not measured."""
    steps = {}
    try:
        with open(file, newline="") as lines:
            for row in csv.DictReader(lines):
                if row["chosen"] == row["experts"]:
                    key = tuple(int(row[k]) for k in ("experts", "inputs", "hidden", "rows"))
                    steps[key, row["precision"]] = float(row["step_ms"])
    except OSError:
        print("(Ours was not measured.)\n")
    return steps


def measure(shape, precision, ours):
    experts, inputs, hidden, rows = shape
    torch.backends.cuda.matmul.allow_tf32 = precision == "TF32"
    large = large_product_rate(precision)
    work = rows * experts * (4.0 * inputs * hidden + 6.0 * hidden * CLASSES + 4.0 * inputs)
    torch.compiler.reset()
    model = DenseMoe(experts, inputs, hidden, CLASSES)
    x = torch.rand(rows, inputs, device="cuda") * 2 - 1
    y = torch.randint(CLASSES, (rows,), device="cuda")

    def loss_of(x, y):
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=precision == "BF16"):
            logits = model(x)
        return F.cross_entropy(logits.float(), y)

    compiled = torch.compile(loss_of)
    for name, make in (
        ("eager", lambda: step_of(model, loss_of, x, y)),
        ("compiled", lambda: step_of(model, compiled, x, y)),
        ("compiled, one CUDA graph", lambda: recorded(step_of(model, compiled, x, y))),
    ):
        try:
            took = seconds_per_call(make(), SECONDS_EACH)
        except Exception as failure:  # One way that fails must not hide the others.
            print(f"\n{precision}, {name}: failed: {failure!r}\n", flush=True)
            continue
        mine = ours.get((shape, precision))
        faster = took * 1e3 / mine if mine else float("nan")
        print(
            f"| {experts} | {inputs}/{hidden}/{CLASSES} | {rows} | {precision} | torch {name} "
            f"| {took * 1e3:.3f} | {100 * work / took / large:.0f} % | {faster:.2f} |",
            flush=True,
        )
        if shape == SHAPES[0] and name == "compiled" and mine:
            result = "met" if faster >= WANTED else "missed"
            print(
                f"\nverdict: goal=step-against-torch-{precision.lower()} result={result} "
                f"measured={faster:.3g} wanted>={WANTED} missed_by={max(0, WANTED - faster):.3g}\n",
                flush=True,
            )


def step_of(model, loss_of, x, y):
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True, capturable=True)

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss_of(x, y).backward()
        optimiser.step()

    return step


def recorded(step):
    """The whole step, Adam too, as one graph."""
    beside = torch.cuda.Stream()
    beside.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(beside):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(beside)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


if __name__ == "__main__":
    main()

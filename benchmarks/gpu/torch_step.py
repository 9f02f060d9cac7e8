"""PyTorch's step of the same dense MoE layer: forward, cross-entropy, backward, Adam.

Prints lines of the table that GpuTable begins; run.sh calls it.
"""

import sys
import time

import torch
import torch.nn.functional as F

CLASSES = 100
LARGE = 8192


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
    seconds = float(sys.argv[1])
    for precision in ("FP32", "TF32", "BF16"):
        tf32 = precision == "TF32"
        torch.backends.cuda.matmul.allow_tf32 = tf32
        large = large_product_rate(precision)
        for experts in (8, 64):
            for inputs, hidden in ((64, 256), (512, 2048)):
                for rows in (64, 256, 1024, 4096):
                    for compiled in (False, True):
                        torch.compiler.reset()
                        step = make_step(experts, inputs, hidden, rows, precision, compiled)
                        took = seconds_per_call(step, seconds)
                        work = rows * experts * (
                            4.0 * inputs * hidden + 6.0 * hidden * CLASSES + 4.0 * inputs
                        )
                        name = "torch compiled" if compiled else "torch eager"
                        print(
                            f"| {experts} | {inputs}/{hidden} | {rows} | {precision} | {name} "
                            f"| {took * 1e3:.3f} | {took * 1e3:.3f} | {work / took * 1e-12:.2f} "
                            f"| {100 * work / took / large:.0f} % |",
                            flush=True,
                        )


def make_step(experts, inputs, hidden, rows, precision, compiled):
    model = DenseMoe(experts, inputs, hidden, CLASSES)
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    x = torch.rand(rows, inputs, device="cuda") * 2 - 1
    y = torch.randint(CLASSES, (rows,), device="cuda")

    def loss_of(x, y):
        with torch.autocast("cuda", dtype=torch.bfloat16, enabled=precision == "BF16"):
            logits = model(x)
        return F.cross_entropy(logits.float(), y)

    loss_of = torch.compile(loss_of, mode="max-autotune-no-cudagraphs") if compiled else loss_of

    def step():
        optimiser.zero_grad(set_to_none=True)
        loss_of(x, y).backward()
        optimiser.step()

    return step


if __name__ == "__main__":
    main()

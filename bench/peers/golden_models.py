#!/usr/bin/env python3
"""Writes golden vectors of every kind of model, computed by torch in double precision: weights, inputs, logits, loss and gradients.

    python3 bench/peers/golden_models.py tests/RecServe.Training.Tests/Golden

Needs torch (Debian: python3-torch). The networks are built from torch's own layers and from the papers' formulas, not from this repository's code; weights are drawn
by torch's generator with a fixed seed. The tests load the weights, score the inputs and take the gradients, and compare.
"""
import json
import pathlib
import sys

import torch
import torch.nn.functional as F

ROWS, DIMS, USER_FIELDS = 6, [3, 2, 4], 2
X, USERS = sum(DIMS), sum(DIMS[:USER_FIELDS])


class Weights:
    """Parameters by name, drawn as they are first asked for; rounded to fp32, which is what a package holds."""

    def __init__(self, seed):
        self.by_name, self.generator = {}, torch.Generator().manual_seed(seed)

    def get(self, name, *shape):
        if name not in self.by_name:
            scale = (2.0 / shape[-1]) ** 0.5 if name.endswith(".weight") else 0.3
            drawn = torch.randn(*shape, generator=self.generator, dtype=torch.float64) * scale
            self.by_name[name] = drawn.float().double().requires_grad_(True)
        return self.by_name[name]

    def linear(self, name, x, outputs):
        return F.linear(x, self.get(f"{name}.weight", outputs, x.shape[-1]), self.get(f"{name}.bias", outputs))

    def perceptron(self, name, x, widths):
        for i, width in enumerate(widths):
            x = torch.relu(self.linear(f"{name}.{i}", x, width))
        return x

    def head(self, name, x):
        return x @ self.get(f"{name}.weight", x.shape[-1]) + self.get(f"{name}.bias", 1)


def pairs(x):
    fields = torch.split(x, 3, dim=1)
    return sum((fields[i] * fields[j]).sum(1) for i in range(len(fields)) for j in range(i + 1, len(fields)))


def cross(w, x, layers):
    crossed = x
    for i in range(layers):
        crossed = x * w.linear(f"cross.{i}", crossed, x.shape[1]) + crossed
    return crossed


def cross_mix(w, x, layers, experts, rank):
    """DCN-Mix: low-rank experts with a bias each and gates that all layers share, expert by expert as FuxiCTR's CrossNetMix has it."""
    d, crossed = x.shape[1], x
    for i in range(layers):
        v, c = w.get(f"cross.{i}.in.weight", experts * rank, d), w.get(f"cross.{i}.core.weight", experts * rank, rank)
        u, b = w.get(f"cross.{i}.out.weight", d, experts * rank), w.get(f"cross.{i}.bias", d)
        outputs = []
        for k in range(experts):
            rows = slice(k * rank, (k + 1) * rank)
            inner = torch.tanh(crossed @ v[rows].T)
            inner = torch.tanh(inner @ c[rows].T)
            outputs.append(x * (inner @ u[:, rows].T + b))
        gate = F.softmax(crossed @ w.get("cross.gate.weight", experts, d).T, dim=1)
        crossed = torch.matmul(torch.stack(outputs, 2), gate.unsqueeze(2)).squeeze(2) + crossed
    return crossed


def lr(w, model, x, linear):
    return linear.sum(1) + w.get("head.bias", 1)


def fm(w, model, x, linear):
    return linear.sum(1) + pairs(x) + w.get("head.bias", 1)


def mlp(w, model, x, linear):
    return w.head("head", w.perceptron("mlp", x, model["hidden"]))


def deepfm(w, model, x, linear):
    return mlp(w, model, x, linear) + linear.sum(1) + pairs(x)


def dcnv2(w, model, x, linear):
    mixture = model.get("cross_mixture")
    crossed = cross_mix(w, x, model["cross_layers"], **mixture) if mixture else cross(w, x, model["cross_layers"])
    if model["structure"] == "stacked":
        return w.head("head", w.perceptron("mlp", crossed, model["hidden"]))
    return w.head("head", torch.cat([crossed, w.perceptron("mlp", x, model["hidden"])], 1))


def towers(w, streams, widths):
    return torch.stack([w.head(f"tower.{t}.head", w.perceptron(f"tower.{t}", stream, widths)) for t, stream in enumerate(streams)], 1)


def experts(w, model, x, linear):
    """MMoE (Ma et al. 2018) is one layer of shared experts, PLE (Tang et al. 2020) layers with experts of each task's own."""
    shape, tasks = model["experts"], len(model["tasks"])
    task_inputs, shared_input = [x] * tasks, x
    for layer in range(shape["layers"]):
        last = layer + 1 == shape["layers"]
        shared = [w.perceptron(f"expert.{layer}.{e}", shared_input, shape["widths"]) for e in range(shape["shared"])]
        own, number = [], shape["shared"]
        for t in range(tasks):
            own.append([w.perceptron(f"expert.{layer}.{number + e}", task_inputs[t], shape["widths"]) for e in range(shape["specific"])])
            number += shape["specific"]

        def mix(name, gate_input, outputs):
            z = w.linear(f"gate.{layer}.{name}", gate_input, len(outputs))
            if shape.get("top_k"):
                least = z.topk(shape["top_k"], 1).values[:, -1:]
                z = z.masked_fill(z < least, float("-inf"))
            gate = F.softmax(z, dim=1)
            return (gate.unsqueeze(2) * torch.stack(outputs, 1)).sum(1)

        mixed = [mix(t, task_inputs[t], shared + own[t]) for t in range(tasks)]
        if not last:
            shared_input = mix("shared", shared_input, shared + [y for ys in own for y in ys])
        task_inputs = mixed
    return towers(w, task_inputs, shape["tower"])


def moe(w, model, x, linear):
    """Sparse experts with a residual: MoE++ (arXiv 2410.07348) with top-k or top-p (arXiv 2403.07652); also gives the losses of the routers."""
    s, tasks = model["sparse"], len(model["tasks"])
    networks, free = s["networks"], s["constants"] + s["copies"] + s["zeros"]
    n, zero = networks + free, networks + s["constants"] + s["copies"]
    h, below, loss = torch.relu(w.linear("stem", x, s["width"])), None, 0
    for layer in range(s["layers"]):
        name = f"moe.{layer}"
        read = x[:, :s["user_inputs"]] if s["user_inputs"] else h
        z = []
        for r in range(1 if layer + 1 < s["layers"] else tasks):
            logits = F.linear(read, w.get(f"{name}.router.{r}.weight", n, read.shape[1]))
            if layer:
                logits = logits + F.linear(below, w.get(f"{name}.router.{r}.residual.weight", n, n))
            z.append(logits)
        p = [F.softmax(logits, dim=1) for logits in z]
        outputs = []
        for e in range(networks):
            hidden = torch.relu(w.linear(f"{name}.expert.{e}.0", h, s["hidden"]))
            outputs.append(w.linear(f"{name}.expert.{e}.1", hidden, s["width"]))
        for c in range(s["constants"]):
            a = F.softmax(F.linear(h, w.get(f"{name}.constant.{c}.weight", 2, s["width"])), dim=1)
            outputs.append(a[:, :1] * h + a[:, 1:] * w.get(f"{name}.constant.{c}.vector", s["width"]))
        outputs += [h] * s["copies"] + [torch.zeros_like(h)] * s["zeros"]
        outputs = torch.stack(outputs, 1)
        streams, chosen = [], []
        for probabilities in p:
            decides = torch.stack(p).mean(0) if s["one_set"] else probabilities
            values, order = torch.sort(decides.detach(), dim=1, descending=True)
            taken = torch.zeros_like(decides, dtype=torch.bool)
            for row in range(len(order)):
                count = s["top_k"] or min(n, int((values[row].cumsum(0) <= s["top_p"]).sum()) + 1)
                taken[row, order[row, :count]] = True
            chosen.append(taken)
            kept = taken & (torch.arange(n) < zero)
            gates = probabilities * kept
            if s["top_k"]:
                gates = gates / gates.sum(1, keepdim=True).clamp_min(1e-300)
            streams.append(h + (gates.unsqueeze(2) * outputs).sum(1))
        loss = loss + routing_loss(torch.cat(p), torch.cat(chosen).double(), networks, n, model["routing"])
        h, below = streams[0], z[0]
    return towers(w, streams, s["tower"]), loss


def routing_loss(p, chosen, networks, n, factors):
    cost = torch.cat([torch.full((networks,), 1.0), torch.full((n - networks,), 0.75)]).double()
    share = torch.cat([torch.full((networks,), 0.75), torch.full((n - networks,), 1.0)]).double()
    f, mean = chosen.mean(0), p.mean(0)
    over = torch.relu(f - 1.1 * f.sum() * share / share.sum())
    return (factors["balance"] * n * (cost * f * mean).sum() + factors["capacity"] * n * (over * mean).sum()
            + factors["entropy"] * -(p * p.log()).sum(1).mean())


TASKS = [{"name": "click", "loss_weight": 1.0, "rank_weight": 1.0}, {"name": "like", "loss_weight": 0.5, "rank_weight": 2.0}]
SPARSE = {"width": 5, "layers": 1, "networks": 3, "hidden": 4, "constants": 1, "copies": 1, "zeros": 1, "top_k": 2, "top_p": 0, "user_inputs": 0, "one_set": False, "tower": [3]}
ROUTING = {"balance": 0.1, "capacity": 0.2, "entropy": 0.05}
MODELS = {
    "lr": (lr, {"kind": "lr", "linear": True}),
    "fm": (fm, {"kind": "fm", "linear": True}),
    "mlp": (mlp, {"kind": "mlp", "hidden": [6, 4]}),
    "deepfm": (deepfm, {"kind": "deepfm", "linear": True, "hidden": [5]}),
    "dcnv2": (dcnv2, {"kind": "dcnv2", "structure": "parallel", "cross_layers": 2, "hidden": [5, 3]}),
    "dcnv2-stacked": (dcnv2, {"kind": "dcnv2", "structure": "stacked", "cross_layers": 2, "hidden": [5, 3]}),
    "mmoe": (experts, {"kind": "mmoe", "tasks": TASKS, "experts": {"layers": 1, "shared": 3, "specific": 0, "widths": [5, 4], "tower": [3]}}),
    "ple": (experts, {"kind": "ple", "tasks": TASKS, "experts": {"layers": 2, "shared": 2, "specific": 1, "widths": [4], "tower": []}}),
    "moe": (moe, {"kind": "moe", "tasks": TASKS, "sparse": SPARSE, "routing": ROUTING}),
    "moe-top-p": (moe, {"kind": "moe", "tasks": TASKS, "sparse": {**SPARSE, "layers": 2, "top_k": 0, "top_p": 0.5, "one_set": True, "tower": []}, "routing": ROUTING}),
    "moe-by-request": (moe, {"kind": "moe", "tasks": TASKS, "sparse": {**SPARSE, "user_inputs": USERS}, "routing": ROUTING}),
    "dcnv2-mix": (dcnv2, {"kind": "dcnv2", "structure": "parallel", "cross_layers": 2, "cross_mixture": {"experts": 3, "rank": 2}, "hidden": [5, 3]}),
    "dcnv2-stacked-mix": (dcnv2, {"kind": "dcnv2", "structure": "stacked", "cross_layers": 3, "cross_mixture": {"experts": 2, "rank": 4}, "hidden": [5, 3]}),
    "mmoe-top-k": (experts, {"kind": "mmoe", "tasks": TASKS, "experts": {"layers": 1, "shared": 4, "specific": 0, "top_k": 2, "widths": [5, 4], "tower": [3]}}),
}


def numbers(tensor):
    return [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]


def golden(name, seed):
    network, model = MODELS[name]
    dims = [0] * len(DIMS) if name == "lr" else [3] * len(DIMS) if model.get("linear") else DIMS
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(ROWS, sum(dims), generator=generator, dtype=torch.float64).float().double().requires_grad_(True)
    linear = torch.randn(ROWS, len(DIMS), generator=generator, dtype=torch.float64).float().double().requires_grad_(True)
    tasks = model.get("tasks", [{"loss_weight": 1.0}])
    labels = (torch.rand(len(tasks), ROWS, generator=generator) < 0.5).double()
    labels[:, 0], labels[:, 1] = 1, 0
    if len(tasks) > 1:
        labels[1, 3] = float("nan")
    weights = Weights(seed + 1000)
    logits = network(weights, model, x, linear)
    logits, loss = logits if isinstance(logits, tuple) else (logits, 0)
    logits = logits.reshape(ROWS, len(tasks))
    for t, task in enumerate(tasks):
        known = ~torch.isnan(labels[t])
        loss = loss + task["loss_weight"] * F.binary_cross_entropy_with_logits(logits[known, t], labels[t, known])
    loss.backward()
    out = {**model, "dims": dims, "user_fields": USER_FIELDS, "x": numbers(x), "labels": [[None if v != v else v for v in row] for row in labels.tolist()],
           "logits": numbers(logits), "loss": float(f"{loss.item():.9g}")}
    if dims[0]:
        out["x_gradient"] = numbers(x.grad)
    if model.get("linear"):
        out.update(linear=numbers(linear), linear_gradient=numbers(linear.grad))
    out["weights"] = {key: {"shape": list(value.shape), "values": numbers(value), "gradient": numbers(value.grad)} for key, value in weights.by_name.items()}
    return out


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    torch.set_default_dtype(torch.float64)
    for seed, name in enumerate(MODELS):
        with open(folder / f"{name}.json", "w", encoding="utf-8", newline="\n") as file:
            json.dump({**{"torch": torch.__version__}, **golden(name, seed)}, file, separators=(",", ":"))
            file.write("\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))

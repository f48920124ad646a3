#!/usr/bin/env python3
"""Scores raw CSV rows with a model package, written from docs/formats alone: an independent check of what the server answers.

    forward.py PKG data.csv [--out scores.txt] [--logits]

Writes one probability (or logit) a line, in the order of the rows. Needs numpy and nothing else.
"""
import argparse
import csv
import functools
import math
import os
import sys

import numpy as np

from read_package import Package
from xxh64 import xxh64


class Field:
    """One field of the schema with its part of the manifest: turns a cell into (row key, weight) pairs."""

    def __init__(self, schema, part, table):
        self.name, self.side, self.kind = schema["name"], schema["side"], schema["kind"]
        self.separator = schema.get("separator", "|")
        self.mean_pool = schema.get("pool", "mean") == "mean"
        self.transform = schema.get("transform", "log_squared_bucket")
        buckets = schema.get("buckets", "vocabulary")
        self.buckets = 0 if buckets == "vocabulary" else int(buckets.split(":")[1])
        self.dim, self.linear = part["dim"], part["linear"]
        self.mean, self.deviation = np.float32(part["mean"]), np.float32(part["deviation"])
        self.table = table
        self.encode = functools.lru_cache(maxsize=None)(self.encode)

    def key(self, text):
        value = xxh64(text.encode("utf-8"))
        if self.buckets:
            return 2 + value % self.buckets
        return value + 2 if value <= 1 else value

    def encode(self, cell):
        if cell == "":
            return ((0, np.float32(1)),)
        if self.kind == "categorical":
            return ((self.key(cell), np.float32(1)),)
        if self.kind == "multi":
            keys = [self.key(value) for value in cell.split(self.separator) if value]
            weight = np.float32(1) / np.float32(len(keys)) if self.mean_pool and keys else np.float32(1)
            return tuple((key, weight) for key in keys) or ((0, np.float32(1)),)
        number = float(cell)
        if self.transform == "log_squared_bucket":
            bucket = math.floor(math.log(number) ** 2) if number > 2 else max(math.trunc(number), -2 ** 31)
            return ((self.key(str(bucket)), np.float32(1)),)
        if self.transform == "standardize":
            return ((2, (np.float32(number) - self.mean) / self.deviation),)
        return ((2, np.float32(number)),)

    def vector(self, entries):
        pooled = np.zeros(self.table.width)
        for key, weight in entries:
            pooled += np.float64(weight) * self.table.row(key)
        return pooled


def read_rows(path, schema):
    """Rows of a delimited file as dictionaries, by the schema's format."""
    form = schema.get("format") or {}
    with open(path, newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, delimiter=form.get("delimiter", ","))
        columns = form.get("columns") or next(reader)
        for row in reader:
            if row:
                yield dict(zip(columns, row))


class Model:
    """The forward pass of every kind."""

    def __init__(self, package):
        manifest, schema = package.manifest, package.manifest["schema"]
        by_name = {field["name"]: field for field in schema["fields"]}
        self.fields = [Field(by_name[part["name"]], part, table) for part, table in zip(manifest["fields"], package.tables)]
        self.architecture = manifest["architecture"]
        self.dense = {name: tensor.astype("f8") for name, tensor in package.dense.items()}
        self.catalogs, self.schema = package.catalogs, schema
        self.items, self.item_columns = {}, set()

    def join(self, data_path):
        """Reads the items file that the schema names, if it is there."""
        items = self.schema.get("items")
        if items:
            path = os.path.join(os.path.dirname(os.path.abspath(data_path)), items["file"])
            if os.path.exists(path):
                delimiter = (self.schema.get("format") or {}).get("delimiter", ",")
                self.items = {row[items["key"]]: row for row in read_rows(path, {"format": {"delimiter": delimiter}})}
                self.item_columns = set(next(iter(self.items.values()), {})) - {self.schema.get("item")}

    def entries(self, field, row):
        """A field's entries: from the items file, else from the row, else from the package's catalog."""
        item = row.get(self.schema.get("item"), "")
        if field.side == "item" and field.name in self.item_columns:
            return field.encode(self.items[item][field.name] if item in self.items else "")
        if field.name in row:
            return field.encode(row[field.name])
        entity, identity = ("items", item) if field.side == "item" else ("users", row.get(self.schema.get("user"), ""))
        catalog = self.catalogs.get(entity)
        return (catalog.entries(identity, field.name) if catalog else []) or ((0, np.float32(1)),)

    def logit(self, row):
        vectors = [field.vector(self.entries(field, row)) for field in self.fields]
        embeddings = [vector[:field.dim] for field, vector in zip(self.fields, vectors)]
        if self.architecture.get("tasks"):
            return self.ranking(self.task_logits(np.concatenate(embeddings)))
        kind, logit = self.architecture["kind"], self.dense["head.bias"][0]
        if kind in ("lr", "fm", "deepfm"):
            logit += sum(vector[field.dim] for field, vector in zip(self.fields, vectors))
        if kind in ("fm", "deepfm"):
            logit += sum(embeddings[f] @ embeddings[g] for f in range(len(embeddings)) for g in range(f + 1, len(embeddings)))
        if kind in ("lr", "fm"):
            return logit
        x = np.concatenate(embeddings)
        if kind == "dcnv2":
            crossed = self.cross(x)
            hidden = np.concatenate([crossed, self.mlp(x)]) if self.architecture["structure"] == "parallel" else self.mlp(crossed)
        else:
            hidden = self.mlp(x)
        return logit + self.dense["head.weight"] @ hidden

    def ranking(self, logits):
        """The logit of the tasks' probabilities, averaged by their rank weights."""
        weights = np.array([task["rank_weight"] for task in self.architecture["tasks"]])
        p = weights @ (1 / (1 + np.exp(-logits))) / weights.sum()
        return math.log(p / (1 - p))

    def sparse_logits(self, x):
        shape, tasks = self.architecture["sparse"], len(self.architecture["tasks"])
        h, below = np.maximum(self.dense["stem.weight"] @ x + self.dense["stem.bias"], 0), None
        zero = shape["networks"] + shape["constants"] + shape["copies"]
        for layer in range(shape["layers"]):
            read = x[:shape["user_inputs"]] if shape["user_inputs"] else h
            z = [self.dense[f"moe.{layer}.router.{r}.weight"] @ read for r in range(1 if layer + 1 < shape["layers"] else tasks)]
            if layer:
                z = [own + self.dense[f"moe.{layer}.router.{r}.residual.weight"] @ below for r, own in enumerate(z)]
            p = [np.exp(own - own.max()) / np.exp(own - own.max()).sum() for own in z]
            streams = []
            for own in p:
                decides = np.mean(p, axis=0) if shape["one_set"] else own
                order = np.argsort(-decides, kind="stable")
                count = shape["top_k"] or min(int(np.sum(np.cumsum(decides[order]) <= shape["top_p"])) + 1, len(order))
                taken = [e for e in order[:count] if e < zero]
                total = sum(own[e] for e in taken) if shape["top_k"] else 1
                streams.append(h + sum((own[e] / total * self.sparse_expert(shape, layer, e, h) for e in taken), np.zeros_like(h)))
            h, below = streams[0], z[0]
        return self.towers(streams, shape["tower"], tasks)

    def sparse_expert(self, shape, layer, e, h):
        constant = e - shape["networks"]
        if constant < 0:
            name = f"moe.{layer}.expert.{e}"
            hidden = np.maximum(self.dense[f"{name}.0.weight"] @ h + self.dense[f"{name}.0.bias"], 0)
            return self.dense[f"{name}.1.weight"] @ hidden + self.dense[f"{name}.1.bias"]
        if constant >= shape["constants"]:
            return h
        a = np.exp(self.dense[f"moe.{layer}.constant.{constant}.weight"] @ h)
        return (a[0] * h + a[1] * self.dense[f"moe.{layer}.constant.{constant}.vector"]) / a.sum()

    def task_logits(self, x):
        if "sparse" in self.architecture:
            return self.sparse_logits(x)
        shape, tasks = self.architecture["experts"], len(self.architecture["tasks"])
        shared, own = shape["shared"], shape["specific"]
        streams = [x] * (tasks + 1)
        for layer in range(shape["layers"]):
            reads = [tasks] * shared + [task for task in range(tasks) for _ in range(own)]
            outputs = [self.perceptron(f"expert.{layer}.{e}", len(shape["widths"]), streams[stream]) for e, stream in enumerate(reads)]
            mixed = []
            for gate in range(tasks + (layer + 1 < shape["layers"])):
                seen = [y for y, stream in zip(outputs, reads) if gate == tasks or stream in (gate, tasks)]
                name = f"gate.{layer}.{'shared' if gate == tasks else gate}"
                z = np.exp(self.dense[f"{name}.weight"] @ streams[gate] + self.dense[f"{name}.bias"])
                mixed.append(z @ np.array(seen) / z.sum())
            streams = mixed
        return self.towers(streams, shape["tower"], tasks)

    def towers(self, streams, widths, tasks):
        return np.array([self.dense[f"tower.{t}.head.weight"] @ self.perceptron(f"tower.{t}", len(widths), streams[t]) + self.dense[f"tower.{t}.head.bias"][0]
                         for t in range(tasks)])

    def perceptron(self, name, layers, x):
        for i in range(layers):
            x = np.maximum(self.dense[f"{name}.{i}.weight"] @ x + self.dense[f"{name}.{i}.bias"], 0)
        return x

    def mlp(self, x):
        for i in range(len(self.architecture["hidden"])):
            x = np.maximum(self.dense[f"mlp.{i}.weight"] @ x + self.dense[f"mlp.{i}.bias"], 0)
        return x

    def cross(self, x0):
        x, mixture = x0, self.architecture.get("cross_mixture")
        for i in range(self.architecture["cross_layers"]):
            product = self.cross_experts(f"cross.{i}", x, mixture) if mixture else self.dense[f"cross.{i}.weight"] @ x
            x = x0 * (product + self.dense[f"cross.{i}.bias"]) + x
        return x

    def cross_experts(self, name, x, mixture):
        rank = mixture["rank"]
        gates = np.exp(self.dense["cross.gate.weight"] @ x)
        product = np.zeros_like(x)
        for k, gate in enumerate(gates / gates.sum()):
            rows = slice(k * rank, (k + 1) * rank)
            inner = np.tanh(self.dense[f"{name}.in.weight"][rows] @ x)
            product += gate * (self.dense[f"{name}.out.weight"][:, rows] @ np.tanh(self.dense[f"{name}.core.weight"][rows] @ inner))
        return product


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("package")
    arguments.add_argument("data")
    arguments.add_argument("--out")
    arguments.add_argument("--logits", action="store_true")
    options = arguments.parse_args()
    try:
        model = Model(Package(options.package))
        model.join(options.data)
        with open(options.out, "w", encoding="ascii") if options.out else sys.stdout as out:
            for row in read_rows(options.data, model.schema):
                logit = model.logit(row)
                value = logit if options.logits else 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))
                out.write(f"{value:.12g}\n")
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"forward: {type(error).__name__}: {error}")


if __name__ == "__main__":
    main()

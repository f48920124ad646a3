#!/usr/bin/env python3
"""What a team would write today to serve the same package: FastAPI and torch. Ranks candidates by their ids alone.

    bench/peers/fastapi.sh PKG PORT        PKG is an mlp or dcnv2 whose fields have one value each; catalogs hold users and items

Tuned as its users do: a worker a core with one torch thread each (PEER_WORKERS, PEER_THREADS), tables looked up by index in one embedding, inference mode, JSON without models of pydantic.
"""
import json
import os
import pathlib
import sys

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, Request, Response

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests" / "python"))
from read_package import Package  # noqa: E402
from xxh64 import xxh64  # noqa: E402

RELU = torch.nn.functional.relu


class Side:
    """Rows of all fields of the users or of the items, by entity: numbers into one embedding."""

    def __init__(self, package, entity, fields, first):
        catalog = package.catalogs[entity]
        self.index = catalog.index
        parts, at, numbers = [], 0, []
        for f, name in enumerate(fields):
            table = package.tables[first + f]
            keys = catalog.columns[name][0] if name in catalog.columns else [xxh64(id.encode()) for id in catalog.ids]
            numbers.append([at + table.index[int(key)] for key in keys])
            parts.append(table.rows)
            at += len(table.rows)
        self.rows = torch.from_numpy(np.concatenate(parts))
        self.numbers = torch.tensor(numbers).T.contiguous()

    def vectors(self, ids):
        numbers = self.numbers[[self.index[id] for id in ids]]
        return torch.nn.functional.embedding(numbers, self.rows).flatten(1)


class Ranker:
    """The model: every candidate is a row that carries its user."""

    def __init__(self, package):
        manifest, dense = package.manifest, {name: torch.from_numpy(tensor.copy()) for name, tensor in package.dense.items()}
        shape, schema = manifest["architecture"], manifest["schema"]
        sides = {field["name"]: field["side"] for field in schema["fields"]}
        names = [field["name"] for field in manifest["fields"]]
        split = sum(sides[name] != "item" for name in names)
        self.users, self.items = Side(package, "users", names[:split], 0), Side(package, "items", names[split:], split)
        self.structure = shape["structure"]
        self.cross = [(dense[f"cross.{i}.weight"], dense[f"cross.{i}.bias"]) for i in range(shape["cross_layers"])]
        self.mlp = [(dense[f"mlp.{i}.weight"], dense[f"mlp.{i}.bias"]) for i in range(len(shape["hidden"]))]
        self.head, self.bias = dense["head.weight"], dense["head.bias"]

    @torch.inference_mode()
    def rank(self, user, ids, k):
        items = self.items.vectors(ids)
        x0 = torch.cat([self.users.vectors([user]).expand(len(ids), -1), items], 1)
        x = x0
        for weight, bias in self.cross:
            x = torch.addcmul(x, x0, torch.addmm(bias, x, weight.T))
        h = x if self.structure == "stacked" else x0
        for weight, bias in self.mlp:
            h = RELU(torch.addmm(bias, h, weight.T))
        if self.structure == "parallel":
            h = torch.cat([x, h], 1)
        scores, order = torch.topk(torch.sigmoid(torch.mv(h, self.head) + self.bias), k)
        return [{"id": ids[i], "score": score, "rank": rank} for rank, (i, score) in enumerate(zip(order.tolist(), scores.tolist()), 1)]


app = FastAPI()


@app.on_event("startup")
def load():
    torch.set_num_threads(int(os.environ.get("PEER_THREADS", "1")))
    app.state.ranker = Ranker(Package(os.environ["PEER_PACKAGE"]))


@app.get("/health/ready")
async def ready():
    return {}


@app.post("/v1/rank")
async def rank(request: Request):
    asked = json.loads(await request.body())
    ranked = app.state.ranker.rank(asked["user"]["id"], [item["id"] for item in asked["items"]], asked["k"])
    return Response(json.dumps({"items": ranked}), media_type="application/json")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    os.environ["PEER_PACKAGE"] = sys.argv[1]
    os.environ["OMP_NUM_THREADS"] = os.environ.get("PEER_THREADS", "1")
    uvicorn.run("fastapi_torch:app", app_dir=str(pathlib.Path(__file__).parent), host="127.0.0.1", port=int(sys.argv[2]),
                workers=int(os.environ.get("PEER_WORKERS", str(os.cpu_count()))), log_level="warning")

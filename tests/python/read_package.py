#!/usr/bin/env python3
"""Reads a RecServe model package with nothing but the standard library and numpy, by docs/formats/package.md.

    read_package.py PKG        checks every size and SHA-256, then prints what the package holds as one JSON object
"""
import hashlib
import json
import os
import sys

import numpy as np

DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "F16": "<f2",
    "U32": "<u4", "I32": "<i4", "F32": "<f4", "U64": "<u8", "I64": "<i8", "F64": "<f8",
}


def read_safetensors(data):
    """Tensors of a safetensors file: 8 bytes of header length, the JSON header, the tensors' bytes."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        raw = np.frombuffer(data[8 + length + begin:8 + length + end], dtype=DTYPES[entry["dtype"]])
        tensors[name] = raw.reshape(entry["shape"])
    return tensors


def halves(raw, count):
    """The last `count` fp16 numbers of each row, as fp32."""
    return np.ascontiguousarray(raw[:, raw.shape[1] - 2 * count:]).view("<f2").astype("f4")


def decode(name, raw, width):
    """Rows of a format as fp32, by docs/formats/package.md; code * scale + bias is rounded once."""
    if name == "fp32":
        return raw.copy().view("<f4").reshape(len(raw), width)
    if name == "fp16":
        return raw.copy().view("<f2").astype("f4").reshape(len(raw), width)
    if name == "int8-compact":
        return raw[:, :width].copy().view("i1").astype("f4") * halves(raw, 1)
    if name == "int8":
        codes, stored = raw[:, :width], np.ascontiguousarray(raw[:, width:]).view("<f4")
    else:
        bits = {"int4": 4, "int2": 2}[name]
        each = 8 // bits
        unpacked = np.stack([(raw >> (bits * i)) & (2 ** bits - 1) for i in range(each)], axis=2).reshape(len(raw), -1)
        codes, stored = unpacked[:, :width], halves(raw, 2)
    return (codes.astype("f8") * stored[:, :1] + stored[:, 1:]).astype("f4")


class Table:
    """One field's rows, found by key."""

    def __init__(self, entry, tensors):
        self.width = entry["width"]
        formats = entry.get("formats", {"fp32": entry["rows"]})
        self.keys = np.concatenate([tensors[f"keys.{name}"] for name in formats])
        self.rows = np.concatenate([decode(name, tensors[f"rows.{name}"], self.width) for name in formats])
        self.ascending = all((np.diff(tensors[f"keys.{name}"].astype(object)) > 0).all() for name in formats)
        self.mean, self.default = tensors["mean"], tensors["default"]
        self.unknown = tensors["unknown"] if entry["unknown"] else None
        self.index = {int(key): row for row, key in enumerate(self.keys)}
        if entry["rows"] != len(self.keys) or len(self.index) != len(self.keys):
            raise ValueError(f"{entry['file']}: {len(self.keys)} keys, the manifest says {entry['rows']}")
        if not self.ascending:
            raise ValueError(f"{entry['file']}: keys do not ascend")

    def row(self, key):
        at = self.index.get(key)
        if at is not None:
            return self.rows[at]
        return self.unknown if self.unknown is not None and key != 0 else self.default


class Catalog:
    """Encoded fields of known items or users, found by id."""

    def __init__(self, entry, tensors):
        offsets, text = tensors["ids.offsets"], tensors["ids.bytes"].tobytes()
        self.ids = [text[offsets[i]:offsets[i + 1]].decode("utf-8") for i in range(entry["count"])]
        self.index = {identity: row for row, identity in enumerate(self.ids)}
        self.columns = {
            name: (tensors[f"column.{name}.keys"], tensors[f"column.{name}.weights"], tensors[f"column.{name}.offsets"])
            for name in entry["columns"]
        }

    def entries(self, identity, field):
        """(key, weight) pairs of an entity's field; none where the entity or its value is not known."""
        row = self.index.get(identity)
        if row is None or field not in self.columns:
            return []
        keys, weights, offsets = self.columns[field]
        span = slice(offsets[row], offsets[row + 1])
        return [(int(key), weight) for key, weight in zip(keys[span], weights[span])]


class Package:
    """A package that passed its checks."""

    def __init__(self, directory):
        with open(os.path.join(directory, "manifest.json"), "rb") as file:
            self.manifest = json.load(file)
        manifest = self.manifest
        if (manifest["format"], manifest["format_version"]) != ("recserve.package", 1):
            raise ValueError(f"format {manifest['format']} version {manifest['format_version']}, this script reads recserve.package version 1")
        files = {}
        for entry in manifest["files"]:
            with open(os.path.join(directory, entry["path"]), "rb") as file:
                data = file.read()
            if len(data) != entry["bytes"]:
                raise ValueError(f"{entry['path']}: {len(data)} bytes, the manifest says {entry['bytes']}")
            if hashlib.sha256(data).hexdigest() != entry["sha256"]:
                raise ValueError(f"{entry['path']}: sha256 differs from the manifest's")
            files[entry["path"]] = read_safetensors(data)
        self.dense = files["dense.safetensors"]
        self.tables = [Table(entry, files[entry["file"]]) for entry in manifest["tables"]]
        self.catalogs = {entry["entity"]: Catalog(entry, files[entry["file"]]) for entry in manifest["catalogs"]}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        package = Package(sys.argv[1])
    except (OSError, ValueError) as error:
        sys.exit(f"read_package: {error}")
    json.dump({
        "lineage": package.manifest["lineage"],
        "dense": {name: {"shape": list(tensor.shape), "sum": float(tensor.sum(dtype="f8"))} for name, tensor in sorted(package.dense.items())},
        "tables": {
            entry["name"]: {"rows": table.rows.shape[0], "width": table.width, "sum": float(table.rows.sum(dtype="f8")), "keys": [str(k) for k in table.keys[:8]]}
            for entry, table in zip(package.manifest["tables"], package.tables)
        },
        "catalogs": {name: {"count": len(catalog.ids), "ids": catalog.ids[:8]} for name, catalog in package.catalogs.items()},
    }, sys.stdout, ensure_ascii=False)
    print()


if __name__ == "__main__":
    main()

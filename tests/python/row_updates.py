"""Messages of updates by Python's protobuf, from the published schemas alone.

  row_updates.py rows.proto write                   writes the golden message to standard output
  row_updates.py rows.proto read < bytes            prints the message as JSON
  row_updates.py rows.proto quarantined < bytes
  row_updates.py features.proto write_features      writes the golden message of recserve.features
  row_updates.py features.proto read_features < bytes
"""
import importlib
import json
import os
import subprocess
import sys
import tempfile


def load(proto):
    folder = tempfile.mkdtemp()
    subprocess.run(["protoc", f"--proto_path={os.path.dirname(proto)}", f"--python_out={folder}", proto], check=True)
    sys.path.insert(0, folder)
    return importlib.import_module(os.path.basename(proto).replace(".proto", "_pb2"))


def main():
    rows, what = load(sys.argv[1]), sys.argv[2]
    if what == "write":
        message = rows.RowDeltas(lineage="lineage-1", table="userId", producer="trainer", event_time_ms=1767225600123, precision=rows.PRECISION_INT8)
        message.rows.add(key=0x0123456789ABCDEF, version=1767225600123456, encoded=bytes(range(24)))
        message.rows.add(key=2, version=1, values=[0.5, -1.25])
        message.rows.add(key=2**64 - 1, version=2**64 - 1, deleted=True)
        sys.stdout.buffer.write(message.SerializeToString())
    elif what == "read":
        m = rows.RowDeltas.FromString(sys.stdin.buffer.read())
        print(json.dumps({
            "lineage": m.lineage, "table": m.table, "producer": m.producer, "event_time_ms": m.event_time_ms, "precision": m.precision,
            "rows": [{"key": str(r.key), "version": str(r.version), "encoded": r.encoded.hex(), "values": list(r.values), "deleted": r.deleted} for r in m.rows],
        }))
    elif what == "write_features":
        message = rows.FeatureRow(entity=rows.ENTITY_ITEM, id="i1", version=1767225600123456, producer="shop", event_time_ms=1767225600123)
        message.features.add(name="genres").list.values.extend(["sf", "", "d\u00e9j\u00e0 vu"])
        message.features.add(name="price", number=-2.5)
        message.features.add(name="title", text="i")
        sys.stdout.buffer.write(message.SerializeToString())
    elif what == "read_features":
        m = rows.FeatureRow.FromString(sys.stdin.buffer.read())
        print(json.dumps({
            "entity": m.entity, "id": m.id, "version": str(m.version), "producer": m.producer, "event_time_ms": m.event_time_ms, "deleted": m.deleted,
            "features": [[f.name, f.WhichOneof("value"), list(f.list.values) if f.HasField("list") else f.number if f.HasField("number") else f.text] for f in m.features],
        }))
    else:
        q = rows.Quarantined.FromString(sys.stdin.buffer.read())
        print(json.dumps({
            "topic": q.topic, "partition": q.partition, "offset": q.offset, "reason": q.reason, "detail": q.detail,
            "refused": [[r.index, r.reason] for r in q.refused], "key": q.key.hex(), "value": q.value.hex(),
        }))


if __name__ == "__main__":
    main()

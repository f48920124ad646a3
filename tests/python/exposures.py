"""Messages of exposures by Python's protobuf, from the published schema alone.

  exposures.py PROTO write          writes the golden message to standard output
  exposures.py PROTO read < bytes   prints the message as JSON
"""
import json
import sys

from row_updates import load


def main():
    exposures, what = load(sys.argv[1]), sys.argv[2]
    if what == "write":
        message = exposures.Exposure(ranking_id="01ARZ3NDEKTSV4RRFFQ69G5FAV", user_id="u42", time_ms=1767225600123, model="ctr", model_version="17", item_ids=["größe", "i7", "i7"])
        message.variants.add(experiment="ranker-v2", variant="treatment", propensity=0.25)
        message.variants.add(experiment="colour", variant="red")
        sys.stdout.buffer.write(message.SerializeToString())
    else:
        m = exposures.Exposure.FromString(sys.stdin.buffer.read())
        print(json.dumps([m.ranking_id, m.user_id, m.time_ms, m.model, m.model_version, list(m.item_ids), [[v.experiment, v.variant, v.propensity] for v in m.variants]]))


main()

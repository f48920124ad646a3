"""Messages of events by Python's protobuf, from the published schema alone.

  user_events.py PROTO write          writes the golden message to standard output
  user_events.py PROTO read < bytes   prints the message as JSON
"""
import json
import sys

from row_updates import load


def main():
    events, what = load(sys.argv[1]), sys.argv[2]
    if what == "write":
        message = events.Events()
        message.events.add(event_id="e1", user_id="u42", item_id="größe", type=events.EVENT_TYPE_CLICK, time_ms=1767225600123, received_time_ms=1767225601000,
                           ranking_id="01J8Z", value=12.5)
        message.events.add(event_id="e2", item_id="i7", type=events.EVENT_TYPE_SKIP)
        sys.stdout.buffer.write(message.SerializeToString())
    else:
        message = events.Events.FromString(sys.stdin.buffer.read())
        print(json.dumps([[e.event_id, e.user_id, e.item_id, e.type, e.time_ms, e.received_time_ms, e.ranking_id, e.value] for e in message.events]))


main()

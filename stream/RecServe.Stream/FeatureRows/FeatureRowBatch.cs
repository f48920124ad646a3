using System.Runtime.InteropServices;
using RecServe.Features;
using RecServe.FeatureStore;

namespace RecServe.Stream;

/// <summary>Feature rows of messages.</summary>
internal sealed class FeatureRowBatch(IFeatureStore store, Func<FeatureSchema> schema, RateGate gate, UpdateLimits limits, string topic, TimeProvider time) : UpdateBatch(topic, time)
{
    private readonly List<FeatureRow> _rows = [];
    private readonly List<int> _places = [];
    private FeatureOutcome[] _outcomes = [];

    public override void Prepare(in UpdateMessage message)
    {
        // No value: the broker may forget the key. What deletes a row is a message that says so with its version.
        if (message.Value.IsEmpty)
        {
            Add(message, 0, 0);
            return;
        }

        if (FeatureMessageDecoder.Decode(message.Value, limits, schema(), out FeatureMessage? read) is { } refusal)
        {
            Add(message, 0, 0);
            Refuse(message, [], refusal.Reason, refusal.Detail);
            return;
        }

        FeatureRow row = read!.Row;
        int place = Add(message, row.EventTime, 1);
        RefusalReason reason = read.ReleasedBy.Length > 0 ? RefusalReason.None : gate.Judge(message, gate.LastVersion, row.Version, RowKey.Hash64(row.Id), UpdateOrigin.Producer(row.Producer));
        if (reason != RefusalReason.None)
        {
            Refuse(message, [], reason, $"version {row.Version} of {FeatureSchema.NameOf(row.Entity)} '{row.IdText}' by '{row.Producer}'");
            return;
        }

        _rows.Add(row);
        _places.Add(place);
    }

    public override string? Write(Action giveWay)
    {
        giveWay();
        if (_outcomes.Length < _rows.Count)
            _outcomes = new FeatureOutcome[Math.Max(_rows.Count, 2 * _outcomes.Length)];
        Span<FeatureOutcome> outcomes = _outcomes.AsSpan(0, _rows.Count);
        try
        {
            FeatureApplyResult result = store.Apply(CollectionsMarshal.AsSpan(_rows), outcomes);
            Count(result.Applied, result.Stale);
            for (int i = 0; i < outcomes.Length && result.Refused > 0; i++)
            {
                if (outcomes[i] is FeatureOutcome.Full)
                    Refuse(MessageAt(_places[i]), [], RefusalReason.StoreFull, "the memory for features is used up");
                else if (outcomes[i] is FeatureOutcome.Collision)
                    Refuse(MessageAt(_places[i]), [], RefusalReason.IdCollision, "another id with the same hash has a row");
            }

            return null;
        }
        catch (IOException failure)
        {
            return failure.Message;
        }
    }

    public override void Clear()
    {
        base.Clear();
        _rows.Clear();
        _places.Clear();
    }
}

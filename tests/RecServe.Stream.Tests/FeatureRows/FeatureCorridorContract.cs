using RecServe.Features;
using RecServe.FeatureStore;

namespace RecServe.Stream.Tests.FeatureRows;

/// <summary>What the corridor of features promises, whatever its source is.</summary>
public abstract class FeatureCorridorContract : IDisposable
{
    private readonly Random _random = new(5);
    private readonly List<FeatureRow> _sent = [];
    private int _messages;

    private protected FeatureNode Node { get; } = new();

    private protected abstract int Partitions { get; }

    private protected abstract void Append(int partition, byte[] value);

    private protected abstract IUpdateSource Open();

    private protected abstract void Close();

    [KafkaFact]
    public void Every_row_is_applied_and_the_highest_version_stays()
    {
        Send(300);
        Node.Start(Open());
        Node.WaitForMessages(300);

        Node.AssertHolds(_sent);
        UpdateSnapshot now = Node.Consumer.Measure();
        Assert.Equal((300, 0), (now.Applied + now.Stale, now.Quarantined));
        Assert.True(Node.Consumer.HasCaughtUp);
    }

    [KafkaFact]
    public void After_a_kill_it_goes_on_from_the_checkpoint_and_reads_no_more_than_what_came_since()
    {
        Send(100);
        Node.Start(Open());
        Node.WaitForMessages(100);
        Node.Checkpoint();
        Node.Die();

        Send(50);
        Node.Start(Open());
        Node.WaitForMessages(50);
        Node.Die(); // without a checkpoint: the fifty are lost with the process
        Node.Start(Open());
        Node.WaitForMessages(50);

        Assert.Equal(50, Node.Consumer.Measure().Messages);
        Node.AssertHolds(_sent);
    }

    [KafkaFact]
    public void What_is_refused_is_quarantined_with_its_reason_and_stops_nothing()
    {
        Node.Start(Open());
        Send(1);
        AppendRow(new FeatureRowBuilder(FieldSide.User, "u1", 1_000, "p").Text("contry", "DE"));
        AppendRow(new FeatureRowBuilder(FieldSide.Item, "i1", 1_000, "p").Text("price", "cheap"));
        AppendRow(new FeatureRowBuilder(FieldSide.Item, "i1", ulong.MaxValue, "p").Number("price", 3));
        Append(0, [1, 2, 3]);
        Append(0, "{"u8.ToArray());
        Append(0, []);
        Send(1);
        Node.WaitForMessages(8);
        Node.Checkpoint();

        Node.AssertHolds(_sent);
        UpdateSnapshot now = Node.Consumer.Measure();
        Assert.Equal(5, now.Quarantined);
        Assert.Equal((1, 1, 1, 2), (now.Refused[RefusalReason.UnknownFeature], now.Refused[RefusalReason.WrongType], now.Refused[RefusalReason.VersionAhead], now.Refused[RefusalReason.Malformed]));
        Assert.Equal([RefusalReason.Malformed, RefusalReason.Malformed, RefusalReason.UnknownFeature, RefusalReason.VersionAhead, RefusalReason.WrongType],
            FileQuarantine.Read(Node.QuarantineFile).Select(message => message.Reason).OrderBy(RefusalReasons.Of));
    }

    [KafkaFact]
    public async Task A_token_is_reached_when_its_row_is_visible()
    {
        Node.Start(Open());
        Send(Partitions);
        Node.WaitForMessages(Partitions);
        Assert.Equal(string.Join(',', Enumerable.Range(0, Partitions).Select(partition => $"features:{partition}@0")), Node.Consumer.Applied.ToString());
        FreshnessToken next = FreshnessToken.Parse("rows:0@99,features:0@1")!;
        Assert.False(Node.Consumer.HasReached(next));

        Send(1);

        Assert.True(await Node.Consumer.WaitAsync(next, TimeSpan.FromMinutes(1)));
        Node.AssertHolds(_sent);
    }

    public void Dispose()
    {
        Node.Dispose();
        Close();
        GC.SuppressFinalize(this);
    }

    private void AppendRow(FeatureRowBuilder row) => Append(0, FeatureMessageCodec.Encode(row.Build()));

    /// <summary>Rows of some forty ids, newer and older ones and deletions; a message in seven as JSON.</summary>
    private void Send(int messages)
    {
        for (int i = 0; i < messages; i++, _messages++)
        {
            bool isUser = _random.Next(2) == 0;
            string id = $"{_random.Next(20)}";
            ulong version = (ulong)(100 + _messages - _random.Next(50)) * 10 + (ulong)_random.Next(10);
            FeatureRow row = _random.Next(6) == 0 ? FeatureRow.Deletion(isUser ? FieldSide.User : FieldSide.Item, id, version, "p")
                : isUser ? new FeatureRowBuilder(FieldSide.User, id, version, "p").Text("country", $"c{_messages}").Build()
                : new FeatureRowBuilder(FieldSide.Item, id, version, "p").Number("price", _messages).Build();

            // Of two rows with one version the first stays, and which that is depends on the partitions.
            if (_sent.Any(other => other.Entity == row.Entity && other.IdText == id && other.Version == version))
                row = FeatureRow.Deletion(row.Entity, id, version + 1_000_000 + (ulong)_messages, "p");
            _sent.Add(row);
            Append(_messages % Partitions, _messages % 7 == 0 ? Json(row) : FeatureMessageCodec.Encode(row));
        }
    }

    private static byte[] Json(FeatureRow row)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new System.Text.Json.Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            FeatureRowJson.Write(json, row);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}

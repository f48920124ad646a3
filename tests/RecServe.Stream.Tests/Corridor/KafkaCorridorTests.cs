using System.Diagnostics;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>The contract over real brokers in a process of their own, and what only they can do.</summary>
public sealed class KafkaCorridorTests : LiveCorridorContract
{
    private BrokerProcess? _brokers;
    private KafkaPublisher? _publisher;

    private protected override int Partitions => 16;

    private BrokerProcess Brokers => _brokers ??= new BrokerProcess(brokers: 3, Partitions);

    [KafkaFact]
    public void Brokers_that_go_down_and_come_up_again_cost_time_and_nothing_else()
    {
        Send(32);
        Node.Start(Open());
        Node.WaitForMessages(32);
        for (int broker = 1; broker <= 3; broker++)
            Brokers.Tell($"down {broker}");
        TestNode.WaitUntil(() => Node.Consumer.Measure().State == "unreachable", () => Node.Consumer.Measure().ToString());
        TestNode.WaitUntil(() => Node.Consumer.Measure().Staleness > TimeSpan.FromMilliseconds(100));
        for (int broker = 1; broker <= 3; broker++)
            Brokers.Tell($"up {broker}");

        Send(32);
        Node.WaitForMessages(64);

        TestNode.WaitUntil(() => Node.Consumer.Measure().State == "live", () => Node.Consumer.Measure().ToString());
        AssertHoldsAll();
    }

    [KafkaFact]
    public void A_node_that_starts_while_a_broker_is_gone_reads_what_the_others_lead()
    {
        for (int partition = 0; partition < 16; partition++)
            Brokers.Tell($"lead recserve.rows {partition} {1 + (partition % 3)}");
        Send(32);
        Brokers.Tell("down 1");
        Node.Start(Open());
        TestNode.WaitUntil(() => Node.Consumer.Measure() is { Messages: > 0, Trouble: not null }, () => Node.Consumer.Measure().ToString());
        Assert.InRange(Node.Consumer.Measure().Messages, 1, 31);
        Node.Die();
        Node.Start(Open());
        Brokers.Tell("up 1");

        Node.WaitForMessages(32);
        TestNode.WaitUntil(() => Node.Consumer.Measure().State == "live", () => Node.Consumer.Measure().ToString());
        AssertHoldsAll();
    }

    [KafkaFact]
    public void A_topic_that_comes_later_is_found()
    {
        _brokers = new BrokerProcess(brokers: 1, partitions: 0);
        Node.Start(new KafkaSource(Brokers.Options, "later"));
        TestNode.WaitUntil(() => Node.Consumer.Measure().Trouble?.Contains("have no topic later", StringComparison.Ordinal) == true || Node.Consumer.Measure().State == "live",
            () => Node.Consumer.Measure().ToString());
        Brokers.Tell("create later2 4");
        Node.Die();
        Node.Start(new KafkaSource(Brokers.Options, "later2"));

        TestNode.WaitUntil(() => Node.Consumer.Measure() is { State: "live", Shards.Count: 4 }, () => Node.Consumer.Measure().ToString());
    }

    [KafkaFact]
    public void No_broker_at_all_is_a_state_and_no_failure()
    {
        Node.Start(new KafkaSource(new KafkaOptions { Servers = "127.0.0.1:1" }));

        TestNode.WaitUntil(() => Node.Consumer.Measure().Trouble is { } trouble && trouble.StartsWith("no broker answers at 127.0.0.1:1", StringComparison.Ordinal));
        Assert.Equal("connecting", Node.Consumer.Measure().State);
        Node.Consumer.Drain();
    }

    [KafkaFact]
    public void Refused_messages_reach_the_topic_of_the_quarantine()
    {
        using var quarantine = new KafkaQuarantine(Brokers.Options);
        var message = new QuarantinedMessage("recserve.rows", 1, 2, 3, [], RefusalReason.Malformed, "why", new byte[] { 1 }, new byte[] { 2, 3 });
        Assert.True(quarantine.TryAdd(message));
        quarantine.Flush();

        using var source = new KafkaSource(Brokers.Options, "recserve.quarantine");
        TestNode.WaitUntil(() => source.Partitions.Count == 1);
        source.Begin(0, 0);
        var messages = new List<UpdateMessage>();
        TestNode.WaitUntil(() =>
        {
            source.Read(messages, 1, 1_000, TimeSpan.FromMilliseconds(10));
            return messages.Count == 1;
        });

        QuarantinedMessage read = QuarantinedMessage.FromBytes(messages[0].Value.Span)!;
        Assert.Equal(message with { Key = default, Value = default, Refused = [] }, read with { Key = default, Value = default, Refused = [] });
        Assert.Equal([2, 3], read.Value.ToArray());
        Assert.Equal([1], messages[0].Key.ToArray());
    }

    [KcatFact]
    public void Kcat_reads_and_writes_our_messages()
    {
        Send(16);
        byte[] kept = Kcat([], "-C", "-p", "3", "-o", "beginning", "-e", "-q", "-D", "");
        Assert.Null(RowUpdateCodec.Decode(kept, new UpdateLimits(), out RowUpdate? update));
        Assert.Equal(25, update!.Rows.Length);

        string file = Path.GetTempFileName();
        File.WriteAllBytes(file, new TestUpdates(5).Next());
        Kcat([], "-P", "-p", "3", file);
        Kcat("""{"lineage":"run","table":"item","producer":"trainer","rows":[{"key":5000,"version":9,"deleted":true}]}"""u8.ToArray(), "-P", "-p", "4");
        File.Delete(file);
        Node.Start(Open());

        Node.WaitForMessages(18);
        Assert.Empty(Node.Consumer.Measure().Refused);
    }

    private protected override void Append(int partition, byte[] value)
    {
        _publisher ??= new KafkaPublisher(Brokers.Options, "recserve.rows");
        Assert.True(_publisher.TryPublish([1], value, partition));
        Assert.Equal(0, _publisher.Flush(TimeSpan.FromSeconds(60)));
    }

    private protected override IUpdateSource Open() => new KafkaSource(Brokers.Options);

    private protected override void Close()
    {
        _publisher?.Dispose();
        _brokers?.Dispose();
    }

    private byte[] Kcat(byte[] input, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("kcat", ["-b", Brokers.Servers, "-t", "recserve.rows", .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.ToArray();
    }
}

using System.Text;
using RecServe.Stream.Tests.Corridor;

namespace RecServe.Stream.Tests.Experiments;

/// <summary>The reader of the experiments' topic over a log in memory, which compaction cannot tell from Kafka's.</summary>
public sealed class ExperimentConsumerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recserve-experiments-").FullName;
    private readonly TestTarget _target = new();
    private readonly MemoryQuarantine _quarantine = new();
    private MemoryLog _log = new(2);

    public void Dispose()
    {
        _quarantine.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Topic_is_read_from_its_start_and_put_in_force_at_once()
    {
        Send(0, "a", "one");
        Send(1, "b", "two");
        Send(0, "a", "two", isActive: false);
        Send(1, "c", "one");
        Send(1, "c", null);
        using ExperimentConsumer consumer = Start();

        TestNode.WaitUntil(() => consumer.IsRead);
        Assert.Equal("a=two- b=two+", _target.InForce);
        Assert.Equal(2, _target.Puts); // nothing at the start, then all of it
        Assert.Equal("experiments:0@1,experiments:1@2", consumer.Applied.ToString());
        Assert.Equal("live", consumer.Measure().State);
    }

    [Fact]
    public async Task Whoever_waits_for_a_token_sees_the_definition_that_it_names()
    {
        using ExperimentConsumer consumer = Start();
        for (int i = 0; i < 200; i++)
        {
            long offset = Send(i % 2, "a", i % 3 == 0 ? "one" : "two");
            var token = new FreshnessToken(FreshnessToken.Experiments, i % 2, offset);
            Assert.True(await consumer.WaitAsync(token, TimeSpan.FromMinutes(1)));
            Assert.True(consumer.HasReached(token));
        }

        Assert.False(await consumer.WaitAsync(FreshnessToken.Parse("experiments:0@1000")!, TimeSpan.FromMilliseconds(20)));
        Assert.False(consumer.HasReached(FreshnessToken.Parse("experiments:7@0")!));
        Assert.True(consumer.HasReached(FreshnessToken.Parse("rows:0@1000")!));
    }

    [Fact]
    public void Node_that_cannot_reach_the_topic_goes_by_the_file_until_it_can()
    {
        Send(0, "a", "one");
        Send(1, "b", "two");
        using (ExperimentConsumer first = Start())
            TestNode.WaitUntil(() => first.IsRead && first.Measure().IsSaved);
        var absent = new AbsentSource();
        using (ExperimentConsumer second = Start(absent))
        {
            Assert.Equal("a=one+ b=two+", _target.InForce);
            Assert.Equal(("last_known", 2), (second.Measure().State, second.Measure().Definitions));
            Assert.False(second.IsRead);
            Assert.False(second.HasReached(FreshnessToken.Parse("experiments:0@0")!));
        }

        // What the topic has lost meanwhile is forgotten once it was read.
        _log.DropBelow(1, 1);
        Send(0, "a", "two");
        using ExperimentConsumer third = Start();
        TestNode.WaitUntil(() => third.IsRead);
        Assert.Equal("a=two+", _target.InForce);
    }

    [Fact]
    public void Brokers_without_the_topic_leave_nothing_to_wait_for_unless_something_is_known()
    {
        using (ExperimentConsumer first = Start(new AbsentSource { IsAbsent = true }))
            Assert.Equal((true, "no_topic"), (first.IsRead, first.Measure().State));
        Send(0, "a", "one");
        using (ExperimentConsumer second = Start())
            TestNode.WaitUntil(() => second.IsRead && second.Measure().IsSaved);
        using ExperimentConsumer third = Start(new AbsentSource { IsAbsent = true });
        Assert.Equal((false, "no_topic", "a=one+"), (third.IsRead, third.Measure().State, _target.InForce));
    }

    [Fact]
    public void Refused_definition_is_quarantined_once_however_often_the_topic_is_read_and_keeps_the_last_good_one()
    {
        Send(0, "a", "one");
        using (ExperimentConsumer first = Start())
            TestNode.WaitUntil(() => first.IsRead && first.Measure().IsSaved);
        Send(0, "a"u8.ToArray(), "{"u8.ToArray());
        using (ExperimentConsumer second = Start())
            TestNode.WaitUntil(() => second.IsRead && second.Measure().Refused == 1);

        // Compaction keeps the last message of a key, good or not.
        _log.DropBelow(0, 1);
        using ExperimentConsumer third = Start();
        TestNode.WaitUntil(() => third.IsRead && third.Measure().Refused == 1);

        Assert.Equal("a=one+", _target.InForce);
        QuarantinedMessage refused = Assert.Single(_quarantine.Messages);
        Assert.Equal(("recserve.experiments", 0, 1L, RefusalReason.BadDefinition), (refused.Topic, refused.Partition, refused.Offset, refused.Reason));
        Assert.StartsWith("not valid JSON", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("{", Encoding.UTF8.GetString(refused.Value.Span));
    }

    [Fact]
    public void Hostile_messages_change_nothing_and_stop_nothing()
    {
        Send(0, "a", "one");
        var random = new Random(5);
        byte[] whole = """{"variations":["one","one"],"active":true}"""u8.ToArray();
        for (int i = 0; i < 2_000; i++)
        {
            byte[] bytes = HostileBytes.Next(random, whole);
            Send(i % 2, random.Next(3) == 0 ? new byte[] { 0xFF } : "a"u8.ToArray(), bytes.Length == 0 ? new byte[1] : bytes);
        }

        Send(1, "b", "two");
        using ExperimentConsumer consumer = Start();
        TestNode.WaitUntil(() => consumer.IsRead);

        Assert.Equal("a=one+ b=two+", _target.InForce);
        Assert.Equal("live", consumer.Measure().State);
        Assert.True(consumer.Measure().Refused >= 1_700);
    }

    [Fact]
    public void Definition_waits_for_its_model()
    {
        Send(0, "a", "three");
        using ExperimentConsumer consumer = Start();
        TestNode.WaitUntil(() => consumer.IsRead);
        Assert.Equal("", _target.InForce);

        _target.Serve("one", "three");

        TestNode.WaitUntil(() => _target.InForce == "a=three+");
    }

    [Fact]
    public void Log_that_begins_anew_is_read_anew()
    {
        Send(0, "a", "one");
        Send(0, "b", "one");
        var source = new SwitchedSource(_log.Reader("recserve.experiments"));
        using ExperimentConsumer consumer = Start(source);
        TestNode.WaitUntil(() => consumer.IsRead);

        _log = new MemoryLog(2);
        Send(0, "b", "two");
        source.Switch(_log.Reader("recserve.experiments"));

        TestNode.WaitUntil(() => _target.InForce == "b=two+");
    }

    [Fact]
    public void Log_whose_last_messages_are_gone_is_read_to_its_end_after_a_silence()
    {
        Send(0, "a", "one");
        Send(0, "b", "one");
        using ExperimentConsumer consumer = Start(new ShortSource(_log.Reader("recserve.experiments")), options => options with { LongestSilence = TimeSpan.FromMilliseconds(1) });

        TestNode.WaitUntil(() => consumer.IsRead);
        Assert.Equal("a=one+ b=one+", _target.InForce);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"format":"recserve.experiments","format_version":2,"positions":[],"experiments":[]}""")]
    [InlineData("""{"format":"recserve.experiments","format_version":1,"positions":[{"partition":0}],"experiments":[]}""")]
    [InlineData("""{"format":"recserve.experiments","format_version":1,"positions":[{"partition":0,"next":1},{"partition":0,"next":1}],"experiments":[]}""")]
    public void File_that_cannot_be_read_is_told_and_replaced(string text)
    {
        File.WriteAllText(StateFile, text);
        using ExperimentConsumer consumer = Start(new AbsentSource());
        Assert.Equal("connecting", consumer.Measure().State);
        Send(0, "a", "one");

        using ExperimentConsumer second = Start();

        TestNode.WaitUntil(() => second.IsRead && second.Measure().IsSaved);
        Assert.Single(LastExperiments.Read(StateFile).Messages);
    }

    [Fact]
    public void File_that_cannot_be_written_is_told_and_tried_again()
    {
        Directory.CreateDirectory(StateFile + ".tmp");
        Send(0, "a", "one");
        using ExperimentConsumer consumer = Start();
        TestNode.WaitUntil(() => consumer.IsRead && consumer.Measure().Trouble is not null);
        Assert.False(consumer.Measure().IsSaved);

        Directory.Delete(StateFile + ".tmp");

        TestNode.WaitUntil(() => consumer.Measure() is { IsSaved: true, Trouble: null });
    }

    private string StateFile => Path.Combine(_folder, LastExperiments.FileName);

    private ExperimentConsumer Start(IUpdateSource? source = null, Func<ExperimentConsumerOptions, ExperimentConsumerOptions>? configure = null)
    {
        var options = new ExperimentConsumerOptions { StateFile = StateFile };
        var consumer = new ExperimentConsumer(source ?? _log.Reader("recserve.experiments"), _target, _quarantine, configure?.Invoke(options) ?? options, TimeProvider.System);
        consumer.Start();
        return consumer;
    }

    private long Send(int partition, string key, string? model, bool isActive = true) => Send(partition, Encoding.UTF8.GetBytes(key),
        model is null ? default : Encoding.UTF8.GetBytes($$"""{"variations":["{{model}}","one"],"active":{{(isActive ? "true" : "false")}}}"""));

    private long Send(int partition, byte[] key, ReadOnlyMemory<byte> value) => _log.AppendAsync(partition, key, value, 0).AsTask().Result;

    /// <summary>Never reached; or reached, and without the topic.</summary>
    private sealed class AbsentSource : IUpdateSource
    {
        public bool IsAbsent { get; init; }

        public string Name => "absent";

        public string Topic => "recserve.experiments";

        public string? Trouble => "no broker";

        public bool HasLooked => true;

        public bool IsEnded => false;

        public IReadOnlyList<SourcePartition> Partitions => [];

        public void Begin(int partition, long offset) => throw new InvalidOperationException();

        public void Pause(int partition) => throw new InvalidOperationException();

        public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => Thread.Yield();

        public void Dispose()
        {
        }
    }

    /// <summary>A source that announces one message more than it has, as a compacted log may.</summary>
    private sealed class ShortSource(IUpdateSource inner) : IUpdateSource
    {
        public string Name => inner.Name;

        public string Topic => inner.Topic;

        public string? Trouble => null;

        public bool HasLooked => true;

        public bool IsEnded => false;

        public IReadOnlyList<SourcePartition> Partitions => [.. inner.Partitions.Select(partition => partition with { End = partition.End + 1 })];

        public void Begin(int partition, long offset) => inner.Begin(partition, offset);

        public void Pause(int partition) => inner.Pause(partition);

        public void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait) => inner.Read(messages, most, mostBytes, wait);

        public void Dispose() => inner.Dispose();
    }
}

using System.Collections.Concurrent;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>A batch takes as many messages as are applied in a tenth of a second.</summary>
public sealed class BatchBudgetTests
{
    private const int Most = 4 << 20;

    [Fact]
    public void A_fast_batch_is_followed_by_one_twice_as_large_up_to_the_limit()
    {
        var budget = new BatchBudget(Most);
        int first = budget.Bytes;
        Assert.Equal(256 << 10, first);
        for (int doubled = first * 2; doubled <= Most; doubled *= 2)
        {
            budget.Note(budget.Bytes, TimeSpan.FromMilliseconds(1));
            Assert.Equal(doubled, budget.Bytes);
        }

        budget.Note(budget.Bytes, TimeSpan.Zero);
        Assert.Equal(Most, budget.Bytes);
    }

    [Theory]
    [InlineData(1_000_000, 0.5, 200_000)]
    [InlineData(1_000_000, 60, 64 << 10)] // the store refused for a minute
    [InlineData(0, 0.001, 64 << 10)] // deletions only
    [InlineData(200_000, 0.1, 200_000)]
    public void A_slow_batch_is_followed_by_one_of_a_tenth_of_a_second(long bytes, double seconds, int next)
    {
        var budget = new BatchBudget(Most);
        budget.Note(bytes, TimeSpan.FromSeconds(seconds));
        Assert.Equal(next, budget.Bytes);
    }

    [Fact]
    public void A_limit_below_the_least_holds()
    {
        var budget = new BatchBudget(1_000);
        Assert.Equal(1_000, budget.Bytes);
        budget.Note(1_000, TimeSpan.FromMilliseconds(1));
        budget.Note(1_000, TimeSpan.FromHours(1));
        Assert.Equal(1_000, budget.Bytes);
    }

    [Fact]
    public async Task A_slow_node_moves_its_offsets_on_in_small_steps_and_loses_nothing()
    {
        // 8 MiB wait, of which a millisecond applies 4 KiB at most: 4 MiB at once would stand for a second.
        const int messages = 512;
        var log = new MemoryLog(1, bytes: 16 << 20);
        for (int i = 0; i < messages; i++)
            await log.AppendAsync(0, default, new byte[16 << 10], 0);
        var batches = new ConcurrentQueue<int>();
        using var consumer = new UpdateConsumer(log.Reader("recserve.rows"), new SlowHandler(batches), new MemoryQuarantine(), new Dictionary<string, long>(), new UpdateConsumerOptions(), TimeProvider.System);
        consumer.Start();
        TestNode.WaitUntil(() => consumer.Measure().Messages == messages, () => $"{consumer.Measure()}");
        Assert.Equal(messages, batches.Sum());
        Assert.All(batches, batch => Assert.InRange(batch, 1, 1 + (512 / 16)));
        Assert.InRange(batches.Count, messages / (1 + (512 / 16)), messages);
    }

    private sealed class SlowHandler(ConcurrentQueue<int> batches) : IUpdateHandler
    {
        public string TokenName => FreshnessToken.Rows;

        public UpdateBatch NewBatch(string topic, TimeProvider time) => new SlowBatch(batches, topic, time);
    }

    private sealed class SlowBatch(ConcurrentQueue<int> batches, string topic, TimeProvider time) : UpdateBatch(topic, time)
    {
        public override void Prepare(in UpdateMessage message) => Add(message, 0, 1);

        public override string? Write(Action giveWay)
        {
            batches.Enqueue(Messages.Count);
            Thread.Sleep(4 * Messages.Count);
            return null;
        }
    }
}

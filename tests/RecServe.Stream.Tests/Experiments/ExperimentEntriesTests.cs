using System.Text;
using RecServe.Experiments;

namespace RecServe.Stream.Tests.Experiments;

public sealed class ExperimentEntriesTests
{
    private readonly TestTarget _target = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_in_force_does_not_depend_on_the_order_in_which_partitions_are_read(int seed)
    {
        var random = new Random(seed);
        UpdateMessage[][] partitions = [.. Enumerable.Range(0, 3).Select(partition => Enumerable.Range(0, 40)
            .Select(offset => Message(partition, offset, random.Next(20), $"k{random.Next(5)}", random.Next(4) switch
            {
                0 => "",
                1 => "{broken",
                _ => Definition(random.Next(2) == 0 ? "one" : "two", random.Next(2) == 0),
            })).ToArray())];

        // The rule, slowly: of each key and partition the last good message; of a key's the one of the latest time, then the highest partition; removals are nothing.
        string expected = string.Join(' ', partitions.SelectMany(partition => partition.Where(IsGood).GroupBy(KeyOf).Select(key => key.Last()))
            .GroupBy(KeyOf).OrderBy(key => key.Key, StringComparer.Ordinal)
            .Select(key => key.OrderBy(m => m.Timestamp).ThenBy(m => m.Partition).Last())
            .Where(message => !message.Value.IsEmpty)
            .Select(message => PublishedExperiment.Parse(message.Value, KeyOf(message), _target.File).Definition)
            .Select(e => $"{e.Key}={e.Variants[0].Value.GetString()}{(e.IsActive ? "+" : "-")}"));
        Assert.NotEmpty(expected);

        for (int order = 0; order < 20; order++)
        {
            var entries = new ExperimentEntries();
            int[] next = new int[partitions.Length];
            while (next.Sum() < partitions.Sum(partition => partition.Length))
            {
                int from = random.Next(partitions.Length);
                if (next[from] < partitions[from].Length)
                    entries.Offer(partitions[from][next[from]++], _target);
            }

            Assert.Equal(expected, InForce(entries));
        }
    }

    [Fact]
    public void Message_that_is_refused_leaves_what_is_in_force()
    {
        var entries = new ExperimentEntries();
        Assert.Null(entries.Offer(Message(0, 0, 0, "k", Definition("one")), _target));

        Assert.Equal(RefusalReason.BadDefinition, entries.Offer(Message(0, 1, 0, "k", """{"variations":["one"]}"""), _target)!.Reason);
        Assert.Equal(RefusalReason.UnknownModel, entries.Offer(Message(0, 2, 0, "k", Definition("gone")), _target)!.Reason);
        Assert.Equal(RefusalReason.TooLarge, entries.Offer(Message(0, 3, 0, "k", new string(' ', ExperimentLimits.DefinitionBytes + 1)), _target)!.Reason);
        Assert.Equal(RefusalReason.BadName, entries.Offer(new UpdateMessage(0, 4, 0, default, "{}"u8.ToArray()), _target)!.Reason);
        Assert.Equal(RefusalReason.BadName, entries.Offer(new UpdateMessage(0, 5, 0, new byte[] { 0xFF }, "{}"u8.ToArray()), _target)!.Reason);
        Assert.Equal(RefusalReason.BadName, entries.Offer(new UpdateMessage(0, 6, 0, new byte[ExperimentLimits.TextLength + 1], "{}"u8.ToArray()), _target)!.Reason);

        Assert.Equal("k=one+", InForce(entries));
    }

    [Fact]
    public void Definition_that_waits_for_its_model_is_taken_when_it_comes_unless_a_later_one_did()
    {
        var entries = new ExperimentEntries();
        entries.Offer(Message(0, 0, 0, "k", Definition("three")), _target);
        entries.Offer(Message(0, 1, 0, "l", Definition("three")), _target);
        entries.Offer(Message(0, 2, 0, "l", Definition("one")), _target);
        Assert.False(entries.OfferWaiting(_target));

        _target.Serve("one", "three");

        Assert.True(entries.OfferWaiting(_target));
        Assert.Equal("k=three+ l=one+", InForce(entries));
        Assert.False(entries.OfferWaiting(_target));
    }

    [Fact]
    public void More_experiments_than_the_limit_are_refused_and_changes_of_known_ones_are_not()
    {
        var entries = new ExperimentEntries();
        for (int i = 0; i < ExperimentLimits.Published; i++)
            Assert.Null(entries.Offer(Message(0, i, 0, $"k{i}", Definition("one")), _target));

        Assert.Equal(RefusalReason.BadDefinition, entries.Offer(Message(0, 5000, 0, "more", Definition("one")), _target)!.Reason);
        Assert.Null(entries.Offer(Message(0, 5001, 0, "k7", Definition("two")), _target));
        Assert.Null(entries.Offer(Message(0, 5002, 0, "k8", ""), _target));
        Assert.Null(entries.Offer(Message(0, 5003, 0, "more", Definition("one")), _target));
    }

    private static string InForce(ExperimentEntries entries) => string.Join(' ', entries.InForce.Select(entry => entry.Definition.Definition)
        .Select(e => $"{e.Key}={e.Variants[0].Value.GetString()}{(e.IsActive ? "+" : "-")}"));

    private static bool IsGood(UpdateMessage message) => message.Value.IsEmpty || message.Value.Span[1] != 'b';

    private static string KeyOf(UpdateMessage message) => Encoding.UTF8.GetString(message.Key.Span);

    private static UpdateMessage Message(int partition, long offset, long time, string key, string value) =>
        new(partition, offset, time, Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(value));

    private static string Definition(string model, bool isActive = true) => $$"""{"variations":["{{model}}","one"],"active":{{(isActive ? "true" : "false")}}}""";
}

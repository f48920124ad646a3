using RecServe.Cli.Bench.Updates;
using RecServe.Experiments;
using RecServe.FeatureStore;
using RecServe.Stream;

namespace RecServe.Cli.Tests;

/// <summary>A drill is worth what its reference sees: one message that is missing, applied twice in the wrong order or let in although it is hostile.</summary>
public sealed class DrillReferenceTests
{
    private const int Messages = 2_000;

    private readonly DrillFeatures _features = new(ids: 300, seed: 7);

    [Fact]
    public void Features_that_every_message_gave_are_those_of_the_reference_and_a_missing_message_is_seen()
    {
        using var whole = Store(Enumerable.Range(0, Messages));
        using var without = Store(Enumerable.Range(0, Messages - 1)); // the last one's entity has an older row, or none

        Assert.Equal(0, _features.Different(whole, Messages));
        Assert.InRange(_features.Different(without, Messages), 1, 2);
    }

    [Fact]
    public void Experiments_that_every_message_gave_are_those_of_the_reference_and_a_missing_message_is_seen()
    {
        var server = new DrillExperiments();
        server.Put(InForce(200));
        Assert.Equal(0, server.Different(200));

        server.Put(InForce(199));
        Assert.Equal(1, server.Different(200));

        server.Put([]);
        Assert.InRange(server.Different(200), 10, 14);
    }

    private MemoryFeatureStore Store(IEnumerable<int> numbers)
    {
        var store = new MemoryFeatureStore(new MemoryFeatureStoreOptions { MaxBytes = 16 << 20 });
        foreach (int number in numbers)
        {
            (_, byte[]? value, _) = _features.Message(number, CorridorDrill.Partitions);
            if (FeatureMessageCodec.Decode(value, new UpdateLimits(), out FeatureMessage? read) is null)
                store.Apply([read!.Row]);
            else
                Assert.Equal(number, HostileMessage.NumberOf(value));
        }

        return store;
    }

    private static IReadOnlyCollection<PublishedExperiment> InForce(int messages)
    {
        var last = new Dictionary<string, PublishedExperiment?>();
        for (int number = 0; number < messages; number++)
        {
            (byte[] key, byte[]? value, _) = DrillExperiments.Message(number);
            if (!HostileMessage.Is(number))
                last[System.Text.Encoding.UTF8.GetString(key)] = value is null ? null : PublishedExperiment.Parse(value, null, ExperimentSnapshot.Empty);
        }

        return [.. last.Values.OfType<PublishedExperiment>()];
    }
}

namespace RecServe.Stream;

/// <summary>Judges versions from the far future, and rates of keys and producers, whatever is updated. One thread calls it.</summary>
internal sealed class RateGate(FirewallOptions options, TimeProvider time)
{
    private readonly Dictionary<int, RowRates> _rates = [];

    /// <summary>The highest version that is let in now.</summary>
    public ulong LastVersion => options.SecondsAhead == 0 ? ulong.MaxValue : (ulong)(time.GetUtcNow().AddSeconds(options.SecondsAhead).ToUnixTimeMilliseconds() * 1000);

    /// <summary>Judges a row, and counts it.</summary>
    /// <param name="message">Where it came from.</param>
    /// <param name="lastVersion"><see cref="LastVersion"/>, asked for once a message.</param>
    /// <param name="version">Version of the row.</param>
    /// <param name="key">Its key.</param>
    /// <param name="producer">Number of its producer.</param>
    public RefusalReason Judge(in UpdateMessage message, ulong lastVersion, ulong version, ulong key, uint producer)
    {
        if (version > lastVersion)
            return RefusalReason.VersionAhead;

        // A message without a time cannot be counted by it.
        if (message.Timestamp <= 0)
            return RefusalReason.None;
        if (!_rates.TryGetValue(message.Partition, out RowRates? rates))
            _rates[message.Partition] = rates = new RowRates();
        if (options.KeyRate > 0 && rates.Key(key, message.Timestamp) > options.KeyRate)
            return RefusalReason.KeyRate;
        return options.ProducerRate > 0 && rates.Producer(producer, message.Timestamp) > options.ProducerRate ? RefusalReason.ProducerRate : RefusalReason.None;
    }
}

namespace RecServe.Stream;

/// <summary>Where messages go that nobody waits for: a topic of Kafka, or a log in process memory.</summary>
public interface ITopicWriter : IDisposable
{
    /// <summary>Topic, as metrics and people name it.</summary>
    string Name { get; }

    /// <summary>Messages that were taken and are not there yet.</summary>
    int Waiting { get; }

    /// <summary>Messages that are there.</summary>
    long Written { get; }

    /// <summary>Messages that were taken and will never be there: the broker refused them.</summary>
    long Refused { get; }

    /// <summary>Why the last one was refused; null if none was.</summary>
    string? Trouble { get; }

    /// <summary>Takes a message without waiting: false while it can take none. Called by one thread.</summary>
    /// <param name="key">Messages of one key keep their order.</param>
    /// <param name="value">The message.</param>
    bool TryAdd(byte[] key, byte[] value);

    /// <summary>Waits until everything that was taken is there, or the time is over.</summary>
    /// <returns>Messages that are not.</returns>
    int Flush(TimeSpan limit);
}

namespace RecServe.Stream;

/// <summary>
/// A log of messages in numbered partitions that can be read again from any offset it still has. One consumer reads it, from one thread; what a source says about itself can be
/// asked from any.
/// </summary>
public interface IUpdateSource : IDisposable
{
    /// <summary>Name under which the offsets of its partitions are kept in checkpoints: <c>kafka:recserve.rows</c>.</summary>
    string Name { get; }

    /// <summary>Topic, as the quarantine and metrics name it.</summary>
    string Topic { get; }

    /// <summary>What keeps it from being read now, for people: no broker, no such topic. Null while all is well.</summary>
    string? Trouble { get; }

    /// <summary>Whether it has tried at least once to reach what it reads.</summary>
    bool HasLooked { get; }

    /// <summary>Whether everything was read and nothing will ever come: true only for a file at its end.</summary>
    bool IsEnded { get; }

    /// <summary>Whether the source was reached and has no such log: there is nothing to read until somebody makes it.</summary>
    bool IsAbsent => false;

    /// <summary>The partitions known now; none until the source was first reached. It may grow.</summary>
    IReadOnlyList<SourcePartition> Partitions { get; }

    /// <summary>Begins to read a partition, or goes on from elsewhere.</summary>
    /// <param name="partition">A known one.</param>
    /// <param name="offset">First message wanted; at least the partition's start.</param>
    void Begin(int partition, long offset);

    /// <summary>Stops reading a partition until the next <see cref="Begin"/>; messages of it that wait inside the source are let go.</summary>
    void Pause(int partition);

    /// <summary>Adds the next messages of the partitions that were begun. In a partition, offsets grow.</summary>
    /// <param name="messages">Takes them.</param>
    /// <param name="most">Messages at most.</param>
    /// <param name="mostBytes">No further message is added once those added have so many bytes.</param>
    /// <param name="wait">How long to wait for the first one.</param>
    void Read(List<UpdateMessage> messages, int most, int mostBytes, TimeSpan wait);
}

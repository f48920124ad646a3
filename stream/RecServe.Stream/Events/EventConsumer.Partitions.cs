using System.Collections.Concurrent;

namespace RecServe.Stream;

public sealed partial class EventConsumer
{
    // What was asked for and not done yet: whether a partition shall stand. Places are the working thread's to change.
    private readonly ConcurrentDictionary<int, bool> _wishes = [];

    /// <summary>Stops counting a partition's events, or those of all, until <see cref="Resume"/>.</summary>
    /// <returns>False if there is no such partition.</returns>
    public bool Pause(int? partition = null) => Wish(partition, pause: true);

    /// <summary>Goes on with a partition, or with all. What the log deleted meanwhile is counted as lost.</summary>
    /// <returns>False if there is no such partition.</returns>
    public bool Resume(int? partition = null) => Wish(partition, pause: false);

    private bool Wish(int? partition, bool pause)
    {
        int[] asked = [.. _places.Keys.Where(known => partition is null || known == partition)];
        foreach (int known in asked)
            _wishes[known] = pause;
        return asked.Length > 0;
    }

    /// <summary>Takes up new partitions from where the checkpoint left them, and does what was wished; what the log has deleted meanwhile is counted as lost.</summary>
    private void Tend()
    {
        foreach (SourcePartition partition in _source.Partitions)
        {
            bool isKnown = _places.TryGetValue(partition.Id, out Place place);
            if (!isKnown)
                place = new Place(_store.NextOf(NameOf(partition.Id)) ?? partition.Start, partition.End, partition.End, IsPaused: false);

            // A log that ends before what was applied is another one under the same name: its events are new ones.
            bool isAnother = place.Next > partition.End;
            long next = isAnother || place.Next < partition.Start ? partition.Start : place.Next;
            bool begins = !isKnown || next != place.Next;
            Interlocked.Add(ref _lost, Math.Max(0, next - place.Next));
            place = place with { Next = next, End = partition.End, Goal = isAnother ? partition.End : place.Goal };
            if (_wishes.TryRemove(partition.Id, out bool pause) && pause != place.IsPaused)
            {
                place = place with { IsPaused = pause };
                begins |= !pause;
                if (pause)
                    _source.Pause(partition.Id);
            }

            _places[partition.Id] = place;
            if (begins && !place.IsPaused)
                _source.Begin(partition.Id, place.Next);
        }
    }

    private string NameOf(int partition) => $"{_source.Name}:{partition}";

    /// <summary>How a partition stands.</summary>
    /// <param name="Next">First message that is not counted.</param>
    /// <param name="End">Where it ends, as far as is known.</param>
    /// <param name="Goal">Where it ended when it was first seen.</param>
    /// <param name="IsPaused">Whether it is not read, by request.</param>
    private readonly record struct Place(long Next, long End, long Goal, bool IsPaused);
}

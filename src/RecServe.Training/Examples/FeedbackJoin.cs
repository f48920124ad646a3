using RecServe.Features;

namespace RecServe.Training.Examples;

/// <summary>
/// Joins events to the impressions that they are about, by event time: an event that names a ranking to the impression of that ranking and item, one that names none to the user's
/// last impression of the item; in both cases to one at or before the event and at most the window before it.
/// </summary>
internal sealed class FeedbackJoin
{
    private readonly List<Example> _examples = [];

    /// <summary>Joins a log of events.</summary>
    /// <param name="lines">Its lines that are counted.</param>
    /// <param name="labels">The type of each label.</param>
    /// <param name="windowMs">How long after an impression an event may be.</param>
    public FeedbackJoin(IReadOnlyList<EventLine> lines, InteractionType?[] labels, long windowMs)
    {
        long newest = lines.Count == 0 ? 0 : lines.Max(line => line.Event.Time);
        var shown = new Dictionary<(ulong, ulong, bool), int>();
        var closed = new List<bool>();

        // At one moment an impression is before what came of it.
        foreach (EventLine line in lines.OrderBy(line => line.Event.Time).ThenBy(line => line.Event.Type != InteractionType.Impression).ThenBy(line => line.Line))
        {
            if (line.Event.Type == InteractionType.Impression)
            {
                if (line.Ranking != 0)
                    shown[(line.Ranking, line.Event.Item, true)] = _examples.Count;
                shown[(line.Event.User, line.Event.Item, false)] = _examples.Count;
                _examples.Add(new Example(line.Line, new EventSubject(line.Event.User, line.Event.Item, 0), line.Event.Time, 0));
                closed.Add(line.Event.Time + windowMs <= newest);
                continue;
            }

            uint bits = 0;
            for (int label = 0; label < labels.Length; label++)
                bits |= labels[label] == line.Event.Type ? 1u << label : 0;
            if (bits == 0)
                continue;
            (ulong, ulong, bool) key = line.Ranking != 0 ? (line.Ranking, line.Event.Item, true) : (line.Event.User, line.Event.Item, false);
            if (!shown.TryGetValue(key, out int at) || line.Event.Time - _examples[at].Time > windowMs)
                Unjoined++;
            else
                _examples[at] = _examples[at] with { Labels = _examples[at].Labels | bits };
        }

        Examples = [.. _examples.Where((_, at) => closed[at]).OrderBy(example => example.Line)];
        Open = _examples.Count - Examples.Count;
    }

    /// <summary>One example for each impression of which it is known what came of it, in the file's order.</summary>
    public IReadOnlyList<Example> Examples { get; }

    /// <summary>Events of a label's type that belong to no impression.</summary>
    public long Unjoined { get; private set; }

    /// <summary>Impressions less than the window before the end of the log.</summary>
    public int Open { get; }
}

using System.Text;
using RecServe.Experiments;

namespace RecServe.Stream;

/// <summary>
/// The last good message of each experiment in each partition. In a partition the highest offset wins; where an experiment stands in several partitions, because its writers disagree about the
/// partitioner, the later time of the log, then the higher partition. So what is in force does not depend on the order in which partitions are read. A message that is refused changes nothing.
/// Not thread-safe.
/// </summary>
internal sealed class ExperimentEntries
{
    /// <summary>Experiments and removals that are remembered at most; of more, the removals that are oldest are forgotten.</summary>
    public const int Most = 4 * ExperimentLimits.Published;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly Dictionary<(string Key, int Partition), Entry> _entries = [];
    private readonly Dictionary<(string Key, int Partition), UpdateMessage> _waiting = [];

    /// <summary>Messages of the definitions that are in force, in the order of their keys.</summary>
    public IReadOnlyList<(UpdateMessage Message, PublishedExperiment Definition)> InForce =>
        [.. _entries.GroupBy(entry => entry.Key.Key, entry => entry.Value)
            .OrderBy(key => key.Key, StringComparer.Ordinal)
            .Select(key => key.MaxBy(entry => (entry.Message.Timestamp, entry.Message.Partition))!)
            .Where(entry => entry.Definition is not null)
            .Select(entry => (entry.Message, entry.Definition!))];

    /// <summary>Takes a message.</summary>
    /// <param name="message">Key: the experiment's. Value: its definition, or nothing where it is removed.</param>
    /// <param name="target">Where it is to be in force.</param>
    /// <param name="before">What was known before this history was begun; a refused message leaves what stands there for its experiment. Null for nothing.</param>
    /// <returns>Null, or why it changes nothing.</returns>
    public Refusal? Offer(in UpdateMessage message, IExperimentTarget target, ExperimentEntries? before = null)
    {
        if (Key(message.Key.Span) is not { } key)
            return new Refusal(RefusalReason.BadName, $"the message's key must be the experiment's: 1 to {ExperimentLimits.TextLength} characters of UTF-8");
        (string, int) place = (key, message.Partition);
        if (_entries.TryGetValue(place, out Entry? known) && known.Message.Offset >= message.Offset)
            return null;
        _waiting.Remove(place);
        Refusal? refusal = Read(message, key, target, out PublishedExperiment? definition);
        if (refusal is null)
        {
            _entries[place] = new Entry(message, definition);
            Bound();
            return null;
        }

        if (refusal.Reason == RefusalReason.UnknownModel)
            _waiting[place] = message;
        if (known is null && before?._entries.GetValueOrDefault(place) is { } older)
            _entries[place] = older;
        return refusal;
    }

    /// <summary>Looks again at the messages that wait for a model.</summary>
    /// <returns>Whether any of them is taken now.</returns>
    public bool OfferWaiting(IExperimentTarget target)
    {
        bool any = false;
        foreach (UpdateMessage message in _waiting.Values.ToArray())
            any |= Offer(message, target) is null;
        return any;
    }

    private static string? Key(ReadOnlySpan<byte> utf8)
    {
        try
        {
            string key = Strict.GetString(utf8);
            return key.Length is > 0 and <= ExperimentLimits.TextLength ? key : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private Refusal? Read(in UpdateMessage message, string key, IExperimentTarget target, out PublishedExperiment? definition)
    {
        definition = null;
        if (message.Value.IsEmpty)
            return null;
        if (message.Value.Length > ExperimentLimits.DefinitionBytes)
            return new Refusal(RefusalReason.TooLarge, $"the definition has {message.Value.Length:N0} bytes, the limit is {ExperimentLimits.DefinitionBytes:N0}");
        PublishedExperiment read;
        try
        {
            read = PublishedExperiment.Parse(message.Value, key, target.File);
        }
        catch (ExperimentFileException failure)
        {
            return new Refusal(RefusalReason.BadDefinition, failure.Message);
        }

        if (target.Misfit(read.Definition) is { } misfit)
            return new Refusal(RefusalReason.UnknownModel, misfit);
        HashSet<string> defined = [.. _entries.Where(entry => entry.Value.Definition is not null).Select(entry => entry.Key.Key)];
        if (defined.Count >= ExperimentLimits.Published && !defined.Contains(key))
            return new Refusal(RefusalReason.BadDefinition, $"{ExperimentLimits.Published:N0} experiments are defined, the limit");
        definition = read;
        return null;
    }

    private void Bound()
    {
        while (_entries.Count > Most && _entries.Where(entry => entry.Value.Definition is null).MinBy(entry => entry.Value.Message.Timestamp) is { Value: not null } oldest)
            _entries.Remove(oldest.Key);
    }

    private sealed record Entry(UpdateMessage Message, PublishedExperiment? Definition);
}

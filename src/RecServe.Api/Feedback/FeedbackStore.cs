using RecServe.Api.Rank;
using RecServe.Features;

namespace RecServe.Api.Feedback;

/// <summary>
/// Joins feedback to the rankings it is about, in memory and bounded: it remembers the last rankings with their variants and the last event
/// ids. Every call is short and under one lock; a ranking adds one entry.
/// </summary>
internal sealed class FeedbackStore(ServingOptions options)
{
    private readonly Lock _lock = new();
    private readonly RecentKeys<(VariantTally[] Variants, string? User)> _rankings = new(options.RankingsRemembered);
    private readonly RecentKeys<bool> _events = new(options.EventsRemembered);
    private readonly List<VariantTally> _tallies = [];
    private readonly long _windowMs = options.FeedbackWindowSeconds * 1000L;

    /// <summary>The tally of a variant; the same for every call with the same keys. The caller keeps it with the loaded experiments.</summary>
    public VariantTally TallyOf(string experiment, string variant)
    {
        lock (_lock)
        {
            VariantTally? tally = _tallies.Find(t => t.Experiment == experiment && t.Variant == variant);
            if (tally is null)
                _tallies.Add(tally = new VariantTally(experiment, variant));
            return tally;
        }
    }

    /// <summary>Remembers a ranking and counts it for its variants.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="variants">The variants that chose it.</param>
    /// <param name="items">Items that it returned.</param>
    /// <param name="user">Its user, where events of it will have to be known as the user's.</param>
    public void AddRanking(RankingId id, VariantTally[] variants, int items, string? user = null)
    {
        lock (_lock)
        {
            _rankings.TryAdd(id.Value, (variants, user));
            foreach (VariantTally variant in variants)
                variant.AddRanking(items);
        }
    }

    /// <summary>The user of a ranking; null where it is not known, empty where it had none.</summary>
    public string? UserOf(RankingId id)
    {
        lock (_lock)
            return _rankings.TryGet(id.Value, out (VariantTally[] Variants, string? User) ranking) ? ranking.User : null;
    }

    /// <summary>Counts events for the variants of their rankings, each event id once.</summary>
    /// <param name="events">The events.</param>
    /// <param name="now">Unix milliseconds: when an event happened that names no time.</param>
    public FeedbackCounts Apply(ReadOnlySpan<FeedbackEvent> events, long now)
    {
        int accepted = 0, duplicates = 0, late = 0, unknown = 0;
        lock (_lock)
        {
            foreach (FeedbackEvent feedback in events)
            {
                if (_events.TryGet(feedback.EventKey, out _))
                {
                    duplicates++;
                }
                else if (!_rankings.TryGet(feedback.Ranking.Value, out (VariantTally[] Variants, string? User) ranking))
                {
                    // Its id is not remembered: the same event may come again once the ranking is known (another replica's, a race).
                    unknown++;
                }
                else if ((feedback.Time ?? now) - feedback.Ranking.Time > _windowMs)
                {
                    late++;
                }
                else
                {
                    _events.TryAdd(feedback.EventKey, true);
                    foreach (VariantTally variant in ranking.Variants)
                        variant.AddEvent(feedback.Type, feedback.Value);
                    accepted++;
                }
            }
        }

        return new FeedbackCounts(accepted, duplicates, late, unknown);
    }

    /// <summary>What happened under each variant of an experiment so far.</summary>
    public IReadOnlyList<VariantTally> Results(string experiment)
    {
        lock (_lock)
            return [.. _tallies.Where(t => t.Experiment == experiment).Select(t => t.Copy())];
    }
}

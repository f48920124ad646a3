namespace RecServe.Api.Feedback;

/// <summary>What became of the events of one call.</summary>
/// <param name="Accepted">Counted now.</param>
/// <param name="Duplicates">Seen before, by event id; not counted again.</param>
/// <param name="Late">Happened too long after their ranking; not counted.</param>
/// <param name="UnknownRankings">Naming a ranking that this server does not know or no longer remembers; not counted.</param>
internal readonly record struct FeedbackCounts(int Accepted, int Duplicates, int Late, int UnknownRankings);

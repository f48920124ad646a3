namespace RecServe.Api.Feedback;

/// <summary>One event of <c>POST /v1/feedback</c>.</summary>
/// <param name="EventKey">First 128 bits of the SHA-256 of <c>event_id</c>: a fixed size, and no two ids ever meet.</param>
/// <param name="Ranking">The ranking that showed the item.</param>
/// <param name="Type">What happened.</param>
/// <param name="Value">Optional amount (seconds watched, price); 0 where absent.</param>
internal readonly record struct FeedbackEvent(UInt128 EventKey, Rank.RankingId Ranking, FeedbackType Type, double Value);

using RecServe.Features;

namespace RecServe.Api.Feedback;

/// <summary>One event of <c>POST /v1/feedback</c>.</summary>
/// <param name="EventKey">First 128 bits of the SHA-256 of <c>event_id</c>: a fixed size, and no two ids ever meet.</param>
/// <param name="Ranking">The ranking that showed the item.</param>
/// <param name="Type">What happened.</param>
/// <param name="Value">Optional amount (seconds watched, price); 0 where absent.</param>
/// <param name="EventId"><c>event_id</c> as given.</param>
/// <param name="ItemId">The item.</param>
/// <param name="UserId">The user, where the event names one; else the ranking's.</param>
/// <param name="Time">When, Unix milliseconds; null for now.</param>
internal readonly record struct FeedbackEvent(UInt128 EventKey, Rank.RankingId Ranking, InteractionType Type, double Value, string EventId = "", string ItemId = "", string? UserId = null, long? Time = null);

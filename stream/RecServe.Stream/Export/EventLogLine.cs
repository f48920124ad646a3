using RecServe.Features;

namespace RecServe.Stream;

/// <summary>One line of a log of events: what happened between a user and an item.</summary>
/// <param name="EventId">Identity; of an item that a ranking returned the ranking's id and the place.</param>
/// <param name="Type">What happened.</param>
/// <param name="UserId">The user; empty for none.</param>
/// <param name="ItemId">The item; empty for none.</param>
/// <param name="Time">When, Unix milliseconds.</param>
/// <param name="Received">When it was received, Unix milliseconds.</param>
/// <param name="RankingId">The ranking that returned the item; empty where none is named.</param>
/// <param name="Value">An amount.</param>
/// <param name="Place">Of an impression taken from a ranking: place of the item in it, from 1; else 0.</param>
/// <param name="Exposure">Of an impression taken from a ranking: that ranking.</param>
public readonly record struct EventLogLine(string EventId, InteractionType Type, string UserId, string ItemId, long Time, long Received, string RankingId, double Value, int Place, RankingExposure? Exposure);

using System.Text;
using RecServe.Features;

namespace RecServe.Stream;

/// <summary>An event as messages carry it, with its ids as texts.</summary>
/// <param name="EventId">Identity.</param>
/// <param name="UserId">The user; empty for none.</param>
/// <param name="ItemId">The item; empty for none.</param>
/// <param name="Type">What happened.</param>
/// <param name="Time">When, Unix milliseconds.</param>
/// <param name="Received">When it was received, Unix milliseconds; 0 if that is not known.</param>
/// <param name="RankingId">The ranking that showed the item; empty for none.</param>
/// <param name="Value">An amount.</param>
public sealed record UserEvent(string EventId, string UserId, string ItemId, InteractionType Type, long Time, long Received = 0, string RankingId = "", double Value = 0)
{
    /// <summary>What features are derived from.</summary>
    public InteractionEvent ToInteraction() => new(EventKey.Of(Encoding.UTF8.GetBytes(EventId)), HashOf(UserId), HashOf(ItemId), Type, Time, Value);

    private static ulong HashOf(string id) => id.Length == 0 ? 0 : RowKey.Hash64(Encoding.UTF8.GetBytes(id));
}

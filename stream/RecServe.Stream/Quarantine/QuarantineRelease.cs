using RecServe.Embeddings;

namespace RecServe.Stream;

/// <summary>Makes an update of the refused rows of a message, for somebody who has looked at them and lets them in.</summary>
public static class QuarantineRelease
{
    /// <summary>The refused rows as a message that is not judged by norm, version and rate again.</summary>
    /// <param name="message">From the quarantine.</param>
    /// <param name="limits">What a message may be.</param>
    /// <param name="by">Who lets them in.</param>
    /// <param name="why">Why there is nothing to let in, where the answer is null.</param>
    public static RowUpdate? Of(QuarantinedMessage message, UpdateLimits limits, string by, out string why)
    {
        why = "";
        if (UpdateDecoder.Decode(message.Value, limits, out RowUpdate? update) is { } refusal)
        {
            why = refusal.Detail;
            return null;
        }

        HashSet<int> broken = [.. update!.Refused.Select(row => row.Index)];
        IEnumerable<int> places = message.Refused.Count == 0 ? Enumerable.Range(0, update.Rows.Length) : message.Refused.Select(row => row.Index).Distinct();
        RowDelta[] rows = [.. places.Where(place => place < update.Rows.Length && !broken.Contains(place)).Select(place => update.Rows[place])];
        why = rows.Length == 0 ? "each of its refused rows says nothing, or two things" : "";
        return rows.Length == 0 ? null : update with { Rows = rows, Refused = [], ReleasedBy = by };
    }
}

using System.Text;
using RecServe.Features;
using RecServe.Stream.Protos;

namespace RecServe.Stream;

/// <summary>Messages of the topic of exposures as bytes and back. Decoding is pure and total: any bytes give an exposure or a reason, nothing is thrown.</summary>
public static class ExposureCodec
{
    /// <summary>Bytes of an id or a name at most.</summary>
    public const int IdBytes = 1_024;

    /// <summary>Variants at most.</summary>
    public const int MostVariants = 1_000;

    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The value of a Kafka message; not kept.</param>
    /// <param name="limits">What it may be at most; <see cref="UpdateLimits.Rows"/> counts items.</param>
    /// <param name="exposure">The exposure, where there is no refusal.</param>
    /// <returns>Null, or why there is none.</returns>
    public static Refusal? Decode(ReadOnlySpan<byte> bytes, UpdateLimits limits, out RankingExposure? exposure)
    {
        exposure = null;
        if (MessageParsing.Parse(Exposure.Parser, bytes, limits, out Exposure message) is { } damage)
            return damage;

        if (message.ItemIds.Count > limits.Rows)
            return new Refusal(RefusalReason.RowCount, $"item_ids holds {message.ItemIds.Count:N0} items, the limit is {limits.Rows:N0}");
        if (message.Variants.Count > MostVariants)
            return new Refusal(RefusalReason.RowCount, $"variants holds {message.Variants.Count:N0} variants, the limit is {MostVariants:N0}");
        if (Check(message) is { } refusal)
            return refusal;
        exposure = new RankingExposure(message.RankingId, message.UserId, message.TimeMs, message.Model, message.ModelVersion, [.. message.ItemIds],
            [.. message.Variants.Select(one => new ExposureVariant(one.Experiment, one.Variant, one.Propensity))]);
        return null;
    }

    /// <summary>Writes a message.</summary>
    public static byte[] Encode(RankingExposure exposure)
    {
        var encoder = new ExposureEncoder();
        encoder.Begin(Encoding.UTF8.GetBytes(exposure.RankingId), Encoding.UTF8.GetBytes(exposure.UserId), exposure.Time, exposure.Model, exposure.ModelVersion);
        foreach (string item in exposure.Items)
            encoder.Item(Encoding.UTF8.GetBytes(item));
        foreach (ExposureVariant one in exposure.Variants)
            encoder.Variant(one.Experiment, one.Variant, one.Propensity);
        return encoder.ToArray();
    }

    private static Refusal? Check(Exposure message)
    {
        if (Name("ranking_id", message.RankingId, mayBeEmpty: false) is { } noRanking)
            return noRanking;
        if ((Name("user_id", message.UserId, mayBeEmpty: true) ?? Name("model", message.Model, mayBeEmpty: false) ?? Name("model_version", message.ModelVersion, mayBeEmpty: false)) is { } noName)
            return noName;
        if (message.TimeMs is < 0 or > EventLimits.LatestTime)
            return new Refusal(RefusalReason.BadTime, $"time_ms is {message.TimeMs}, not from 1970 to 2200");
        for (int i = 0; i < message.ItemIds.Count; i++)
        {
            if (Name($"item_ids[{i}]", message.ItemIds[i], mayBeEmpty: false) is { } noItem)
                return noItem;
        }

        for (int i = 0; i < message.Variants.Count; i++)
        {
            ExposedVariant one = message.Variants[i];
            if ((Name($"variants[{i}].experiment", one.Experiment, mayBeEmpty: false) ?? Name($"variants[{i}].variant", one.Variant, mayBeEmpty: false)) is { } noVariant)
                return noVariant;
            if (!(one.Propensity is >= 0 and <= 1))
                return new Refusal(RefusalReason.OutOfRange, $"variants[{i}].propensity is {one.Propensity}, not from 0 to 1");
        }

        return null;
    }

    private static Refusal? Name(string field, string text, bool mayBeEmpty)
    {
        if (text.Length == 0)
            return mayBeEmpty ? null : new Refusal(RefusalReason.BadName, $"{field} is empty");
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > IdBytes)
            return new Refusal(RefusalReason.BadName, $"{field} has {bytes:N0} bytes, the limit is {IdBytes:N0}");
        return text.AsSpan().ContainsAnyInRange('\u0000', '\u001f') ? new Refusal(RefusalReason.BadName, $"{field} has control characters") : null;
    }
}

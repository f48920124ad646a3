using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Checks the bytes of feature rows, which docs/formats/feature-rows.md describes.</summary>
internal static class FeatureRowCodec
{
    /// <summary>Entity of the second byte of a checked row.</summary>
    public static FieldSide EntityOf(byte flags) => (flags & FeatureRow.EntityBits) switch
    {
        0 => FieldSide.User,
        1 => FieldSide.Item,
        _ => FieldSide.Context,
    };

    /// <summary>Number of an entity in a row.</summary>
    public static byte NumberOf(FieldSide entity) => entity switch
    {
        FieldSide.User => 0,
        FieldSide.Item => 1,
        _ => 2,
    };

    /// <summary>What is wrong with the bytes; null if they are a row.</summary>
    public static FeatureFault? Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > FeatureLimits.RowBytes)
            return Fault(FeatureFaultReason.TooLarge, $"the row has {bytes.Length:N0} bytes, the limit is {FeatureLimits.RowBytes:N0}");
        if (bytes.Length < FeatureRow.HeaderBytes || bytes[0] != FeatureRow.Layout)
            return Fault(FeatureFaultReason.Malformed, $"the bytes are no feature row of layout {FeatureRow.Layout}");
        byte flags = bytes[1];
        if ((flags & ~(FeatureRow.DeletionFlag | FeatureRow.EntityBits)) != 0 || (flags & FeatureRow.EntityBits) == 3)
            return Fault(FeatureFaultReason.Malformed, $"the flags are {flags:x2}, which no row of layout {FeatureRow.Layout} has");
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == 0)
            return new FeatureFault(FeatureFaultReason.BadVersion, "version", "is 0, it must be 1 or more");
        if (BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]) is < 0 or > FeatureLimits.LastTime)
            return new FeatureFault(FeatureFaultReason.BadTime, "event_time", $"must be 0 to {FeatureLimits.LastTime} milliseconds");
        int id = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]), producer = BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]);
        ReadOnlySpan<byte> left = bytes[FeatureRow.HeaderBytes..];
        if (id + producer > left.Length)
            return Truncated();
        if (id is 0 or > FeatureLimits.TextBytes || !Utf8.IsValid(left[..id]))
            return new FeatureFault(FeatureFaultReason.BadId, "id", $"must be a text of 1 to {FeatureLimits.TextBytes:N0} bytes");
        if (!IsName(left.Slice(id, producer), FeatureLimits.ProducerBytes))
            return new FeatureFault(FeatureFaultReason.BadName, "producer", $"must be a text of 1 to {FeatureLimits.ProducerBytes} bytes without control characters");
        int count = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        if (count > FeatureLimits.Values || (count > 0 && (flags & FeatureRow.DeletionFlag) != 0))
            return new FeatureFault(FeatureFaultReason.ValueCount, FeatureFault.Features, $"holds {count:N0}, the limit is {FeatureLimits.Values:N0}, and none in a deletion");
        return CheckValues(left[(id + producer)..], count);
    }

    /// <summary>Whether a name can stand in messages, logs and errors: not empty, within the limit, well-formed and without control characters.</summary>
    private static bool IsName(ReadOnlySpan<byte> name, int limit)
    {
        if (name.IsEmpty || name.Length > limit)
            return false;
        for (; !name.IsEmpty;)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int used) != OperationStatus.Done || Rune.IsControl(rune))
                return false;
            name = name[used..];
        }

        return true;
    }

    private static FeatureFault? CheckValues(ReadOnlySpan<byte> left, int count)
    {
        scoped ReadOnlySpan<byte> before = default;
        for (int i = 0; i < count; i++)
        {
            if (!TryTake(ref left, out ReadOnlySpan<byte> name) || left.IsEmpty)
                return Truncated();
            if (!IsName(name, FeatureLimits.TextBytes))
                return new FeatureFault(FeatureFaultReason.BadName, FeatureFault.Features, $"has a name that is no text of 1 to {FeatureLimits.TextBytes:N0} bytes without control characters");
            int order = before.SequenceCompareTo(name);
            if (i > 0 && order >= 0)
                return order == 0 ? Fault(FeatureFaultReason.BadName, "stands twice", name) : Fault(FeatureFaultReason.Malformed, "stands after a greater name", name);
            before = name;
            var kind = (FeatureKind)left[0];
            left = left[1..];
            FeatureFault? fault = kind switch
            {
                FeatureKind.Text => CheckText(ref left, name),
                FeatureKind.Number => CheckNumber(ref left, name),
                FeatureKind.List => CheckList(ref left, name),
                _ => Fault(FeatureFaultReason.Malformed, $"is of kind {(byte)kind}, which layout {FeatureRow.Layout} does not have", name),
            };
            if (fault is not null)
                return fault;
        }

        return left.IsEmpty ? null : Fault(FeatureFaultReason.Malformed, $"{left.Length:N0} bytes follow the last feature");
    }

    private static FeatureFault? CheckText(ref ReadOnlySpan<byte> left, scoped ReadOnlySpan<byte> name)
    {
        if (!TryTake(ref left, out ReadOnlySpan<byte> text))
            return Truncated();
        return text.Length <= FeatureLimits.TextBytes && Utf8.IsValid(text) ? null
            : Fault(FeatureFaultReason.BadValue, $"must be text of at most {FeatureLimits.TextBytes:N0} bytes", name);
    }

    private static FeatureFault? CheckNumber(ref ReadOnlySpan<byte> left, scoped ReadOnlySpan<byte> name)
    {
        if (left.Length < sizeof(double))
            return Truncated();
        bool isFinite = double.IsFinite(BinaryPrimitives.ReadDoubleLittleEndian(left));
        left = left[sizeof(double)..];
        return isFinite ? null : Fault(FeatureFaultReason.BadValue, "must be a finite number", name);
    }

    private static FeatureFault? CheckList(ref ReadOnlySpan<byte> left, scoped ReadOnlySpan<byte> name)
    {
        if (left.Length < 2)
            return Truncated();
        int count = BinaryPrimitives.ReadUInt16LittleEndian(left);
        left = left[2..];
        if (count > FeatureLimits.Values)
            return Fault(FeatureFaultReason.ListTooLong, $"holds {count:N0} values, the limit is {FeatureLimits.Values:N0}", name);
        for (int i = 0; i < count; i++)
        {
            if (CheckText(ref left, name) is { } fault)
                return fault;
        }

        return null;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> left, out ReadOnlySpan<byte> taken)
    {
        taken = default;
        if (left.Length < 2)
            return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(left);
        if (left.Length - 2 < length)
            return false;
        taken = left.Slice(2, length);
        left = left[(2 + length)..];
        return true;
    }

    private static FeatureFault Truncated() => Fault(FeatureFaultReason.Malformed, "the bytes end before the row does");

    private static FeatureFault Fault(FeatureFaultReason reason, string detail, scoped ReadOnlySpan<byte> feature = default) =>
        feature.IsEmpty ? new FeatureFault(reason, "", detail) : FeatureFault.Of(reason, Encoding.UTF8.GetString(feature), detail);
}

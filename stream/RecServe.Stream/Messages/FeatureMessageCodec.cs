using System.Text;
using Google.Protobuf;
using RecServe.Features;
using RecServe.FeatureStore;
using RecServe.Stream.Protos;
using Row = RecServe.FeatureStore.FeatureRow;

namespace RecServe.Stream;

/// <summary>
/// Messages of the topic recserve.features as bytes and back. Decoding is pure and total: any bytes give a row or a reason, nothing is thrown, and no more memory is taken than a small
/// multiple of the bytes.
/// </summary>
public static class FeatureMessageCodec
{
    /// <summary>Reads a message.</summary>
    /// <param name="bytes">The value of a Kafka message; not kept.</param>
    /// <param name="limits">What it may be at most.</param>
    /// <param name="read">What it says, where there is no refusal.</param>
    public static Refusal? Decode(ReadOnlySpan<byte> bytes, UpdateLimits limits, out FeatureMessage? read)
    {
        read = null;
        if (MessageParsing.Parse(Protos.FeatureRow.Parser, bytes, limits, out Protos.FeatureRow message) is { } damage)
            return damage;

        if (EntityOf(message.Entity) is not { } entity)
            return new Refusal(RefusalReason.UnknownEntity, $"entity is {(int)message.Entity}, which this program does not know");
        if (!RowUpdateCodec.IsName(message.Producer, limits.NameBytes))
            return new Refusal(RefusalReason.BadName, $"producer must be a text of 1 to {limits.NameBytes} bytes without control characters");
        if (message.ReleasedBy.Length > 0 && !RowUpdateCodec.IsName(message.ReleasedBy, limits.NameBytes))
            return new Refusal(RefusalReason.BadName, $"released_by must be a text of 1 to {limits.NameBytes} bytes without control characters");
        var builder = new FeatureRowBuilder(entity, message.Id, message.Version, message.Producer, message.EventTimeMs) { IsDeletion = message.Deleted };
        foreach (Feature feature in message.Features)
        {
            switch (feature.ValueCase)
            {
                case Feature.ValueOneofCase.Text:
                    builder.Text(feature.Name, feature.Text);
                    break;
                case Feature.ValueOneofCase.Number:
                    builder.Number(feature.Name, feature.Number);
                    break;
                case Feature.ValueOneofCase.List:
                    builder.List(feature.Name, feature.List.Values);
                    break;
                default:
                    return new Refusal(RefusalReason.BadValue, "a feature has no value of a kind that this program knows");
            }
        }

        if (builder.TryBuild(out Row? row) is { } fault)
            return Of(fault);
        read = new FeatureMessage(row!, message.ReleasedBy);
        return null;
    }

    /// <summary>Writes a message.</summary>
    /// <param name="row">The row.</param>
    /// <param name="releasedBy">Who lets it in unjudged; empty for nobody.</param>
    public static byte[] Encode(Row row, string releasedBy = "")
    {
        var message = new Protos.FeatureRow
        {
            Entity = row.Entity switch { FieldSide.User => Entity.User, FieldSide.Item => Entity.Item, _ => Entity.Context },
            Id = row.IdText,
            Version = row.Version,
            Producer = row.Producer,
            EventTimeMs = row.EventTime,
            Deleted = row.IsDeletion,
            ReleasedBy = releasedBy,
        };
        foreach (StoredFeature feature in row)
        {
            var written = new Feature { Name = Text(feature.Name) };
            switch (feature.Kind)
            {
                case FeatureKind.Text:
                    written.Text = Text(feature.Text);
                    break;
                case FeatureKind.Number:
                    written.Number = feature.Number;
                    break;
                default:
                    written.List = new TextList();
                    foreach (ReadOnlySpan<byte> value in feature.Values)
                        written.List.Values.Add(Text(value));
                    break;
            }

            message.Features.Add(written);
        }

        return message.ToByteArray();
    }

    /// <summary>Key of a row's messages, by which the topic is compacted.</summary>
    public static byte[] KeyOf(Row row) => [.. Encoding.ASCII.GetBytes(FeatureSchema.NameOf(row.Entity)), (byte)'/', .. row.Id];

    /// <summary>The reason of a fault, as the quarantine names it.</summary>
    public static Refusal Of(FeatureFault fault) => new(fault.Reason switch
    {
        FeatureFaultReason.Malformed => RefusalReason.Malformed,
        FeatureFaultReason.TooLarge => RefusalReason.TooLarge,
        FeatureFaultReason.BadEntity => RefusalReason.UnknownEntity,
        FeatureFaultReason.BadId or FeatureFaultReason.BadName => RefusalReason.BadName,
        FeatureFaultReason.ValueCount => RefusalReason.FeatureCount,
        FeatureFaultReason.ListTooLong => RefusalReason.ListTooLong,
        FeatureFaultReason.BadVersion => RefusalReason.BadVersion,
        FeatureFaultReason.BadTime => RefusalReason.BadTime,
        FeatureFaultReason.UnknownFeature => RefusalReason.UnknownFeature,
        FeatureFaultReason.WrongType => RefusalReason.WrongType,
        _ => RefusalReason.BadValue,
    }, fault.ToString());

    private static FieldSide? EntityOf(Entity entity) => entity switch
    {
        Entity.User => FieldSide.User,
        Entity.Item => FieldSide.Item,
        Entity.Context => FieldSide.Context,
        _ => null,
    };

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}

using System.Buffers.Binary;
using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>
/// What is known of one user, item or context: a version, who said it and when, and features by name, each a text, a number or a list of texts. A row is whole: it replaces the
/// one before it, and a feature that it does not hold is not known any more. Immutable and thread-safe.
/// <para>
/// It is its bytes (docs/formats/feature-rows.md): the same in process memory, in the node's store and in messages, so a row is made and checked once, and reading one makes nothing.
/// Equal rows have equal bytes. Made by <see cref="FeatureRowBuilder"/>, or from bytes by <see cref="Read"/>.
/// </para>
/// </summary>
public sealed class FeatureRow
{
    internal const int HeaderBytes = 24;
    internal const byte Layout = 1, DeletionFlag = 4, EntityBits = 3;

    private readonly byte[] _bytes;

    // Only of bytes that the codec has checked.
    internal FeatureRow(byte[] bytes) => _bytes = bytes;

    /// <summary>Whose features: the side of a model's fields that they are for.</summary>
    public FieldSide Entity => FeatureRowCodec.EntityOf(_bytes[1]);

    /// <summary>Id in UTF-8, 1 to <see cref="FeatureLimits.TextBytes"/> bytes.</summary>
    public ReadOnlySpan<byte> Id => _bytes.AsSpan(HeaderBytes, IdBytes);

    /// <summary>The id as a string.</summary>
    public string IdText => Encoding.UTF8.GetString(Id);

    /// <summary>1 or more. Of two rows of one entity and id the one with the higher version counts; of two with equal versions the one that came first.</summary>
    public ulong Version => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(8));

    /// <summary>When the event happened that made the row, in milliseconds since 1970 UTC; 0 where nobody said.</summary>
    public long EventTime => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(16));

    /// <summary>Who made the row.</summary>
    public string Producer => Encoding.UTF8.GetString(_bytes.AsSpan(HeaderBytes + IdBytes, ProducerBytes));

    /// <summary>Whether this is the entity's deletion: it holds no feature, and its version stays behind to refuse older rows.</summary>
    public bool IsDeletion => (_bytes[1] & DeletionFlag) != 0;

    /// <summary>Number of features.</summary>
    public int Count => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(6));

    /// <summary>The row in layout 1.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    private int IdBytes => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(2));

    private int ProducerBytes => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(4));

    /// <summary>The deletion of an entity's row.</summary>
    /// <exception cref="ArgumentException">A member is not within its limits.</exception>
    public static FeatureRow Deletion(FieldSide entity, string id, ulong version, string producer, long eventTime = 0) =>
        new FeatureRowBuilder(entity, id, version, producer, eventTime) { IsDeletion = true }.Build();

    /// <summary>Reads a row. Pure and total: any bytes give a row or a fault.</summary>
    /// <param name="bytes">Copied.</param>
    /// <param name="row">The row, where there is no fault.</param>
    public static FeatureFault? Read(ReadOnlySpan<byte> bytes, out FeatureRow? row)
    {
        FeatureFault? fault = FeatureRowCodec.Check(bytes);
        row = fault is null ? new FeatureRow(bytes.ToArray()) : null;
        return fault;
    }

    /// <summary>The features, by ascending name (bytes compared as numbers): <c>foreach (StoredFeature feature in row)</c>. Makes nothing.</summary>
    public FeatureEnumerator GetEnumerator() => new(_bytes.AsSpan(HeaderBytes + IdBytes + ProducerBytes), Count);

    /// <summary>Finds a feature.</summary>
    /// <param name="name">Name in UTF-8.</param>
    /// <param name="feature">The feature, where there is one.</param>
    public bool TryGet(ReadOnlySpan<byte> name, out StoredFeature feature)
    {
        foreach (StoredFeature one in this)
        {
            int order = one.Name.SequenceCompareTo(name);
            if (order == 0)
            {
                feature = one;
                return true;
            }

            if (order > 0)
                break;
        }

        feature = default;
        return false;
    }

    /// <summary>For people.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Entity).Append(' ').Append(IdText).Append(" version ").Append(Version).Append(IsDeletion ? " deleted" : "");
        foreach (StoredFeature feature in this)
            text.Append(' ').Append(feature.ToString());
        return text.ToString();
    }
}

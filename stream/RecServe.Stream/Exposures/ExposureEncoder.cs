using System.Buffers;
using System.Buffers.Binary;

namespace RecServe.Stream;

/// <summary>
/// Writes one message of the topic of exposures from texts that are UTF-8 already, as a request's are: for the request path, which would otherwise make a string and an object of each item.
/// The bytes are those that protobuf writes for <c>exposures.proto</c>. Members in the order of their methods; not thread-safe.
/// </summary>
public sealed class ExposureEncoder
{
    // Field number × 8 + wire type: 0 a varint, 1 eight bytes, 2 a length and so many bytes.
    private const byte RankingTag = (1 << 3) | 2, UserTag = (2 << 3) | 2, TimeTag = 3 << 3, ModelTag = (4 << 3) | 2, VersionTag = (5 << 3) | 2, ItemTag = (6 << 3) | 2, VariantTag = (7 << 3) | 2,
        ExperimentTag = (1 << 3) | 2, NameTag = (2 << 3) | 2, PropensityTag = (3 << 3) | 1;

    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    /// <summary>Bytes so far.</summary>
    public int Length => _bytes.WrittenCount;

    /// <summary>Begins a message.</summary>
    /// <param name="rankingId">The ranking.</param>
    /// <param name="userId">Its user; empty for none.</param>
    /// <param name="time">Unix milliseconds.</param>
    /// <param name="model">Name of the model.</param>
    /// <param name="version">Its version.</param>
    public void Begin(ReadOnlySpan<byte> rankingId, ReadOnlySpan<byte> userId, long time, ReadOnlySpan<char> model, ReadOnlySpan<char> version)
    {
        _bytes.ResetWrittenCount();
        Text(RankingTag, rankingId);
        Text(UserTag, userId);
        if (time != 0)
        {
            Byte(TimeTag);
            Varint((ulong)time);
        }

        Text(ModelTag, model);
        Text(VersionTag, version);
    }

    /// <summary>Adds the next item.</summary>
    public void Item(ReadOnlySpan<byte> id)
    {
        // Of a repeated field an empty element is written, too: places must not move.
        Byte(ItemTag);
        Varint((ulong)id.Length);
        _bytes.Write(id);
    }

    /// <summary>Adds the next variant, after the items.</summary>
    public void Variant(ReadOnlySpan<char> experiment, ReadOnlySpan<char> variant, double propensity)
    {
        Byte(VariantTag);
        bool hasPropensity = BitConverter.DoubleToUInt64Bits(propensity) != 0;
        Varint((ulong)(Size(experiment) + Size(variant) + (hasPropensity ? 9 : 0)));
        Text(ExperimentTag, experiment);
        Text(NameTag, variant);
        if (!hasPropensity)
            return;
        Byte(PropensityTag);
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(8), propensity);
        _bytes.Advance(8);
    }

    /// <summary>The message.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private static int Size(ReadOnlySpan<char> text)
    {
        int bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        return bytes == 0 ? 0 : 1 + VarintSize((ulong)bytes) + bytes;
    }

    private static int VarintSize(ulong value)
    {
        int size = 1;
        for (; value >= 0x80; value >>= 7)
            size++;
        return size;
    }

    private void Text(byte tag, ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return;
        Byte(tag);
        Varint((ulong)text.Length);
        _bytes.Write(text);
    }

    private void Text(byte tag, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        Byte(tag);
        int bytes = System.Text.Encoding.UTF8.GetByteCount(text);
        Varint((ulong)bytes);
        System.Text.Encoding.UTF8.GetBytes(text, _bytes.GetSpan(bytes));
        _bytes.Advance(bytes);
    }

    private void Byte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }

    private void Varint(ulong value)
    {
        Span<byte> span = _bytes.GetSpan(10);
        int length = 0;
        for (; value >= 0x80; value >>= 7)
            span[length++] = (byte)(value | 0x80);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using RecServe.Artifacts;

namespace RecServe.Ranking;

/// <summary>
/// Reads the fields of one protobuf message of any bytes: what is no message is refused with the offset, nothing is read beyond the end, and nothing is
/// allocated but what is asked for (protobuf encoding, "Message Structure").
/// </summary>
/// <param name="bytes">The message.</param>
/// <param name="file">What messages call the file.</param>
/// <param name="start">Offset of the message in the file, for messages.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes, string file, long start)
{
    private const int Varint = 0, EightBytes = 1, Delimited = 2, FourBytes = 5;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at, _wire;

    /// <summary>Number of the field that <see cref="Next"/> found.</summary>
    public int Field { get; private set; }

    /// <summary>Whether the value is a 32-bit number that stands alone.</summary>
    public readonly bool IsFourBytes => _wire == FourBytes;

    /// <summary>Goes to the next field; the value of the last must have been read or skipped.</summary>
    /// <exception cref="PackageException">The bytes are no message.</exception>
    public bool Next()
    {
        if (_at == _bytes.Length)
            return false;
        ulong tag = ReadVarint();
        (Field, _wire) = ((int)Math.Min(tag >> 3, int.MaxValue), (int)(tag & 7));
        if (Field is 0 or > 536_870_911 || _wire is not (Varint or EightBytes or Delimited or FourBytes))
            Fail($"has a field of number {tag >> 3} and wire type {_wire}");
        return true;
    }

    /// <summary>Passes over the value.</summary>
    /// <exception cref="PackageException">It is cut off.</exception>
    public void Skip()
    {
        if (_wire == Varint)
            ReadVarint();
        else
            Take(_wire == Delimited ? Length() : _wire == EightBytes ? 8 : 4);
    }

    /// <summary>The value as a whole number.</summary>
    /// <exception cref="PackageException">It is of another type or cut off.</exception>
    public long Number()
    {
        Expect(Varint);
        return (long)ReadVarint();
    }

    /// <summary>The value as a 32-bit float.</summary>
    /// <exception cref="PackageException">It is of another type or cut off.</exception>
    public float Real()
    {
        Expect(FourBytes);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The value's bytes: a string, bytes, packed numbers.</summary>
    /// <exception cref="PackageException">It is of another type or cut off.</exception>
    public ReadOnlySpan<byte> Bytes()
    {
        Expect(Delimited);
        return Take(Length());
    }

    /// <summary>The value as text.</summary>
    /// <exception cref="PackageException">It is of another type, cut off or longer than 65,536 bytes.</exception>
    public string Text()
    {
        ReadOnlySpan<byte> text = Bytes();
        if (text.Length > 1 << 16)
            Fail($"has a text of {text.Length} bytes, the limit is {1 << 16}");
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>The value as a message.</summary>
    /// <exception cref="PackageException">It is of another type or cut off.</exception>
    public ProtobufReader Message()
    {
        ReadOnlySpan<byte> message = Bytes();
        return new ProtobufReader(message, file, start + _at - message.Length);
    }

    /// <summary>Adds the value, one number or packed numbers, to a list.</summary>
    /// <exception cref="PackageException">It is of another type, cut off, or the list would pass <paramref name="most"/>.</exception>
    public void Numbers(List<long> numbers, int most)
    {
        if (_wire == Varint)
        {
            Add(numbers, Number(), most);
            return;
        }

        ProtobufReader packed = Message();
        while (packed._at < packed._bytes.Length)
            Add(numbers, (long)packed.ReadVarint(), most);
    }

    [DoesNotReturn]
    public readonly void Fail(string reason) => throw new PackageException($"{file}: byte {start + _at}: {reason}");

    private readonly void Add(List<long> numbers, long number, int most)
    {
        if (numbers.Count == most)
            Fail($"has a list of more than {most} numbers");
        numbers.Add(number);
    }

    private readonly void Expect(int wire)
    {
        if (_wire != wire)
            Fail($"field {Field} has wire type {_wire}, expected {wire}");
    }

    private int Length()
    {
        ulong length = ReadVarint();
        if (length > (ulong)(_bytes.Length - _at))
            Fail($"field {Field} has {length} bytes, {_bytes.Length - _at} are left");
        return (int)length;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
            Fail($"field {Field} has {count} bytes, {_bytes.Length - _at} are left");
        _at += count;
        return _bytes.Slice(_at - count, count);
    }

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            if (_at == _bytes.Length)
                Fail("ends within a number");
            byte part = _bytes[_at++];
            if (shift == 63 && part > 1)
                break;
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        Fail("has a number of more than 64 bits");
        return 0;
    }
}

using System.Globalization;
using System.Text;

namespace RecServe.Embeddings;

/// <summary>Names of rows in Redis: <c>prefix:{tag}:table:key</c>, table and key as 16 hexadecimal digits each.</summary>
internal sealed class RowKeys
{
    private readonly byte[][] _heads;
    private readonly string _prefix;

    public RowKeys(string prefix)
    {
        _prefix = prefix;
        _heads = [.. RowLanes.Tags.Select(tag => Encoding.ASCII.GetBytes($"{prefix}:{{{tag}}}:"))];
    }

    /// <summary>Pattern of all rows.</summary>
    public string Pattern => $"{_prefix}:{{*}}:*";

    /// <summary>A key of the lane that is never a row.</summary>
    public byte[] Probe(int lane) => [.. _heads[lane], .. "probe"u8];

    /// <summary>Name of a row.</summary>
    public byte[] Name(in RowId id)
    {
        byte[] head = _heads[RowLanes.Of(id)], name = new byte[head.Length + 33];
        head.CopyTo(name, 0);
        id.Table.Value.TryFormat(name.AsSpan(head.Length), out _, "x16", CultureInfo.InvariantCulture);
        name[head.Length + 16] = (byte)':';
        id.Key.TryFormat(name.AsSpan(head.Length + 17), out _, "x16", CultureInfo.InvariantCulture);
        return name;
    }

    /// <summary>The row of a name; false if it is none, such as one with the tag of another lane.</summary>
    public bool TryParse(ReadOnlySpan<byte> name, out RowId id)
    {
        id = default;
        int at = name.Length - 33;
        if (at < 0 || name[at + 16] != ':' || !TryHex(name.Slice(at, 16), out ulong table) || !TryHex(name[(at + 17)..], out ulong key))
            return false;
        id = new RowId(new TableId(table), key);
        return name[..at].SequenceEqual(_heads[RowLanes.Of(id)]);
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && digits.IndexOfAnyInRange((byte)'A', (byte)'F') < 0;
}

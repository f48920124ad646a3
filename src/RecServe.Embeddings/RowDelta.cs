using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>A whole replacement row for one key, or the key's deletion.</summary>
public readonly struct RowDelta
{
    private RowDelta(ulong key, ulong version, ReadOnlyMemory<float> values, ReadOnlyMemory<byte> encoded, RowPrecision precision, bool delete)
    {
        (Key, Version, Values, Encoded, Precision, IsDeletion) = (key, version, values, encoded, precision, delete);
    }

    /// <summary>Row key.</summary>
    public ulong Key { get; }

    /// <summary>Grows with every change of the row; an older or equal one is ignored. Rows of a package have version 0.</summary>
    public ulong Version { get; }

    /// <summary>The row as floats, or empty.</summary>
    public ReadOnlyMemory<float> Values { get; }

    /// <summary>The row in <see cref="Precision"/>, or empty.</summary>
    public ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>How <see cref="Encoded"/> is stored.</summary>
    public RowPrecision Precision { get; }

    /// <summary>Whether the key's row is removed; its version stays behind to refuse late updates.</summary>
    public bool IsDeletion { get; }

    /// <summary>A row given as floats; the table encodes it in its own precision.</summary>
    public static RowDelta Of(ulong key, ulong version, ReadOnlyMemory<float> values) =>
        new(key, version, values, default, default, false);

    /// <summary>A row given in a precision; in the table's own it is stored as it is.</summary>
    public static RowDelta OfEncoded(ulong key, ulong version, RowPrecision precision, ReadOnlyMemory<byte> encoded) =>
        new(key, version, default, encoded, precision, false);

    /// <summary>A row of a table whose rows are bytes.</summary>
    public static RowDelta OfBytes(ulong key, ulong version, ReadOnlyMemory<byte> bytes) => new(key, version, default, bytes, default, false);

    /// <summary>The removal of a key's row.</summary>
    public static RowDelta Deletion(ulong key, ulong version) => new(key, version, default, default, default, true);
}

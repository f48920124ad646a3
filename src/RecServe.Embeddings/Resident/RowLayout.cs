using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>Where things stand in a part: a slot is 8 bytes of key, then the encoded row, padded to a multiple of 8 bytes.</summary>
internal readonly struct RowLayout
{
    /// <summary>Bytes of the key in front of the row.</summary>
    public const int KeyBytes = 8;

    public RowLayout(RowPrecision precision, int dim)
    {
        Precision = precision;
        Dim = dim;
        RowBytes = RowCodec.RowBytes(precision, dim);
        SlotBytes = (KeyBytes + RowBytes + 7) & ~7;
        Place = new RowPlace(KeyBytes, SlotBytes, SlotBytes % Prefetch.Line == 0 || Prefetch.Line % SlotBytes == 0);

        // Free slots of long rows are dear: they take a tighter packing, which only the builder pays for.
        (Load, KeysPerBucket) = SlotBytes switch
        {
            <= 40 => (0.90, 3.5),
            <= 80 => (0.95, 3.2),
            _ => (0.98, 3.0),
        };
    }

    public RowPrecision Precision { get; }

    public int Dim { get; }

    /// <summary>Bytes of an encoded row.</summary>
    public int RowBytes { get; }

    /// <summary>Bytes from one slot to the next.</summary>
    public int SlotBytes { get; }

    /// <summary>Where the row lies in a slot.</summary>
    public RowPlace Place { get; }

    /// <summary>Share of the slots that a fresh part fills.</summary>
    public double Load { get; }

    /// <summary>Mean keys of a bucket, which share one pilot byte.</summary>
    public double KeysPerBucket { get; }
}

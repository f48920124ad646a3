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
        (Load, double keysPerBucket) = SlotBytes switch
        {
            <= 40 => (0.90, 4.5),
            <= 80 => (0.95, 4.0),
            _ => (0.98, 3.5),
        };
        BucketsPerSlot = Load / keysPerBucket;
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

    /// <summary>Share of the slots at which a part must grow: beyond it the search for pilots takes too long.</summary>
    public double FullLoad => Math.Min(0.985, Load + 0.05);

    private double BucketsPerSlot { get; }

    /// <summary>The smallest size of parts that hold <paramref name="rows"/> rows at <see cref="Load"/>.</summary>
    public PartSize SizeFor(int rows)
    {
        // Two slots at least: a mark for one slot is a number whose look-up ends in another.
        uint slots = (uint)Math.Ceiling(rows / Load) + 2;
        return new PartSize(slots, (uint)(slots * BucketsPerSlot) + 1);
    }
}

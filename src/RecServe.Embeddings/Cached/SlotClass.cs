using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>The slots of one precision in a <see cref="RowArena"/>: key, then encoded row.</summary>
internal sealed class SlotClass
{
    public SlotClass(RowPrecision precision, int dim, int unitBytes, int pageBytes)
    {
        Precision = precision;
        RowBytes = RowCodec.RowBytes(precision, dim);
        SlotBytes = (RowLayout.KeyBytes + RowBytes + unitBytes - 1) & -unitBytes;
        SlotsPerPage = pageBytes / (SlotBytes + RowArena.VersionBytes);
        Place = new RowPlace(RowLayout.KeyBytes, SlotBytes, SlotBytes % Prefetch.Line == 0 || Prefetch.Line % SlotBytes == 0);
    }

    /// <summary>How the rows are stored.</summary>
    public RowPrecision Precision { get; }

    /// <summary>Bytes of an encoded row.</summary>
    public int RowBytes { get; }

    /// <summary>Bytes from a slot to the next.</summary>
    public int SlotBytes { get; }

    /// <summary>Slots of a page; their version words follow them.</summary>
    public int SlotsPerPage { get; }

    /// <summary>Where the row lies in a slot.</summary>
    public RowPlace Place { get; }

    /// <summary>Pages that have this precision now.</summary>
    public int Pages { get; set; }

    /// <summary>Rows that look-ups find.</summary>
    public long Rows { get; set; }

    /// <summary>Slots that hold such a row or may still be read.</summary>
    public long Taken { get; set; }

    /// <summary>1 where the slot that is never given out is one of these, else 0.</summary>
    public int Blocked { get; set; }

    /// <summary>First page with free slots, or -1.</summary>
    public int Listed { get; set; } = -1;

    /// <summary>Slots without a row, those included that may still be read.</summary>
    public long Spare => ((long)Pages * SlotsPerPage) - Rows - Blocked;

    /// <summary>Slots that can be given out.</summary>
    public long Free => ((long)Pages * SlotsPerPage) - Taken - Blocked;
}

using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Ranking;

/// <summary>
/// Finds the item parts of a pass's rows and makes those that are missing. Made parts are rounded as kept ones are, so that a score does not depend on whether
/// its item was found.
/// </summary>
/// <param name="store">Where they are kept.</param>
/// <param name="layer">What makes them.</param>
/// <param name="dense">Floats of an item that the layer reads.</param>
internal sealed class ItemParts(KeptItems store, IItemLayer layer, int dense)
{
    // Parts that are made at a time: with 2,064 numbers a part 400 KB, which the second-level cache holds.
    private const int Chunk = 48;

    // Floats of a row's hash (128 bits), place, number and scale.
    private const int HashFloats = 4, PlaceFloats = 2;

    /// <summary>The parts of a layer, with the store allocated; null where there is no store, no part, or where keeping it would cost more than making it.</summary>
    public static ItemParts? Of(KeptItems? store, IItemLayer layer, int dense)
    {
        if (store is null || !ScoringCosts.Measured.KeepingPays(layer.ItemPartLength, dense))
            return null;
        store.Allocate(layer.ItemPartLength);
        return new ItemParts(store, layer, dense);
    }

    /// <summary>Floats of scratch memory that <see cref="Of(ReadOnlySpan{float}, int, int, bool, Span{float})"/> needs.</summary>
    public int ScratchFloats(int rows) => CodesAt(rows) + RowPass.Lines(((rows * store.Width) + 1) / 2);

    /// <summary>The parts of a pass's rows.</summary>
    /// <param name="items">One row an item.</param>
    /// <param name="stride">Floats from one to the next.</param>
    /// <param name="rows">Number of rows, up to <see cref="RowPass.Rows"/>.</param>
    /// <param name="anew">Whether all are made, whatever is kept.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> floats; the parts stand in it.</param>
    public KeptRows Of(ReadOnlySpan<float> items, int stride, int rows, bool anew, Span<float> scratch)
    {
        int most = Math.Min(rows, Chunk), at = 0;
        Span<FloatHash.Wide> hashes = MemoryMarshal.Cast<float, FloatHash.Wide>(Take(scratch, ref at, rows * HashFloats));
        Span<KeptPlace> places = MemoryMarshal.Cast<float, KeptPlace>(Take(scratch, ref at, rows * PlaceFloats));
        Span<int> missing = MemoryMarshal.Cast<float, int>(Take(scratch, ref at, rows));
        Span<float> scales = Take(scratch, ref at, rows), gathered = Take(scratch, ref at, most * dense), parts = Take(scratch, ref at, most * store.Width);
        Span<short> codes = MemoryMarshal.Cast<float, short>(scratch[at..]);

        // Three loops, so that the memory of many look-ups is on its way at once.
        for (int r = 0; r < rows; r++)
        {
            hashes[r] = FloatHash.WideOf(items.Slice(r * stride, dense));
            store.Prepare(hashes[r]);
        }

        int missed = 0;
        for (int r = 0; r < rows; r++)
        {
            (int place, int sequence) = anew ? (-1, 0) : store.Find(hashes[r]);
            if (place < 0)
            {
                missing[missed] = r;
                place = -1 - missed++;
            }

            places[r] = new KeptPlace(place, sequence);
        }

        store.Count(rows - missed, missed);
        for (int first = 0; first < missed; first += Chunk)
        {
            int count = Math.Min(Chunk, missed - first);
            for (int m = 0; m < count; m++)
                items.Slice(missing[first + m] * stride, dense).CopyTo(gathered[(m * dense)..]);
            layer.ItemParts(gathered, dense, count, parts);
            for (int m = 0; m < count; m++)
            {
                Span<short> made = codes.Slice((first + m) * store.Width, store.Width);
                scales[first + m] = Int16Units.Encode(parts.Slice(m * store.Width, store.Width), made);
                store.Keep(hashes[missing[first + m]], made, scales[first + m]);
            }
        }

        return new KeptRows(store, places, codes, scales);
    }

    private int CodesAt(int rows)
    {
        int most = Math.Min(rows, Chunk);
        return RowPass.Lines(rows * HashFloats) + RowPass.Lines(rows * PlaceFloats) + (2 * RowPass.Lines(rows)) + RowPass.Lines(most * dense) + RowPass.Lines(most * store.Width);
    }

    private static Span<float> Take(Span<float> scratch, scoped ref int at, int length)
    {
        Span<float> taken = scratch.Slice(at, length);
        at += RowPass.Lines(length);
        return taken;
    }
}

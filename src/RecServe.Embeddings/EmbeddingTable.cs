using System.Numerics;
using System.Runtime.CompilerServices;
using RecServe.Artifacts;

namespace RecServe.Embeddings;

/// <summary>
/// The fp32 rows of one field in process memory, found by their 64-bit keys. Immutable and thread-safe: any number of readers gather
/// at once.
/// </summary>
/// <remarks>
/// One block of slots of 8 bytes of key and 4·Width bytes of row, so that a look-up whose home slot is free of collisions touches the
/// row's own cache lines alone. Linear probing at load 0.6: 1.75 slots a hit, 3.6 a miss in expectation (Knuth, TAOCP 3, 6.4).
/// The block is a pinned array: it lives as long as the table does, without a Dispose that a reader could lose a race against.
/// </remarks>
public sealed unsafe partial class EmbeddingTable
{
    private const double Load = 0.6;

    /// <summary>Mean probes above which another seed is tried; a random placement needs 1.75.</summary>
    private const int PoorProbes = 4;

    private const int SeedsTried = 8;

    private readonly ulong[] _memory;
    private readonly byte* _slots;
    private readonly float* _missing, _unknown;
    private readonly bool _hasMissing;
    private readonly ulong _capacity;
    private readonly int _slotBytes;
    private readonly ulong _seed;

    /// <summary>Copies a package's table.</summary>
    /// <param name="table">A table that PackageReader has checked.</param>
    /// <exception cref="ArgumentException">The rows do not fit into one block of 16 GiB.</exception>
    public EmbeddingTable(PackageTable table)
    {
        Name = table.Name;
        Width = table.Width;
        Rows = table.Keys.Length;
        int rowWords = (Width + 1) / 2;
        _slotBytes = 8 * (1 + rowWords);
        _capacity = (ulong)(Rows / Load) + 1;
        // Two more rows stand behind the slots (missing, unknown); 8 words align the first slot to a cache line.
        UInt128 words = ((UInt128)_capacity * (ulong)(1 + rowWords)) + (ulong)(2 * rowWords) + 8;
        if (words > (ulong)Array.MaxLength)
            throw new ArgumentException($"table '{Name}': {Rows} rows of {Width} floats do not fit into one block of memory", nameof(table));
        _memory = GC.AllocateArray<ulong>((int)words, pinned: true);
        _slots = (byte*)(((nuint)Unsafe.AsPointer(ref _memory[0]) + 63) & ~(nuint)63);
        _missing = (float*)(_slots + (_capacity * (ulong)_slotBytes));
        _unknown = _missing + (2 * rowWords);
        _seed = Place(table);

        int missing = table.Keys.AsSpan().IndexOf(0UL);
        _hasMissing = missing >= 0;
        (_hasMissing ? table.Rows.AsSpan(missing * Width, Width) : table.Default).CopyTo(new Span<float>(_missing, Width));
        (table.Unknown ?? table.Default).CopyTo(new Span<float>(_unknown, Width));
    }

    /// <summary>Table name: the field's.</summary>
    public string Name { get; }

    /// <summary>Floats of a row.</summary>
    public int Width { get; }

    /// <summary>Rows held.</summary>
    public int Rows { get; }

    /// <summary>Bytes of memory held, free slots included.</summary>
    public long Bytes => 8L * _memory.Length;

    /// <summary>Copies the row that answers a key: its own, else the unknown row (not for key 0), else the default row.</summary>
    /// <param name="key">Row key.</param>
    /// <param name="row">At least <see cref="Width"/> floats.</param>
    /// <returns>Whether the key has a row of its own.</returns>
    public bool CopyRow(ulong key, Span<float> row)
    {
        bool found = Find(key, Home(key), out float* source);
        new ReadOnlySpan<float>(source, Width).CopyTo(row);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Slots looked at for a key that has a row, on average over the rows: what tests hold the hash to.</summary>
    internal double MeanProbes()
    {
        long probes = 0, held = 0;
        for (ulong at = 0; at < _capacity; at++)
        {
            ulong key = *(ulong*)(_slots + (at * (ulong)_slotBytes));
            if (key == 0)
                continue;
            ulong home = Slot(key, _seed);
            probes += 1 + (long)(at >= home ? at - home : at + _capacity - home);
            held++;
        }

        return held == 0 ? 1 : (double)probes / held;
    }

    /// <summary>Two multiplications with a fold between: every bit of the key reaches the top bits, which choose the slot.</summary>
    private ulong Slot(ulong key, ulong seed)
    {
        ulong hash = (key ^ seed) * 0x9E3779B97F4A7C15;
        hash = (hash ^ (hash >> 32)) * 0xD6E8FEB86659FD93;
        return Math.BigMul(hash, _capacity, out _);
    }

    private byte* Home(ulong key) => _slots + (Slot(key, _seed) * (ulong)_slotBytes);

    /// <summary>Row of a key by probing from its home slot; 0 marks a free slot, so key 0 itself stands behind the slots.</summary>
    private bool Find(ulong key, byte* slot, out float* row)
    {
        if (key == 0)
        {
            row = _missing;
            return _hasMissing;
        }

        while (true)
        {
            ulong held = *(ulong*)slot;
            if (held == key)
            {
                row = (float*)(slot + 8);
                return true;
            }

            if (held == 0)
            {
                row = _unknown;
                return false;
            }

            slot += _slotBytes;
            if (slot == _missing)
                slot = _slots;
        }
    }

    /// <summary>
    /// Fills the slots and returns the seed. Keys are hashes of values, yet someone may have chosen values whose keys collide under one
    /// seed: then the next is tried; the seeds are fixed, so equal tables are laid out equally.
    /// </summary>
    private ulong Place(PackageTable table)
    {
        for (int attempt = 1; ; attempt++)
        {
            ulong seed = BitOperations.RotateLeft((ulong)attempt * 0xBF58476D1CE4E5B9, 17);
            long budget = attempt < SeedsTried ? ((long)PoorProbes * Rows) + 64 : long.MaxValue;
            if (TryPlace(table, seed, budget))
                return seed;
            Array.Clear(_memory);
        }
    }

    private bool TryPlace(PackageTable table, ulong seed, long budget)
    {
        for (int i = 0; i < table.Keys.Length; i++)
        {
            ulong key = table.Keys[i];
            if (key == 0)
                continue;
            ulong at = Slot(key, seed);
            while (*(ulong*)(_slots + (at * (ulong)_slotBytes)) != 0)
            {
                at = at + 1 == _capacity ? 0 : at + 1;
                if (--budget < 0)
                    return false;
            }

            byte* slot = _slots + (at * (ulong)_slotBytes);
            *(ulong*)slot = key;
            table.Rows.AsSpan(i * Width, Width).CopyTo(new Span<float>(slot + 8, Width));
        }

        return true;
    }
}

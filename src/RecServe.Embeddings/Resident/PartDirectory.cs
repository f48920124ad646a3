using System.Runtime.CompilerServices;

namespace RecServe.Embeddings;

/// <summary>Which part holds a hash: 2^depth entries by the hash's highest bits. Immutable; the writer publishes another when a part is replaced.</summary>
internal sealed unsafe class PartDirectory
{
    // Pinned and kept alive by whoever holds this object. One more entry, so that the first can stand on a memory line.
    private readonly PartDescriptor[] _descriptors;
    private readonly nint[] _firsts;
    private readonly TablePart[] _parts;

    /// <summary>Makes one.</summary>
    /// <param name="hash">The hash whose bits choose.</param>
    /// <param name="parts">2^depth entries; a part of a smaller depth stands in several neighbouring ones.</param>
    public PartDirectory(KeyHash hash, TablePart[] parts)
    {
        (Hash, _parts) = (hash, parts);
        Depth = System.Numerics.BitOperations.Log2((uint)parts.Length);
        _firsts = GC.AllocateArray<nint>(2 * parts.Length, pinned: true);
        FirstSlots = (nint*)Unsafe.AsPointer(ref _firsts[0]);
        FirstPilots = FirstSlots + parts.Length;
        _descriptors = GC.AllocateArray<PartDescriptor>(parts.Length + 4, pinned: true);
        Descriptors = (PartDescriptor*)(((nuint)Unsafe.AsPointer(ref _descriptors[0]) + 63) & ~(nuint)63);
        for (int i = 0; i < parts.Length; i++)
        {
            Descriptors[i] = parts[i].Descriptor;
            FirstSlots[i] = (nint)Descriptors[i].Slots;
            FirstPilots[i] = (nint)Descriptors[i].Pilots;
        }

        IsUniform = true;
        for (int i = 1; i < parts.Length; i++)
            IsUniform &= Descriptors[i].Size == Descriptors[0].Size;
    }

    /// <summary>The hash whose bits choose.</summary>
    public KeyHash Hash { get; }

    /// <summary>Bits that choose.</summary>
    public int Depth { get; }

    /// <summary>What look-ups need of each entry's part.</summary>
    public PartDescriptor* Descriptors { get; }

    /// <summary>First slot of each entry's part.</summary>
    public nint* FirstSlots { get; }

    /// <summary>First pilot of each entry's part.</summary>
    public nint* FirstPilots { get; }

    /// <summary>Whether all parts have the same size: look-ups then compute slots for several keys at a time.</summary>
    public bool IsUniform { get; }

    /// <summary>The part of each entry.</summary>
    public ReadOnlySpan<TablePart> Parts => _parts;

    /// <summary>Bytes of the directory.</summary>
    public long Bytes => BytesFor(_parts.Length);

    /// <summary>Bytes of a directory of so many entries.</summary>
    public static long BytesFor(int parts) => (Unsafe.SizeOf<PartDescriptor>() + (2 * sizeof(nint))) * (long)(parts + 4);

    /// <summary>The part of a hash.</summary>
    public TablePart PartOf(ulong hash) => _parts[PartSize.Part(hash, Depth)];

    /// <summary>Each part once.</summary>
    public IEnumerable<TablePart> Distinct()
    {
        for (int i = 0; i < _parts.Length; i++)
        {
            if (i == 0 || _parts[i] != _parts[i - 1])
                yield return _parts[i];
        }
    }
}

using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>A place of the delta's index. The key is written before the row's number and never changes while the number is not 0.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal struct DeltaEntry
{
    /// <summary>Nothing was ever here: a search ends.</summary>
    public const int Empty = 0;

    /// <summary>The key's row went back into its slot, or the key was deleted.</summary>
    public const int Removed = -1;

    /// <summary>Row key.</summary>
    public ulong Key;

    /// <summary>Number of the row, from 1, or one of the constants above.</summary>
    public int Row;
}

using System.Runtime.InteropServices;

namespace RecServe.Embeddings;

/// <summary>Where a part lies: its pilots stand backwards before its first slot, so one address serves both.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
internal unsafe struct PartDescriptor
{
    /// <summary>First slot; the pilot of bucket b is the byte at <c>Slots - 1 - b</c>.</summary>
    public byte* Slots;

    /// <summary>Sizes of the part.</summary>
    public PartSize Size;
}

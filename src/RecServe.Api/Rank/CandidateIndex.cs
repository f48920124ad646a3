using RecServe.Features;

namespace RecServe.Api.Rank;

/// <summary>
/// Finds candidates by id within one request: an open-addressing table of indices, at most half full, hashed by XXH64. Replaces a
/// dictionary of strings, which would allocate per candidate. Reused between requests; not thread-safe.
/// </summary>
internal sealed class CandidateIndex
{
    private int[] _slots = new int[1024];
    private ulong[] _hashes = new ulong[512];
    private int _mask;

    /// <summary>Bytes of the table.</summary>
    public long Bytes => 4L * _slots.Length;

    /// <summary>Fills the table with the candidates of a request.</summary>
    /// <returns>−1, or the first candidate whose id an earlier one (<paramref name="earlier"/>) has too.</returns>
    public int Build(RankRequest request, out int earlier)
    {
        Span<Candidate> items = request.Items.Span;
        int size = 16;
        while (size < items.Length * 2)
            size *= 2;
        if (_slots.Length < size)
            _slots = new int[size];
        if (_hashes.Length < items.Length)
            _hashes = new ulong[size];
        _mask = size - 1;
        _slots.AsSpan(0, size).Clear();
        for (int i = 0; i < items.Length; i++)
        {
            ReadOnlySpan<byte> id = request.Utf8(items[i].Id);
            _hashes[i] = RowKey.Hash64(id);
            int slot = SlotOf(request, _hashes[i], id);
            if (_slots[slot] != 0)
            {
                earlier = _slots[slot] - 1;
                return i;
            }

            _slots[slot] = i + 1;
        }

        earlier = -1;
        return -1;
    }

    /// <summary>Index of the candidate with an id, or −1.</summary>
    public int Find(RankRequest request, ReadOnlySpan<byte> id) => _slots[SlotOf(request, RowKey.Hash64(id), id)] - 1;

    /// <summary><see cref="RowKey.Hash64"/> of a candidate's id.</summary>
    public ulong HashOf(int candidate) => _hashes[candidate];

    // The slot that holds the id, or the free one where it would go.
    private int SlotOf(RankRequest request, ulong hash, ReadOnlySpan<byte> id)
    {
        int slot = (int)hash & _mask;
        while (_slots[slot] != 0 && (_hashes[_slots[slot] - 1] != hash || !request.Utf8(request.Items[_slots[slot] - 1].Id).SequenceEqual(id)))
            slot = (slot + 1) & _mask;
        return slot;
    }
}

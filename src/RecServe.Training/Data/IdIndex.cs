using RecServe.Features;

namespace RecServe.Training.Data;

/// <summary>Numbers ids (users, items) in the order they are met and keeps their text.</summary>
internal sealed class IdIndex
{
    private readonly Dictionary<ulong, int> _numbers = [];
    private byte[] _bytes = new byte[256];
    private readonly List<int> _offsets = [0];

    /// <summary>Ids met.</summary>
    public int Count => _offsets.Count - 1;

    /// <summary>UTF-8 text of an id.</summary>
    public ReadOnlySpan<byte> this[int number] => _bytes.AsSpan(_offsets[number], _offsets[number + 1] - _offsets[number]);

    /// <summary>Number of an id; a new one is the next.</summary>
    /// <exception cref="DataFileException">All ids together have more than 2 GB of text.</exception>
    public int NumberOf(ReadOnlySpan<byte> id)
    {
        ulong hash = RowKey.Hash64(id);
        if (_numbers.TryGetValue(hash, out int number))
            return number;
        int start = _offsets[^1];
        long needed = (long)start + id.Length;
        if (needed > Array.MaxLength)
            throw new DataFileException($"the ids of users or items have more than {Array.MaxLength:N0} bytes in all");
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, (int)Math.Min(Math.Max(needed, _bytes.Length * 2L), Array.MaxLength));
        id.CopyTo(_bytes.AsSpan(start));
        _offsets.Add((int)needed);
        _numbers.Add(hash, Count - 1);
        return Count - 1;
    }

    /// <summary>UTF-8 text of an id by its <see cref="RowKey.Hash64"/>.</summary>
    /// <exception cref="KeyNotFoundException">It was not met.</exception>
    public ReadOnlySpan<byte> TextOf(ulong hash) => this[_numbers[hash]];

    /// <summary>Number of an id, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id) => _numbers.GetValueOrDefault(RowKey.Hash64(id), -1);
}

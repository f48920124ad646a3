using System.Collections.Concurrent;
using RecServe.Features;

namespace RecServe.FeatureStore;

/// <summary>Something for each id of each entity. Any number of readers beside one writer.</summary>
internal sealed class IdTable<T> where T : class
{
    private readonly ConcurrentDictionary<byte[], T>[] _byEntity = [Empty(), Empty(), Empty()];

    /// <summary>Bytes that an entry takes beside its id and its value's own bytes: a node of the dictionary, its place, and the headers of three objects. Measured on .NET 10, rounded up.</summary>
    public const int EntryBytes = 160;

    /// <summary>What an id has.</summary>
    public bool TryGet(FieldSide entity, ReadOnlySpan<byte> id, out T? value) =>
        _byEntity[(int)entity].GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(id, out value);

    /// <summary>Gives an id something.</summary>
    /// <returns>The id as it is kept.</returns>
    public void Set(FieldSide entity, byte[] id, T value) => _byEntity[(int)entity][id] = value;

    /// <summary>Takes what an id has away.</summary>
    public void Remove(FieldSide entity, byte[] id) => _byEntity[(int)entity].TryRemove(id, out _);

    private static ConcurrentDictionary<byte[], T> Empty() => new(concurrencyLevel: 1, capacity: 1024, new IdComparer());
}

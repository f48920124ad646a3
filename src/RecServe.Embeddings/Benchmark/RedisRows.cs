using System.Buffers.Binary;
using StackExchange.Redis;

namespace RecServe.Embeddings;

/// <summary>
/// The remote yardstick: encoded rows in a Redis server, fetched by MGET through the client that the product ships. Names of 12 bytes and values without a
/// header, so that nothing of the product's own format is timed.
/// </summary>
internal sealed class RedisRows : IDisposable
{
    // Larger MGETs were no faster; smaller ones cost a message each.
    private const int Chunk = 500;

    // MSETs under way together while rows are loaded.
    private const int MostSent = 16;

    private readonly ConnectionMultiplexer _connection;
    private readonly IDatabase _database;
    private readonly int _rowBytes;

    /// <summary>Loads rows in pipelines.</summary>
    /// <param name="connectionString">A single server, as StackExchange.Redis has it.</param>
    /// <param name="keys">Keys of the rows.</param>
    /// <param name="rows">The encoded rows one after another.</param>
    /// <param name="rowBytes">Bytes of a row.</param>
    public RedisRows(string connectionString, ReadOnlySpan<ulong> keys, ReadOnlySpan<byte> rows, int rowBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, keys.Length * rowBytes);
        _rowBytes = rowBytes;
        _connection = ConnectionMultiplexer.Connect(connectionString);
        _database = _connection.GetDatabase();
        var sent = new Queue<Task>();
        for (int first = 0; first < keys.Length; first += Chunk)
        {
            var some = new KeyValuePair<RedisKey, RedisValue>[Math.Min(Chunk, keys.Length - first)];
            for (int i = 0; i < some.Length; i++)
                some[i] = new(Name(keys[first + i]), rows.Slice((first + i) * rowBytes, rowBytes).ToArray());
            sent.Enqueue(_database.StringSetAsync(some));
            if (sent.Count > MostSent)
                sent.Dequeue().GetAwaiter().GetResult();
        }

        Task.WaitAll([.. sent]);
    }

    /// <summary>Fetches rows.</summary>
    /// <param name="keys">Any keys.</param>
    /// <param name="rows">Receives keys.Length rows; a key without one leaves its place as it was.</param>
    /// <param name="together">Whether all MGETs are sent before the first answer is awaited, not one after the other.</param>
    /// <returns>How many keys have a row.</returns>
    public int Gather(ReadOnlySpan<ulong> keys, Span<byte> rows, bool together = true)
    {
        var asked = new Task<RedisValue[]>[(keys.Length + Chunk - 1) / Chunk];
        for (int c = 0; c < asked.Length; c++)
        {
            ReadOnlySpan<ulong> chunk = keys[(c * Chunk)..Math.Min(keys.Length, (c + 1) * Chunk)];
            var names = new RedisKey[chunk.Length];
            for (int i = 0; i < names.Length; i++)
                names[i] = Name(chunk[i]);
            asked[c] = _database.StringGetAsync(names);
            if (!together)
                asked[c].GetAwaiter().GetResult();
        }

        int found = 0;
        for (int c = 0; c < asked.Length; c++)
        {
            RedisValue[] values = asked[c].GetAwaiter().GetResult();
            for (int i = 0; i < values.Length; i++)
            {
                if ((byte[]?)values[i] is not { } row)
                    continue;
                row.CopyTo(rows.Slice((c * Chunk + i) * _rowBytes, _rowBytes));
                found++;
            }
        }

        return found;
    }

    public void Dispose() => _connection.Dispose();

    private static byte[] Name(ulong key)
    {
        byte[] name = [(byte)'r', (byte)'o', (byte)'w', (byte)':', 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt64LittleEndian(name.AsSpan(4), key);
        return name;
    }
}

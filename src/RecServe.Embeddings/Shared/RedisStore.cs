using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace RecServe.Embeddings;

/// <summary>Rows in a Redis server or cluster. Keys, values and script: docs/formats/redis.md.</summary>
internal sealed partial class RedisStore : ISharedStore
{
    /// <summary>
    /// Writes records that are newer than what is there; of equal versions only the time to live is renewed. The versions are compared by halves of 32
    /// bits, since numbers in Lua are doubles. What is no record is overwritten.
    /// </summary>
    internal const string SetIfNewer = """
        local keep, written = tonumber(ARGV[1]), 0
        for i = 1, #KEYS do
          local record, order = ARGV[i + 1], 1
          local old = redis.pcall('GETRANGE', KEYS[i], 0, 11)
          if type(old) == 'string' and #old == 12 and string.byte(old, 1) == 1 then
            local oldLow, oldHigh = struct.unpack('<I4I4', old, 5)
            local low, high = struct.unpack('<I4I4', record, 5)
            if high ~= oldHigh then order = high - oldHigh else order = low - oldLow end
          end
          if order > 0 then
            if keep > 0 then redis.call('SET', KEYS[i], record, 'PX', keep) else redis.call('SET', KEYS[i], record) end
            written = written + 1
          elseif order == 0 and keep > 0 then
            redis.call('PEXPIRE', KEYS[i], keep)
          end
        end
        return written
        """;

    private readonly RowKeys _keys;

    public RedisStore(string connectionString, string prefix)
    {
        _keys = new RowKeys(prefix);
        _configuration = Parse(connectionString);
        _connecting = ConnectAsync(null);
    }

    public async Task<byte[]?[]> Read(RowId[] ids)
    {
        IDatabase database = Database();
        RedisValue[] values;
        if (ids.Length == 1)
        {
            values = [await database.StringGetAsync(_keys.Name(ids[0])).ConfigureAwait(false)];
        }
        else
        {
            var names = new RedisKey[ids.Length];
            for (int i = 0; i < ids.Length; i++)
                names[i] = _keys.Name(ids[i]);
            values = await database.StringGetAsync(names).ConfigureAwait(false);
        }

        byte[]?[] found = new byte[]?[ids.Length];
        for (int i = 0; i < found.Length; i++)
            found[i] = values[i];
        return found;
    }

    public async Task<int> Write(RowId[] ids, byte[][] records, TimeSpan? keep)
    {
        var names = new RedisKey[ids.Length];
        var arguments = new RedisValue[ids.Length + 1];
        arguments[0] = keep is { } time ? (long)time.TotalMilliseconds : 0;
        for (int i = 0; i < ids.Length; i++)
            (names[i], arguments[i + 1]) = (_keys.Name(ids[i]), records[i]);
        RedisResult written = await Database().ScriptEvaluateAsync(SetIfNewer, names, arguments).ConfigureAwait(false);
        await LeaveClient();
        return (int)written;
    }

    public async Task Probe(int lane)
    {
        await Database().StringGetAsync(_keys.Probe(lane)).ConfigureAwait(false);
        await LeaveClient();
    }

    public IReadOnlyList<IEnumerable<RowId>> Enumerate() =>
        _connection is { } connection ? [.. connection.GetEndPoints().Select(point => Walk(connection.GetServer(point)))] : [];

    private IEnumerable<RowId> Walk(IServer server)
    {
        // A replica has the rows of its master. (Client versions from 2 on call it IsReplica.)
        if (server.IsSlave)
            yield break;
        foreach (RedisKey name in server.Keys(_configuration.DefaultDatabase ?? 0, _keys.Pattern, ScanPage))
        {
            if (_keys.TryParse((byte[])name!, out RowId id))
                yield return id;
        }
    }

    // The client completes its tasks one after another on one thread: a caller that blocked there would wait for itself.
    private static YieldAwaitable LeaveClient() => Task.Yield();

    // Names asked for at a time.
    private const int ScanPage = 1000;
}

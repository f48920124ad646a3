using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

public class RedisRowsTests
{
    [RedisFact]
    public void Gather_gives_the_rows_of_any_keys()
    {
        using LocalRedis server = LocalRedis.TryStart()!;
        ulong[] keys = TestRows.Keys(1701);
        int rowBytes = RowCodec.RowBytes(RowPrecision.Int8, 7);
        byte[] rows = TestRows.Encode(RowPrecision.Int8, keys, 7);
        var random = new Random(3);
        int[] picked = [.. Enumerable.Range(0, 1300).Select(_ => random.Next(keys.Length))];
        byte[] got = new byte[1301 * rowBytes];
        using var redis = new RedisRows(server.ConnectionString, keys, rows, rowBytes);
        Assert.Equal(1300, redis.Gather([.. picked.Select(i => keys[i]), 42], got));
        for (int j = 0; j < picked.Length; j++)
            Assert.Equal(rows.AsSpan(picked[j] * rowBytes, rowBytes).ToArray(), got.AsSpan(j * rowBytes, rowBytes).ToArray());
    }
}

using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Durable;

public sealed class FeatureCacheTests
{
    [Fact]
    public void Changes_that_fail_again_and_again_leave_nothing_behind()
    {
        var cache = new FeatureCache(maxBytes: 1 << 20);
        for (int round = 0; round < 1_000; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                FeatureRow row = new FeatureRowBuilder(FieldSide.User, $"u{i}", (ulong)round + 1, "p").Build();
                ulong key = RowKey.Hash64(row.Id);
                cache.Promote(row.Entity, row.Id, key, row, row.Version, cache.Stamp(key));
                if (i > 0)
                {
                    cache.Begin(key);
                    cache.Fail(key, row);
                }
            }

            Assert.InRange(cache.Queued, 1, 20);
        }

        Assert.Equal(1, cache.Measure().Rows);
        Assert.True(cache.TryGet(FieldSide.User, Encoding.UTF8.GetBytes("u0"), out FeatureRow? kept) && kept is not null);
    }
}

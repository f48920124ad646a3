namespace RecServe.Embeddings.Tests;

public class SlotMathTests
{
    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(1_000, 257)]
    [InlineData(299_999, 77_001)]
    public void Buckets_and_slots_of_a_group_equal_those_of_each_key(uint slots, uint buckets)
    {
        var size = new PartSize(slots, buckets);
        var math = new SlotMath(size, 40);
        var random = new Random(3);
        ulong[] hashes = new ulong[SlotMath.Group], bucketOf = new ulong[SlotMath.Group];
        byte[] pilots = new byte[SlotMath.Group];
        nint[] starts = new nint[SlotMath.Group], addresses = new nint[SlotMath.Group];
        for (int repeat = 0; repeat < 100; repeat++)
        {
            for (int j = 0; j < SlotMath.Group; j++)
            {
                hashes[j] = repeat == 0 ? ulong.MaxValue : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
                pilots[j] = (byte)random.Next(256);
                starts[j] = (nint)random.NextInt64(1L << 46);
            }

            math.Buckets(hashes, bucketOf);
            math.Slots(hashes, pilots, starts, addresses);
            for (int j = 0; j < SlotMath.Group; j++)
            {
                Assert.Equal(size.Bucket(hashes[j]), bucketOf[j]);
                Assert.True(bucketOf[j] < buckets);
                Assert.Equal(starts[j] + 40 * (nint)size.Slot(hashes[j], pilots[j]), addresses[j]);
                Assert.True(size.Slot(hashes[j], pilots[j]) < slots);
            }
        }
    }

    [Fact]
    public void KeyHash_many_keys_equal_one_by_one()
    {
        var hash = new KeyHash(77);
        ulong[] keys = TestRows.Keys(37), hashes = new ulong[37];
        for (int count = 0; count <= 37; count++)
        {
            hash.Of(keys.AsSpan(0, count), hashes);
            Assert.Equal(keys[..count].Select(hash.Of), hashes[..count]);
        }
    }
}

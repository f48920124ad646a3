using System.Text;

namespace RecServe.Features.Tests;

public class RowKeyTests
{
    // Published values: xxHash's own documentation, and the test vectors of github.com/cespare/xxhash and of python-xxhash.
    [Theory]
    [InlineData("", 0xef46db3751d8e999UL)]
    [InlineData("a", 0xd24ec4f1a98c6e5bUL)]
    [InlineData("as", 0x1c330fb2d66be179UL)]
    [InlineData("asd", 0x631c37ce72a97393UL)]
    [InlineData("asdf", 0x415872f599cea71eUL)]
    [InlineData("abc", 0x44bc2cf5ad770999UL)]
    [InlineData("xxhash", 0x32dd38952c4bc720UL)]
    [InlineData("Nobody inspects the spammish repetition", 0xfbcea83c8a378bf1UL)]
    [InlineData("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02a2e85470d6fd96UL)]
    public void Hash64_golden_vector_equals_published_value(string text, ulong expected) =>
        Assert.Equal(expected, RowKey.Hash64(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Of_text_longer_than_the_stack_buffer_equals_its_bytes()
    {
        string text = new('ä', 1025);
        Assert.Equal(RowKey.Of(Encoding.UTF8.GetBytes(text)), RowKey.Of(text));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(10_000_000)]
    public void OfBucket_any_value_is_between_2_and_buckets_plus_1(int buckets)
    {
        for (int i = 0; i < 1025; i++)
        {
            byte[] value = Encoding.UTF8.GetBytes($"v{i}");
            ulong key = RowKey.OfBucket(value, buckets);
            Assert.InRange(key, 2UL, (ulong)buckets + 1);
            Assert.Equal(2 + RowKey.Hash64(value) % (ulong)buckets, key);
        }
    }
}

using System.Text;
using RecServe.Kernels;

namespace RecServe.Embeddings.Tests;

/// <summary>The bytes of docs/formats/redis.md; the expected ones were written down by hand from that page and, for slots, from redis-server itself.</summary>
public class RowRecordTests
{
    [Fact]
    public void Record_of_a_row_has_the_documented_bytes()
    {
        byte[] record = RowRecord.Create(RowPrecision.Fp32, 2, 0x1122334455667788);
        RowCodec.Encode(RowPrecision.Fp32, [1f, -2f], record.AsSpan(RowRecord.HeaderBytes));
        Assert.Equal("010002008877665544332211" + "0000803F" + "000000C0", Convert.ToHexString(record));

        byte[] compact = RowRecord.Create(RowPrecision.Int8Compact, 4096, 1);
        Assert.Equal("010300100100000000000000", Convert.ToHexString(compact.AsSpan(0, 12)));
        Assert.Equal(12 + 4096 + 2, compact.Length);
    }

    [Fact]
    public void Record_of_a_deletion_has_the_documented_bytes() =>
        Assert.Equal("01FF0000FEFFFFFFFFFFFFFF", Convert.ToHexString(RowRecord.CreateDeletion(ulong.MaxValue - 1)));

    [Fact]
    public void TryRead_reads_what_is_documented()
    {
        Assert.True(RowRecord.TryRead(Convert.FromHexString("010002008877665544332211" + "0000803F" + "000000C0"), 2, out RowRecord record));
        Assert.Equal((0x1122334455667788UL, RowPrecision.Fp32, false), (record.Version, record.Precision, record.IsDeletion));
        Assert.Equal("0000803F000000C0", Convert.ToHexString(record.Row));
        Assert.True(RowRecord.TryRead(Convert.FromHexString("01FF0000FEFFFFFFFFFFFFFF"), 2, out record));
        Assert.Equal((ulong.MaxValue - 1, true), (record.Version, record.IsDeletion));
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0100020088776655443322")]
    [InlineData("0200020088776655443322110000803F000000C0")]
    [InlineData("0106020088776655443322110000803F000000C0")]
    [InlineData("0100030088776655443322110000803F000000C0")]
    [InlineData("0100020088776655443322110000803F000000")]
    [InlineData("0100020088776655443322110000803F000000C000")]
    [InlineData("0100020088776655443322110000803F0000C07F")]
    [InlineData("01FF0200FEFFFFFFFFFFFFFF")]
    [InlineData("01FF0000FEFFFFFFFFFFFFFF00")]
    public void TryRead_takes_nothing_else(string hex) => Assert.False(RowRecord.TryRead(Convert.FromHexString(hex), 2, out _));

    [Fact]
    public void TryRead_random_bytes_never_throws()
    {
        var random = new Random(5);
        for (int i = 0; i < 100_000; i++)
        {
            byte[] value = new byte[random.Next(0, 40)];
            random.NextBytes(value);
            if (value.Length > 3)
                (value[0], value[1], value[2], value[3]) = (1, (byte)random.Next(8), (byte)random.Next(3), 0);
            _ = RowRecord.TryRead(value, 2, out _);
        }
    }

    [Fact]
    public void Name_of_a_row_has_the_documented_form()
    {
        // Computed from the page with Python: (0xFF ^ 0x0123456789ABCDEF) * 0x9E3779B97F4A7C15 % 2**64 >> 58 is lane 14, whose tag is 153.
        var keys = new RowKeys("recserve");
        var id = new RowId(new TableId(0x0123456789ABCDEF), 0xFF);
        Assert.Equal("recserve:{153}:0123456789abcdef:00000000000000ff", Encoding.ASCII.GetString(keys.Name(id)));
        Assert.True(keys.TryParse(keys.Name(id), out RowId parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("recserve:{0}:0123456789abcdef:00000000000000ff")]
    [InlineData("recserve::0123456789abcdef:00000000000000ff")]
    [InlineData("0123456789abcdef:00000000000000ff")]
    [InlineData("recserve:probe")]
    [InlineData("")]
    [InlineData("recserve:{0}:0123456789abcdef:00000000000000FF")]
    [InlineData("recserve:{0}:0123456789abcde :00000000000000ff")]
    public void TryParse_refuses_other_names(string name)
    {
        Assert.False(new RowKeys("recserve").TryParse(Encoding.ASCII.GetBytes(name), out _));
    }

    [Fact]
    public void Tags_are_the_documented_ones() => Assert.Equal(
        "10,18,113,342,29,21,3,122,69,61,72,162,50,58,153,43,11,19,112,343,28,20,2,123,68,60,73,163,51,59,152,42," +
        "12,102,111,119,133,23,1,9,173,63,70,78,52,142,49,41,13,103,110,118,132,22,0,8,172,62,71,79,53,143,48,40",
        string.Join(',', RowLanes.Tags));

    [RedisFact]
    public void Tags_have_the_slots_that_the_server_computes_one_in_each_64th()
    {
        using var server = new RedisServer("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf");
        for (int lane = 0; lane < RowLanes.Count; lane++)
        {
            int slot = int.Parse(server.Command("CLUSTER", "KEYSLOT", $"recserve:{{{RowLanes.Tags[lane]}}}:x").Trim(':', '\r', '\n'));
            Assert.Equal(lane, slot / 256);
            Assert.Equal(slot, RowLanes.Slot(RowLanes.Tags[lane]));
        }
    }

    [Fact]
    public void Lanes_share_keys_evenly_whatever_their_pattern()
    {
        foreach (Func<int, ulong> pattern in new Func<int, ulong>[] { i => (ulong)i, i => (ulong)i << 32, i => TestRows.Mix((ulong)i) })
        {
            var counts = new int[RowLanes.Count];
            for (int i = 0; i < 64_000; i++)
                counts[RowLanes.Of(new RowId(SharedSample.Table, pattern(i)))]++;
            Assert.All(counts, count => Assert.InRange(count, 800, 1200));
        }
    }
}

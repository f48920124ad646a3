using Microsoft.Extensions.Time.Testing;
using RecServe.Artifacts;
using RecServe.Embeddings;
using RecServe.Kernels;

namespace RecServe.Stream.Tests.Firewall;

/// <summary>What is let in: each rule against a case on either side of it.</summary>
public sealed class UpdateFirewallTests : IDisposable
{
    private const int Width = 4;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600));

    /// <summary>Keys 2 to 101, each row of length 1.</summary>
    private readonly EmbeddingTable _table = new(new PackageTable
    {
        Name = "item",
        Width = Width,
        Keys = [.. Enumerable.Range(2, 100).Select(key => (ulong)key)],
        Rows = [.. Enumerable.Repeat(0.5f, 100 * Width)],
        Mean = new float[Width],
        Default = new float[Width],
    });

    public void Dispose() => _table.Dispose();

    [Theory]
    [InlineData(10.0, RefusalReason.None)]
    [InlineData(10.1, RefusalReason.NormJump)]
    [InlineData(0.0, RefusalReason.None)]
    public void A_row_may_be_ten_times_as_long_as_the_one_it_replaces(double length, RefusalReason expected) =>
        Assert.Equal(expected, Judge(new FirewallOptions(), Row(5, length)));

    [Theory]
    [InlineData(9.9, RefusalReason.None)]
    [InlineData(12.0, RefusalReason.NormJump)]
    public void A_new_key_is_judged_by_the_rows_of_the_table(double length, RefusalReason expected)
    {
        var firewall = new UpdateFirewall(new FirewallOptions(), _time);
        for (ulong key = 2; key < 60; key++)
            Assert.Equal(RefusalReason.None, Judge(firewall, Row(key, 1)));

        Assert.Equal(expected, Judge(firewall, Row(50_000, length)));
    }

    [Fact]
    public void Refused_rows_do_not_move_what_is_usual()
    {
        var firewall = new UpdateFirewall(new FirewallOptions(), _time);
        for (int i = 0; i < 1_000; i++)
            Assert.Equal(RefusalReason.NormJump, Judge(firewall, Row(5, 1_000)));
        Assert.Equal(RefusalReason.None, Judge(firewall, Row(5, 9)));
    }

    [Fact]
    public void Norms_of_a_table_without_rows_yet_have_nothing_to_jump_from() =>
        Assert.Equal(RefusalReason.None, Judge(new FirewallOptions(), Row(7_777, 1e6)));

    [Theory]
    [InlineData(86_399, RefusalReason.None)]
    [InlineData(86_401, RefusalReason.VersionAhead)]
    public void A_version_may_be_a_day_ahead_of_the_clock(long seconds, RefusalReason expected)
    {
        ulong version = (ulong)(_time.GetUtcNow().AddSeconds(seconds).ToUnixTimeMilliseconds() * 1000);

        Assert.Equal(expected, Judge(new FirewallOptions(), RowDelta.Deletion(5, version)));
        Assert.Equal(RefusalReason.None, Judge(new FirewallOptions { SecondsAhead = 0 }, RowDelta.Deletion(5, ulong.MaxValue)));
    }

    [Fact]
    public void Rows_that_the_table_cannot_store_are_refused()
    {
        var options = new FirewallOptions();
        Assert.Equal(RefusalReason.WrongLength, Judge(options, RowDelta.Of(5, 1, new float[3])));
        Assert.Equal(RefusalReason.WrongLength, Judge(options, RowDelta.OfEncoded(5, 1, RowPrecision.Int8, new byte[11])));
        Assert.Equal(RefusalReason.NotFinite, Judge(options, RowDelta.Of(5, 1, new[] { 0, float.NaN, 0, 0 })));
        Assert.Equal(RefusalReason.NotFinite, Judge(options, RowDelta.Of(5, 1, new[] { float.NegativeInfinity, 0, 0, 0 })));
        Assert.Equal(RefusalReason.NotFinite, Judge(options, RowDelta.OfEncoded(5, 1, RowPrecision.Fp16, new byte[] { 0, 0x7C, 0, 0, 0, 0, 0, 0 })));
        Assert.Equal(RefusalReason.None, Judge(options, RowDelta.OfEncoded(5, 1, RowPrecision.Int8, new byte[12])));
        Assert.Equal(RefusalReason.NotFinite, new UpdateFirewall(options, _time).JudgeReleased(RowDelta.Of(5, 1, new[] { 0, float.NaN, 0, 0 }), Width));
        Assert.Equal(RefusalReason.None, new UpdateFirewall(options, _time).JudgeReleased(Row(5, 1e6), Width));
    }

    [Fact]
    public void A_key_and_a_producer_may_send_so_many_rows_a_second_of_the_logs_time()
    {
        var firewall = new UpdateFirewall(new FirewallOptions { KeyRate = 100, ProducerRate = 250 }, _time);
        for (int second = 1; second <= 3; second++)
        {
            RefusalReason[] reasons = [.. Enumerable.Range(0, 120).Select(_ => Judge(firewall, Row(5, 1), 1_000 * second))];
            Assert.Equal(100, reasons.Count(reason => reason == RefusalReason.None));
            Assert.Equal(20, reasons.Count(reason => reason == RefusalReason.KeyRate));
            reasons = [.. Enumerable.Range(0, 200).Select(i => Judge(firewall, Row((ulong)i + 10, 1), (1_000 * second) + 999))];
            Assert.Equal(150, reasons.Count(reason => reason == RefusalReason.None));
            Assert.Equal(50, reasons.Count(reason => reason == RefusalReason.ProducerRate));
        }

        // Another partition has its own count, and a message without a time is not counted.
        Assert.Equal(RefusalReason.None, Judge(firewall, Row(5, 1), 3_000, partition: 1));
        Assert.All(Enumerable.Range(0, 300), _ => Assert.Equal(RefusalReason.None, Judge(firewall, Row(5, 1), 0)));
    }

    [Fact]
    public void A_backlog_is_judged_by_when_it_was_sent_and_not_by_when_it_is_read()
    {
        var firewall = new UpdateFirewall(new FirewallOptions { KeyRate = 10 }, _time);
        Assert.All(Enumerable.Range(0, 10_000), i => Assert.Equal(RefusalReason.None, Judge(firewall, Row(5, 1), 1_000 + (i * 100))));
    }

    [Fact]
    public void Norm_history_has_the_mean_and_deviation_of_its_rows()
    {
        var random = new Random(2);
        double[] norms = [.. Enumerable.Range(0, 5_000).Select(_ => random.NextDouble() * 7)];
        var history = new NormHistory();
        foreach (double norm in norms)
            history.Add(norm);

        double mean = norms.Average(), deviation = Math.Sqrt(norms.Select(norm => (norm - mean) * (norm - mean)).Average());
        Assert.Equal(mean + (3 * deviation), history.Usual, 9);
    }

    [Fact]
    public void Released_rows_are_judged_by_their_numbers_alone()
    {
        var firewall = new UpdateFirewall(new FirewallOptions { KeyRate = 1 }, _time);
        RowDelta[] rows = [Row(5, 1e6), Row(5, 1), RowDelta.Deletion(5, ulong.MaxValue), RowDelta.Of(5, 1, new float[3])];
        var verdicts = new RefusalReason[4];

        firewall.Judge(new RowUpdate("l", "item", "p", 0, rows, []) { ReleasedBy = "me" }, new UpdateMessage(0, 0, 1_000, default, default), _table, verdicts);

        Assert.Equal([RefusalReason.None, RefusalReason.None, RefusalReason.None, RefusalReason.WrongLength], verdicts);
    }

    private RefusalReason Judge(FirewallOptions options, RowDelta row) => Judge(new UpdateFirewall(options, _time), row);

    private RefusalReason Judge(UpdateFirewall firewall, RowDelta row, long timestamp = 0, int partition = 0)
    {
        var verdicts = new RefusalReason[1];
        firewall.Judge(new RowUpdate("l", "item", "p", 0, [row], []), new UpdateMessage(partition, 0, timestamp, default, default), _table, verdicts);
        return verdicts[0];
    }

    private static RowDelta Row(ulong key, double length) => RowDelta.Of(key, 1, new[] { (float)length, 0, 0, 0 });
}

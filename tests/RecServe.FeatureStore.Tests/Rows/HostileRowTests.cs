using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Rows;

/// <summary>Any bytes give a row or a reason, and whatever is let in can be read to its end.</summary>
public sealed class HostileRowTests
{
    private static readonly byte[] Sample = new FeatureRowBuilder(FieldSide.User, "u1", 7, "p", 3)
        .Text("country", "DE").Number("age", 30).List("history", ["i3", "i9", ""]).Build().Bytes.ToArray();

    [Fact]
    public void Every_shorter_form_and_every_longer_one_is_refused()
    {
        for (int length = 0; length < Sample.Length; length++)
            Assert.NotNull(FeatureRow.Read(Sample.AsSpan(0, length), out _));
        Assert.Equal(FeatureFaultReason.Malformed, FeatureRow.Read([.. Sample, 0], out _)!.Reason);
    }

    [Fact]
    public void Every_change_of_one_byte_is_refused_or_gives_another_row()
    {
        int read = 0;
        for (int at = 0; at < Sample.Length; at++)
        {
            for (int value = 0; value < 256; value++)
            {
                byte[] bytes = [.. Sample];
                bytes[at] = (byte)value;
                read += Walk(bytes) ? 1 : 0;
            }
        }

        Assert.InRange(read, Sample.Length, 256 * Sample.Length / 2);
    }

    [Fact]
    public void Random_bytes_behind_a_good_header_are_refused_or_read()
    {
        var random = new Random(17);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            int kept = Math.Min(bytes.Length, random.Next(Sample.Length));
            Sample.AsSpan(0, kept).CopyTo(bytes);
            Walk(bytes);
        }
    }

    [Fact]
    public void Longest_row_is_read_and_one_byte_more_is_not()
    {
        FeatureRowBuilder builder = new(FieldSide.User, "u", 1, "p");
        int fixedBytes = FeatureRow.HeaderBytes + 2, left = FeatureLimits.RowBytes - fixedBytes;
        for (int n = 0; left > 0; n++)
        {
            // Name of two bytes and its length, kind, length of the text.
            int text = Math.Min(FeatureLimits.TextBytes, left - 7);
            if (left - 7 - text is > 0 and < 7)
                text -= 7;
            builder.Text($"{n:d2}", new string('x', text));
            left -= 7 + text;
        }

        byte[] longest = builder.Build().Bytes.ToArray();
        Assert.Equal(FeatureLimits.RowBytes, longest.Length);
        Assert.Null(FeatureRow.Read(longest, out _));
        Assert.Equal(FeatureFaultReason.TooLarge, FeatureRow.Read([.. longest, 0], out _)!.Reason);
    }

    private static bool Walk(byte[] bytes)
    {
        FeatureFault? fault = FeatureRow.Read(bytes, out FeatureRow? row);
        Assert.Equal(fault is null, row is not null);
        if (row is null)
            return false;
        Assert.Equal(bytes, row.Bytes.ToArray());
        int count = 0;
        foreach (StoredFeature feature in row)
        {
            count++;
            int values = 0;
            foreach (ReadOnlySpan<byte> value in feature.Values)
                values += value.Length >= 0 ? 1 : 0;
            Assert.Equal(feature.Count, values);
        }

        Assert.Equal(row.Count, count);
        Assert.NotEmpty(row.ToString());
        return true;
    }
}

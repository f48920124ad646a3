using System.Text;
using RecServe.Features;

namespace RecServe.FeatureStore.Tests.Rows;

public sealed class FeatureRowTests
{
    private static FeatureRow Sample => new FeatureRowBuilder(FieldSide.Item, "i1", 258, "shop", 1_700_000_000_000)
        .Text("title", "ä")
        .List("genres", ["a", ""])
        .Number("price", -2.5)
        .Build();

    [Fact]
    public void Bytes_are_those_of_the_format()
    {
        // Written by hand from docs/formats/feature-rows.md.
        string golden = "01" + "01" + "0200" + "0400" + "0300" + "0201000000000000" + "0068e5cf8b010000"
            + "6931" + "73686f70"
            + "0600" + "67656e726573" + "03" + "0200" + "0100" + "61" + "0000"
            + "0500" + "7072696365" + "02" + "00000000000004c0"
            + "0500" + "7469746c65" + "01" + "0200" + "c3a4";

        Assert.Equal(golden, Convert.ToHexStringLower(Sample.Bytes.Span));
    }

    [Fact]
    public void Bytes_of_a_deletion_are_those_of_the_format()
    {
        Assert.Equal("01" + "06" + "0100" + "0100" + "0000" + "ffffffffffffffff" + "0000000000000000" + "63" + "70",
            Convert.ToHexStringLower(FeatureRow.Deletion(FieldSide.Context, "c", ulong.MaxValue, "p").Bytes.Span));
    }

    [Fact]
    public void Read_gives_what_was_written()
    {
        Assert.Null(FeatureRow.Read(Sample.Bytes.Span, out FeatureRow? row));

        Assert.Equal((FieldSide.Item, "i1", 258UL, "shop", 1_700_000_000_000, false, 3),
            (row!.Entity, row.IdText, row.Version, row.Producer, row.EventTime, row.IsDeletion, row.Count));
        Assert.Equal("Item i1 version 258 genres=[a, ] price=-2.5 title=ä", row.ToString());
        Assert.True(row.TryGet("price"u8, out StoredFeature price));
        Assert.Equal((FeatureKind.Number, -2.5), (price.Kind, price.Number));
        Assert.True(row.TryGet("genres"u8, out StoredFeature genres));
        Assert.Equal((FeatureKind.List, 2), (genres.Kind, genres.Count));
        Assert.True(row.TryGet("title"u8, out StoredFeature title));
        Assert.Equal("ä", Encoding.UTF8.GetString(title.Text));
        Assert.False(row.TryGet("a"u8, out _));
        Assert.False(row.TryGet("genre"u8, out _));
        Assert.False(row.TryGet("zz"u8, out _));
    }

    [Fact]
    public void Order_in_which_features_are_added_does_not_matter()
    {
        FeatureRow other = new FeatureRowBuilder(FieldSide.Item, "i1", 258, "shop", 1_700_000_000_000)
            .Number("price", -2.5).Text("title", "ä").List("genres", ["a", ""]).Build();

        Assert.Equal(Sample.Bytes.ToArray(), other.Bytes.ToArray());
    }

    [Fact]
    public void Reading_a_row_makes_nothing()
    {
        FeatureRow row = Sample;
        double sum = 0;
        Assert.Equal(0, Allocations.Least(() => sum += Sum(row)));
        Assert.True(sum > 0);

        static double Sum(FeatureRow row)
        {
            double sum = row.TryGet("title"u8, out StoredFeature title) ? title.Text.Length : 0;
            foreach (StoredFeature feature in row)
            {
                sum += feature.Name.Length + feature.Number;
                foreach (ReadOnlySpan<byte> value in feature.Values)
                    sum += value.Length;
            }

            return sum;
        }
    }

    [Fact]
    public void Builder_refuses_what_is_over_a_limit_by_name()
    {
        string tooLong = new('x', FeatureLimits.TextBytes + 1), widest = new('ä', FeatureLimits.TextBytes / 2);
        Refuses(FeatureFaultReason.BadId, "id", Of(""));
        Refuses(FeatureFaultReason.BadId, "id", Of(tooLong));
        Refuses(FeatureFaultReason.BadVersion, "version", Of("i", version: 0));
        Refuses(FeatureFaultReason.BadName, "producer", Of("i", producer: ""));
        Refuses(FeatureFaultReason.BadName, "producer", Of("i", producer: "a\nb"));
        Refuses(FeatureFaultReason.BadName, "producer", Of("i", producer: new string('p', FeatureLimits.ProducerBytes + 1)));
        Refuses(FeatureFaultReason.BadTime, "event_time", Of("i", time: -1));
        Refuses(FeatureFaultReason.BadTime, "event_time", Of("i", time: FeatureLimits.LastTime + 1));
        Refuses(FeatureFaultReason.BadName, "features", Of("i").Text("", "x"));
        Refuses(FeatureFaultReason.BadName, "features", Of("i").Text("a\0", "x"));
        Refuses(FeatureFaultReason.BadName, "features", Of("i").Text(tooLong, "x"));
        Refuses(FeatureFaultReason.BadName, "features.a", Of("i").Text("a", "x").Number("a", 1));
        Refuses(FeatureFaultReason.BadValue, "features.a", Of("i").Text("a", tooLong));
        Refuses(FeatureFaultReason.BadValue, "features.a", Of("i").List("a", [tooLong]));
        Refuses(FeatureFaultReason.BadValue, "features.a", Of("i").Number("a", double.NaN));
        Refuses(FeatureFaultReason.BadValue, "features.a", Of("i").Number("a", double.NegativeInfinity));
        Refuses(FeatureFaultReason.ListTooLong, "features.a", Of("i").List("a", Enumerable.Repeat("", FeatureLimits.Values + 1)));
        Refuses(FeatureFaultReason.TooLarge, "", Of("i").List("a", Enumerable.Repeat(widest, 16)));
        Refuses(FeatureFaultReason.ValueCount, "features", Enumerable.Range(0, FeatureLimits.Values + 1).Aggregate(Of("i"), (row, n) => row.Text($"{n}", "")));
        Refuses(FeatureFaultReason.ValueCount, "features", new FeatureRowBuilder(FieldSide.User, "u", 1, "p") { IsDeletion = true }.Text("a", ""));
        Assert.NotNull(Of(widest).List("a", Enumerable.Repeat("", FeatureLimits.Values)).Text("b", widest).Build());

        static FeatureRowBuilder Of(string id, ulong version = 1, string producer = "p", long time = 0) => new(FieldSide.User, id, version, producer, time);

        static void Refuses(FeatureFaultReason reason, string member, FeatureRowBuilder builder)
        {
            FeatureFault? fault = builder.TryBuild(out FeatureRow? row);
            Assert.Equal((reason, member, true), (fault?.Reason, fault?.Member, row is null));
            Assert.Throws<ArgumentException>(builder.Build);
        }
    }
}

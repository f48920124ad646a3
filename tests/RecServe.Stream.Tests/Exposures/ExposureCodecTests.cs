using RecServe.Stream.Protos;

namespace RecServe.Stream.Tests.Exposures;

public sealed class ExposureCodecTests
{
    /// <summary>Equal to what Python's protobuf writes for tests/python/exposures.py's message.</summary>
    private const string Golden = "0a1a303141525a334e44454b54535634525246465136394735464156120375343218fbd0eab6b73322036374722a02313732076772c3b6c39f6532026937320269373a1f0a0972616e6b65722d7632120974726561746d656e7419000000000000d03f3a0d0a06636f6c6f75721203726564";

    private static readonly RankingExposure Sample = new("01ARZ3NDEKTSV4RRFFQ69G5FAV", "u42", 1_767_225_600_123, "ctr", "17", ["größe", "i7", "i7"],
        [new ExposureVariant("ranker-v2", "treatment", 0.25), new ExposureVariant("colour", "red", 0)]);

    [Fact]
    public void Bytes_of_a_message_do_not_change() => Assert.Equal(Golden, Convert.ToHexStringLower(ExposureCodec.Encode(Sample)));

    [Fact]
    public void Bytes_of_the_encoder_are_those_of_protobuf()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            RankingExposure exposure = Next(random);
            var message = new Exposure { RankingId = exposure.RankingId, UserId = exposure.UserId, TimeMs = exposure.Time, Model = exposure.Model, ModelVersion = exposure.ModelVersion };
            message.ItemIds.AddRange(exposure.Items);
            message.Variants.AddRange(exposure.Variants.Select(one => new ExposedVariant { Experiment = one.Experiment, Variant = one.Variant, Propensity = one.Propensity }));
            Assert.Equal(Google.Protobuf.MessageExtensions.ToByteArray(message), ExposureCodec.Encode(exposure));
        }
    }

    [Fact]
    public void What_is_written_is_read()
    {
        var random = new Random(2);
        for (int i = 0; i < 500; i++)
        {
            RankingExposure exposure = Next(random);
            Assert.Null(ExposureCodec.Decode(ExposureCodec.Encode(exposure), new UpdateLimits(), out RankingExposure? read));
            Assert.Equal(exposure with { Items = [], Variants = [] }, read! with { Items = [], Variants = [] });
            Assert.Equal(exposure.Items, read.Items);
            Assert.Equal(exposure.Variants, read.Variants);
        }
    }

    [PythonProtobufFact]
    public void Python_reads_and_writes_the_same_bytes()
    {
        Assert.Equal(Golden, Convert.ToHexStringLower(Python.Run([], "write", "exposures.proto", "exposures.py")));
        Assert.Equal("""["01ARZ3NDEKTSV4RRFFQ69G5FAV", "u42", 1767225600123, "ctr", "17", ["gr\u00f6\u00dfe", "i7", "i7"], [["ranker-v2", "treatment", 0.25], ["colour", "red", 0.0]]]""",
            System.Text.Encoding.UTF8.GetString(Python.Run(ExposureCodec.Encode(Sample), "read", "exposures.proto", "exposures.py")).Trim());
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "ranking", "BadName", "ranking_id is empty" },
        { "user", "BadName", "user_id has 1,025 bytes, the limit is 1,024" },
        { "model", "BadName", "model has control characters" },
        { "version", "BadName", "model_version is empty" },
        { "time", "BadTime", "time_ms is -1, not from 1970 to 2200" },
        { "item", "BadName", "item_ids[1] is empty" },
        { "items", "RowCount", "item_ids holds 10,001 items, the limit is 10,000" },
        { "variant", "BadName", "variants[0].variant is empty" },
        { "propensity", "OutOfRange", "variants[0].propensity is 1.5, not from 0 to 1" },
        { "nan", "OutOfRange", "variants[0].propensity is NaN, not from 0 to 1" },
        { "variants", "RowCount", "variants holds 1,001 variants, the limit is 1,000" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_is_refused_by_the_name_of_the_field(string what, string reason, string detail)
    {
        RankingExposure exposure = what switch
        {
            "ranking" => Sample with { RankingId = "" },
            "user" => Sample with { UserId = new string('u', 1_025) },
            "model" => Sample with { Model = "a\nb" },
            "version" => Sample with { ModelVersion = "" },
            "time" => Sample with { Time = -1 },
            "item" => Sample with { Items = ["a", "", "b"] },
            "items" => Sample with { Items = [.. Enumerable.Repeat("i", 10_001)] },
            "variant" => Sample with { Variants = [new ExposureVariant("e", "", 1)] },
            "propensity" => Sample with { Variants = [new ExposureVariant("e", "v", 1.5)] },
            "nan" => Sample with { Variants = [new ExposureVariant("e", "v", double.NaN)] },
            _ => Sample with { Variants = [.. Enumerable.Repeat(new ExposureVariant("e", "v", 1), 1_001)] },
        };
        Refusal? refusal = ExposureCodec.Decode(ExposureCodec.Encode(exposure), new UpdateLimits { Rows = 10_000 }, out RankingExposure? read);
        Assert.Equal((reason, detail, null), (refusal?.Reason.ToString(), refusal?.Detail, read));
    }

    [Fact]
    public void Any_bytes_give_an_exposure_or_a_reason()
    {
        var random = new Random(3);
        byte[] whole = ExposureCodec.Encode(Sample);
        int refused = 0;
        for (int i = 0; i < 10_000; i++)
        {
            Refusal? refusal = ExposureCodec.Decode(HostileBytes.Next(random, whole), new UpdateLimits(), out RankingExposure? read);
            Assert.Equal(refusal is null, read is not null);
            refused += refusal is null ? 0 : 1;
        }

        Assert.InRange(refused, 1_000, 9_999);
        Assert.Equal(RefusalReason.TooLarge, ExposureCodec.Decode(whole, new UpdateLimits { MessageBytes = whole.Length - 1 }, out _)?.Reason);
    }

    private static RankingExposure Next(Random random) => new($"r{random.Next()}", random.Next(3) == 0 ? "" : Text(random), random.Next(3) == 0 ? 0 : random.NextInt64(4_000_000_000_000), Text(random), Text(random),
        [.. Enumerable.Range(0, random.Next(40)).Select(_ => Text(random))],
        [.. Enumerable.Range(0, random.Next(3)).Select(_ => new ExposureVariant(Text(random), Text(random), random.Next(3) == 0 ? 0 : random.NextDouble()))]);

    /// <summary>Mostly short; some longer than the 127 bytes that one byte of length tells.</summary>
    private static string Text(Random random) => new(random.Next(5) == 0 ? 'ö' : 'x', random.Next(10) == 0 ? 1 + random.Next(300) : 1 + random.Next(20));
}

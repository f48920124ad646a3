using System.Globalization;
using System.Text;

namespace RecServe.Features.Tests;

public class FieldEncoderTests
{
    private static readonly FieldSchema Category = new() { Name = "f", Side = FieldSide.User, Kind = FieldKind.Categorical };

    [Fact]
    public void Encode_categorical_gives_the_hash_with_weight_1()
    {
        FeatureColumn column = Encoded(Category, "DE", EncodeStatus.Ok);
        Assert.Equal([RowKey.Of("DE")], column.Keys.ToArray());
        Assert.Equal([1f], column.Weights.ToArray());
        Assert.True(column.IsPlain);
    }

    [Fact]
    public void Encode_hash_buckets_gives_a_bucket()
    {
        FeatureColumn column = Encoded(Category with { HashBuckets = 13 }, "DE", EncodeStatus.Ok);
        Assert.Equal([RowKey.OfBucket("DE"u8, 13)], column.Keys.ToArray());
    }

    [Theory]
    [InlineData(FieldKind.Categorical)]
    [InlineData(FieldKind.Multi)]
    [InlineData(FieldKind.Numeric)]
    public void Encode_empty_text_is_missing_and_gets_the_missing_row(FieldKind kind)
    {
        FeatureColumn column = Encoded(Category with { Kind = kind }, "", EncodeStatus.Missing);
        Assert.Equal([RowKey.Missing], column.Keys.ToArray());
        Assert.Equal([1f], column.Weights.ToArray());
    }

    [Fact]
    public void Encode_multi_mean_shares_the_weight_and_skips_empty_values()
    {
        FeatureColumn column = Encoded(Category with { Kind = FieldKind.Multi }, "|a||b|c|", EncodeStatus.Ok);
        Assert.Equal([RowKey.Of("a"), RowKey.Of("b"), RowKey.Of("c")], column.Keys.ToArray());
        Assert.All(column.Weights.ToArray(), weight => Assert.Equal(1f / 3, weight));
        Assert.False(column.IsPlain);
    }

    [Fact]
    public void Encode_multi_sum_keeps_weight_1_and_repeats()
    {
        FeatureColumn column = Encoded(Category with { Kind = FieldKind.Multi, Pool = Pooling.Sum, Separator = '·' }, "a·a·b", EncodeStatus.Ok);
        Assert.Equal([RowKey.Of("a"), RowKey.Of("a"), RowKey.Of("b")], column.Keys.ToArray());
        Assert.Equal([1f, 1f, 1f], column.Weights.ToArray());
    }

    [Fact]
    public void Encode_multi_of_separators_alone_is_missing() =>
        Assert.Equal([RowKey.Missing], Encoded(Category with { Kind = FieldKind.Multi }, "||", EncodeStatus.Missing).Keys.ToArray());

    // x > 2 ? floor((ln x)^2) : (int)x, by hand: ln 3 = 1.0986, squared 1.207; ln 1000 = 6.9078, squared 47.717.
    [Theory]
    [InlineData("3", 1)]
    [InlineData("1000", 47)]
    [InlineData("2", 2)]
    [InlineData("2.0000001", 0)]
    [InlineData("0", 0)]
    [InlineData("-1.9", -1)]
    [InlineData("-3", -3)]
    [InlineData("1e-3", 0)]
    [InlineData("-1e300", int.MinValue)]
    public void Encode_log_squared_bucket_hashes_the_bucket_number(string text, int bucket)
    {
        FeatureColumn column = Encoded(Category with { Kind = FieldKind.Numeric }, text, EncodeStatus.Ok);
        Assert.Equal([RowKey.Of(bucket.ToString(CultureInfo.InvariantCulture))], column.Keys.ToArray());
    }

    [Fact]
    public void Encode_standardize_weighs_the_one_row()
    {
        var schema = Category with { Kind = FieldKind.Numeric, Transform = NumericTransform.Standardize };
        var column = new FeatureColumn();
        Assert.Equal(EncodeStatus.Ok, new FieldEncoder(schema, 10, 4).Encode("12.5"u8, column));
        column.EndSample();
        Assert.Equal([RowKey.NumericVector], column.Keys.ToArray());
        Assert.Equal([0.625f], column.Weights.ToArray());
    }

    [Fact]
    public void Encode_value_times_vector_weighs_by_the_number()
    {
        FeatureColumn column = Encoded(Category with { Kind = FieldKind.Numeric, Transform = NumericTransform.ValueTimesVector }, "-0.5", EncodeStatus.Ok);
        Assert.Equal([RowKey.NumericVector], column.Keys.ToArray());
        Assert.Equal([-0.5f], column.Weights.ToArray());
    }

    [Theory]
    [InlineData("abc")]
    [InlineData("1.5x")]
    [InlineData(" 1")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("1,5")]
    public void Encode_numeric_of_no_finite_number_adds_nothing(string text) =>
        Assert.Equal([RowKey.Missing], Encoded(Category with { Kind = FieldKind.Numeric }, text, EncodeStatus.NotANumber).Keys.ToArray());

    [Theory]
    [InlineData(NumericTransform.Standardize, "1e39")]
    [InlineData(NumericTransform.ValueTimesVector, "-3.5e38")]
    public void Encode_number_beyond_the_range_of_a_float_adds_nothing(NumericTransform transform, string text) =>
        Assert.Equal([RowKey.Missing],
            Encoded(Category with { Kind = FieldKind.Numeric, Transform = transform }, text, EncodeStatus.NotANumber).Keys.ToArray());

    [Fact]
    public void AddValue_then_ClosePool_equals_encoding_the_joined_text()
    {
        var field = Category with { Kind = FieldKind.Multi };
        var encoder = new FieldEncoder(field);
        var column = new FeatureColumn();
        foreach (string value in (string[])["x", "", "y"])
            encoder.AddValue(Encoding.UTF8.GetBytes(value), column);
        encoder.ClosePool(column);
        column.EndSample();
        FeatureColumn joined = Encoded(field, "x|y", EncodeStatus.Ok);
        Assert.Equal(joined.Keys.ToArray(), column.Keys.ToArray());
        Assert.Equal(joined.Weights.ToArray(), column.Weights.ToArray());
    }

    private static FeatureColumn Encoded(FieldSchema field, string text, EncodeStatus expected)
    {
        var column = new FeatureColumn();
        Assert.Equal(expected, new FieldEncoder(field).Encode(Encoding.UTF8.GetBytes(text), column));
        column.EndSample();
        return column;
    }
}

using System.Text.Json;

namespace RecServe.Experiments.Tests;

public class JsValueTests
{
    // What a JavaScript engine prints for String(x).
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(1.0, "1")]
    [InlineData(-17.5, "-17.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(9007199254740993.0, "9007199254740992")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1.5e20, "150000000000000000000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(1.25e22, "1.25e+22")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(0.0000012, "0.0000012")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.5e-300, "1.5e-300")]
    [InlineData(0.3333333333333333, "0.3333333333333333")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157e+308")]
    public void Number_is_printed_as_javascript_does(double number, string text) => Assert.Equal(text, JsValue.ToText(number));

    [Theory]
    [InlineData("[1, null, \"a\", [2, true]]", "1,,a,2,true")]
    [InlineData("{\"a\": 1}", "[object Object]")]
    [InlineData("null", "null")]
    [InlineData("false", "false")]
    public void Value_is_printed_as_javascript_does(string json, string text) =>
        Assert.Equal(text, JsValue.ToText(AttributeValue.Of(JsonDocument.Parse(json).RootElement)));

    [Theory]
    [InlineData("\" 12 \"", 12.0)]
    [InlineData("\"\"", 0.0)]
    [InlineData("\"0x1F\"", 31.0)]
    [InlineData("\"-Infinity\"", double.NegativeInfinity)]
    [InlineData("\"1e3\"", 1000.0)]
    [InlineData("\"12px\"", double.NaN)]
    [InlineData("\"1,000\"", double.NaN)]
    [InlineData("\".\"", double.NaN)]
    [InlineData("[7]", 7.0)]
    [InlineData("[1,2]", double.NaN)]
    [InlineData("true", 1.0)]
    [InlineData("null", 0.0)]
    public void Value_becomes_a_number_as_in_javascript(string json, double number) =>
        Assert.Equal(number, JsValue.ToNumber(AttributeValue.Of(JsonDocument.Parse(json).RootElement)));
}

namespace RecServe.Stream.Tests;

public sealed class FreshnessTokenTests
{
    [Fact]
    public void Token_of_several_topics_is_read_and_written()
    {
        FreshnessToken token = FreshnessToken.Parse("rows:3@184467,features:0@12,rows:4@0")!;

        Assert.Equal([new FreshnessPlace("rows", 3, 184_467), new FreshnessPlace("features", 0, 12), new FreshnessPlace("rows", 4, 0)], token.Places);
        Assert.Equal("rows:3@184467,features:0@12,rows:4@0", token.ToString());
        Assert.Equal("rows:1@2,features:5@6", FreshnessToken.Parse("rows:1@2")!.With(FreshnessToken.Parse("features:5@6")!).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("rows")]
    [InlineData("rows:1")]
    [InlineData("rows@1:2")]
    [InlineData("cols:1@2")]
    [InlineData("row:1@2")]
    [InlineData("features:-1@2")]
    [InlineData("features:1@2,")]
    [InlineData("Features:1@2")]
    public void What_is_no_token_is_none(string text) => Assert.Null(FreshnessToken.Parse(text));
}

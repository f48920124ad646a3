namespace RecServe.Embeddings.Tests;

public class SharedRowsOptionsTests
{
    private static readonly SharedRowsOptions Good = new() { ConnectionString = "127.0.0.1:1" };

    [Fact]
    public void Defaults_are_allowed() => Good.Check();

    public static TheoryData<string, SharedRowsOptions> OutOfRange => new()
    {
        { nameof(Good.Timeout), new() { ConnectionString = "secret", Timeout = TimeSpan.Zero } },
        { nameof(Good.Timeout), new() { ConnectionString = "secret", Timeout = TimeSpan.FromSeconds(1.001) } },
        { nameof(Good.MaxInFlight), new() { ConnectionString = "secret", MaxInFlight = 63 } },
        { nameof(Good.RememberFor), new() { ConnectionString = "secret", RememberFor = TimeSpan.FromSeconds(61) } },
        { nameof(Good.RememberBytes), new() { ConnectionString = "secret", RememberBytes = -1 } },
        { nameof(Good.FailuresToOpen), new() { ConnectionString = "secret", FailuresToOpen = 0 } },
        { nameof(Good.ProbeEvery), new() { ConnectionString = "secret", ProbeEvery = TimeSpan.FromMilliseconds(9) } },
        { nameof(Good.ReconnectAfter), new() { ConnectionString = "secret", ReconnectAfter = TimeSpan.FromHours(1) } },
        { nameof(Good.QueueRows), new() { ConnectionString = "secret", QueueRows = 0 } },
        { nameof(Good.QueueBytes), new() { ConnectionString = "secret", QueueBytes = 4095 } },
        { nameof(Good.KeepFor), new() { ConnectionString = "secret", KeepFor = TimeSpan.FromMilliseconds(999) } },
        { nameof(Good.ShareRowsPerSecond), new() { ConnectionString = "secret", ShareRowsPerSecond = -1 } },
        { nameof(Good.Prefix), new() { ConnectionString = "secret", Prefix = "a{b}" } },
        { nameof(Good.ConnectionString), new() { ConnectionString = " " } },
    };

    [Theory]
    [MemberData(nameof(OutOfRange))]
    public void Check_names_the_setting_and_no_secret(string setting, SharedRowsOptions options)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(options.Check);
        Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:1,password=hunter2,syncTimeout=hunter2")]
    [InlineData("127.0.0.1:1,hunter2=hunter2")]
    [InlineData("password=hunter2")]
    [InlineData("127.0.0.1:1,password=a,ssl=hunter2")]
    public void Connection_string_that_cannot_be_read_is_not_repeated(string connectionString)
    {
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => new SharedRows(new SharedRowsOptions { ConnectionString = connectionString }));
        Assert.DoesNotContain("hunter2", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("host:port", error.Message, StringComparison.Ordinal);
    }
}

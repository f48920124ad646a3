namespace RecServe.Stream.Tests;

/// <summary>Refused messages in a file.</summary>
public sealed class FileQuarantineTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Messages_are_read_as_they_were_put_in_and_a_torn_one_makes_way()
    {
        using (var quarantine = new FileQuarantine(_file))
        {
            Assert.True(quarantine.TryAdd(Message(1)) && quarantine.TryAdd(Message(2)));
            quarantine.Flush();
        }

        byte[] whole = File.ReadAllBytes(_file);
        for (int cut = 1; cut < whole.Length / 2; cut += 3)
        {
            File.WriteAllBytes(_file, whole[..^cut]);
            using (var quarantine = new FileQuarantine(_file))
                Assert.True(quarantine.TryAdd(Message(3)));
            Assert.Equal([1, 3], FileQuarantine.Read(_file).Select(message => message.Offset));
        }
    }

    [Fact]
    public void A_full_file_takes_no_more()
    {
        using var quarantine = new FileQuarantine(_file, mostBytes: 100);
        Assert.True(quarantine.TryAdd(Message(1)));
        Assert.False(quarantine.TryAdd(Message(2)));
        Assert.Single(FileQuarantine.Read(_file));
    }

    private static QuarantinedMessage Message(long offset) =>
        new("t", 0, offset, 5, [new RefusedDelta(1, RefusalReason.NotFinite)], RefusalReason.NotFinite, "why", new byte[] { 1, 2 }, new byte[30]);
}

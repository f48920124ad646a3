using Google.Protobuf;

namespace RecServe.Stream.Tests.Corridor;

/// <summary>The contract over a file of delimited messages, and the other form of file.</summary>
public sealed class FileCorridorTests : CorridorContract
{
    private readonly string _file = Path.GetTempFileName();

    private protected override int Partitions => 1;

    [Fact]
    public void Lines_of_json_are_messages_too()
    {
        File.WriteAllText(_file, """
            {"lineage":"run","table":"item","producer":"trainer","rows":[{"key":5,"version":1,"values":[1,2,3,4]}]}

            {"lineage":"run","table":"item","producer":"trainer","rows":[{"key":5,"version":2,"values":[1,2]}]}
            {"lineage":"run", no JSON
            {"lineage":"run","table":"item","producer":"trainer","rows":[{"key":6,"version":1,"deleted":true}]}
            """);

        Node.Start(Open());
        TestNode.WaitUntil(() => Node.Consumer.IsEnded);

        UpdateSnapshot now = Node.Consumer.Measure();
        Assert.Equal((4, 2), (now.Messages, now.Applied));
        Assert.Equal(1, now.Refused[RefusalReason.WrongLength]);
        Assert.Equal(1, now.Refused[RefusalReason.Malformed]);
        Assert.Equal(3, now.Shards[0].Applied);
    }

    [Fact]
    public void A_file_that_is_cut_off_or_announces_too_much_ends_with_a_refusal()
    {
        File.WriteAllBytes(_file, [0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3]);

        Node.Start(Open());
        TestNode.WaitUntil(() => Node.Consumer.IsEnded);

        Assert.Equal(1, Node.Consumer.Measure().Refused[RefusalReason.Malformed]);
    }

    private protected override void Append(int partition, byte[] value)
    {
        using var file = new FileStream(_file, FileMode.Append);
        using var output = new CodedOutputStream(file);
        output.WriteBytes(ByteString.CopyFrom(value));
    }

    private protected override IUpdateSource Open() => new FileSource(_file, 1 << 20);

    private protected override void Close() => File.Delete(_file);
}

using System.Text;
using System.Text.RegularExpressions;
using RecServe.Cli.Terminal;
using RecServe.Cli.Verbs;
using RecServe.Features;
using RecServe.Stream;

namespace RecServe.Cli.Tests;

/// <summary><c>recserve export events</c> from a real broker, and what <c>export examples</c> makes of its file.</summary>
public sealed class EventsExportTests : IDisposable
{
    private const long Start = 1_700_000_000_000, Hour = 3_600_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("recserve-export").FullName;
    private readonly StringWriter _output = new(), _error = new();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [KafkaFact]
    public async Task What_rankings_returned_and_what_came_of_it_become_examples()
    {
        using var broker = new LoopbackBroker();
        broker.Create("recserve.exposures", 2);
        broker.Create("shop.events", 3);
        var kafka = new KafkaOptions { Servers = broker.Servers };
        var first = new RankingExposure("r1", "u1", Start, "ctr", "7", ["i1", "a,b"], [new ExposureVariant("rank", "new", 0.25), new ExposureVariant("colour", "red", 1)]);
        using (var queue = new TopicSender(new KafkaTopicWriter(kafka, "recserve.exposures"), new TopicSenderOptions { LongestDrain = TimeSpan.FromMinutes(2) }))
        {
            foreach (RankingExposure one in (RankingExposure[])[first, first, new("r2", "u1", Start + (2 * Hour), "ctr", "8", ["i1"], [])])
                Assert.True(queue.TryAdd("u1"u8.ToArray(), ExposureCodec.Encode(one)));
            queue.Drain();
            Assert.Equal(3, queue.Measure().Written);
        }

        using (var publisher = new KafkaEventPublisher(kafka, "shop.events"))
        {
            await publisher.PublishAsync([new UserEvent("e1", "u1", "i1", InteractionType.Impression, Start + 50_000, Start + 50_100, "r1"),
                new UserEvent("e2", "u1", "a,b", InteractionType.Click, Start + 60_000, Start + 60_500, "r1", 1.5)]);
        }

        await File.WriteAllTextAsync(In("schema.json"), """
            {"name": "x", "label": {"column": "click"}, "user": "u", "item": "i", "time": "t",
             "fields": [{"name": "place", "side": "item", "kind": "numeric"}, {"name": "shown", "side": "user", "kind": "numeric", "from": "impressions/1h"}]}
            """);
        string[] args = ["export", "events", "--kafka", broker.Servers, "--events-topic", "shop.events", "--schema", In("schema.json"), "--out"];
        await Run(ExitCode.Ok, [.. args, In("events.csv"), "--json"]);

        // When the broker received a ranking is told by its own clock.
        Assert.Equal("""
            event_id,ranking_id,type,u,i,t,received,value,place,model,model_version,experiments
            r1/1,r1,impression,u1,i1,1700000000000,NOW,,1,ctr,7,rank=new:0.25|colour=red:1
            r1/2,r1,impression,u1,"a,b",1700000000000,NOW,,2,ctr,7,rank=new:0.25|colour=red:1
            r2/1,r2,impression,u1,i1,1700007200000,NOW,,1,ctr,8,
            e2,r1,click,u1,"a,b",1700000060000,1700000060500,1.5,,,,

            """, Regex.Replace(await File.ReadAllTextAsync(In("events.csv")), "(?<=,17[0-9]{11},)[0-9]{13}(?=,,[0-9])", "NOW"));
        Assert.Equal($"2 rankings and 1 events: 4 lines, written to {In("events.csv")}\n1 were there before, by their id\n1 reported impressions passed over: what rankings returned stands for them\n", _error.ToString());
        Assert.Equal("""{"lines":4,"rankings":2,"events":1,"duplicates":1,"late":0,"ahead":0,"reported":1,"refused":0,"first_refusal":null}""", _output.ToString().TrimEnd());

        await Run(ExitCode.Ok, "export", "examples", "--events", In("events.csv"), "--schema", In("schema.json"), "--out", In("examples.csv"));
        string[] examples = await File.ReadAllLinesAsync(In("examples.csv"));
        Assert.EndsWith(",experiments,click,shown", examples[0], StringComparison.Ordinal);
        Assert.Equal([("r1/1", ",0,0"), ("r1/2", ",1,0")], examples[1..].Select(line => (line.Split(',')[0], line[^4..])));

        // Reported impressions stand for what was shown only where they are asked for.
        await Run(ExitCode.Ok, [.. args, In("reported.csv"), "--impressions", "reported"]);
        Assert.Equal(["event_id", "e1", "e2"], (await File.ReadAllLinesAsync(In("reported.csv"))).Select(line => line.Split(',')[0]));

        await Run(ExitCode.Failed, [.. args, In("events.csv")]);
        Assert.Contains("exists already", _error.ToString(), StringComparison.Ordinal);
    }

    [KafkaFact]
    public async Task Without_a_broker_it_fails_and_leaves_no_file()
    {
        await Run(ExitCode.Failed, "export", "events", "--kafka", "127.0.0.1:1", "--wait-seconds", "1", "--out", In("events.csv"));
        Assert.Contains("127.0.0.1:1", _error.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_directory));
    }

    [Theory]
    [InlineData("--late-seconds", "-1", "--late-seconds")]
    [InlineData("--wait-seconds", "0", "--wait-seconds")]
    [InlineData("--impressions", "seen", "'seen'")]
    public async Task Options_that_cannot_be_are_refused_before_anything_is_read(string option, string value, string told)
    {
        await Run(ExitCode.Usage, "export", "events", "--kafka", "127.0.0.1:1", "--out", In("events.csv"), option, value);
        Assert.Contains(told, _error.ToString(), StringComparison.Ordinal);
    }

    private string In(string file) => Path.Combine(_directory, file);

    private async Task Run(int expected, params string[] args)
    {
        int exit = await CommandLine.RunAsync([ExportVerb.Create()], args, _output, _error);
        Assert.True(exit == expected, $"exit code {exit}: {_error}");
    }
}

using RecServe.Features;

namespace RecServe.Stream.Tests.Export;

/// <summary>What the topics of exposures and events become as a log of events: every line, and every count of what is passed over.</summary>
public sealed class EventLogExportTests
{
    private const long Start = 1_700_000_000_000, Hour = 3_600_000;

    private readonly MemoryLog _exposures = new(partitions: 2), _events = new(partitions: 2);
    private readonly List<EventLogLine> _lines = [];

    [Fact]
    public async Task What_rankings_returned_comes_first_and_then_what_came_of_it()
    {
        await Returned(0, new RankingExposure("r1", "u1", Start, "ctr", "7", ["i1", "i2"], [new ExposureVariant("e", "v", 0.5)]));
        await Returned(1, new RankingExposure("r2", "", Start + 5, "ctr", "8", ["i1"], []));
        await Returned(1, new RankingExposure("r3", "u1", Start + 6, "ctr", "8", [], []));
        await Happened(0, new UserEvent("e1", "u1", "i2", InteractionType.Click, Start + 9, Start + 12, "r1", 2.5), new UserEvent("e2", "u1", "i9", InteractionType.Like, Start + 10));

        EventLogReport report = Export(new EventLogOptions());

        // What was received when is the message's own time where the event does not say.
        Assert.Equal(
        [
            new EventLogLine("r1/1", InteractionType.Impression, "u1", "i1", Start, Start + 1, "r1", 0, 1, null),
            new EventLogLine("r1/2", InteractionType.Impression, "u1", "i2", Start, Start + 1, "r1", 0, 2, null),
            new EventLogLine("r2/1", InteractionType.Impression, "", "i1", Start + 5, Start + 6, "r2", 0, 1, null),
            new EventLogLine("e1", InteractionType.Click, "u1", "i2", Start + 9, Start + 12, "r1", 2.5, 0, null),
            new EventLogLine("e2", InteractionType.Like, "u1", "i9", Start + 10, Start + 11, "", 0, 0, null),
        ], _lines.Select(line => line with { Exposure = null }));
        Assert.Equal(["7", "7", "8", null, null], _lines.Select(line => line.Exposure?.ModelVersion));
        Assert.Equal(new ExposureVariant("e", "v", 0.5), Assert.Single(_lines[1].Exposure!.Variants));
        Assert.Equal(new EventLogReport { Lines = 5, Rankings = 3, Events = 2 }, report);
    }

    [Fact]
    public async Task What_is_passed_over_is_counted_by_its_reason()
    {
        var ranking = new RankingExposure("r1", "u1", Start + (3 * Hour), "ctr", "7", ["i1", "i2"], []);
        await Returned(0, ranking);
        await Returned(0, ranking);
        await Returned(0, ranking with { RankingId = "late", Time = Start + (2 * Hour) - 1 });
        await Returned(1, ranking with { RankingId = "other" });
        await _exposures.AppendAsync(1, default, new byte[] { 0xff }, Start);
        var click = new UserEvent("e1", "u1", "i1", InteractionType.Click, Start + Hour);
        await Happened(0, click, click with { EventId = "e2", Time = Start }, click with { EventId = "e3", Time = Start - 1 });
        await Happened(0, click, click with { EventId = "e4", Type = InteractionType.Impression });
        await Happened(0, click with { EventId = "e5", Received = Start, Time = Start + 60_001 }, click with { EventId = "" }, click with { EventId = "e6", Value = double.NaN });
        await _events.AppendAsync(0, default, new byte[] { 0xff }, Start);

        EventLogReport report = Export(new EventLogOptions { LatenessMs = Hour });

        Assert.Equal(["r1/1", "r1/2", "other/1", "other/2", "e1", "e2"], _lines.Select(line => line.EventId));
        Assert.StartsWith("recserve.exposures, partition 1, offset 1: the bytes are no Exposure", report.FirstRefusal, StringComparison.Ordinal);
        Assert.Equal(new EventLogReport { Lines = 6, Rankings = 2, Events = 2, Duplicates = 2, Late = 2, Ahead = 1, Reported = 1, Refused = 4, FirstRefusal = report.FirstRefusal }, report);
    }

    [Fact]
    public async Task Without_exposures_the_impressions_that_clients_reported_are_written()
    {
        await Happened(0, new UserEvent("e1", "u1", "i1", InteractionType.Impression, Start), new UserEvent("e2", "", "", InteractionType.Click, Start));
        using IUpdateSource events = _events.Reader("recserve.events");
        var export = new EventLogExport(new EventLogOptions(), _lines.Add);
        export.ReadEvents(events, CancellationToken.None);
        Assert.Equal(("e1", InteractionType.Impression), (Assert.Single(_lines).EventId, _lines[0].Type));
        Assert.Equal(new EventLogReport { Lines = 1, Events = 1, Refused = 1, FirstRefusal = "recserve.events, partition 0, offset 0: events[1]: bad_name" }, export.Report);
    }

    private EventLogReport Export(EventLogOptions options)
    {
        using IUpdateSource exposures = _exposures.Reader("recserve.exposures"), events = _events.Reader("recserve.events");
        var export = new EventLogExport(options, _lines.Add);
        export.ReadExposures(exposures, CancellationToken.None);
        export.ReadEvents(events, CancellationToken.None);
        return export.Report;
    }

    private async Task Returned(int partition, RankingExposure exposure) => await _exposures.AppendAsync(partition, default, ExposureCodec.Encode(exposure), exposure.Time + 1);

    private async Task Happened(int partition, params UserEvent[] events) => await _events.AppendAsync(partition, default, UserEventCodec.Encode(events), events.Max(one => one.Time) + 1);
}

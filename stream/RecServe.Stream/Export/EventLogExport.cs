using System.Globalization;
using System.Text;
using RecServe.Features;

namespace RecServe.Stream;

/// <summary>
/// Makes a log of events from the topics of exposures and events: what rankings returned as impressions, then what came of them. Each event is judged as servers judge it: by its partition's order, each id once, none that
/// is late. What is passed over is counted.
/// </summary>
/// <param name="options">Limits.</param>
/// <param name="write">Takes the lines, as they come.</param>
public sealed class EventLogExport(EventLogOptions options, Action<EventLogLine> write)
{
    private readonly Dictionary<(string Topic, int Partition), EventAdmission> _admissions = [];
    private bool _hasExposures;

    /// <summary>What was found so far.</summary>
    public EventLogReport Report { get; } = new();

    /// <summary>Reads the topic of exposures; impressions that the topic of events has are then passed over.</summary>
    /// <param name="source">The topic; the caller's.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">The topic cannot be read.</exception>
    public void ReadExposures(IUpdateSource source, CancellationToken cancellation)
    {
        _hasExposures = true;
        foreach (UpdateMessage message in new TopicReader(source, options.Patience).Read(cancellation))
        {
            if (ExposureCodec.Decode(message.Value.Span, options.Limits, out RankingExposure? exposure) is { } refusal)
                Refuse(source, message, refusal.Detail, 1);
            else
                Take(source, message, exposure!);
        }
    }

    /// <summary>Reads the topic of events.</summary>
    /// <param name="source">The topic; the caller's.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="IOException">The topic cannot be read.</exception>
    public void ReadEvents(IUpdateSource source, CancellationToken cancellation)
    {
        foreach (UpdateMessage message in new TopicReader(source, options.Patience).Read(cancellation))
        {
            Refusal? refusal = UserEventCodec.Decode(message.Value.Span, options.Limits, out IReadOnlyList<UserEvent> events, out IReadOnlyList<RefusedDelta> refused);
            if (refusal is not null)
                Refuse(source, message, refusal.Detail, 1);
            else if (refused.Count > 0)
                Refuse(source, message, $"events[{refused[0].Index}]: {RefusalReasons.Of(refused[0].Reason)}", refused.Count);
            foreach (UserEvent one in events)
                Take(source, message, one);
        }
    }

    private void Take(IUpdateSource source, in UpdateMessage message, RankingExposure exposure)
    {
        if (!IsCounted(source, message, exposure.RankingId, exposure.Time, message.Timestamp))
            return;
        Report.Rankings++;
        for (int i = 0; i < exposure.Items.Count; i++)
        {
            string place = (i + 1).ToString(CultureInfo.InvariantCulture);
            Write(new EventLogLine($"{exposure.RankingId}/{place}", InteractionType.Impression, exposure.UserId, exposure.Items[i], exposure.Time, message.Timestamp, exposure.RankingId, 0, i + 1, exposure));
        }
    }

    private void Take(IUpdateSource source, in UpdateMessage message, UserEvent one)
    {
        long received = one.Received > 0 ? one.Received : message.Timestamp;
        if (!IsCounted(source, message, one.EventId, one.Time, received))
            return;
        if (_hasExposures && one.Type == InteractionType.Impression)
        {
            Report.Reported++;
            return;
        }

        Report.Events++;
        Write(new EventLogLine(one.EventId, one.Type, one.UserId, one.ItemId, one.Time, received, one.RankingId, one.Value, 0, null));
    }

    private void Write(EventLogLine line)
    {
        Report.Lines++;
        write(line);
    }

    private bool IsCounted(IUpdateSource source, in UpdateMessage message, string id, long time, long received)
    {
        if (!_admissions.TryGetValue((source.Topic, message.Partition), out EventAdmission? admission))
            _admissions[(source.Topic, message.Partition)] = admission = new EventAdmission(new AdmissionOptions { LatenessMs = options.LatenessMs });
        switch (admission.Judge(EventKey.Of(Encoding.UTF8.GetBytes(id)), time, received))
        {
            case EventVerdict.Duplicate:
                Report.Duplicates++;
                return false;
            case EventVerdict.Late:
                Report.Late++;
                return false;
            case EventVerdict.Ahead:
                Report.Ahead++;
                return false;
            default:
                return true;
        }
    }

    private void Refuse(IUpdateSource source, in UpdateMessage message, string detail, int count)
    {
        Report.Refused += count;
        Report.FirstRefusal ??= $"{source.Topic}, partition {message.Partition}, offset {message.Offset}: {detail}";
    }
}

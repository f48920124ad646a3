namespace RecServe.Stream;

/// <summary>
/// Messages of one topic on their way through the corridor: read, decoded and judged on one thread, applied on another. Each kind of message has its own. Reused.
/// </summary>
/// <param name="topic">Topic of the messages, as the quarantine names it.</param>
/// <param name="time">Clock of the quarantine.</param>
public abstract class UpdateBatch(string topic, TimeProvider time)
{
    /// <summary>Messages that were refused, or rows of them.</summary>
    internal List<QuarantinedMessage> Refused { get; } = [];

    /// <summary>The messages, with the time of the event behind each and its rows; 0 rows where it could not be read.</summary>
    internal List<(UpdateMessage Message, long EventTime, int Rows)> Messages { get; } = [];

    /// <summary>Rows of the batch that count now.</summary>
    internal int Applied { get; private set; }

    /// <summary>Rows that were not newer than what was there.</summary>
    internal int Stale { get; private set; }

    /// <summary>Decodes and judges a message. Whatever it holds, it ends in <see cref="Add"/>.</summary>
    public abstract void Prepare(in UpdateMessage message);

    /// <summary>Applies what was let in. Called again after a failure, and goes on where it was.</summary>
    /// <param name="giveWay">Called between portions: lets what must not wait go first.</param>
    /// <returns>Null, or what keeps it from being applied now.</returns>
    public abstract string? Write(Action giveWay);

    /// <summary>Empties the batch.</summary>
    public virtual void Clear()
    {
        Refused.Clear();
        Messages.Clear();
        Applied = Stale = 0;
    }

    /// <summary>Notes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="eventTime">When the event behind it happened, milliseconds since 1970 UTC; 0 where nobody knows.</param>
    /// <param name="rows">Its rows; 0 where it could not be read.</param>
    /// <returns>Its place in the batch.</returns>
    protected int Add(in UpdateMessage message, long eventTime, int rows)
    {
        Messages.Add((message, eventTime, rows));
        return Messages.Count - 1;
    }

    /// <summary>The message at a place.</summary>
    protected UpdateMessage MessageAt(int place) => Messages[place].Message;

    /// <summary>Sends a message, or rows of it, to the quarantine.</summary>
    /// <param name="message">The message.</param>
    /// <param name="rows">The rows that are not applied; empty for all of the message.</param>
    /// <param name="reason">Of the message, or of the first of these rows.</param>
    /// <param name="detail">For people.</param>
    protected void Refuse(in UpdateMessage message, IReadOnlyList<RefusedDelta> rows, RefusalReason reason, string detail) =>
        Refused.Add(new QuarantinedMessage(topic, message.Partition, message.Offset, time.GetUtcNow().ToUnixTimeMilliseconds(), rows, reason, detail, message.Key, message.Value));

    /// <summary>Counts rows that were applied.</summary>
    protected void Count(int applied, int stale)
    {
        Applied += applied;
        Stale += stale;
    }
}

namespace RecServe.Stream;

/// <summary>What the messages of a topic are to this node: how they are read and judged, and where they go.</summary>
public interface IUpdateHandler
{
    /// <summary>What the topic is called in freshness tokens: <c>rows</c> in <c>rows:3@184467</c>.</summary>
    string TokenName { get; }

    /// <summary>Makes an empty batch.</summary>
    /// <param name="topic">The topic, as the quarantine names it.</param>
    /// <param name="time">Clock of the quarantine.</param>
    UpdateBatch NewBatch(string topic, TimeProvider time);
}

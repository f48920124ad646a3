namespace RecServe.Stream;

/// <summary>Where refused messages are kept with their reason, until somebody looks at them. Thread-safe.</summary>
public interface IQuarantine : IDisposable
{
    /// <summary>Takes a message, into a bounded buffer at first.</summary>
    /// <returns>False if the buffer is full now: the caller holds on to the message and comes again.</returns>
    bool TryAdd(QuarantinedMessage message);

    /// <summary>Makes what was taken outlive the process. The offsets of refused messages are checkpointed only after it.</summary>
    /// <exception cref="IOException">It cannot now.</exception>
    void Flush();
}

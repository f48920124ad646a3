namespace RecServe.Stream.Tests;

/// <summary>A test against brokers; skipped where the client library is not installed.</summary>
internal sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (!BrokerProcess.IsThere)
            Skip = "librdkafka.so.1 is not installed (Debian: librdkafka1)";
    }
}

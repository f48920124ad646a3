using System.Runtime.InteropServices;

namespace RecServe.Integration.Tests;

/// <summary>A test with brokers; skipped where the client library is not installed.</summary>
internal sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (!NativeLibrary.TryLoad("librdkafka.so.1", out _))
            Skip = "librdkafka.so.1 is not installed (Debian: librdkafka1)";
    }
}

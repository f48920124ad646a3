using System.Runtime.InteropServices;

namespace RecServe.Cli.Tests;

/// <summary>A test with a broker; skipped where the client library is not installed.</summary>
internal sealed class KafkaFactAttribute : FactAttribute
{
    public KafkaFactAttribute()
    {
        if (!NativeLibrary.TryLoad("librdkafka.so.1", out _))
            Skip = "librdkafka.so.1 is not installed (Debian: librdkafka1)";
    }
}

namespace RecServe.Stream.Tests;

/// <summary>A test with kcat, a Kafka client that is not ours; skipped where it is not installed.</summary>
internal sealed class KcatFactAttribute : FactAttribute
{
    public KcatFactAttribute()
    {
        if (!BrokerProcess.IsThere || !File.Exists("/usr/bin/kcat"))
            Skip = "kcat is not installed (Debian: kcat)";
    }
}

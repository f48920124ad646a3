namespace RecServe.Stream.Tests.FeatureRows;

public sealed class MemoryFeatureCorridorTests : FeatureCorridorContract
{
    private readonly MemoryLog _log = new(partitions: 3);

    private protected override int Partitions => 3;

    private protected override void Append(int partition, byte[] value) =>
        _log.AppendAsync(partition, default, value, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()).AsTask().GetAwaiter().GetResult();

    private protected override IUpdateSource Open() => _log.Reader("recserve.features");

    private protected override void Close()
    {
    }
}

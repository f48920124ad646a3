using RecServe.Cli.Bench.Recovery;
using RecServe.Embeddings;
using RecServe.Kernels;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// A message that is encoded once and sent many times with new versions and a new time, written over the old ones: making messages must not cost what reading them does, on a machine
/// that does both. Versions are Unix microseconds and take 8 bytes as varints from 1987 to 4253; times take 6 until 2109.
/// </summary>
internal sealed class MessageTemplate
{
    private const ulong SampleVersion = 1UL << 50;
    private const long SampleTime = 1L << 40;

    private readonly byte[] _bytes;
    private readonly int[] _versions;
    private readonly int _time;

    /// <param name="lineage">Lineage of the package that the message is for.</param>
    /// <param name="table">Its table.</param>
    /// <param name="rows">Rows of the message.</param>
    /// <param name="row">Makes a row of the given version.</param>
    public MessageTemplate(string lineage, string table, int rows, Func<ulong, RowDelta> row)
    {
        RowDelta[] deltas = [.. Enumerable.Range(0, rows).Select(i => row(SampleVersion + (ulong)i))];
        Keys = Array.ConvertAll(deltas, delta => delta.Key);
        _bytes = RowUpdateCodec.Encode(new RowUpdate(lineage, table, "bench", SampleTime, deltas, []));
        _versions = new int[rows];
        byte[] sample = new byte[8];
        int from = 0;
        for (int i = 0; i < rows; i++)
        {
            Varint(SampleVersion + (ulong)i, sample);
            _versions[i] = from + _bytes.AsSpan(from).IndexOf(sample);
            from = _versions[i] + sample.Length;
        }

        Varint((ulong)SampleTime, sample.AsSpan(0, 6));
        _time = _bytes.AsSpan().IndexOf(sample.AsSpan(0, 6));
    }

    /// <summary>A message of the drill's keys and rows.</summary>
    /// <param name="updates">Keys and rows.</param>
    /// <param name="number">Which template; message n is sent to partition n mod <paramref name="partitions"/>.</param>
    /// <param name="rows">Rows of the message.</param>
    /// <param name="partitions">Partitions of the topic. A key is always sent to the same one, as by any producer that partitions by key; by two, the later read of two updates could be
    /// the older one, and would cost next to nothing.</param>
    public static MessageTemplate Of(DrillUpdates updates, int number, int rows, int partitions)
    {
        long draw = (long)number * rows * partitions * 4;
        return new MessageTemplate(UpdateNode.Lineage, UpdateNode.Table, rows, version =>
        {
            ulong key;
            do
                key = updates.KeyOf(draw++);
            while (key % (ulong)partitions != (ulong)(number % partitions));
            return RowDelta.OfEncoded(key, version, RowPrecision.Int8, DrillUpdates.Row(key, (ulong)number));
        });
    }

    /// <summary>Keys of its rows.</summary>
    public ulong[] Keys { get; }

    /// <summary>The message with versions from the given one on; valid until the next call.</summary>
    public byte[] Fill(ulong firstVersion, long eventTime)
    {
        Varint((ulong)eventTime, _bytes.AsSpan(_time, 6));
        for (int i = 0; i < _versions.Length; i++)
            Varint(firstVersion + (ulong)i, _bytes.AsSpan(_versions[i], 8));
        return _bytes;
    }

    private static void Varint(ulong value, Span<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++, value >>= 7)
            bytes[i] = (byte)((value & 0x7F) | (i < bytes.Length - 1 ? 0x80u : 0));
    }
}

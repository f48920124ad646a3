using System.Diagnostics;
using System.Runtime.InteropServices;
using RecServe.Kernels;

namespace RecServe.Embeddings;

/// <summary>Updates stamped rows at a steady rate: first in the tier below, then in the table, and then says so.</summary>
internal sealed class StampedWriter
{
    private const int Turns = 256;

    private readonly IHotRows _table;
    private readonly ulong[] _keys;
    private readonly int[][] _turns;
    private readonly long[] _below, _acknowledged;
    private readonly ReadersBenchmarkOptions _options;
    private readonly RowDelta[] _deltas;
    private readonly byte[][] _rows;
    private long _version;

    public StampedWriter(IHotRows table, ulong[] keys, long[] below, long[] acknowledged, ReadersBenchmarkOptions options)
    {
        (_table, _keys, _below, _acknowledged, _options) = (table, keys, below, acknowledged, options);
        var ranks = new ZipfRanks(keys.Length, options.Skew, options.Seed + 1);
        int[][] drawn = new int[Turns][];
        for (int turn = 0; turn < Turns; turn++)
        {
            // A key once a batch: two versions of one would be acknowledged together.
            var numbers = new HashSet<int>();
            while (numbers.Count < Math.Min(options.UpdateBatch, keys.Length / 2))
                numbers.Add(ranks.Next());
            drawn[turn] = [.. numbers];
        }

        _turns = drawn;
        _deltas = new RowDelta[drawn[0].Length];
        _rows = [.. drawn[0].Select(_ => new byte[StampedRow.Dim * sizeof(float)])];
    }

    /// <summary>Updates applied.</summary>
    public long Updates { get; private set; }

    /// <summary>Works until told to stop.</summary>
    public void Run(CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp(), done = 0;
        while (!stop.IsCancellationRequested)
        {
            // Ahead of its rate it gives the core away; a batch is some hundred microseconds.
            if (_options.UpdatesPerSecond > 0 && done > Stopwatch.GetElapsedTime(start).TotalSeconds * _options.UpdatesPerSecond)
            {
                Thread.Yield();
                continue;
            }

            int[] numbers = _turns[_version++ % Turns];
            for (int i = 0; i < numbers.Length; i++)
            {
                ulong key = _keys[numbers[i]];
                StampedRow.Write(key, _version, MemoryMarshal.Cast<byte, float>(_rows[i].AsSpan()));
                _deltas[i] = RowDelta.OfEncoded(key, (ulong)_version, RowPrecision.Fp32, _rows[i]);
                Volatile.Write(ref _below[numbers[i]], _version);
            }

            _table.Apply(_deltas);
            foreach (int number in numbers)
                Volatile.Write(ref _acknowledged[number], _version);
            done += numbers.Length;
        }

        Updates += done;
    }
}

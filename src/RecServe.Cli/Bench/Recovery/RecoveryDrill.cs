using System.Diagnostics;
using System.Globalization;
using RecServe.Embeddings;

namespace RecServe.Cli.Bench.Recovery;

/// <summary>
/// Kills a process that applies updates and takes checkpoints, again and again, and looks each time at what stands on the disk. A third of the kills waits for a
/// checkpoint to begin, a sixth for a recovery; the rest falls where it falls.
/// </summary>
internal sealed class RecoveryDrill(string directory, int keys, int seed, IProgress<string>? progress)
{
    private readonly DrillUpdates _updates = new(keys, seed);
    private readonly Random _random = new(seed);
    private readonly List<double> _recoveries = [];
    private readonly List<string> _warnings = [];
    private long _acknowledged, _checkpoints, _reached;
    private int _inCheckpoint, _inRecovery, _inReclaim, _offsetsLost;

    public DrillResult Run(int kills, CancellationToken cancellation)
    {
        var watch = Stopwatch.StartNew();
        var reference = new DrillReference(_updates);
        DrillFindings findings = default;
        for (int kill = 0; kill < kills; kill++)
        {
            cancellation.ThrowIfCancellationRequested();
            KillOnce(kill % 6);
            findings += Verify(reference);
            progress?.Report($"kill {kill + 1} of {kills}: {_inCheckpoint} in checkpoints, {_inRecovery} in recoveries, {_inReclaim} in reclaims; {(findings.IsClean && _offsetsLost == 0 ? "nothing lost" : findings.ToString())}");
        }

        // One life to the end, so that the last checkpoint is that of a process that nobody killed.
        long until = _reached + 20;
        using (Process victim = Start(until))
        {
            ChildProcess.Follow(victim, Hear);
            victim.WaitForExit();
            if (victim.ExitCode != 0)
                throw new InvalidOperationException($"the last process ended with {victim.ExitCode}");
        }

        findings += Verify(reference);
        using RowStore store = RowStore.Open(DrillVictim.Options(directory));
        findings += reference.Batches == until ? reference.Compare(store, exactly: true) : new DrillFindings(0, 0, 0, 1);
        RowStoreSnapshot now = store.Measure();
        double[] sorted = [.. _recoveries.Order()];
        return new DrillResult
        {
            Kills = kills,
            DuringCheckpoint = _inCheckpoint,
            DuringRecovery = _inRecovery,
            DuringReclaim = _inReclaim,
            Checkpoints = _checkpoints,
            BatchesApplied = until,
            Rows = now.Rows,
            OffsetsLost = _offsetsLost,
            Findings = findings,
            Warnings = _warnings,
            RecoveryMedianMs = sorted[sorted.Length / 2],
            RecoveryWorstMs = sorted[^1],
            LogToLive = (double)now.LogBytes / now.LiveLogBytes,
            Seconds = watch.Elapsed.TotalSeconds,
        };
    }

    private void KillOnce(int plan)
    {
        using Process victim = Start(long.MaxValue);

        // Plans 0 and 3: some checkpoint, from its beginning on. Plan 1: the recovery. Else: any time.
        (string line, int times, int within) = plan switch
        {
            0 or 3 => ("checkpoint begins", 1 + _random.Next(6), 25),
            1 => ("recover begins", 1, 40),
            _ => ("recover ends", 1, 900),
        };
        bool killed = false;
        string last = ChildProcess.Follow(victim, told =>
        {
            Hear(told);
            if (killed || !told.StartsWith(line, StringComparison.Ordinal) || --times > 0)
                return;
            ChildProcess.KillIn(victim, _random.Next(1000 * within));
            killed = true;
        });
        victim.WaitForExit();
        if (!killed)
            throw new InvalidOperationException($"the process ended by itself with {victim.ExitCode}");
        _inCheckpoint += last.StartsWith("checkpoint begins", StringComparison.Ordinal) ? 1 : 0;
        _inRecovery += last.StartsWith("recover begins", StringComparison.Ordinal) ? 1 : 0;
        _inReclaim += last.StartsWith("reclaim begins", StringComparison.Ordinal) ? 1 : 0;
    }

    private void Hear(string line)
    {
        // A line that the kill cut off has no end; it says nothing.
        string[] words = line.Split(' ');
        if (words is ["checkpoint", "ends", _, _] && long.TryParse(words[3], CultureInfo.InvariantCulture, out long offset))
        {
            _acknowledged = Math.Max(_acknowledged, offset);
            _checkpoints++;
        }
        else if (words is ["checkpoint", "begins", _] && long.TryParse(words[2], CultureInfo.InvariantCulture, out offset))
        {
            _reached = Math.Max(_reached, offset);
        }
    }

    private DrillFindings Verify(DrillReference reference)
    {
        using RowStore store = RowStore.Open(DrillVictim.Options(directory));
        _recoveries.Add(store.Recovery.Duration.TotalMilliseconds);
        _warnings.AddRange(store.Recovery.Warnings);
        long offset = store.Offsets.GetValueOrDefault(DrillUpdates.Source);
        _offsetsLost += offset < _acknowledged ? 1 : 0;
        if (store.Recovery.Checkpoint == 0)
            return default;
        reference.Advance(offset);
        DrillFindings findings = reference.Compare(store, exactly: false);

        // Replay from the stored offset, past everything that the dead process may have applied; nothing of it is checkpointed.
        store.Register(DrillUpdates.Table, "drill", DrillUpdates.Width, RecServe.Kernels.RowPrecision.Int8);
        var replayed = new DrillReference(_updates);
        _reached = Math.Max(_reached, Newest(store));
        long until = Math.Max(_reached, offset) + 50;
        for (long batch = offset; batch < until; batch++)
            store.Apply(DrillUpdates.Table, _updates.Batch(batch));
        replayed.Advance(until);
        RowStoreSnapshot now = store.Measure();
        return findings + replayed.Compare(store, exactly: true) + new DrillFindings(0, (int)now.DamagedRows, 0, (int)now.ReadErrors);
    }

    /// <summary>
    /// Batches that have left a row in the store. A checkpoint holds what was applied when it was taken, on a fast machine hundreds of batches more than the offset that was
    /// read before; they are applied again, and change nothing.
    /// </summary>
    private static long Newest(RowStore store)
    {
        ulong newest = 0;
        store.Scan(DrillUpdates.Table, (_, version, _, _, _, _) =>
        {
            newest = Math.Max(newest, version);
            return true;
        });
        return ((long)newest + DrillUpdates.BatchSize - 1) / DrillUpdates.BatchSize;
    }

    private Process Start(long until) => ChildProcess.Start(
        ["bench", "recovery", "--victim", directory, "--keys", $"{keys}", "--seed", $"{seed}", "--until", until.ToString(CultureInfo.InvariantCulture)]);
}

namespace RecServe.Stream;

/// <summary>
/// How many bytes of messages the next batch takes: as many as are applied in a tenth of a second, by what the last ones took. Offsets move on by batches: of a process that has just started, with
/// nothing compiled yet, 4 MiB took 600 ms; who waited for a token waited as long, and a process that is killed before has nothing to show.
/// </summary>
/// <param name="most">Bytes at most.</param>
internal sealed class BatchBudget(int most)
{
    private const int Least = 64 << 10, First = 256 << 10;
    private const double Target = 0.1; // seconds

    private int _bytes = Math.Min(First, most);

    /// <summary>Bytes of the next batch; a single larger message still passes.</summary>
    public int Bytes => Volatile.Read(ref _bytes);

    /// <summary>Notes how long a batch took to apply. The next may be twice as large at most: the pace of a few messages says little.</summary>
    /// <param name="bytes">Bytes of its messages.</param>
    /// <param name="time">From its first row to its last.</param>
    public void Note(long bytes, TimeSpan time)
    {
        double fitting = bytes * Target / Math.Max(time.TotalSeconds, 1e-6);
        Volatile.Write(ref _bytes, (int)Math.Clamp(fitting, Math.Min(Least, most), Math.Min(most, 2.0 * _bytes)));
    }
}

namespace RecServe.Cli.Terminal;

/// <summary>Progress as lines: the start and the end of each stage, and one line every few seconds between.</summary>
internal sealed class PlainProgress(TextWriter error, TimeProvider time) : IProgress<ProgressStep>
{
    /// <summary>Between two lines of one stage; a log of an hour's run stays under a thousand lines.</summary>
    internal static readonly TimeSpan Pace = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private string? _stage;
    private bool _ended;
    private long _written;

    public void Report(ProgressStep value)
    {
        lock (_lock)
        {
            var starts = value.Stage != _stage;
            var ends = value.Fraction >= 1 && (starts || !_ended);
            if (!starts && !ends && (_ended || time.GetElapsedTime(_written) < Pace))
            {
                return;
            }

            _stage = value.Stage;
            _ended = ends;
            _written = time.GetTimestamp();
            var detail = value.Detail.Length == 0 ? "" : $"  {value.Detail}";
            error.WriteLine($"{value.Stage}  {Math.Clamp(value.Fraction, 0, 1),5:P0}{detail}");
        }
    }
}

using Spectre.Console;

namespace RecServe.Cli.Terminal;

/// <summary>Progress as bars on a terminal: one a stage, the detail beside its name.</summary>
internal sealed class BarProgress(ProgressContext context) : IProgress<ProgressStep>
{
    private readonly Lock _lock = new();
    private string? _stage;
    private ProgressTask? _bar;

    public void Report(ProgressStep value)
    {
        lock (_lock)
        {
            if (_bar is null || value.Stage != _stage)
            {
                if (_bar is not null)
                {
                    _bar.Value = _bar.MaxValue;
                }

                _bar = context.AddTask(Markup.Escape(value.Stage), maxValue: 1);
                _stage = value.Stage;
            }

            _bar.Description = Markup.Escape(value.Detail.Length == 0 ? value.Stage : $"{value.Stage}  {value.Detail}");
            _bar.Value = Math.Clamp(value.Fraction, 0, 1);
        }
    }
}

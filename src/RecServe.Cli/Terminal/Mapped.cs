namespace RecServe.Cli.Terminal;

/// <summary>Hands each report on at once, in the order reported and on the thread that reports.</summary>
internal sealed class Mapped<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

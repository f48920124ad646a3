namespace RecServe.Cli.Bench;

/// <summary>Writes each step to a line of its own, in the order reported.</summary>
internal sealed class LineProgress(TextWriter error) : IProgress<string>
{
    public void Report(string value) => error.WriteLine(value);
}

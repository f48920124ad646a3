using System.CommandLine;
using System.Text.Json;

namespace RecServe.Cli.Terminal;

/// <summary>How an export ends: what was written, what was passed over, and for programs the same as one JSON object.</summary>
internal static class ExportSummary
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Writes it.</summary>
    /// <param name="console">People read the error stream, programs the output.</param>
    /// <param name="written">What was written, in a sentence.</param>
    /// <param name="passedOver">Counts and what they count; those of 0 are left out.</param>
    /// <param name="report">All figures.</param>
    /// <param name="json">Whether to end with them.</param>
    public static void Write<T>(InvocationConfiguration console, string written, IEnumerable<(long Count, string What)> passedOver, T report, bool json)
    {
        console.Error.WriteLine(written);
        foreach ((long count, string what) in passedOver)
        {
            if (count > 0)
                console.Error.WriteLine($"{count:N0} {what}");
        }

        if (json)
            console.Output.WriteLine(JsonSerializer.Serialize(report, SnakeCase));
    }
}

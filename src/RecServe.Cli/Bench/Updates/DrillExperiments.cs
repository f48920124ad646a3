using System.Globalization;
using System.Text;
using RecServe.Experiments;
using RecServe.Stream;

namespace RecServe.Cli.Bench.Updates;

/// <summary>
/// The experiment toggles that the drill sends, and the server that they reach. Message n goes to one of fourteen keys: it defines its experiment anew, pauses it, or removes it; one in
/// <see cref="HostileMessage.Every"/> is hostile. The last good message of each key must be in force.
/// </summary>
internal sealed class DrillExperiments : IExperimentTarget
{
    /// <summary>Where they are sent.</summary>
    public const string Topic = "recserve.experiments";

    private volatile IReadOnlyCollection<PublishedExperiment> _inForce = [];

    /// <inheritdoc/>
    public ExperimentSnapshot File => ExperimentSnapshot.Empty;

    /// <inheritdoc/>
    public object Models => this;

    /// <inheritdoc/>
    public string? Misfit(ExperimentDefinition definition) => null;

    /// <inheritdoc/>
    public void Put(IReadOnlyCollection<PublishedExperiment> published) => _inForce = published;

    /// <summary>A message: its key, its definition, or null where it removes.</summary>
    public static (byte[] Key, byte[]? Value, int Partition) Message(long number) =>
        (Encoding.UTF8.GetBytes(KeyOf(number)), HostileMessage.Is(number) ? HostileMessage.Of(number) : IsRemoval(number) ? null : Encoding.UTF8.GetBytes(Definition(number)), 0);

    /// <summary>Experiments of which the server does not follow what the first messages say.</summary>
    public int Different(long messages) => Different(_inForce.ToDictionary(p => p.Definition.Key, p => p.Utf8), messages);

    /// <summary>Experiments that a file would start a server with, of which it does not say what the first messages say.</summary>
    public static int Different(LastExperiments kept, long messages) => Different(kept.Messages.ToDictionary(
        message => Encoding.UTF8.GetString(message.Key.Span), message => PublishedExperiment.Parse(message.Value, null, ExperimentSnapshot.Empty).Utf8), messages);

    private static int Different(Dictionary<string, ReadOnlyMemory<byte>> inForce, long messages)
    {
        var last = new Dictionary<string, long>();
        for (long number = 0; number < messages; number++)
        {
            if (!HostileMessage.Is(number))
                last[KeyOf(number)] = number;
        }

        var defined = last.Where(pair => !IsRemoval(pair.Value)).ToDictionary();
        int different = inForce.Keys.Count(key => !defined.ContainsKey(key));
        foreach ((string key, long number) in defined)
        {
            // The reference is parsed, too: what is in force is written in the parser's own order of members.
            ReadOnlyMemory<byte> wanted = PublishedExperiment.Parse(Encoding.UTF8.GetBytes(Definition(number)), key, ExperimentSnapshot.Empty).Utf8;
            if (!inForce.TryGetValue(key, out ReadOnlyMemory<byte> found) || !found.Span.SequenceEqual(wanted.Span))
                different++;
        }

        return different;
    }

    private static string KeyOf(long number) => string.Create(CultureInfo.InvariantCulture, $"e{number % 14}");

    private static bool IsRemoval(long number) => number % 11 == 10;

    private static string Definition(long number) => string.Create(CultureInfo.InvariantCulture,
        $$"""{"key":"{{KeyOf(number)}}","feature":"model","variations":["a{{number}}","b"],"weights":[0.5,0.5],"coverage":{{number % 10 / 10.0}},"active":{{(number % 3 == 0 ? "false" : "true")}}}""");
}

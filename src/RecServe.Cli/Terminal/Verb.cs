using System.CommandLine;

namespace RecServe.Cli.Terminal;

/// <summary>A command whose <c>--help</c> ends with command lines that can be copied.</summary>
internal sealed class Verb : Command
{
    /// <summary>Makes one; each of <paramref name="examples"/> is a whole command line that starts with <c>recserve</c>.</summary>
    public Verb(string name, string description, params string[] examples) : base(name, description)
    {
        ArgumentOutOfRangeException.ThrowIfZero(examples.Length);
        Examples = examples;
    }

    /// <summary>Whole command lines, at least one.</summary>
    public IReadOnlyList<string> Examples { get; }
}

using System.Text.RegularExpressions;

namespace RecServe.Stream;

/// <summary>What the reasons are called in the quarantine, in metrics and on the command line.</summary>
public static partial class RefusalReasons
{
    private static readonly string[] Names = [.. Enum.GetNames<RefusalReason>().Select(name => Word().Replace(name, "_$0").ToLowerInvariant())];

    /// <summary>Every name but that of <see cref="RefusalReason.None"/>.</summary>
    public static IReadOnlyList<string> All { get; } = Names[1..];

    /// <summary>Name of a reason: <c>norm_jump</c>.</summary>
    public static string Of(RefusalReason reason) => Names[(int)reason];

    /// <summary>Reason of a name; <see cref="RefusalReason.None"/> if there is none of that name, such as one of a newer program.</summary>
    public static RefusalReason Parse(string name) => (RefusalReason)Math.Max(0, Array.IndexOf(Names, name));

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Word();
}

using System.CommandLine;

namespace RecServe.Cli.Terminal;

/// <summary>Where a server listens: <c>--urls</c>, else the environment, else loopback.</summary>
internal static class ServerAddress
{
    /// <summary>Environment variable that replaces the default address.</summary>
    public const string Variable = "RECSERVE_URLS";

    private const string Loopback = "http://127.0.0.1:8080";

    /// <summary>The port of the environment's address; null where it sets none.</summary>
    public static int? EnvironmentPort =>
        Uri.TryCreate(Environment.GetEnvironmentVariable(Variable), UriKind.Absolute, out var url) ? url.Port : null;

    /// <summary>A new <c>--urls</c> option.</summary>
    public static Option<string> Option() => new("--urls")
    {
        Description = $"Addresses to listen on, separated by semicolons; the environment variable {Variable} sets another default.",
        HelpName = "URLS",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } urls ? urls : Loopback,
    };
}

namespace RecServe.Cli;

/// <summary>What <c>recserve</c> exits with; scripts depend on these three.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Ok = 0;

    /// <summary>The work was understood and failed: bad data, an unreadable package, a port in use, a cancelled run.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;
}

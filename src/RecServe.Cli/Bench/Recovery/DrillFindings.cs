namespace RecServe.Cli.Bench.Recovery;

/// <summary>What was wrong with a recovered store; all 0 if nothing.</summary>
/// <param name="Lost">Rows that a checkpoint had and that are gone or older.</param>
/// <param name="Torn">Rows whose bytes are not those of their key and version.</param>
/// <param name="Unknown">Rows that were never sent.</param>
/// <param name="Different">Rows that differ from the reference after replay.</param>
internal readonly record struct DrillFindings(int Lost, int Torn, int Unknown, int Different)
{
    public static DrillFindings operator +(DrillFindings a, DrillFindings b) =>
        new(a.Lost + b.Lost, a.Torn + b.Torn, a.Unknown + b.Unknown, a.Different + b.Different);

    public bool IsClean => this == default;
}

namespace RecServe.Cli.Terminal;

/// <summary>Where a long piece of work stands.</summary>
/// <param name="Stage">What is being done, in a few words: <c>reading ratings.csv</c>, <c>epoch 3</c>. A new one starts a new bar.</param>
/// <param name="Fraction">How much of the stage is done, 0 to 1.</param>
/// <param name="Detail">What a person wants to see beside the bar: rows a second, time left, the last AUC. May be empty.</param>
internal readonly record struct ProgressStep(string Stage, double Fraction, string Detail);

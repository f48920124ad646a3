namespace RecServe.Artifacts;

/// <summary>The experts that rows of a model choose from, as figures count and name them: those of the first layer, then of the next.</summary>
public sealed record ChosenExperts
{
    /// <summary>Layers whose rows choose.</summary>
    public required int Layers { get; init; }

    /// <summary>Names of a layer's experts: <c>network.3</c>, <c>constant.0</c>; networks, which cost products, come first.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>How many of them are networks.</summary>
    public required int Networks { get; init; }

    /// <summary>Number of the first expert that is never asked, because it gives 0; as large as <see cref="Experts"/> where there is none.</summary>
    public required int FirstZero { get; init; }

    /// <summary>Experts of a layer.</summary>
    public int Experts => Names.Count;
}

namespace RecServe.Ranking;

/// <summary>An input of a folded graph that is made once a request.</summary>
public sealed class OnnxRequestInput
{
    private readonly OnnxRequestMaker _make;

    internal OnnxRequestInput(string name, int rows, int columns, OnnxRequestMaker make) => (Name, Rows, Columns, _make) = (name, rows, columns, make);

    /// <summary>Its name in the graph.</summary>
    public string Name { get; }

    /// <summary>Rows of the tensor.</summary>
    public int Rows { get; }

    /// <summary>Columns of the tensor.</summary>
    public int Columns { get; }

    /// <summary>Makes it for a user. Inputs of one graph are made in their order: later ones may need what earlier ones left.</summary>
    /// <param name="user">The user's embeddings.</param>
    /// <param name="values">Takes <see cref="Rows"/> × <see cref="Columns"/> floats, row by row.</param>
    public void Make(ReadOnlySpan<float> user, Span<float> values) => _make(user, values);
}

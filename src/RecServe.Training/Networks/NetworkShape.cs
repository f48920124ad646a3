using RecServe.Artifacts;

namespace RecServe.Training.Networks;

/// <summary>Sizes of a network, known before any float of it is allocated.</summary>
public sealed record NetworkShape
{
    /// <summary>Shape of a model over tables.</summary>
    /// <param name="options">Model and sizes of its dense part.</param>
    /// <param name="fields">For each field in model order: name, rows of its table, embedding dim of the schema.</param>
    /// <exception cref="TrainingException">The fields' dims differ and the model needs equal ones.</exception>
    public static NetworkShape Of(TrainingOptions options, IReadOnlyList<(string Name, int Rows, int Dim)> fields)
    {
        ModelKind model = options.Model;
        bool linear = model is ModelKind.Lr or ModelKind.Fm or ModelKind.DeepFm, pairs = model is ModelKind.Fm or ModelKind.DeepFm;
        if (pairs && fields.FirstOrDefault(f => f.Dim != fields[0].Dim) is { Name: not null } other)
            throw new TrainingException($"{ModelNames.Of(model)} needs one embedding dim for all fields: '{fields[0].Name}' has {fields[0].Dim}, '{other.Name}' has {other.Dim}");
        bool cross = model is ModelKind.DcnV2 or ModelKind.DcnV2Stacked;
        return new NetworkShape
        {
            Fields = [.. fields.Select(f => new FieldShape(f.Name, f.Rows, model == ModelKind.Lr ? 0 : f.Dim, linear))],
            Pairs = pairs,
            Hidden = options.Hidden,
            BatchNorm = options.BatchNorm,
            CrossLayers = cross ? options.CrossLayers : 0,
            Stacked = model == ModelKind.DcnV2Stacked,
            Parallel = model == ModelKind.DcnV2,
        };
    }

    /// <summary>Tables in model order.</summary>
    public required IReadOnlyList<FieldShape> Fields { get; init; }

    /// <summary>Whether Σ ⟨e_f, e_g⟩ over pairs of fields is part of the logit.</summary>
    public bool Pairs { get; init; }

    /// <summary>Widths of the hidden layers.</summary>
    public IReadOnlyList<int> Hidden { get; init; } = [];

    /// <summary>Whether hidden layers are batch-normalised.</summary>
    public bool BatchNorm { get; init; }

    /// <summary>Number of cross layers.</summary>
    public int CrossLayers { get; init; }

    /// <summary>Whether the perceptron reads the cross network's output.</summary>
    public bool Stacked { get; init; }

    /// <summary>Whether the head reads the cross network's output beside the perceptron's.</summary>
    public bool Parallel { get; init; }

    /// <summary>Floats of the concatenated embeddings.</summary>
    public int InputWidth => Fields.Sum(f => f.Dim);

    /// <summary>Floats that the head reads.</summary>
    public int HeadWidth => (Hidden.Count > 0 ? Hidden[^1] : Stacked ? InputWidth : 0) + (Parallel ? InputWidth : 0);

    /// <summary>Trainable parameters: tables, weights, biases, scales and shifts of batch normalisation.</summary>
    public long Parameters
    {
        get
        {
            long count = Fields.Sum(f => (long)f.Rows * f.Width), width = InputWidth;
            count += CrossLayers * ((width * width) + width);
            foreach (int hidden in Hidden)
            {
                count += (width * hidden) + hidden + (BatchNorm ? 2 * hidden : 0);
                width = hidden;
            }

            return count + HeadWidth + 1;
        }
    }

    /// <summary>The dense part as a package states it.</summary>
    /// <param name="model">Kind it was made for.</param>
    public ModelArchitecture ToArchitecture(ModelKind model) => new()
    {
        Kind = model == ModelKind.DcnV2Stacked ? "dcnv2" : ModelNames.Of(model),
        Structure = Stacked ? "stacked" : Parallel ? "parallel" : null,
        CrossLayers = CrossLayers,
        Hidden = Hidden,
    };
}

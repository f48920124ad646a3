using RecServe.Artifacts;
using RecServe.Features;

namespace RecServe.Training.Networks;

/// <summary>Sizes of a network, known before any float of it is allocated.</summary>
public sealed record NetworkShape
{
    /// <summary>Shape of a model over tables.</summary>
    /// <param name="options">Model and sizes of its dense part.</param>
    /// <param name="fields">For each field in model order: name, rows of its table, embedding dim of the schema.</param>
    /// <exception cref="TrainingException">The fields' dims differ and the model needs equal ones.</exception>
    public static NetworkShape Of(TrainingOptions options, IReadOnlyList<(string Name, int Rows, int Dim)> fields) => Of(options, fields, []);

    /// <summary>Shape of a model over tables.</summary>
    /// <param name="options">Model and sizes of its dense part.</param>
    /// <param name="fields">For each field in model order: name, rows of its table, embedding dim of the schema.</param>
    /// <param name="tasks">The schema's tasks; empty where it names one label.</param>
    /// <param name="userInputs">Floats of the embeddings of user and context; they come first.</param>
    /// <exception cref="TrainingException">
    /// The fields' dims differ and the model needs equal ones, there are several tasks and it learns one label, cross_rank is above the floats of all embeddings, or sizes of moe do
    /// not fit together.
    /// </exception>
    public static NetworkShape Of(TrainingOptions options, IReadOnlyList<(string Name, int Rows, int Dim)> fields, IReadOnlyList<TaskSchema> tasks, int userInputs = 0)
    {
        ModelKind model = options.Model;
        bool linear = model is ModelKind.Lr or ModelKind.Fm or ModelKind.DeepFm, pairs = model is ModelKind.Fm or ModelKind.DeepFm;
        if (pairs && fields.FirstOrDefault(f => f.Dim != fields[0].Dim) is { Name: not null } other)
            throw new TrainingException($"{ModelNames.Of(model)} needs one embedding dim for all fields: '{fields[0].Name}' has {fields[0].Dim}, '{other.Name}' has {other.Dim}");
        bool experts = model is ModelKind.Mmoe or ModelKind.Ple, several = experts || model == ModelKind.Moe;
        if (tasks.Count > 1 && !several)
            throw new TrainingException($"{ModelNames.Of(model)} learns one label, the schema has {tasks.Count} tasks: give it 'label', or train mmoe, ple or moe");
        bool cross = model is ModelKind.DcnV2 or ModelKind.DcnV2Stacked;
        if (experts && options.TopK > options.Experts)
            throw new TrainingException($"top_k is {options.TopK}, there are {options.Experts} experts in all");
        int inputs = fields.Sum(f => f.Dim);
        if (cross && options.CrossRank > inputs)
            throw new TrainingException($"cross_rank is {options.CrossRank}, expected 1 to {inputs}, the floats of all embeddings");
        return new NetworkShape
        {
            Fields = [.. fields.Select(f => new FieldShape(f.Name, f.Rows, model == ModelKind.Lr ? 0 : f.Dim, linear))],
            Pairs = pairs,
            Hidden = several ? [] : options.Hidden,
            BatchNorm = options.BatchNorm,
            CrossLayers = cross ? options.CrossLayers : 0,
            CrossMixture = cross && options.CrossExperts > 0 ? new CrossMixture { Experts = options.CrossExperts, Rank = options.CrossRank } : null,
            Stacked = model == ModelKind.DcnV2Stacked,
            Parallel = model == ModelKind.DcnV2,
            Tasks = !several ? [] : tasks.Count == 0 ? [new PackageTask("label", 1)] : [.. tasks.Select(task => new PackageTask(task.Name, task.RankWeight))],
            LossWeights = [.. tasks.Select(task => task.LossWeight)],
            Experts = !experts ? null : new ExpertArchitecture
            {
                Layers = options.ExpertLayers, Shared = options.Experts, Specific = options.TaskExperts, Widths = options.Hidden, Tower = options.Tower, TopK = options.TopK,
            },
            Sparse = model == ModelKind.Moe ? SparseOf(options, userInputs) : null,
            Routing = options.Routing,
            AverageExperts = model == ModelKind.Moe ? options.AverageExperts : 0,
        };
    }

    private static SparseArchitecture SparseOf(TrainingOptions options, int userInputs)
    {
        if (options.Hidden.Count != 2)
            throw new TrainingException($"moe takes two widths in hidden, that of its experts' outputs and the units of their hidden layer; given are {options.Hidden.Count}");
        if (options.ByRequest && userInputs == 0)
            throw new TrainingException("by_request needs a field of the user or the context");
        int all = options.Experts + options.Constants + options.Copies + options.Zeros;
        if (options.TopK > all)
            throw new TrainingException($"top_k is {options.TopK}, there are {all} experts in all");
        if (options.AverageExperts > options.Experts)
            throw new TrainingException(FormattableString.Invariant($"average_experts is {options.AverageExperts}, there are {options.Experts} experts that are networks"));
        return new SparseArchitecture
        {
            Width = options.Hidden[0], Hidden = options.Hidden[1], Layers = options.ExpertLayers, Networks = options.Experts, Constants = options.Constants, Copies = options.Copies,
            Zeros = options.Zeros, TopK = options.TopK, TopP = options.TopP, UserInputs = options.ByRequest ? userInputs : 0, OneSet = options.OneSet, Tower = options.Tower,
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

    /// <summary>Their low-rank experts; null where they are full matrices.</summary>
    public CrossMixture? CrossMixture { get; init; }

    /// <summary>Whether the perceptron reads the cross network's output.</summary>
    public bool Stacked { get; init; }

    /// <summary>Whether the head reads the cross network's output beside the perceptron's.</summary>
    public bool Parallel { get; init; }

    /// <summary>Tasks of a model with experts; empty for others.</summary>
    public IReadOnlyList<PackageTask> Tasks { get; init; } = [];

    /// <summary>Factor of each task's loss; empty where all are 1.</summary>
    public IReadOnlyList<double> LossWeights { get; init; } = [];

    /// <summary>Experts, or null.</summary>
    public ExpertArchitecture? Experts { get; init; }

    /// <summary>Sparse experts, or null.</summary>
    public SparseArchitecture? Sparse { get; init; }

    /// <summary>Factors of the losses of their routers.</summary>
    public RoutingWeights Routing { get; init; } = new();

    /// <summary>Networks that a row shall take on average in each layer of sparse experts; 0 where the threshold of top-p stays.</summary>
    public double AverageExperts { get; init; }

    /// <summary>Logits of a sample, 1 or more.</summary>
    public int Outputs => Math.Max(1, Tasks.Count);

    /// <summary>Dense tensors of a model with tasks; empty for others.</summary>
    public IEnumerable<TensorShape> TaskTensors => Experts?.Tensors(InputWidth, Tasks.Count) ?? Sparse?.Tensors(InputWidth, Tasks.Count) ?? [];

    /// <summary>Tensors of the cross layers.</summary>
    public IEnumerable<TensorShape> CrossTensors => new ModelArchitecture { Kind = "dcnv2", CrossLayers = CrossLayers, CrossMixture = CrossMixture }.CrossTensors(InputWidth);

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
            if (Tasks.Count > 0)
                return count + TaskTensors.Sum(tensor => tensor.Length);
            count += CrossTensors.Sum(tensor => tensor.Length);
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
        CrossMixture = CrossMixture,
        Hidden = Hidden,
        Tasks = Tasks,
        Experts = Experts,
        Sparse = Sparse,
    };
}
